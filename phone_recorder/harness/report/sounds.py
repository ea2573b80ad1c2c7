"""A case's recordings, and what was said meanwhile, to be heard and seen: sound, waveform and spectrogram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from phone_recorder.errors import PhoneRecorderError
from phone_recorder.harness.audio.pictures import wav_bytes
from phone_recorder.harness.audio.recorded import heard
from phone_recorder.harness.audio.said import said
from phone_recorder.harness.audio.samples import Samples
from phone_recorder.harness.evidence import Evidence, Recorded
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.report.axis import Axis, Tick
from phone_recorder.harness.report.blamed import Place, wrong_places
from phone_recorder.harness.report.drawn import shades, wave_path
from phone_recorder.harness.report.faults import Fault, faults
from phone_recorder.harness.report.png import png
from phone_recorder.harness.report.room import Room, data_uri
from phone_recorder.harness.report.texts import one_line
from phone_recorder.harness.runner.result import Result
from phone_recorder.recording.units import SECOND, from_seconds, to_seconds
from phone_recorder.wire.payload import G722

LONGEST = 180 * SECOND
"""Of the sound of one recording or voice; its pictures show all of it."""
MOST_RECORDINGS = 10


@dataclass(frozen=True, slots=True)
class Sound:
    """What a page shows of some audio. `wav` and `picture` are data: URIs, `wave` is an SVG path.

    `note` says what is missing; without audio, `wav`, `wave` and `picture` are empty. `length_s`: of all of it.
    """

    name: str
    note: str = ""
    wav: str = ""
    wave: str = ""
    picture: str = ""
    ticks: tuple[Tick, ...] = ()
    length_s: float = 0.0
    faults: tuple[Fault, ...] = ()


def sounds(result: Result, evidence: Evidence, room: Room) -> Iterator[Sound]:
    """Each recording, with what each party said meanwhile below it; the voices alone where nothing was recorded."""
    voices = {leg: said(datagrams) for leg, datagrams in evidence.said.items()}
    if not evidence.recordings:
        yield from (sound(f"{leg}, said", voice, room) for leg, voice in voices.items())
    for number, recorded in enumerate(evidence.recordings[:MOST_RECORDINGS], 1):
        name = "recording" if len(evidence.recordings) == 1 else f"recording {number}"
        places = tuple(wrong_places(result, number))
        wide = G722.name in evidence.codecs.values()
        for one in _compared(name, recorded, wide, voices, room):
            yield _marked(one, places, one.name == name)


def _marked(one: Sound, places: Sequence[Place], labelled: bool) -> Sound:
    """The places are the same in what was said, so that one sees what should have been there."""
    return replace(one, faults=faults(places, from_seconds(one.length_s), labelled)) if one.wave else one


def sound(name: str, samples: Samples, room: Room) -> Sound:
    """The samples at 8000 Hz as a page shows them."""
    if not len(samples):
        return Sound(name, "there is no audio in it")
    given = room.take(2 * min(len(samples), LONGEST)) // 2
    wav = data_uri("audio/wav", wav_bytes(samples[:given])) if given else ""
    picture = data_uri("image/png", png(*shades(samples)))
    ticks = Axis(len(samples)).ticks()
    note = _cut(given, len(samples))
    return Sound(name, note, wav, wave_path(samples), picture, ticks, to_seconds(len(samples)))


def _compared(name: str, recorded: Recorded, wide: bool, voices: dict[str, Samples], room: Room) -> Iterator[Sound]:
    """A recording, and what each voice said at the instants that are in it."""
    if not recorded.files:
        yield Sound(name, "it has no file")
        return
    try:
        found = heard(recorded, wide)
    except (PhoneRecorderError, OSError) as error:
        yield Sound(name, one_line(f"it cannot be read: {error}"))
        return
    yield sound(name, found.samples, room)
    for leg, voice in voices.items():
        yield sound(f"{leg}, said meanwhile", found.align(voice, 0, len(found.samples)), room)


def _cut(given: int, there: int) -> str:
    if given == there:
        return ""
    if not given:
        return f"{length(there)}; no sound here, for the page is large enough: play this case alone"
    return f"the first {length(given)} of {length(there)} can be heard"
