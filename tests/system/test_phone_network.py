"""The phone's page as the guide has it for recording on a server: set up, recorded, refused, lost, set up wrongly."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import expect

from tests.peers import need
from tests.system.phone_audio import both_are_heard, exported
from tests.system.phone_page import Desk, PhoneProcess, desk, phone_process, run
from tests.system.phone_server import Server, serving
from tests.system.phone_settings import (
    LANGUAGES,
    Place,
    Values,
    Words,
    call_goes_on,
    call_number,
    field,
    fill_in,
    lamp_is,
    messages,
    open_settings,
    prompts,
    recorded_for,
    said,
    save,
    set_up,
)
from tests.system.sip.programs import free_port
from tests.system.usb_loop import until

pytestmark = [pytest.mark.peer, pytest.mark.live]

SEEN_WITHIN_MS = 5000
"""So soon the screen says that the server is gone."""

HEADER = 76
"""Bytes of a record file before its audio."""
REASON = "this device may not record here"
"""The server's own words."""


class Said(NamedTuple):
    """What the phone and its settings say in one language."""

    page: Words
    dial: str
    end: str
    lamp: tuple[str, str, str]
    """Off, blinking, on."""
    starting: str
    recording: str
    recorded: str
    refused: str
    lost: re.Pattern[str]
    unreachable: str
    enabled: Place
    mode: Place
    network: str
    host: Place
    port: Place
    codec: Place


SAID = {
    "en": Said(
        LANGUAGES["en"],
        "Dial",
        "End",
        ("Record, lamp off", "Record, lamp blinking", "Record, lamp on"),
        "Starting the recording",
        "Recording",
        "Recording saved",
        "Recording failed: the record server refused: ",
        re.compile("^Recording failed: the connection to the record server was lost: .+, what came before was sent$"),
        "Recording failed: the record server cannot be reached: connection refused",
        ("Record", "Enable recording"),
        ("Record", "Type"),
        "Network",
        ("Record", "Server address"),
        ("Record", "Server port"),
        ("Record", "Codec"),
    ),
    "zh": Said(
        LANGUAGES["zh"],
        "拨号",
        "挂断",
        ("录音, 灯灭", "录音, 灯闪烁", "录音, 灯亮"),
        "正在开始录音",
        "正在录音",
        "录音已保存",
        "录音失败：录音服务器拒绝录音：",
        re.compile("^录音失败：与录音服务器的连接已断开：[^A-Za-z]+，之前的录音已发送$"),
        "录音失败：无法连接录音服务器：连接被拒绝",
        ("录音", "启用录音"),
        ("录音", "类型"),
        "网络",
        ("录音", "服务器地址"),
        ("录音", "服务器端口"),
        ("录音", "编解码器"),
    ),
}
each_language = pytest.mark.parametrize("language", SAID)


@contextmanager
def switched_on(home: Path, language: str) -> Iterator[PhoneProcess]:
    """A phone that speaks this language; recording is not enabled on it."""
    need("chromium")
    with phone_process(home, "--set", f"phone.language={language}", "--set", "record.enabled=off") as phone:
        yield phone


def network(words: Said, port: int | str, codec: str = "PCMU (G.711u)") -> Values:
    """What the guide has its reader set."""
    return {
        words.enabled: True,
        words.mode: words.network,
        words.host: "127.0.0.1",
        words.port: str(port),
        words.codec: codec,
    }


async def called(shown: Desk, words: Said, port: int, codec: str = "PCMU (G.711u)") -> None:
    """Recording goes to the server at this port, and a call is going on."""
    await set_up(shown, words.page, network(words, port, codec))
    await call_number(shown, "1002", words.dial)
    await shown.sees(words.end)


@each_language
def test_a_call_is_recorded_on_a_server_from_when_it_answers_until_the_key_is_pressed_again(
    tmp_path: Path, language: str
) -> None:
    words = SAID[language]

    async def scene(phone: PhoneProcess, server: Server) -> None:
        async with desk(phone.url, words.page.locale) as shown:
            await called(shown, words, server.port, "PCMA (G.711a)")
            server.process.send_signal(signal.SIGSTOP)  # it takes the connection, and says nothing yet
            await shown.press("dss1")
            await prompts(shown, words.starting)
            await lamp_is(shown, words.lamp[1])
            await expect(messages(shown, words.page)).to_contain_text("cmd=RecordStartRequest")
            assert not any("cmd=RecordStartResponse" in text for text in await said(shown, words.page))
            server.process.send_signal(signal.SIGCONT)
            await prompts(shown, words.recording)
            await lamp_is(shown, words.lamp[2])
            await expect(messages(shown, words.page)).to_contain_text("cmd=RecordStartResponse")
            await recorded_for(shown, 2)
            await shown.press("dss1")
            await prompts(shown, words.recorded)
            await lamp_is(shown, words.lamp[0])
            await shown.soft(words.end)
            passed = [text.partition("&")[0] for text in await said(shown, words.page)]
            commands = ("RecordStartRequest", "RecordStartResponse", "RecordStopRequest", "RecordStopResponse")
            assert passed == [f"cmd={command}" for command in commands]

    with serving(tmp_path / "storage") as server, switched_on(tmp_path / "phone", language) as phone:
        run(scene(phone, server))
        until(lambda: [entry["state"] for entry in server.recordings()] == ["recorded"], "a recording in the list")
        [entry] = server.recordings()
        [sidecar] = [json.loads(path.read_text()) for path in server.storage.glob("Record_*.json")]
    facts = {"codec": "PCMA", "direction": "out", "local_number": "1001", "remote_number": "1002", "lost": 0}
    for told in (entry, sidecar):
        assert {key: told[key] for key in facts} == facts
        assert 2.0 <= told["duration_s"] < 10
    [record] = server.storage.glob("Record_*.wav")
    assert record.stem == entry["name"] and b"PCMA" in record.read_bytes()[:HEADER]
    samples = exported(record, tmp_path / "call.wav")
    assert len(samples) / 8000 == pytest.approx(entry["duration_s"], abs=0.02)
    assert both_are_heard(samples)


