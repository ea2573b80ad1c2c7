"""Recordings on the stick, by the phone's menus and the page's loudspeaker: listed, played, exported and deleted."""

from __future__ import annotations

import re
import wave
from array import array
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.signals import level_at
from tests.system.phone_page import Desk, run
from tests.system.phone_scenes import HEADER, RATE, Say, in_both_languages, line, lines, read, records, switched_on

pytestmark = [pytest.mark.peer, pytest.mark.live]

NAMES = ("Record_20260314150926", "Record_20261128064107")
MINUTES = ("2026-03-14 15:09", "2026-11-28 06:41")
LENGTHS = ("0:05", "0:20")
PACKETS = (250, 1000)
FREQUENCY = 500.0
"""Of the tone in them, whose waves are 16 samples."""
WAVE = bytes((0xFF, 0xB5, 0xA5, 0x9F, 0x9D, 0x9F, 0xA5, 0xB5, 0xFF, 0x35, 0x25, 0x1F, 0x1D, 0x1F, 0x25, 0x35))
"""One of them, in mu-law."""


def a_stick(home: Path) -> Path:
    """Two recordings are on it from the beginning."""
    stick = home / "usb"
    stick.mkdir()
    for name, packets in zip(NAMES, PACKETS, strict=True):
        header = HEADER.pack(b"PCMU", 160, 160, packets * 160)
        (stick / f"{name}.wav").write_bytes(header + WAVE * 10 * packets)
    return stick


async def open_recordings(page: Desk, say: Say) -> None:
    """By the way that the guide says: Applications > USB."""
    await page.press("menu", "2")
    await expect(line(page, say("Recordings"))).to_contain_text("2")
    await page.press("ok")
    newest, oldest = (lines(page).nth(row) for row in (0, 1))
    for shown, minute, length in zip((oldest, newest), MINUTES, LENGTHS, strict=True):
        await expect(shown).to_contain_text(minute)
        await expect(shown).to_contain_text(length)


async def position_is(page: Desk, say: Say, pattern: str) -> None:
    """Wait until the screen says that the player is there, of 20 s."""
    await expect(line(page, say("Position"))).to_contain_text(re.compile(rf"{pattern} / 0:20"))


async def heard_until(page: Desk, seconds: float) -> None:
    """Wait until the page's loudspeaker has come so far."""
    await page.page.wait_for_function(
        "seconds => { const audio = document.querySelector('[data-sound]');"
        " return !audio.paused && audio.currentTime > seconds; }",
        arg=seconds,
    )


async def speaker(page: Desk, name: str) -> object:
    """A property of the page's loudspeaker."""
    return await page.page.locator("[data-sound]").evaluate("(audio, name) => audio[name]", name)


@in_both_languages
def test_a_recording_is_played_wound_paused_and_made_faster(tmp_path: Path, language: str) -> None:
    a_stick(tmp_path)

    async def scene() -> None:
        async with switched_on(tmp_path, language) as (_, page, say):
            await open_recordings(page, say)
            await page.press("ok")
            await expect(line(page, say("State"))).to_contain_text(say("Playing"))
            await position_is(page, say, "0:01")
            await heard_until(page, 1.0)
            await page.press("right")
            await position_is(page, say, "0:0[678]")
            await heard_until(page, 6.0)
            await page.press("ok")
            await expect(line(page, say("State"))).to_contain_text(say("Paused"))
            await page.page.wait_for_function("() => document.querySelector('[data-sound]').paused")
            stands = await line(page, say("Position")).inner_text()
            await page.press("up", "up")
            await expect(line(page, say("Speed"))).to_contain_text("1.5x")
            assert await line(page, say("Position")).inner_text() == stands
            await page.press("ok")
            await position_is(page, say, "0:1[0-3]")
            await heard_until(page, 10.0)
            assert await speaker(page, "playbackRate") == 1.5
            await page.press("back")
            await page.page.wait_for_function("() => document.querySelector('[data-sound]').paused")

    run(scene())


@in_both_languages
def test_a_recording_is_deleted_when_the_question_is_answered_with_yes(tmp_path: Path, language: str) -> None:
    stick = a_stick(tmp_path)
    newest = f"{NAMES[1]}.wav"

    async def scene() -> None:
        async with switched_on(tmp_path, language) as (phone, page, say):
            await open_recordings(page, say)
            await page.soft(say("Delete"))
            await page.sees(say("Are you sure?"))
            await page.prompts(newest)
            await page.press("ok")
            await page.sees(say("Recordings"))
            await expect(lines(page)).to_have_count(2)
            assert (stick / newest).exists()
            await page.soft(say("Delete"))
            await page.sees(say("Are you sure?"))
            await page.press("up", "ok")
            await page.prompts(say("{} was deleted").format(newest))
            await expect(lines(page)).to_have_count(1)
            assert [path.stem for path in records(phone)] == [NAMES[0]]

    run(scene())


@in_both_languages
def test_a_recording_is_exported_as_a_wav_that_others_can_read(tmp_path: Path, language: str) -> None:
    stick = a_stick(tmp_path)

    async def scene() -> None:
        async with switched_on(tmp_path, language) as (phone, page, say):
            await open_recordings(page, say)
            await page.press("down")
            await page.soft(say("Export"))
            await page.prompts(say("Exported to"))
            assert all(read(path).whole for path in records(phone))

    run(scene())
    with wave.open(str(stick / f"{NAMES[0]}-audio.wav")) as exported:
        assert (exported.getframerate(), exported.getnchannels(), exported.getsampwidth()) == (RATE, 1, 2)
        pcm = array("h", exported.readframes(exported.getnframes()))
    assert len(pcm) == PACKETS[0] * 160 and level_at(FREQUENCY, pcm, RATE) > 0.05
