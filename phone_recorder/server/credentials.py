"""Who may see the recordings: users with passwords, and tokens for programs. At first there is nobody."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from phone_recorder.errors import UsageError
from phone_recorder.server.credentials_file import CredentialsFile, Stored, StoredToken
from phone_recorder.server.password_hash import COST, Cost, decoy, hash_password

MIN_PASSWORD = 8
TOKEN_SIZE = 32
"""Bytes of a token: nobody guesses 256 bits, so that a fast hash is enough."""
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Credentials:
    """Users and tokens of a credentials file, read again whenever another process has changed it.

    Every method raises UsageError when the file cannot be used, and then nobody is let in. Safe in threads.
    """

    def __init__(self, file: CredentialsFile, clock: Callable[[], float], cost: Cost) -> None:
        self._file = file
        self._clock = clock
        self._cost = cost
        self._one_at_a_time = threading.Lock()

    @classmethod
    def load(cls, path: Path, clock: Callable[[], float] = time.time, cost: Cost = COST) -> Credentials:
        """The credentials at this path; without a file there are none. `cost` is what new passwords get."""
        credentials = cls(CredentialsFile(path), clock, cost)
        credentials._file.read()
        return credentials

    @property
    def users(self) -> tuple[str, ...]:
        """Names, sorted."""
        return tuple(sorted(self._file.read().users))

    @property
    def tokens(self) -> Mapping[str, float]:
        """Label of each token to when it was made, in seconds since 1970."""
        return {label: token.created_at for label, token in sorted(self._file.read().tokens.items())}

    def set_password(self, user: str, password: str) -> None:
        """Give a user, new or not, this password; UsageError if one of the two will not do."""
        _check_name("user's name", user)
        _check_password(user, password)
        hashed = hash_password(password, self._cost)
        with self._changing() as stored:
            stored.users[user] = hashed

    def remove_user(self, user: str) -> None:
        """UsageError if there is none."""
        with self._changing() as stored:
            if stored.users.pop(user, None) is None:
                raise UsageError(f"there is no user {user!r}: --list shows who there is")

    def check_password(self, user: str, password: str) -> bool:
        """Whether it is this user's. Takes about 0.1 s of a core and 32 MiB, the same when there is no such user.

        One is checked at a time: many logins at once must not take all memory.
        """
        with self._one_at_a_time:
            users = self._file.read().users
            hashed = users.get(user) or decoy(next(iter(users.values()), None), self._cost)
            return hashed.matches(password)

    def stamp(self, user: str) -> str:
        """Another one whenever the user's password has changed; "" for nobody."""
        hashed = self._file.read().users.get(user)
        return _sha256(repr(hashed)) if hashed else ""

    def add_token(self, label: str) -> str:
        """A new token, which is shown here and never again: only its SHA-256 is stored."""
        _check_name("label", label)
        token = secrets.token_urlsafe(TOKEN_SIZE)
        with self._changing() as stored:
            if label in stored.tokens:
                raise UsageError(f"there is a token {label!r} already: choose another label, or revoke that one first")
            stored.tokens[label] = StoredToken(sha256=_sha256(token), created_at=self._clock())
        return token

    def revoke_token(self, label: str) -> None:
        """Let the token of this label in no more; UsageError if there is none."""
        with self._changing() as stored:
            if stored.tokens.pop(label, None) is None:
                raise UsageError(f"there is no token {label!r}: --list shows which there are")

    def check_token(self, token: str) -> str | None:
        """The label of this token; None if it is not one of ours."""
        digest = _sha256(token)
        tokens = self._file.read().tokens
        return next((label for label, known in tokens.items() if hmac.compare_digest(known.sha256, digest)), None)

    @contextmanager
    def _changing(self) -> Iterator[Stored]:
        """What is stored, to be changed; written when nothing was raised. No other process changes it meanwhile."""
        with self._file.locked():
            stored = self._file.read().copy()
            yield stored
            self._file.write(stored)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _check_name(what: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name[:80]!a} cannot be a {what}: use up to 64 letters, digits and . _ -")


def _check_password(user: str, password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise UsageError(f"the password is too short: it needs {MIN_PASSWORD} characters or more")
    if not password.isprintable():
        raise UsageError("the password has a character that no keyboard types: leave control characters out")
    if password.casefold() == user.casefold():
        raise UsageError("the password is the user's name: choose another one")
