"""Headers by the thousand are, byte for byte and field for field, those of wire/rtp.py."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.bulk.rtp_rows import fields, write_headers
from phone_recorder.wire.rtp import HEADER_SIZE, RtpPacket

PACKETS = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    payload=st.just(b"audio"),
    marker=st.booleans(),
)


@given(st.lists(PACKETS, min_size=1, max_size=20))
def test_what_is_written_is_what_one_packet_would_be(packets: list[RtpPacket]) -> None:
    out = np.full((len(packets), HEADER_SIZE + 5), 0xAA, np.uint8)
    names = ("payload_type", "sequence", "timestamp", "ssrc", "marker")
    columns = (np.array([getattr(packet, name) for packet in packets]) for name in names)
    write_headers(out, *columns)
    out[:, HEADER_SIZE:] = np.frombuffer(b"audio", np.uint8)
    assert [row.tobytes() for row in out] == [bytes(packet) for packet in packets]


@given(st.lists(PACKETS, min_size=1, max_size=20))
def test_what_is_read_is_what_one_packet_would_say(packets: list[RtpPacket]) -> None:
    read = fields(np.array([list(bytes(packet)) for packet in packets], np.uint8))
    assert set(read.first.tolist()) == {0x80}
    got = zip(*(column.tolist() for column in read[1:]), strict=True)
    assert list(got) == [(p.payload_type, p.marker, p.sequence, p.timestamp, p.ssrc) for p in packets]


@given(st.lists(st.binary(min_size=HEADER_SIZE, max_size=HEADER_SIZE), min_size=1))
def test_any_bytes_are_read_and_come_back(rows: list[bytes]) -> None:
    data = np.array([list(row) for row in rows], np.uint8)
    read = fields(data)
    again = np.zeros_like(data)
    write_headers(again, read.payload_type, read.sequence, read.timestamp, read.ssrc, read.marker)
    again[:, 0] = read.first
    assert (again == data).all()


def test_counters_wrap_as_they_do_on_the_wire() -> None:
    out = np.zeros((2, HEADER_SIZE), np.uint8)
    write_headers(out, 0, np.array([0xFFFF, 0x10000]), np.array([0xFFFFFFFF, 0x100000005]), 7)
    assert fields(out).sequence.tolist() == [0xFFFF, 0]
    assert fields(out).timestamp.tolist() == [0xFFFFFFFF, 5]


def test_one_number_may_stand_for_all_rows_and_what_follows_is_left_alone() -> None:
    out = np.full((3, 20), 9, np.uint8)
    write_headers(out[:, 2:], 8, 1, 2, 0xFFFFFFFF, True)
    assert out[:, :2].tolist() == [[9, 9]] * 3 and out[:, 14:].tolist() == [[9] * 6] * 3
    assert bytes(out[1, 2:14]) == bytes(RtpPacket(8, 1, 2, 0xFFFFFFFF, b"", marker=True))


@pytest.mark.parametrize("shape", [(3, 11), (12,), (1, 12, 1)])
def test_what_cannot_be_rows_of_headers(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="hold no RTP headers of 12 bytes"):
        fields(np.zeros(shape, np.uint8))
