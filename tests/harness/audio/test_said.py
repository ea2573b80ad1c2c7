"""Where on the time line a leg's packets are heard."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import pytest

from phone_recorder.harness.audio.said import said, said_both_ways
from phone_recorder.media import g711
from phone_recorder.phone.party import Datagram
from phone_recorder.wire.payload import PCMA, PCMU
from tests.harness.audio.recordings import FRAME, NEAR, SECOND, spoken

LOUD, LOW = b"\x80" * FRAME, b"\xa0" * FRAME
LOUD_SAMPLE, LOW_SAMPLE = g711.decode(PCMU, LOUD)[0], g711.decode(PCMU, LOW)[0]


def packet(sequence: int, timestamp: int, payload: bytes = LOUD, ssrc: int = 1, payload_type: int = 0) -> bytes:
    return struct.pack("!BBHII", 0x80, payload_type, sequence, timestamp % 2**32, ssrc) + payload


def heard_from(datagrams: Sequence[Datagram]) -> list[tuple[int, int]]:
    """From and to of all that is not silence."""
    line = np.concatenate(([0], (said(datagrams) != 0).astype(np.int8), [0]))
    edges: list[list[int]] = np.flatnonzero(np.diff(line)).reshape(-1, 2).tolist()
    return [(start, end) for start, end in edges]


@pytest.mark.parametrize(
    ("datagrams", "spans"),
    [
        ([], []),
        ([(800, packet(1, 5))], [(800, 960)]),
        ([(-80, packet(1, 5))], [(0, 80)]),
        # A packet stands by its timestamp, however late it was sent.
        ([(0, packet(1, 0)), (250, packet(2, 160))], [(0, 320)]),
        ([(0, packet(1, 2**32 - 160)), (160, packet(2, 0))], [(0, 320)]),
        ([(0, packet(1, 0)), (480, packet(2, 480))], [(0, 160), (480, 640)]),
        # Another SSRC has an anchor of its own, and keeps it.
        ([(0, packet(1, 0)), (400, packet(9, 77, ssrc=2)), (560, packet(10, 237, ssrc=2))], [(0, 160), (400, 720)]),
        # Timestamps that leap by more than any delay begin a new count, and so does a sender that has stood still.
        ([(0, packet(1, 0)), (16161, packet(2, 160))], [(0, 160), (16161, 16321)]),
        ([(0, packet(1, 0)), (160, packet(2, 2**31)), (320, packet(3, 2**31 + 160))], [(0, 480)]),
        # One packet that is late is late, however late it is.
        ([(0, packet(1, 0)), (8160, packet(2, 160))], [(0, 320)]),
        ([(0, packet(1, 0)), (160, packet(2, 8160))], [(0, 160), (8160, 8320)]),
        # What is no audio of ours is silence.
        ([(0, packet(1, 0, payload_type=13)), (160, packet(2, 160, payload_type=101))], []),
        ([(0, b"no RTP at all, is it"), (0, b"\x80"), (0, b""), (160, packet(1, 0))], [(160, 320)]),
    ],
)
def test_packets_are_heard_where_they_stand(datagrams: Sequence[Datagram], spans: list[tuple[int, int]]) -> None:
    assert heard_from(datagrams) == spans


def test_what_came_first_stays() -> None:
    line = said([(0, packet(1, 0)), (160, packet(2, 80, LOW))])
    assert line.tolist() == [LOUD_SAMPLE] * 160 + [LOW_SAMPLE] * 80


def test_a_header_with_more_in_it_is_read_as_it_should_be() -> None:
    padded = bytes([0xA1]) + packet(1, 0)[1:12] + b"CSRC" + LOUD + b"\0\0\0\4"
    assert said([(0, padded)]).tolist() == [LOUD_SAMPLE] * 160


def test_a_codec_may_change_at_any_packet() -> None:
    line = said([(0, packet(1, 0)), (160, packet(2, 160, payload_type=8)), (320, packet(3, 320))])
    assert line.tolist() == [LOUD_SAMPLE] * 160 + [g711.decode(PCMA, LOUD)[0]] * 160 + [LOUD_SAMPLE] * 160


def test_a_whole_voice_is_its_payloads_decoded() -> None:
    datagrams = spoken(NEAR, 2)
    assert said(datagrams).tolist() == list(g711.decode(PCMU, b"".join(data[12:] for _, data in datagrams)))


def test_a_clock_that_goes_wrong_is_followed_to_the_unit_and_loses_nothing_by_itself() -> None:
    count, ppm = 15000, 150
    datagrams = [(round(n * FRAME * (1 - ppm / 1e6)), packet(n % 65536, n * FRAME, LOUD)) for n in range(count)]
    last = datagrams[-1][0] + FRAME
    assert abs(len(said(datagrams)) - last) <= 2 < count * FRAME - last
    placed, steady = said_both_ways(datagrams)
    assert len(steady) == count * FRAME
    assert placed.tolist() == said(datagrams).tolist()


def test_jitter_is_not_drift() -> None:
    datagrams = [(n * FRAME + n * 37 % 150, packet(n, n * FRAME)) for n in range(2000)]
    assert heard_from(datagrams) == [(0, 2000 * FRAME)]
    placed, steady = said_both_ways(datagrams)
    assert steady is placed


def test_ten_minutes_of_dtx_is_laid_in_no_time() -> None:
    datagrams = [(n * SECOND, packet(n, n * SECOND)) for n in range(600)]
    assert len(heard_from(datagrams)) == 600
