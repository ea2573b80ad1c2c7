"""What the phone's page weighs on a first visit, and that all of it comes from the phone itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Request, WebSocket, async_playwright

from tests.peers import need
from tests.system.phone_page import PATIENCE_MS, phone_process, run
from tests.system.test_server_web import FLAGS, LOCALES

pytestmark = [pytest.mark.peer, pytest.mark.live]

MOST_BYTES = 150_000
MOST_REQUESTS = 30


@dataclass
class Visit:
    """All that a page has asked for, and what the phone has sent it on the WebSocket."""

    requests: list[Request] = field(default_factory=list)
    finished: list[Request] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Note what this page asks for from now on."""
        page.on("request", lambda request: self.requests.append(request))
        page.on("requestfinished", lambda request: self.finished.append(request))
        page.on("websocket", self._opened)

    def hosts(self) -> set[str]:
        """Whom it has asked, whether they have answered or not, as host:port."""
        urls = [*(request.url for request in self.requests), *self.sockets]
        return {urlsplit(url).netloc for url in urls if not url.startswith("data:")}

    async def bodies(self) -> int:
        """Bytes of all bodies, once unpacked; a file that the page names twice counts once, as it comes once."""
        answers = {request.url: await request.response() for request in self.finished}
        return sum([len(await answer.body()) for answer in answers.values() if answer])

    async def transferred(self) -> tuple[int, int]:
        """Bytes of all bodies as they came, and of the heads of the answers."""
        sizes = [await request.sizes() for request in self.finished]
        return sum(size["responseBodySize"] for size in sizes), sum(size["responseHeadersSize"] for size in sizes)

    def told(self) -> int:
        """Bytes of what came on the WebSocket."""
        return sum(len(frame.encode()) for frame in self.frames)

    def _opened(self, socket: WebSocket) -> None:
        self.sockets.append(socket.url)
        socket.on(
            "framereceived", lambda frame: self.frames.append(frame if isinstance(frame, str) else frame.decode())
        )


@asynccontextmanager
async def first_visit(url: str, language: str = "en") -> AsyncIterator[tuple[Page, Visit]]:
    """The page in a browser that has never seen it, once it shows what the phone shows and has its settings."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=need("chromium"), args=FLAGS)
        page, visit = await browser.new_page(locale=LOCALES[language]), Visit()
        page.set_default_timeout(PATIENCE_MS)
        visit.follow(page)
        await page.goto(url)
        await page.locator("[data-lcd]:not(.dark)").wait_for()
        # What is asked on the WebSocket is answered after all that it tells at once.
        await page.keyboard.press("m")
        await page.locator("[data-lcd].menu").wait_for()
        await page.wait_for_load_state("networkidle")
        yield page, visit
        await browser.close()


@pytest.mark.parametrize("language", LOCALES)
def test_a_first_visit_weighs_little(language: str, tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        async with first_visit(url, language) as (_, visit):
            events = [frame for frame in visit.frames if '"event":"settings"' in frame]
            bodies, (_, heads) = await visit.bodies(), await visit.transferred()
            assert events, "all that the phone tells at once was counted"
            assert bodies + heads + visit.told() < MOST_BYTES
            assert len(visit.requests) < MOST_REQUESTS

    with phone_process(tmp_path / "phone") as phone:
        run(scene(phone.url))


def test_nothing_is_asked_of_another_host(tmp_path: Path) -> None:
    async def scene(url: str) -> None:
        async with first_visit(url) as (page, visit):
            await page.goto(f"{url}/settings")
            await page.wait_for_load_state("networkidle")
            assert visit.sockets
            assert visit.hosts() == {urlsplit(url).netloc}

    with phone_process(tmp_path / "phone") as phone:
        run(scene(phone.url))