@each_language
def test_a_server_that_refuses_is_shown_with_its_reason_and_the_call_goes_on(tmp_path: Path, language: str) -> None:
    words = SAID[language]

    async def scene(phone: PhoneProcess, server: Server) -> None:
        async with desk(phone.url, words.page.locale) as shown:
            await called(shown, words, server.port)
            await shown.press("dss1")
            await expect(messages(shown, words.page)).to_contain_text("result=failed")
            await prompts(shown, words.refused + REASON)
            await lamp_is(shown, words.lamp[0])
            await call_goes_on(shown)
            await shown.soft(words.end)

    with (
        serving(tmp_path / "storage", "--allow-device", "00aabbccddee") as server,
        switched_on(tmp_path / "phone", language) as phone,
    ):
        run(scene(phone, server))
        assert server.recordings() == [] == list(server.storage.glob("Record_*"))


@each_language
def test_a_server_that_is_killed_is_shown_within_five_seconds_and_the_call_goes_on(
    tmp_path: Path, language: str
) -> None:
    words = SAID[language]

    async def scene(phone: PhoneProcess, server: Server) -> None:
        async with desk(phone.url, words.page.locale) as shown:
            await called(shown, words, server.port)
            await shown.press("dss1")
            await prompts(shown, words.recording)
            await recorded_for(shown, 2)
            server.process.kill()
            killed = time.monotonic()
            await prompts(shown, words.lost, SEEN_WITHIN_MS)
            assert time.monotonic() - killed < SEEN_WITHIN_MS / 1000
            await lamp_is(shown, words.lamp[0])
            await call_goes_on(shown)
            await shown.soft(words.end)

    with serving(tmp_path / "storage") as server, switched_on(tmp_path / "phone", language) as phone:
        run(scene(phone, server))
        assert server.process.wait(5) == -signal.SIGKILL
        [record] = server.storage.glob("Record_*.wav")
        assert record.stat().st_size > 4000, "at least half a second of the two is on its disk"


@each_language
def test_a_server_that_is_not_there_is_shown_and_recorded_on_once_it_is(tmp_path: Path, language: str) -> None:
    words = SAID[language]
    port = free_port()

    async def scene(phone: PhoneProcess, storage: Path) -> None:
        async with desk(phone.url, words.page.locale) as shown:
            await called(shown, words, port)
            await shown.press("dss1")
            await prompts(shown, words.unreachable, SEEN_WITHIN_MS)
            await call_goes_on(shown)
            with serving(storage, port=port):
                await shown.press("dss1")
                await prompts(shown, words.recording)
                await shown.press("dss1")
                await prompts(shown, words.recorded)

    with switched_on(tmp_path / "phone", language) as phone:
        run(scene(phone, tmp_path / "storage"))
    assert len(list((tmp_path / "storage").glob("Record_*.wav"))) == 1


@each_language
def test_a_wrong_port_is_said_beside_its_field_and_nothing_is_changed(tmp_path: Path, language: str) -> None:
    words = SAID[language]

    async def scene(phone: PhoneProcess) -> None:
        before = phone.call("settings.list")
        async with desk(phone.url, words.page.locale) as shown:
            await open_settings(shown, words.page)
            await fill_in(shown.page, network(words, "99999", "PCMA (G.711a)"))
            await save(shown, words.page)
            port = field(shown.page, words.port)
            await expect(port).to_have_accessible_description(re.compile("99999.*1.*65535"))
            assert await shown.page.locator("[aria-invalid]").count() == 1
            await expect(port).to_have_attribute("aria-invalid", "true")
            for place, text in ((words.port, "99999"), (words.host, "127.0.0.1"), (words.mode, "network")):
                await expect(field(shown.page, place)).to_have_value(text)
            await expect(field(shown.page, words.codec)).to_have_value("PCMA")
            await expect(field(shown.page, words.enabled)).to_be_checked()
            assert phone.call("settings.list") == before
            await fill_in(shown.page, {words.port: "20001"})
            await save(shown, words.page)
            await expect(shown.page.get_by_role("status").filter(has_text=words.page.saved)).to_be_visible()
            assert phone.call("settings.list") != before

    with switched_on(tmp_path / "phone", language) as phone:
        run(scene(phone))
    assert "20001" in (phone.home / "phone.toml").read_text()
