"""What is expected of a recording's audio, held against what is heard in it."""

from __future__ import annotations

from collections.abc import Iterator

from phone_recorder.harness.evidence import Evidence, Instead, Moment, Recorded
from phone_recorder.harness.judging.picking import pick
from phone_recorder.harness.judging.wanted import Missed, Wanted, missed
from phone_recorder.harness.scenario.expected import AudioIs, Expectation
from phone_recorder.wire.printable import printable


def judge_audio(what: AudioIs, moment: Moment, evidence: Evidence, expectation: Expectation) -> Iterator[Missed]:
    """What is heard instead. A recording is listened to when it has ended, whatever the expectation's instant."""

    def look(part: Wanted) -> Instead | str | None:
        recorded = pick(evidence.recordings, expectation.recording)
        if isinstance(recorded, str):
            return recorded
        return _why_not_there(recorded) or _heard(what, recorded, evidence)

    yield from missed(what, look)


def _why_not_there(recorded: Recorded) -> str | None:
    if not recorded.files:
        return "the recording has no file"
    gone = next((path for path in recorded.files if not path.is_file()), None)
    return f"{printable(gone.name)} is not there any more" if gone else None


def _heard(what: AudioIs, recorded: Recorded, evidence: Evidence) -> Instead | None:
    # Now: who asks for no audio does without numpy.
    from phone_recorder.harness.audio.ears import listen

    return listen(what, recorded, evidence)
