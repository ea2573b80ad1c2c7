"""What is expected of a recording's sound: `contains: far between 2 s and 5 s, likeness > 0.95`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

from phone_recorder.errors import UsageError
from phone_recorder.harness.scenario.bound import WHOLE, Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs, AudioKind
from phone_recorder.harness.scenario.including import beside
from phone_recorder.harness.scenario.parties import demand_audio
from phone_recorder.harness.scenario.phrases import Phrase
from phone_recorder.harness.scenario.places import Items, Leaf, Node, one_line
from phone_recorder.harness.scenario.shapes import Field, Fields, ListOf, Phrases, Schema

_SAID = "{voices:voices} [{span:span}] [, likeness {bound:shares}]"

_NO_GAIN: Schema = {"type": "number", "maximum": 0}
_SPREAD = re.compile(r"±|\+-")
_LOUDEST_DB, _QUIETEST_DB = 0.0, -120.0


def _like(kind: AudioKind, voices: tuple[str, ...], span: Span = WHOLE, bound: Bound | None = None) -> AudioIs:
    return AudioIs(kind, voices, span, bound and _least(bound, "likeness"))


def _tone(hertz: float, span: Span = WHOLE, bound: Bound | None = None) -> AudioIs:
    return AudioIs("tone", span=span, bound=bound and _least(bound, "share"), hertz=hertz)


def _least(bound: Bound, what: str) -> Bound:
    """A lower bound; a number alone is the least. UsageError for any other, which what is not there would hold."""
    alone = bound.low == bound.high
    if not alone and (bound.high < 1 or _SPREAD.search(bound.text)):
        raise UsageError(f"{what} {bound} has an upper end: write the least {what}, such as {what} > 0.9")
    if not 0 < bound.low < 1:
        raise UsageError(f"{what} {bound} is so of anything or of nothing: write one between 0 and 1, such as > 0.9")
    return Bound(bound.low, inf, f"at least {bound}") if alone else replace(bound, high=inf)


def _level(kind: AudioKind, bound: Bound | None = None, span: Span = WHOLE) -> AudioIs:
    """Its level, or how loud it is at most. UsageError for a bound that holds whatever is heard."""
    if bound and bound.holds(_LOUDEST_DB) and bound.holds(_QUIETEST_DB):
        raise UsageError(f"{bound} is so of anything: 0 dB is full scale, so write less, such as -20 dB")
    if bound and bound.low > _LOUDEST_DB:
        raise UsageError(f"{bound} is so of nothing: 0 dB is full scale, so write less, such as -20 dB")
    return AudioIs(kind, span=span, bound=bound)


def _of_file(file: str, span: Span = WHOLE) -> AudioIs:
    return AudioIs("equals", span=span, file=Path(file))


def _only(voice: str, span: Span = WHOLE) -> AudioIs:
    return AudioIs("only", (voice,), span)


@dataclass(frozen=True, slots=True)
class Equals:
    """A mix, or the audio of a file, which must be there."""

    phrases: Phrases

    def read(self, node: Node) -> AudioIs:
        audio: AudioIs = self.phrases.read(node)
        if audio.file is None:
            return audio
        path = beside(Leaf(str(audio.file), True, node.place))
        try:
            demand_audio(str(path), "near + far, or a file's name as seen from this file", capture=False)
        except UsageError as error:
            raise node.place.error(error) from error
        return replace(audio, file=path)

    def schema(self) -> Schema:
        return self.phrases.schema()


def _phrases(*forms: Phrase, empty: Any = None, numbers: Schema | None = None) -> Phrases:
    return Phrases("thing that can be heard", forms, empty, numbers)


_KINDS: dict[str, Field] = {
    "contains": Field(
        _phrases(Phrase(_SAID, partial(_like, "contains"))),
        "What a party said then is in it, where it belongs: far between 2 s and 5 s, likeness > 0.95.",
    ),
    "lacks": Field(
        _phrases(Phrase(_SAID, partial(_like, "lacks"))), "What a party said then is not in it: near from 3 s."
    ),
    "silent": Field(
        _phrases(
            Phrase("{span:span} [, {bound:below}]", partial(_level, "silent")),
            Phrase("{bound:below} [{span:span}]", partial(_level, "silent")),
            empty=partial(AudioIs, "silent"),
        ),
        "Nothing is loud then: between 5 s and 6 s, below -50 dB.",
    ),
    "level": Field(
        _phrases(
            Phrase("{bound:levels} [{span:span}]", partial(_level, "level")), numbers={"type": "number", "maximum": 0}
        ),
        "Its RMS level: -20 dB ± 1 dB between 1 s and 2 s.",
    ),
    "tone": Field(
        _phrases(Phrase("{hertz:hertz} [{span:span}] [, share {bound:shares}]", _tone)),
        "A tone is heard: 440 Hz between 0 s and 1 s, share > 0.5.",
    ),
    "only": Field(_phrases(Phrase("{voice:leg} [{span:span}]", _only)), "That party alone is heard: far."),
    "no clicks": Field(
        _phrases(Phrase("{span:span}", partial(AudioIs, "no clicks")), empty=partial(AudioIs, "no clicks")),
        "Nothing jumps in it that nobody has said; empty, or a span of time.",
    ),
    "equals": Field(
        Equals(
            _phrases(
                Phrase("{voices:mix} [{span:span}]", partial(AudioIs, "equals")),
                Phrase("{file:soundfile} [{span:span}]", _of_file),
            )
        ),
        "Sample for sample what the parties said when mixed, or a file's audio: near + far, or expected.wav.",
    ),
    "in step": Field(
        _phrases(
            Phrase("{voices:voices} {bound:lag} [{span:span}]", partial(AudioIs, "in step")),
            Phrase("{voices:voices} [{span:span}]", partial(AudioIs, "in step")),
        ),
        "Each party stands where it spoke: near, far within 20 ms.",
    ),
}
_AUDIO = Fields("mapping of what is heard", {key: Field(ListOf(kind.shape), kind.help) for key, kind in _KINDS.items()})


@dataclass(frozen=True, slots=True)
class Audio:
    """All that is expected of the sound: pairs of what is expected and the node that says so."""

    def read(self, node: Node) -> tuple[tuple[AudioIs, Node, str], ...]:
        return tuple(self._each(node))

    def schema(self) -> Schema:
        return {**_AUDIO.schema(), "minProperties": 1}

    @staticmethod
    def _each(node: Node) -> Iterator[tuple[AudioIs, Node, str]]:
        read = _AUDIO.read(node)
        for key, audios in read.items():
            name = key.replace("_", " ")
            below = node.entries[name]  # type: ignore[union-attr]  # what has fields is a mapping
            nodes = below.items if isinstance(below, Items) else (below,)
            for audio, said in zip(audios, nodes, strict=True):
                yield audio, said, f"{name} {one_line(said)}".strip()
