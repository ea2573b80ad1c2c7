"""A key of an input device: what is a press of it, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.adapters.record_keys import key_code
from phone_recorder.errors import UsageError
from tests.adapters.input_rig import (
    EV_KEY,
    EV_SYN,
    OTHER,
    PAUSE,
    RECORD,
    SYN_DROPPED,
    SYN_REPORT,
    THERE,
    Phone,
    event,
    press,
)
from tests.peers import need_module


@pytest.fixture(autouse=True, scope="module")
def evdev() -> None:
    need_module("evdev")


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    made = Phone(tmp_path)
    yield made
    made.close()


def test_a_key_does_what_it_is_for_once_a_press(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(press(RECORD) + press(OTHER) + press(PAUSE))
    phone.run()
    device.send(press(RECORD))
    phone.run()
    assert phone.pressed == ["record", "pause", "record"]


def test_a_key_that_is_held_is_pressed_once(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(event(EV_KEY, RECORD, 1) + event(EV_KEY, RECORD, 2) * 20 + event(EV_KEY, RECORD, 0))
    phone.run()
    assert phone.pressed == ["record"]


def test_other_kinds_of_events_with_the_same_number_are_no_press(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(b"".join(event(kind, RECORD, 1) for kind in (0, 2, 3, 4, 5, 0x11, 0x12, 0x14)))
    phone.run()
    assert phone.pressed == []


def test_after_events_were_lost_a_press_is_a_press(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(event(EV_SYN, SYN_DROPPED, 0) + event(EV_SYN, SYN_REPORT, 0) + press(RECORD))
    phone.run()
    assert phone.pressed == ["record"]


def test_more_presses_than_are_read_at_once_are_all_there(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(press(RECORD) * 20)
    phone.run()
    assert phone.pressed == ["record"] * 20


def test_a_key_may_be_given_by_its_code(phone: Phone) -> None:
    device = phone.plug(has=[0x2F0])
    phone.keys({str(0x2F0): "record"})
    device.send(press(0x2F0))
    phone.run()
    assert phone.pressed == ["record"] and phone.told == [THERE]


@pytest.mark.parametrize(
    ("text", "code"),
    [("KEY_RECORD", 167), (" key_record ", 167), ("167", 167), ("BTN_0", 0x100), ("1", 1), ("766", 766)],
)
def test_a_key_has_a_code(text: str, code: int) -> None:
    assert key_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "-1",
        "767",
        "768",
        "9" * 5000,
        "RECORD",
        "KEY_NOTHING",
        "KEY_RESERVED",
        "KEY_MAX",
        "KEY_CNT",
        "EV_KEY",
        "²",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"^there is no key .*: give a name of linux/input-event-codes.h"):
        key_code(text)


def test_one_key_for_two_things_is_refused(phone: Phone) -> None:
    with pytest.raises(UsageError, match="one key cannot do two things: record and pause are both 167"):
        phone.keys({"KEY_RECORD": "record", "167": "pause"})
