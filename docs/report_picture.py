"""Draws the picture of a report in docs/: `python docs/report_picture.py`, with Chromium and ffmpeg.

What it shows is real: the first scenario of docs/testing.md, in which the far party is asked for where it is missing.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.async_api import ViewportSize, async_playwright

from tests.pages import put_files, run
from tests.system.test_server_web import FLAGS

DOCS = Path(__file__).parent
TARGET = DOCS / "testing-report.png"
SIZE = ViewportSize(width=1120, height=1040)
SEVEN = '"near, far from 7 s"'
SIX = "far from 6 s"
FEW = "split[a][b];[a]palettegen=reserve_transparent=0[c];[b][c]paletteuse=dither=none"


def report(place: Path) -> Path:
    """The page of a run in which one of two cases fails."""
    put_files((DOCS / "testing.md").read_text("utf-8"), place)
    scenario = place / "calls" / "loss.scenario.yaml"
    failing = scenario.read_text("utf-8").replace(SEVEN, SIX).replace("[PCMU, PCMA]", "[PCMU]")
    scenario.write_text(failing, "utf-8")
    run("phone-recorder test calls --seed 7 --html report.html", place)
    return place / "report.html"


async def take(page: Path) -> None:
    """The picture, with as few colours as do."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        shown = await browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce")
        await shown.goto(page.as_uri())
        await shown.screenshot(path=TARGET, animations="disabled")
        await browser.close()
    if ffmpeg := shutil.which("ffmpeg"):
        small = TARGET.with_name(f"few-{TARGET.name}")
        subprocess.run([ffmpeg, "-v", "error", "-y", "-i", TARGET, "-vf", FEW, small], check=True)
        small.replace(TARGET)


if __name__ == "__main__":
    with TemporaryDirectory() as directory:
        asyncio.run(take(report(Path(directory))))
