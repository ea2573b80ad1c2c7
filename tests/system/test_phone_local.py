"""The guide's local recording, step by step, on the page of an emulated phone: in Chromium, in both languages."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.system.phone_page import Desk, run
from tests.system.phone_scenes import (
    Say,
    between_two_headers,
    button,
    call,
    control,
    in_both_languages,
    in_call,
    line,
    plug_in,
    read,
    records,
    stick_is,
    switched_on,
    timer,
    timer_s,
)

pytestmark = [pytest.mark.peer, pytest.mark.live]

FRESH = ("--set", "record.enabled=off", "--set", "record.mode=network")
TOLD_MS = 2000
"""That a stick is gone is told within so long."""


@in_both_languages
def test_recording_is_enabled_and_a_dss_key_is_made_the_record_key_by_keys_alone(tmp_path: Path, language: str) -> None:
    async def scene() -> None:
        async with switched_on(tmp_path, language, *FRESH) as (_, page, say):
            await page.press("menu", "1")
            await page.sees(say("Record manager"))
            await expect(line(page, say("Enable recording"))).to_contain_text(say("Off"))
            await page.press("ok")
            await expect(line(page, say("Enable recording"))).to_contain_text(say("On"))
            await expect(line(page, say("Mode"))).to_contain_text(say("Network"))
            await page.press("2", "1")
            await expect(line(page, say("Mode"))).to_contain_text(say("Local"))
            await page.press("back", "4")
            await page.sees(say("DSS keys"))
            await page.press("2", "2")
            await expect(line(page, say("DSS key 2"))).to_contain_text(say("Record"))
            await expect(page.page.locator("[data-dss='1'] [data-label]")).to_have_text(say("Record"))

    run(scene())
    kept = tomllib.loads((tmp_path / "phone.toml").read_text())
    assert (kept["record"], kept["keys"]) == ({"enabled": True, "mode": "local"}, {"dss2": "record"})


@in_both_languages
def test_a_call_is_recorded_paused_continued_and_stopped(tmp_path: Path, language: str) -> None:
    async def scene() -> None:
        async with switched_on(tmp_path, language, "--no-stick") as (phone, page, say):
            await call(page, say)
            await page.press("dss1")
            await page.prompts(say("Recording failed: no USB drive is plugged in"))
            await page.shows("failed")
            await page.lamp("dss1", "off")
            await plug_in(page, say)
            spoken = await record_in_two_pieces(page, say)
            shown = await timer_s(page)
            [path] = records(phone)
            heard = read(path)
            assert heard.whole and heard.codec == "PCMU" and heard.has_both_tones()
            assert int(heard.seconds) == shown
            assert heard.seconds == pytest.approx(spoken, abs=0.6)

    run(scene())


async def record_in_two_pieces(page: Desk, say: Say) -> float:
    """With a pause between them; how many seconds the keys were such that it was recorded."""
    await page.press("dss1")
    began = time.monotonic()
    await page.shows("recording")
    await page.lamp("dss1", "on")
    await timer(page, "00:02")
    await page.press("dss2")
    first = time.monotonic() - began
    await page.prompts(say("Recording paused"))
    await page.shows("paused")
    await page.lamp("dss1", "blinking")
    await page.lamp("dss2", "on")
    await a_second_passes(page)  # what came before the pause is written by then
    paused_at = await timer_s(page)
    await a_second_passes(page)
    assert await timer_s(page) == paused_at
    await page.press("dss2")
    began = time.monotonic()
    await page.shows("recording")
    await timer(page, "00:04")
    await page.press("dss1")
    second = time.monotonic() - began
    await page.prompts(say("Recording saved: 1 file"))
    await page.shows("idle")
    await page.lamp("dss1", "off")
    return first + second


async def a_second_passes(page: Desk) -> None:
    """By the clock of the call, which goes on: a whole one and a piece."""
    clock = page.page.locator("[data-s=call_state]")
    for _ in range(2):
        await expect(clock).not_to_have_text(await clock.inner_text())


@in_both_languages
def test_a_stick_that_is_filled_in_the_middle_is_told_and_its_file_is_whole(tmp_path: Path, language: str) -> None:
    async def scene() -> None:
        async with switched_on(tmp_path, language) as (phone, page, say):
            await call(page, say)
            await page.press("dss1")
            await timer(page, "00:01")
            await control(page, say("Leave free")).select_option("0")
            await button(page, say("Fill")).click()
            await page.prompts(say("Recording failed: the drive is full"))
            await page.prompts(say("what came before is kept"))
            await page.shows("failed")
            await page.lamp("dss1", "off")
            await expect(page.page.locator("[data-log-rows] tr")).to_contain_text(say("Cut short"))
            await in_call(page, say)
            [path] = records(phone)
            heard = read(path)
            assert heard.whole and heard.seconds > 1.0 and heard.has_both_tones()
            assert int(heard.seconds) == await timer_s(page)

    run(scene())


@in_both_languages
def test_a_stick_that_is_pulled_is_told_at_once_and_its_file_is_repaired_later(tmp_path: Path, language: str) -> None:
    async def scene() -> None:
        async with switched_on(tmp_path, language) as (phone, page, say):
            await call(page, say)
            await page.press("dss1")
            await timer(page, "00:01")
            [path] = records(phone)
            await between_two_headers(path)
            await button(page, say("Pull out")).click()
            told = say("Recording failed: the drive was removed")
            await expect(page.page.locator("[data-s=prompt]")).to_contain_text(told, timeout=TOLD_MS)
            await stick_is(page, say("Not plugged in"))
            await a_second_passes(page)
            await in_call(page, say)
            assert not read(path).whole
            await plug_in(page, say)
            await page.prompts(say("1 recording repaired"))
            cut = read(path)
            assert cut.whole and cut.seconds > 1.0 and cut.has_both_tones()
            await page.press("dss1")
            await timer(page, "00:01")
            await page.press("dss1")
            await page.prompts(say("Recording saved: 1 file"))
            assert read(records(phone)[1]).whole and read(path) == cut

    run(scene())


@in_both_languages
def test_a_stick_that_is_locked_is_recorded_to_when_its_lock_is_released(tmp_path: Path, language: str) -> None:
    async def scene() -> None:
        async with switched_on(tmp_path, language, "--no-stick") as (phone, page, say):
            await page.page.locator(".panel").get_by_label(say("Write-protected"), exact=True).check()
            await plug_in(page, say)
            await call(page, say)
            await page.press("dss1")
            await page.prompts(say("it is write-protected: release its lock"))
            await page.shows("failed")
            assert records(phone) == []
            await control(page, say("Write-protected")).uncheck()
            await page.press("dss1")
            await timer(page, "00:01")
            await page.press("dss1")
            await page.prompts(say("Recording saved: 1 file"))
            [path] = records(phone)
            assert read(path).whole

    run(scene())


@in_both_languages
def test_a_phone_that_cannot_record_to_usb_says_so(tmp_path: Path, language: str) -> None:
    async def scene() -> None:
        async with switched_on(tmp_path, language, "--set", "phone.model=BX3S") as (phone, page, say):
            await page.prompts(say("BX3S cannot record to USB"))
            await call(page, say)
            await page.press("dss1")
            await page.shows("failed")
            await page.prompts(say("BX3S cannot record to USB"))
            await page.lamp("dss1", "off")
            await expect(page.page.locator("[data-sign=usb]")).to_be_hidden()
            await expect(page.page.locator("[data-model]")).to_have_text(re.compile("^BX3S$"))
            assert records(phone) == []

    run(scene())
