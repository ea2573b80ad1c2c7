"""The capture of a call as tshark reads it: all of it dissected, nothing malformed, no secret in it."""

from __future__ import annotations

import subprocess
from itertools import count
from pathlib import Path
from typing import Literal

import pytest

from phone_recorder.adapters.packet_capture import MOST_STREAMS, PacketCapture
from phone_recorder.errors import UsageError
from phone_recorder.sip.transport.blanking import blanked
from phone_recorder.wire.pcap import CaptureReader
from phone_recorder.wire.rtp import RtpPacket
from tests import peers
from tests.adapters.file_limit import no_file_above

Transport = Literal["UDP", "TCP", "TLS"]
HOSTS = {"4": ("192.0.2.1", "192.0.2.2"), "6": ("2001:db8::1", "2001:db8::2")}
CHECKED = [word for kind in ("udp", "tcp", "ip") for word in ("-o", f"{kind}.check_checksum:TRUE")]


KEY = "SECRETWVNfX19zZW1jdGwgKCkgewkyMjA7fQp9Cnplb"
"""As long as a key of that kind is."""


def start(path: Path, notes: list[str] | None = None, force: bool = False) -> PacketCapture:
    instants = count(1_700_000_000_000_000_000, 20_000_000)
    return PacketCapture(path, blanked, (notes if notes is not None else []).append, lambda: next(instants), force)


