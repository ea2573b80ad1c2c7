"""The recorder of thousands of calls: packets of both legs of each in, a recording of each out.

What it writes is what the recorder of one call would (recording/mixer.py), byte for byte. A call is recorded from its
beginning to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from phone_recorder.bulk.columns import Bytes, Ints
from phone_recorder.bulk.legs import Legs
from phone_recorder.bulk.mixed_frames import LEGS, FrameMixer, Gap
from phone_recorder.bulk.placing import Packets
from phone_recorder.errors import UsageError
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination, State
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.placement import EVER
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import Codec

NAMES = (NEAR, FAR)


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """How calls are recorded; `frame`, `horizon` and `block`, which is written at a time, are units."""

    calls: int
    """At once, at most."""
    frame: int
    horizon: int
    codec: Codec
    block: int = SECOND


class Saving(Destination, Protocol):
    """A destination that can be told when to save."""

    def save(self, now: int) -> None:
        """Make true what has been written."""


@dataclass(slots=True)
class _Call:
    destination: Saving
    account: Account
    start: int
    reason: str = ""


class BulkRecorder:
    """`on_end` is told of each call that is at its end, with its number, which may then be given to another."""

    def __init__(self, plan: BulkPlan, on_end: Callable[[int, Account], object] = lambda call, account: None) -> None:
        self.plan = plan
        self.legs = Legs(LEGS * plan.calls, plan.frame, plan.horizon)
        self._mixer = FrameMixer(self.legs, plan.codec)
        self._on_end = on_end
        self._calls: dict[int, _Call] = {}
        self._free = list(reversed(range(plan.calls)))
        self._block = max(plan.block // plan.frame, 1)
        most = self.legs.columns.slots
        self._held: Bytes = np.zeros((plan.calls, self._block + most, plan.frame), np.uint8)
        self._count: Ints = np.zeros(plan.calls, np.int64)  # frames that are held
        self._due: Ints = np.zeros(plan.calls, np.int64)  # at how many they are written
        self._left: Ints = np.full(plan.calls, EVER)  # frames until the end
        self._running = np.zeros(plan.calls, np.bool_)
        self._failed: set[int] = set()  # whose destination takes no more

    @property
    def running(self) -> int:
        """How many calls are recorded now."""
        return len(self._calls)

    @property
    def next(self) -> int:
        """The number of the call that begins next; UsageError if there are as many as there may be."""
        if not self._free:
            raise UsageError(f"{self.plan.calls} calls are recorded already: allow more of them")
        return self._free[-1]

    def begin(self, now: int, destination: Saving, account: Account) -> int:
        """A call begins at this instant: its number. Packets of its legs are those of rows 2 n, near, and 2 n + 1, far.

        UsageError if there are as many as there may be.
        """
        call = self.next
        self._free.pop()
        destination.open(now)
        self._calls[call] = _Call(destination, account, now)
        for leg in range(LEGS):
            self.legs.begin(LEGS * call + leg, now)
        self._mixer.begin(call)
        self._count[call], self._left[call], self._running[call] = 0, EVER, True
        # So that of calls that begin together not all are written together.
        self._due[call] = 1 + call % self._block
        return call

    def stop(self, call: int, now: int, reason: str) -> None:
        """The call ends here; what is still on its way is waited for."""
        begun = self._calls[call]
        if begun.reason:
            return
        begun.reason = reason
        ends = [self.legs.stop(LEGS * call + leg, now) for leg in range(LEGS)]
        self._left[call] = ends[0] - self.legs.columns.mixed[LEGS * call]

    def receive(self, packets: Packets) -> None:
        """Packets of a tick, as `Packets` has them, of calls that are recorded."""
        self.legs.receive(packets)

    def advance(self, now: int) -> None:
        """Mix and write what has come. Call at each tick, the sockets drained."""
        while True:
            self.legs.close(now)
            if not self._mix(now):
                break
        self._finish(now)

    def _mix(self, now: int) -> int:
        """Of how many frames there was something to mix."""
        calls = np.flatnonzero(self._running)
        mixed = self._mixer.take(calls, self.legs.columns.slots)
        if not len(mixed.calls):
            return 0
        for gap in mixed.gaps:
            self._note(gap)
        self._hold(mixed.calls, mixed.payloads)
        self._write(now, np.flatnonzero(self._running & (self._count >= self._due)))
        return len(mixed.calls)

    def _note(self, gap: Gap) -> None:
        frame = self.plan.frame
        self._calls[gap.call].account.gaps.add(NAMES[gap.leg], gap.first * frame, gap.frames * frame)

    def _hold(self, calls: Ints, payloads: Bytes) -> None:
        """Keep these until they are written."""
        frame, room = self.plan.frame, self._held.shape[1]
        counts = np.bincount(calls, minlength=self.plan.calls)
        begins = np.cumsum(counts) - counts
        at = self._count[calls] + np.arange(len(calls)) - begins[calls]
        held = self._held.reshape(-1, frame).view(f"V{frame}").reshape(-1)
        held[calls * room + at] = payloads.view(f"V{frame}")[:, 0]
        self._count += counts
        self._left -= counts

    def _write(self, now: int, calls: Ints) -> None:
        for call in calls.tolist():
            count = int(self._count[call])
            destination = self._calls[call].destination
            destination.write(now, [self._held[call, :count].tobytes()])
            # Also the first time, sooner than others, or the header would wait for the time after that.
            destination.save(now)
            if destination.state is State.FAILED:
                self._failed.add(call)
        self._count[calls] = 0
        self._due[calls] = self._block

    def _finish(self, now: int) -> None:
        for call in np.flatnonzero(self._running & (self._left <= 0)).tolist():
            self._write(now, np.array([call]))
            self._failed.discard(call)
            self._end(call, now)
        for call in self._failed:
            self._end(call, now)
        self._failed.clear()

    def _end(self, call: int, now: int) -> None:
        begun = self._calls.pop(call)
        destination, account = begun.destination, begun.account
        destination.close(now, begun.reason)
        account.recorded, account.health = destination.written, destination.health
        account.parts, account.reason = destination.parts, begun.reason
        if destination.state is State.CLOSED:
            account.state = "recorded"
        else:
            account.state = "cut short" if account.recorded else "failed"
            account.reason = str(destination.error)
        for leg, name in enumerate(NAMES):
            account.streams[name] = self.legs.end(LEGS * call + leg)
        self._running[call] = False
        self._free.append(call)
        self._on_end(call, account)
