"""The agent on a real reactor, in the test's own process: its time can be moved on, and what it logs is read."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec

from phone_recorder import control_api as api
from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.agent.daemon import Agent
from phone_recorder.agent.plan import AgentPlan
from phone_recorder.recording.units import from_seconds, to_seconds
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_texts
from tests.agent.numbered_legs import Leg
from tests.system.aftermath import in_order

PATIENCE_S = 20.0


class SkewedReactor(Reactor):
    """One whose time the test may move on, and that is a clock as well."""

    skew_s = 0.0

    def now(self) -> float:
        return super().now() + self.skew_s


class ReactorClock:
    """The recorder's clock, which goes as the reactor's does."""

    def __init__(self, reactor: Reactor) -> None:
        self._reactor = reactor

    def now(self) -> int:
        return from_seconds(self._reactor.now())

    def system_time(self, instant: int) -> datetime:
        return datetime.now() + timedelta(seconds=to_seconds(instant - self.now()))


class Rig:
    """An agent that is open. `said` is its log."""

    def __init__(self, plan: AgentPlan) -> None:
        self.plan = plan
        self.said = StringIO()
        self.reactor = SkewedReactor()
        self.agent = Agent(plan, self.reactor, Log(self.said), ReactorClock(self.reactor))

    def ask(self, request: api.Request) -> Any:
        """What is answered; the error that is raised."""
        answers: list[tuple[object, BaseException | None]] = []
        self.reactor.start(self.agent.answer(request), lambda result, error: answers.append((result, error)))
        self.until(lambda: answers)
        result, error = answers[0]
        if error:
            raise error
        return result

    def begin(self, **told: Any) -> api.ObservedCall:
        """A call."""
        call: api.ObservedCall = self.ask(api.BeginCall(**told))
        return call

    def press(self, event: Any, call: str = "") -> api.RecordState:
        state: api.RecordState = self.ask(api.PressRecord(event, call=call))
        return state

    def send(self, call: api.ObservedCall, packets: int) -> None:
        """So many packets of 20 ms, at once, to each of its ports."""
        with socket.socket(type=socket.SOCK_DGRAM) as out:
            for name, port in call.ports.items():
                leg = Leg(name)
                for _, packet in leg.packets(leg.instant(packets)):
                    out.sendto(packet, (call.host, port))

    def settle(self, rounds: int = 5) -> None:
        """Whatever is ready."""
        for _ in range(rounds):
            self.reactor.soon(self.reactor.stop)
            self.reactor.run()

    def until(self, so: Callable[[], object]) -> None:
        """The reactor runs until it is so; AssertionError if that does not come."""
        end = time.monotonic() + PATIENCE_S
        while not so():
            assert time.monotonic() < end
            self.reactor.later(0.005, self.reactor.stop)
            self.reactor.run()

    def stop(self) -> list[bool]:
        """Told to end; what is returned is not empty once it has."""
        stopped: list[bool] = []
        self.agent.stop(lambda: stopped.append(True))
        return stopped

    def until_stopped(self) -> None:
        """Told to end, and it has."""
        stopped = self.stop()
        self.until(lambda: stopped)

    @property
    def state(self) -> Any:
        """What a crash would not lose."""
        return msgspec.json.decode(self.plan.state.read_bytes())

    @property
    def files(self) -> list[Path]:
        """On the drive, oldest first."""
        assert self.plan.usb
        return in_order(self.plan.usb)


def plan_in(home: Path, *texts: str, resumes: bool = False, file: str = "") -> AgentPlan:
    """A plan whose directories are in this one; `texts` are settings, `KEY=VALUE` each."""
    for name in ("stick", "run"):
        (home / name).mkdir(exist_ok=True)
    settings = with_texts(PhoneSettings(), dict(text.split("=", 1) for text in texts))
    return AgentPlan(settings, home / file if file else None, home / "run", home / "stick", resumes=resumes)


@contextmanager
def rigged(plan: AgentPlan) -> Iterator[Rig]:
    rig = Rig(plan)
    rig.agent.open()
    try:
        yield rig
    finally:
        rig.agent.close()
        rig.reactor.close()
