"""The pages of an emulated phone, checked by axe-core in Chromium: what screen readers and weak eyes need is there."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Page, expect

from phone_recorder.adapters.record_convert import import_audio
from phone_recorder.wire.payload import PCMU
from tests.system.phone_page import PATIENCE_MS, Desk, desk, phone_process
from tests.system.phone_server import serving
from tests.system.web_site import SPEECH

pytestmark = [pytest.mark.peer, pytest.mark.live]

PASSWORD = "correct horse"
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LOOK = """rules => axe.run({resultTypes: ["violations"], runOnly: {type: "tag", values: rules}})"""
LOOK_AT_COLOURS = """() => axe.run({resultTypes: ["violations"], runOnly: ["color-contrast"]})"""


def axe_core() -> str:
    """The script of axe-core. Without its package the test is skipped, but with CI=true it fails."""
    try:
        return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    except ModuleNotFoundError:
        if os.environ.get("CI") == "true":
            pytest.fail("axe-playwright-python is not installed, and with CI=true no peer test may be skipped")
        pytest.skip("axe-playwright-python is not installed")


async def complaints(page: Page, state: str, script: str = LOOK) -> list[str]:
    """What axe-core says against the page as it stands there, each with the place in it."""
    await page.wait_for_load_state()  # with its colours
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(axe_core())
    found: dict[str, Any] = await page.evaluate(script, list(RULES) if script == LOOK else None)
    assert found["passes"], f"nothing was looked at: {state}"
    return [
        f"{state}: {one['id']} ({one['impact']}): {node['html']}: {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def put_recording(stick: Path) -> None:
    """One recording is on this stick when the phone is switched on."""
    stick.mkdir(parents=True)
    import_audio(SPEECH / "near_en.wav", stick / "Record_20260314150926.wav", PCMU)


async def sees(page: Page, selector: str) -> None:
    await expect(page.locator(selector).first).to_be_visible(timeout=PATIENCE_MS)


async def idle(at: Desk) -> None:
    """The phone is on, and nobody calls."""
    await sees(at.page, "[data-lcd].idle:not(.dark)")


async def recorded_call(at: Desk) -> None:
    """A server records the call; the messages that it took stand in the panel, one of them opened."""
    await at.page.locator("[data-call-start]").click()
    await sees(at.page, "[data-handset].lifted")
    await at.type("r")
    await sees(at.page, "[data-icon=recording]")
    await sees(at.page, "[data-log-rows] .state.recording")
    await at.page.locator("[data-message-list] summary").first.click()
    await sees(at.page, "[data-message-list] pre")


async def menu_in_call(at: Desk) -> None:
    await at.press("menu")
    await sees(at.page, "[data-lcd].menu [aria-selected=true]")


async def call_over(at: Desk) -> None:
    """What was recorded is said in the panel."""
    await at.press("hook")
    await sees(at.page, "[data-log-rows] .state:not(.recording)")


async def record_manager(at: Desk) -> None:
    """More lines than the screen has: it has a bar."""
    await at.press("menu", "1")
    await sees(at.page, "[data-s=bar]")


async def edit_field(at: Desk) -> None:
    """The SIP server's name is being typed."""
    await at.press("soft4", "5", "5", "1")
    await sees(at.page, "[data-s=edit]")


async def recording_opened(at: Desk) -> None:
    """The recording that is on the stick, with its player."""
    await at.page.locator("[data-open]").first.click()
    await sees(at.page, "[data-detail-delete]")


async def delete_dialog(at: Desk) -> None:
    await at.page.locator("[data-detail-delete]").click()
    await sees(at.page, "[data-question][open]")


async def keys_help(at: Desk) -> None:
    await at.type("Escape")
    await at.page.locator("[data-help-open]").click()
    await sees(at.page, "[data-help][open]")


async def settings(at: Desk) -> None:
    await at.type("Escape")
    await at.page.locator("a[href='/settings']").click()
    await sees(at.page, "form.settings")


