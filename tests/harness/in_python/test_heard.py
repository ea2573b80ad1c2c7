from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Evidence, Recorded
from phone_recorder.harness.in_python.heard import Audio, Heard, Recording
from phone_recorder.harness.scenario.bound import WHOLE, Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.harness.fake_engine import MOMENT

RECORDED = Recorded({"state": "cut short", "duration_s": 2.5}, 0, (Path("a"), Path("b")))
EVIDENCE = Evidence({}, MOMENT, (RECORDED,), {})
SPEECH = Path(__file__).parents[3] / "fixtures" / "speech"
FILE = next(SPEECH.glob("*.wav"))
NONSENSE_SPANS = [(4, 1), (-1, 1), (3, 3), (nan, 2), (1, nan), (1, inf), (1, 1.00001)]
QUESTIONS: dict[str, tuple[object, ...]] = {
    "contains": ("far",),
    "lacks": ("far",),
    "only": ("far",),
    "is_silent": (),
    "has_level": (-20,),
    "has_tone": (440,),
    "has_no_clicks": (),
    "equals": ("far",),
    "equals_file": (FILE,),
    "in_step": ("far",),
}


def asked(question: Callable[[Audio], Heard]) -> AudioIs:
    """What the ears are asked."""
    heard: list[AudioIs] = []

    def hear(what: AudioIs, recorded: Recorded, evidence: Evidence) -> None:
        assert (recorded, evidence) == (RECORDED, EVIDENCE)
        heard.append(what)

    assert question(Audio(RECORDED, EVIDENCE, str, hear, SPEECH))
    [what] = heard
    return what


@pytest.mark.parametrize(
    ("question", "what"),
    [
        (lambda audio: audio.contains("far"), AudioIs("contains", ("far",))),
        (lambda audio: audio.contains("far", "far"), AudioIs("contains", ("far",))),
        (
            lambda audio: audio.contains("near", "far", between=(2, 5.5), likeness=0.5),
            AudioIs("contains", ("near", "far"), Span(16000, 44000), Bound(0.5, inf, "> 0.5", open=True)),
        ),
        (lambda audio: audio.lacks("near"), AudioIs("lacks", ("near",))),
        (
            lambda audio: audio.lacks("near", likeness=0.5),
            AudioIs("lacks", ("near",), WHOLE, Bound(0.5, inf, "> 0.5", open=True)),
        ),
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
        (lambda audio: audio.equals("near", between=(1, 2)), AudioIs("equals", ("near",), Span(8000, 16000))),
        (lambda audio: audio.equals_file(FILE.name), AudioIs("equals", file=FILE)),
        (
            lambda audio: audio.equals_file(FILE, between=(1, 2)),
            AudioIs("equals", span=Span(8000, 16000), file=FILE),
        ),
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


@pytest.mark.parametrize("between", NONSENSE_SPANS)
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_span_in_which_there_is_nothing_is_no_question(name: str, between: tuple[float, float]) -> None:
    with pytest.raises(UsageError, match=r"^nothing is between .* of a recording: write the earlier time first$"):
        getattr(deaf(), name)(*QUESTIONS[name], between=between)


@pytest.mark.parametrize("name", ["contains", "lacks", "equals", "in_step"])
def test_a_question_about_no_voice_is_none(name: str) -> None:
    with pytest.raises(UsageError, match=r"^no voice is named: write near, far, or what one of them says$"):
        getattr(deaf(), name)()


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (lambda audio: audio.contains("far", likeness=nan), "likeness=nan: write a number from 0 to less than 1"),
        (lambda audio: audio.lacks("far", likeness=1), "likeness=1: write a number from 0 to less than 1"),
        (lambda audio: audio.lacks("far", likeness=-0.1), "likeness=-0.1: write a number from 0 to less than 1"),
        (lambda audio: audio.has_tone(440, share=2), "share=2: write a number from 0 to less than 1"),
        (lambda audio: audio.has_tone(nan), "a tone of nan Hz: write one from 20 to 4000 Hz"),
        (lambda audio: audio.is_silent(below=nan), "below=nan: write a level below 0 dB, which is full scale"),
        (lambda audio: audio.is_silent(below=60), "below=60: write a level below 0 dB, which is full scale"),
        (lambda audio: audio.has_level(nan), "a level of nan dB: write one such as -20"),
        (lambda audio: audio.has_level(-20, within=inf), "within=inf: write dB such as 1"),
        (lambda audio: audio.has_level(-20, within=-1), "within=-1: write dB such as 1"),
        (lambda audio: audio.in_step("far", within_ms=nan), "within_ms=nan: write milliseconds such as 20"),
        (lambda audio: audio.equals_file("nope.wav"), f"cannot read {SPEECH / 'nope.wav'}: there is no such file"),
    ],
)
def test_what_no_recording_could_answer_is_said(question: Callable[[Audio], Heard], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        question(deaf())
    assert str(caught.value) == sentence


def deaf() -> Audio:
    """It hears everything as it should be."""
    return Audio(RECORDED, EVIDENCE, str, lambda *_: None, SPEECH)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_that_was_not_asked_is_no_answer(name: str) -> None:
    with pytest.raises(UsageError, match=rf"^{name} was not asked: write {name}\(\.\.\.\)$"):
        bool(getattr(deaf(), name))


def test_audio_itself_is_no_answer() -> None:
    with pytest.raises(UsageError, match=r"^audio is neither true nor false: ask it something"):
        bool(deaf())


@pytest.mark.parametrize("between", [(1, 20), (9, 10), None])
def test_of_what_is_not_there_neither_yes_nor_no_is_true(tmp_path: Path, between: tuple[float, float] | None) -> None:
    path = tmp_path / "Record_1.wav"
    path.write_bytes(a_second() if between else b"nothing that could be read")
    audio = Audio(Recorded({}, 0, (path,)), EVIDENCE, str)
    with pytest.raises(AssertionError, match=r"^the recording is 1 s long$" if between else "Record_1.wav"):
        audio.is_silent(between=between)


def test_what_is_there_is_listened_to(tmp_path: Path) -> None:
    path = tmp_path / "Record_1.wav"
    path.write_bytes(a_second())
    audio = Audio(Recorded({}, 0, (path,)), EVIDENCE, str)
    assert audio.is_silent(between=(0, 1))
    assert not audio.has_level(-20)


def a_second() -> bytes:
    """A record file with a second of silence."""
    return bytes(RecordHeader(PCMU, 160, 160, 8000)) + b"\xff" * 8000


def test_a_recording_tells_of_itself() -> None:
    fields = {"gaps_count": 0}
    recording = Recording(RECORDED, deaf(), lambda said: Heard(None if said == fields else "another"))
    assert (recording.state, recording.duration, recording.files) == ("cut short", 2.5, (Path("a"), Path("b")))
    assert repr(recording) == "<a recording: cut short, 2.5 s in 2 files>"
    assert recording.says(fields) and not recording.says({})
