"""Captures built byte by byte, and one of Debian's read the same as tshark reads it."""

from __future__ import annotations

import io
import struct
import subprocess
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.errors import AudioFileError
from phone_recorder.wire.network import Skip
from phone_recorder.wire.pcap import MAGICS, CaptureReader, Datagram
from phone_recorder.wire.rtp import RtpPacket
from tests import peers
from tests.wire.captures import (
    FAR,
    NEAR,
    block,
    enhanced,
    ethernet,
    interface,
    ipv4,
    ipv6,
    option,
    pcap,
    section,
    simple,
)  # fmt: skip

FRAME = ethernet(ipv4(b"audio"))
SIP_TESTER_CAPTURE = Path("/usr/share/sip-tester/g711a.pcap")


def read(data: bytes) -> tuple[list[Datagram], CaptureReader]:
    reader = CaptureReader(io.BytesIO(data).read)
    return list(reader), reader


def at(time_ns: int) -> Datagram:
    return Datagram(time_ns, NEAR, FAR, b"audio")


CLASSIC = {
    "little endian, us": (pcap([(5, 7, FRAME)]), 5_000_007_000),
    "big endian, us": (pcap([(5, 7, FRAME)], ">"), 5_000_007_000),
    "little endian, ns": (pcap([(5, 7, FRAME)], magic=0xA1B23C4D), 5_000_000_007),
    "big endian, ns": (pcap([(5, 7, FRAME)], ">", 0xA1B23C4D), 5_000_000_007),
    "check sequences told of": (pcap([(5, 7, FRAME + bytes(4))], link=0x2400_0001), 5_000_007_000),
    "raw IP": (pcap([(5, 7, ipv4(b"audio"))], link=101), 5_000_007_000),
    "after 2038": (pcap([(0xFFFFFFFF, 999_999, FRAME)]), 0xFFFFFFFF * 10**9 + 999_999_000),
}


@pytest.mark.parametrize(("data", "time_ns"), CLASSIC.values(), ids=CLASSIC)
def test_classic_captures(data: bytes, time_ns: int) -> None:
    assert read(data)[0] == [at(time_ns)]


TICKS = 0x1_0000_0005
NG = {
    "little endian, us": (section() + interface() + enhanced(FRAME, TICKS), [TICKS * 1000]),
    "big endian, us": (section(">") + interface(">") + enhanced(FRAME, TICKS, order=">"), [TICKS * 1000]),
    "ns": (section() + interface(options=option(9, b"\x09") + option(0, b"")) + enhanced(FRAME, TICKS), [TICKS]),
    "powers of two": (section() + interface(options=option(9, b"\x8a")) + enhanced(FRAME, 1536), [1_500_000_000]),
    "ms, after another option": (
        section() + interface(options=option(2, b"eth0\0") + option(9, b"\3")) + enhanced(FRAME, 5),
        [5_000_000],
    ),
    "offset": (
        section() + interface(options=option(14, struct.pack("<q", -2))) + enhanced(FRAME, 3_000_000),
        [1_000_000_000],
    ),
    "options broken off": (section() + interface(options=b"\x09\0\xff\xff") + enhanced(FRAME, 5), [5000]),
    "unknown blocks between": (
        section() + block(5, bytes(20)) + interface() + block(0xBAD, bytes(3)) + enhanced(FRAME, 1) + block(4, b""),
        [1000],
    ),
    "simple packets": (section() + interface() + simple(FRAME), [0]),
    "a simple packet after another": (section() + interface() + enhanced(FRAME, 9) + simple(FRAME), [9000, 9000]),
    "two interfaces": (
        section() + interface(link=101) + interface() + enhanced(FRAME, 2, 1) + enhanced(ipv4(b"audio"), 3),
        [2000, 3000],
    ),
    "two sections": (
        section() + interface(link=101) + enhanced(ipv4(b"audio"), 2)
        + section(">") + interface(">") + enhanced(FRAME, 3, order=">"),
        [2000, 3000],
    ),
    "an interface we do not know": (
        section() + interface(link=127) + interface() + enhanced(FRAME, 1) + enhanced(FRAME, 2, 1), [2000],
    ),
    "no packets": (section() + interface(), []),
}  # fmt: skip


