"""What tests of a fleet in mode local share: virtual time, a recorder without files, a sender that only counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.bulk.fleet.local import LocalFleet
from phone_recorder.bulk.fleet.local_messages import Check, Counts, End, Message, Said, Say
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.site import Outcome
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.live import Begun, LiveRecorder
from phone_recorder.errors import UsageError
from phone_recorder.recording.account import Account, Part, StreamCounts

SECOND = 8000
HORIZON = SECOND


@dataclass
class FakeRecorder:
    """Ends each call a horizon after its stop; `full` makes no file, `refuses` no call at all."""

    on_end: Callable[[int, Account], object]
    takes: int = 0
    clock: VirtualClock = field(default_factory=VirtualClock)
    files: int = 0
    full: bool = False
    refuses: str = ""
    fault: str = ""
    dropped: int = 0
    lost: int = 0
    late: int = 0
    running: dict[int, tuple[Account, int]] = field(default_factory=dict)
    stopped: dict[int, int] = field(default_factory=dict)
    ticks: list[int] = field(default_factory=list)
    begun: int = 0

    def begin(self, now: int, account: Account, near_ssrc: int = 0, far_ssrc: int = 0) -> Begun:
        self.clock.advance(self.takes)
        if self.refuses:
            raise UsageError(self.refuses)
        self.begun += 1
        self.files += not self.full
        self.running[self.begun] = account, now
        return Begun(self.begun, ("127.0.0.1", 2), ("127.0.0.1", 4))

    def stop(self, call: int, now: int, reason: str) -> None:
        self.stopped.setdefault(call, now)

    def tick(self, now: int) -> None:
        self.ticks.append(now)
        for call, since in list(self.stopped.items()):
            if self.full or now - since >= HORIZON:
                self.end(call, "failed" if self.full else "recorded", "the drive is full: 12 bytes are free")

    def end(self, call: int, state: str, reason: str) -> None:
        """Now, as it ends or fails by itself."""
        account, _ = self.running.pop(call)
        self.stopped.pop(call, None)
        account.state, account.reason = state, reason
        account.parts = () if state == "failed" else (Part(f"{call}.wav", 76, 0, 0.0),)
        counts = StreamCounts(received=50 - self.lost, late=self.late)
        account.streams = {"near": counts, "far": counts}
        self.on_end(call, account)


@dataclass
class FakeSender:
    """Says what it is told, by the clock."""

    clock: VirtualClock
    trouble: str = ""
    behind: int = 0
    """Units by which its packets come late."""
    legs: dict[int, Say] = field(default_factory=dict)
    told: list[Message] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    _over: list[int] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.told.append(message)
        if isinstance(message, Say):
            self.legs[message.flow] = message
        elif isinstance(message, End):
            self._over += message.flows

    def received(self) -> list[Message]:
        if self.trouble:
            return []
        now, frame = self.clock.now() - self.behind, 160
        due = [flow for flow, leg in self.legs.items() if leg.start + (leg.packets - 1) * frame <= now]
        over = [flow for flow in dict.fromkeys([*self._over, *due]) if flow in self.legs]
        self._over.clear()
        return [*(self._said(self.legs.pop(flow)) for flow in over), self.counts]

    def _said(self, leg: Say) -> Said:
        said = max(min((self.clock.now() - leg.start) // 160 + 1, leg.packets), 0)
        return Said(leg.flow, Totals(said, said, 0, 0, said * 160))


@dataclass
class FakeChecker:
    """Is asked, and answers when a test lets it."""

    asked: list[Check] = field(default_factory=list)
    answers: list[Message] = field(default_factory=list)
    trouble: str = ""

    def send(self, message: Message) -> None:
        assert isinstance(message, Check)
        self.asked.append(message)

    def received(self) -> list[Message]:
        answers, self.answers = self.answers, []
        return answers


class Rig:
    """A fleet in virtual time."""

    def __init__(self, plan: FleetPlan, checker: FakeChecker | None = None) -> None:
        self.clock = VirtualClock()
        self.clock.advance(1)
        self.sender = FakeSender(self.clock)
        self.outcomes: list[Outcome] = []
        self.cpu_s = 0.0
        self.fleet = LocalFleet(
            plan,
            self._make,
            lambda: self.recorder.files,
            self.sender,
            checker,
            self.clock,
            self.outcomes.append,
            lambda: self.cpu_s,
        )

    def _make(self, on_end: Callable[[int, Account], object]) -> LiveRecorder:
        self.recorder = FakeRecorder(on_end, clock=self.clock)
        return cast(LiveRecorder, self.recorder)

    def run(self, seconds: float) -> None:
        """For so long, or until it is over."""
        until = self.clock.now() + round(seconds * SECOND)
        while self.clock.now() < until and not self.fleet.over:
            self.clock.advance(max(min(self.fleet.due, until) - self.clock.now(), 0))
            self.fleet.advance(self.clock.now())

    def to_the_end(self, seconds: float = 600) -> None:
        self.run(seconds)
        assert self.fleet.over
        assert not self.recorder.running
