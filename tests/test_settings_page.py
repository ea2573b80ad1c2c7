"""docs/settings.md is what the table of settings says."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_is_the_table() -> None:
    page: str = runpy.run_path(str(DOCS / "write_settings.py"))["page"]()
    assert (DOCS / "settings.md").read_text("utf-8") == page, "run: python docs/write_settings.py"
