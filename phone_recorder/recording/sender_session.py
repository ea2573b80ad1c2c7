"""A recording by its sender's clock, which takes whole runs of packets at once beside single ones."""

from __future__ import annotations

from typing import NamedTuple

from phone_recorder.media.mixing import Piece
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.sender_timeline import Next, SenderTimeline
from phone_recorder.recording.session import Session
from phone_recorder.wire.payload import Codec


class Run(NamedTuple):
    """Packets that were plainly next, one after the other, in the recording's codec: their payloads, joined.

    The last came at `arrival`; `late` is as SenderTimeline.pass_run has it.
    """

    payloads: bytes
    arrival: int
    late: int


class SenderSession(Session):
    """A Session without pauses: a phone that pauses sends nothing."""

    def __init__(
        self,
        start: int,
        timeline: SenderTimeline,
        destination: Destination,
        account: Account,
        codec: Codec,
        stream: str,
    ) -> None:
        super().__init__(start, timeline, destination, account, codec, stream=stream)
        self._line = timeline
        self._passed: list[bytes] = []

    def plainly_next(self) -> Next | None:
        """What the packet that is plainly next must be; None while runs cannot be taken."""
        return None if self.finished else self._line.plainly_next()

    def pass_run(self, run: Run) -> None:
        """Take what was plainly next; it is passed on before what comes afterwards."""
        self._line.pass_run(len(run.payloads) // self._line.frame, run.arrival, run.late)
        self._passed.append(self._kept(run.payloads))

    def _kept(self, payloads: bytes) -> bytes:
        """What is recorded of them: after a gap G.722 is coded anew."""
        seam, codec, frame = self._seam, self._codec, self._line.frame
        if seam is None:
            return payloads
        starts = range(0, len(payloads), frame)
        return b"".join(seam.keep(Piece(codec, payloads[start : start + frame])) for start in starts)

    def _pass_on(self, now: int) -> None:
        passed, self._passed = self._passed, []
        self.destination.write(now, passed)
        super()._pass_on(now)
