"""Who is logged in: sessions kept here, known to the browser by a random id alone."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

ID_SIZE = 32
"""Bytes of an id: nobody guesses 256 bits."""
IDLE_S = 3600.0
LONGEST_S = 12 * 3600.0
MOST = 10_000


def _secret() -> str:
    return secrets.token_urlsafe(ID_SIZE)


@dataclass(slots=True)
class Session:
    """`csrf` must come with each unsafe request: another site can make a browser send the cookie, but not this.

    `stamp` is that of the password with which the user has logged in.
    """

    user: str
    stamp: str
    began_at: float
    seen_at: float
    csrf: str = field(default_factory=_secret, repr=False)


class Sessions:
    """`now` is a clock in seconds that never goes back. A session ends when it was idle for `idle_s`, and in any case
    after `longest_s`. Of ids only digests are kept. When there are `most`, the one that was idle longest gives way."""

    def __init__(
        self, now: Callable[[], float], idle_s: float = IDLE_S, longest_s: float = LONGEST_S, most: int = MOST
    ) -> None:
        self._now = now
        self._idle_s = idle_s
        self._longest_s = longest_s
        self._most = most
        self._sessions: dict[bytes, Session] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, user: str, stamp: str) -> str:
        """A new session of this user; returns its id."""
        self._forget_ended()
        if len(self._sessions) >= self._most:
            del self._sessions[min(self._sessions, key=lambda digest: self._sessions[digest].seen_at)]
        session_id, now = _secret(), self._now()
        self._sessions[_digest(session_id)] = Session(user, stamp, now, now)
        return session_id

    def find(self, session_id: str) -> Session | None:
        """The session of this id, which is thereby in use; None if it has ended or never was."""
        session = self._sessions.get(_digest(session_id))
        if session is None or self._ended(session):
            self.end(session_id)
            return None
        session.seen_at = self._now()
        return session

    def end(self, session_id: str) -> None:
        """The user has logged out."""
        self._sessions.pop(_digest(session_id), None)

    def _ended(self, session: Session) -> bool:
        now = self._now()
        return now - session.seen_at >= self._idle_s or now - session.began_at >= self._longest_s

    def _forget_ended(self) -> None:
        self._sessions = {digest: session for digest, session in self._sessions.items() if not self._ended(session)}


def _digest(session_id: str) -> bytes:
    return hashlib.sha256(session_id.encode("utf-8", "replace")).digest()
