"""The device that has the record key: it comes and goes, may not be read yet, or breaks."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.input_rig import NAME, OTHER, PAUSE, RECORD, THERE, WORKS_ONCE_THERE, Phone, press


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    made = Phone(tmp_path)
    yield made
    made.close()


def test_a_device_that_comes_later_is_opened_then(phone: Phone) -> None:
    phone.keys()
    assert phone.told == [WORKS_ONCE_THERE]
    phone.plug("event0", "Power Button")
    phone.news.ring()
    phone.run()
    device = phone.plug("event1")
    phone.news.ring()
    phone.run()
    device.send(press(RECORD))
    phone.run()
    assert phone.pressed == ["record"] and phone.told == [WORKS_ONCE_THERE, THERE]


def test_a_device_that_is_pulled_is_closed_and_told_and_opened_when_it_comes_again(phone: Phone) -> None:
    first = phone.plug()
    phone.keys()
    phone.pull()
    phone.run()
    assert first.closed and phone.told == [THERE, WORKS_ONCE_THERE]
    second = phone.plug("event5")
    phone.news.ring()
    phone.run()
    second.send(press(PAUSE))
    phone.run()
    assert phone.pressed == ["pause"] and phone.told[2:] == [THERE]


def test_a_device_that_is_back_under_its_number_before_it_was_missed_is_opened(phone: Phone) -> None:
    phone.plug()
    phone.keys()
    phone.pull()
    second = phone.plug()
    phone.run()
    second.send(press(RECORD))
    phone.run()
    assert phone.pressed == ["record"] and phone.told == [THERE]


def test_a_press_before_the_pull_is_a_press(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.send(press(RECORD))
    phone.pull()
    phone.run()
    assert phone.pressed == ["record"]


def test_a_device_that_may_be_read_a_moment_later_is_not_told_as_refused(phone: Phone) -> None:
    phone.plug(fault=errno.EACCES)
    phone.keys()
    phone.plug()
    phone.news.ring()
    phone.run()
    assert phone.told == [THERE]


def test_a_device_that_may_be_read_later_without_news_of_it_is_opened_too(phone: Phone) -> None:
    phone.plug(fault=errno.EACCES)
    phone.keys()
    phone.plug()
    phone.run()
    assert phone.told == [THERE]


def test_a_device_that_may_not_be_read_says_what_to_do_once(phone: Phone) -> None:
    phone.plug(fault=errno.EACCES)
    phone.keys()
    for _ in range(2):
        phone.run()
        phone.news.ring()
    phone.run()
    assert phone.told == [f"the record key's device may not be read: let this user into the group input, for {NAME}"]


def test_what_cannot_be_opened_is_told(phone: Phone) -> None:
    phone.plug(fault=errno.ENOTTY)
    phone.keys()
    phone.run()
    assert phone.told == [f"the record key's device cannot be read, Inappropriate ioctl for device: {NAME}"]


def test_a_device_that_is_there_and_broken_waits_for_news(phone: Phone) -> None:
    device = phone.plug()
    phone.keys()
    device.fault = errno.EIO
    device.send(press(RECORD))
    phone.run()
    assert device.closed
    assert phone.told == [THERE, f"the record key's device cannot be read, Input/output error: {NAME}"]


def test_a_device_without_such_a_key_is_told(phone: Phone) -> None:
    phone.plug(has=[PAUSE])
    phone.keys()
    assert phone.told == [f"the record key's device is there, but has no key KEY_RECORD: {NAME}"]


def test_of_several_with_one_name_all_are_read(phone: Phone) -> None:
    first, second = phone.plug("event0", has=[OTHER]), phone.plug("event1", has=[RECORD, PAUSE])
    phone.keys()
    first.send(press(PAUSE))
    phone.run()
    second.send(press(RECORD))
    phone.run()
    assert phone.pressed == ["pause", "record"] and phone.told == [THERE]


def test_after_the_end_nothing_is_read_or_heard(phone: Phone) -> None:
    device = phone.plug()
    keys = phone.keys()
    device.send(press(RECORD))
    phone.news.ring()
    keys.close()
    keys.close()
    phone.run()
    assert device.closed and phone.pressed == [] and phone.told == [THERE]


def test_whoever_is_told_of_a_press_may_end_it(phone: Phone) -> None:
    device = phone.plug()

    def pressed(what: str) -> None:
        phone.pressed.append(what)
        keys.close()

    keys = phone.keys(pressed=pressed)
    device.send(press(RECORD) * 3)
    phone.run()
    assert phone.pressed == ["record"]


def test_an_end_before_it_is_known_who_may_read_tells_nothing(phone: Phone) -> None:
    phone.plug(fault=errno.EACCES)
    phone.keys().close()
    phone.run()
    assert phone.told == []
