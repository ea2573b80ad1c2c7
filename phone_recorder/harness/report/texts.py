"""What reports say in words: a failure as one line, an instant, a name."""

from __future__ import annotations

import re

from phone_recorder.harness.evidence import Failure
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.scenario.case import Case
from phone_recorder.wire.printable import shortened

NOTHING = "though nothing is expected"
"""Of a case that could not have failed."""
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
LONGEST_CLAUSE = 1000
"""Of what was expected, and of what was seen: it may list several texts. JSON has all of it."""
LONGEST_NAME = 80
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even as a reference; HTML wants none of it either."""
_NOT_IN_NAMES = re.compile(r"[^\w.,\[\]-]+")


def one_line(text: object) -> str:
    """The text with whatever could end a line or steer a terminal replaced."""
    return "".join(c if c.isprintable() else UNKNOWN for c in str(text))


def brief(text: object) -> str:
    """The same of a text of somebody else, which may be long."""
    return one_line(shortened(str(text)))


def marked_up(text: object) -> str:
    """The text with whatever neither XML nor HTML can hold replaced; its lines stay."""
    return _NOT_XML.sub(UNKNOWN, str(text))


def failure_line(case: Case, failure: Failure) -> str:
    """`FILE:LINE: at 2 s, screen icon recording: it is idle`; without the line where there is none."""
    place = f"{case.path}:{failure.line}" if failure.line else str(case.path)
    return one_line(f"{place}: {failure_text(failure)}")


def failure_text(failure: Failure) -> str:
    """What failed, and when; one that says itself when it was is not told so twice."""
    text = ": ".join(shortened(clause, LONGEST_CLAUSE) for clause in (failure.expected, failure.seen))
    told = failure.at is None or failure.expected.startswith("at ")
    return text if told else f"at {length(failure.at or 0)}, {text}"


def reasons(result: Result) -> list[str]:
    """Why a case has not passed, a line for each reason; nothing for one that has."""
    lines = [failure_line(result.case, failure) for failure in result.failures]
    told = shortened(result.why, LONGEST_CLAUSE)
    why = f"{result.case.path}: {told}" if result.outcome in ("bad", "trouble") else told
    return [*lines, *([one_line(why)] if result.why else [])]


def expects_nothing(result: Result) -> bool:
    """Whether it passed as it had to. Of a case that is made up, and in which nothing is done, others have judged."""
    case = result.case
    return result.outcome == "passed" and not case.expected and bool(case.call.length or case.steps)


def file_name(text: str) -> str:
    """A name that a file may have anywhere."""
    return _NOT_IN_NAMES.sub("_", text).strip("_.")[:LONGEST_NAME] or "case"
