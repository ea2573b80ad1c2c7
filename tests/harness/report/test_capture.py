"""Packets as a capture."""

from __future__ import annotations

import io
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from phone_recorder.harness.evidence import Carried
from phone_recorder.harness.report.capture import capture
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.pcap import CaptureReader
from phone_recorder.wire.pcap_writer import FILE_HEADER, MAX_SEGMENT
from tests import peers
from tests.harness.report.results import FAR, FRAME, PHONE, SERVER, carried, voice

BEGINS_AT = datetime(2026, 3, 2, 10, 0, 0, 500)
BEGINS_NS = 1_772_445_600_000_500_000


def test_a_datagram_has_its_time_and_addresses() -> None:
    data = voice(b"\xff" * FRAME)[0][1]
    made = capture([Carried(SECOND + 1, "UDP", FAR, PHONE, data)], BEGINS_AT)
    assert list(CaptureReader(io.BytesIO(made.data).read)) == [(BEGINS_NS + 1_000_125_000, FAR, PHONE, data)]


def test_packets_stand_in_the_order_of_their_times() -> None:
    late, soon = (Carried(at, "UDP", FAR, PHONE, b"\x80") for at in (200, 100))
    times = [datagram[0] for datagram in CaptureReader(io.BytesIO(capture([late, soon], BEGINS_AT).data).read)]
    assert times == sorted(times)


def test_a_capture_that_would_be_too_large_has_its_first_packets() -> None:
    whole = capture(carried(), BEGINS_AT)
    assert whole.packets == len(carried())
    cut = capture(carried(), BEGINS_AT, len(whole.data) - 1)
    assert cut.packets == whole.packets - 1
    assert whole.data.startswith(cut.data)


def test_no_room_at_all_leaves_the_head() -> None:
    assert capture(carried(), BEGINS_AT, 0) == (FILE_HEADER, 0)


def test_an_address_that_is_none_costs_that_packet_alone() -> None:
    made = capture([Carried(0, "UDP", ("", 0), PHONE, b"\x80"), *carried()], BEGINS_AT)
    assert made == capture(carried(), BEGINS_AT)


def test_secrets_are_blanked() -> None:
    secret = b'OPTIONS sip:a SIP/2.0\r\nAuthorization: Digest username="a", response="SECRET"\r\n\r\n'
    for transport in ("UDP", "TCP"):
        made = capture([Carried(0, transport, PHONE, FAR, secret)], BEGINS_AT)
        assert b"OPTIONS" in made.data
        assert b"SECRET" not in made.data


@pytest.mark.peer
def test_tshark_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "case.pcap"
    large = Carried(4000, "TCP", PHONE, SERVER, b"x" * (MAX_SEGMENT + 1))
    path.write_bytes(capture([*carried(), large, Carried(4001, "TCP", PHONE, SERVER, b"y")], BEGINS_AT).data)
    tshark = [peers.need("tshark"), "-r", str(path), "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]
    as_rtp = ["-d", f"udp.port=={FAR[1]},rtp", "-t", "ud"]

    def found(only: str, *fields: str) -> list[str]:
        words = [word for field in fields for word in ("-e", field)]
        run = [*tshark, *as_rtp, "-Y", only, "-T", "fields", *words]
        return subprocess.run(run, check=True, capture_output=True, text=True).stdout.splitlines()

    assert found("rtp", "rtp.seq") == [str(number) for number in range(10)]
    assert found("frame.number == 1", "frame.time_epoch") == ["1772445600.000500000"]
    assert found("tcp", "tcp.len") == ["28", "29", str(MAX_SEGMENT), "1", "1"]
    assert found("_ws.malformed || tcp.analysis.flags || tcp.checksum.status == 0", "frame.number") == []
