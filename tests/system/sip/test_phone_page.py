"""The phone's page on real SIP: an account at kamailio, sipp asked to record by INFO, and a call that comes in."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Page, WebSocket, expect

from tests.peers import need
from tests.system.phone_audio import both_are_heard, exported
from tests.system.phone_page import PATIENCE_MS, Desk, PhoneProcess, desk, phone_process, run
from tests.system.phone_settings import (
    Values,
    call_goes_on,
    call_number,
    lamp_is,
    messages,
    open_settings,
    prompts,
    said,
    set_up,
)
from tests.system.sip.kamailio import USERS, Kamailio
from tests.system.sip.our_phone import OurPhone
from tests.system.sip.phone_words import NUMBER, SAID, Said
from tests.system.sip.programs import free_port
from tests.system.sip.sipp import Part, Sipp, challenge

pytestmark = [pytest.mark.peer, pytest.mark.live]

RECORDER = "900"
"""That of sipp, which records."""
OFF, END = Part("info", RECORD="off"), Part("end")
_RESPONSE = re.compile(r'response="?([^",\s]+)')
each_language = pytest.mark.parametrize("language", SAID)


@dataclass
class Rig:
    """A phone that is switched on, and the server that it is going to have its account at."""

    phone: PhoneProcess
    kamailio: Kamailio
    recorder: Sipp


@contextmanager
def rig(directory: Path, language: str, server: Sequence[Part]) -> Iterator[Rig]:
    """`server`: what sipp does in a call, behind kamailio, after it has answered."""
    need("chromium")
    with (
        Sipp(directory, [Part("answer"), *server]) as recorder,
        Kamailio(directory, challenge=("REGISTER", "INVITE", "INFO"), routes={RECORDER: recorder.uri()}) as kamailio,
        phone_process(directory / "phone", "--set", f"phone.language={language}") as phone,
    ):
        yield Rig(phone, kamailio, recorder)


@dataclass
class Heard:
    """All that the phone has told a page over its WebSockets."""

    frames: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """To those that are opened from now on."""
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: self.frames.append(str(payload)))


def account(words: Said, kamailio: Kamailio) -> Values:
    """The account at kamailio, and recording by SIP INFO."""
    return {
        words.mode: "SIP INFO",
        words.server: kamailio.uri(),
        words.user: NUMBER,
        words.password: USERS[NUMBER],
    }


async def account_is(shown: Desk, state: str) -> None:
    """Wait until the page says this of the account."""
    line = shown.page.locator("[data-account]")
    await expect(line).to_have_text(re.compile(f"{NUMBER}@.* · {state}$"), timeout=PATIENCE_MS)


async def called(shown: Desk, words: Said, kamailio: Kamailio) -> None:
    """The account is set, the page shows it registered, and a call to sipp is going on."""
    await set_up(shown, words.page, account(words, kamailio))
    await account_is(shown, words.registered)
    sign = shown.page.get_by_role("img", name=words.registered.capitalize(), exact=True)
    await expect(sign).to_be_visible(timeout=PATIENCE_MS)
    assert kamailio.registered(NUMBER)
    await call_number(shown, RECORDER, words.dial)
    await shown.sees(words.end)


def infos(recorder: Sipp) -> list[str]:
    """What each INFO that came to sipp has said."""
    return [found[1] for text in recorder.received("INFO") if (found := re.search(r"^Record: *(\S+)", text, re.M))]


@each_language
def test_the_sip_server_is_asked_to_record_and_to_stop_and_no_secret_is_shown(tmp_path: Path, language: str) -> None:
    words, heard = SAID[language], Heard()
    seen: list[str] = []

    async def scene(made: Rig) -> None:
        async with desk(made.phone.url, words.page.locale) as shown:
            heard.listen(shown.page)
            await called(shown, words, made.kamailio)
            await shown.press("dss1")
            await prompts(shown, words.runs)
            await lamp_is(shown, words.lamp[1])
            assert infos(made.recorder) == ["on", "on"], "without credentials, and with them"
            await shown.press("dss1")
            await prompts(shown, words.stopped)
            await lamp_is(shown, words.lamp[0])
            assert infos(made.recorder)[2:] == ["off"]
            await expect(messages(shown, words.page)).to_contain_text("INFO sip:")
            await shown.soft(words.end)
            await expect(messages(shown, words.page)).to_contain_text("BYE sip:")
            passed = await said(shown, words.page)
            asked = [text for text in passed if text.startswith("INFO sip:")]
            assert ["Record: on" in text for text in asked] == [True, True, False]
            assert any(text.startswith("SIP/2.0 407") for text in passed)
            seen.append(await shown.page.content())
            await open_settings(shown, words.page)
            seen.append(await shown.page.content())

    with rig(tmp_path, language, [challenge("407 Proxy Authentication Required"), OFF, END]) as made:
        run(scene(made))
        made.recorder.finish()
        assert [one.what for one in made.kamailio.seen("INVITE")] == ["challenged", "passed"]
        responses = _RESPONSE.findall(made.recorder.messages())
    everything = "\n".join([*seen, *heard.frames]).replace("\\", "")  # in JSON, quotes stand behind one
    assert responses and set(_RESPONSE.findall(everything)) == {"***"}
    assert [secret for secret in (USERS[NUMBER], *responses) if secret in everything] == []


@each_language
def test_a_sip_server_that_refuses_is_shown_with_its_words_and_the_call_goes_on(tmp_path: Path, language: str) -> None:
    words = SAID[language]

    async def scene(made: Rig) -> None:
        async with desk(made.phone.url, words.page.locale) as shown:
            await called(shown, words, made.kamailio)
            await shown.press("dss1")
            await prompts(shown, words.refused)
            await lamp_is(shown, words.lamp[0])
            await call_goes_on(shown)
            await shown.soft(words.end)

    with rig(tmp_path, language, [Part("info", RECORD="on", STATUS="488 Not Acceptable Here"), END]) as made:
        run(scene(made))
        made.recorder.finish()
        assert infos(made.recorder) == ["on"]


@each_language
def test_a_wrong_password_is_said_on_the_screen_and_the_right_one_registers(tmp_path: Path, language: str) -> None:
    words = SAID[language]

    async def scene(phone: PhoneProcess, kamailio: Kamailio) -> None:
        async with desk(phone.url, words.page.locale) as shown:
            os.killpg(kamailio.program.process.pid, signal.SIGSTOP)  # until the page is there to be told
            await set_up(shown, words.page, {**account(words, kamailio), words.password: "Wrong"})
            await account_is(shown, words.registering)
            os.killpg(kamailio.program.process.pid, signal.SIGCONT)
            await prompts(shown, f"127.0.0.1:{kamailio.port}{words.wrong}")
            await account_is(shown, words.failed)
            assert kamailio.registered(NUMBER) == []
            await set_up(shown, words.page, {words.password: USERS[NUMBER]})
            await account_is(shown, words.registered)
            await prompts(shown, "")
            assert kamailio.registered(NUMBER) != []

    need("chromium")
    with (
        Kamailio(tmp_path) as kamailio,
        phone_process(tmp_path / "phone", "--set", f"phone.language={language}") as phone,
    ):
        run(scene(phone, kamailio))
        assert phone.stop() == 0
        assert kamailio.registered(NUMBER) == [], "it has unregistered"


@each_language
def test_a_call_that_comes_in_rings_is_answered_recorded_and_logged(tmp_path: Path, language: str) -> None:
    words, port = SAID[language], free_port()

    async def scene(phone: PhoneProcess) -> None:
        async with desk(phone.url, words.page.locale) as shown:
            await set_up(shown, words.page, {words.listen: f"127.0.0.1:{port}"})
            with OurPhone(tmp_path, "tone:660", "--duration", 5, to=f"sip:1001@127.0.0.1:{port}") as caller:
                await expect(shown.page.get_by_role("img", name=words.message_lamp[0])).to_be_visible()
                await shown.sees(words.rings)
                await shown.sees(caller.number)
                await shown.soft(words.answer)
                await shown.sees(words.end)
                await expect(shown.page.get_by_role("img", name=words.message_lamp[1])).to_be_visible()
                await shown.press("dss1")
                await prompts(shown, words.recording)
                await lamp_is(shown, words.lamp[1])
                await shown.sees(words.hung_up)
                await prompts(shown, words.saved)
                assert caller.document()["sip"]["direction"] == "out"
            await shown.soft(words.history)
            logged = shown.page.locator("[data-lcd]").get_by_role("option", selected=True)
            await expect(logged).to_have_text(re.compile(rf"^●<- {caller.number} .*\d:\d\d$"))

    need("chromium")
    home = tmp_path / "phone"
    with phone_process(home, "--set", f"phone.language={language}") as phone:
        run(scene(phone))
        [logged] = phone.call("log.list")["calls"]
        assert (logged["direction"], logged["answered"], logged["recorded"]) == ("in", True, True)
    [record] = (home / "usb").glob("Record_*.wav")
    samples = exported(record, tmp_path / "call.wav")
    assert 1.5 <= len(samples) / 8000 <= 5.2
    assert both_are_heard(samples)
