"""What arrived, held against what was expected: voices are looked for wherever they are in a recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from phone_recorder.harness.evidence import Evidence, Failure, Recorded
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.judging.picking import pick
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expected import AudioIs, Expectation
from phone_recorder.harness.subjects.arrivals_limits import ANYWHERE
from phone_recorder.harness.subjects.placed import Placed, place_voices


def judge_arrivals(case: Case, evidence: Evidence) -> tuple[Failure, ...]:
    """All that is not as the case expects; a single line where no phone has come at all."""
    missing = tuple(_missing(case, evidence))
    if missing and not evidence.messages and not evidence.recordings:
        return missing
    return missing + tuple(
        failure for expectation in case.expected for failure in _failures(case, expectation, evidence)
    )


def _missing(case: Case, evidence: Evidence) -> Iterator[Failure]:
    came, wanted = len(evidence.recordings), case.arrivals or 1
    if not came and not evidence.messages:
        yield Failure(f"a phone records within {length(case.call.length)}", "none has come")
    elif case.arrivals and came < wanted:
        within = length(case.call.length)
        yield Failure(f"{wanted} recordings within {within}", f"there {'is' if came == 1 else 'are'} {came}")


def _failures(case: Case, expectation: Expectation, evidence: Evidence) -> tuple[Failure, ...]:
    alone = replace(case, expected=(expectation,))
    what = expectation.what
    recorded = pick(evidence.recordings, expectation.recording)
    if not isinstance(what, AudioIs) or what.kind not in ANYWHERE or isinstance(recorded, str):
        return judge(alone, evidence)
    return _of_voices(alone, what, recorded, evidence)


def _of_voices(case: Case, what: AudioIs, recorded: Recorded, evidence: Evidence) -> tuple[Failure, ...]:
    """Each voice is put where it is most like the recording, and then listened for there."""
    placed = place_voices(recorded, evidence.said)
    if placed is None:
        return judge(case, evidence)
    evidence = replace(evidence, said={leg: one.said for leg, one in placed.items()})
    failures: list[Failure] = []
    for voice in what.voices:
        expectation = replace(case.expected[0], what=replace(what, voices=(voice,)))
        for failure in judge(replace(case, expected=(expectation,)), evidence):
            failures.append(replace(failure, seen=f"{failure.seen}; {_best(voice, placed)}"))
    return tuple(failures)


def _best(voice: str, placed: dict[str, Placed]) -> str:
    """Where the best was."""
    return f"it is most like it where it begins at {length(placed[voice].at)} of the recording"
