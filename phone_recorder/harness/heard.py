"""A recording as a test looks at it: what is heard in it, with what is heard instead as the reason of a failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from phone_recorder.harness.evidence import Evidence, Recorded
from phone_recorder.harness.scenario.bound import WHOLE, Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs, AudioKind
from phone_recorder.recording.units import from_ms, from_seconds

Hear = Callable[[AudioIs, Recorded, Evidence], str | None]
LegOf = Callable[[str | Path], str]
Between = tuple[float, float] | None
"""Seconds of the recording; None is all of it."""


@dataclass(frozen=True, slots=True, repr=False)
class Heard:
    """Whether it is so; false, it shows what is heard instead."""

    instead: str | None

    def __bool__(self) -> bool:
        return self.instead is None

    def __repr__(self) -> str:
        return self.instead or "it is so"


class Audio:
    """What is heard in a recording. Each question has its answer in a Heard; levels are in dB, 0 for full scale."""

    def __init__(self, recorded: Recorded, evidence: Evidence, leg_of: LegOf, hear: Hear | None = None) -> None:
        self._recorded = recorded
        self._evidence = evidence
        self._leg_of = leg_of
        self._hear = hear

    def __repr__(self) -> str:
        return "<its audio>"

    def contains(self, *voices: str | Path, between: Between = None, likeness: float = 0.95) -> Heard:
        """What these voices said then is in it, where it belongs, with more than this likeness (0 to 1)."""
        return self._ask("contains", voices, between, more_than(likeness))

    def lacks(self, *voices: str | Path, between: Between = None, likeness: float = 0.95) -> Heard:
        """That is so of none of these."""
        return self._ask("lacks", voices, between, more_than(likeness))

    def only(self, voice: str | Path, between: Between = None) -> Heard:
        """That voice alone is in it."""
        return self._ask("only", (voice,), between)

    def is_silent(self, between: Between = None, below: float = -60.0) -> Heard:
        """Nothing is louder than `below` dB."""
        return self._ask("silent", (), between, Bound(-inf, below, f"below {below:g} dB", open=True))

    def has_level(self, level: float, within: float = 1.0, between: Between = None) -> Heard:
        """Its level is that, give or take `within` dB."""
        return self._ask("level", (), between, Bound(level - within, level + within, f"{level:g} dB ± {within:g} dB"))

    def has_tone(self, hertz: float, between: Between = None, share: float = 0.9) -> Heard:
        """There is a tone whose share of the power is more than `share`."""
        return self._ask("tone", (), between, more_than(share), hertz=hertz)

    def has_no_clicks(self, between: Between = None) -> Heard:
        """Nothing jumps that was not said so."""
        return self._ask("no clicks", (), between)

    def equals(self, *voices: str | Path) -> Heard:
        """Sample for sample it is these voices, mixed."""
        return self._ask("equals", voices, None)

    def equals_file(self, path: str | Path) -> Heard:
        """Sample for sample it is what that file holds."""
        return self._ask("equals", (), None, file=Path(path))

    def in_step(self, *voices: str | Path, within_ms: int = 20, between: Between = None) -> Heard:
        """Each voice is at most so far from where it was said."""
        return self._ask("in step", voices, between, Bound(0, from_ms(within_ms), f"{within_ms} ms"))

    def _ask(
        self,
        kind: AudioKind,
        voices: tuple[str | Path, ...],
        between: Between,
        bound: Bound | None = None,
        hertz: float = 0.0,
        file: Path | None = None,
    ) -> Heard:
        legs = tuple(map(self._leg_of, voices))
        what = AudioIs(kind, legs, span_of(between), bound, hertz, file)
        return Heard((self._hear or _ears())(what, self._recorded, self._evidence))


class Recording:
    """One recording that came of a call."""

    def __init__(self, recorded: Recorded, evidence: Evidence, leg_of: LegOf) -> None:
        self.account: dict[str, Any] = recorded.account
        """Its account of itself, as `call --json` shows it."""
        self.files = recorded.files
        self.audio = Audio(recorded, evidence, leg_of)

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
    """Two instants in seconds as units."""
    return Span(*map(from_seconds, between)) if between else WHOLE


def more_than(number: float) -> Bound:
    """Anything above that."""
    return Bound(number, inf, f"> {number:g}", open=True)


def _ears() -> Hear:
    from phone_recorder.harness.audio.ears import hear

    return hear
