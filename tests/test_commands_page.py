"""docs/commands.md is what the commands' help says."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_is_the_help() -> None:
    page: str = runpy.run_path(str(DOCS / "write_commands.py"))["page"]()
    # Words, not lines: click breaks and indents them as its version likes.
    assert (DOCS / "commands.md").read_text().split() == page.split(), "run: python docs/write_commands.py"
