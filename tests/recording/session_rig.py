"""A session with a stream and ticks, for its tests."""

from __future__ import annotations

from phone_recorder.recording.account import Account
from phone_recorder.recording.placement import Told
from phone_recorder.recording.session import Session
from phone_recorder.recording.timeline import Timeline
from phone_recorder.settings.record import Pause
from phone_recorder.wire.payload import PCMU, Codec
from tests.recording.sink import Sink
from tests.recording.streams import FRAME, MS, SECOND, rtp

TICK = 100 * MS
SSRC = 7
LETTERS = bytes(range(1, 120))


class Rig:
    """A session that began at `start`, and a stream for it: frame n holds code LETTERS[n], wrapping."""

    def __init__(
        self, sink: Sink | None = None, codec: Codec = PCMU, pause: Pause = "skip", start: int = 0, frame: int = FRAME
    ) -> None:
        self.start, self.frame = start, frame
        self.sink = sink or Sink()
        self.account = Account("id", "test", codec.name)
        timeline = Timeline(frame, 2 * SECOND, Told(start))
        timeline.expect(SSRC, 0, 0)
        self.session = Session(start, timeline, self.sink, self.account, codec, pause)
        self.sent = 0

    def until(self, now: int, payload_type: int = 0, tick: int = TICK) -> None:
        """The stream and the ticks until an instant, that of `now` not included."""
        for instant in range((self.start // tick + 1) * tick, now, tick):
            self.send(instant, payload_type)
            self.session.advance(instant)

    def send(self, instant: int, payload_type: int = 0) -> None:
        """All that is due by then, which comes at once."""
        due = []
        while self.start + (self.sent + 1) * self.frame <= instant:
            payload = bytes([LETTERS[self.sent % 119]]) * self.frame
            due.append((instant, rtp(self.sent, self.sent * self.frame, payload, SSRC, payload_type)))
            self.sent += 1
        self.session.receive_all(due)

    def finish(self, now: int) -> None:
        """Ticks after the stop until it has finished."""
        for instant in range(now, now + 5 * SECOND, TICK):
            if self.session.finished:
                return
            self.send(instant)
            self.session.advance(instant)
        raise AssertionError("it never finishes")

    @property
    def kept(self) -> list[int]:
        """The numbers of the frames that were written; -1 for silence."""
        assert all(len(frame) == self.frame and len(set(frame)) == 1 for frame in self.sink.frames)
        return [LETTERS.find(frame[0]) for frame in self.sink.frames]
