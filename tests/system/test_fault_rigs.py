"""The failing file systems themselves: that each fails as it is said to, and leaves nothing behind."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.system.fault_fs import Fault, FaultyDrive, fault_fs, stalled_for_ever
from tests.system.loop_fs import LoopDrive, loop_fs

pytestmark = pytest.mark.peer

NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL


@contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    fd = os.open(path, flags, 0o644)
    try:
        yield fd
    finally:
        os.close(fd)


def number(call: Callable[..., Any], *words: Any) -> int:
    """The errno of a call, 0 if it went well."""
    try:
        result = call(*words)
    except OSError as error:
        return error.errno or -1
    if call is os.open:
        os.close(result)
    return 0


def mount_points() -> str:
    return Path("/proc/mounts").read_text()


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[FaultyDrive]:
    with fault_fs(tmp_path) as drive:
        yield drive


def test_without_a_fault_it_is_the_directory_behind_it(faulty: FaultyDrive) -> None:
    with opened(faulty.path / "a", NEW) as fd:
        assert os.write(fd, b"abcdef") == 6
        os.fdatasync(fd)
        os.ftruncate(fd, 4)
        assert os.pread(fd, 10, 1) == b"bcd"
        assert os.fstat(fd).st_size == 4
    assert (faulty.behind / "a").read_bytes() == b"abcd"
    (faulty.path / "folder").mkdir()
    (faulty.path / "a").rename(faulty.path / "folder" / "b")
    assert list(faulty.path.iterdir()) == [faulty.path / "folder"]
    (faulty.path / "folder" / "b").unlink()
    (faulty.path / "folder").rmdir()
    assert not list(faulty.behind.iterdir())
    assert os.access(faulty.path, os.W_OK)
    assert os.statvfs(faulty.path).f_bavail > 0


def calls_on(drive: FaultyDrive, file: int, directory: int) -> dict[str, tuple[Callable[..., Any], Any]]:
    """How each call of the file system is made from here."""
    return {
        "create": (os.open, (drive.path / "new", NEW)),
        "open": (os.open, (drive.path / "a", os.O_RDWR)),
        "write": (os.write, (file, b"x")),
        "read": (os.pread, (file, 1, 0)),
        "truncate": (os.ftruncate, (file, 0)),
        "fsync": (os.fdatasync, (file,)),
        "fsyncdir": (os.fsync, (directory,)),
        "statfs": (os.statvfs, (drive.path,)),
        "getattr": (os.stat, (drive.path / "a",)),
        "access": (os.access, (drive.path / "a", os.W_OK)),
        "opendir": (os.open, (drive.path, os.O_RDONLY)),
        "readdir": (os.listdir, (drive.path,)),
        "mkdir": (os.mkdir, (drive.path / "d",)),
        "unlink": (os.unlink, (drive.path / "b",)),
    }


@pytest.mark.parametrize("error", [errno.EIO, errno.ENODEV, errno.EROFS, errno.ENOSPC, errno.EFBIG])
def test_each_call_fails_with_any_error_and_no_other_does(faulty: FaultyDrive, error: int) -> None:
    with opened(faulty.path / "a", NEW) as file, opened(faulty.path, os.O_RDONLY) as directory:
        os.write(file, b"content")
        (faulty.path / "b").touch()
        for name, (call, words) in calls_on(faulty, file, directory).items():
            faulty.set(Fault(name, error))
            if call is os.access:
                assert not os.access(*words)
                continue
            assert number(call, *words) == error, name
            faulty.set(*(Fault(other, error) for other in ("rmdir", "rename", "chmod")))
            assert name in ("unlink", "mkdir", "create") or number(call, *words) == 0, name
    assert {call.name for call in faulty.faults} == set(calls_on(faulty, 0, 0))


def test_a_close_that_fails(faulty: FaultyDrive) -> None:
    fd = os.open(faulty.path / "a", NEW)
    faulty.set(Fault("flush", errno.EIO))
    assert number(os.close, fd) == errno.EIO


def test_only_those_calls_that_are_counted_fail(faulty: FaultyDrive) -> None:
    with opened(faulty.path / "a", NEW) as file, opened(faulty.path / "b", NEW) as other:
        faulty.set(Fault("write", errno.EIO, after=2, times=2, path="/a"))
        assert [number(os.write, file, b"x") for _ in range(6)] == [0, 0, errno.EIO, errno.EIO, 0, 0]
        assert [number(os.write, other, b"x") for _ in range(4)] == [0] * 4
        faulty.set(Fault("fsync write", errno.ENODEV, after=1))
        assert [number(os.write, file, b"x") for _ in range(4)] == [0] + [errno.ENODEV] * 3
        faulty.clear()
        assert number(os.write, file, b"x") == 0
    assert [(call.name, call.path) for call in faulty.faults] == [("write", "/a")] * 5


def test_a_write_that_is_short(faulty: FaultyDrive) -> None:
    with opened(faulty.path / "a", NEW) as file:
        faulty.set(Fault("write", short=2, times=1), Fault("write", errno.ENOSPC, beyond=2))
        assert os.pwrite(file, b"abc", 0) == 2
        assert number(os.pwrite, file, b"c", 2) == errno.ENOSPC
        assert os.pwrite(file, b"x", 1) == 1
    assert (faulty.behind / "a").read_bytes() == b"ax"


def test_a_sync_that_fails_and_forgets(faulty: FaultyDrive) -> None:
    with opened(faulty.path / "a", NEW) as file:
        os.write(file, b"safe")
        os.fdatasync(file)
        os.write(file, b" not safe")
        faulty.set(Fault("fsync", errno.EIO, times=1, forget=True))
        assert number(os.fdatasync, file) == errno.EIO
        assert number(os.fdatasync, file) == 0
    assert (faulty.behind / "a").read_bytes() == b"safe" + bytes(9)


def test_a_stall_takes_its_time_and_then_the_call_is_done(faulty: FaultyDrive) -> None:
    with opened(faulty.path / "a", NEW) as file:
        faulty.set(Fault("write", stall_s=0.3, times=1))
        began = time.monotonic()
        assert os.write(file, b"x") == 1
        assert time.monotonic() - began >= 0.3
    assert (faulty.behind / "a").read_bytes() == b"x"


def test_a_stall_for_ever_lasts_until_it_is_taken_back_and_holds_no_other_file(faulty: FaultyDrive) -> None:
    with opened(faulty.path / "a", NEW) as file:
        faulty.set(stalled_for_ever("fsync"))
        waiting = threading.Thread(target=os.fdatasync, args=(file,))
        waiting.start()
        try:
            faulty.wait_for_fault()
            (faulty.path / "b").write_bytes(b"y")
            assert waiting.is_alive()
        finally:
            faulty.clear()
            waiting.join(10)
        assert not waiting.is_alive()


def test_afterwards_it_is_unmounted_and_its_process_gone_even_with_a_file_open(tmp_path: Path) -> None:
    with fault_fs(tmp_path) as drive:
        fd = os.open(drive.path / "a", NEW)
        assert str(drive.path) in mount_points()
    assert str(drive.path) not in mount_points()
    assert number(os.write, fd, b"x") in (errno.ENOTCONN, errno.ECONNABORTED)
    assert number(os.close, fd) in (0, errno.ENOTCONN, errno.ECONNABORTED)
    assert list(drive.path.iterdir()) == []


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[LoopDrive]:
    with loop_fs(tmp_path) as drive:
        yield drive


def fill(fd: int, size: int) -> None:
    """Write pieces of `size` bytes, until not one byte more is taken."""
    while number(os.write, fd, bytes(size)) == 0:
        pass


def test_ext4_is_full_at_a_byte_and_takes_no_more(loop: LoopDrive) -> None:
    with opened(loop.path / "a", NEW) as fd:
        free = loop.free
        fill(fd, 4096)
        fill(fd, 1)
        size = os.fstat(fd).st_size
        # What is missing to `free` are the blocks that say where the file's blocks are.
        assert free - 8192 < size < free
        assert [number(os.write, fd, b"x") for _ in range(3)] == [errno.ENOSPC] * 3
        assert os.fstat(fd).st_size == size


def test_a_shut_down_drive_takes_nothing_and_after_a_check_has_what_was_synced(loop: LoopDrive) -> None:
    with opened(loop.path / "a", NEW) as fd:
        os.write(fd, b"synced")
        os.fsync(fd)
        loop.shut_down()
        assert {number(os.write, fd, b"x"), number(os.fdatasync, fd)} == {errno.EIO}
        assert number(os.open, loop.path / "b", NEW) == errno.EIO
    loop.unmount()
    loop.check()
    loop.mount()
    assert (loop.path / "a").read_bytes() == b"synced"


def test_a_lost_medium_takes_writes_and_fails_to_sync_them(loop: LoopDrive) -> None:
    with opened(loop.path / "a", NEW) as fd:
        os.write(fd, b"x")
        loop.lose_medium()
        assert (number(os.write, fd, b"x"), number(os.fdatasync, fd)) == (0, errno.EIO)


def test_forced_to_be_read_only_with_a_file_open(loop: LoopDrive) -> None:
    with opened(loop.path / "a", NEW) as fd:
        with pytest.raises(subprocess.CalledProcessError, match="remount,ro"):
            loop.remount("ro")
        loop.force_read_only()
        assert {number(os.write, fd, b"x"), number(os.open, loop.path / "b", NEW)} == {errno.EROFS}


def test_read_only_from_the_start(tmp_path: Path) -> None:
    with loop_fs(tmp_path, options="ro") as drive:
        assert number(os.open, drive.path / "a", NEW) == errno.EROFS


def test_afterwards_it_is_unmounted_and_its_device_free(tmp_path: Path) -> None:
    with loop_fs(tmp_path) as drive:
        assert drive.device in mount_points()
    assert drive.device not in mount_points()
    backing = Path("/sys/block") / Path(drive.device).name / "loop" / "backing_file"
    assert not (backing.exists() and str(drive.image) in backing.read_text())
