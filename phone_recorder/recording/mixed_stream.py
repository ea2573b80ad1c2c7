"""The mix of a call on its way to the recorder: RTP packets of it, and a session for each recording of them.

Whoever mixes and records, the phone itself or the agent beside one, does it here: same streams, same recording.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.mixer import Mixer
from phone_recorder.recording.placement import Told
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.recorded_time import RecordedTime
from phone_recorder.recording.recorder import Status
from phone_recorder.recording.session import Session
from phone_recorder.recording.timeline import Timeline
from phone_recorder.settings.record import Pause
from phone_recorder.wire.payload import Codec
from phone_recorder.wire.rtp import TIMESTAMP_MASK, RtpSender

OnGap = Callable[[str, int, int], None]
"""Called with leg, instant and length in units, for audio that never came."""


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """How a call is mixed and recorded; `frame` and the mixer's `horizon` are units. `tone`: with the record tone."""

    frame: int
    horizon: int
    codec: Codec
    pause: Pause = "skip"
    tone: bool = False


class MixedStream:
    """`start` is the instant of the mix's first frame; `sender` numbers its packets."""

    def __init__(self, plan: StreamPlan, start: int, sender: RtpSender, on_gap: OnGap) -> None:
        self.start = start
        self.time = RecordedTime(plan.frame, plan.pause == "skip") if plan.tone else None
        """The place of each instant in what is recorded, where that has the record tone."""
        self._plan = plan
        self._sender = sender
        self._base = sender.timestamp
        self._on_gap = on_gap
        self.mixer = Mixer(start, plan.frame, plan.horizon, plan.codec, self._gap, self.time)

    def mix(self, now: int, wanted_from: int | None) -> list[bytes]:
        """Packets of what both legs have closed by now, from that instant on; none if nobody wants any."""
        frame = self._plan.frame
        wanted = 1 << 62 if wanted_from is None else (wanted_from - self.start) // frame
        first, payloads = self.mixer.mix(now, wanted)
        if not payloads:
            return []
        self._sender.timestamp = self._timestamp(first)
        return [self._sender.packet(payload) for payload in payloads]

    def begin(self, now: int, destination: Destination, account: Account, before: int = 0) -> Session:
        """A recording that begins with the frame of the mix in which this instant is; `before` as Session has it."""
        plan = self._plan
        number = (now - self.start) // plan.frame
        start = self.start + number * plan.frame
        self.mixer.begin(number)
        if self.time:
            self.time.begin(number * plan.frame)
        # The mixer may take its horizon; only then can the recorder tell that a frame of the mix will not come.
        timeline = Timeline(plan.frame, 2 * plan.horizon, Told(start))
        timeline.expect(self._sender.ssrc, self._timestamp(number), 0)
        return Session(start, timeline, destination, account, plan.codec, plan.pause, before=before)

    def follow(self, status: Status, now: int) -> None:
        """The record tone sounds while a recording runs."""
        if self.time:
            state = status.destination
            runs = status.key is Key.RECORDING and state is not None and not state.final
            self.time.follow(runs, now - self.start)

    def _timestamp(self, frame_number: int) -> int:
        return (self._base + frame_number * self._plan.frame) & TIMESTAMP_MASK

    def _gap(self, leg: str, start: int, length: int) -> None:
        self._on_gap(leg, self.start + start, length)
