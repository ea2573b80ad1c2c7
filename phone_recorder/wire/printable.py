"""Text of others as text that is safe to show: on a screen, in a terminal, in a log."""

from __future__ import annotations

LONGEST = 200


def printable(text: str) -> str:
    """The text with whatever could end a line or steer a terminal replaced, and not too long."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[: LONGEST + 1])
    return shown if len(shown) <= LONGEST else shown[:LONGEST] + "..."


def shortened(text: str, longest: int = 300) -> str:
    """The text; of a longer one its beginning, and how many more characters there are."""
    more = len(text) - longest
    return text if more <= 0 else f"{text[:longest]}... ({more:,} more characters)"
