"""What is expected of a recording's audio, as it would be written in a scenario, with what is left out filled in."""

from __future__ import annotations

from collections.abc import Callable
from math import isinf

from phone_recorder.harness.judging.lengths import length, number
from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs


def phrase(what: AudioIs) -> str:
    """The whole of it: `contains far between 2 s and 5 s, likeness > 0.95`."""
    return f"{what.kind}{_PHRASES[what.kind](what)}"


def bound_text(bound: Bound) -> str:
    """As its author wrote it; one that was made by a program has no author."""
    if bound.text:
        return bound.text
    if isinf(bound.low) or isinf(bound.high):
        return f"at most {number(bound.high)}" if isinf(bound.low) else f"at least {number(bound.low)}"
    return f"{number(bound.low)} to {number(bound.high)}"


def between(span: Span) -> str:
    """With a blank before it; nothing for the whole recording."""
    if span.end is not None:
        return f" between {length(span.start)} and {length(span.end)}"
    return f" from {length(span.start)} on" if span.start else ""


def _contains(what: AudioIs) -> str:
    return f" {_voices(what)}{between(what.span)}, {_bound('likeness', what.bound, '> 0.95')}"


def _lacks(what: AudioIs) -> str:
    """Without a bound it is like nothing there, which is no figure of an author's."""
    likeness = f", {_bound('likeness', what.bound, '')}" if what.bound else ""
    return f" {_voices(what)}{between(what.span)}{likeness}"


def _silent(what: AudioIs) -> str:
    return f"{between(what.span)}, {bound_text(what.bound) if what.bound else 'below -60 dB'}"


def _level(what: AudioIs) -> str:
    return f" {_bound('', what.bound, '')}{between(what.span)}"


def _tone(what: AudioIs) -> str:
    return f" {number(what.hertz)} Hz{between(what.span)}, {_bound('share', what.bound, '> 0.9')}"


def _only(what: AudioIs) -> str:
    return f" {_voices(what)}{between(what.span)}"


def _equals(what: AudioIs) -> str:
    with_what = what.file.name if what.file else " + ".join(what.voices)
    return f" {with_what}{between(what.span)}"


def _in_step(what: AudioIs) -> str:
    return f" {_voices(what)}{between(what.span)}, {_bound('within', what.bound, '20 ms')}"


def _voices(what: AudioIs) -> str:
    return ", ".join(what.voices)


def _bound(name: str, bound: Bound | None, default: str) -> str:
    """The bound may have been written with its name, or without."""
    text = bound_text(bound) if bound else default
    return text if text.startswith(name) else f"{name} {text}"


_PHRASES: dict[str, Callable[[AudioIs], str]] = {
    "contains": _contains,
    "lacks": _lacks,
    "silent": _silent,
    "level": _level,
    "tone": _tone,
    "only": _only,
    "no clicks": lambda what: between(what.span),
    "equals": _equals,
    "in step": _in_step,
}
