"""A run as a page: whole, with nothing from elsewhere, and as it is seen in Chromium."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Literal

import pytest

from phone_recorder.bulk.fleet.report import Report
from phone_recorder.bulk.fleet.report_page import page
from phone_recorder.bulk.fleet.snapshot import Snapshot
from tests.bulk.fleet.report_runs import HOSTILE, bad, good, report_of
from tests.peers import need

VOID = {"meta", "link"}


class Read(HTMLParser):
    """Elements, text, and what is not closed as it was opened."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.text = ""
        self.feed(page(report).decode())
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


@pytest.mark.parametrize("report", [good(), bad(), report_of(Snapshot(at_s=0.01, attempted=1))])
def test_it_is_whole_and_loads_nothing(report: Report) -> None:
    read = Read(report)
    assert (read.wrong, read.open) == ([], [])
    assert "script" not in {tag for tag, _ in read.elements}
    assert [one["href"] for _, one in read.elements if "href" in one] == ["data:,"]
    assert not [one for _, one in read.elements if "src" in one or "style" in one]
    ids = [one["id"] for _, one in read.elements if "id" in one]
    assert len(ids) == len(set(ids))
    named = {one["aria-labelledby"] for _, one in read.elements if "aria-labelledby" in one}
    assert named <= set(ids)
    assert "$" not in re.sub(r"<style>.*?</style>", "", page(report).decode(), flags=re.DOTALL)


def test_all_that_the_summary_tells_is_in_it() -> None:
    read = Read(bad())
    for text in (
        "phone-recorder fleet: 1,000 phones against 127.0.0.1:10000, seed 7",
        "397 started 12 failed 2 thresholds not passed bottleneck",
        "The fleet itself was the bottleneck: it uses all of a core (99%) (for 2 s of the run).",
        "400 attempted, 397 started, 0 ended in order, 12 failed (100/s)",
        "40 % of a core; the bottleneck in 66.7 % of the time",
        "1,000, 100 more each second",
        "failed failed>10 is met: 12",
        "passed start_p99>1s is not met: 12 ms",
        "10 cannot connect: connection refused",
        "start 2 ms 4 ms 5 ms 12 ms 34 ms 2.5 ms",
        "Shaded: the fleet itself was the bottleneck.",
    ):
        assert text in read.text
    assert " ".join(HOSTILE.split()) in read.text


def test_a_good_run_has_no_empty_sections() -> None:
    text = Read(good()).text
    assert "Failures" not in text
    assert "Thresholds" not in text
    assert "bottleneck:" not in text


async def look(url: str, width: int, scheme: Literal["light", "dark"]) -> list[str]:
    from playwright.async_api import async_playwright

    from tests.system.test_phone_accessible import complaints
    from tests.system.test_server_web import FLAGS

    said: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=need("chromium"), args=FLAGS)
        shown = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        shown.on("console", lambda message: said.append(message.text))
        shown.on("dialog", lambda dialog: said.append(dialog.message))
        shown.on("request", lambda one: None if one.url in (url, "data:,") else said.append(one.url))
        await shown.goto(url)
        if await shown.evaluate("document.documentElement.scrollWidth") > width:
            said.append("the page is wider than the window")
        if await shown.locator("path.line.c0").first.evaluate("one => getComputedStyle(one).stroke") == "none":
            said.append("the style is not applied")
        for summary in await shown.locator("summary").all():
            await summary.evaluate("one => { one.parentElement.open = true; }")
        said += await complaints(shown, f"{width} {scheme}")
        await browser.close()
    return said


@pytest.mark.peer
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_in_a_browser_it_fits_and_axe_core_complains_of_nothing(
    tmp_path: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    from tests.system.test_phone_accessible import axe_core

    axe_core()
    path = tmp_path / "load.html"
    path.write_bytes(page(bad()))
    assert asyncio.run(look(path.as_uri(), width, scheme)) == []
