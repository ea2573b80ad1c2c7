"""The web page in a real browser: headless Chromium watches, plays, downloads and deletes, in both languages."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

import asyncio
import os
import wave
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

from tests.peers import need
from tests.system.web_site import PASSWORD, PEOPLE, WebSite, served

pytestmark = [pytest.mark.peer, pytest.mark.live]

DOCS = Path(__file__).parents[2] / "docs"
SCREENSHOTS = "PHONE_RECORDER_SCREENSHOTS"
"""In the environment: draw the pictures in docs/ anew."""
FLAGS = ["--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking", "--mute-audio"]
PATIENCE_MS = 15_000


class Words(NamedTuple):
    """What a page says in one language."""

    log_in: str
    wrong: str
    live: str
    download: str
    question: str


WORDS = {
    "en": Words(
        "Log in",
        "The user or the password is wrong.",
        "Being recorded",
        "Download WAV",
        "Delete these recordings?",
    ),
    "zh": Words("登录", "用户名或密码错误。", "正在录音", "下载 WAV", "删除这些录音？"),
}
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
NEWEST = "Record_20260314150926"
CALLER = ("1009", "<img src=x onerror=alert(1)>", "2002", '"><script>alert(2)</script>')


@asynccontextmanager
async def browsing(site: WebSite, language: str, **options: object) -> AsyncIterator[tuple[Page, list[str]]]:
    """A page of a browser that asks for that language, and what it has complained of."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=need("chromium"), args=FLAGS)
        context = await browser.new_context(locale=LOCALES[language], base_url=site.url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        page, complaints = await context.new_page(), watched(context)
        yield page, complaints
        await browser.close()


def watched(context: BrowserContext) -> list[str]:
    """What the pages of a context complain of: errors, breaches of the CSP, alerts, and asking anybody else."""
    complaints: list[str] = []
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("dialog", lambda dialog: complaints.append(dialog.message))
    context.on("request", lambda request: complaints.append(request.url) if "127.0.0.1" not in request.url else None)
    return complaints


async def log_in(page: Page) -> None:
    await page.goto("/")
    await page.fill("#user", "anna")
    await page.fill("#password", PASSWORD)
    await page.click("form.login button")
    await page.wait_for_selector("[data-list]")


async def until(page: Page, condition: str) -> None:
    """Wait for a condition in the page; the CSP forbids playwright's own way of waiting."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not await page.evaluate(condition):
            await asyncio.sleep(0.02)


def with_site(scenario: Callable[[WebSite], Awaitable[None]], storage: Path, count: int = 6) -> None:
    async def run() -> None:
        async with served(storage, count) as site:
            await scenario(site)

    need("chromium")
    asyncio.run(run())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_does_not_know_the_password_sees_nothing(tmp_path: Path, language: str) -> None:
    async def scenario(site: WebSite) -> None:
        async with browsing(site, language) as (page, _):
            await page.goto(f"/recordings/{NEWEST}")
            assert await page.locator("h1").inner_text() == WORDS[language].log_in
            await page.fill("#user", "anna")
            await page.fill("#password", "wrong")
            await page.click("form.login button")
            assert await page.locator("[role=alert]").inner_text() == WORDS[language].wrong
            await page.fill("#user", "anna")
            await page.fill("#password", PASSWORD)
            await page.click("form.login button")
            await page.wait_for_url(f"**/recordings/{NEWEST}")

    with_site(scenario, tmp_path / "storage")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_call_that_begins_is_seen_and_its_timer_moves_without_a_reload(tmp_path: Path, language: str) -> None:
    async def scenario(site: WebSite) -> None:
        async with browsing(site, language) as (page, complaints):
            await log_in(page)
            assert WORDS[language].live in await page.locator("#live-title").inner_text()
            await page.evaluate("window.sameDocument = true")
            site.calls.begin("a" * 32, CALLER, since_s=61)
            site.parts.hub.changed()
            row = page.locator("[data-live-rows] tr")
            await row.wait_for()
            shown = await row.inner_text()
            assert CALLER[1] in shown
            assert CALLER[3] in shown
            await until(page, "document.querySelector('[data-live-rows] .timer').textContent >= '1:03'")
            assert await page.locator("[data-live-total]").inner_text() == "1"
            site.calls.began.clear()
            site.parts.hub.changed()
            await row.wait_for(state="detached")
            assert await page.evaluate("window.sameDocument")
            assert complaints == []

    with_site(scenario, tmp_path / "storage")


def test_a_recording_that_has_ended_comes_into_the_list_without_a_reload(tmp_path: Path) -> None:
    async def scenario(site: WebSite) -> None:
        async with browsing(site, "en") as (page, complaints):
            await log_in(page)
            site.calls.begin("a" * 32, PEOPLE[0])
            site.parts.hub.changed()
            await page.locator("[data-live-rows] tr").wait_for()
            await page.evaluate("window.sameDocument = true")
            site.parts.recordings.delete(NEWEST)  # whatever changes the list
            site.calls.began.clear()
            site.parts.hub.changed()
            await page.locator(f"[data-list] input[value={NEWEST}]").wait_for(state="detached")
            assert await page.locator("[data-list] tbody tr").count() == 5
            assert await page.evaluate("window.sameDocument")
            assert complaints == []

    with_site(scenario, tmp_path / "storage")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_recording_is_played_sought_and_downloaded(tmp_path: Path, language: str) -> None:
    async def scenario(site: WebSite) -> None:
        async with browsing(site, language) as (page, complaints):
            await log_in(page)
            await page.click(f".when a[href='/recordings/{NEWEST}']")
            await until(page, "document.querySelector('audio').duration > 10.9")
            await page.focus("[data-wave]")
            await page.keyboard.press("Space")
            await until(page, "document.querySelector('audio').currentTime > 0.3")
            await page.keyboard.press("Space")
            box = await page.locator("[data-wave]").bounding_box()
            assert box
            await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 10)
            await until(page, "Math.abs(document.querySelector('audio').currentTime - 5.5) < 0.1")
            assert await page.get_attribute("[data-wave]", "aria-valuetext") == "0:05"
            async with page.expect_download() as downloading:
                await page.get_by_text(WORDS[language].download).click()
            download = await downloading.value
            assert download.suggested_filename == f"{NEWEST}-audio.wav"
            with wave.open(str(await download.path())) as audio:
                assert audio.getparams()[:4] == (1, 2, 8000, 88_000)
            assert complaints == []

    with_site(scenario, tmp_path / "storage")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_many_are_chosen_downloaded_and_deleted(tmp_path: Path, language: str) -> None:
    async def scenario(site: WebSite) -> None:
        async with browsing(site, language) as (page, complaints):
            await log_in(page)
            buttons = page.locator("[data-actions] button")
            await until(page, "document.querySelector('[data-actions] button').disabled")
            for number in (0, 1):
                await page.locator("[data-list] tbody input").nth(number).check()
            async with page.expect_download() as downloading:
                await buttons.first.click()
            with zipfile.ZipFile(await (await downloading.value).path()) as archive:
                assert archive.testzip() is None
                assert len(archive.namelist()) == 2
            await buttons.last.click()
            assert await page.locator("h1").inner_text() == WORDS[language].question
            assert len(list(site.storage.glob("Record_*.wav"))) == 6
            await page.click("button.danger")
            await page.wait_for_url("**/")
            assert await page.locator("[data-list] tbody tr").count() == 4
            assert len(list(site.storage.glob("Record_*.wav"))) == 4
            assert not (site.storage / f"{NEWEST}.wav").exists()
            assert complaints == []

    with_site(scenario, tmp_path / "storage")


def test_searching_sorting_and_changing_the_language(tmp_path: Path) -> None:
    async def scenario(site: WebSite) -> None:
        async with browsing(site, "en") as (page, complaints):
            await log_in(page)
            await page.fill("#text", "müller")
            await page.press("#text", "Enter")
            await until(page, "document.querySelectorAll('[data-list] tbody tr').length === 1")
            await page.fill("#text", "")
            await page.fill("#from", "2026-03-14T14:30")
            await page.click(".search button")
            await until(page, "document.querySelectorAll('[data-list] tbody tr').length === 3")
            await page.click("th[aria-sort=descending] a")
            await page.locator("th[aria-sort=ascending]").wait_for()
            assert "14:38:12" in await page.locator("[data-list] tbody tr").first.inner_text()
            await page.click("a[lang=zh]")
            await page.get_by_text("录音服务器").wait_for()
            assert await page.locator("[data-list] tbody tr").count() == 3
            assert complaints == []

    with_site(scenario, tmp_path / "storage")


def test_logging_out_ends_what_was_open(tmp_path: Path) -> None:
    async def scenario(site: WebSite) -> None:
        async with browsing(site, "en") as (page, _):
            await log_in(page)
            await page.click(".corner button")
            await page.locator("form.login").wait_for()
            await page.goto("/")
            assert "/login" in page.url

    with_site(scenario, tmp_path / "storage")


@asynccontextmanager
async def another_site(html: str) -> AsyncIterator[str]:
    """A page that is not ours, on a port of its own; its URL."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = html.encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


def test_without_login_another_sites_page_may_link_to_ours_and_load_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        async with served(tmp_path / "storage", login=False) as site, browsing(site, "en") as (page, complaints):
            loads = (
                f'<img src="{site.url}/api/v1/recordings/{NEWEST}/waveform.svg"><img src="{site.url}/static/icon.svg">'
            )
            async with another_site(f'{loads}<a href="{site.url}/recordings/{NEWEST}">look</a>') as url:
                await page.goto(url)
                assert await page.evaluate("[...document.images].map(image => image.naturalWidth)") == [0, 0]
                assert len(site.parts.site.pictures) == 0
                complaints.clear()
                await page.click("a")
                # All that our own page loads of itself comes.
                await until(page, "document.querySelector('audio')?.duration > 10.9")
                async with asyncio.timeout(PATIENCE_MS / 1000):
                    while len(site.parts.site.pictures) == 0:
                        await asyncio.sleep(0.02)
                await page.goto("/")
                await until(page, "document.querySelectorAll('[data-list] tbody tr').length === 6")
                assert complaints == []

    need("chromium")
    asyncio.run(run())


@pytest.mark.skipif(not os.environ.get(SCREENSHOTS), reason=f"{SCREENSHOTS} is not set")
def test_screenshots_for_the_documentation(tmp_path: Path) -> None:
    async def scenario(site: WebSite) -> None:
        for number, since_s in ((0, 75), (1, 12), (4, 3)):
            site.calls.begin(f"{number:032x}", PEOPLE[number], since_s)
        for language in ("en", "zh"):
            async with browsing(site, language, viewport={"width": 1280, "height": 800}) as (page, complaints):
                await log_in(page)
                await page.locator("[data-live-rows] tr").first.wait_for()
                await page.screenshot(path=DOCS / f"server-{language}.png")
                if language == "en":
                    await page.click(".when a >> nth=1")
                    await until(page, "document.querySelector('audio').readyState > 2")
                    await page.evaluate("document.querySelector('audio').currentTime = 6")
                    await until(page, "!document.querySelector('audio').seeking")
                    await page.screenshot(path=DOCS / "server-recording.png")
                assert complaints == []

    with_site(scenario, tmp_path / "storage", count=40)
