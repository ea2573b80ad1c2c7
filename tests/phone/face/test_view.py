"""What the phone shows: the call, the keys and their lamps, the signs, in both languages."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any

import msgspec
import pytest

from phone_recorder.control_api import Call, Line, Screen
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.face.key_table import State as FaceState
from phone_recorder.phone.face.text_face import width_of
from phone_recorder.phone.face.view import clock, draw, duration
from phone_recorder.phone.face.words import TEXTS
from phone_recorder.phone.menus.view import MenuView
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_view import NO_DRIVE, DriveView
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.recorder import Status
from phone_recorder.settings.phone import Language
from tests.phone.face.situations import (
    BX3S,
    CALLING,
    CALLS,
    CONNECTED,
    ENDED,
    HELD,
    IDLE,
    NETWORK,
    NO_STICK,
    PAUSED,
    RECORDING,
    RINGING,
    SAVED,
    SIP_INFO,
    STATUSES,
    STICK,
    facts,
    status,
)


def shown(facts: Facts, number: str = "", menu: MenuView | None = None) -> Screen:
    state: FaceState = "dialling" if number else facts.call.state
    return draw(state, number, facts, menu)


CALL_LINES: dict[str, tuple[Call, str, tuple[str, str], tuple[str, ...], tuple[str, ...]]] = {
    "idle": (IDLE, "", ("", ""), ("History", "Apps", "Redial", "USB"), ("通话记录", "应用", "重拨", "USB")),
    "calling": (CALLING, "Anna 1002", ("Calling", "正在呼叫"), ("", "", "", "Cancel"), ("", "", "", "取消")),
    "ringing": (
        RINGING,
        "Ben 1003",
        ("Incoming call", "来电"),
        ("Answer", "", "", "Reject"),
        ("接听", "", "", "拒接"),
    ),
    "connected": (
        CONNECTED,
        "Anna 1002",
        ("01:15", "01:15"),
        ("Hold", "Record", "", "End"),
        ("保持", "录音", "", "挂断"),
    ),
    "held": (
        HELD,
        "Anna 1002",
        ("On hold 01:15", "保持中 01:15"),
        ("Resume", "Record", "", "End"),
        ("取回", "录音", "", "挂断"),
    ),
    "ended": (
        ENDED,
        "Anna 1002",
        ("Call ended 01:15", "通话结束 01:15"),
        ("History", "Apps", "Redial", "USB"),
        ("通话记录", "应用", "重拨", "USB"),
    ),
}


@pytest.mark.parametrize("state", CALL_LINES)
def test_each_state_of_a_call_has_its_line_and_its_soft_keys(state: str) -> None:
    call, who, how, english, chinese = CALL_LINES[state]
    for language, state_shown, soft in (("en", how[0], english), ("zh", how[1], chinese)):
        screen = shown(facts(language, call=call))  # type: ignore[arg-type]
        assert (screen.call, screen.call_state, screen.soft) == (who, state_shown, soft)
        assert screen.title == "BX5S 1001 Near Party"


@pytest.mark.parametrize(
    ("reason", "english", "chinese"),
    [("Busy Here", "Call ended: Busy Here", "通话结束：对方忙"), ("", "Call ended", "通话结束")],
)
def test_why_a_call_has_ended_is_told(reason: str, english: str, chinese: str) -> None:
    call = replace_call(ENDED, seconds=0.0, reason=reason)
    assert shown(facts(call=call)).call_state == english
    assert shown(facts("zh", call=call)).call_state == chinese


def replace_call(call: Call, **changes: Any) -> Call:
    return msgspec.structs.replace(call, **changes)


def test_a_caller_without_a_number_is_unknown() -> None:
    assert shown(facts(call=Call("ringing", "in"))).call == "Unknown number"
    assert shown(facts("zh", call=Call("ringing", "in"))).call == "未知号码"


@pytest.mark.parametrize(
    ("true", "soft"),
    [
        ({"status": RECORDING}, ("Hold", "Stop", "Pause", "End")),
        ({"status": PAUSED}, ("Hold", "Stop", "Continue", "End")),
        ({"status": SAVED}, ("Hold", "Record", "", "End")),
        ({"status": status(Key.RECORDING, State.OPEN, "sip_info")}, ("Hold", "Stop", "", "End")),
        ({"status": status(Key.WAITING, State.FAILED, "server")}, ("Hold", "Stop", "Pause", "End")),
        ({"texts": {"record.enabled": "off"}}, ("Hold", "", "", "End")),
        ({"texts": {"record.enabled": "off"}, "status": RECORDING}, ("Hold", "Stop", "Pause", "End")),
    ],
)
def test_the_soft_keys_of_a_call_follow_its_recording(true: dict[str, Any], soft: tuple[str, ...]) -> None:
    assert shown(facts(call=CONNECTED, **true)).soft == soft


@pytest.mark.parametrize(
    ("true", "signs"),
    [
        ({}, ("usb",)),
        ({"drive": NO_STICK}, ("usb-missing",)),
        ({"texts": NETWORK}, ()),
        ({"texts": BX3S}, ()),
        ({"texts": {**NETWORK, "account.registrar": "sip:192.0.2.1"}, "registered": "yes"}, ("registered",)),
        ({"texts": {"account.registrar": "sip:192.0.2.1"}, "registered": "failed"}, ("usb", "unregistered")),
        ({"texts": {"account.listen": "0.0.0.0"}, "registered": "no"}, ("usb",)),
    ],
)
def test_signs_are_there_only_where_they_mean_something(true: dict[str, Any], signs: tuple[str, ...]) -> None:
    registered = true.pop("registered", None)
    here = facts(**true)
    if registered:
        phone = msgspec.structs.replace(here.phone, account="sip:1001@192.0.2.1", registered=registered)
        here = replace(here, phone=phone)
    assert shown(here).signs == signs


def test_a_registration_that_failed_is_told_while_nothing_is_worse() -> None:
    problem = "no answer at 192.0.2.1: check its address, port and transport"
    phone = msgspec.structs.replace(facts().phone, account="sip:1001@192.0.2.1", registered="failed", problem=problem)
    assert shown(facts(phone=phone)).prompt == "No answer at 192.0.2.1: check its address, port and transport"
    assert shown(facts("zh", phone=phone)).prompt == "192.0.2.1 无应答：请检查地址、端口和传输协议"
    assert shown(facts(phone=phone, drive=NO_STICK)).prompt.startswith("No USB drive")
    assert shown(facts(phone=phone, call=CONNECTED, status=RECORDING)).prompt == "Recording"


DSS = {"keys.dss1": "record", "keys.dss2": "pause", "keys.dss3": "hold", "keys.dss4": "none"}


@pytest.mark.parametrize(
    ("call", "recorder", "lamps"),
    [
        (IDLE, Status(Key.IDLE), ("off", "off", "off")),
        (CONNECTED, RECORDING, ("on", "off", "off")),
        (CONNECTED, PAUSED, ("blinking", "on", "off")),
        (CONNECTED, status(Key.RECORDING, State.OPENING), ("blinking", "off", "off")),
        (HELD, RECORDING, ("on", "off", "blinking")),
    ],
)
def test_the_lamps_of_the_keys(call: Call, recorder: Status, lamps: tuple[str, ...]) -> None:
    dss = shown(facts(texts=DSS, call=call, status=recorder)).dss
    assert tuple(key.lamp for key in dss) == (*lamps, "off")


def test_the_keys_are_labelled_in_the_phones_language() -> None:
    assert [key.label for key in shown(facts(texts=DSS)).dss] == ["Record", "Pause", "Hold", ""]
    assert [key.label for key in shown(facts("zh", DSS)).dss] == ["录音", "暂停", "保持", ""]
    off = facts(texts={**DSS, "record.enabled": "off"})
    assert shown(off).dss[0].label == "Record"


def test_the_phones_own_lamp_blinks_while_it_rings() -> None:
    assert [shown(facts(call=call)).lamp for call in CALLS] == ["off", "off", "blinking", "off", "off", "off"]


def test_the_timer_and_the_room_on_the_drive() -> None:
    assert (shown(facts()).timer, shown(facts()).left) == ("", "29 min")
    assert shown(facts("zh")).left == "29 分钟"
    assert shown(facts(call=CONNECTED, status=RECORDING)).timer == "00:12"
    assert shown(facts(texts=NETWORK)).left == ""


def test_an_open_menu_leaves_the_call_and_the_recording_in_sight() -> None:
    menu = MenuView("Record manager", (Line("Mode", "Local"),), 0, 0, 9, None, False, "", ("Open", "", "", "Back"))
    screen = shown(facts(call=CONNECTED, status=RECORDING), menu=menu)
    assert (screen.title, screen.lines, screen.selected, screen.total) == ("Record manager", menu.lines, 0, 9)
    assert (screen.call, screen.call_state, screen.soft) == ("Anna 1002", "01:15", menu.soft)
    assert (screen.icon, screen.timer, screen.prompt, screen.dss[0].lamp) == ("recording", "00:12", "Recording", "on")
    asked = shown(facts(call=CONNECTED, status=RECORDING), menu=replace(menu, prompt="Delete it?"))
    assert asked.prompt == "Delete it?"


def test_what_is_dialled_is_shown() -> None:
    screen = shown(facts(), "10")
    assert (screen.call, screen.call_state, screen.soft) == ("10", "", ("Dial", "Delete", "Redial", "Cancel"))
    assert draw("dialling", "", facts("zh"), None).call_state == "请拨号"


@pytest.mark.parametrize(
    ("now", "english", "chinese"),
    [
        (datetime(2026, 11, 28, 6, 41), "Sat 28 Nov 06:41", "11月28日 周六 06:41"),
        (datetime(2027, 1, 3, 23, 5), "Sun 3 Jan 23:05", "1月3日 周日 23:05"),
    ],
)
def test_the_clock(now: datetime, english: str, chinese: str) -> None:
    assert (clock(now, "en"), clock(now, "zh")) == (english, chinese)


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "00:00"), (75.9, "01:15"), (3735.0, "1:02:15")])
def test_how_long_a_call_lasts(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize("key", TEXTS)
def test_every_text_fits_where_it_stands(key: str) -> None:
    most = 14 if key in ("dialling", "calling", "ringing", "held", "ended", "unknown") else 10
    assert 0 < width_of(TEXTS[key].en) <= most
    assert 0 < width_of(TEXTS[key].zh) <= 10


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whatever_is_true_makes_a_screen_that_can_be_sent(language: Language) -> None:
    modes: tuple[dict[str, str], ...] = ({}, NETWORK, SIP_INFO, BX3S)
    for texts, call, recorder, drive in product(modes, CALLS, STATUSES, (NO_DRIVE, NO_STICK, STICK, DriveView(True))):
        here = facts(language, texts, call=call, status=recorder, drive=drive)
        for number in ("", "1002"):
            screen = draw("dialling" if number else call.state, number, here, None)
            assert msgspec.json.decode(msgspec.json.encode(screen), type=Screen) == screen
