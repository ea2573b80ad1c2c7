from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.errors import DriveFull, DriveGone, UsageError
from phone_recorder.server.folder import OWN, Folder, hidden, regular
from tests.adapters.mounts import tmpfs
from tests.server.archive_rig import files

HOLD = """
import sys, time
from pathlib import Path
from phone_recorder.server.folder import Folder
folder = Folder(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as held:
        yield held


def test_a_claimed_file_is_there_whole(folder: Folder, tmp_path: Path) -> None:
    assert folder.claim("a.json", b"content")
    assert (tmp_path / "a.json").read_bytes() == b"content"
    assert files(tmp_path) == ["a.json"]


@pytest.mark.parametrize("taken", ["a.json", ".a.json"])
def test_a_name_that_is_taken_is_not_claimed(folder: Folder, tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_bytes(b"older")
    assert not folder.claim("a.json", b"content")
    assert files(tmp_path) == [taken]
    assert (tmp_path / taken).read_bytes() == b"older"


def test_a_dangling_link_has_its_name(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "a.json").symlink_to(tmp_path / "none")
    assert not folder.claim("a.json", b"content")
    assert files(tmp_path) == ["a.json"]


def test_a_file_is_replaced_and_so_is_what_was_left_of_an_earlier_try(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"older and longer")
    (tmp_path / ".a.json").write_bytes(b"half")
    folder.replace("a.json", b"content")
    assert (tmp_path / "a.json").read_bytes() == b"content"
    assert files(tmp_path) == ["a.json"]


def test_a_link_is_replaced_and_not_followed(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other")
    for name in ("a.json", ".a.json"):
        (tmp_path / name).symlink_to(tmp_path / "other")
    folder.replace("a.json", b"content")
    assert (tmp_path / "other").read_bytes() == b"other"
    assert not (tmp_path / "a.json").is_symlink()


def test_a_link_is_not_read(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"other")
    (tmp_path / "a.json").symlink_to(tmp_path / "other")
    with pytest.raises(Exception, match="symbolic link"):
        folder.read("a.json", 100)
    assert folder.read("other", 3) == b"oth"


def test_s2_where_there_is_no_room_what_was_there_stays(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "storage", "size=64k") as storage, Folder(storage) as folder:
        folder.replace("a.json", b"older")
        (storage / "filling").write_bytes(bytes(48 << 10))
        for change in (lambda: folder.replace("a.json", bytes(30_000)), lambda: folder.claim("b.json", bytes(30_000))):
            with pytest.raises(DriveFull, match="the drive is full"):
                change()
        assert files(storage) == ["a.json", "filling"]
        assert (storage / "a.json").read_bytes() == b"older"


def test_what_is_set_aside_is_not_lost(folder: Folder, tmp_path: Path) -> None:
    for content in (b"1", b"2", b"3"):
        (tmp_path / "a.json").write_bytes(content)
        folder.set_aside("a.json")
    (tmp_path / "a.json").mkdir()
    assert folder.set_aside("a.json") == "a.json.unreadable3"
    assert [(tmp_path / f"a.json.unreadable{end}").read_bytes() for end in ("", "1", "2")] == [b"1", b"2", b"3"]


def test_remove_says_whether_it_was_there(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"")
    assert folder.remove("a.json")
    assert not folder.remove("a.json")


def test_what_is_in_it(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("a")
    found = folder.files()
    assert found.keys() == {"a", "link", OWN}
    assert (found["a"].st_size, regular(found["a"]), regular(found["link"]), regular(None)) == (5, True, False, False)
    assert folder.status("none") is None


def test_a_hidden_name() -> None:
    assert hidden("Record_20240131120000.json") == ".Record_20240131120000.json"


def test_the_server_s_own_directory_is_for_the_server_alone(folder: Folder, tmp_path: Path) -> None:
    assert (tmp_path / OWN).stat().st_mode & 0o777 == 0o700
    assert folder.own == tmp_path / OWN


def test_a_second_server_is_refused_in_one_sentence(folder: Folder, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(UsageError, match=rf"a record server has {tmp_path} already: stop it, or choose another"):
            Folder(tmp_path)


def test_when_one_has_ended_another_may_begin(tmp_path: Path) -> None:
    for _ in range(3):
        Folder(tmp_path).close()


@pytest.mark.live
def test_another_process_has_it_until_it_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout and holder.stdout.readline() == b"held\n"
            with pytest.raises(UsageError):
                Folder(tmp_path)
        finally:
            holder.send_signal(signal.SIGKILL)
    Folder(tmp_path).close()


def test_no_descriptor_stays_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with Folder(tmp_path) as folder:
        folder.claim("a.json", b"1")
        folder.claim("a.json", b"2")
        folder.replace("a.json", b"3")
        folder.read("a.json", 10)
        folder.files()
        with pytest.raises(UsageError):
            Folder(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_storage_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DriveGone, match="there is no such file"):
        Folder(tmp_path / "none")
    with pytest.raises(DriveGone, match="not a directory"):
        Folder(tmp_path / "file")


def test_a_link_in_place_of_the_own_directory_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / OWN).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DriveGone, match="not a directory"):
        Folder(tmp_path / "storage")
    assert list((tmp_path / "elsewhere").iterdir()) == []
