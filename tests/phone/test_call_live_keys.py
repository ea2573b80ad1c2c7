"""Keys that a person presses in a call, keys that cannot start a recording, and what the face is derived from."""

from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.phone.keys import CallKey, parse_keys
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.indicator import IndicatorFacts, show
from phone_recorder.recording.record_key import Event
from tests.phone.rig import SECOND, START, Rig
from tests.phone.sip_server import SipServer

DISABLED = "Recording is switched off: switch it on in Applications > Record manager"
SCRIPTS = ["0 record", "0.2 record, 0.4 pause, 0.6 resume, 0.8 record", "0.19 record, 0.35 record, 0.35 start"]


def live(keys: str, step: int, scripted: str = "", tone: bool = False) -> Rig:
    """A call in which a person presses those keys, between the steps of the clock."""
    rig = Rig(scripted, tone=tone)
    for instant, key in parse_keys(keys, 1):
        while rig.now + step <= START + instant:
            rig.now += step
            rig.link.now = rig.now
            rig.call.advance(rig.now)
        rig.link.now = START + instant
        rig.call.press(START + instant, key)
    return rig.run(step)


@pytest.mark.parametrize("keys", SCRIPTS)
@pytest.mark.parametrize("step", [80, 160, 333, 1600])
@pytest.mark.parametrize("tone", [False, True])
def test_a_key_that_is_pressed_now_does_what_a_script_would(keys: str, step: int, tone: bool) -> None:
    pressed, scripted = live(keys, step, tone=tone), Rig(keys, tone=tone).run()
    assert pressed.recorded == scripted.recorded
    assert [a.reason for a in pressed.accounts] == [a.reason for a in scripted.accounts]


def test_what_a_script_has_pressed_before_counts_first() -> None:
    pressed = live("0.5 record", 1600, scripted="0.41 record, 0.5 pause, 0.7 record")
    scripted = Rig("0.41 record, 0.5 pause, 0.5 record, 0.7 record").run()
    assert pressed.recorded == scripted.recorded
    assert len(pressed.accounts) == 2


def test_the_screen_follows_at_once() -> None:
    rig = Rig("").run(until_s=0.3)
    rig.call.press(rig.now + 7, Event.PRESS)
    assert rig.call.indicator.prompt == "Recording"
    assert rig.indicators[-1][:2] == ((rig.now + 7 - START) // 8, "recording")
    rig.call.press(rig.now + 9, Event.START)
    assert rig.call.indicator.prompt == "A recording is already running"


@pytest.mark.parametrize("after", [0, 1, SECOND])
def test_when_the_call_is_over_a_key_does_nothing(after: int) -> None:
    rig = Rig("")
    rig.run(step=1601, until_s=0.9)
    rig.call.press(START + SECOND + after, Event.PRESS)
    rig.run()
    assert (rig.accounts, rig.call.over) == ([], True)


def test_a_key_of_the_call_is_passed_on_where_there_is_a_real_one() -> None:
    rig = Rig("", sip=SipServer())
    rig.call.press(START + 800, CallKey.HOLD)
    assert rig.call_keys == [(CallKey.HOLD, START + 800)]
    with pytest.raises(UsageError, match="only a real call can be put on hold"):
        Rig("").call.press(START, CallKey.HOLD)


@pytest.mark.parametrize("keys", ["0.1 record", "0.1 start"])
def test_where_recording_is_switched_off_a_key_says_so_and_nothing_is_listed(keys: str) -> None:
    rig = Rig(keys, enabled=False).run()
    assert rig.indicators == [
        (0, "idle", "off", ""),
        (100, "idle", "off", DISABLED),
        (1000, "idle", "off", ""),
    ]
    assert (rig.accounts, rig.drive.files) == ([], {})


def test_recording_can_be_switched_on_and_off_in_a_call() -> None:
    rig = Rig("0.1 record, 0.3 record, 0.5 start, 0.7 start, 0.8 record", enabled=False)
    rig.run(until_s=0.2).call.recorder.enabled = True
    rig.run(until_s=0.4)
    rig.call.recorder.enabled = False
    rig.run(until_s=0.6)
    assert rig.call.indicator.prompt == "A recording is already running"
    rig.run()
    [account] = rig.accounts
    assert (account.state, account.reason, account.recorded) == ("recorded", "record key", SECOND // 2)


@pytest.mark.parametrize("keys", ["", *SCRIPTS, "0.1 pause"])
def test_the_facts_are_those_of_the_indicator(keys: str) -> None:
    rig = Rig(keys, duration_s=5)
    assert rig.call.facts == IndicatorFacts(rig.call.recorder.status)
    for second in (0.25, 0.5, 0.9, 1.5, 4.6):
        rig.run(until_s=second)
        facts = rig.call.facts
        assert show(facts.status, facts.drive, facts.news) == rig.call.indicator
        if second == 1.5:
            rig.view = DriveView(True, 8000, "the USB drive TWO is ready")
    assert facts.drive == rig.view
    assert facts.status.key is rig.call.recorder.key
