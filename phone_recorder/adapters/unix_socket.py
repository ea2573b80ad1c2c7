"""Unix sockets that wait for programs on the same machine: who may come is said by the mode and the group of a file."""

from __future__ import annotations

import errno
import grp
import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from phone_recorder.adapters.files import reason
from phone_recorder.errors import PhoneRecorderError, UsageError

Socket = socket.socket
"""For rooms that do not open any themselves."""

LONGEST_PATH = 107
"""Bytes of a socket's path, a NUL byte after it (unix(7))."""
WAITING = 128
"""Connections that the kernel keeps until they are accepted; who comes then waits."""
_CREDENTIALS = struct.Struct("3i")
_FOR_ALL_TO_ENTER = 0o755
"""The mode of the socket says who may use it, not that of the directory."""
_HIGHEST_GROUP = (1 << 32) - 2
"""One more stands for none (chown(2))."""
_NO_MORE_FILES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class GroupRefused(UsageError):
    """A socket cannot be that group's."""


class TooManyFiles(PhoneRecorderError):
    """Somebody waits, but this process, or the machine, can open no more files."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end: the process that has connected, its user and its group."""

    pid: int
    uid: int
    gid: int


def listen(path: Path, group: str | int | None = None, mode: int = 0o660) -> Socket:
    """A socket that takes connections at this path, and does not block. It is this group's, if one is named.

    The directory is made if it is missing. A socket that a dead process has left there is replaced. GroupRefused: it
    cannot be that group's. UsageError: it cannot be at all, or somebody listens there already.
    """
    gid = _gid(group)
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise UsageError(f"cannot listen at {path}: its path has more than {LONGEST_PATH} bytes: use a shorter one")
    with _errors(path):
        _make_directory(path.parent)
        _clear(path)
        return _bound(path, gid, mode)


def stop_listening(listener: Socket) -> None:
    """Close it, and leave no file behind."""
    # While it is open nobody else can have taken its path.
    with suppress(OSError):
        Path(listener.getsockname()).unlink()
    listener.close()


def peer(sock: Socket) -> Peer:
    """Who has connected (SO_PEERCRED, unix(7)): as it was then, whoever uses the connection now."""
    return Peer(*_CREDENTIALS.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)))


def arrivals(listener: Socket, most: int) -> Iterator[Socket]:
    """Those that wait, at most so many; TooManyFiles if none can be let in now. They do not block."""
    while most:
        most -= 1
        try:
            come, _ = listener.accept()
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno in _NO_MORE_FILES:
                raise TooManyFiles(f"cannot take a connection: {reason(error)}") from error
            continue  # that one has left already (accept(2))
        come.setblocking(False)
        yield come


def receive(sock: Socket, size: int) -> bytes | None:
    """What has come; None if there is nothing yet, and nothing at all at the end, of whatever kind."""
    try:
        return sock.recv(size)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def send(sock: Socket, data: bytes | memoryview) -> int | None:
    """How many bytes were taken; None if nobody reads there any more."""
    try:
        return sock.send(data)
    except BlockingIOError:
        return 0
    except OSError:
        return None


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise _answered(path) if taken else UsageError(f"cannot listen at {path}: {reason(error)}") from error


def demand_group(group: str) -> None:
    """GroupRefused if there is no such group, or this user can give it nothing, not being in it; "" is none."""
    gid = _gid(group)
    if gid is not None and os.geteuid() != 0 and gid not in {os.getegid(), *os.getgroups()}:
        raise GroupRefused(f"this user is not in the group {group}: add it to that group, and start this program again")


def _gid(group: str | int | None) -> int | None:
    """The number of a group; a name of digits that no group has is a number. GroupRefused if there is none."""
    if isinstance(group, int):
        return group
    if not group:
        return None
    try:
        return grp.getgrnam(group).gr_gid
    except KeyError:
        if group.isascii() and group.isdigit() and int(group) <= _HIGHEST_GROUP:
            return int(group)
        raise GroupRefused(f"there is no group {group!r} on this machine: name one that is in /etc/group") from None


def _make_directory(directory: Path) -> None:
    """One that somebody else has made may be taken away from us at any time."""
    try:
        directory.mkdir(parents=True)
        directory.chmod(_FOR_ALL_TO_ENTER)  # whatever the umask says
    except FileExistsError:
        owner = directory.lstat().st_uid  # of a link, where somebody has put one in a place for all
        if os.geteuid() not in (0, owner) and owner != 0:
            raise UsageError(f"{directory} belongs to another user: remove it, or name another directory") from None


def _clear(path: Path) -> None:
    """Remove a socket that nobody listens on any more; UsageError for whatever else is there."""
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found):
        raise UsageError(f"cannot listen at {path}: it is no socket: remove it, or name another path")
    if _somebody_answers(path):
        raise _answered(path)
    path.unlink()


def _somebody_answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.setblocking(False)
        try:
            asking.connect(os.fspath(path))
        except ConnectionRefusedError:
            return False
        except OSError as error:
            # Too many wait there already; or it is somebody's, and of another kind.
            if error.errno not in (errno.EAGAIN, errno.EPROTOTYPE):
                raise
        return True


def _answered(path: Path) -> UsageError:
    return UsageError(f"cannot listen at {path}: another program does already: end that, or name another path")


def _bound(path: Path, gid: int | None, mode: int) -> Socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777 & ~mode)
    try:
        listener.bind(os.fspath(path))
        with _removed_on_error(path):
            _give(path, gid, mode)
            listener.setblocking(False)
            # Nobody can connect before this.
            listener.listen(WAITING)
    except BaseException:
        listener.close()
        raise
    finally:
        os.umask(before)
    return listener


@contextmanager
def _removed_on_error(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _give(path: Path, gid: int | None, mode: int) -> None:
    """To this group; a change of the group may take rights away, so that the mode comes after it."""
    try:
        if gid is not None:
            os.chown(path, -1, gid)
    except OSError as error:  # without the right to, or where a container has no such group
        raise GroupRefused(
            f"cannot give {path} to the group {gid}: run this as a member of it, or as root, or name another group"
        ) from error
    path.chmod(mode)
