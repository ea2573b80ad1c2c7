from __future__ import annotations

import fcntl
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from phone_recorder.adapters.settings_file import MAX_SIZE, load, save_value, save_values
from phone_recorder.errors import UsageError
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import value_of
from tests.adapters.file_limit import no_file_above


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "phone.toml"


def mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def test_without_a_file_there_are_the_defaults(path: Path) -> None:
    assert load(path) == PhoneSettings()
    assert load(path / "below" / "it") == PhoneSettings()


def test_what_is_saved_is_there(path: Path) -> None:
    save_value(path, "record.mode", "network")
    save_values(path, {"server.host": "192.0.2.7", "record.cover": "1"})
    settings = load(path)
    assert (settings.record.mode, settings.record.server.host, settings.record.cover) == ("server", "192.0.2.7", True)
    assert list(path.parent.iterdir()) == [path]


def test_comments_stay(path: Path) -> None:
    path.write_text("# mine\n[record]\nmode = 'local' # the stick\n")
    save_value(path, "record.mode", "network")
    assert path.read_text() == '# mine\n[record]\nmode = "network" # the stick\n'


def test_a_mark_that_an_editor_puts_first_is_none_of_the_settings(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf[record]\r\ncover = true\r\n")
    assert load(path).record.cover
    save_value(path, "record.tone", "on")
    assert load(path).record.tone and load(path).record.cover
    assert b"cover = true\r\ntone = true\r\n" in path.read_bytes()


def test_a_new_file_is_for_its_owner_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        save_value(path, "account.password", "hush")
    finally:
        os.umask(before)
    assert mode(path) == "600"


@pytest.mark.parametrize("bits", [0o600, 0o640, 0o644])
def test_a_file_keeps_its_rights(path: Path, bits: int) -> None:
    path.touch()
    path.chmod(bits)
    save_value(path, "record.mode", "network")
    assert mode(path) == f"{bits:o}"


@pytest.mark.parametrize(("bits", "left"), [(0o644, "600"), (0o660, "600"), (0o755, "700"), (0o400, "400")])
def test_a_file_that_a_password_is_saved_into_is_for_its_owner_alone(path: Path, bits: int, left: str) -> None:
    path.touch()
    path.chmod(bits)
    save_values(path, {"record.mode": "network", "account.password": "hush"})
    assert mode(path) == left


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write another's file")
def test_a_file_keeps_its_owner(path: Path) -> None:
    path.touch()
    os.chown(path, 4711, 4712)
    save_value(path, "record.mode", "network")
    assert (path.stat().st_uid, path.stat().st_gid) == (4711, 4712)


def test_a_link_stays_one_and_what_it_leads_to_is_changed(path: Path) -> None:
    elsewhere = path.parent / "elsewhere"
    elsewhere.mkdir()
    path.symlink_to("elsewhere/mine.toml")
    save_value(path, "record.mode", "network")
    assert path.is_symlink() and list(elsewhere.iterdir()) == [elsewhere / "mine.toml"]
    assert value_of(load(path), "record.mode") == "network"


def test_what_cannot_be_leaves_the_file_as_it_was(path: Path) -> None:
    path.write_text("# mine\n")
    with pytest.raises(UsageError, match=r"^record\.mode: 'usb' is none of "):
        save_values(path, {"record.cover": "on", "record.mode": "usb"})
    assert path.read_text() == "# mine\n"


def test_a_full_disk_leaves_the_file_as_it_was(path: Path) -> None:
    path.write_text("# mine\n")
    with no_file_above(4), pytest.raises(UsageError) as caught:
        save_value(path, "record.mode", "network")
    assert str(caught.value).startswith(f"cannot write {path}: ")
    assert path.read_text() == "# mine\n" and list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written_to(path: Path) -> None:
    path.parent.chmod(0o500)
    with pytest.raises(UsageError, match=r"^cannot write .*phone\.toml: you have no permission"):
        save_value(path, "record.mode", "network")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"[record]\nmode = 'usb'\n", ", line 2, record.mode: 'usb' is none of local, network, sip_info"),
        (b"# one\n\xff", ", line 2: it is not UTF-8: save it as that"),
        (b"#" * (MAX_SIZE + 1), " is larger than 1 MiB: it is no settings file"),
    ],
)
def test_a_file_with_an_error_is_neither_read_nor_changed(path: Path, data: bytes, sentence: str) -> None:
    path.write_bytes(data)
    for use in (lambda: load(path), lambda: save_value(path, "record.cover", "on")):
        with pytest.raises(UsageError) as caught:
            use()
        assert str(caught.value) == f"{path}{sentence}"
    assert path.read_bytes() == data


def test_what_is_no_file_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(UsageError, match="it is a directory, not a file"):
        load(path)
    with pytest.raises(UsageError, match="it is a directory, not a file"):
        save_value(path, "record.mode", "network")
    with pytest.raises(UsageError, match=r"^cannot write .*none/phone\.toml: there is no such file"):
        save_value(path.parent / "none" / "phone.toml", "record.mode", "network")


def test_links_that_go_in_circles(path: Path) -> None:
    path.symlink_to(path)
    with pytest.raises(UsageError, match=r"^cannot (read|write) "):
        load(path)
    with pytest.raises(UsageError, match=r"^cannot (read|write) "):
        save_value(path, "record.mode", "network")


def test_processes_that_save_at_once_lose_nothing(path: Path) -> None:
    texts = [("phone.number", "7"), ("phone.name", "Anna"), ("record.mode", "network"), ("server.host", "h")]
    with get_context("spawn").Pool(2) as pool:
        pool.starmap(save_value, [(path, key, text) for key, text in texts])
    settings = load(path)
    assert [value_of(settings, key) for key, _ in texts] == [text for _, text in texts]


def test_who_saves_waits_for_another(path: Path) -> None:
    descriptor = os.open(path.parent, os.O_RDONLY)
    with ThreadPoolExecutor(1) as threads:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        saving = threads.submit(save_value, path, "record.mode", "network")
        path.write_text("[phone]\nname = 'Anna'\n")
        os.close(descriptor)
        saving.result()
    assert (load(path).local_name, load(path).record.mode) == ("Anna", "server")
