"""All that one expectation of a recording's sound is held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from math import inf
from typing import Any

from phone_recorder.harness.audio.kept import Kept
from phone_recorder.harness.audio.places import Grid
from phone_recorder.harness.audio.recorded import Heard, heard
from phone_recorder.harness.audio.said import IN_FILES, TO_SERVER, Said, said_both_ways
from phone_recorder.harness.audio.samples import Samples, joined
from phone_recorder.harness.audio.tone_in_it import has_tone, without_tone
from phone_recorder.harness.audio.words import between, time
from phone_recorder.harness.evidence import Evidence, Recorded, Where
from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.wire.payload import G722

Spans = list[tuple[int, int]]

_PATIENCE = from_ms(60)
"""A span may go on for so long after the recording: it ends with a frame, and the last ones may be on their way."""
_LEAST = from_ms(20)
_WINDOW = from_ms(10)
_SETTLING = from_ms(100)
"""So long a decoder of G.722 takes to be one with its encoder, after it has begun anew or has missed something."""

_HEARD = {wide: Kept(partial(heard, wide=wide)) for wide in (False, True)}


@dataclass(frozen=True)
class Scene:
    """`heard` is the whole recording; `start` and `end` are what is looked at of it."""

    what: AudioIs
    heard: Heard
    start: int
    end: int
    evidence: Evidence
    account: Mapping[str, Any]

    @property
    def span(self) -> Samples:
        """What is heard from start to end."""
        return self.heard.samples[self.start : self.end]

    @property
    def when(self) -> str:
        """From start to end, as a message has it."""
        return between(self.start, self.end)

    def where(self, leg: str = "") -> Where:
        """From start to end; `leg` is whose voice it is about."""
        return Where(self.start, self.end, leg)

    @cached_property
    def voices(self) -> dict[str, Samples]:
        """What each leg said at each instant."""
        return {leg: said.placed for leg, said in self._said.items()}

    @cached_property
    def steady(self) -> dict[str, Samples]:
        """The same, each by its own clock."""
        return {leg: said.steady for leg, said in self._said.items()}

    @cached_property
    def _said(self) -> dict[str, Said]:
        horizon = TO_SERVER if self.account.get("mode") == "server" else IN_FILES
        return {leg: self._of(leg, datagrams, horizon) for leg, datagrams in self.evidence.said.items()}

    def _of(self, leg: str, datagrams: Sequence[Datagram], horizon: int) -> Said:
        if self.holes[leg] and self.evidence.codecs.get(leg) == G722.name:
            lost = [span for hole in self.holes[leg] for span in self._when(*hole)]
            return said_both_ways(datagrams, horizon, lost, self.heard.grid)
        frame = self.heard.grid.frame
        return _said_by(horizon, Grid(self.heard.grid.origin % frame, frame)).of(datagrams)

    def _when(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The instants of a span of the recording."""
        for stretch in self.heard.over(start, end):
            yield stretch.instant, stretch.instant + stretch.end - stretch.start

    @cached_property
    def toned(self) -> bool:
        """Whether the record tone is in the recording."""
        return has_tone(self.heard, self.voices)

    @cached_property
    def spoken(self) -> Heard:
        """The recording, less the record tone, and with its holes."""
        return replace(without_tone(self.heard) if self.toned else self.heard, holes=self.holes)

    @cached_property
    def has_g722(self) -> bool:
        """Whether anything of it went through G.722."""
        return G722.name in {self.heard.codec.name, *self.evidence.codecs.values()}

    @cached_property
    def holes(self) -> dict[str, Spans]:
        """Where the account says that audio never came, by leg, in the recording; what the mix lacks, all legs do."""
        holes: dict[str, Spans] = {leg: [] for leg in self.evidence.said}
        for gap in self.account.get("gaps", ()):
            start = round(gap["start_s"] * SECOND)
            for leg in holes if gap["stream"] not in holes else (gap["stream"],):
                holes[leg].append((start, start + round(gap["duration_s"] * SECOND)))
        return {leg: joined(spans) for leg, spans in holes.items()}

    @cached_property
    def unsettled(self) -> Spans:
        """Where G.722 sounds as its decoder makes it, whatever was said."""
        return [(place, place + _SETTLING) for place in sorted(self._anew())] if self.has_g722 else []

    @property
    def settled(self) -> Spans:
        """What is left of the span without that."""
        spans = [(max(begin, self.start), min(end, self.end)) for begin, end in joined(self.unsettled)]
        edges = [self.start, *(place for span in spans if span[0] < span[1] for place in span), self.end]
        return [(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=True) if begin < end]

    @cached_property
    def excused(self) -> Spans:
        """Where no sound can be asked for: a leg's audio never came, or G.722 settles."""
        return joined([*self.unsettled, *(span for spans in self.holes.values() for span in spans)])

    def _anew(self) -> Iterator[int]:
        yield from self.heard.parts
        yield from (stretch.start for stretch in self.heard.stretches)
        # What G.722 has in its filters is still heard as a pause or a hole begins.
        for spans in (self.heard.muted, *self.holes.values()):
            yield from (place for begin, end in spans for place in (begin - _WINDOW, end))


def set_scene(what: AudioIs, recorded: Recorded, evidence: Evidence) -> Scene | str:
    """The scene, or why there is none; RecordFileError or UsageError if the recording cannot be read."""
    found = _HEARD[G722.name in evidence.codecs.values()].of(recorded)
    where = _missing(what.span, found, recorded.account) or _span(what.span, len(found.samples))
    return where if isinstance(where, str) else Scene(what, found, *where, evidence, recorded.account)


def _missing(span: Span, found: Heard, account: Mapping[str, Any]) -> str:
    """What is missing at the end of a recording that is looked at up to its end; "" if it is as long as it says."""
    length, told = len(found.samples) + found.delay, round(account.get("duration_s", 0) * SECOND)
    if span.end is not None or length >= told:
        return ""
    return f"the recording is {time(length)} long, and its account says {time(told)}"


@lru_cache(maxsize=4)
def _said_by(horizon: int, grid: Grid) -> Kept[Sequence[Datagram], Said]:
    return Kept(partial(said_both_ways, horizon=horizon, grid=grid))


def at_least(bound: Bound, number: float) -> bool:
    """Whether a likeness, or a share, is no lower than the bound: less than that is never asked for."""
    return replace(bound, high=inf).holds(number)


def _span(span: Span, length: int) -> tuple[int, int] | str:
    """From and to in a recording of that length, or why there is no such span in it."""
    end = length if span.end is None else span.end
    if end > length + _PATIENCE or length - span.start < _LEAST:
        return f"the recording is {time(length)} long" if length else "there is no audio in the recording"
    return span.start, min(end, length)
