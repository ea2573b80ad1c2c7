"""Captures as they are written: literal bytes, our reader, and tshark with all checksums checked."""

from __future__ import annotations

import io
import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.wire.network import parse_udp
from phone_recorder.wire.pcap import CaptureReader, Datagram
from phone_recorder.wire.pcap_writer import FILE_HEADER, MAX_DATAGRAM, MAX_SEGMENT, record, tcp_packet, udp_packet
from tests import peers

NEAR, FAR = ("192.0.2.1", 4000), ("192.0.2.2", 5000)
NEAR6, FAR6 = ("2001:db8::1", 4000), ("2001:db8::2", 5000)
RAW_IP = 101


def test_the_file_begins_as_the_draft_says() -> None:
    assert bytes.fromhex("4d3cb2a1 0200 0400 00000000 00000000 00000400 65000000") == FILE_HEADER


def test_a_record_has_its_time_in_nanoseconds() -> None:
    assert record(1_700_000_000_123_456_789, b"abc") == bytes.fromhex("00f15365 15cd5b07 03000000 03000000") + b"abc"


def test_a_datagram_is_made_as_the_rfcs_say() -> None:
    assert udp_packet(NEAR, FAR, b"hi!") == bytes.fromhex(
        "4500001f 00004000 4011b6ca c0000201 c0000202  0fa01388 000b cf42 686921"
    )


def test_a_segment_is_made_as_the_rfc_says() -> None:
    assert tcp_packet(NEAR, FAR, 1, 2**32 + 2, b"hi!") == bytes.fromhex(
        "4500002b 00004000 4006b6c9 c0000201 c0000202  0fa01388 00000001 00000002 5018ffff 7f31 0000 686921"
    )


@given(st.binary(max_size=200), st.integers(0, 65535), st.integers(0, 65535), st.booleans())
def test_what_is_written_is_read_again(payload: bytes, source: int, target: int, six: bool) -> None:
    near, far = (NEAR6[0] if six else NEAR[0], source), (FAR6[0] if six else FAR[0], target)
    capture = FILE_HEADER + record(5_000_000_007, udp_packet(near, far, payload))
    assert list(CaptureReader(io.BytesIO(capture).read)) == [Datagram(5_000_000_007, near, far, payload)]


def test_a_payload_is_cut_to_what_a_datagram_holds() -> None:
    parsed = parse_udp(RAW_IP, udp_packet(NEAR, FAR, bytes(70_000)))
    assert isinstance(parsed, tuple)
    assert len(parsed.payload) == MAX_DATAGRAM


def test_one_address_of_each_kind_makes_a_packet_of_the_newer_kind() -> None:
    mapped = str(ip_address("::ffff:192.0.2.1"))
    assert parse_udp(RAW_IP, udp_packet(NEAR, FAR6, b"x")) == ((mapped, 4000), FAR6, b"x")


def test_a_zone_is_left_out() -> None:
    assert parse_udp(RAW_IP, udp_packet(("fe80::1%lo", 1), ("fe80::2%2", 2), b"")) == (
        ("fe80::1", 1),
        ("fe80::2", 2),
        b"",
    )


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="sip"):
        udp_packet(("sip.example", 1), FAR, b"")


CHECKED = [word for kind in ("udp", "tcp", "ip") for word in ("-o", f"{kind}.check_checksum:TRUE")]
GOOD = "1"


@pytest.mark.peer
def test_tshark_finds_all_checksums_right(tmp_path: Path) -> None:
    payloads = [b"", b"a", b"ab", b"\xff\xff" * 500, bytes(999), bytes(range(256)) * 60]
    # The last one is such that the sum comes out as zero, which UDP must write as 0xffff.
    zero = udp_packet(NEAR, FAR, b"\0\0")[26:28]
    packets = [make for data in payloads for make in _each_kind(data)] + [udp_packet(NEAR, FAR, zero)]
    path = tmp_path / "capture"
    path.write_bytes(FILE_HEADER + b"".join(record(i, packet) for i, packet in enumerate(packets)))
    fields = ["-e", "udp.checksum.status", "-e", "tcp.checksum.status", "-e", "ip.checksum.status", "-e", "ip.version"]
    run = [peers.need("tshark"), "-r", str(path), *CHECKED, "-T", "fields", *fields]
    rows = subprocess.run(run, check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(rows) == len(packets)
    for row in rows:
        udp, tcp, ip, version = row.split("\t")
        assert udp + tcp == GOOD
        assert (ip == GOOD) == (version == "4")
    assert udp_packet(NEAR, FAR, zero)[26:28] == b"\xff\xff"


def _each_kind(data: bytes) -> list[bytes]:
    return [
        udp_packet(NEAR, FAR, data),
        udp_packet(NEAR6, FAR6, data),
        tcp_packet(NEAR, FAR, 2**32 - 1, 7, data[:MAX_SEGMENT]),
        tcp_packet(NEAR6, FAR6, 1, 1, data[:MAX_SEGMENT]),
    ]
