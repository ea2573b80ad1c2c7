"""An emulated phone as its user has it: a process of its own, and its page in a real browser."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.async_api import Page, async_playwright, expect

from tests.peers import need
from tests.system.test_server_web import FLAGS

PATIENCE_MS = 20_000
STOP_S = 20


@dataclass
class PhoneProcess:
    """`phone-recorder phone`, switched on in a directory; `url` is where its page is."""

    process: subprocess.Popen[str]
    url: str
    home: Path

    def call(self, method: str, **fields: Any) -> Any:
        """A method of the control API, as a program uses it."""
        body = json.dumps(fields).encode()
        request = Request(f"{self.url}/api/v1/{method}", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def stop(self) -> int:
        """Switch it off in order; its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_S)


@contextmanager
def phone_process(home: Path, *words: str, http: str = "127.0.0.1:0") -> Iterator[PhoneProcess]:
    """A phone with these options; whatever it has said is printed when it is off."""
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "phone_recorder", "phone", "--http", http, *words]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=home, env=environment) as process:
        try:
            assert process.stdout
            line = next((said for said in process.stdout if " is on: " in said), "")
            url = line.partition(" is on: ")[2].partition(";")[0]
            assert url, "the phone did not start"
            yield PhoneProcess(process, url, home)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    process.kill()


class Desk:
    """The page of a phone, as somebody uses it who reads its labels: nothing is looked for but what is seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, *keys: str) -> None:
        """Click these keys of the phone, by their names in the control API."""
        for key in keys:
            await self.page.locator(f"button[data-key='{key}']").click()

    async def type(self, *keys: str) -> None:
        """Press these keys of the keyboard."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def sees(self, text: str) -> None:
        """Wait until the phone's screen says this."""
        await expect(self.page.locator("[data-lcd]")).to_contain_text(text, timeout=PATIENCE_MS)

    async def prompts(self, text: str) -> None:
        """Wait until the line below the recording says this."""
        await expect(self.page.locator("[data-s=prompt]")).to_contain_text(text, timeout=PATIENCE_MS)

    async def shows(self, icon: str) -> None:
        """Wait until this is the icon of the recording."""
        await expect(self.page.locator("[data-s=record]")).to_have_attribute("data-icon", icon, timeout=PATIENCE_MS)

    async def lamp(self, key: str, state: str) -> None:
        """Wait until the lamp of this DSS key is off, on or blinking."""
        light = self.page.locator(f"button[data-key='{key}'] [data-lamp]")
        await expect(light).to_have_class("lamp" if state == "off" else f"lamp {state}", timeout=PATIENCE_MS)

    async def soft(self, label: str) -> None:
        """Press the soft key below this label, when it is there."""
        labels = self.page.locator("[data-soft-label]")
        await expect(labels.filter(has_text=label).first).to_be_visible(timeout=PATIENCE_MS)
        texts = [text.strip() for text in await labels.all_inner_texts()]
        await self.press(f"soft{texts.index(label) + 1}")


@asynccontextmanager
async def desk(url: str, language: str = "en-GB", width: int = 1440, height: int = 900) -> AsyncIterator[Desk]:
    """The page in a browser of this language; whatever the page complains of is an error."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=need("chromium"), args=FLAGS)
        context = await browser.new_context(viewport={"width": width, "height": height}, locale=language)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        await page.goto(url)
        yield Desk(page)
        await browser.close()
        assert wrong == []


def run(scene: Any) -> None:
    """Run a coroutine to its end."""
    asyncio.run(scene)
