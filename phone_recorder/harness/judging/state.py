"""What is expected of the record key and of the call, held against how they stood."""

from __future__ import annotations

from collections.abc import Iterator

from phone_recorder.harness.evidence import Evidence, Moment
from phone_recorder.harness.judging.screen import and_prompt
from phone_recorder.harness.judging.texts import same
from phone_recorder.harness.judging.wanted import Missed, Wanted, missed
from phone_recorder.harness.scenario.expected import Expectation, StateIs
from phone_recorder.wire.printable import printable


def judge_state(what: StateIs, moment: Moment, evidence: Evidence, expectation: Expectation) -> Iterator[Missed]:
    """Each of the two that is otherwise."""

    def look(part: Wanted) -> str | None:
        state = _words(moment.key if part.field == "key" else moment.call)
        return None if same(_words(part.value), state) else f"it is {printable(state)}{and_prompt(moment.screen)}"

    yield from missed(what, look)


def _words(state: str) -> str:
    """A key that waits and is paused is `waiting_paused` in the program."""
    return state.replace("_", " ")
