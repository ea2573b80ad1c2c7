"""The phone by the keyboard alone, in two browsers at once, and after it was switched off in the middle."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.system.phone_page import Desk, desk, phone_process, run
from tests.system.phone_scenes import (
    LOCALES,
    SAYS,
    between_two_headers,
    button,
    call,
    in_both_languages,
    in_call,
    line,
    lines,
    read,
    records,
    stick_is,
    switched_on,
    timer,
)

pytestmark = [pytest.mark.peer, pytest.mark.live]

TALKING = ("--set", "call.near=tone:440", "--set", "call.far=tone:660")
MOST_TABS = 100
"""No control of the page is further away than that."""


async def tab_to(page: Desk, name: str) -> None:
    """Move on, control by control, until this one of the panel has the focus."""
    wanted = button(page, name)
    for _ in range(MOST_TABS):
        if await wanted.evaluate("button => button === document.activeElement"):
            return
        await page.type("Tab")
    raise AssertionError(f"no Tab leads to {name}")


@in_both_languages
def test_a_call_is_recorded_without_a_mouse(tmp_path: Path, language: str) -> None:
    async def scene() -> None:
        async with switched_on(tmp_path, language, "--no-stick", *TALKING) as (phone, page, say):
            await page.type(*"1002", "Enter", "r")
            await page.prompts(say("Recording failed: no USB drive is plugged in"))
            await tab_to(page, say("Plug in"))
            await page.type("Enter")
            await stick_is(page, say("Plugged in"))
            await page.type("r")
            await page.lamp("dss1", "on")
            await timer(page, "00:01")
            await page.type("s")
            await page.shows("paused")
            await page.lamp("dss1", "blinking")
            await page.type("F3")
            await page.shows("recording")
            await timer(page, "00:02")
            await page.type("r")
            await page.prompts(say("Recording saved: 1 file"))
            await page.lamp("dss1", "off")
            await page.type("h")
            await expect(page.page.locator("[data-handset]")).to_have_attribute("aria-pressed", "false")
            [path] = records(phone)
            assert read(path).whole and read(path).has_both_tones()

    run(scene())


@in_both_languages
def test_the_page_says_that_the_phone_is_off_and_goes_on_when_it_is_on_again(tmp_path: Path, language: str) -> None:
    words = ("--set", f"phone.language={language}")
    say = SAYS[language]

    async def scene() -> None:
        with phone_process(tmp_path, *words) as first:
            async with desk(first.url, LOCALES[language]) as page:
                await call(page, say)
                await page.press("dss1")
                await timer(page, "00:01")
                await page.page.evaluate("window.sameVisit = true")
                [cut] = records(first)
                await between_two_headers(cut)
                first.process.kill()
                await expect(page.page.locator("[data-off]")).to_have_text(say("The phone is off"))
                await expect(page.page.locator("[data-off]")).to_be_visible()
                await page.lamp("dss1", "off")
                assert not read(cut).whole
                with phone_process(tmp_path, *words, http=urlsplit(first.url).netloc) as again:
                    await expect(page.page.locator("[data-off]")).to_be_hidden()
                    await call(page, say)
                    await page.press("dss1")
                    await page.lamp("dss1", "on")
                    await timer(page, "00:01")
                    await page.press("dss1")
                    await page.prompts(say("Recording saved: 1 file"))
                    assert await page.page.evaluate("window.sameVisit")
                    assert [read(path).whole for path in records(again)] == [True, True]

    run(scene())


@in_both_languages
def test_two_browsers_see_the_same_phone(tmp_path: Path, language: str) -> None:
    async def scene() -> None:
        async with switched_on(tmp_path, language) as (phone, one, say):
            async with desk(phone.url, LOCALES[language]) as other:
                await one.press("menu")
                await expect(line(other, say("Record manager"))).to_be_visible()
                await other.press("1")
                await expect(line(one, say("Enable recording"))).to_be_visible()
                # Two links to the phone know no order among themselves: each waits to see what the other did.
                await one.press("back", "back")
                await expect(lines(other)).to_have_count(0)
                await other.type(*"1002", "Enter")
                await in_call(one, say)
                await one.press("dss1")
                for page in (one, other):
                    await page.shows("recording")
                    await page.lamp("dss1", "on")
                    await timer(page, "00:01")
                await other.press("dss1")
                for page in (one, other):
                    await page.prompts(say("Recording saved: 1 file"))
                    await page.lamp("dss1", "off")
            [path] = records(phone)
            assert read(path).whole

    run(scene())
