"""Where an error of ours came from, for whoever mends it."""

from __future__ import annotations

from pathlib import Path
from traceback import walk_tb

MOST_PLACES = 8


def places(error: BaseException) -> str:
    """The lines that led to it, the last one first; no more than MOST_PLACES."""
    lines = [f"{Path(frame.f_code.co_filename).name}:{line}" for frame, line in walk_tb(error.__traceback__)]
    return " ".join(lines[-MOST_PLACES:][::-1])
