"""Passwords as scrypt hashes (RFC 7914). A hash carries its own parameters, so that new ones can cost more than old."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Annotated

import msgspec

SALT_SIZE = 16
_KEY_SIZE = 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What a guess costs: `n` blocks of 128 x `r` bytes of memory, `p` times over."""

    n: int
    r: int
    p: int


COST = Cost(n=1 << 15, r=8, p=1)
"""Of new passwords: 32 MiB and about 0.1 s."""


class PasswordHash(msgspec.Struct, frozen=True, kw_only=True):
    """A hash as it is stored. The bounds keep a damaged file from taking all memory."""

    n: Annotated[int, msgspec.Meta(ge=2, le=1 << 17)]
    r: Annotated[int, msgspec.Meta(ge=8, le=16)]
    p: Annotated[int, msgspec.Meta(ge=1, le=16)]
    salt: bytes
    key: bytes

    def __post_init__(self) -> None:
        if self.n & (self.n - 1):
            raise ValueError("n must be a power of two")
        if len(self.key) != _KEY_SIZE:
            raise ValueError(f"a key must have {_KEY_SIZE} bytes")

    def matches(self, password: str) -> bool:
        """Whether it is the hash of this password. Takes as long whatever the answer is."""
        return hmac.compare_digest(_scrypt(password, self.salt, Cost(self.n, self.r, self.p)), self.key)


def hash_password(password: str, cost: Cost) -> PasswordHash:
    """The hash of a new password, with a salt of its own."""
    salt = secrets.token_bytes(SALT_SIZE)
    return PasswordHash(n=cost.n, r=cost.r, p=cost.p, salt=salt, key=_scrypt(password, salt, cost))


def decoy(like: PasswordHash | None, cost: Cost) -> PasswordHash:
    """A hash that no password has, to be compared with where there is no user: it costs what `like` costs."""
    cost = Cost(like.n, like.r, like.p) if like else cost
    salt, key = secrets.token_bytes(SALT_SIZE), secrets.token_bytes(_KEY_SIZE)
    return PasswordHash(n=cost.n, r=cost.r, p=cost.p, salt=salt, key=key)


def _scrypt(password: str, salt: bytes, cost: Cost) -> bytes:
    # One keyboard sends an accented letter as one character, another as two: both are the same password.
    data = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    memory = 256 * cost.n * cost.r + (1 << 20)  # twice what it needs: OpenSSL counts some of its own
    return hashlib.scrypt(data, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=memory, dklen=_KEY_SIZE)
