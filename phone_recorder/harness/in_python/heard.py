"""A recording as a test looks at it: what is heard in it, with what is heard instead as the reason of a failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from typing import Any

from phone_recorder.errors import AudioFileError, RecordFileError, UsageError
from phone_recorder.harness.evidence import Evidence, Recorded
from phone_recorder.harness.in_python.plain_errors import plainly
from phone_recorder.harness.in_python.question import question
from phone_recorder.harness.scenario.bound import WHOLE, Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs, AudioKind
from phone_recorder.recording.units import SECOND, from_seconds

Hear = Callable[[AudioIs, Recorded, Evidence], str | None]
LegOf = Callable[[str | Path], str]
Between = tuple[float, float] | None
"""Seconds of the recording; None is all of it."""

__tracebackhide__ = True
"""pytest shows the test, and not what raises here."""


@dataclass(frozen=True, slots=True, repr=False)
class Heard:
    """Whether it is so; false, it shows what is heard, or seen, instead."""

    instead: str | None

    def __bool__(self) -> bool:
        return self.instead is None

    def __repr__(self) -> str:
        return self.instead or "it is so"


class Audio:
    """What is heard in a recording. Each question has its answer in a Heard; levels are in dB, 0 for full scale.

    UsageError if what is asked makes no sense. AssertionError if there is no such audio, where neither yes nor no
    would be true: the recording is shorter, or its files are gone. Files are looked for in `beside`.
    """

    def __init__(
        self,
        recorded: Recorded,
        evidence: Evidence,
        leg_of: LegOf,
        hear: Hear | None = None,
        beside: Path = Path(),
    ) -> None:
        self._recorded = recorded
        self._evidence = evidence
        self._leg_of = leg_of
        self._hear = hear or _listen
        self._beside = beside

    def __repr__(self) -> str:
        return "<its audio>"

    def __bool__(self) -> bool:
        raise UsageError("audio is neither true nor false: ask it something, such as contains(...)")

    @question
    def contains(self, *voices: str | Path, between: Between = None, likeness: float | None = None) -> Heard:
        """What these voices said then is in it, where it belongs, with more than this likeness: 0 to 1, else 0.95."""
        return self._ask("contains", _some(voices), between, _likeness(likeness))

    @question
    def lacks(self, *voices: str | Path, between: Between = None, likeness: float | None = None) -> Heard:
        """Of none of these anything is in it then, or nothing with more than this likeness."""
        return self._ask("lacks", _some(voices), between, _likeness(likeness))

    @question
    def only(self, voice: str | Path, between: Between = None) -> Heard:
        """That voice alone is in it."""
        return self._ask("only", (voice,), between)

    @question
    def is_silent(self, between: Between = None, below: float = -60.0) -> Heard:
        """Nothing is louder than `below` dB."""
        _demand(-inf < below < 0, f"below={below:g}: write a level below 0 dB, which is full scale")
        return self._ask("silent", (), between, Bound(-inf, below, f"below {below:g} dB", open=True))

    @question
    def has_level(self, level: float, within: float = 1.0, between: Between = None) -> Heard:
        """Its level is that, give or take `within` dB."""
        _demand(isfinite(level), f"a level of {level:g} dB: write one such as -20")
        _demand(0 <= within < inf, f"within={within:g}: write dB such as 1")
        return self._ask("level", (), between, Bound(level - within, level + within, f"{level:g} dB ± {within:g} dB"))

    @question
    def has_tone(self, hertz: float, between: Between = None, share: float = 0.9) -> Heard:
        """There is a tone whose share of the power is more than `share`."""
        _demand(20 <= hertz <= 4000, f"a tone of {hertz:g} Hz: write one from 20 to 4000 Hz")
        return self._ask("tone", (), between, _more_than("share", share), hertz=hertz)

    @question
    def has_no_clicks(self, between: Between = None) -> Heard:
        """Nothing jumps that was not said so."""
        return self._ask("no clicks", (), between)

    @question
    def equals(self, *voices: str | Path, between: Between = None) -> Heard:
        """Sample for sample it is these voices, mixed."""
        return self._ask("equals", _some(voices), between)

    @question
    def equals_file(self, path: str | Path, between: Between = None) -> Heard:
        """Sample for sample it is what that file holds, which is looked for beside the test."""
        return self._ask("equals", (), between, file=_readable(self._beside / path))

    @question
    def in_step(self, *voices: str | Path, within_ms: float = 20, between: Between = None) -> Heard:
        """Each voice is at most so far from where it was said."""
        _demand(0 <= within_ms < inf, f"within_ms={within_ms:g}: write milliseconds such as 20")
        return self._ask("in step", _some(voices), between, Bound(0, within_ms * SECOND / 1000, f"{within_ms:g} ms"))

    def _ask(
        self,
        kind: AudioKind,
        voices: tuple[str | Path, ...],
        between: Between,
        bound: Bound | None = None,
        hertz: float = 0.0,
        file: Path | None = None,
    ) -> Heard:
        legs = tuple(dict.fromkeys(map(self._leg_of, voices)))
        what = AudioIs(kind, legs, span_of(between), bound, hertz, file)
        return Heard(self._hear(what, self._recorded, self._evidence))


Says = Callable[[Mapping[str, object]], Heard]


class Recording:
    """One recording that came of a call."""

    def __init__(self, recorded: Recorded, audio: Audio, says: Says) -> None:
        self.account: dict[str, Any] = recorded.account
        """Its account of itself, as `call --json` shows it."""
        self.files = recorded.files
        self.audio = audio
        self._says = says

    @question
    def says(self, fields: Mapping[str, object]) -> Heard:
        """Its account does: `says({"gaps_count": 0, "streams.far.lost": "at most 2"})`, as in a scenario's file."""
        return self._says(fields)

    @property
    def state(self) -> str:
        """recorded, cut short, failed or cancelled."""
        return str(self.account["state"])

    @property
    def duration(self) -> float:
        """Seconds of audio in all its files."""
        return float(self.account["duration_s"])

    def __repr__(self) -> str:
        return f"<a recording: {self.state}, {self.duration:g} s in {len(self.files)} files>"


