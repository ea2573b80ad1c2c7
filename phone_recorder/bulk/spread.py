"""How durations are spread: what percentiles, tables and plots are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """How some durations are spread, in seconds; nothing was measured while `count` is 0."""

    count: int = 0
    least: float = 0.0
    p50: float = 0.0
    p90: float = 0.0
    p95: float = 0.0
    p99: float = 0.0
    most: float = 0.0
    mean: float = 0.0
