"""What tests of the phone's page share: its words in both languages, its panel, and record files by other means."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

import asyncio
import struct
import subprocess
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest
from playwright.async_api import Locator, expect

from tests.peers import need
from tests.signals import level_at
from tests.system.phone_page import Desk, PhoneProcess, desk, phone_process

RATE = 8000
PIECE = RATE // 4
"""Samples in which a tone is listened for."""
HEADER = struct.Struct("<64siiI")
"""The guide's header: codec, rtpLen, increment, dataSize."""
LOCALES = {"en": "en-GB", "zh": "zh-CN"}

Say = Callable[[str], str]
"""An English text in the phone's language."""

CHINESE = {
    # The panel.
    "Far voice": "对端声音",
    "Near voice": "本端声音",
    "Call": "呼出",
    "Plug in": "插入",
    "Pull out": "拔出",
    "Plugged in": "已插入",
    "Not plugged in": "未插入",
    "Leave free": "剩余空间设为",
    "Fill": "写满",
    "Write-protected": "写保护",
    "Connected": "通话中",
    "Cut short": "被中断",
    "The phone is off": "话机已关机",
    # Menus.
    "Applications": "应用",
    "Record manager": "录音管理",
    "Enable recording": "启用录音",
    "Off": "关",
    "On": "开",
    "Mode": "模式",
    "Network": "网络",
    "Local": "本地",
    "DSS keys": "DSS 键",
    "DSS key 2": "DSS 键 2",
    "Record": "录音",
    "Recordings": "录音文件",
    "Position": "播放进度",
    "Speed": "播放速度",
    "State": "状态",
    "Playing": "播放中",
    "Paused": "已暂停",
    "Delete": "删除",
    "Export": "导出",
    "Are you sure?": "请确认",
    # What is said of a recording.
    "Recording paused": "录音已暂停",
    "Recording saved: 1 file": "录音已保存：1 个文件",
    "Recording failed: no USB drive is plugged in": "录音失败：未插入U盘",
    "Recording failed: the drive is full": "录音失败：U盘空间已满",
    "Recording failed: the drive was removed": "录音失败：U盘已被拔出",
    "what came before is kept": "之前的录音已保留",
    "it is write-protected: release its lock": "已写保护：请解除写保护",
    "1 recording repaired": "已修复 1 个录音",
    "BX3S cannot record to USB": "BX3S 不支持本地录音 (USB)",
    "Exported to": "已导出到",
    "{} was deleted": "已删除 {}",
}
SAYS: dict[str, Say] = {"en": lambda text: text, "zh": lambda text: CHINESE[text]}
in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


@asynccontextmanager
async def switched_on(home: Path, language: str, *words: str) -> AsyncIterator[tuple[PhoneProcess, Desk, Say]]:
    """A phone that speaks this language, and its page in a browser that does."""
    with phone_process(home, "--set", f"phone.language={language}", *words) as phone:
        async with desk(phone.url, LOCALES[language]) as page:
            yield phone, page, SAYS[language]


def control(page: Desk, label: str) -> Locator:
    """The control of the panel with this label."""
    return page.page.locator(".panel").get_by_label(label, exact=True)


def button(page: Desk, name: str) -> Locator:
    """The button of the panel that is called so."""
    return page.page.locator(".panel").get_by_role("button", name=name, exact=True)


def lines(page: Desk) -> Locator:
    """The lines of the phone's menu that are seen."""
    return page.page.locator("[data-lcd]").get_by_role("option")


def line(page: Desk, text: str) -> Locator:
    """The one with this text in it."""
    return lines(page).filter(has_text=text)


async def call(page: Desk, say: Say) -> None:
    """Have the phone call somebody, two tones talking at once."""
    await control(page, say("Near voice")).fill("tone:440")
    await control(page, say("Far voice")).fill("tone:660")
    await button(page, say("Call")).click()
    await in_call(page, say)


async def in_call(page: Desk, say: Say) -> None:
    """Wait until the panel says that the call is connected."""
    await expect(page.page.locator("[data-call-state]")).to_contain_text(say("Connected"))


async def stick_is(page: Desk, state: str) -> None:
    """Wait until the panel says so of the stick."""
    await expect(page.page.locator("[data-stick-state]")).to_contain_text(state)


async def plug_in(page: Desk, say: Say) -> None:
    """The panel's button."""
    await button(page, say("Plug in")).click()
    await stick_is(page, say("Plugged in"))


async def timer(page: Desk, text: str) -> None:
    """Wait until the recording is so long, by the phone's screen."""
    await expect(page.page.locator("[data-s=timer]")).to_have_text(text)


async def timer_s(page: Desk) -> int:
    """How long the recording is now, by the phone's screen."""
    minutes, seconds = (await page.page.locator("[data-s=timer]").inner_text()).split(":")
    return int(minutes) * 60 + int(seconds)


class Heard(NamedTuple):
    """A record file as the guide has it: `data_size` is what its header says, `data` all that follows the header."""

    codec: str
    data_size: int
    data: bytes

    @property
    def whole(self) -> bool:
        """The header vouches for all that is there, which is whole packets."""
        return self.data_size == len(self.data) and self.data_size % 160 == 0

    @property
    def seconds(self) -> float:
        """How long it is: G.711 has a byte a sample."""
        return len(self.data) / RATE

    def pcm(self) -> array[int]:
        """Its samples, as sox decodes them."""
        raw = ["-t", "raw", "-r", str(RATE), "-c", "1"]
        command = [need("sox"), *raw, "-e", "mu-law", "-", *raw, "-e", "signed", "-b", "16", "-"]
        return array("h", subprocess.run(command, input=self.data, capture_output=True, check=True).stdout)

    def has_both_tones(self) -> bool:
        """Near party and far party are in it, and nothing else; where it was paused a tone may jump."""
        pcm = self.pcm()
        pieces = [pcm[at : at + PIECE] for at in range(0, len(pcm) - PIECE + 1, PIECE)]
        near, far, none = [median(level_at(hz, piece, RATE) for piece in pieces) for hz in (440, 660, 550)]
        return min(near, far) > 0.1 and none < 0.02


def records(phone: PhoneProcess) -> list[Path]:
    """The record files on the phone's stick, oldest first."""
    return sorted((phone.home / "usb").glob("Record_*[0-9].wav"))


def read(path: Path) -> Heard:
    """A record file that is on the disk now."""
    content = path.read_bytes()
    codec, rtp_len, increment, data_size = HEADER.unpack(content[: HEADER.size])
    assert (rtp_len, increment) == (160, 160)
    return Heard(codec.rstrip(b"\0").decode(), data_size, content[HEADER.size :])


async def between_two_headers(path: Path) -> None:
    """Wait until the header has just been written and audio follows: the next header is most of a second away."""
    async with asyncio.timeout(10):
        before = read(path).data_size
        while (now := read(path)).data_size == before or now.whole:
            await asyncio.sleep(0.01)
