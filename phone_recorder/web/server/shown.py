"""Values as text that the record server's pages alone show."""

from __future__ import annotations

from collections.abc import Mapping

from phone_recorder.server.entry import Entry


def span(seconds: float, words: Mapping[str, str]) -> str:
    """A long time, roughly: `12 d`, `5 h`, `7 min`."""
    minutes = int(seconds // 60)
    hours, days = minutes // 60, minutes // 1440
    word, count = ("days", days) if days > 2 else ("hours", hours) if hours > 2 else ("minutes", minutes)
    return words[word].format(count)


def loss(entry: Entry) -> str:
    """The share of packets that never came."""
    expected = entry.received + entry.lost
    return f"{100 * entry.lost / expected:.1f} %" if entry.lost else "0"
