from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.server.credentials import Credentials
from phone_recorder.server.credentials_file import credentials_path
from phone_recorder.server.password_hash import Cost

GOOD = "correct horse"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return credentials_path(tmp_path)


def load(path: Path) -> Credentials:
    return Credentials.load(path, cost=Cost(n=2, r=8, p=1))


def mode(path: Path) -> str:
    return f"{path.stat().st_mode & 0o7777:o}"


def test_the_owner_alone_may_read_it(path: Path) -> None:
    before = os.umask(0)
    try:
        load(path).set_password("admin", GOOD)
    finally:
        os.umask(before)
    assert (mode(path), mode(path.parent)) == ("600", "700")
    assert list(path.parent.iterdir()) == [path]


def test_a_directory_that_others_may_enter_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir(0o755)
    load(path).set_password("admin", GOOD)
    assert mode(path.parent) == "700"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files for somebody else")
def test_what_root_makes_belongs_to_the_storages_owner(path: Path) -> None:
    os.chown(path.parents[1], 4711, 4712)
    load(path).set_password("admin", GOOD)
    for made in (path.parent, path):
        assert (made.stat().st_uid, made.stat().st_gid) == (4711, 4712)


def test_a_change_by_another_process_is_seen(path: Path) -> None:
    running, command = load(path), load(path)
    command.set_password("admin", GOOD)
    token = command.add_token("backup")
    assert running.check_password("admin", GOOD)
    assert running.check_token(token) == "backup"
    command.set_password("admin", "battery staple")
    command.revoke_token("backup")
    assert not running.check_password("admin", GOOD)
    assert running.check_token(token) is None


def test_a_file_that_was_removed_lets_nobody_in(path: Path) -> None:
    credentials = load(path)
    credentials.set_password("admin", GOOD)
    path.unlink()
    assert credentials.users == ()
    assert not credentials.check_password("admin", GOOD)


def locked(directory: Path) -> bool:
    """Whether somebody else is changing what is in there."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def test_two_processes_never_change_it_at_once(path: Path) -> None:
    seen = []

    def clock() -> float:
        """Asked after the file was read, and before it is written."""
        seen.append(locked(path.parent))
        return 0.0

    Credentials.load(path, clock=clock).add_token("backup")
    assert seen == [True]
    assert not locked(path.parent)


HASH = '{"n": 2, "r": 8, "p": 1, "salt": "", "key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}'


def written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(0o700, exist_ok=True)
    path.touch(0o600)
    path.write_bytes(data)
    return path


def test_a_file_as_it_is_today_can_be_read_for_ever(path: Path) -> None:
    stored = f'{{"version": 1, "users": {{"admin": {HASH}}}, "tokens": {{"t": {{"sha256": "", "created_at": 1}}}}}}'
    credentials = load(written(path, stored.encode()))
    assert credentials.users == ("admin",)
    assert credentials.tokens == {"t": 1}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"version": 2}',
        b'{"user": {}}',
        b'{"users": {"admin": "secret"}}',
        b'{"users": {"admin": ' + HASH.replace('"n": 2', '"n": 3').encode() + b"}}",
        b'{"tokens": {"t": {"sha256": 1, "created_at": 1}}}',
        b'{"users": ' + b"[" * 100_000,
        b" " * (2 << 20),
    ],
)
def test_a_damaged_file_is_an_error_that_says_so(path: Path, data: bytes) -> None:
    running = load(path)
    written(path, data)
    for use in (
        lambda: load(path),
        lambda: running.check_password("admin", GOOD),
        lambda: running.check_token("token"),
        lambda: running.set_password("admin", GOOD),
    ):
        with pytest.raises(UsageError) as caught:
            use()
        sentence = str(caught.value)
        assert sentence.startswith(f"{path} is damaged (") and sentence.isprintable()
        assert sentence.endswith("): remove it, and set the passwords and tokens anew")
    assert path.read_bytes() == data


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o602, 0o666])
def test_a_file_that_others_can_read_is_refused(path: Path, bits: int) -> None:
    credentials = load(path)
    credentials.set_password("admin", GOOD)
    path.chmod(bits)
    for use in (lambda: load(path), lambda: credentials.check_password("admin", GOOD)):
        with pytest.raises(UsageError) as caught:
            use()
        assert str(caught.value) == f"others can read {path}: run `chmod 600 {path}`"
    path.chmod(0o600)
    assert credentials.check_password("admin", GOOD)


def link(path: Path) -> None:
    (path.parent / "elsewhere").write_text("{}")
    path.symlink_to("elsewhere")


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, link])
def test_what_is_no_file_of_its_own_is_refused(path: Path, make: Callable[[Path], None]) -> None:
    path.parent.mkdir(0o700)
    make(path)
    with pytest.raises(UsageError, match=r"^cannot read .*credentials\.json: "):
        load(path)


def test_a_storage_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^cannot store credentials in .*none/.phone-recorder: there is no such file"):
        load(credentials_path(tmp_path / "none")).set_password("admin", GOOD)
