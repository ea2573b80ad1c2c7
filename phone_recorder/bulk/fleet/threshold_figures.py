"""The figures that a threshold may name: where each is found, and in what it is measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple

from phone_recorder.bulk.fleet import snapshot
from phone_recorder.bulk.fleet.report_course import Measured
from phone_recorder.bulk.spread import Spread


class Kind(Enum):
    """What a figure is: its units, each with the factor to what it is kept in, and how one is written."""

    TIME = "a time", {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}, "500ms"
    COUNT = "a number", {"": 1.0}, "10"
    SHARE = "a share", {"%": 0.01}, "2%"
    RATE = "a rate", {"/s": 1.0, "/m": 1 / 60, "": 1.0}, "100/s"

    def __init__(self, what: str, units: Mapping[str, float], such_as: str) -> None:
        self.what = what
        self.units = units
        self.such_as = such_as


class Figure(NamedTuple):
    """`value` is None where nothing was measured."""

    kind: Kind
    value: Callable[[Measured], float | None]


def _count(name: str) -> Figure:
    return Figure(Kind.COUNT, lambda measured: float(getattr(measured.snapshot, name)))


def _spread(of: str, field: str) -> Figure:
    def value(measured: Measured) -> float | None:
        spread: Spread = getattr(measured.snapshot, of)
        seconds: float = getattr(spread, field)
        return seconds if spread.count else None

    return Figure(Kind.TIME, value)


def _share(part: str, whole: str) -> Figure:
    def value(measured: Measured) -> float | None:
        among: int = getattr(measured.snapshot, whole)
        return getattr(measured.snapshot, part) / among if among else None

    return Figure(Kind.SHARE, value)


def _rate(name: str) -> Figure:
    def value(measured: Measured) -> float | None:
        last = measured.snapshot
        return getattr(last, name) / last.at_s if last.at_s > 0 else None

    return Figure(Kind.RATE, value)


SPREADS = {name.split()[-1]: of for of, name in snapshot.SPREADS.items()}
"""Durations whose spread is a snapshot's; a figure is `start_p99`, and so on."""
OF_A_SPREAD = {
    "min": "least",
    "mean": "mean",
    "p50": "p50",
    "p90": "p90",
    "p95": "p95",
    "p99": "p99",
    "max": "most",
}

FIGURES: Mapping[str, Figure] = {
    **{f"{one}_{part}": _spread(of, field) for one, of in SPREADS.items() for part, field in OF_A_SPREAD.items()},
    **{name: _count(name) for name in snapshot.RECORDINGS},
    "failed_share": _share("failed", "attempted"),
    "call_rate": _rate("attempted"),
    **{name: _count(f"packets_{name}") for name in ("said", "sent", "dropped", "unsent")},
    "unsent_share": _share("packets_unsent", "packets_said"),
    "packet_rate": _rate("packets_sent"),
    "cpu": Figure(Kind.SHARE, lambda measured: measured.cpu_share),
    "bottleneck": Figure(Kind.SHARE, lambda measured: measured.limited_share),
}
"""By name, those of a fleet against a server."""

LOCAL_FIGURES: Mapping[str, Figure] = {
    **{name: _count(name) for name in snapshot.FILES},
    "frames_wrong": Figure(Kind.COUNT, lambda measured: measured.snapshot.wrong_if_known),
}
"""Those that there are too where a fleet records by itself."""
ALL_FIGURES: Mapping[str, Figure] = {**FIGURES, **LOCAL_FIGURES}
