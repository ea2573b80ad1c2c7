"""The record server's figures as Prometheus text (exposition format 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from phone_recorder import __version__
from phone_recorder.server.entry import Live
from phone_recorder.server.figures import Figures
from phone_recorder.server.query import Totals

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


def metrics(totals: Mapping[str, Totals], live: Sequence[Live], free: int, figures: Figures) -> str:
    """All of them, a family after another."""
    by_state = [({"state": state}, total) for state, total in totals.items()]
    families: dict[str, tuple[str, list[Sample]]] = {
        "build_info": ("The version that runs.", [({"version": __version__}, 1)]),
        "recordings": ("Recordings that are kept, by state.", [(on, total.count) for on, total in by_state]),
        "recordings_bytes": ("Size of their record files.", [(on, total.bytes) for on, total in by_state]),
        "recordings_seconds": ("Their playing time.", [(on, total.seconds) for on, total in by_state]),
        "live_sessions": ("Recordings that are running.", [({}, len(live))]),
        "live_packets_received": ("RTP packets that they have got.", [({}, sum(one.received for one in live))]),
        "live_packets_lost": ("RTP packets that they miss.", [({}, sum(one.lost for one in live))]),
        "live_datagrams_foreign": ("Datagrams not theirs, dropped.", [({}, sum(one.foreign for one in live))]),
        "storage_free_bytes": ("That recordings may still take.", [({}, free)]),
        "storage_fault": ("1 while something may not be stored.", [({}, bool(figures.fault))]),
        "control_connections": ("Open control connections.", [({}, figures.connections)]),
        "recordings_ended_total": ("Recordings that have ended.", _by("state", figures.ended)),
        "requests_refused_total": ("Recordings that were refused.", _by("reason", figures.refused)),
        "connections_turned_away_total": ("Connections not let in.", _by("reason", figures.turned_away)),
    }
    return "".join(line for name, (about, samples) in families.items() for line in _family(name, about, samples))


def _by(label: str, counts: Mapping[str, int]) -> list[Sample]:
    return [({label: key}, count) for key, count in counts.items()]


def _family(name: str, about: str, samples: Sequence[Sample]) -> Iterator[str]:
    full = f"phone_recorder_{name}"
    yield f"# HELP {full} {about}\n# TYPE {full} {'counter' if name.endswith('_total') else 'gauge'}\n"
    for labels, value in samples:
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{full}{{{shown}}} {float(value)}\n" if shown else f"{full} {float(value)}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
