"""What a real agent recorded, held against what was expected, as nearly as a device with its own clock can be held.

Lengths and instants may be off by two frames, and by so much as its keys were late: a key takes a moment to the device,
whose frames begin when they like. So a gap of a frame at either edge of a recording is none. All else that is counted,
or is heard in the midst of a span, is as for any other phone.
"""

from __future__ import annotations

from dataclasses import replace

from phone_recorder.harness.evidence import Evidence, Failure
from phone_recorder.harness.judging.audio_words import bound_text
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.judging.picking import pick
from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expected import AccountSays, AudioIs, Expectation, FilesAre, ScreenIs, What
from phone_recorder.harness.subjects.account_edges import edges, without_edges
from phone_recorder.recording.units import SECOND, from_ms, to_seconds

OVER = "the call is over"
"""What is noted when the agent has been told so."""
MOST_LATE = from_ms(200)
"""A machine that is later than this is no witness: what it says of lengths is told as it is."""
PACKETS = 3
TICK = from_ms(200)
"""An agent's timer is as old as its last look at what came."""


def judge_agent(case: Case, evidence: Evidence) -> tuple[Failure, ...]:
    """All that is not as the case expects."""
    late = latest(case, evidence)
    edge = from_ms(case.settings.record.ptime_ms) + late
    slack = edge + from_ms(case.settings.record.ptime_ms)
    trimmed = without_edges(evidence, edge)
    failures: list[Failure] = []
    for one in case.expected:
        wider = replace(one, what=_wider(one.what, slack))
        if isinstance(wider.what, AudioIs):
            failures += _of_sound(case, wider, wider.what, evidence, (edge, late))
        else:
            failures += judge(replace(case, expected=(wider,)), trimmed)
    return tuple(failures)


def latest(case: Case, evidence: Evidence) -> int:
    """By how much the latest of all steps was late, as far as that counts; the end of the call is one too."""
    steps = [(step.text or str(step.action), step.at) for step in case.steps]
    late = [0]
    for instant, text in evidence.happened:
        due = next((due for due in steps if due[0] == text and due[1] <= instant), None)
        if due:
            steps.remove(due)
            late.append(instant - due[1])
        elif text == OVER and instant >= case.call.length:
            late.append(instant - case.call.length)
    return min(max(late), MOST_LATE)


def _of_sound(
    case: Case, expectation: Expectation, what: AudioIs, evidence: Evidence, limits: tuple[int, int]
) -> tuple[Failure, ...]:
    """That recording, and what was said, in the frames of the device, without a gap at an edge of it."""
    edge, late = limits
    recorded = pick(evidence.recordings, expectation.recording)
    if not isinstance(recorded, str) and recorded.files:
        # Now: who asks for no sound does without numpy.
        from phone_recorder.harness.audio.in_frames import in_frames

        begun, left = edges(recorded, edge)
        duration = round(recorded.account.get("duration_s", 0) * SECOND)
        span = Span(max(what.span.start, begun), duration - left if left and what.span.end is None else what.span.end)
        expectation = replace(expectation, what=replace(what, span=span))
        found, said = in_frames(recorded, evidence.said, late)
        recordings = tuple(found if one is recorded else one for one in evidence.recordings)
        evidence = replace(evidence, recordings=recordings, said=said)
    return judge(replace(case, expected=(expectation,)), evidence)


def _wider(what: What, slack: int) -> What:
    """The same with its lengths and instants as a device can be held to them."""
    if isinstance(what, FilesAre):
        duration, total = (bound and _off(bound, slack) for bound in (what.duration, what.total))
        return replace(what, duration=duration, total=total)
    if isinstance(what, AccountSays):
        return AccountSays({path: _of_field(path, wanted, slack) for path, wanted in what.fields.items()})
    if isinstance(what, ScreenIs) and what.timer:
        return replace(what, timer=_off(what.timer, slack + TICK))
    if isinstance(what, AudioIs) and not what.file:
        return replace(what, span=_inner(what.span, slack))
    return what


def _of_field(path: str, wanted: Bound | str, slack: int) -> Bound | str:
    """Seconds of an account, and packets that came; of none there are none."""
    if isinstance(wanted, str) or wanted.high <= 0:
        return wanted
    if any(step.endswith("_s") for step in path.split(".")):
        return _widened(wanted, to_seconds(slack), length(slack))
    if path.rpartition(".")[2] == "received":
        return _widened(wanted, PACKETS, f"{PACKETS} packets")
    return wanted


def _off(wanted: Bound, slack: int) -> Bound:
    return _widened(wanted, slack, length(slack))


def _widened(wanted: Bound, by: float, text: str) -> Bound:
    return replace(
        wanted, low=wanted.low - by, high=wanted.high + by, text=f"{bound_text(wanted)} (give or take {text})"
    )


def _inner(span: Span, slack: int) -> Span:
    """What of a span is certain to be of it; the half of a short one."""
    inner = slack if span.end is None else min(slack, (span.end - span.start) // 4)
    return Span(span.start + inner if span.start else 0, None if span.end is None else span.end - inner)
