"""Where the recordings of a call stand in time, as far as whoever watches the record key can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from phone_recorder.harness.playing.trail import EVER

IDLE, PAUSED = "idle", "paused"
Document = dict[str, Any]


@dataclass(slots=True)
class Track:
    """One recording: `start` is the instant of the press that it began with, as answered; `asked`, as asked."""

    account: Document
    asked: int
    start: int
    pauses: list[tuple[int, int]] = field(default_factory=list)


class Tracks:
    """Call `follow` with each record state that is told."""

    def __init__(self) -> None:
        self._tracks: dict[str, Track] = {}
        self._began = (0, 0)
        self._key = IDLE

    @property
    def all(self) -> list[Track]:
        """In the order in which they began."""
        return list(self._tracks.values())

    @property
    def saved(self) -> bool:
        """None of them goes on."""
        return self._key == IDLE and all(track.account.get("state") != "recording" for track in self.all)

    def follow(self, asked: int, now: int, key: str, accounts: Sequence[Document]) -> None:
        """What was told from one instant to the other: where the record key stands, and the accounts, oldest first."""
        if self._key == IDLE and key != IDLE:
            self._began = asked, now
        for account in accounts:
            self._take(account)
        self._follow_pause(now, key)
        self._key = key

    def _take(self, account: Document) -> None:
        name = str(account.get("id", ""))
        track = self._tracks.setdefault(name, Track(account, *self._began))
        track.account = account

    def _follow_pause(self, now: int, key: str) -> None:
        track = self.all[-1] if self._tracks else None
        if track is None or (key == PAUSED) == (self._key == PAUSED):
            return
        if key == PAUSED:
            track.pauses.append((now, EVER))
        elif track.pauses:
            track.pauses[-1] = (track.pauses[-1][0], now)
