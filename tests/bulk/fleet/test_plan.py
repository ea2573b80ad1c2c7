"""What a fleet is to do, as a value."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.plan import Bad, FleetPlan, parse_bad
from phone_recorder.errors import UsageError
from tests.bulk.fleet.rig import SECOND, SERVER


def test_phones_begin_at_the_ramp_and_call_from_their_sources_in_turn() -> None:
    plan = FleetPlan(SERVER, phones=5, ramp=2.0, sources=("127.0.0.2", "127.0.0.3"))
    assert [plan.begins_at(n) for n in range(3)] == [0, SECOND // 2, SECOND]
    assert [plan.source_of(n) for n in range(3)] == ["127.0.0.2", "127.0.0.3", "127.0.0.2"]


def test_without_a_ramp_all_begin_at_once_and_without_sources_the_kernel_chooses() -> None:
    plan = FleetPlan(SERVER, phones=5)
    assert [plan.begins_at(n) for n in (0, 4)] == [0, 0]
    assert plan.source_of(3) == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"phones": 0},
        {"phones": 10_000_000},
        {"ramp": -1.0},
        {"ramp": float("inf")},
        {"ramp": float("nan")},
        {"lasts": -1},
        {"calls": -1},
        {"codec": "opus\n"},
        {"codec": "PCMU/16000"},
        {"ptime_ms": 25},
        {"bad_share": 1.1},
        {"bad_share": 0.5, "bad": ()},
    ],
)
def test_what_makes_no_sense_is_said(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        FleetPlan(SERVER, **wrong)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("server", "source", "kinds"),
    [("127.0.0.1", "::1", ("IPv6", "IPv4")), ("::1", "127.0.0.2", ("IPv4", "IPv6"))],
)
def test_phones_cannot_call_a_server_of_the_other_kind(server: str, source: str, kinds: tuple[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        FleetPlan((server, 10000), sources=(source,))
    ours, theirs = kinds
    assert str(caught.value) == (
        f"no phone can call from {source}, which is {ours}, to the server at {server}, which is {theirs}:"
        " name sources of its kind"
    )


def test_ways_to_stop_badly() -> None:
    assert parse_bad("all") == tuple(Bad)
    assert parse_bad("reset, hang-up,reset") == (Bad.RESET, Bad.HANG_UP)
    for wrong in ("", "reset,", "RESET", "x\x1b"):
        with pytest.raises(UsageError, match="known are hang-up, reset, silent, mute, vanish, half"):
            parse_bad(wrong)


@pytest.mark.parametrize(
    ("durations", "text"),
    [
        (Durations.always(SECOND), "1s"),
        (Durations(SECOND // 2, 90 * SECOND), "0.5s-90s"),
        (Durations.about(60 * SECOND), "~60s"),
    ],
)
def test_durations_tell_themselves(durations: Durations, text: str) -> None:
    assert str(durations) == text


def test_durations_are_spread_as_they_say() -> None:
    random = Random(1)
    uniform = [Durations(100, 200).draw(random) for _ in range(2000)]
    assert (min(uniform), max(uniform)) == (100, 200)
    about = [Durations.about(1000).draw(random) for _ in range(20_000)]
    assert sum(about) / len(about) == pytest.approx(1000, rel=0.05)
    # Of an exponential distribution, 1/e is above the mean.
    assert sum(length > 1000 for length in about) / len(about) == pytest.approx(0.368, abs=0.02)
    assert Durations.always(7).draw(random) == 7
    assert (Durations(100, 200).usual, Durations.about(9).usual) == (150, 9)