def span_of(between: Between) -> Span:
    """Two instants in seconds as units. UsageError if there is nothing between them."""
    if between is None:
        return WHOLE
    start, end = between
    some = 0 <= start < end < inf and from_seconds(start) < from_seconds(end)
    _demand(some, f"nothing is between {start:g} s and {end:g} s of a recording: write the earlier time first")
    return Span(from_seconds(start), from_seconds(end))


def _likeness(likeness: float | None) -> Bound | None:
    """None leaves it to the ears, who know what is like nothing."""
    return None if likeness is None else _more_than("likeness", likeness)


def _more_than(name: str, number: float) -> Bound:
    """Anything above that."""
    _demand(0 <= number < 1, f"{name}={number:g}: write a number from 0 to less than 1")
    return Bound(number, inf, f"> {number:g}", open=True)


def _some(voices: tuple[str | Path, ...]) -> tuple[str | Path, ...]:
    _demand(bool(voices), "no voice is named: write near, far, or what one of them says")
    return voices


def _readable(path: Path) -> Path:
    # Now: who asks for no file does without.
    from phone_recorder.harness.scenario.parties import length_s

    plainly(lambda: length_s(str(path)))
    return path


def _demand(sense: bool, sentence: str) -> None:
    if not sense:
        raise UsageError(sentence)


def _listen(what: AudioIs, recorded: Recorded, evidence: Evidence) -> str | None:
    """What is heard instead; AssertionError if there is nothing to listen to, which a `not` would make a yes."""
    # Now: who listens to nothing does without numpy.
    from phone_recorder.harness.audio.ears import hear
    from phone_recorder.harness.audio.scene import set_scene

    try:
        scene = set_scene(what, recorded, evidence)
    except (RecordFileError, UsageError, AudioFileError) as error:
        raise AssertionError(str(error)) from None
    if isinstance(scene, str):
        raise AssertionError(scene)
    return hear(what, recorded, evidence)
