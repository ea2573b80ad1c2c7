"""Messages that are expected, in their order, held against those that passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phone_recorder.harness.evidence import Evidence, Moment, Passed
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.judging.message_line import Line, parse_line
from phone_recorder.harness.judging.texts import listed, quoted
from phone_recorder.harness.judging.wanted import Missed, Wanted, wanted
from phone_recorder.harness.scenario.expected import Expectation, Messages


def judge_messages(what: Messages, moment: Moment, evidence: Evidence, expectation: Expectation) -> Iterator[Missed]:
    """The first line that no message was seen for. Messages that passed after the instant do not count."""
    until = None if expectation.at is None else moment.messages
    passed = [message for message in evidence.messages[:until] if message.protocol == what.protocol]
    lines = [parse_line(what.protocol, line) for line in what.lines]
    place = 0
    for number, part in enumerate(wanted(what)):
        if part.field == "none":
            yield from _any(part, passed, what)
            return
        after = next((i for i in range(place, len(passed)) if lines[number].is_of(passed[i])), None)
        if after is None:
            yield Missed(part.text, _instead(lines[: number + 1], passed, place))
            return
        place = after + 1


def _any(part: Wanted, passed: Sequence[Passed], what: Messages) -> Iterator[Missed]:
    if passed:
        line = parse_line(what.protocol, "")
        yield Missed(part.text, f"{len(passed)} passed: {_shown(line, passed)}")


def _instead(lines: Sequence[Line], passed: Sequence[Passed], place: int) -> str:
    """What came in place of the last of the lines; those before it were found before `place`."""
    line, before = lines[-1], lines[-2] if len(lines) > 1 else None
    if not passed:
        return "no such message passed, nor any other"
    after = f" after {quoted(before.text)}" if before else ""
    early = next((message for message in passed[:place] if before and line.is_of(message)), None)
    when = f", only before, at {length(early.instant)}" if early else ""
    came = f"; what came{after and ' then'} is {_shown(line, passed[place:])}" if passed[place:] else ""
    return f"it did not come{after}{when}{came or '; nothing came then'}"


def _shown(line: Line, passed: Sequence[Passed]) -> str:
    return listed([line.shown(message) for message in passed])
