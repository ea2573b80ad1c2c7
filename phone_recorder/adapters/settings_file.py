"""The file that a phone's settings are kept in: read as a whole, and changed in one step that a failure undoes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from phone_recorder.adapters.files import open_for_reading, reason, replace_when_done
from phone_recorder.errors import UsageError
from phone_recorder.settings.kinds import Secret
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import find_setting
from phone_recorder.settings.toml_file import edit_all, parse

MAX_SIZE = 1 << 20
OWNER_ALONE = 0o600
"""There is a password in it."""
_OWNERS, _ALL = 0o700, 0o777
"""The rights that a file of its owner's alone may have, and any other."""


def load(path: Path) -> PhoneSettings:
    """The settings in the file, and the defaults if there is none; UsageError if it cannot be read, or has an error."""
    return parse(_text(path), str(path))


def save_value(path: Path, key: str, text: str) -> None:
    """Change one setting in the file to what was typed."""
    save_values(path, {key: text})


def save_values(path: Path, texts: Mapping[str, str]) -> None:
    """Change several settings in the file, its comments and its order kept.

    A new one is for its owner alone, and so is one that a password is saved into. Whoever saves at the same time
    waits. A symbolic link stays one: what it leads to is replaced. UsageError: a setting cannot be that, or the file
    cannot be written; then it is as it was.
    """
    target = Path(os.path.realpath(path))
    with _locked(target.parent, path):
        data = edit_all(_text(target, str(path)), texts, str(path)).encode()
        with replace_when_done(target, force=True) as file:
            _make_like(target, file.fileno(), _OWNERS if _has_secret(texts) else _ALL)
            file.write(data)


def _text(path: Path, name: str = "") -> str:
    """What the file says; nothing if there is none."""
    try:
        with open_for_reading(path) as file:
            data = file.read(MAX_SIZE + 1)
    except UsageError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return ""
        raise
    if len(data) > MAX_SIZE:
        raise UsageError(f"{name or path} is larger than 1 MiB: it is no settings file")
    try:
        # As some editors leave it.
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name or path}, line {line}: it is not UTF-8: save it as that") from error


@contextmanager
def _locked(directory: Path, path: Path) -> Iterator[None]:
    """Keep other processes from changing what is in there."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {reason(error)}") from error
    try:
        with suppress(OSError):  # a file system without locks; what is there is replaced as a whole all the same
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _has_secret(keys: Iterable[str]) -> bool:
    return any(isinstance(find_setting(key).kind, Secret) for key in keys)


def _make_like(path: Path, new: int, most: int) -> None:
    """Give the new file the owner of the one that it replaces, and its rights as far as they are among `most`."""
    try:
        old = path.stat()
    except FileNotFoundError:
        os.fchmod(new, OWNER_ALONE)
        return
    with suppress(PermissionError):  # only root can give files away
        os.fchown(new, old.st_uid, old.st_gid)
    os.fchmod(new, old.st_mode & most)