@pytest.mark.parametrize(("data", "times_ns"), NG.values(), ids=NG)
def test_pcapng_captures(data: bytes, times_ns: list[int]) -> None:
    datagrams, reader = read(data)
    assert datagrams == [at(time_ns) for time_ns in times_ns]
    assert reader.problem == ""


def test_what_gives_no_datagram_is_counted_by_its_reason() -> None:
    fragment, arp, cut = ethernet(ipv4(b"audio", fragment=0x2000)), ethernet(bytes(28), "0806"), FRAME[:-2]
    datagrams, reader = read(pcap([(1, 0, fragment), (2, 0, arp), (3, 0, FRAME), (4, 0, cut), (5, 0, fragment)]))
    assert datagrams == [at(3_000_000_000)]
    assert reader.skipped == {Skip.FRAGMENT: 2, Skip.OTHER: 1, Skip.SHORT: 1}


def test_the_padding_of_a_simple_packet_is_no_part_of_it() -> None:
    cut = block(3, struct.pack("<I", len(FRAME)) + FRAME[:-2])
    assert cut[8 + 4 + len(FRAME) - 2 :][:2] == bytes(2)
    assert read(section() + interface(snap=len(FRAME)) + simple(FRAME))[0] == [at(0)]
    datagrams, reader = read(section() + interface(snap=len(FRAME) - 2) + cut)
    assert (datagrams, reader.skipped) == ([], {Skip.SHORT: 1})


BAD = {
    "empty": (b"", "empty"),
    "three bytes": (b"\xd4\xc3\xb2", "not a capture"),
    "text": (b"hello world", "not a capture"),
    "header cut": (pcap([])[:23], "cut short"),
    "link type": (pcap([], link=127), "link type 127 is not known"),
    "section cut": (section()[:11], "cut short"),
    "no byte order": (section().replace(b"\x4d\x3c\x2b\x1a", bytes(4)), "no byte order"),
}


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=BAD)
def test_what_is_no_capture_is_named_at_once(data: bytes, reason: str) -> None:
    with pytest.raises(AudioFileError, match=reason):
        CaptureReader(io.BytesIO(data).read)


def damaged(tail: bytes) -> bytes:
    return section() + interface() + enhanced(FRAME, 1) + tail + enhanced(FRAME, 2)


GIANT = struct.pack("<IIII", 2, 0, 0xFFFFFFFF, 0xFFFFFFFF)
DAMAGED = {
    "packet of 4 GB": (pcap([(0, 1, FRAME)]) + GIANT + FRAME, "claims 4294967295 bytes"),
    "block of 4 GB": (damaged(struct.pack("<II", 6, 0xFFFFFFFC)), "claims 4294967292 bytes"),
    "unknown block of 4 GB": (damaged(struct.pack("<II", 99, 0xFFFFFFFC)), "cut short"),
    "block of 0": (damaged(struct.pack("<II", 99, 0)), "claims 0 bytes"),
    "block of 13": (damaged(struct.pack("<II", 99, 13)), "claims 13 bytes"),
    "packet larger than its block": (damaged(enhanced(FRAME, size=5000)), "claims 5000 bytes in a block"),
    "interface that is not there": (damaged(enhanced(FRAME, number=1)), "interface 1"),
    "block too short for a packet": (damaged(block(6, bytes(8))), "too few"),
    "block too short for an interface": (damaged(block(1, bytes(4))), "too few"),
    "section without byte order": (damaged(block(0x0A0D0D0A, bytes(16))), "no byte order"),
}


