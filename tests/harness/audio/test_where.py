"""Where in a recording the ears have heard something else: a value beside their sentence, which says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.audio.ears import listen
from phone_recorder.harness.audio.words import between, time
from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs
from tests.harness.audio.recordings import SECOND, Call, Frames, recorded

SPEECH = Call()
TONES = Call("tone:440:0", "tone:660:1", 4)
SPAN = Span(SECOND, 3 * SECOND)


def muted(call: Call, first: int, past: int) -> Frames:
    """The call's frames, some of them silent."""
    frames = call.frames()
    return [*frames[:first], *[call.silence()] * (past - first), *frames[past:]]


@pytest.mark.parametrize(
    ("call", "what", "leg"),
    [
        (SPEECH, AudioIs("contains", ("far",), Span(2 * SECOND, 4 * SECOND)), "far"),
        (SPEECH, AudioIs("lacks", ("far",), Span(4 * SECOND, 8 * SECOND)), "far"),
        (SPEECH, AudioIs("silent", span=SPAN), ""),
        (SPEECH, AudioIs("level", span=SPAN, bound=Bound(low=-10.0, text="> -10 dB")), ""),
        (SPEECH, AudioIs("equals", ("near", "far")), ""),
        (SPEECH, AudioIs("no clicks"), ""),
        (SPEECH, AudioIs("in step", ("near", "far")), "far"),
        (TONES, AudioIs("tone", span=SPAN, hertz=440), ""),
    ],
    ids=lambda one: one.kind if isinstance(one, AudioIs) else "",
)
def test_the_value_is_where_the_sentence_says(tmp_path: Path, call: Call, what: AudioIs, leg: str) -> None:
    instead = listen(what, recorded(tmp_path, muted(call, 100, 200), call.codec), call.evidence())
    assert instead and instead.where
    where = instead.where
    assert where.end is not None
    words = f"at {time(where.start)}" if where.start == where.end else between(where.start, where.end)
    assert words in instead.text
    assert where.leg == leg


def test_what_is_wrong_with_all_of_it_is_nowhere(tmp_path: Path) -> None:
    what = AudioIs("silent", span=Span(99 * SECOND))
    instead = listen(what, recorded(tmp_path, SPEECH.frames(), SPEECH.codec), SPEECH.evidence())
    assert instead and instead.where is None
