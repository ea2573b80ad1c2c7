"""What reports say in words: a failure as one line, an instant, and the command that plays a case again."""

from __future__ import annotations

import re
import shlex

from phone_recorder.harness.evidence import Failure
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.result import Result
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.selecting import quoted

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
LONGEST_NAME = 80
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even as a reference; HTML wants none of it either."""
_NOT_IN_NAMES = re.compile(r"[^\w.,\[\]-]+")


def one_line(text: object) -> str:
    """The text with whatever could end a line or steer a terminal replaced."""
    return "".join(c if c.isprintable() else UNKNOWN for c in str(text))


def marked_up(text: object) -> str:
    """The text with whatever neither XML nor HTML can hold replaced; its lines stay."""
    return _NOT_XML.sub(UNKNOWN, str(text))


def failure_line(case: Case, failure: Failure) -> str:
    """`FILE:LINE: at 2 s, screen icon recording: it is idle`; without the line where there is none."""
    place = f"{case.path}:{failure.line}" if failure.line else str(case.path)
    return one_line(f"{place}: {failure_text(failure)}")


def failure_text(failure: Failure) -> str:
    """What failed, and when; one that says itself when it was is not told so twice."""
    told = failure.at is None or failure.expected.startswith("at ")
    return str(failure) if told else f"at {length(failure.at or 0)}, {failure}"


def reasons(result: Result) -> list[str]:
    """Why a case has not passed, a line for each reason; nothing for one that has."""
    lines = [failure_line(result.case, failure) for failure in result.failures]
    why = f"{result.case.path}: {result.why}" if result.outcome in ("bad", "trouble") else result.why
    return [*lines, *([one_line(why)] if result.why else [])]


def replay(seed: int, cases: tuple[Case, ...] = ()) -> str:
    """The command that plays these cases again, or all, with the seed of the run."""
    names = " or ".join(quoted(case.name) for case in cases)
    files = dict.fromkeys(str(case.path) for case in cases)
    words = ["phone-recorder", "test", "--seed", str(seed), *(["-k", names] if names else []), *files]
    return one_line(shlex.join(words))


def file_name(text: str) -> str:
    """A name that a file may have anywhere."""
    return _NOT_IN_NAMES.sub("_", text).strip("_.")[:LONGEST_NAME] or "case"
