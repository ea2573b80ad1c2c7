"""What a recording on the server wants of its UDP port."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from phone_recorder.recording.sender_session import Run
from phone_recorder.recording.sender_timeline import Next

Datagram = tuple[int, bytes, str]
"""Instant, data, source host."""


class MediaPort(Protocol):
    """A UDP port of one recording."""

    @property
    def address(self) -> tuple[str, int]: ...

    def drain(self) -> Iterable[Datagram]:
        """All that waits."""

    def close(self) -> None: ...


class Expected(NamedTuple):
    """What the next datagrams of a recording must be to be a run of its."""

    peer: str
    """The host that they come from."""
    payload_type: int
    frame: int
    """Bytes, and units, of each."""
    following: Next
    heard_at: int
    """When the one before came."""
    credit: int
    """Units that may come, less the instant by which they may (EDGE-CASES M10)."""


class RunPort(MediaPort, ABC):
    """A port that somebody else reads, who gathers runs of packets when told what is expected."""

    @property
    @abstractmethod
    def looked_at(self) -> int:
        """The instant of the last reading."""

    @abstractmethod
    def look(self, now: int) -> None:
        """Read it now."""

    @property
    @abstractmethod
    def told(self) -> bool:
        """Whether it knows what is expected; not any more when something else has come, which then is drained."""

    @abstractmethod
    def expect(self, expected: Expected, hear: Callable[[], object], wake: Callable[[], object]) -> None:
        """Gather what is this and what plainly follows, and `wake` the recording when something else comes.

        Where there is room for no more, the recording is to `hear` what has been gathered at once.
        """

    @abstractmethod
    def run(self) -> Run | None:
        """What has been gathered; it came before all that is to be drained."""
