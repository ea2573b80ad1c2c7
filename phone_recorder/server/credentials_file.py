"""The credentials' file: JSON that its owner alone can read, replaced as a whole."""

from __future__ import annotations

import fcntl
import os
import shlex
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec

from phone_recorder.adapters.files import reason, replace_when_done
from phone_recorder.errors import UsageError
from phone_recorder.server.folder import OWN
from phone_recorder.server.password_hash import PasswordHash
from phone_recorder.server.sidecar import LAST_DATE

MAX_SIZE = 1 << 20
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe in its place must not hold us
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class StoredToken(msgspec.Struct, frozen=True, kw_only=True):
    """`sha256` in hex; `created_at` in seconds since 1970."""

    sha256: str
    created_at: Annotated[float, msgspec.Meta(ge=0, le=LAST_DATE)]


class Stored(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What the file holds: hashes by user, and tokens by label."""

    version: int = 1
    users: dict[str, PasswordHash] = {}
    tokens: dict[str, StoredToken] = {}

    def __post_init__(self) -> None:
        if self.version != 1:
            raise ValueError(f"version {self.version} is not known")

    def copy(self) -> Stored:
        """One that can be changed and leaves this as it is."""
        return Stored(users=dict(self.users), tokens=dict(self.tokens))


def credentials_path(storage: Path) -> Path:
    """Where a server with this storage keeps its credentials."""
    return storage / OWN / "credentials.json"


class CredentialsFile:
    """The file at `path`, in a directory that is the server's own. UsageError in place of any other error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading = threading.Lock()
        self._stored = Stored()
        self._stamp: tuple[int, ...] = ()

    def read(self) -> Stored:
        """What is stored, and nothing if there is no file. Read from the disk only when it has changed there."""
        with self._reading:
            stamp = self._current_stamp()
            if stamp != self._stamp:
                # Unstamped until it could be read: a file that cannot be used is an error each time.
                self._stamp = ()
                self._stored = self._parse() if stamp else Stored()
                self._stamp = stamp
            return self._stored

    def write(self, stored: Stored) -> None:
        """Replace the file by one that holds this."""
        with replace_when_done(self._path, force=True) as file:
            os.fchmod(file.fileno(), 0o600)  # while it is empty, in a directory that nobody else may enter
            _give_to_owner_of(self._path.parent, file.fileno())
            file.write(msgspec.json.format(msgspec.json.encode(stored), indent=2))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from changing the file; makes its directory if there is none."""
        directory = self._path.parent
        try:
            _make_private(directory)
            descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise UsageError(f"cannot store credentials in {directory}: {reason(error)}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _current_stamp(self) -> tuple[int, ...]:
        """What changes whenever the file does; () if there is none."""
        try:
            found = self._path.lstat()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise UsageError(f"cannot read {self._path}: {reason(error)}") from error
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino

    def _parse(self) -> Stored:
        try:
            return msgspec.json.decode(self._data(), type=Stored)
        except OSError as error:
            raise UsageError(f"cannot read {self._path}: {reason(error)}") from error
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise UsageError(
                f"{self._path} is damaged ({error}): remove it, and set the passwords and tokens anew"
            ) from error

    def _data(self) -> bytes:
        with open(self._path, "rb", opener=lambda path, _: os.open(path, _OPEN)) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise UsageError(f"cannot read {self._path}: it is not a regular file")
            if found.st_mode & _OTHERS:
                raise UsageError(f"others can read {self._path}: run `chmod 600 {shlex.quote(str(self._path))}`")
            return file.read(MAX_SIZE)


def _make_private(directory: Path) -> None:
    try:
        directory.mkdir(0o700)
    except FileExistsError:
        if directory.stat().st_mode & _OTHERS:
            directory.chmod(0o700)
    else:
        _give_to_owner_of(directory.parent, directory)


def _give_to_owner_of(directory: Path, new: int | Path) -> None:
    """What root makes must be readable for the user that the server runs as: the owner of its storage."""
    if os.geteuid() == 0:
        owner = directory.stat()
        os.chown(new, owner.st_uid, owner.st_gid)
