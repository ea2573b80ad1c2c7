"""Each kind of what can be heard, where it is so and where it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.harness.audio.ears import hear
from phone_recorder.harness.audio.pictures import wav_bytes
from phone_recorder.harness.audio.recorded import heard
from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.media import g711
from phone_recorder.wire.payload import PCMU
from tests.harness.audio.recordings import FAR, NEAR, NEAR_ZH, SECOND, Call, Frames, recorded

BOTH = ("near", "far")
SPEECH = Call()
TONES = Call("tone:440:0", "tone:660:1", 4)
MIXED = AudioIs("equals", BOTH)
CONTAINS = AudioIs("contains", BOTH)
NO_CLICKS = AudioIs("no clicks")
IN_STEP = AudioIs("in step", BOTH)


def heard_in(directory: Path, what: AudioIs, call: Call, changed: Frames | None = None) -> str | None:
    """What the ears say of a recording of that call, which is as it should be or as it was changed."""
    made = call.frames() if changed is None else changed
    return hear(what, recorded(directory, made, call.codec), call.evidence())


def late(count: int) -> Frames:
    return [SPEECH.silence()] * count + SPEECH.frames()[:-count]


def without_frame(number: int, call: Call = SPEECH) -> Frames:
    return [*call.frames()[:number], *call.frames()[number + 1 :]]


def with_frame_twice(number: int, call: Call = SPEECH) -> Frames:
    return [*call.frames()[:number], *call.frames()[number - 1 :]]


def with_silence(number: int, call: Call = SPEECH) -> Frames:
    return [*call.frames()[:number], call.silence(), *call.frames()[number + 1 :]]


def louder(factor: float) -> Frames:
    def change(frame: bytes) -> bytes:
        pcm = g711.decode(PCMU, frame)
        return g711.encode(PCMU, type(pcm)("h", [max(-32768, min(32767, round(s * factor))) for s in pcm]))

    return [change(frame) for frame in SPEECH.frames()]


@pytest.mark.parametrize("said_in", ["PCMU", "PCMA", "G722"])
@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722"])
@pytest.mark.parametrize("what", [CONTAINS, NO_CLICKS, IN_STEP], ids=lambda what: what.kind)
def test_a_recording_as_it_should_be_is_heard_to_be_so(tmp_path: Path, codec: str, said_in: str, what: AudioIs) -> None:
    assert heard_in(tmp_path, what, Call(seconds=7, codec=codec, said_in=said_in)) is None


@pytest.mark.parametrize(
    ("what", "changed", "seen"),
    [
        (AudioIs("contains", ("far",)), SPEECH.without("far"), "far has a likeness of 0.00 between 0 s and 11 s"),
        (AudioIs("contains", ("near",)), SPEECH.without("near"), "near has a likeness of 0.00 between 0 s and 11 s"),
        (
            AudioIs("contains", ("far",), Span(2 * SECOND, 5 * SECOND)),
            late(3),
            "far has a likeness of 0.23 between 2 s and 5 s, and of 1.00 60 ms late",
        ),
        (CONTAINS, late(6), "near has a likeness of 0.10 between 0 s and 11 s, and of 1.00 120 ms late"),
        (CONTAINS, louder(0.05), "near is 0.05 times as loud as it was said between 0 s and 11 s"),
        (CONTAINS, [], "there is no audio in the recording"),
        (AudioIs("contains", ("far",), Span(9 * SECOND, 12 * SECOND)), None, "the recording is 11 s long"),
        (AudioIs("contains", ("far",), Span(0, SECOND)), None, "far says nothing between 0 s and 1 s"),
        (AudioIs("lacks", ("far",)), None, "far has a likeness of 1.00 between 0 s and 11 s"),
        (AudioIs("lacks", ("far",)), late(3), "far has a likeness of 1.00 between 0 s and 11 s, 60 ms late"),
        (AudioIs("lacks", ("far",), Span(0, SECOND)), None, "far says nothing between 0 s and 1 s"),
        (AudioIs("only", ("near",)), None, "far has a likeness of 1.00 between 0 s and 11 s"),
        (AudioIs("only", ("near",)), SPEECH.without("near"), "near has a likeness of 0.00 between 0 s and 11 s"),
        (AudioIs("silent"), None, "-4.8 dB at 6.287 s"),
        (AudioIs("level", bound=Bound(-26, -25)), louder(2**0.5), "-22.5 dB between 0 s and 11 s"),
        (NO_CLICKS, [SPEECH.silence()] * 550, "nobody is heard between 0 s and 11 s"),
        (NO_CLICKS, louder(0.005), "nobody is heard between 0 s and 11 s"),
        (NO_CLICKS, without_frame(200), "at 4.01 s 20 ms dropped"),
        (NO_CLICKS, with_frame_twice(200), "at 4 s 20 ms doubled or put in"),
        (NO_CLICKS, with_silence(165), "at 3.3 s 20 ms that nobody said"),
        (MIXED, without_frame(549)[:-1], None),
        (MIXED, SPEECH.without("far"), "25477 of 88000 samples differ, the first at 2.297 s: 0 instead of 8"),
        (IN_STEP, late(3), "near is 60 ms late at 0 ms"),
        (
            IN_STEP,
            SPEECH.without("far"),
            "far is not heard within 1 s of where it was said between 1.833 s and 3.667 s",
        ),
        (AudioIs("in step", ("far",), Span(0, SECOND)), None, "far says nothing between 0 s and 1 s"),
    ],
)
def test_what_is_wrong_is_said_in_figures(
    tmp_path: Path, what: AudioIs, changed: Frames | None, seen: str | None
) -> None:
    assert heard_in(tmp_path, what, SPEECH, changed) == seen


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        (AudioIs("contains", ("near",)), SPEECH.without("far")),
        (CONTAINS, louder(2**0.5)),
        (CONTAINS, late(1)),
        (AudioIs("lacks", ("far",), bound=Bound(low=0.95)), late(1)[:100] + SPEECH.without("far")[100:]),
        (AudioIs("lacks", ("far",)), SPEECH.without("far")),
        (AudioIs("only", ("near",)), SPEECH.without("far")),
        (AudioIs("only", ("far",)), SPEECH.without("near")),
        (AudioIs("silent"), [SPEECH.silence()] * 550),
        (AudioIs("silent", bound=Bound(high=-4, open=True)), None),
        (AudioIs("level", bound=Bound(-26, -25)), None),
        (NO_CLICKS, SPEECH.frames()[:-1]),
        (NO_CLICKS, SPEECH.without("far")),
        (NO_CLICKS, louder(0.5)),
        (NO_CLICKS, late(6)),
        (AudioIs("equals", ("near",)), SPEECH.without("far")),
        (IN_STEP, late(1)),
        (AudioIs("in step", BOTH, bound=Bound(high=480)), late(3)),
    ],
)
def test_what_is_so_is_heard_to_be_so(tmp_path: Path, what: AudioIs, changed: Frames | None) -> None:
    assert heard_in(tmp_path, what, SPEECH, changed) is None


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
@pytest.mark.parametrize("said_in", ["PCMU", "PCMA"])
def test_the_mix_is_told_sample_for_sample(tmp_path: Path, codec: str, said_in: str) -> None:
    call = Call(codec=codec, said_in=said_in)
    assert heard_in(tmp_path, MIXED, call) is None
    assert heard_in(tmp_path, MIXED, call, louder(2**0.5)) is not None


def test_of_g722_nothing_is_told_sample_for_sample(tmp_path: Path) -> None:
    assert "write contains" in (heard_in(tmp_path, MIXED, Call(codec="G722")) or "")


def test_a_codec_that_the_header_does_not_have_is_heard(tmp_path: Path) -> None:
    assert heard_in(tmp_path, CONTAINS, replace(SPEECH, codec="PCMA"), SPEECH.frames()) is not None


@pytest.mark.parametrize(
    ("what", "seen"),
    [
        (AudioIs("tone", hertz=440, span=Span(0, SECOND)), None),
        (AudioIs("tone", hertz=660, span=Span(SECOND, 2 * SECOND)), None),
        (AudioIs("tone", hertz=450, span=Span(0, SECOND)), None),
        (
            AudioIs("tone", hertz=440, bound=Bound(low=0.4, text="> 0.4", open=True)),
            "0.00 of the power is at 440 Hz between 1.045 s and 1.146 s",
        ),
        (AudioIs("tone", hertz=440), "0.50 of the power is at 440 Hz between 0 s and 4 s, the most is at 660 Hz"),
        (
            AudioIs("tone", hertz=460, span=Span(0, SECOND)),
            "0.00 of the power is at 460 Hz between 0 s and 1 s, the most is at 440 Hz",
        ),
    ],
)
def test_a_tone_is_told_by_its_share(tmp_path: Path, what: AudioIs, seen: str | None) -> None:
    found = heard_in(tmp_path, what, TONES)
    assert (found or "").split(", the most")[0] == (seen or "").split(", the most")[0]


def test_a_tone_in_silence_is_told_to_be_silence(tmp_path: Path) -> None:
    silent = [TONES.silence()] * 200
    assert heard_in(tmp_path, AudioIs("tone", hertz=440), TONES, silent) == "silence between 0 s and 4 s"


@pytest.mark.parametrize("spoil", [without_frame, with_frame_twice, with_silence])
def test_a_tone_that_is_spoilt_clicks(tmp_path: Path, spoil: Callable[[int, Call], Frames]) -> None:
    assert (heard_in(tmp_path, NO_CLICKS, TONES, spoil(75, TONES)) or "").startswith("at 1.5 s")


def test_tones_that_take_turns_do_not_click(tmp_path: Path) -> None:
    assert heard_in(tmp_path, NO_CLICKS, TONES) is None


def test_a_frame_that_is_dropped_in_silence_does_not_click(tmp_path: Path) -> None:
    assert heard_in(tmp_path, NO_CLICKS, SPEECH, without_frame(7)) is None


def test_silence_does_not_click_where_nobody_speaks(tmp_path: Path) -> None:
    assert heard_in(tmp_path, NO_CLICKS, Call("silence", "none", 4)) is None
    assert heard_in(tmp_path, AudioIs("no clicks", span=Span(0, SECOND // 4)), SPEECH) is None


def test_a_gap_that_the_account_names_does_not_click(tmp_path: Path) -> None:
    gap = {"stream": "mixed", "start_s": 3.3, "duration_s": 0.02}
    told = recorded(tmp_path, with_silence(165), gaps=[gap])
    assert hear(NO_CLICKS, told, SPEECH.evidence()) is None


def test_a_gap_that_the_account_names_and_that_is_none_clicks(tmp_path: Path) -> None:
    gap = {"stream": "mixed", "start_s": 3.3, "duration_s": 0.02}
    told = recorded(tmp_path, SPEECH.frames(), gaps=[gap])
    assert hear(NO_CLICKS, told, SPEECH.evidence()) == "at 3.3 s 20 ms that nobody said"


@pytest.mark.parametrize("codec", ["PCMU", "G722"])
def test_what_a_g722_decoder_makes_of_a_gap_is_no_fault_of_the_recording(tmp_path: Path, codec: str) -> None:
    """It goes on with what it knew before the gap, and for a tenth of a second the far party sounds of that."""
    call = Call(NEAR, "tone:660:1", 10, codec, "G722", (300, 350))
    gap = {"stream": "far", "start_s": 6.0, "duration_s": 1.0}
    made = call.frames()
    right = recorded(tmp_path, made, codec, gaps=[gap])
    assert [hear(what, right, call.evidence()) for what in (CONTAINS, IN_STEP)] == [None, None]
    muted = [*made[:400], *[call.silence()] * 50, *made[450:]]
    wrong = [muted, [call.silence()] * 3 + made[:-3], replace(call, near="tone:440").frames()]
    told = [hear(CONTAINS, recorded(tmp_path, frames, codec, gaps=[gap]), call.evidence()) for frames in wrong]
    assert None not in told


AT_ONCE = AudioIs("in step", ("near",), bound=Bound(high=8))


@pytest.mark.parametrize("said_in", ["PCMU", "PCMA", "G722"])
@pytest.mark.parametrize("far", ["tone:600:1", "tone:700:1"])
def test_a_call_that_is_recorded_in_g722_is_as_late_as_its_mixer_makes_it(
    tmp_path: Path, said_in: str, far: str
) -> None:
    """What is held against another instant is unlike: a tone beside it is known by its period alone."""
    call = Call(NEAR, far, 10, "G722", said_in)
    assert [heard_in(tmp_path, what, call) for what in (CONTAINS, NO_CLICKS, AT_ONCE)] == [None] * 3
    made = call.frames()
    muted = [*made[:400], *[call.silence()] * 50, *made[450:]]
    wrong = [muted, [call.silence()] * 3 + made[:-3]]
    assert None not in [heard_in(tmp_path, CONTAINS, call, frames) for frames in wrong]


@pytest.mark.parametrize("what", [CONTAINS, MIXED, NO_CLICKS, IN_STEP, AudioIs("level", bound=Bound(high=0.0))])
def test_a_recording_that_is_shorter_than_its_account_says_is_not_right(tmp_path: Path, what: AudioIs) -> None:
    made = recorded(tmp_path, SPEECH.frames()[:-1])
    told = replace(made, account={**made.account, "duration_s": 11.0})
    assert hear(what, told, SPEECH.evidence()) == "the recording is 10.98 s long, and its account says 11 s"
    assert hear(replace(what, span=Span(0, 10 * SECOND)), told, SPEECH.evidence()) is None


@pytest.mark.parametrize("seconds", [5, 8, 9])
def test_what_is_muted_at_the_end_was_not_said_half_a_second_later(tmp_path: Path, seconds: int) -> None:
    call = Call(seconds=seconds, codec="PCMA", said_in="PCMA")
    muted = [*call.frames()[:-25], *[call.silence()] * 25]
    assert "that nobody said" in (heard_in(tmp_path, NO_CLICKS, call, muted) or "")


SILENT_CALL = Call("silence", "silence", 3)


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722"])
def test_where_nobody_speaks_nothing_clicks_and_nothing_is_loud(tmp_path: Path, codec: str) -> None:
    call = replace(SILENT_CALL, codec=codec, said_in=codec)
    assert [heard_in(tmp_path, what, call) for what in (NO_CLICKS, AudioIs("silent"))] == [None, None]


def test_what_is_loud_where_nobody_speaks_is_what_nobody_said(tmp_path: Path) -> None:
    loud = [*SILENT_CALL.frames()[:100], *SPEECH.frames()[200:210], *SILENT_CALL.frames()[110:]]
    assert "that nobody said" in (heard_in(tmp_path, NO_CLICKS, SILENT_CALL, loud) or "")
    spike = bytearray(SILENT_CALL.frames()[100])
    spike[80] = 0x80
    clicks = [*SILENT_CALL.frames()[:100], bytes(spike), *SILENT_CALL.frames()[101:]]
    assert "that nobody said" in (heard_in(tmp_path, NO_CLICKS, SILENT_CALL, clicks) or "")


def test_a_file_is_compared_sample_for_sample(tmp_path: Path) -> None:
    made = recorded(tmp_path, SPEECH.frames())
    expected = tmp_path / "expected.wav"
    what = AudioIs("equals", file=expected)
    expected.write_bytes(wav_bytes(heard(made).samples))
    assert hear(what, made, SPEECH.evidence()) is None
    expected.write_bytes(wav_bytes(heard(made).samples[:-160]))
    assert hear(what, made, SPEECH.evidence()) == "the recording is 20 ms longer"
    expected.write_bytes(wav_bytes(heard(made).samples[::-1]))
    assert "samples differ" in (hear(what, made, SPEECH.evidence()) or "")


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    found = heard_in(tmp_path, AudioIs("equals", file=tmp_path / "none.wav"), SPEECH)
    assert "none.wav" in (found or "")


def test_a_recording_without_a_file_is_said_to_be_so(tmp_path: Path) -> None:
    made = replace(recorded(tmp_path, []), files=())
    assert hear(CONTAINS, made, SPEECH.evidence()) == "the recording has no file"


def test_another_voice_is_not_taken_for_the_one_that_is_asked_for(tmp_path: Path) -> None:
    other = Call(NEAR_ZH, FAR)
    found = heard_in(tmp_path, AudioIs("contains", ("near",)), other, SPEECH.frames())
    assert (found or "").startswith("near has a likeness of 0.")


def test_a_quiet_voice_is_found_beside_a_loud_one(tmp_path: Path) -> None:
    call = Call("tone:440", FAR, 6)
    assert heard_in(tmp_path, CONTAINS, call) is None
    assert heard_in(tmp_path, AudioIs("lacks", ("far",)), call, call.without("far")) is None
    assert NEAR != FAR


@pytest.mark.parametrize("first", [160, 200, 320, 390])
def test_two_seconds_of_what_the_account_says_never_came_are_not_lacking(tmp_path: Path, first: int) -> None:
    call, gap = Call(lost=(100, 550)), {"stream": "far", "start_s": 2.0, "duration_s": 9.0}
    frames = call.frames()
    lacks = AudioIs("lacks", ("far",), Span(2 * SECOND))
    assert hear(lacks, recorded(tmp_path, frames, gaps=[gap]), call.evidence()) is None
    frames[first : first + 100] = Call().frames()[first : first + 100]
    assert hear(lacks, recorded(tmp_path, frames, gaps=[gap]), call.evidence()) is not None