@pytest.mark.parametrize(("data", "problem"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_capture_gives_what_came_before(data: bytes, problem: str) -> None:
    datagrams, reader = read(data)
    assert datagrams == [at(1000)]
    assert problem in reader.problem


WHOLE = {
    "classic": (pcap([]), pcap([(0, 1, FRAME)])[24:], pcap([(0, 2, FRAME)])[24:]),
    "pcapng": (section(), interface(), enhanced(FRAME, 1), enhanced(FRAME, 2)),
}
"""In the parts that a capture may end after; the last two are packets."""


@pytest.mark.parametrize("parts", WHOLE.values(), ids=WHOLE)
def test_a_capture_cut_anywhere_gives_the_packets_before_the_cut_and_tells(parts: tuple[bytes, ...]) -> None:
    whole = b"".join(parts)
    ends = list(accumulate(map(len, parts)))
    for size in range(ends[0], len(whole) + 1):
        datagrams, reader = read(whole[:size])
        assert datagrams == [at(1000), at(2000)][: sum(size >= end for end in ends[-2:])]
        assert reader.problem == ("" if size in ends else "the capture is cut short")


def test_no_more_is_read_at_once_than_a_packet_can_have() -> None:
    asked: list[int] = []
    file = io.BytesIO(damaged(block(99, bytes(1_000_000))))
    reader = CaptureReader(lambda size: asked.append(size) or file.read(size))  # type: ignore[func-returns-value]
    assert list(reader) == [at(1000), at(2000)]
    assert max(asked) <= 65_536


def test_datagrams_are_given_while_the_capture_is_still_being_read() -> None:
    def endless() -> Iterator[bytes]:
        yield pcap([])[:4]
        yield pcap([])[4:]
        while True:
            yield pcap([(0, 1, FRAME)])[24:40]
            yield FRAME

    source = endless()
    assert next(iter(CaptureReader(lambda _: next(source)))) == at(1000)


@given(st.binary(max_size=300) | st.tuples(st.sampled_from(MAGICS), st.binary(max_size=300)).map(b"".join))
def test_garbage_gives_one_named_error(data: bytes) -> None:
    try:
        datagrams, _ = read(data)
    except AudioFileError:
        return
    assert sum(len(datagram.payload) for datagram in datagrams) <= len(data)


@given(st.binary(max_size=200))
def test_garbage_after_a_good_packet_takes_nothing_from_it(tail: bytes) -> None:
    for head in (pcap([(0, 1, FRAME)]), section() + interface() + enhanced(FRAME, 1)):
        assert read(head + tail)[0][0] == at(1000)


def test_ipv6_addresses_are_written_the_short_way() -> None:
    datagrams, _ = read(pcap([(0, 0, ipv6(b"audio"))], link=229))
    assert datagrams == [Datagram(0, ("2001:db8::1", 4000), ("2001:db8::2", 5000), b"audio")]


def tshark_rtp(path: Path) -> list[tuple[int, int, str]]:
    """(sequence number, ns of the epoch, payload in hex) of each packet, as tshark sees them."""
    fields = ("rtp.seq", "frame.time_epoch", "rtp.payload")
    run = [peers.need("tshark"), "-r", str(path), "-d", "udp.port==5000,rtp", "-T", "fields"]
    out = subprocess.run([*run, *(word for f in fields for word in ("-e", f))], capture_output=True, check=True).stdout
    rows = [line.split("\t") for line in out.decode().splitlines()]
    return [(int(s), int(t.replace(".", "")), payload.replace(":", "")) for s, t, payload in rows]


def ours_rtp(data: bytes) -> list[tuple[int, int, str]]:
    packets = [(d.time_ns, RtpPacket.parse(d.payload)) for d in read(data)[0]]
    return [(packet.sequence, time_ns, packet.payload.hex()) for time_ns, packet in packets]


@pytest.mark.peer
def test_a_capture_of_sip_tester_reads_as_tshark_reads_it() -> None:
    peers.need("sipp")
    ours = ours_rtp(SIP_TESTER_CAPTURE.read_bytes())
    assert len(ours) == 236
    assert ours == tshark_rtp(SIP_TESTER_CAPTURE)


@pytest.mark.peer
@pytest.mark.parametrize("kind", ["pcapng", "pcap", "nsecpcap"])
def test_what_editcap_makes_of_it_reads_as_tshark_reads_it(kind: str, tmp_path: Path) -> None:
    peers.need("sipp")
    made = tmp_path / "made"
    subprocess.run([peers.need("editcap"), "-F", kind, str(SIP_TESTER_CAPTURE), str(made)], check=True)
    ours = ours_rtp(made.read_bytes())
    assert len(ours) == 236
    assert ours == tshark_rtp(made)
