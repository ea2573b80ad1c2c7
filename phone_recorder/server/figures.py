"""What a record server has done since it started, and whether all is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figures:
    """`connections` are open now. Counts: recordings that have `ended`, by state; requests that were `refused`, and
    connections `turned_away`, by reason. `fault` says why something may not be stored, "" if all is."""

    connections: int = 0
    ended: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    turned_away: Mapping[str, int] = field(default_factory=dict)
    fault: str = ""
