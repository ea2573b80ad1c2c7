from __future__ import annotations

from collections.abc import Callable
from math import inf
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Evidence, Recorded
from phone_recorder.harness.heard import Audio, Heard, Recording
from phone_recorder.harness.scenario.bound import WHOLE, Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs
from tests.harness.fake_engine import MOMENT

RECORDED = Recorded({"state": "cut short", "duration_s": 2.5}, 0, (Path("a"), Path("b")))
EVIDENCE = Evidence({}, MOMENT, (RECORDED,), {})
ABOVE_95 = Bound(0.95, inf, "> 0.95", open=True)


def asked(question: Callable[[Audio], Heard]) -> AudioIs:
    """What the ears are asked."""
    heard: list[AudioIs] = []

    def hear(what: AudioIs, recorded: Recorded, evidence: Evidence) -> None:
        assert (recorded, evidence) == (RECORDED, EVIDENCE)
        heard.append(what)

    assert question(Audio(RECORDED, EVIDENCE, str, hear))
    [what] = heard
    return what


@pytest.mark.parametrize(
    ("question", "what"),
    [
        (lambda audio: audio.contains("far"), AudioIs("contains", ("far",), WHOLE, ABOVE_95)),
        (
            lambda audio: audio.contains("near", "far", between=(2, 5.5), likeness=0.5),
            AudioIs("contains", ("near", "far"), Span(16000, 44000), Bound(0.5, inf, "> 0.5", open=True)),
        ),
        (lambda audio: audio.lacks("near"), AudioIs("lacks", ("near",), WHOLE, ABOVE_95)),
        (lambda audio: audio.only("near", (1, 2)), AudioIs("only", ("near",), Span(8000, 16000))),
        (
            lambda audio: audio.is_silent((1, 2), below=-50),
            AudioIs("silent", (), Span(8000, 16000), Bound(-inf, -50, "below -50 dB", open=True)),
        ),
        (
            lambda audio: audio.has_level(-20, within=2),
            AudioIs("level", (), WHOLE, Bound(-22, -18, "-20 dB ± 2 dB")),
        ),
        (
            lambda audio: audio.has_tone(440),
            AudioIs("tone", (), WHOLE, Bound(0.9, inf, "> 0.9", open=True), hertz=440),
        ),
        (lambda audio: audio.has_no_clicks(), AudioIs("no clicks")),
        (lambda audio: audio.equals("near", "far"), AudioIs("equals", ("near", "far"))),
        (lambda audio: audio.equals_file("x.wav"), AudioIs("equals", file=Path("x.wav"))),
        (
            lambda audio: audio.in_step("near", within_ms=10),
            AudioIs("in step", ("near",), WHOLE, Bound(0, 80, "10 ms")),
        ),
    ],
)
def test_each_question_is_one_for_the_ears(question: Callable[[Audio], Heard], what: AudioIs) -> None:
    assert asked(question) == what


def test_what_is_heard_instead_is_the_failures_reason() -> None:
    audio = Audio(RECORDED, EVIDENCE, str, lambda *_: "far has a likeness of 0.31, 120 ms late")
    heard = audio.contains("far")
    assert not heard
    assert repr(heard) == "far has a likeness of 0.31, 120 ms late"


def test_what_is_so_is_true() -> None:
    assert Heard(None) and repr(Heard(None)) == "it is so"


def test_a_voice_is_looked_for_by_who_says_it() -> None:
    def leg_of(voice: str | Path) -> str:
        if voice != "tone:440":
            raise UsageError("nobody says that")
        return "near"

    def hear(what: AudioIs, *_: object) -> str:
        return what.voices[0]

    audio = Audio(RECORDED, EVIDENCE, leg_of, hear)
    assert repr(audio.contains("tone:440")) == "near"
    with pytest.raises(UsageError, match="nobody says that"):
        audio.contains("tone:441")


def test_a_recording_tells_of_itself() -> None:
    recording = Recording(RECORDED, EVIDENCE, str)
    assert (recording.state, recording.duration, recording.files) == ("cut short", 2.5, (Path("a"), Path("b")))
    assert repr(recording) == "<a recording: cut short, 2.5 s in 2 files>"
