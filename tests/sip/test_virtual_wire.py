"""The network in memory does to messages what its fault says, and nothing else."""

from __future__ import annotations

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.timers import VirtualTimers
from tests.sip.virtual_wire import (
    Fault,
    VirtualWire,
    clean,
    drop_first,
    losing,
    reordered,
    silent,
    spoilt_first,
    summary,
    twice,
)

OPTIONS = b"OPTIONS sip:1@192.0.2.9 SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n"
INVITE = b"INVITE sip:1@192.0.2.9 SIP/2.0\r\nCSeq: 2 INVITE\r\n\r\nv=0\r\n"
RINGING = b"SIP/2.0 180 Ringing\r\nCSeq: 2 INVITE\r\n\r\n"
OK = b"SIP/2.0 200 OK\r\ncseq : 2\tINVITE\r\n\r\n"


class Ear:
    """Writes down what arrives."""

    def __init__(self, timers: VirtualTimers) -> None:
        self.heard: list[tuple[float, bytes]] = []
        self.sources: list[Hop] = []
        self.errors: list[str] = []
        self._timers = timers

    def received(self, data: bytes, source: Hop) -> None:
        self.heard.append((round(self._timers.now(), 3), data))
        self.sources.append(source)

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        self.errors.append(f"{hop}: {error}")


class Bench:
    """Two ports, and ears at both."""

    def __init__(self) -> None:
        self.timers = VirtualTimers()
        self.wire = VirtualWire(self.timers)
        self.phone = self.wire.port("phone", "192.0.2.1")
        self.server = self.wire.port("server", "192.0.2.9")
        self.phone_ear = self.phone.receiver = Ear(self.timers)
        self.server_ear = self.server.receiver = Ear(self.timers)


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        (clean, [(0.01, OPTIONS), (0.01, OPTIONS), (0.01, INVITE)]),
        (drop_first, [(0.01, OPTIONS)]),
        (
            twice,
            [(0.01, OPTIONS), (0.01, OPTIONS), (0.01, INVITE), (0.015, OPTIONS), (0.015, OPTIONS), (0.015, INVITE)],
        ),
        (reordered, [(0.01, OPTIONS), (0.01, OPTIONS), (0.04, INVITE)]),
        (spoilt_first, [(0.01, OPTIONS[:17]), (0.01, OPTIONS), (0.01, INVITE[:18])]),
        (losing("OPTIONS"), [(0.01, INVITE)]),
        (silent, []),
    ],
)
def test_a_fault_says_what_arrives_and_when(fault: Fault, heard: list[tuple[float, bytes]]) -> None:
    bench = Bench()
    bench.wire.fault = fault
    for data in (OPTIONS, OPTIONS, INVITE):
        bench.phone.send(data, bench.server.hop())
    bench.timers.advance(1)
    assert bench.server_ear.heard == heard
    assert bench.wire.story == ["phone>server OPTIONS", "phone>server OPTIONS", "phone>server INVITE"]
    assert bench.server_ear.sources == [bench.phone.hop()] * len(heard)


def test_over_tcp_a_fault_does_nothing() -> None:
    bench = Bench()
    bench.wire.fault = silent
    bench.phone.send(OPTIONS, bench.server.hop("TCP"))
    bench.timers.advance(1)
    assert bench.server_ear.heard == [(0.01, OPTIONS)]
    assert bench.server_ear.sources == [Hop("TCP", "192.0.2.1", 5060)]


def test_where_nobody_is_a_datagram_vanishes_and_a_connection_breaks() -> None:
    bench = Bench()
    bench.wire.unplug(bench.server)
    bench.phone.send(OPTIONS, bench.server.hop())
    bench.timers.advance(1)
    assert bench.phone_ear.errors == []
    bench.phone.send(OPTIONS, bench.server.hop("TCP"))
    bench.timers.advance(1)
    assert bench.phone_ear.errors == ["192.0.2.9:5060 over TCP: nobody is at 192.0.2.9:5060 over TCP"]
    bench.wire.plug(bench.server)
    bench.phone.send(OPTIONS, bench.server.hop())
    bench.timers.advance(1)
    assert [data for _, data in bench.server_ear.heard] == [OPTIONS]
    assert bench.wire.sent("phone", "OPTIONS") == [OPTIONS] * 3
    assert bench.wire.sent("phone", "INVITE") == bench.wire.sent("server") == []


@pytest.mark.parametrize(
    ("data", "said"), [(INVITE, "INVITE"), (RINGING, "180 INVITE"), (OK, "200 INVITE"), (b"\r\n\r\n", "?"), (b"", "?")]
)
def test_a_summary_is_the_method_or_the_status_with_its_method(data: bytes, said: str) -> None:
    assert summary(data) == said
