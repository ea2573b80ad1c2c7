"""What the phone is asked for when its keys are pressed, and what a person then has on the screen."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest

from phone_recorder.control_api import (
    DIGITS,
    KEYS,
    AnswerCall,
    Call,
    EndCall,
    HoldCall,
    ListRecordings,
    PressRecord,
    Request,
    Screen,
    StartCall,
)
from phone_recorder.control_api import CallLog as Log
from phone_recorder.errors import UsageError
from phone_recorder.phone.face.face import LONGEST, Face
from phone_recorder.phone.face.facts import Facts
from phone_recorder.recording.destination import State
from phone_recorder.recording.record_key import Key
from phone_recorder.settings.phone import Language
from tests.phone.face.situations import (
    CALLING,
    CALLS,
    CONNECTED,
    ENDED,
    HELD,
    NETWORK,
    PAUSED,
    RECORDING,
    RINGING,
    STATUSES,
    facts,
    status,
)

CALL_ANNA = StartCall("1002", "Anna")
DSS = {"keys.dss1": "record", "keys.dss2": "pause", "keys.dss3": "hold", "keys.dss4": "redial"}


def pressed(face: Face, keys: str, facts: Facts) -> list[Request]:
    """What is asked for by these keys, one after the other."""
    return [request for key in keys.split() for request in face.press(key, facts)]


@pytest.mark.parametrize(
    ("call", "keys", "wanted"),
    [
        (Call(), "1 0 0 2 soft1", [CALL_ANNA]),
        (Call(), "1 0 0 2 ok", [CALL_ANNA]),
        (Call(), "1 0 0 2 hook", [CALL_ANNA]),
        (Call(), "hook 1 0 0 2 soft1", [CALL_ANNA]),
        (Call(), "speaker 1 0 0 2 ok", [CALL_ANNA]),
        (Call(), "* 9 # soft1", [StartCall("*9#")]),
        (Call(), "1 0 9 soft2 0 back left 0 2 soft1", [StartCall("102")]),
        (Call(), "hook 1 0 0 2 hook", []),
        (Call(), "1 0 soft4 soft1 back", []),
        (Call(), "hook ok hook", []),
        (Call(), "redial", [CALL_ANNA]),
        (Call(), "soft3", [CALL_ANNA]),
        (Call(), "dss4", [CALL_ANNA]),
        (Call(), "1 redial", [CALL_ANNA]),
        (Call(), "hold dss2 dss3 left right back", []),
        (Call(), "dss1", [PressRecord()]),
        (Call(), "soft4", [ListRecordings()]),
        (CALLING, "soft4", [EndCall()]),
        (CALLING, "hook", [EndCall()]),
        (CALLING, "soft1 ok 1 back redial", []),
        (RINGING, "soft1", [AnswerCall()]),
        (RINGING, "hook", [AnswerCall()]),
        (RINGING, "speaker", [AnswerCall()]),
        (RINGING, "ok", [AnswerCall()]),
        (RINGING, "soft4", [EndCall()]),
        (CONNECTED, "hook", [EndCall()]),
        (CONNECTED, "soft4", [EndCall()]),
        (CONNECTED, "hold", [HoldCall(True)]),
        (CONNECTED, "soft1", [HoldCall(True)]),
        (CONNECTED, "dss3", [HoldCall(True)]),
        (HELD, "hold", [HoldCall(False)]),
        (HELD, "soft1", [HoldCall(False)]),
        (HELD, "dss3", [HoldCall(False)]),
        (HELD, "speaker", [EndCall()]),
        (CONNECTED, "record", [PressRecord()]),
        (CONNECTED, "dss1", [PressRecord()]),
        (CONNECTED, "soft2", [PressRecord()]),
        (CONNECTED, "dss2", [PressRecord("pause")]),
        (CONNECTED, "soft3 back redial dss4 1 2 3", []),
        (ENDED, "1 0 0 2 ok", [CALL_ANNA]),
        (ENDED, "hook", []),
    ],
)
def test_what_keys_ask_for(call: Call, keys: str, wanted: list[Request]) -> None:
    assert pressed(Face(), keys, facts(texts=DSS, call=call)) == wanted


@pytest.mark.parametrize("key", ["dss2", "soft3"])
def test_the_pause_key_goes_on_with_what_is_paused(key: str) -> None:
    waiting = status(Key.WAITING_PAUSED, State.FAILED, "server")
    for recorder, event in ((RECORDING, "pause"), (PAUSED, "resume"), (waiting, "resume")):
        wanted = Face().press(key, facts(texts=DSS, call=CONNECTED, status=recorder))
        assert wanted == [PressRecord(event)]  # type: ignore[arg-type]


@pytest.mark.parametrize("texts", [{"record.enabled": "off"}, {"phone.model": "BX3S"}])
def test_a_record_key_in_vain_is_passed_on_all_the_same(texts: dict[str, str]) -> None:
    assert Face().press("dss1", facts(texts={**DSS, **texts}, call=CONNECTED)) == [PressRecord()]


def test_a_key_that_is_none_is_told() -> None:
    with pytest.raises(UsageError, match="there is no key 'volume': the keys are 1, 2,"):
        Face().press("volume", facts())


def test_without_a_call_before_there_is_nothing_to_redial() -> None:
    nobody = facts(texts=DSS, log=Log([]))
    assert pressed(Face(), "redial soft3 dss4", nobody) == []
    assert Face().screen(nobody).soft[2] == ""


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        (["1003"], "1003"),
        (["10", " 0-2 "], "100-2"),
        (["sip:anna@192.0.2.1"], "sip:anna@192.0.2.1"),
        (["\n\t\x1b"], ""),
        (["5" * 500], "5" * LONGEST),
    ],
)
def test_what_is_typed_is_dialled(texts: list[str], number: str) -> None:
    face, here = Face(), facts()
    for text in texts:
        assert face.type(text, here) == []
    assert face.screen(here).call == number
    assert face.press("ok", here) == ([StartCall(number, "Ben" if number == "1003" else "")] if number else [])


@pytest.mark.parametrize("call", [CALLING, RINGING, CONNECTED, HELD])
def test_nothing_is_typed_during_a_call(call: Call) -> None:
    face = Face()
    face.type("12", facts(call=call))
    assert face.screen(facts()).call == ""


def test_digits_are_forgotten_when_a_call_has_come_between() -> None:
    face = Face()
    pressed(face, "1 0", facts())
    assert face.screen(facts()).call == "10"
    assert face.screen(facts(call=RINGING)).call == "Ben 1003"
    face.press("soft1", facts(call=RINGING))
    assert face.screen(facts()).call == ""


@pytest.mark.parametrize(
    ("language", "titles"),
    [("en", ("Applications", "Record manager", "USB", "Call log")), ("zh", ("应用", "录音管理", "USB", "通话记录"))],
)
def test_the_menus_open_from_the_idle_screen_and_close_again(language: Language, titles: tuple[str, ...]) -> None:
    here = facts(language)
    shown = []
    for keys in ("menu", "soft2 1", "soft4", "soft1"):
        face = Face()
        pressed(face, keys, here)
        shown.append(face.screen(here).title)
        pressed(face, "back back back", here)
        assert face.screen(here).title == "BX5S 1001 Near Party"
    assert tuple(shown) == titles


@pytest.mark.parametrize("keys", ["menu", "menu 1", "menu 2", "menu 4"])
def test_with_a_menu_open_the_record_key_and_the_call_go_on(keys: str) -> None:
    face, here = Face(), facts(texts=DSS, call=CONNECTED, status=RECORDING)
    pressed(face, keys, here)
    title = face.screen(here).title
    assert pressed(face, "dss1 record dss2 hold hook", here) == [
        PressRecord(),
        PressRecord(),
        PressRecord("pause"),
        HoldCall(True),
        EndCall(),
    ]
    screen = face.screen(here)
    assert (screen.title, screen.call, screen.call_state) == (title, "Anna 1002", "01:15")
    assert (screen.icon, screen.dss[0].lamp) == ("recording", "on")


def test_the_menu_key_leads_to_the_applications_from_anywhere() -> None:
    face, here = Face(), facts()
    pressed(face, "menu 1 menu", here)
    assert face.screen(here).title == "Applications"


def test_lifting_the_handset_leaves_the_menus() -> None:
    face, here = Face(), facts()
    pressed(face, "menu hook", here)
    assert face.screen(here).call_state == "Dial a number"


def test_a_call_from_the_call_log_is_what_is_shown_then() -> None:
    face, here = Face(), facts()
    assert pressed(face, "soft1 down ok", here) == [CALL_ANNA]
    assert face.screen(facts(call=CALLING)).title == "BX5S 1001 Near Party"


FACES = ("", "1 0", "hook", "menu", "menu 1", "menu 2", "menu 3", "menu 4", "menu 1 down down down ok")


@pytest.mark.parametrize(("keys", "language"), list(product(FACES, ("en", "zh"))))
def test_every_key_in_every_state_leaves_a_screen_that_can_be_sent(keys: str, language: Language) -> None:
    for call, recorder, key in product(CALLS, STATUSES, KEYS):
        face, here = Face(), facts(language, DSS, call=call, status=recorder)
        pressed(face, keys, facts(language))
        wanted = face.press(key, here)
        assert all(isinstance(request, Request) for request in wanted)
        face.type("a", here)
        screen = face.screen(here)
        assert msgspec.json.decode(msgspec.json.encode(screen), type=Screen) == screen


def test_a_phone_with_another_mode_has_no_usb_key() -> None:
    face, network = Face(), facts(texts=NETWORK)
    assert face.screen(network).soft[3] == ""
    assert face.press("soft4", network) == []


def test_the_same_digits_dial_on_any_screen_without_a_call() -> None:
    for digit in DIGITS:
        face = Face()
        face.press(digit, facts())
        assert face.screen(facts()).call == digit


def test_a_call_that_rings_has_the_whole_screen_and_the_menu_is_there_again() -> None:
    face = Face()
    face.press("menu", facts())
    menu = face.screen(facts())
    assert menu.lines
    ringing = face.screen(facts(call=RINGING))
    assert ringing.lines == () and ringing.soft[0] == "Answer"
    assert face.press("soft1", facts(call=RINGING)) == [AnswerCall()]
    assert face.screen(facts(call=CONNECTED)).lines == menu.lines
