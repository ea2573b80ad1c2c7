"""One recording: a stream's timeline, the pauses, and the destination, joined."""

from __future__ import annotations

from collections.abc import Sequence

from phone_recorder.errors import DestinationError
from phone_recorder.media.codecs import Transcoder
from phone_recorder.media.mixing import Piece
from phone_recorder.media.seam import Seam
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination, State
from phone_recorder.recording.placement import EVER
from phone_recorder.recording.timeline import Timeline
from phone_recorder.settings.record import Pause
from phone_recorder.wire.payload import G722, Codec

MIXED = "mixed"


class Session:
    """`start` is an instant; frames of the timeline go to the destination in `codec`, paused ones as `pause` has it.

    `stream` names the stream in the account; `before` are the units of audio that an earlier session of the same
    recording has kept; `account` has what it has counted. The session is over when `finished`: after `stop`, or when
    its destination has failed.
    """

    def __init__(
        self,
        start: int,
        timeline: Timeline,
        destination: Destination,
        account: Account,
        codec: Codec,
        pause: Pause = "skip",
        stream: str = MIXED,
        before: int = 0,
    ) -> None:
        self.start = start
        self.destination = destination
        self.account = account
        self.finished = False
        self.state: State
        """The destination's, when it was last looked at: the account goes with it."""
        self._timeline = timeline
        self._codec = codec
        self._pause = pause
        self._stream = stream
        self._before = before
        self._transcoder = Transcoder(codec)
        self._seam = Seam() if codec is G722 else None
        self._edges: list[tuple[int, bool]] = []  # frame number, and whether it is paused from there on
        self._paused = False
        self._paused_before = account.paused
        self._pauses: list[tuple[int, int]] = []  # frame numbers, from and to
        self._end: int | None = None  # in units from the start
        destination.open(start)
        self._look(start)

    @property
    def error(self) -> DestinationError | None:
        """Why the destination failed."""
        return self.destination.error

    def receive(self, arrival: int, data: bytes) -> None:
        """A datagram of the stream."""
        self._timeline.receive(arrival, data)

    def receive_all(self, datagrams: Sequence[tuple[int, bytes]]) -> None:
        """Those of a tick."""
        at = 0
        while at < len(datagrams):
            run = self._timeline.receive_run(datagrams, self._codec, at)
            if not run:
                self.receive(*datagrams[at])
            at += run or 1

    def pause(self, now: int) -> None:
        """Keep nothing from the frame in which this comes: what is said during a pause may be a card number."""
        first = (now - self.start) // self._timeline.frame
        self._edges.append((first, True))
        # It may come in the frame that a pause before it has taken already.
        self._pauses.append((max(first, self._pauses[-1][1]) if self._pauses else first, EVER))

    def resume(self, now: int) -> None:
        """Keep all from the first frame that is wholly after this."""
        first = -((self.start - now) // self._timeline.frame)
        self._edges.append((first, False))
        self._pauses[-1:] = [(begun, first) for begun, _ in self._pauses[-1:]]

    def stop(self, now: int, reason: str) -> int:
        """End here, in whole frames; what is still on its way is waited for. Units from start to end."""
        if self._end is None and not self.finished:
            self._end = self._timeline.stop(now)
            self.account.reason = reason
        return now - self.start if self._end is None else self._end

    def advance(self, now: int) -> None:
        """Pass on what has come. Call at each tick, the socket drained."""
        if self.finished:
            return
        self._pass_on(now)
        self.destination.advance(now)
        if self._timeline.done:
            self.destination.close(now, self.account.reason)
        self._look(now)

    def _pass_on(self, now: int) -> None:
        first = self._timeline.given
        frames = []
        for index, piece in enumerate(self._timeline.close(now), first):
            frame = self._frame(index, piece)
            if frame is not None:
                frames.append(frame)
        self.destination.write(now, frames)

    def _frame(self, index: int, piece: Piece | None) -> bytes | None:
        """The frame as it is recorded; None if a pause skips it."""
        size = self._timeline.frame
        while self._edges and self._edges[0][0] <= index:
            self._paused = self._edges.pop(0)[1]
        if self._paused:
            self.account.paused += size
            if self._seam and piece and piece.codec is self._codec:
                self._seam.leave_out(piece.payload)
            return None if self._pause == "skip" else self._silence(size)
        if piece is None:
            self.account.gaps.add(self._stream, self._kept_at(index * size), size)
            return self._silence(size)
        return self._payload(piece)

    def _silence(self, size: int) -> bytes:
        return self._seam.silence(size) if self._seam else self._codec.silence(size)

    def _payload(self, piece: Piece) -> bytes:
        """The piece as it is recorded."""
        if piece.codec is not self._codec:
            return self._transcoder.transcode(piece.codec, piece.payload)
        return self._seam.keep(piece) if self._seam else piece.payload

    def _look(self, now: int) -> None:
        """Keep the account true to what the destination says."""
        account, destination = self.account, self.destination
        # First, and once: another thread may be changing it, and what is final stays.
        self.state = state = destination.state
        account.recorded, account.health = destination.written, destination.health
        if state is State.FAILED:
            account.state = "cut short" if account.recorded else "failed"
            account.reason = str(destination.error)
        elif state is State.CLOSED:
            account.state = "recorded"
        elif state is State.CANCELLED:
            account.state = "cancelled"
        if state.final:
            self.finished = True
            account.parts = destination.parts
            account.streams[self._stream] = self._timeline.counts

    def note_gap(self, leg: str, instant: int, length: int) -> None:
        """Audio of one leg of the mix never came: silence is mixed in its place. A frame or a part of one at a time."""
        start = max(instant - self.start, 0)
        end = instant - self.start + length
        if self._end is not None:
            end = min(end, self._end)
        index = start // self._timeline.frame
        if end > start and not any(begun <= index < over for begun, over in self._pauses):
            self.account.gaps.add(leg, self._kept_at(start), end - start)

    def kept_by(self, instant: int) -> int:
        """Units of audio that are kept of what was said before this instant."""
        return self._kept_at(instant - self.start)

    def paused_by(self, instant: int) -> int:
        """Units that pauses have taken which were over by this instant; with those of an earlier session."""
        return self._paused_before + self._paused_at(instant - self.start)

    def _kept_at(self, place: int) -> int:
        """Where a place on the timeline stands in what is kept: pauses that are skipped take no time there."""
        return self._before + place - (self._paused_at(place) if self._pause == "skip" else 0)

    def _paused_at(self, place: int) -> int:
        frame = self._timeline.frame
        return sum((over - begun) * frame for begun, over in self._pauses if over * frame <= place)
