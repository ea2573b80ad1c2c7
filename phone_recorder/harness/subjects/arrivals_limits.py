"""What cannot be done to a phone that only records to us, nor asked of it: why a case cannot be played with one."""

from __future__ import annotations

from collections.abc import Iterator

from phone_recorder.harness.scenario.actions import ServerActs
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expected import AudioIs, Expectation, Messages, ScreenIs, StateIs

ANYWHERE = ("contains", "lacks")
"""Kinds of audio for which a voice is looked for wherever it is."""
ALONE = ("silent", "level", "tone")
"""Those that need no voice; `equals` needs none if it names a file."""


def why_not(case: Case) -> str:
    """The first reason why the case cannot be played with a phone that comes, "" if there is none."""
    return next(filter(None, _reasons(case)), "")


def _reasons(case: Case) -> Iterator[str]:
    if case.subject != "arrivals":
        yield "it is not for a phone that comes: write subject: arrivals"
    if case.steps:
        yield "nobody here can do anything to a phone that comes: leave out its steps"
    if case.server != ServerActs():
        yield "the server that phones come to is ours as it is: leave out server"
    for expectation in case.expected:
        yield _of_expectation(expectation)


def _of_expectation(expectation: Expectation) -> str:
    what = expectation.what
    if expectation.at is not None:
        return "a phone comes when it likes: leave out at, and expect it at the end"
    if isinstance(what, ScreenIs | StateIs) or (isinstance(what, Messages) and what.protocol == "sip"):
        return "a phone that comes tells nothing but its recordings: expect files, audio, account or control"
    if isinstance(what, AudioIs) and not (what.kind in (*ANYWHERE, *ALONE) or what.file):
        return f"when a phone that comes has said what is not known: {what.kind} cannot be told"
    return ""
