"""A live call of both legs at an agent, recorded for minutes: lost packets, clocks that drift, pauses, rotation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phone_recorder.recording.units import SECOND, to_seconds
from tests.agent.agent_process import AgentProcess, agent_process
from tests.agent.numbered_legs import Leg
from tests.agent.recorded_legs import recorded
from tests.agent.rtp_sender import LEAD, Sender, now, rtp_sender
from tests.soak.findings import Findings, Keys, Pressed, Sample

LEGS = ("near", "far")
PATIENCE_S = 20


@dataclass(frozen=True)
class Plan:
    """`ppm`: how fast the clocks of near and far are; `size_limit` of a part, as the setting has it; seconds else."""

    seconds: float = 1200
    loss: float = 0.01
    ppm: tuple[int, int] = (100, -100)
    seed: int = 1
    size_limit: str = "1M"
    sample_each: float = 5
    pause_each: float = 60
    paused_for: float = 5

    def steps(self) -> Iterator[tuple[float, str]]:
        """What is done when, in order."""
        steps = [(at, "sample") for at in _each(self.sample_each, self.seconds)]
        for at in _each(self.pause_each, self.seconds - self.paused_for):
            steps += [(at, "pause"), (at + self.paused_for, "resume")]
        return iter(sorted(steps))


def soak(plan: Plan, home: Path) -> Findings:
    """All of it; `home` is for what the agent writes."""
    with agent_process(home, f"record.size_limit={plan.size_limit}") as agent:
        to = agent.begin_call("legs")
        with rtp_sender(*to, loss=plan.loss, ppm=plan.ppm, seed=plan.seed) as sender:
            _sleep_until(sender.start + LEAD)
            samples, keys = _record(agent, plan)
            account = _ended(agent)
            sender.stop()
        agent.ask("call.end")
        found = recorded(agent.files())
    return Findings(samples, keys, account, found, _sent_again(sender), dict(zip(LEGS, sender.sent, strict=True)))


def _sent_again(sender: Sender) -> dict[str, Leg]:
    """The sender's legs, as they were when it stopped."""
    legs = dict(zip(LEGS, sender.legs(), strict=True))
    for leg, sent in zip(legs.values(), sender.sent, strict=True):
        leg.packets(leg.instant(sent.sent + sent.dropped))
    return legs


def _record(agent: AgentProcess, plan: Plan) -> tuple[list[Sample], Keys]:
    start = _pressed(agent, "start")
    samples = []
    pressed: dict[str, list[Pressed]] = {"pause": [], "resume": []}
    for at, step in plan.steps():
        _sleep_until(start.answered + round(at * SECOND))
        if step == "sample":
            samples.append(Sample(to_seconds(now() - start.answered), resident_mb(agent.pid)))
        else:
            pressed[step].append(_pressed(agent, step))
    _sleep_until(start.answered + round(plan.seconds * SECOND))
    stop = _pressed(agent, "stop")
    return samples, Keys(start, stop, tuple(zip(pressed["pause"], pressed["resume"], strict=True)))


def _pressed(agent: AgentProcess, event: str) -> Pressed:
    asked = now()
    agent.ask("record.press", event=event)
    return Pressed(asked, now())


def _ended(agent: AgentProcess) -> dict[str, Any]:
    """The account of the recording, once it has ended."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        account: dict[str, Any] = agent.ask("record.get")["recordings"][-1]
        if account["state"] != "recording":
            return account
        if time.monotonic() > deadline:
            raise RuntimeError(f"the recording does not end within {PATIENCE_S} s")
        time.sleep(0.1)


def resident_mb(pid: int) -> float:
    """What a running process holds now, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _sleep_until(instant: int) -> None:
    time.sleep(max(0.0, to_seconds(instant - now())))


def _each(step: float, until: float) -> list[float]:
    return [number * step for number in range(1, int(until / step) + 1)]
