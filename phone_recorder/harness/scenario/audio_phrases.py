"""What is expected of a recording's sound: `contains: far between 2 s and 5 s, likeness > 0.95`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from phone_recorder.errors import PhoneRecorderError
from phone_recorder.harness.scenario.bound import WHOLE, Span
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.harness.scenario.including import beside
from phone_recorder.harness.scenario.parties import length_s
from phone_recorder.harness.scenario.phrases import Phrase
from phone_recorder.harness.scenario.places import Items, Leaf, Node, one_line
from phone_recorder.harness.scenario.shapes import Field, Fields, ListOf, Phrases, Schema

_SAID = "{voices:voices} [{span:span}] [, likeness {bound:shares}]"


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
            length_s(str(path))
        except PhoneRecorderError as error:
            raise node.place.error(f"{error}: write near + far, or a file's name as seen from this file") from error
        return replace(audio, file=path)

    def schema(self) -> Schema:
        return self.phrases.schema()


def _phrases(*forms: Phrase, empty: Any = None) -> Phrases:
    return Phrases("thing that can be heard", forms, empty)


_KINDS: dict[str, Field] = {
    "contains": Field(
        _phrases(Phrase(_SAID, partial(AudioIs, "contains"))),
        "What a party said then is in it, where it belongs: far between 2 s and 5 s, likeness > 0.95.",
    ),
    "lacks": Field(
        _phrases(Phrase(_SAID, partial(AudioIs, "lacks"))), "What a party said then is not in it: near from 3 s."
    ),
    "silent": Field(
        _phrases(
            Phrase("{span:span} [, {bound:below}]", partial(AudioIs, "silent")),
            Phrase("{bound:below} [{span:span}]", partial(AudioIs, "silent")),
            empty=partial(AudioIs, "silent"),
        ),
        "Nothing is loud then: between 5 s and 6 s, below -50 dB.",
    ),
    "level": Field(
        _phrases(Phrase("{bound:levels} [{span:span}]", partial(AudioIs, "level"))),
        "Its RMS level: -20 dB ± 1 dB between 1 s and 2 s.",
    ),
    "tone": Field(
        _phrases(Phrase("{hertz:hertz} [{span:span}] [, share {bound:shares}]", partial(AudioIs, "tone"))),
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
