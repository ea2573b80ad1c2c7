"""The settings page of an emulated phone, and the small marks on its face, as somebody finds them who reads labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from playwright.async_api import Locator, Page, expect

from tests.system.phone_page import PATIENCE_MS, Desk


class Words(NamedTuple):
    """What the pages around the phone say."""

    locale: str
    settings: str
    phone: str
    save: str
    saved: str
    messages: str


LANGUAGES = {
    "en": Words("en-GB", "Settings", "Phone", "Save", "Saved.", "Messages"),
    "zh": Words("zh-CN", "设置", "话机", "保存", "已保存。", "消息"),
}

_TIME = re.compile(r"\d\d:\d\d")

Place = tuple[str, str]
"""The heading of a group of settings, and the label of one in it."""
Values = Mapping[Place, str | bool]
"""Settings by their places: a text to be typed, the label of a choice, or whether a switch is on."""


def field(page: Page, place: Place) -> Locator:
    """The control with this label, below this heading."""
    group, label = place
    return page.get_by_role("region", name=group, exact=True).get_by_label(label, exact=True)


async def fill_in(page: Page, values: Values) -> None:
    """Set these in the form."""
    for place, value in values.items():
        control = field(page, place)
        if isinstance(value, bool):
            await control.set_checked(value)
        elif await control.evaluate("control => control.tagName") == "SELECT":
            await control.select_option(label=value)
        else:
            await control.fill(value)


async def open_settings(desk: Desk, words: Words) -> None:
    """From the phone to its settings."""
    await desk.page.get_by_role("link", name=words.settings, exact=True).click()
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text(words.settings)


async def save(desk: Desk, words: Words) -> None:
    """Send the form."""
    await desk.page.get_by_role("button", name=words.save, exact=True).click()


async def set_up(desk: Desk, words: Words, values: Values) -> None:
    """From the phone to its settings, set these, and back."""
    await open_settings(desk, words)
    await fill_in(desk.page, values)
    await save(desk, words)
    await expect(desk.page.get_by_role("status").filter(has_text=words.saved)).to_be_visible()
    await desk.page.get_by_role("banner").get_by_role("link", name=words.phone, exact=True).click()
    await expect(desk.page.locator("[data-off]")).to_be_hidden(timeout=PATIENCE_MS)


async def call_number(desk: Desk, number: str, dial: str) -> None:
    """Dial it on the pad and press the soft key of this label."""
    await desk.press(*number)
    await desk.soft(dial)


async def prompts(desk: Desk, text: str | re.Pattern[str], within_ms: float = PATIENCE_MS) -> None:
    """Wait until the screen's sentence is just this."""
    await expect(desk.page.locator("[data-s='prompt']")).to_have_text(text, timeout=within_ms)


async def recorded_for(desk: Desk, seconds: int) -> None:
    """Wait until the timer of the recording, which is not that of the call, says so many; at most 9."""
    timer = desk.page.locator("[data-s='timer']")
    await expect(timer).to_have_text(re.compile(f"00:0[{seconds}-9]"), timeout=PATIENCE_MS)


async def lamp_is(desk: Desk, name: str) -> None:
    """Wait until the first DSS key has this name, which says whether its lamp is on."""
    await expect(desk.page.locator("button[data-dss='0']")).to_have_accessible_name(name, timeout=PATIENCE_MS)


def messages(desk: Desk, words: Words) -> Locator:
    """The panel's section of messages."""
    return desk.page.get_by_role("log", name=words.messages, exact=True)


async def said(desk: Desk, words: Words) -> list[str]:
    """Each of the messages in it, as it passed."""
    return [text or "" for text in await messages(desk, words).locator("pre").all_text_contents()]


async def call_goes_on(desk: Desk) -> None:
    """Wait until the call's time on the screen has moved on."""
    lasted = desk.page.locator("[data-s='call_state']")
    before = await lasted.inner_text()
    assert ":" in before, f"no call is going on: {before!r}"
    await expect(lasted).not_to_have_text(before, timeout=PATIENCE_MS)
    await expect(lasted).to_have_text(_TIME, timeout=PATIENCE_MS)
