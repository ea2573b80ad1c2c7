"""Messages in a stream: whole, joined, a byte at a time, with keep-alives between, and what is none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.errors import SipMessageError
from phone_recorder.sip.messages.message import MAX_MESSAGE
from phone_recorder.sip.transport.framing import Framing


def message(length: bytes = b"Content-Length: 0", body: bytes = b"") -> bytes:
    return b"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\n" + length + b"\r\n\r\n" + body


PLAIN = message()
WITH_BODY = message(b"Content-Length: 9", b"v=0\r\n\r\no=")
"""Its body looks like the end of a head."""


def framed(*pieces: bytes) -> list[bytes]:
    framing = Framing()
    return [found for piece in pieces for found in framing.feed(piece)]


def a_byte_at_a_time(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


LENGTHS = {
    "usual": b"Content-Length: 9",
    "compact": b"l:9",
    "any case": b"cOnTeNt-LENGTH:9",
    "spaces": b"Content-Length \t:   9  ",
    "folded": b"Content-Length:\r\n  9",
    "folded twice": b"Content-Length:\r\n \r\n\t9",
    "twice the same": b"l: 9\r\nContent-Length: 09",
    "after one that only ends so": b"X-Content-Length: 3\r\nContent-Length: 9",
    "after one that is folded": b"Subject: x\r\n l: 3\r\nContent-Length: 9",
}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_message_ends_where_its_content_length_says(name: str) -> None:
    one = message(LENGTHS[name], b"v=0\r\n\r\no=")
    assert framed(one + one) == [one, one]
    assert framed(*a_byte_at_a_time(one + one)) == [one, one]


@given(st.lists(st.sampled_from([PLAIN, WITH_BODY, message(b"l: 3", b"\r\n\0")]), max_size=5), st.data())
def test_messages_come_out_as_they_went_in_however_they_are_cut(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(b"\r\n\r\n" + one for one in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    assert framed(*(stream[a:b] for a, b in pairwise([0, *cuts, len(stream)]))) == messages


@given(st.binary(max_size=300))
def test_garbage_is_held_or_refused_and_nothing_else(data: bytes) -> None:
    framing = Framing()
    try:
        found = list(framing.feed(data))
    except SipMessageError:
        return
    assert b"".join(found).replace(b"\r\n", b"") in data.replace(b"\r\n", b"")


def test_messages_before_the_bad_one_are_given_out() -> None:
    messages = Framing().feed(PLAIN + WITH_BODY + message(b"X: 1"))
    assert [next(messages), next(messages)] == [PLAIN, WITH_BODY]
    with pytest.raises(SipMessageError):
        next(messages)


REFUSED = {
    "no length": (b"X: 1", "needs a Content-Length, and this one has none"),
    "two lengths": (b"l: 1\r\nContent-Length: 2", "this one has two different ones"),
    "negative": (b"Content-Length: -1", "no number that can be"),
    "a plus": (b"Content-Length: +1", "no number that can be"),
    "empty": (b"Content-Length:", "no number that can be"),
    "a list": (b"Content-Length: 1, 1", "no number that can be"),
    "hexadecimal": (b"Content-Length: 0x10", "no number that can be"),
    "other digits": ("Content-Length: \N{ARABIC-INDIC DIGIT ONE}".encode(), "no number that can be"),
    "a giant": (b"Content-Length: " + b"9" * 5000, "no number that can be"),
    "too long": (b"Content-Length: 65535", "more than 65535 bytes"),
    "only in the body": (b"\r\nContent-Length: 0", "this one has none"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_message_without_one_good_length_is_refused(name: str) -> None:
    field, sentence = REFUSED[name]
    for pieces in ([message(field)], a_byte_at_a_time(message(field))):
        with pytest.raises(SipMessageError, match=sentence):
            framed(*pieces)


def test_the_largest_message_is_taken_and_one_byte_more_is_not() -> None:
    head = len(message(b"Content-Length: 65000"))
    body = bytes(MAX_MESSAGE - head)
    largest = message(b"Content-Length: %d" % len(body), body)
    assert len(largest) == MAX_MESSAGE
    assert framed(largest, PLAIN) == [largest, PLAIN]
    with pytest.raises(SipMessageError, match="more than 65535 bytes"):
        framed(message(b"Content-Length: %d" % (len(body) + 1)))


def test_a_head_that_never_ends_is_not_held_for_ever() -> None:
    with pytest.raises(SipMessageError, match="more than 65535 bytes"):
        framed(b"OPTIONS sip:a@b SIP/2.0\r\n", *[b"X: " + b"x" * 997 + b"\r\n"] * 66)


@pytest.mark.parametrize("data", [b"\x16\x03\x01", b"\0", b" OPTIONS", b"\nOPTIONS", b"\rOPTIONS", b"\xff"])
def test_bytes_that_begin_no_message_are_refused_at_once(data: bytes) -> None:
    with pytest.raises(SipMessageError, match="no SIP message"):
        framed(*a_byte_at_a_time(data))


def pings(framing: Framing, *pieces: bytes) -> tuple[int, int]:
    """(pings, messages) of what the framing is fed."""
    return sum(len(list(framing.feed(piece))) for piece in pieces), framing.pings


PINGS = {
    "a ping": (b"\r\n\r\n", 0, 1),
    "two pings": (b"\r\n\r\n\r\n\r\n", 0, 2),
    "a pong that nobody asked for": (b"\r\n", 0, 0),
    "a ping before a message": (b"\r\n\r\n" + PLAIN, 1, 1),
    "a line end after each message": (PLAIN + b"\r\n" + PLAIN + b"\r\n" + PLAIN, 3, 0),
    "a ping in a body": (WITH_BODY, 1, 0),
}


@pytest.mark.parametrize("name", PINGS)
def test_pings_between_messages_are_counted(name: str) -> None:
    data, messages, count = PINGS[name]
    assert pings(Framing(), data) == (messages, count)
    assert pings(Framing(), *a_byte_at_a_time(data)) == (messages, count)


def test_the_answer_to_our_ping_is_no_half_of_one() -> None:
    framing = Framing()
    for _ in range(3):
        framing.pong_due = True
        assert pings(framing, b"\r\n") == (0, 0)
    assert pings(framing, b"\r\n\r\n") == (0, 1)


def test_a_message_that_has_begun_is_told_of() -> None:
    framing = Framing()
    states = []
    for piece in (b"", b"\r\n", PLAIN[:1], PLAIN[1:], WITH_BODY[:-1], WITH_BODY[-1:]):
        list(framing.feed(piece))
        states.append(framing.partial)
    assert states == [False, False, True, False, True, False]
