from __future__ import annotations

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.playing.dtmf import Dtmf
from phone_recorder.wire.rtp import RtpPacket
from tests.harness.playing.speaking import packets, speaker


def shaped(digits: str, count: int, frame: int = 160) -> list[list[RtpPacket]]:
    dtmf = Dtmf()
    dtmf.dial(digits)
    return [dtmf.shape(packet) for packet in packets(speaker(frame).packets(frame * count))]


def test_a_digit_is_160_ms_of_events_with_one_timestamp_and_three_ends() -> None:
    """RFC 4733 section 2.3: the event, the end bit and the volume, the length so far in units."""
    voice = packets(speaker().packets(1600))
    events = shaped("5", 10)
    assert [len(each) for each in events] == [1] * 7 + [3] + [1, 1]
    said = bytes.fromhex("050A00A0 050A0140 050A01E0 050A0280 050A0320 050A03C0 050A0460 058A0500")
    assert b"".join(each[0].payload for each in events[:8]) == said
    assert {(out.payload_type, out.timestamp) for each in events[:8] for out in each} == {(101, voice[0].timestamp)}
    assert [each[0].marker for each in events] == [True] + [False] * 9
    assert [each[0] for each in events[8:]] == voice[8:]


def test_digits_follow_on_each_other() -> None:
    events = shaped("1#d", 25)
    assert [each[0].payload[0] for each in events[:24]] == [1] * 8 + [11] * 8 + [15] * 8
    assert [each[0].marker for each in events[:24:8]] == [True] * 3
    assert events[24][0].payload_type == 0


def test_a_digit_that_is_no_whole_number_of_packets_is_160_ms_all_the_same() -> None:
    events = shaped("1", 7, frame=240)
    assert [len(each) for each in events] == [1, 1, 1, 1, 1, 3, 1]
    assert events[5][0].payload[2:] == (1280).to_bytes(2, "big")


def test_timestamps_that_leap_end_the_digit() -> None:
    dtmf = Dtmf()
    dtmf.dial("1")
    first, second = packets(speaker().packets(320))
    assert [len(dtmf.shape(packet)) for packet in (second, first, second)] == [1, 3, 1]


@pytest.mark.parametrize("digits", ["", "E", "1 2", "\u0661"])
def test_what_cannot_be_dialled(digits: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be dialled: write digits from 0 to 9, \*, # and A to D$"):
        Dtmf().dial(digits)
