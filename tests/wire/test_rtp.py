"""RTP packets against literal bytes of RFC 3550 section 5.1, and the arithmetic of wrapping counters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import RtpError
from phone_recorder.wire.rtp import Extension, RtpPacket, RtpSender, sequence_delta, timestamp_delta

PLAIN = bytes.fromhex("8008ffff fffffff0 12345678 d5d5")
CSRC = bytes.fromhex("8200 0001 00000002 00000003 0000000a 0000000b") + b"audio"
EXTENSION = bytes.fromhex("9000 0001 00000002 00000003 bede 0002 1122334455667788") + b"audio"
PADDING = bytes.fromhex("a000 0001 00000002 00000003") + b"audio" + bytes.fromhex("00000004")
EVERYTHING = (
    bytes.fromhex("b289 0001 00000002 00000003 0000000a 0000000b bede 0001 11223344")
    + b"audio"
    + bytes.fromhex("000003")
)

LITERALS = {
    "plain": (PLAIN, RtpPacket(8, 0xFFFF, 0xFFFFFFF0, 0x12345678, b"\xd5\xd5")),
    "csrc": (CSRC, RtpPacket(0, 1, 2, 3, b"audio", csrc=(10, 11))),
    "extension": (
        EXTENSION,
        RtpPacket(0, 1, 2, 3, b"audio", extension=Extension(0xBEDE, bytes.fromhex("1122334455667788"))),
    ),
    "empty extension": (
        bytes.fromhex("9000 0001 00000002 00000003 bede 0000"),
        RtpPacket(0, 1, 2, 3, b"", extension=Extension(0xBEDE, b"")),
    ),
    "padding": (PADDING, RtpPacket(0, 1, 2, 3, b"audio", padding=4)),
    "all padding": (bytes.fromhex("a000 0001 00000002 00000003 0002"), RtpPacket(0, 1, 2, 3, b"", padding=2)),
    "marker": (bytes.fromhex("8080 0001 00000002 00000003"), RtpPacket(0, 1, 2, 3, b"", marker=True)),
    "everything": (
        EVERYTHING,
        RtpPacket(9, 1, 2, 3, b"audio", True, (10, 11), Extension(0xBEDE, bytes.fromhex("11223344")), 3),
    ),
}

FLAGS = (b"\x81", b"\x90", b"\xa0", b"\xb2", b"\xbf")
"""First bytes that promise contributing sources, an extension, padding."""

PACKETS = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    payload=st.binary(max_size=200),
    marker=st.booleans(),
    csrc=st.lists(st.integers(0, 0xFFFFFFFF), max_size=15).map(tuple),
    extension=st.none()
    | st.builds(
        Extension, st.integers(0, 0xFFFF), st.lists(st.binary(min_size=4, max_size=4), max_size=5).map(b"".join)
    ),
    padding=st.integers(0, 255),
)


@pytest.mark.parametrize(("data", "packet"), LITERALS.values(), ids=LITERALS.keys())
def test_literal_packets_parse_and_are_written_back(data: bytes, packet: RtpPacket) -> None:
    assert RtpPacket.parse(data) == packet
    assert bytes(packet) == data


@settings(max_examples=200, deadline=None)
@given(PACKETS)
def test_what_is_written_parses_to_the_same(packet: RtpPacket) -> None:
    assert RtpPacket.parse(bytes(packet)) == packet


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80) | st.builds(bytes.__add__, st.sampled_from(FLAGS), st.binary(max_size=60)))
def test_m18_garbage_is_a_packet_or_an_rtp_error(data: bytes) -> None:
    try:
        packet = RtpPacket.parse(data)
    except RtpError as error:
        assert str(error)
    else:
        # What the header takes away, nothing else, is missing from the payload.
        words = len(packet.csrc) + (1 + len(packet.extension.data) // 4 if packet.extension else 0)
        assert len(data) == 12 + 4 * words + len(packet.payload) + packet.padding


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "0 bytes are too few for an RTP header of 12"),
        (PLAIN[:11], "11 bytes are too few for an RTP header of 12"),
        (CSRC[:19], "the packet ends inside its 2 contributing sources"),
        (EXTENSION[:15], "the packet ends inside the head of its extension"),
        (EXTENSION[:23], "the packet ends inside its extension of 8 bytes"),
        (PADDING[:12], "a padding of 0 bytes does not fit a payload of 0"),
        (PADDING[:-1] + b"\x00", "a padding of 0 bytes does not fit a payload of 9"),
        (PADDING[:-1] + b"\x0a", "a padding of 10 bytes does not fit a payload of 9"),
        (b"\x40" + PLAIN[1:], "RTP version 1 instead of 2"),
        (b"\xc0" + PLAIN[1:], "RTP version 3 instead of 2"),
        (b"OPTIONS sip:1001@127.0.0.1 SIP/2.0\r\n", "RTP version 1 instead of 2"),
    ],
)
def test_m18_malformed_packets_say_what_is_wrong(data: bytes, message: str) -> None:
    with pytest.raises(RtpError) as caught:
        RtpPacket.parse(data)
    assert str(caught.value) == message


@pytest.mark.parametrize("size", range(24))
def test_m18_a_packet_cut_inside_its_header_is_never_a_packet(size: int) -> None:
    header_end = len(EVERYTHING) - len(b"audio") - 3
    assert header_end > 23
    with pytest.raises(RtpError):
        RtpPacket.parse(EVERYTHING[:size])


@pytest.mark.parametrize(
    ("newer", "older", "delta"),
    [
        (0, 0, 0),
        (1, 0, 1),
        (0, 1, -1),
        (0, 0xFFFF, 1),
        (0xFFFF, 0, -1),
        (2, 0xFFFE, 4),
        (0x7FFF, 0, 0x7FFF),
        (0x8000, 0, -0x8000),
        (0, 0x8000, -0x8000),
        (0, 0x8001, 0x7FFF),
    ],
)
def test_sequence_numbers_differ_the_short_way_round(newer: int, older: int, delta: int) -> None:
    assert sequence_delta(newer, older) == delta


@pytest.mark.parametrize(
    ("newer", "older", "delta"),
    [
        (160, 0, 160),
        (0, 160, -160),
        (0, 0xFFFFFF60, 160),
        (0xFFFFFF60, 0, -160),
        (0x7FFFFFFF, 0, 0x7FFFFFFF),
        (0x80000000, 0, -0x80000000),
        (0, 0x80000000, -0x80000000),
        (0, 0x80000001, 0x7FFFFFFF),
    ],
)
def test_timestamps_differ_the_short_way_round(newer: int, older: int, delta: int) -> None:
    assert timestamp_delta(newer, older) == delta


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 0xFFFFFFFF), st.integers(-0x8000, 0x7FFF))
def test_a_step_is_found_again_from_any_start(start: int, step: int) -> None:
    assert sequence_delta(start + step & 0xFFFF, start & 0xFFFF) == step
    assert timestamp_delta(start + step & 0xFFFFFFFF, start) == step


def test_a_sender_is_continuous_over_both_wraps() -> None:
    sender = RtpSender(0, 0x12345678, sequence=0xFFFE, timestamp=0xFFFFFF00)
    packets = [RtpPacket.parse(sender.packet(b"\xff" * 160)) for _ in range(4)]
    assert [p.sequence for p in packets] == [0xFFFE, 0xFFFF, 0, 1]
    assert [p.timestamp for p in packets] == [0xFFFFFF00, 0xFFFFFFA0, 0x40, 0xE0]
    assert {p.ssrc for p in packets} == {0x12345678}


def test_a_sender_masks_what_it_starts_with() -> None:
    sender = RtpSender(8, 1, sequence=0x1FFFF, timestamp=0x1_0000_0001)
    assert sender.packet(b"\xd5", marker=True) == bytes.fromhex("8088ffff 00000001 00000001 d5")
    assert sender.packet(b"\xd5") == bytes.fromhex("80080000 00000002 00000001 d5")


def test_the_timestamp_counts_payload_bytes_whatever_their_number() -> None:
    sender = RtpSender(9, 1, sequence=0, timestamp=0)
    sizes = [80, 160, 240, 320, 480]
    stamps = [RtpPacket.parse(sender.packet(bytes(size))).timestamp for size in sizes]
    assert stamps == [0, 80, 240, 480, 800]


def test_a_drawn_stream_begins_anywhere() -> None:
    asked = []

    def draw(bits: int) -> int:
        asked.append(bits)
        return (1 << bits) - len(asked)

    sender = RtpSender.drawn(8, draw)
    packet = RtpPacket.parse(sender.packet(b"x"))
    assert asked == [32, 16, 32] and packet.payload_type == 8
    assert (packet.ssrc, packet.sequence, packet.timestamp) == (2**32 - 1, 2**16 - 2, 2**32 - 3)
