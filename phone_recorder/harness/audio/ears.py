"""What is heard in a recording, held against what a scenario expects: one function for each kind, in a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from phone_recorder.adapters.audio_files import open_pcm
from phone_recorder.errors import AudioFileError, RecordFileError, UsageError
from phone_recorder.harness.audio.clicks import find_clicks, nobody_is_heard
from phone_recorder.harness.audio.levels import peak_db, rms_db
from phone_recorder.harness.audio.likeness import ABSENT, FAINT, GOOD, PLAIN, Likeness, elsewhere, likeness
from phone_recorder.harness.audio.mixed import difference, mixed
from phone_recorder.harness.audio.samples import as_samples, coded
from phone_recorder.harness.audio.scene import Scene, at_least, set_scene
from phone_recorder.harness.audio.seconds import missing, present
from phone_recorder.harness.audio.steps import out_of_step
from phone_recorder.harness.audio.tone_there import tone_there
from phone_recorder.harness.audio.words import decibels, lateness, time
from phone_recorder.harness.evidence import Evidence, Instead, Recorded, Where
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import AudioIs, AudioKind
from phone_recorder.recording.units import SECOND, from_ms

LIKENESS = Bound(low=GOOD, text=f"> {GOOD}", open=True)
SOME = Bound(low=ABSENT, text=f">= {ABSENT}")
SILENCE = Bound(high=-60.0, text="< -60 dB", open=True)
STEP = Bound(high=from_ms(20), text="20 ms")


def hear(what: AudioIs, recorded: Recorded, evidence: Evidence) -> str | None:
    """None if it is so, else what is heard instead, in one clause with figures."""
    instead = listen(what, recorded, evidence)
    return instead.text if instead else None


def listen(what: AudioIs, recorded: Recorded, evidence: Evidence) -> Instead | None:
    """The same, and where in the recording that is heard, unless it is about all of it."""
    try:
        scene = set_scene(what, recorded, evidence)
        if isinstance(scene, str):
            return Instead(scene)
        return next((instead for instead in _KINDS[what.kind](scene) if instead), None)
    except (RecordFileError, UsageError, AudioFileError) as error:
        return Instead(str(error))


def _contains(scene: Scene) -> Iterator[Instead | None]:
    for name in scene.what.voices:
        yield _there(scene, name)


def _lacks(scene: Scene) -> Iterator[Instead | None]:
    scene = replace(scene, heard=scene.spoken.unmuted)
    for name in scene.what.voices:
        like = _like(scene, name)
        yield _nothing(scene, name) if like is None else _not_lacking(scene, name, like)


def _only(scene: Scene) -> Iterator[Instead | None]:
    for name in scene.what.voices:
        yield _there(scene, name)
    for name in sorted(scene.voices.keys() - set(scene.what.voices)):
        like = _like(scene, name)
        # One that says nothing is not heard.
        yield _not_lacking(scene, name, like) if like else None


def _there(scene: Scene, name: str) -> Instead | None:
    """Why that voice is not in the recording where it belongs: not in all of it, or not in each second."""
    bound = scene.what.bound or LIKENESS
    like = _like(scene, name, bound.low)
    if like is None:
        return _nothing(scene, name)
    if not at_least(bound, like.value):
        return _unlike(scene, name, like)
    if like.gain < FAINT:
        return _faint(scene, name, like)
    least = min(ABSENT, bound.low)
    if found := missing(scene.spoken, scene.voices, name, scene.start, scene.end, like.lags, least):
        (start, end), like = found
        there = replace(scene, start=start, end=end)
        return _unlike(there, name, like) if like.value <= least else _faint(there, name, like)
    return None


def _faint(scene: Scene, name: str, like: Likeness) -> Instead:
    return Instead(f"{name} is {like.gain:.2g} times as loud as it was said {scene.when}", scene.where(name))


def _not_lacking(scene: Scene, name: str, like: Likeness) -> Instead | None:
    """Why that voice is in the recording: in all of it, elsewhere, or in a second of it."""
    bound = (scene.what.bound if scene.what.kind == "lacks" else None) or SOME
    if like.gain >= FAINT and at_least(bound, like.value):
        return Instead(f"{name} has a likeness of {like.value:.2f} {scene.when}", scene.where(name))
    other = elsewhere(scene.spoken.with_all_of(name), scene.voices, name, scene.start, scene.end)
    if other and other.value >= PLAIN and other.gain >= FAINT and other.lag:
        return _of(scene, name, other)
    there = scene.spoken.with_all_of(name)
    if found := present(there, scene.voices, name, scene.start, scene.end, like.lags, bound.low):
        (start, end), like = found
        return _of(replace(scene, start=start, end=end), name, like)
    return None


def _of(scene: Scene, name: str, like: Likeness) -> Instead:
    """How like it is, and how far from where it belongs."""
    text = f"{name} has a likeness of {like.value:.2f} {scene.when}"
    return Instead(f"{text}, {lateness(like.lag)}" if like.lag else text, scene.where(name))


def _unlike(scene: Scene, name: str, like: Likeness) -> Instead:
    """How like it is, and where it is instead."""
    text = f"{name} has a likeness of {like.value:.2f} {scene.when}"
    other = elsewhere(scene.spoken.with_all_of(name), scene.voices, name, scene.start, scene.end)
    if other and other.lag and other.value > max(like.value + 0.1, ABSENT):
        text += f", and of {other.value:.2f} {lateness(other.lag)}"
    elif like.lag and like.value > ABSENT:
        text += f", {lateness(like.lag)}"
    return Instead(text, scene.where(name))


def _like(scene: Scene, name: str, good: float = GOOD) -> Likeness | None:
    if name not in scene.voices:
        raise UsageError(f"nobody is called {name}: write near or far")
    # What is lost of a voice counts against it, and what is lost of the others does not.
    return likeness(scene.spoken.with_all_of(name), scene.voices, name, scene.start, scene.end, good)


def _nothing(scene: Scene, name: str) -> Instead:
    return Instead(f"{name} says nothing {scene.when}", scene.where(name))


def _silent(scene: Scene) -> Iterator[Instead | None]:
    for start, end in scene.settled:
        db, place = peak_db(scene.heard.samples[start:end])
        if not (scene.what.bound or SILENCE).holds(db):
            yield Instead(f"{decibels(db)} at {time(start + place)}", Where(start + place, start + place))


def _level(scene: Scene) -> Iterator[Instead | None]:
    db = rms_db(scene.span)
    if not (scene.what.bound or Bound()).holds(db):
        yield Instead(f"{decibels(db)} {scene.when}", scene.where())


def _tone(scene: Scene) -> Iterator[Instead | None]:
    yield tone_there(scene)


def _no_clicks(scene: Scene) -> Iterator[Instead | None]:
    found = find_clicks(scene.spoken, scene.steady, scene.start, scene.end, scene.unsettled)
    if found:
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        yield Instead(f"at {time(found[0].at)} {found[0].what}{more}", Where(found[0].at, found[0].at))
    elif nobody_is_heard(scene.spoken, scene.steady, scene.start, scene.end):
        yield Instead(f"nobody is heard {scene.when}", scene.where())


def _equals(scene: Scene) -> Iterator[Instead | None]:
    if scene.what.file:
        wanted = as_samples([sample for piece in open_pcm(scene.what.file, SECOND) for sample in piece])
        # What was read of a recording stays as it is; what never went through its codec has to.
        yield difference(scene.span, coded(scene.heard.codec, wanted), scene.start)
        return
    if scene.has_g722:
        yield Instead("in G722 no two mixes are the same sample for sample: write contains")
        return
    voices = {name: scene.voices[name] for name in scene.what.voices}
    yield difference(scene.span, mixed(scene.heard, voices, scene.start, scene.end, scene.toned), scene.start)


def _in_step(scene: Scene) -> Iterator[Instead | None]:
    bound = scene.what.bound or STEP
    for name in scene.what.voices:
        yield out_of_step(scene.spoken, scene.voices, name, scene.start, scene.end, bound)


_KINDS: dict[AudioKind, Callable[[Scene], Iterator[Instead | None]]] = {
    "contains": _contains,
    "lacks": _lacks,
    "silent": _silent,
    "level": _level,
    "tone": _tone,
    "only": _only,
    "no clicks": _no_clicks,
    "equals": _equals,
    "in step": _in_step,
}
