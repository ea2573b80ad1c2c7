"""What waits for a watcher who reads slowly is bounded, and what is lost of it is told."""

from __future__ import annotations

import json
from typing import Any

from phone_recorder.control_api import Call, Event, Levels, Message
from phone_recorder.web.phone.mailbox import MOST_ANSWERED, MOST_ANSWERS, MOST_MESSAGES, Mailbox


def taken(mailbox: Mailbox) -> list[Any]:
    """All that waits."""
    found = []
    while (text := mailbox.take()) is not None:
        found.append(json.loads(text))
    return found


def a_message(number: int) -> Event:
    return Event("message", Message("sip", True, "2026-03-14T15:09:26.000", "192.0.2.1:5060 UDP", str(number)))


def test_an_empty_one_gives_nothing_and_is_not_ready() -> None:
    mailbox = Mailbox()
    assert not mailbox.ready.is_set()
    assert mailbox.take() is None


def test_it_is_ready_until_all_was_taken() -> None:
    mailbox = Mailbox()
    mailbox.put(Event("call", Call()))
    mailbox.answer(b"{}")
    for _ in range(2):
        assert mailbox.take() is not None
        assert mailbox.ready.is_set()
    assert mailbox.take() is None
    assert not mailbox.ready.is_set()


def test_of_each_state_only_the_newest_is_kept() -> None:
    mailbox = Mailbox()
    for seconds in range(1000):
        mailbox.put(Event("call", Call("connected", seconds=float(seconds))))
        mailbox.put(Event("levels", Levels(-float(seconds))))
    call, levels = taken(mailbox)
    assert (call["event"], call["data"]["seconds"]) == ("call", 999.0)
    assert levels == {"event": "levels", "data": {"near_db": -999.0, "far_db": None, "mix_db": None}}


def test_the_state_that_has_changed_last_comes_last() -> None:
    mailbox = Mailbox()
    for event, data in (("call", Call()), ("levels", Levels()), ("call", Call("ringing"))):
        mailbox.put(Event(event, data))  # type: ignore[arg-type]
    assert [one["event"] for one in taken(mailbox)] == ["levels", "call"]


def test_answers_come_before_states_which_may_be_newer() -> None:
    mailbox = Mailbox()
    mailbox.put(a_message(0))
    mailbox.put(Event("call", Call("ended")))
    mailbox.answer(b'{"id":1}')
    mailbox.answer(b'{"id":2}')
    assert [one.get("id") or one["event"] for one in taken(mailbox)] == [1, 2, "call", "message"]


def test_messages_come_in_their_order_and_none_twice() -> None:
    mailbox = Mailbox()
    for number in range(MOST_MESSAGES):
        mailbox.put(a_message(number))
    found = taken(mailbox)
    assert [one["data"]["text"] for one in found] == [str(number) for number in range(MOST_MESSAGES)]
    assert not any("dropped" in one for one in found)
    assert taken(mailbox) == []


def test_the_oldest_messages_are_dropped_and_their_count_is_told_once() -> None:
    mailbox = Mailbox()
    for number in range(MOST_MESSAGES + 7):
        mailbox.put(a_message(number))
    first, *others = taken(mailbox)
    assert (first["data"]["text"], first["dropped"]) == ("7", 7)
    assert len(others) == MOST_MESSAGES - 1
    assert not any("dropped" in one for one in others)
    mailbox.put(a_message(0))
    assert "dropped" not in taken(mailbox)[0]


def test_a_flood_of_events_never_makes_it_overfull() -> None:
    mailbox = Mailbox()
    for number in range(2 * MOST_ANSWERS):
        mailbox.put(a_message(number))
        mailbox.put(Event("call", Call()))
    assert not mailbox.overfull


def test_too_many_answers_make_it_overfull() -> None:
    mailbox = Mailbox()
    for _ in range(MOST_ANSWERS):
        mailbox.answer(b"{}")
    assert not mailbox.overfull
    mailbox.answer(b"{}")
    assert mailbox.overfull


def test_while_too_much_of_answers_waits_there_is_no_room_for_more() -> None:
    mailbox = Mailbox()
    mailbox.answer(b"x" * MOST_ANSWERED)
    assert mailbox.room.is_set()
    mailbox.answer(b"x")
    assert not mailbox.room.is_set()
    assert not mailbox.overfull
    mailbox.take()
    assert mailbox.room.is_set()


def test_answers_that_were_read_count_no_more() -> None:
    mailbox = Mailbox()
    for _ in range(2 * MOST_ANSWERS):
        mailbox.answer(b"x" * 10_000)
        mailbox.take()
    assert mailbox.room.is_set() and not mailbox.overfull
