"""What tests of a fleet share: virtual time, media that only counts, and a server that is a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.fleet.fleet import TICK, Fleet
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import Call
from phone_recorder.bulk.fleet.site import LinkOwner, Outcome
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.spread import Spread
from phone_recorder.errors import ControlError
from phone_recorder.wire import control

SERVER = ("127.0.0.1", 10000)
SECOND = 8000
RUN = "00000000000000aa"


@dataclass
class CountingMedia:
    """Says how many packets each stream would have sent."""

    frame: int = 160
    running: dict[int, int] = field(default_factory=dict)
    begun: list[tuple[int, Address, str, Call]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    ticks: list[int] = field(default_factory=list)

    def begin(self, now: int, address: Address, source: str, call: Call) -> int:
        self.begun.append((now, address, source, call))
        self.running[len(self.begun)] = 0
        return len(self.begun)

    def end(self, stream: int) -> Totals:
        self.ended.append(stream)
        said = self.running.pop(stream)
        return Totals(said, said, 0, 0, said * self.frame)

    def tick(self, now: int) -> None:
        self.ticks.append(now)
        for stream in self.running:
            since = now - self.begun[stream - 1][0]
            self.running[stream] = since // self.frame + 1 if since >= 0 else 0

    def totals(self) -> Totals:
        return Totals()

    def lateness(self) -> Spread:
        return Spread()


Answer = Callable[["FakeLink", control.Message], None]


class FakeLink:
    """A link to a server that is the function `answer`; what it does happens at `settle`."""

    def __init__(self, rig: Rig, owner: LinkOwner, source: str) -> None:
        self.owner = owner
        self.source = source
        self.sent = b""
        self.open = True
        self.reset = False
        self._rig = rig
        self.later(lambda: owner.opened(SERVER[0]))

    def send(self, data: bytes) -> None:
        self.sent += data
        try:
            message = control.parse(data)
        except ControlError:
            return
        self._rig.asked.append(message)
        self._rig.answer(self, message)

    def close(self, reset: bool = False) -> None:
        self.open, self.reset = False, reset

    def later(self, call: Callable[[], object]) -> None:
        self._rig.happening.append((self, call))

    def receive(self, data: bytes) -> None:
        """Let it have come from the server."""
        self.later(lambda: self.owner.received(data))

    def lose(self, why: str) -> None:
        def lost() -> None:
            self.open = False
            self.owner.lost(why)

        self.later(lost)


def accept(link: FakeLink, message: control.Message) -> None:
    """The server that does as it should."""
    if isinstance(message, control.StartRequest):
        link.receive(control.build(control.StartResponse(message.id, "success", "", SERVER[0], "20000"), b"\n"))
    elif isinstance(message, control.StopRequest):
        link.receive(control.build(control.StopResponse(message.id), b"\n"))


class Rig:
    """A fleet in virtual time against a server that is a function."""

    def __init__(self, plan: FleetPlan, answer: Answer = accept) -> None:
        self.clock = VirtualClock()
        self.media = CountingMedia(plan.frame)
        self.links: list[FakeLink] = []
        self.asked: list[control.Message] = []
        self.happening: list[tuple[FakeLink, Callable[[], object]]] = []
        self.answer = answer
        self.outcomes: list[Outcome] = []
        self.cpu_s = 0.0
        self.open_takes = 0
        """Units, of this process."""
        self.fleet = Fleet(plan, self.media, self._open, self.clock, RUN, self.outcomes.append, lambda: self.cpu_s)

    def _open(self, address: Address, source: str, owner: LinkOwner) -> FakeLink:
        assert address == SERVER
        self.clock.advance(self.open_takes)
        self.links.append(FakeLink(self, owner, source))
        return self.links[-1]

    def settle(self) -> None:
        while self.happening:
            link, call = self.happening.pop(0)
            if link.open:
                call()

    def tick(self, units: int = TICK) -> None:
        self.fleet.advance(self.clock.now())
        self.settle()
        self.clock.advance(units)

    def run(self, seconds: float) -> None:
        """For so long, or until it is over."""
        until = self.clock.now() + round(seconds * SECOND)
        while self.clock.now() < until and not self.fleet.over:
            self.tick()

    def to_the_end(self, seconds: float = 600) -> None:
        self.run(seconds)
        assert self.fleet.over
        assert not self.media.running
        assert not any(link.open for link in self.links)


def starts(rig: Rig) -> list[control.StartRequest]:
    return [message for message in rig.asked if isinstance(message, control.StartRequest)]
