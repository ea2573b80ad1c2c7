"""Messages that are expected, in their order and by their number, held against those that passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from phone_recorder.harness.evidence import Evidence, Moment, Passed
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.judging.message_line import Line, parse_line, value_in
from phone_recorder.harness.judging.texts import listed, quoted, there_are
from phone_recorder.harness.judging.wanted import Missed, Wanted, wanted
from phone_recorder.harness.scenario.expected import Expectation, Messages


def judge_messages(what: Messages, moment: Moment, evidence: Evidence, expectation: Expectation) -> Iterator[Missed]:
    """The first line that no message was seen for, or else the first message that is none of all; and each wrong count.

    Messages that passed after the instant do not count.
    """
    until = None if expectation.at is None else moment.messages
    passed = [message for message in evidence.messages[:until] if message.protocol == what.protocol]
    parts = list(wanted(what))
    yield from _none(parts, passed, what)
    missing = list(_missing(parts, passed, what))
    yield from missing or _others(parts, passed, what)
    yield from _counts(parts, passed, what)
    yield from _values(parts, passed)


def _of(parts: Sequence[Wanted], field: str) -> list[Wanted]:
    return [part for part in parts if part.field == field]


def _none(parts: Sequence[Wanted], passed: Sequence[Passed], what: Messages) -> Iterator[Missed]:
    for part in _of(parts, "none") if passed else ():
        yield Missed(part.text, f"{len(passed)} passed: {_shown(parse_line(what.protocol, ''), passed)}")


def _missing(parts: Sequence[Wanted], passed: Sequence[Passed], what: Messages) -> Iterator[Missed]:
    """The first line that no message was seen for after the one of the line before."""
    lines: list[Line] = []
    place = 0
    for part in _of(parts, "lines"):
        lines.append(parse_line(what.protocol, part.value))
        after = next((i for i in range(place, len(passed)) if lines[-1].is_of(passed[i])), None)
        if after is None:
            yield Missed(part.text, _instead(lines, passed, place))
            return
        place = after + 1


def _others(parts: Sequence[Wanted], passed: Sequence[Passed], what: Messages) -> Iterator[Missed]:
    """The first message that is none of all, where each line has one: it stands where another line's should."""
    lines = [parse_line(what.protocol, line) for line in what.lines]
    for part in _of(parts, "all"):
        for number, message in enumerate(passed):
            if number >= len(lines) or not lines[number].is_of(message):
                line = lines[min(number, len(lines) - 1)] if lines else parse_line(what.protocol, "")
                yield Missed(part.text, f"{line.shown(message)} passed, at {length(message.instant)}")
                return


def _counts(parts: Sequence[Wanted], passed: Sequence[Passed], what: Messages) -> Iterator[Missed]:
    """Each line that another number of messages fit."""
    for part in _of(parts, "counts"):
        text, bound = part.value
        line = parse_line(what.protocol, text)
        fitting = [message for message in passed if line.is_of(message)]
        if not bound.holds(len(fitting)):
            yield Missed(part.text, _counted(fitting) or _instead([line], passed, 0))


def _values(parts: Sequence[Wanted], passed: Sequence[Passed]) -> Iterator[Missed]:
    """Each field that has another number of different values; messages without it do not count."""
    for part in _of(parts, "values"):
        field, bound = part.value
        first: dict[str, Passed] = {}
        for message in passed:
            if (value := value_in(field, message)) is not None:
                first.setdefault(value, message)
        if not bound.holds(len(first)):
            yield Missed(part.text, there_are(len(first)) + _first_of_each(first))


def _first_of_each(first: Mapping[str, Passed]) -> str:
    """Each value, and when it passed first."""
    told = [f"{quoted(value)} at {length(message.instant)}" for value, message in first.items()]
    return f", first {listed(told)}" if told else ""


def _counted(fitting: Sequence[Passed]) -> str:
    """How many they are, and when they passed; empty for none."""
    instants = listed([length(message.instant) for message in fitting])
    return f"{there_are(len(fitting))}, at {instants}" if fitting else ""


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
