"""How nearly a real agent is held to what is expected of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.harness.evidence import Evidence, Recorded
from phone_recorder.harness.scenario.actions import Press, Step
from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.expected import (
    AccountSays,
    AudioIs,
    Expectation,
    FilesAre,
    ScreenIs,
    StateIs,
    What,
)
from phone_recorder.harness.subjects.agent_judge import MOST_LATE, OVER, judge_agent, latest
from phone_recorder.recording.units import SECOND, from_ms
from tests.harness.audio.recordings import FRAME, Call
from tests.harness.audio.recordings import recorded as frames_recorded
from tests.harness.judging.evidence import account, around, case, evidence, exactly, file, moment, screen

KEY = Step(SECOND, Press("record"), text="press: record")
CALL = Call()
HELD = Bound(10.0, 10.0, "10 s")


def told(what: What, seen: Evidence) -> list[str]:
    of = case(Expectation(what), steps=(KEY,))
    return [str(failure) for failure in judge_agent(of, seen)]


def lasting(seconds: float, late_ms: int = 0) -> Evidence:
    """A file, and an account, of so long; the key was so late."""
    seen = evidence(moment(files=(file(seconds=seconds),), accounts=(account(duration_s=seconds),)))
    return replace(seen, happened=((SECOND + from_ms(late_ms), "press: record"),))


@pytest.mark.parametrize(
    ("seconds", "late_ms", "holds"),
    [(10, 0, True), (9.96, 0, True), (10.04, 0, True), (9.94, 0, False), (10.06, 0, False), (9.94, 20, True)],
)
def test_a_length_may_be_two_frames_off_and_as_much_as_the_key_was_late(
    seconds: float, late_ms: int, holds: bool
) -> None:
    seen = lasting(seconds, late_ms)
    for what in (
        FilesAre(duration=around(10 * SECOND, 0, "10 s")),
        FilesAre(total=around(10 * SECOND, 0, "10 s")),
        AccountSays({"duration_s": HELD}),
    ):
        assert (told(what, seen) == []) is holds


def test_what_is_expected_is_told_with_what_it_may_be_off() -> None:
    assert told(FilesAre(duration=around(10 * SECOND, 0, "10 s")), lasting(9)) == [
        "at the end, files duration 10 s (give or take 40 ms): Record_20260302100000.wav lasts 9 s"
    ]


@pytest.mark.parametrize("path", ["gaps_s.near", "gaps_count", "streams.near.lost"])
def test_none_is_none_and_a_count_is_a_count(path: str) -> None:
    lost = account(streams=[{"name": "near", "lost": 1}], gaps_s={"near": 0.02}, gaps_count=1)
    assert told(AccountSays({path: exactly(0)}), evidence(moment(accounts=(lost,)))) != []


@pytest.mark.parametrize(("received", "holds"), [(500, True), (497, True), (503, True), (496, False), (504, False)])
def test_three_packets_may_have_come_more_or_less(received: int, holds: bool) -> None:
    came = account(streams=[{"name": "near", "received": received}])
    seen = evidence(moment(accounts=(came,)))
    assert (told(AccountSays({"streams.near.received": exactly(500)}), seen) == []) is holds


@pytest.mark.parametrize(("timer", "holds"), [("00:02", True), ("00:03", False)])
def test_a_timer_is_as_old_as_the_last_look(timer: str, holds: bool) -> None:
    seen = evidence(moment(screen=screen(timer="00:01"), recorded=round(1.8 * SECOND)))
    wanted = Bound(2 * SECOND if holds else 3 * SECOND, 4 * SECOND, timer)
    assert (told(ScreenIs(timer=wanted), seen) == []) is holds


def test_what_has_no_length_is_as_it_is() -> None:
    assert told(StateIs(key="paused"), evidence()) == ['at the end, state key paused: it is recording, "Recording"']


@pytest.mark.parametrize(
    ("happened", "late"),
    [
        ([], 0),
        ([(SECOND, "press: record")], 0),
        ([(SECOND + 90, "press: record")], 90),
        ([(SECOND + 90, "press: record"), (10 * SECOND + 120, OVER)], 120),
        ([(5 * SECOND, OVER)], 0),
        ([(SECOND + 90, "the agent says: no")], 0),
        ([(9 * SECOND, "press: record")], MOST_LATE),
    ],
)
def test_how_late_the_latest_step_was(happened: list[tuple[int, str]], late: int) -> None:
    assert latest(case(steps=(KEY,)), replace(evidence(), happened=tuple(happened))) == late


def heard_as(tmp_path: Path, what: AudioIs, frames: list[bytes], start: int = 0, **more: float) -> list[str]:
    recorded = frames_recorded(tmp_path, frames, start=start)
    recorded = replace(recorded, account=account(**{"gaps": [], "duration_s": len(frames) * 0.02, **more}))
    return told(what, with_sound(recorded))


def with_sound(recorded: Recorded) -> Evidence:
    said = CALL.evidence()
    return replace(said, recordings=(recorded,), end=moment(accounts=(recorded.account,)))


EQUAL = AudioIs("equals", ("near", "far"))


@pytest.mark.parametrize("start", [0, 100, FRAME])
def test_a_recording_is_equal_in_frames_of_its_own(start: int, tmp_path: Path) -> None:
    assert heard_as(tmp_path, EQUAL, CALL.frames()[start // FRAME :], start) == []


@pytest.mark.parametrize("wrong", ["60 ms late", "60 ms early", "a second missing", "only near"])
def test_a_wrong_recording_is_wrong_at_an_agent_too(wrong: str, tmp_path: Path) -> None:
    frames = CALL.frames()
    spoilt = {
        "60 ms late": [*frames[:3], *frames[:-3]],
        "60 ms early": [*frames[3:], *frames[-3:]],
        "a second missing": [*frames[:200], *frames[250:]],
        "only near": CALL.without("far"),
    }
    assert heard_as(tmp_path, EQUAL, spoilt[wrong]) != []


def test_a_span_is_heard_where_it_is_certain(tmp_path: Path) -> None:
    frames = [*CALL.frames()[:150], *[CALL.silence()] * 100, *CALL.frames()[250:]]
    for first, last, holds in ((3, 5, True), (2.97, 5.03, True), (2.9, 5, False)):
        span = Span(round(first * SECOND), round(last * SECOND))
        assert (heard_as(tmp_path, AudioIs("silent", span=span), frames) == []) is holds


def test_a_gap_at_an_edge_is_passed_over(tmp_path: Path) -> None:
    frames = CALL.frames()
    silent = [CALL.silence(), *frames[1:-1], CALL.silence()]
    gaps = [{"stream": leg, "start_s": at, "duration_s": 0.02} for leg in ("near", "far") for at in (0.0, 10.98)]
    recorded = frames_recorded(tmp_path, silent)
    recorded = replace(recorded, account=account(gaps=gaps, gaps_count=4, duration_s=11.0, gaps_s={}))
    seen = with_sound(recorded)
    assert told(EQUAL, seen) == []
    assert told(AccountSays({"gaps_count": exactly(0)}), seen) == []
