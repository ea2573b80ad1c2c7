"""The pages of an emulated phone without a pointer: Tab reaches all, one sees where one is, and nothing traps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple

import pytest
from playwright.async_api import Page, expect

from tests.system.phone_page import Desk, PhoneProcess, desk, phone_process
from tests.system.test_phone_accessible import put_recording, sees

pytestmark = [pytest.mark.peer, pytest.mark.live]

HIDDEN_MS = 3000
MOST = 200
"""More stops than any of the pages has."""
FIND = """() => {
    const may = "a[href], button, input:not([type=hidden]), select, summary, audio[controls], [tabindex='0']";
    const able = (one) => one.checkVisibility() && !one.matches(":disabled");
    window.controls = [...document.querySelectorAll(may)].filter(able);
    return window.controls.map((one) => one.outerHTML.slice(0, 120));
}"""
BEGIN = """(before) => {
    const edge = document.createElement("i");
    edge.tabIndex = -1;
    document.body.insertAdjacentElement(before ? "afterbegin" : "beforeend", edge);
    edge.focus();
}"""
WHERE = """() => {
    const now = document.activeElement;
    const {outlineStyle, outlineWidth} = getComputedStyle(now);
    const box = now.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return {
        place: window.controls.indexOf(now),
        // A player has stops of its own, and rings that the browser draws around each.
        ring: outlineStyle === "none" && now.tagName !== "AUDIO" ? 0 : parseFloat(outlineWidth),
        seen: now.contains(top) || Boolean(top?.contains(now)),
    };
}"""


class Stop(NamedTuple):
    """Where Tab stops: the control's place in the page, how wide its outline is, and whether nothing is above it."""

    place: int
    ring: float
    seen: bool


async def stops(page: Page, key: str) -> list[Stop]:
    """All stops from the page's beginning, or with Shift from its end, until the page is left."""
    found: list[Stop] = []
    for _ in range(MOST):
        await page.keyboard.press(key)
        stop = Stop(**await page.evaluate(WHERE))
        if stop.place < 0 or (found and stop.place == found[0].place != found[-1].place):
            return found
        # A player's own controls are many stops of one element.
        if not found or stop.place != found[-1].place:
            found.append(stop)
    raise AssertionError(f"{key} does not leave the page, and goes round in {found[-8:]}")


async def open_recording(at: Desk) -> None:
    await at.page.locator("[data-open]").first.click()
    await sees(at.page, "[data-detail-delete]")


async def all_there_is(at: Desk) -> None:
    """A menu is open on the phone, and beside it a recording with its player."""
    await open_recording(at)
    await at.type("m")
    await sees(at.page, "[data-lcd].menu")


async def settings(at: Desk) -> None:
    await at.page.locator("a[href='/settings']").click()
    await sees(at.page, "form.settings")


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhoneProcess]:
    home = tmp_path_factory.mktemp("tabs")
    put_recording(home / "usb")
    with phone_process(home) as process:
        yield process


async def tabbed(url: str, lead_there: Callable[[Desk], Awaitable[None]], key: str) -> tuple[list[str], list[Stop]]:
    async with desk(url) as at:
        await lead_there(at)
        await at.page.evaluate(BEGIN, key == "Tab")
        return await at.page.evaluate(FIND), await stops(at.page, key)


@pytest.mark.parametrize(
    ("lead_there", "key"),
    [
        (all_there_is, "Tab"),
        (all_there_is, "Shift+Tab"),
        (settings, "Tab"),
        (settings, "Shift+Tab"),
    ],
)
def test_each_control_is_reached_in_the_order_of_the_page_and_seen_when_it_is(
    lead_there: Callable[[Desk], Awaitable[None]], key: str, phone: PhoneProcess
) -> None:
    controls, found = asyncio.run(tabbed(phone.url, lead_there, key))
    order = range(len(controls)) if key == "Tab" else range(len(controls) - 1, -1, -1)
    assert [stop.place for stop in found] == list(order)
    assert [controls[stop.place] for stop in found if stop.ring < 1] == []
    assert [controls[stop.place] for stop in found if not stop.seen] == []


GROUPS = ("skip", "brand", "places", "corner", "phone", "listed", "panel")
"""Parts of the page, in the order in which one works: the phone, what it has recorded, what stands behind it."""


async def parts_in_order(url: str) -> list[str]:
    async with desk(url) as at:
        await all_there_is(at)
        await at.page.evaluate(BEGIN, True)
        await at.page.evaluate(FIND)
        passed = [stop.place for stop in await stops(at.page, "Tab")]
        names = await at.page.evaluate(
            """([passed, names]) => passed.map((index) =>
                names.find((name) => window.controls[index].closest(`.${name}`)) ?? "elsewhere")""",
            [passed, GROUPS],
        )
        return list(dict.fromkeys(names))


def test_tab_goes_from_the_phone_to_its_recordings_to_the_panel(phone: PhoneProcess) -> None:
    assert asyncio.run(parts_in_order(phone.url)) == list(GROUPS)


async def through_dialog(url: str, opener: str, dialog: str, tabs: int) -> tuple[bool, bool]:
    """Whether so many Tabs stay in the dialog that Enter has opened, and Escape leads back to what opened it."""
    async with desk(url) as at:
        await open_recording(at)
        await at.page.locator(opener).focus()
        await at.page.keyboard.press("Enter")
        await sees(at.page, f"{dialog}[open]")
        inside = True
        for _ in range(tabs):
            await at.page.keyboard.press("Tab")
            # Behind the last control is the browser's own window: then the body has the focus here.
            inside &= await at.page.evaluate(
                "dialog => document.activeElement.matches(`body, ${dialog}, ${dialog} *`)", dialog
            )
        await at.page.keyboard.press("Escape")
        await expect(at.page.locator(dialog)).to_be_hidden(timeout=HIDDEN_MS)
        return inside, await at.page.locator(opener).evaluate("one => one === document.activeElement")


HELP = ("[data-help-open]", "[data-help]")
DELETE = ("[data-detail-delete]", "[data-question]")


@pytest.mark.parametrize(
    ("opener", "dialog", "tabs"),
    [
        (*HELP, 0),
        (*HELP, 4),
        (*DELETE, 1),
        # The focus is behind the dialog's last control, on nothing: Escape is the dialog's all the same.
        (*HELP, 1),
        (*DELETE, 2),
    ],
)
def test_a_dialog_keeps_the_focus_until_escape_gives_it_back(
    opener: str, dialog: str, tabs: int, phone: PhoneProcess
) -> None:
    assert asyncio.run(through_dialog(phone.url, opener, dialog, tabs)) == (True, True)


async def enter_on_a_key(url: str) -> tuple[str, bool]:
    """What the screen's title is after Enter on the menu key, and whether the key has kept the focus."""
    async with desk(url) as at:
        await at.type("Escape", "Escape")
        await sees(at.page, "[data-lcd].idle")
        key = at.page.locator("button[data-key=menu]")
        await key.focus()
        await at.page.keyboard.press("Enter")
        await at.sees("Record manager")
        return await at.page.locator("[data-s=title]").inner_text(), await key.evaluate(
            "one => one === document.activeElement"
        )


def test_enter_presses_the_key_of_the_phone_that_has_the_focus(phone: PhoneProcess) -> None:
    assert asyncio.run(enter_on_a_key(phone.url)) == ("Applications", True)
