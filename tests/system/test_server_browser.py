"""The page of a real server in a real browser, while a real phone is recorded: what is pushed is what comes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from tests.peers import need
from tests.server_load import Phone, talk
from tests.system.test_server_web import FLAGS, PATIENCE_MS

pytestmark = [pytest.mark.peer, pytest.mark.live]

SECONDS = 6


async def shown(page: Page) -> tuple[str, int, int, float]:
    """Timer, packets, loss and level of the one recording that is running."""
    row = page.locator("[data-live-rows] tr")
    timer, received, lost = [
        await row.locator(f"[data-f={name}]").inner_text() for name in ("timer", "received", "lost")
    ]
    level = await row.locator("[data-f=level]").evaluate("meter => meter.value")
    return timer, int(received), int(lost), float(level)


async def watch(url: str, control: tuple[str, int]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=need("chromium"), args=FLAGS)
        page = await browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(url)
        phone = Phone.connect(42, control)
        phone.ask()
        phone.begin()
        talking = threading.Thread(target=talk, args=([(42, phone.media)], SECONDS))
        talking.start()
        await page.locator("[data-live-rows] tr").wait_for()
        await asyncio.sleep(1.5)
        early = await shown(page)
        await asyncio.sleep(2.2)
        late = await shown(page)
        talking.join()
        phone.end()
        assert phone.ended()
        phone.close()
        await page.locator("[data-live-rows] tr").wait_for(state="detached")
        # 50 a second, looked at once a second, the page pushed once a second.
        assert 50 <= late[1] - early[1] <= 200
        assert early[0] != late[0]
        assert (early[2], late[2]) == (0, 0)
        assert -60 < late[3] < 0
        await browser.close()


def test_a_call_that_is_being_recorded_is_seen_as_it_goes_on(tmp_path: Path) -> None:
    words = ["server", "--port", "0", "--storage", str(tmp_path), "--http", "127.0.0.1:0"]
    with subprocess.Popen(
        [sys.executable, "-m", "phone_recorder", *words], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        try:
            port = int(line.partition("127.0.0.1:")[2].partition(",")[0])
            asyncio.run(watch(line.partition("web page on ")[2].partition(";")[0], ("127.0.0.1", port)))
        finally:
            process.terminate()
