from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import count

import pytest

from phone_recorder.phone.party import Datagram, Distant, Nobody, Party, Replay, Speaker
from phone_recorder.wire.rtp import RtpSender


def speaker(end: int = 1600, payloads: int = 1000) -> Speaker:
    voice = (number.to_bytes(2, "big") * 80 for number in range(payloads))
    return Speaker(voice, RtpSender(0, 7, 65535, 0xFFFFFFF0), 160, 1000, end)


def replay() -> Replay:
    return Replay([(160, b"b"), (0, b"a"), (160, b"c"), (500, b"d")], 1000, 1400)


def everything(party: Party, step: int, until: int = 3000) -> list[Datagram]:
    """What comes when it is looked at every `step` units."""
    return [datagram for now in (*range(0, until, step), until) for datagram in party.packets(now)]


class Delay:
    """A network that takes 20 ms, and swaps each two datagrams."""

    def __init__(self) -> None:
        self._under_way: list[Datagram] = []
        self._numbers = count()

    def send(self, instant: int, data: bytes) -> None:
        swap = 170 if next(self._numbers) % 2 == 0 else -170
        self._under_way.append((instant + 320 + swap, data))

    def arrived(self, until: int) -> list[Datagram]:
        out = sorted(datagram for datagram in self._under_way if datagram[0] < until)
        self._under_way = [datagram for datagram in self._under_way if datagram[0] >= until]
        return out


def test_a_speaker_sends_every_frame_from_the_start_to_the_end() -> None:
    sent = speaker().packets(10_000)
    assert [instant for instant, _ in sent] == [1000, 1160, 1320, 1480]
    assert [struct.unpack("!BBHII", data[:12]) for _, data in sent] == [
        (0x80, 0, 65535, 0xFFFFFFF0, 7),
        (0x80, 0, 0, 0x90, 7),
        (0x80, 0, 1, 0x130, 7),
        (0x80, 0, 2, 0x1D0, 7),
    ]
    assert [data[12:] for _, data in sent] == [number.to_bytes(2, "big") * 80 for number in range(4)]


def test_a_speaker_sends_nothing_at_the_very_end_or_before_the_start() -> None:
    party = speaker(end=1160)
    assert party.packets(1000) == []
    assert len(party.packets(1001)) == 1
    assert party.packets(9999) == []


def test_a_speaker_whose_voice_is_over_falls_silent() -> None:
    assert len(everything(speaker(end=5000, payloads=3), 80)) == 3


def test_a_capture_is_sent_at_its_own_times_until_the_end() -> None:
    assert replay().packets(10_000) == [(1000, b"a"), (1160, b"b"), (1160, b"c")]
    assert Replay([], 0, 1000).packets(500) == []


def test_nobody_sends_nothing() -> None:
    assert everything(Nobody(), 100) == []


def test_a_distant_party_is_heard_through_its_network() -> None:
    party = Distant(speaker(), Delay())
    assert [(instant, data[13]) for instant, data in everything(party, 50)] == everything_of_the_swapped()


def everything_of_the_swapped() -> list[tuple[int, int]]:
    sent = speaker().packets(10_000)
    arrivals = [instant + 320 + (170 if n % 2 == 0 else -170) for n, (instant, _) in enumerate(sent)]
    return sorted((arrival, data[13]) for arrival, (_, data) in zip(arrivals, sent, strict=True))


@pytest.mark.parametrize("step", [1, 33, 80, 160, 1600, 2999])
@pytest.mark.parametrize("make", [speaker, replay, lambda: Distant(speaker(), Delay())])
def test_how_often_one_looks_makes_no_difference(make: Callable[[], Party], step: int) -> None:
    assert everything(make(), step) == make().packets(3000) != []
