"""Level, tone, the record tone, and clicks of which nobody knows what was said."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from phone_recorder.harness.audio.clicks import find_clicks
from phone_recorder.harness.audio.ears import hear
from phone_recorder.harness.audio.kept import Kept
from phone_recorder.harness.audio.levels import FLOOR_DB, peak_db, rms_db
from phone_recorder.harness.audio.recorded import heard
from phone_recorder.harness.audio.said import said
from phone_recorder.harness.audio.samples import Samples, coded, cut
from phone_recorder.harness.audio.tones import spectrum
from phone_recorder.harness.audio.unexplained import unexplained
from phone_recorder.harness.audio.words import between, lateness, time
from phone_recorder.harness.scenario.bound import Span
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.media import pcm, record_tone
from phone_recorder.media.codecs import encoder
from phone_recorder.media.g711 import decode, encode
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU
from tests.harness.audio.recordings import FAR, FAR_ZH, FRAME, NEAR, NEAR_ZH, SECOND, Call, recorded

Spoil = Callable[[Samples], Samples]


def sine(hertz: float, amplitude: float, seconds: float = 1.0) -> Samples:
    return np.rint(amplitude * np.sin(2 * np.pi * hertz * np.arange(round(seconds * SECOND)) / SECOND)).astype(np.int16)


SILENCES = {"zeros": np.zeros(SECOND, np.int16), "dc": np.full(SECOND, 200, np.int16), "none": np.zeros(0, np.int16)}


@pytest.mark.parametrize("name", SILENCES)
def test_silence_has_the_least_level(name: str) -> None:
    assert (rms_db(SILENCES[name]), peak_db(SILENCES[name])[0]) == (FLOOR_DB, FLOOR_DB)


def test_a_sine_at_full_scale_is_3_db_below_a_square() -> None:
    assert rms_db(sine(440, 32767)) == pytest.approx(-3.01, abs=0.01)
    assert rms_db(np.array([32767, -32768] * 4000, np.int16)) == pytest.approx(0, abs=0.01)


def test_one_loud_sample_is_a_peak() -> None:
    line = np.zeros(SECOND, np.int16)
    line[777] = -3277
    db, place = peak_db(line)
    assert (round(db), place) == (-20, 777)


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_each_codecs_silence_is_silent(codec: object, tmp_path: Path) -> None:
    call = Call("silence", "silence", 3, str(codec), str(codec))
    # G.722's own needs a moment to come to rest.
    span = Span(SECOND if codec is G722 else 0)
    assert hear(AudioIs("silent", span=span), recorded(tmp_path, call.frames(), call.codec), call.evidence()) is None


@pytest.mark.parametrize("seconds", [0.05, 0.3, 1, 2.5])
@pytest.mark.parametrize("hertz", [100, 440, 1003.7, 3400])
def test_a_tone_has_all_the_power_where_it_is(hertz: float, seconds: float) -> None:
    found = spectrum(sine(hertz, 5000, seconds))
    assert found.share(hertz) > 0.98
    assert abs(found.strongest - hertz) <= 1 / seconds
    assert found.share(hertz + 60 + 2 / seconds) < 0.02


@pytest.mark.parametrize("law", [PCMU, PCMA], ids=str)
def test_coding_is_that_of_the_recorder_for_every_sample(law: object) -> None:
    codec = PCMU if law is PCMU else PCMA
    every = np.arange(-32768, 32768).astype(np.int16)
    wanted = decode(codec, encode(codec, pcm.saturate(every.tolist())))
    assert coded(codec, every).tolist() == list(wanted)


def test_g722_coded_is_nearly_the_same() -> None:
    tone = sine(440, 5000)
    assert np.corrcoef(coded(G722, tone), tone)[0, 1] > 0.99


def test_a_cut_is_silent_where_there_is_nothing() -> None:
    line = np.arange(1, 4, dtype=np.int16)
    assert cut(line, -2, 5).tolist() == [0, 0, 1, 2, 3, 0, 0]
    assert [cut(line, *span).tolist() for span in ((-3, -1), (5, 7), (1, 2), (2, 2))] == [[0, 0], [0, 0], [2], []]


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_the_record_tone_is_nobodys_and_no_click(tmp_path: Path, codec: str) -> None:
    call, law = Call(seconds=6, codec=codec), PCMU if codec == "PCMU" else PCMA
    plain = heard(recorded(tmp_path, call.frames(), codec)).samples
    tones = np.array(record_tone.samples(0, record_tone.LENGTH, SECOND), np.int16)
    line = plain.astype(np.int32)
    for start in (0, 40000):
        line[start : start + len(tones)] += tones
    data = encode(law, pcm.saturate(line.tolist()))
    made = recorded(tmp_path, [data[n : n + FRAME] for n in range(0, len(data), FRAME)], codec)
    for kind in ("contains", "no clicks", "in step"):
        voices = () if kind == "no clicks" else ("near", "far")
        assert hear(AudioIs(kind, voices), made, call.evidence()) is None
    assert hear(AudioIs("tone", hertz=440), made, call.evidence()) is not None


def dropped(samples: Samples) -> Samples:
    return np.delete(samples, slice(16000, 16160))


def doubled(samples: Samples) -> Samples:
    return np.insert(samples, 16000, samples[15840:16000])


def silenced(samples: Samples) -> Samples:
    line = samples.copy()
    line[16000:16160] = 0
    return line


@pytest.mark.parametrize("spoil", [dropped, doubled, silenced])
def test_a_tone_of_which_nobody_knows_clicks_where_it_is_spoilt(spoil: Spoil) -> None:
    clicks = unexplained(spoil(coded(PCMU, sine(440, 8000, 4))), 80)
    assert clicks
    assert all(abs(click.at - 16080) <= 170 for click in clicks)


@pytest.mark.parametrize("voice", [NEAR, FAR, NEAR_ZH, FAR_ZH, "tone:440", "tone:50", "tone:440:0", "silence"])
@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722"])
def test_a_voice_of_which_nobody_knows_does_not_click(tmp_path: Path, voice: str, codec: str) -> None:
    call = Call(voice, "none", 6, codec)
    assert unexplained(heard(recorded(tmp_path, call.frames(), codec)).samples) == []


def test_without_voices_clicks_are_looked_for_by_themselves(tmp_path: Path) -> None:
    call = Call("tone:440", "none", 4)
    frames = call.frames()
    spoilt = heard(recorded(tmp_path, [*frames[:100], call.silence(), *frames[101:]]))
    assert [click.at for click in find_clicks(spoilt, {}, 0, 4 * SECOND)] != []
    assert find_clicks(heard(recorded(tmp_path, frames)), {}, 0, 4 * SECOND) == []


@pytest.mark.parametrize("number", range(120, 165, 4))
def test_a_frame_that_is_dropped_from_speech_is_found_where_it_was(tmp_path: Path, number: int) -> None:
    call = Call()
    frames = call.frames()
    voices = {leg: said(datagrams) for leg, datagrams in call.evidence().said.items()}
    spoilt = heard(recorded(tmp_path, [*frames[:number], *frames[number + 1 :]]))
    loud = rms_db(heard(recorded(tmp_path, frames)).samples[number * FRAME : (number + 1) * FRAME]) > -35
    found = [click.at for click in find_clicks(spoilt, voices, 0, len(spoilt.samples))]
    assert len(found) <= 2
    assert all(abs(place - number * FRAME) <= 10 * FRAME for place in found)
    assert bool(found) or not loud


@pytest.mark.parametrize("hertz", [1000, 1200, 1500, 2000, 2500])
def test_a_tone_that_ends_at_once_with_a_second_does_not_click_in_g722(tmp_path: Path, hertz: int) -> None:
    """What is left of it in the filters is as loud as codec noise beside a tone, and not beside silence."""
    voice = np.concatenate((sine(hertz, 8000), np.zeros(SECOND, np.int16), sine(hertz, 8000)))
    coder = encoder(G722, SECOND)
    frames = [coder.encode(array("h", voice[start : start + FRAME])) for start in range(0, len(voice), FRAME)]
    right = heard(recorded(tmp_path, frames, "G722"), wide=True)
    assert find_clicks(right, {"far": coded(PCMU, voice)}, 0, len(right.samples), [(0, 800)]) == []
    wrong = heard(recorded(tmp_path, [*frames[:40], *frames[41:]], "G722"), wide=True)
    assert find_clicks(wrong, {"far": coded(PCMU, voice)}, 0, len(wrong.samples), [(0, 800)]) != []


def test_what_was_made_is_kept_for_the_last_ones() -> None:
    numbers = count(1)
    kept: Kept[list[int], int] = Kept(lambda source: next(numbers), most=2)
    one, same, third = [1], [1], [3]
    assert [kept.of(source) for source in (one, same, one, third, one)] == [1, 2, 1, 3, 4]


def test_times_are_said_in_few_figures() -> None:
    assert [time(0), time(1), time(960), time(20000), lateness(-160)] == [
        "0 ms",
        "0.125 ms",
        "120 ms",
        "2.5 s",
        "20 ms early",
    ]
    assert between(0, 12345) == "between 0 s and 1.543 s"


def test_a_long_recording_is_measured_in_chunks_as_one() -> None:
    noise = np.random.default_rng(1).integers(-3000, 3000, 700_000).astype(np.int16) + np.int16(500)
    noise[262_143] = 32767
    assert rms_db(noise) == pytest.approx(20 * np.log10(np.std(noise, dtype=np.float64) / 32768), abs=1e-6)
    db, place = peak_db(noise)
    assert (place, db) == (262_143, peak_db(noise[200_000:300_000])[0])
