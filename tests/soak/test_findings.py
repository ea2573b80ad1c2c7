from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpPacket
from tests.agent.numbered_legs import FRAME, Leg
from tests.agent.recorded_legs import Recorded
from tests.agent.rtp_sender import Sent
from tests.soak.findings import Findings, Keys, Pressed, Sample, lines, memory

LENGTH = 60 * SECOND
PAUSED = (20 * SECOND, 25 * SECOND)
STEADY = [Sample(seconds, 24.0) for seconds in range(5, 65, 5)]
KEYS = Keys(
    Pressed(0, 8),
    Pressed(LENGTH, LENGTH + 8),
    ((Pressed(PAUSED[0], PAUSED[0] + 8), Pressed(PAUSED[1], PAUSED[1] + 8)),),
)


def found_of(legs: dict[str, Leg], without: tuple[int, ...] = (), twice: int | None = None) -> Recorded:
    """A recording of what these send, but for some packets of near, the pause left out."""
    sent = {name: dict(leg.packets(LENGTH)) for name, leg in legs.items()}
    found = Recorded()
    for instant in range(0, LENGTH, FRAME):
        if PAUSED[0] <= instant < PAUSED[1]:
            continue
        payloads = [RtpPacket.parse(given[instant]).payload for given in sent.values() if instant in given]
        loud = [payload for payload in payloads if payload != PCMU.silence(FRAME)]
        kept = loud and instant // FRAME not in without
        found.take(loud[0] if kept else PCMU.silence(FRAME))
        if kept and instant // FRAME == twice:
            found.take(loud[0])
    return found


def findings(without: tuple[int, ...] = (), twice: int | None = None, **account: Any) -> Findings:
    legs = {name: Leg(name, loss=0.01) for name in ("near", "far")}
    found = found_of(legs, without, twice)
    streams = [{"name": name, "lost": len(leg.dropped), "drifts": 0, "late": 0} for name, leg in legs.items()]
    told = {"paused_s": 5.0, "state": "recorded", "reason": "stopped", "parts": [{}], "streams": streams, **account}
    sent = {name: Sent(leg.number - len(leg.dropped), len(leg.dropped), 1.0) for name, leg in legs.items()}
    return Findings(STEADY, KEYS, told, found, legs, sent)


def test_nothing_is_wrong_with_a_soak_that_went_well() -> None:
    good = findings()
    assert list(good.problems()) == []
    said = "\n".join(lines(good))
    assert "recorded: 55.000 s in 1 files, and 1 pauses of 5.000 s in all" in said
    assert "near: 2980 packets sent, 20 dropped" in said


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (findings(without=(100,)), "near: 1 packets came and are in no file, and only 0 may be"),
        (findings(twice=100), "near: 1 packets are out of order or doubled in the files"),
        (findings(streams=[{"name": "near", "lost": 1}]), "near: 1 packets are told to be lost"),
        (findings(streams=[]), "far: -1 packets are told to be lost"),
        (findings(state="cut short", reason="the drive is full"), "the recording is cut short: the drive is full"),
        (findings(paused_s=5.05), "the files are +49.0 ms off"),
        (findings(paused_s=4.9), "the pauses are -99.0 ms off"),
        (replace(findings(), samples=[*STEADY, Sample(60, 26.0)]), "memory grew by 8.3%, more than 5%"),
    ],
)
def test_what_went_wrong_is_told(bad: Findings, problem: str) -> None:
    assert any(said.startswith(problem) for said in bad.problems()), list(bad.problems())


def test_memory_is_no_matter_in_a_short_soak() -> None:
    grown = replace(findings(), samples=[*STEADY, Sample(60, 26.0)])
    assert list(grown.problems(look_at_memory=False)) == []


def test_a_packet_may_give_way_where_a_clock_is_put_right() -> None:
    legs = [{"name": "near", "lost": 20, "drifts": 1}, {"name": "far", "lost": 33, "drifts": 0}]
    shifted = findings(without=(100,), streams=legs)
    assert not [said for said in shifted.problems() if "no file" in said]


def test_memory_is_looked_at_from_a_tenth_of_the_time_on() -> None:
    samples = [Sample(0, 10.0), *(Sample(minute * 60, 20 + minute / 60) for minute in range(6, 61))]
    held = memory(samples)
    assert (held.warm, held.end, round(held.slope_per_hour, 6)) == (20.1, 21.0, 1.0)
    assert round(held.growth, 4) == 0.0448
