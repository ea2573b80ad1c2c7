"""The process of fault_fs.py: `python -m tests.system.fault_fs_server DIRECTORY MOUNTPOINT CONTROL LOG [OPTION...]`.

It reads CONTROL at every call, so that what a test has written there holds from the next call on, and a stall ends
within 10 ms of being taken back. LOG gets a line for each call.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from tests.system.fault_fs import CALLS, POLL_S, Fault

_PR_SET_PDEATHSIG = 1
_NO_OFFSET = -1


class _Faults:
    """The server's side of CONTROL and LOG."""

    def __init__(self, control: Path, log: Path) -> None:
        self._control = control
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND)
        self._generation = 0
        self._counts: dict[int, int] = {}

    def meet(self, name: str, path: str, offset: int) -> Fault | None:
        """Write the call down, let it stall; the fault that it meets."""
        found = self._find(name, path, offset)
        line = json.dumps((time.time(), name, path, offset, found is not None))
        os.write(self._log, line.encode() + b"\n")
        if found:
            generation = self._generation
            deadline = time.monotonic() + found.stall_s
            while time.monotonic() < deadline and self._read()["generation"] == generation:
                time.sleep(POLL_S)
        return found

    def _find(self, name: str, path: str, offset: int) -> Fault | None:
        content = self._read()
        if content["generation"] != self._generation:
            self._generation, self._counts = content["generation"], {}
        met = None
        for number, fault in enumerate(Fault(**words) for words in content["faults"]):
            if name not in fault.call.split() or not path.endswith(fault.path) or (0 <= offset < fault.beyond):
                continue
            count = self._counts[number] = self._counts.get(number, 0) + 1
            if count > fault.after and (not fault.times or count <= fault.after + fault.times):
                met = met or fault
        return met

    def _read(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self._control.read_text())
        return content


def _watched(faults: _Faults, medium: _Medium, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def watched(path: str, *rest: Any) -> Any:
        fault = faults.meet(name, path, rest[1] if name == "write" else _NO_OFFSET)
        if fault and fault.forget:
            medium.forget(path)
        if fault and fault.error:
            raise OSError(fault.error, os.strerror(fault.error))
        if fault and fault.short:
            rest = (rest[0][: fault.short], *rest[1:])
        done = call(path, *rest)
        if name == "fsync":
            medium.keep(path)
        return done

    return watched


class _Medium:
    """What is safe of each file: its content at its last sync."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._safe: dict[str, bytes] = {}

    def keep(self, path: str) -> None:
        self._safe[path] = Path(f"{self._root}{path}").read_bytes()

    def forget(self, path: str) -> None:
        """All that is not safe."""
        with Path(f"{self._root}{path}").open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            file.write(self._safe.get(path, b"")[:size].ljust(size, b"\0"))


class _Directory:
    """The calls, done on the directory behind."""

    def __init__(self, root: str) -> None:
        self._root = root

    def _real(self, path: str) -> str:
        return self._root + path

    def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
        found = os.lstat(self._real(path)) if fh is None else os.fstat(fh)
        names = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_ino", "st_blocks")
        times = {f"st_{kind}time": getattr(found, f"st_{kind}time_ns") for kind in "acm"}
        return {name: getattr(found, name) for name in names} | times

    def access(self, path: str, mode: int) -> int:
        if not os.access(self._real(path), mode):
            raise PermissionError(13, os.strerror(13))
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        found = os.statvfs(self._real(path))
        return {name: getattr(found, name) for name in dir(found) if name.startswith("f_") and name != "f_fsid"}

    def opendir(self, path: str) -> int:
        return os.open(self._real(path), os.O_RDONLY | os.O_DIRECTORY)

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *os.listdir(fh)]

    def releasedir(self, path: str, fh: int) -> int:
        return self.release(path, fh)

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        os.fsync(fh)
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        Path(self._real(path)).mkdir(mode)
        return 0

    def rmdir(self, path: str) -> int:
        Path(self._real(path)).rmdir()
        return 0

    def unlink(self, path: str) -> int:
        Path(self._real(path)).unlink()
        return 0

    def rename(self, old: str, new: str) -> int:
        Path(self._real(old)).rename(self._real(new))
        return 0

    def create(self, path: str, mode: int, flags: int) -> int:
        return os.open(self._real(path), flags | os.O_CREAT, mode)

    def open(self, path: str, flags: int) -> int:
        return os.open(self._real(path), flags)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return os.pread(fh, size, offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        return os.pwrite(fh, data, offset)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        os.truncate(self._real(path) if fh is None else fh, length)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        os.fdatasync(fh)
        return 0

    def flush(self, path: str, fh: int) -> int:
        return 0

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        if times:
            os.utime(self._real(path), ns=times)
        return 0

    def chmod(self, path: str, mode: int) -> int:
        Path(self._real(path)).chmod(mode)
        return 0


def serve(behind: Path, mountpoint: Path, control: Path, log: Path, options: list[str]) -> None:
    """Until it is unmounted, or whoever has started it is gone."""
    import mfusepy  # type: ignore[import-untyped,unused-ignore]

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    faults, medium, directory = _Faults(control, log), _Medium(behind), _Directory(str(behind))
    calls = {name: _watched(faults, medium, name, getattr(directory, name)) for name in CALLS}
    members: dict[str, Any] = {name: staticmethod(call) for name, call in calls.items()}
    operations = type("FaultyDirectory", (mfusepy.Operations,), {"use_ns": True, **members})
    words = dict(option.partition("=")[::2] for option in options)
    mfusepy.FUSE(
        operations(),
        str(mountpoint),
        foreground=True,
        auto_unmount=True,
        hard_remove=True,
        attr_timeout=0,
        entry_timeout=0,
        negative_timeout=0,
        **{name: value or True for name, value in words.items()},
    )


if __name__ == "__main__":
    behind, stick, control, log = map(Path, sys.argv[1:5])
    serve(behind, stick, control, log, sys.argv[5:])