def sdp(host: str, media: int) -> bytes:
    version = "IP6" if ":" in host else "IP4"
    lines = ("v=0", f"o=- 1 1 IN {version} {host}", "s=-", f"c=IN {version} {host}", "t=0 0")
    text = "\r\n".join((*lines, f"m=audio {media} RTP/AVP 0", f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}", ""))
    return text.encode()


def sip(first: str, transport: Transport, host: str, body: bytes = b"", padding: int = 0) -> bytes:
    shown = f"[{host}]" if ":" in host else host
    lines = [
        first,
        f"Via: SIP/2.0/{transport} {shown};branch=z9hG4bK1",
        "From: <sip:alice@example.org>;tag=1",
        "To: <sip:bob@example.org>;tag=2",
        "Call-ID: one",
        "CSeq: 1 INVITE",
        'Authorization: Digest username="alice", realm="r", nonce="SECRET", uri="sip:b", response="SECRET"',
        *(["Content-Type: application/sdp"] if body else []),
        f"Subject: {'x' * padding}",
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


def capture_call(path: Path, transport: Transport, near: tuple[str, int], far: tuple[str, int], padding: int) -> None:
    """INVITE, 100, 200, ACK, and half a second of audio each way."""
    capture = start(path)
    here, there = (near[0], 40_000), (far[0], 50_000)
    for first, source, target, body in (
        ("INVITE sip:bob@example.org SIP/2.0", near, far, sdp(*here)),
        ("SIP/2.0 100 Trying", far, near, b""),
        ("SIP/2.0 200 OK", far, near, sdp(*there)),
        ("ACK sip:bob@example.org SIP/2.0", near, far, b""),
    ):
        capture.packet(transport, source, target, sip(first, transport, source[0], body, padding))
    for number in range(25):
        for source, target in ((here, there), (there, here)):
            capture.packet("UDP", source, target, bytes(RtpPacket(0, number, 160 * number, source[1], b"\xff" * 160)))
    capture.close()


def tshark(path: Path, *words: str) -> list[list[str]]:
    run = [peers.need("tshark"), "-r", str(path), *CHECKED, *words]
    out = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    return [line.split("\t") for line in out.splitlines()]


def fields(path: Path, only: str, *names: str) -> list[list[str]]:
    return tshark(path, "-Y", only, "-T", "fields", *(word for name in names for word in ("-e", name)))


@pytest.mark.peer
@pytest.mark.parametrize("padding", [0, 40_000])
@pytest.mark.parametrize("version", HOSTS)
@pytest.mark.parametrize(
    ("transport", "ours", "theirs"),
    [
        ("UDP", 5060, 5060),
        ("UDP", 40_123, 40_124),
        ("TCP", 5060, 5060),
        ("TCP", 40_123, 5060),
        ("TCP", 40_123, 40_124),
        ("TLS", 40_123, 5061),
        ("TLS", 40_123, 40_124),
    ],
)
def test_tshark_reads_a_call(
    transport: Transport, ours: int, theirs: int, version: str, padding: int, tmp_path: Path
) -> None:
    path = tmp_path / "call.pcap"
    near, far = HOSTS[version]
    capture_call(path, transport, (near, ours), (far, theirs), padding)

    messages = fields(path, "sip", "sip.Request-Line", "sip.Status-Line", "sip.auth.username")
    assert messages == [
        ["INVITE sip:bob@example.org SIP/2.0", "", '"alice"'],
        ["", "SIP/2.0 100 Trying", '"alice"'],
        ["", "SIP/2.0 200 OK", '"alice"'],
        ["ACK sip:bob@example.org SIP/2.0", "", '"alice"'],
    ]
    assert fields(path, "sdp", "sdp.media.port") == [["40000"], ["50000"]]
    rtp = fields(path, "rtp", "rtp.seq", "udp.srcport", "rtp.p_type")
    assert rtp == [[str(n), port, "0"] for n in range(25) for port in ("40000", "50000")]
    troubled = "_ws.malformed || _ws.expert.severity >= 6291456 || tcp.analysis.flags"
    bad = "udp.checksum.status == 0 || tcp.checksum.status == 0 || ip.checksum.status == 0"
    assert fields(path, f"{troubled} || {bad}", "frame.number", "_ws.expert.message") == []
    assert b"SECRET" not in path.read_bytes()


def test_what_udp_carries_is_read_again_with_its_time(tmp_path: Path) -> None:
    capture = start(tmp_path / "c")
    capture.packet("UDP", ("192.0.2.1", 1), ("192.0.2.2", 2), b"\x80Authorization: Digest SECRET")
    capture.packet("UDP", ("192.0.2.2", 2), ("192.0.2.1", 1), b"text")
    capture.close()
    with (tmp_path / "c").open("rb") as file:
        first, second = CaptureReader(file.read)
    assert first == (1_700_000_000_000_000_000, ("192.0.2.1", 1), ("192.0.2.2", 2), b"\x80Authorization: Digest SECRET")
    assert second == (1_700_000_000_020_000_000, ("192.0.2.2", 2), ("192.0.2.1", 1), b"text")


def test_an_address_that_is_none_costs_that_packet_alone(tmp_path: Path) -> None:
    capture = start(tmp_path / "c")
    capture.packet("UDP", ("", 0), ("192.0.2.2", 2), b"text")
    capture.packet("TCP", ("sip.example", 0), ("192.0.2.2", 2), b"text")
    capture.packet("UDP", ("192.0.2.1", 1), ("192.0.2.2", 2), b"text")
    capture.close()
    with (tmp_path / "c").open("rb") as file:
        assert [datagram.payload for datagram in CaptureReader(file.read)] == [b"text"]


def test_connections_are_not_remembered_without_end(tmp_path: Path) -> None:
    capture = start(tmp_path / "c")
    for port in range(1, MOST_STREAMS + 100):
        capture.packet("TCP", ("192.0.2.1", port), ("192.0.2.2", 5060), b"text")
    size = (tmp_path / "c").stat().st_size
    capture.packet("TCP", ("192.0.2.1", 1), ("192.0.2.2", 5060), b"text")
    data = (tmp_path / "c").read_bytes()[size:]
    assert data[16 + 24 : 16 + 28] == bytes([0, 0, 0, 1])


def test_a_full_disk_ends_the_capture_with_one_note_and_raises_nothing(tmp_path: Path) -> None:
    notes: list[str] = []
    capture = start(tmp_path / "c", notes)
    with no_file_above(200):
        for _ in range(5):
            capture.packet("UDP", ("192.0.2.1", 1), ("192.0.2.2", 2), bytes(100))
    capture.close()
    assert notes == [f"the capture {tmp_path / 'c'} ends here: file too large"]


def test_it_is_its_owners_alone_and_never_over_another(tmp_path: Path) -> None:
    start(tmp_path / "c").close()
    assert (tmp_path / "c").stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="exists already"):
        start(tmp_path / "c")
    start(tmp_path / "c", force=True).close()
