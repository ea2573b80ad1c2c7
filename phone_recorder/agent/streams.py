"""What the phone's program sends of a call, on its way to the recorder: one mixed stream, or both legs, mixed here.

Nothing is taken from the ports while nothing is recorded: the call then costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from phone_recorder.agent.rtp_input import RtpInput
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.mixed_stream import MixedStream, OnGap, StreamPlan
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.placement import ByArrival
from phone_recorder.recording.recorder import NoLegs, Recorder, Status, Tallies
from phone_recorder.recording.session import MIXED, Session
from phone_recorder.recording.timeline import Timeline
from phone_recorder.wire.rtp import RtpSender


class Streams(Protocol):
    """The RTP of one call. It counts its legs for the recorder."""

    @property
    def inputs(self) -> Mapping[str, RtpInput]:
        """Where it comes in, by the names of its streams."""

    def begin(self, start: int, destination: Destination, account: Account, before: int = 0) -> Session:
        """A recording from this instant on; `before` as Session has it."""

    def discard(self) -> None:
        """Forget what has come until now, as nobody was recording."""

    def feed(self, now: int, recorder: Recorder) -> None:
        """Give the recorder what has come."""

    def follow(self, status: Status, now: int) -> None:
        """What is recorded has changed."""

    def tally(self, start: int) -> Tallies: ...

    def drop(self, tallies: Tallies) -> None: ...


class MixedInput(NoLegs):
    """One stream, mixed by the phone. It is recorded as it comes: a record tone is the phone's to mix in."""

    def __init__(self, plan: StreamPlan, mixed: RtpInput) -> None:
        self.inputs = {MIXED: mixed}
        self._plan = plan
        self._mixed = mixed

    def begin(self, start: int, destination: Destination, account: Account, before: int = 0) -> Session:
        plan = self._plan
        timeline = Timeline(plan.frame, plan.horizon, ByArrival(start))
        return Session(start, timeline, destination, account, plan.codec, plan.pause, before=before)

    def discard(self) -> None:
        self._mixed.discard()

    def feed(self, now: int, recorder: Recorder) -> None:
        recorder.receive(self._mixed.take())

    def follow(self, status: Status, now: int) -> None:
        """The stream is not ours to change."""


class LegsInput:
    """Near and far stream, mixed as the emulated phone mixes them."""

    def __init__(self, plan: StreamPlan, near: RtpInput, far: RtpInput, sender: RtpSender, on_gap: OnGap) -> None:
        self.inputs = {NEAR: near, FAR: far}
        self._plan = plan
        self._sender = sender
        self._on_gap = on_gap
        self._stream: MixedStream | None = None

    def begin(self, start: int, destination: Destination, account: Account, before: int = 0) -> Session:
        if self._stream is None:
            self._stream = MixedStream(self._plan, start, self._sender, self._on_gap)
        return self._stream.begin(start, destination, account, before)

    def discard(self) -> None:
        self._stream = None
        for leg in self.inputs.values():
            leg.discard()

    def feed(self, now: int, recorder: Recorder) -> None:
        stream = self._stream
        taken = {name: leg.take() for name, leg in self.inputs.items()}
        if stream is None:
            return
        for name, timeline in ((NEAR, stream.mixer.near), (FAR, stream.mixer.far)):
            for arrival, data in taken[name]:
                timeline.receive(arrival, data)
        recorder.receive([(now, packet) for packet in stream.mix(now, recorder.wanted_from)])

    def follow(self, status: Status, now: int) -> None:
        if self._stream:
            self._stream.follow(status, now)

    def tally(self, start: int) -> Tallies:
        return self._stream.mixer.tally(start) if self._stream else {}

    def drop(self, tallies: Tallies) -> None:
        if self._stream:
            self._stream.mixer.drop(tallies)
