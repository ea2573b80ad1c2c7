from __future__ import annotations

import pickle
import sys

import pytest

from phone_recorder.harness.playing.sent import Sent, Unheard

DATAGRAMS = [(0, b"abc"), (160, b""), (160, b"defg"), (480, b"h")]


def test_what_was_sent_is_given_as_it_was() -> None:
    sent = Sent(DATAGRAMS[:1])
    sent.add(DATAGRAMS[1:])
    assert list(sent) == DATAGRAMS == [sent[number] for number in range(len(sent))]
    assert sent == DATAGRAMS
    assert sent == Sent(DATAGRAMS)
    assert sent != DATAGRAMS[:3]
    assert sent != Sent()


@pytest.mark.parametrize("number", [0, 3, -1, -4])
def test_each_has_its_number_from_either_end(number: int) -> None:
    assert Sent(DATAGRAMS)[number] == DATAGRAMS[number]


@pytest.mark.parametrize("part", [slice(None), slice(1, 3), slice(-2, None), slice(3, 0, -1), slice(2, 2)])
def test_a_slice_is_a_list_of_them(part: slice) -> None:
    assert Sent(DATAGRAMS)[part] == DATAGRAMS[part]


@pytest.mark.parametrize("number", [4, -5])
def test_there_is_nothing_beyond_the_last(number: int) -> None:
    with pytest.raises(IndexError):
        Sent(DATAGRAMS)[number]


def test_it_can_be_read_while_more_is_sent() -> None:
    sent = Sent(DATAGRAMS)
    reader = iter(sent)
    assert next(reader) == DATAGRAMS[0]
    sent.add([(640, b"i")])
    assert len(sent) == 5


def test_it_goes_through_a_pipe() -> None:
    assert pickle.loads(pickle.dumps(Sent(DATAGRAMS))) == DATAGRAMS


def test_a_packet_takes_little_more_than_its_bytes() -> None:
    packets, size = 10_000, 172
    sent = Sent((number * 160, bytes(size)) for number in range(packets))
    taken = sum(map(sys.getsizeof, vars(sent).values()))
    assert taken < packets * (size + 16) * 1.3


def test_of_who_is_not_heard_nothing_is_kept() -> None:
    sent = Unheard(DATAGRAMS)
    sent.add(DATAGRAMS)
    assert (len(sent), list(sent)) == (0, [])
