"""Draws the pictures of the emulated phone's page in docs/: `python docs/phone_pictures.py`, with Chromium and ffmpeg.

What they show is real: a phone in a call, a record server that takes it. Only the clock is set, to the day of the
recordings that are on the stick, and the page is held at a moment when both parties speak, so that the pictures of two
days differ in little.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.async_api import Page, ViewportSize, WebSocketRoute, async_playwright, expect

from phone_recorder.adapters.record_convert import import_audio
from phone_recorder.wire.payload import BY_NAME
from tests.system.phone_page import PATIENCE_MS, Desk, phone_process
from tests.system.phone_server import serving
from tests.system.test_server_web import FLAGS

DOCS = Path(__file__).parent
SPEECH = DOCS.parent / "fixtures" / "speech"
SIZE = ViewportSize(width=1440, height=900)
SERVER_PORT = 10000
LOUD_DB = -35.0
STICK = (("20260313164512", "far", "PCMU"), ("20260314093105", "near", "G722"), ("20260314141237", "far", "PCMA"))
"""When the recordings on the stick began, whose voice each is, and its codec."""


@dataclass(frozen=True, slots=True)
class Office:
    """Who is called by whom, in which language."""

    language: str
    locale: str
    clock: str
    number: str
    name: str
    far_number: str
    far_name: str


OFFICES = {
    "en": Office("en", "en-GB", "Sat 14 Mar 15:09", "1001", "Anna Weber", "1007", "Zoë O'Hara"),
    "zh": Office("zh", "zh-CN", "3月14日 周六 15:09", "1002", "李雷", "010-5550142", "张伟"),
}


def furnish(home: Path, office: Office) -> None:
    """The voices, and the stick with its recordings."""
    stick = home / "usb"
    stick.mkdir()
    for side in ("near", "far"):
        shutil.copy(SPEECH / f"{side}_{office.language}.wav", home / f"{side}.wav")
    for began, side, codec in STICK:
        import_audio(home / f"{side}.wav", stick / f"Record_{began}.wav", BY_NAME[codec])


@contextmanager
def switched_on(office: Office, *told: str) -> Iterator[str]:
    """The address of a phone in such an office, and with these settings."""
    own = {
        "phone.language": office.language,
        "phone.number": office.number,
        "phone.name": office.name,
        "call.near": "near.wav",
        "call.far": "far.wav",
    }
    with TemporaryDirectory() as place:
        furnish(Path(place), office)
        words = [word for one in (*(f"{key}={value}" for key, value in own.items()), *told) for word in ("--set", one)]
        with phone_process(Path(place), "--usb-size", "64000000", *words) as phone:
            yield phone.url


class Pushed:
    """What the phone pushes, with its clock set. Once `wanted`, all is held when both parties are heard."""

    def __init__(self, clock: str) -> None:
        self._clock = clock
        self.wanted = False
        self.held = asyncio.Event()

    def route(self, page: WebSocketRoute) -> None:
        phone = page.connect_to_server()

        def pass_on(text: str | bytes) -> None:
            if not self.held.is_set():
                page.send(self._looked_at(json.loads(text)))

        phone.on_message(pass_on)

    def _looked_at(self, told: dict[str, object]) -> str:
        for shown in (told.get("data"), told.get("result")):
            if isinstance(shown, dict) and "clock" in shown:
                shown["clock"] = self._clock
            if isinstance(shown, dict) and "protocol" in shown:
                shown["at"] = f"2026-03-14T15:09:{shown['at'][17:]}"
            if isinstance(shown, dict) and self.wanted and "near_db" in shown and both_speak(shown):
                self.held.set()
        return json.dumps(told)


def both_speak(levels: dict[str, float | None]) -> bool:
    return all((levels[side] or -100) > LOUD_DB for side in ("near_db", "far_db"))


@asynccontextmanager
async def page_of(url: str, office: Office) -> AsyncIterator[tuple[Desk, Pushed]]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = await browser.new_page(
            viewport=SIZE, locale=office.locale, color_scheme="light", reduced_motion="reduce", device_scale_factor=1
        )
        page.set_default_timeout(PATIENCE_MS)
        pushed = Pushed(office.clock)
        await page.route_web_socket("**/api/v1/events", pushed.route)
        await page.goto(url)
        yield Desk(page), pushed
        await browser.close()


async def take(page: Page, name: str) -> None:
    """The picture, with as few colours as do: a quarter of its size."""
    await page.mouse.move(0, 0)
    path = DOCS / name
    await page.screenshot(path=path, animations="disabled")
    if ffmpeg := shutil.which("ffmpeg"):
        few = "split[a][b];[a]palettegen=reserve_transparent=0[c];[b][c]paletteuse=dither=none"
        small = path.with_name(f"few-{name}")
        subprocess.run([ffmpeg, "-v", "error", "-y", "-i", path, "-vf", few, small], check=True)
        small.replace(path)
    print(f"{name}: {path.stat().st_size // 1000} KB")


async def recorded_call(url: str, office: Office) -> None:
    """A call that a record server takes, with what has passed between the two."""
    async with page_of(url, office) as (desk, pushed):
        page = desk.page
        await expect(page.locator("[data-open]")).to_have_count(len(STICK))
        await page.fill("#number", office.far_number)
        await page.fill("#name", office.far_name)
        await page.locator("[data-call-start]").click()
        await expect(page.locator("[data-handset].lifted")).to_be_visible()
        await desk.press("dss1")
        await page.locator("[data-message-list] summary").first.click()
        await expect(page.locator("[data-s=timer]")).to_have_text("00:10", timeout=PATIENCE_MS)
        pushed.wanted = True
        await asyncio.wait_for(pushed.held.wait(), PATIENCE_MS / 1000)
        await take(page, f"phone-{office.language}.png")


async def record_manager(url: str, office: Office) -> None:
    """The phone's own menu, and beside it a recording that was chosen."""
    async with page_of(url, office) as (desk, _):
        await desk.page.locator("[data-open]").first.click()
        await desk.press("menu", "1", "down")
        await expect(desk.page.locator("[data-s=bar]")).to_be_visible()
        await desk.page.locator("[data-detail-play]").wait_for()
        await take(desk.page, "phone-menu.png")


async def settings(url: str, office: Office) -> None:
    async with page_of(f"{url}/settings", office) as (desk, _):
        await take(desk.page, "phone-settings.png")


def draw() -> None:
    """All four."""
    network = ("record.mode=network", "server.host=127.0.0.1", f"server.port={SERVER_PORT}")
    for office in OFFICES.values():
        with (
            TemporaryDirectory() as place,
            serving(Path(place), port=SERVER_PORT),
            switched_on(office, *network) as url,
        ):
            asyncio.run(recorded_call(url, office))
    with switched_on(OFFICES["en"]) as url:
        asyncio.run(record_manager(url, OFFICES["en"]))
    with switched_on(OFFICES["en"], *network) as url:
        asyncio.run(settings(url, OFFICES["en"]))


if __name__ == "__main__":
    draw()
