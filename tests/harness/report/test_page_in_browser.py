"""The page in Chromium, opened from a file: no network, no error, usable without a mouse, and axe is content."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, async_playwright, expect

from phone_recorder.harness.report.page import page
from tests.harness.report.results import BEGAN_AT, COMMAND, evidence, hostile, loud, recorded, result
from tests.peers import need
from tests.system.test_phone_accessible import axe_core, complaints
from tests.system.test_server_web import FLAGS

pytestmark = pytest.mark.peer

PATIENCE_MS = 15_000


def written(directory: Path) -> str:
    """The address of a page with a case of each outcome."""
    seen = evidence([recorded(directory, loud())])
    results = [
        result(),
        result("failed", "stick[PCMU,BX5S]", evidence=seen),
        result("failed", "server", evidence=evidence()),
        result("bad", "wrong", why="there is no voice"),
        result("trouble", "broken", why="the process was killed"),
        result("skipped", "live", why="it needs --live"),
    ]
    path = directory / "report.html"
    path.write_bytes(page(results, COMMAND, BEGAN_AT, 1.5))
    return path.as_uri()


@asynccontextmanager
async def browsed(url: str) -> AsyncIterator[tuple[Page, list[str], list[str]]]:
    """The page opened, with what the console says and what is asked for, other than what the page holds itself."""
    said: list[str] = []
    asked: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=need("chromium"), args=FLAGS)
        shown = await browser.new_page()
        shown.set_default_timeout(PATIENCE_MS)
        shown.on("console", lambda message: said.append(message.text))
        shown.on("pageerror", lambda error: said.append(str(error)))
        shown.on("request", lambda one: None if one.url.startswith("data:") else asked.append(one.url))
        await shown.goto(url)
        yield shown, said, asked
        await browser.close()


async def look_around(url: str) -> None:
    async with browsed(url) as (shown, said, asked):
        await shown.locator("a[href='#case-2']").click()
        await expect(shown.locator("#case-2")).to_be_in_viewport()
        for summary in await shown.locator("summary").all():
            await summary.click()
        audio = shown.locator("#case-2 audio").first
        await shown.wait_for_function("one => one.duration > 0", arg=await audio.element_handle())
        assert await audio.evaluate("one => one.duration") == pytest.approx(2.0)
        picture = shown.locator("#case-2 image").first
        assert (await picture.bounding_box() or {"height": 0})["height"] > 20
        async with shown.expect_download() as download:
            await shown.locator("#case-2 [download]").click()
        assert (await download.value).suggested_filename == "stick[PCMU,BX5S].pcap"
        assert said == []
        assert asked == [url]


def test_it_opens_from_a_file_and_asks_for_nothing(tmp_path: Path) -> None:
    asyncio.run(look_around(written(tmp_path)))


async def open_hostile(url: str) -> None:
    async with browsed(url) as (shown, said, asked):
        dialogs: list[str] = []
        shown.on("dialog", lambda dialog: dialogs.append(dialog.message))
        await shown.reload()
        for summary in await shown.locator("summary").all():
            await summary.evaluate("one => { one.parentElement.open = true; }")
        assert (said, dialogs, set(asked)) == ([], [], {url})


def test_text_of_others_does_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(page([hostile()], COMMAND, BEGAN_AT))
    asyncio.run(open_hostile(path.as_uri()))


async def type_a_filter(url: str) -> None:
    async with browsed(url) as (shown, _, _):
        rows = shown.locator("[data-rows] tr:visible")
        await expect(rows).to_have_count(6)
        for _ in range(2):  # the link past the head, then the field
            await shown.keyboard.press("Tab")
        await shown.keyboard.type("Failed stick")
        await expect(rows).to_have_count(1)
        await expect(shown.locator("[data-count]")).to_have_text("1 of 6")
        await shown.keyboard.press("Escape")
        await expect(rows).to_have_count(6)


def test_cases_are_filtered_from_the_keyboard(tmp_path: Path) -> None:
    asyncio.run(type_a_filter(written(tmp_path)))


async def without_script(url: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=need("chromium"), args=FLAGS)
        shown = await browser.new_page(java_script_enabled=False)
        await shown.goto(url)
        await expect(shown.locator("[data-rows] tr:visible")).to_have_count(6)
        await expect(shown.locator("#filter")).to_be_hidden()
        await browser.close()


def test_without_script_all_is_there_but_the_filter(tmp_path: Path) -> None:
    asyncio.run(without_script(written(tmp_path)))


async def listen_to_axe(url: str, scheme: Literal["light", "dark"]) -> list[str]:
    async with browsed(url) as (shown, _, _):
        await shown.emulate_media(color_scheme=scheme)
        found = await complaints(shown, "as it opens")
        for summary in await shown.locator("summary").all():
            await summary.evaluate("one => { one.parentElement.open = true; }")
        return found + await complaints(shown, "all opened")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_core_complains_of_nothing(scheme: Literal["light", "dark"], tmp_path: Path) -> None:
    axe_core()
    found = asyncio.run(listen_to_axe(written(tmp_path), scheme))
    assert not found, "\n".join(found)