async def wrong_setting(at: Desk) -> None:
    await at.page.fill("#server-port", "99999999")
    await at.page.locator("form.settings button[type=submit]").click()
    await sees(at.page, ".wrong .alarm")


async def saved_setting(at: Desk) -> None:
    await at.page.fill("#server-port", "10001")
    await at.page.locator("form.settings button[type=submit]").click()
    await sees(at.page, ".good-news")


STATES: dict[str, Callable[[Desk], Awaitable[None]]] = {
    one.__name__: one
    for one in (
        *(idle, recorded_call, menu_in_call, call_over, record_manager, edit_field, recording_opened, delete_dialog),
        *(keys_help, settings, wrong_setting, saved_setting),
    )
}
"""The states of the pages that are looked at. Each begins where the one before it has left the page."""


async def walk(url: str, language: str, scheme: Literal["light", "dark"]) -> list[str]:
    found = []
    async with desk(url, LOCALES[language]) as at:
        await at.page.emulate_media(color_scheme=scheme)
        for name, lead_there in STATES.items():
            await lead_there(at)
            found += await complaints(at.page, name)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_axe_core_complains_of_nothing(language: str, scheme: Literal["light", "dark"], tmp_path: Path) -> None:
    axe_core()
    put_recording(tmp_path / "usb")
    with serving(tmp_path / "server") as server:
        told = (
            f"phone.language={language}",
            "record.mode=network",
            f"server.port={server.port}",
            "server.host=127.0.0.1",
        )
        with phone_process(tmp_path, *(word for one in told for word in ("--set", one))) as phone:
            found = asyncio.run(walk(phone.url, language, scheme))
    assert not found, "\n".join(found)


async def log_in(url: str, language: str, scheme: Literal["light", "dark"]) -> list[str]:
    async with desk(url, LOCALES[language]) as at:
        await at.page.emulate_media(color_scheme=scheme)
        found = await complaints(at.page, "login")
        await at.page.fill("#user", "anna")
        await at.page.fill("#password", "wrong")
        await at.page.keyboard.press("Enter")
        await sees(at.page, ".alarm")
        found += await complaints(at.page, "wrong password")
        await at.page.fill("#user", "anna")
        await at.page.fill("#password", PASSWORD)
        await at.page.keyboard.press("Enter")
        await idle(at)
        return found + await complaints(at.page, "logged in")


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh", "dark")])
def test_axe_core_complains_of_nothing_where_one_logs_in(
    language: str, scheme: Literal["light", "dark"], tmp_path: Path
) -> None:
    axe_core()
    words = ["phone", "passwd", "--user", "anna", "--password-file", "-"]
    subprocess.run(
        [sys.executable, "-m", "phone_recorder", *words], input=PASSWORD, text=True, cwd=tmp_path, check=True
    )
    with phone_process(tmp_path, http="0.0.0.0:0") as phone:
        found = asyncio.run(log_in(phone.url.replace("0.0.0.0", "127.0.0.1"), language, scheme))
    assert not found, "\n".join(found)


async def spoil(url: str) -> tuple[list[str], list[str]]:
    async with desk(url) as at:
        await idle(at)
        # What is only drawn, as screen readers hear it from elsewhere, has to be readable for eyes.
        await at.page.evaluate("""() => document.querySelectorAll("[data-lcd] [aria-hidden]")
            .forEach(one => one.removeAttribute("aria-hidden"))""")
        drawn = await complaints(at.page, "drawn", LOOK_AT_COLOURS)
        await at.page.evaluate("""() => {
            document.querySelector("[data-key=menu]").removeAttribute("aria-label");
            document.querySelector("[data-s=time]").style.color = "#d0d8de";
        }""")
        return drawn, await complaints(at.page, "spoilt")


def test_what_is_drawn_for_eyes_alone_is_readable_and_what_would_be_wrong_is_found(tmp_path: Path) -> None:
    axe_core()
    with phone_process(tmp_path) as phone:
        drawn, spoilt = asyncio.run(spoil(phone.url))
    assert drawn == []
    assert sorted(one.split()[1] for one in spoilt) == ["button-name", "color-contrast"]
