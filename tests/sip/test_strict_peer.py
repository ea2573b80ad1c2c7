"""The strict peer gets on with itself, over any network, and finds fault with who does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phone_recorder.sip.timers import VirtualTimers
from tests.sip.strict_digest import Challenger
from tests.sip.strict_peer import StrictPeer
from tests.sip.strict_server import StrictServer
from tests.sip.virtual_wire import Fault, VirtualPort, VirtualWire, clean, drop_first, twice


class Bench:
    """Two strict peers; `call` makes the first one call the second."""

    def __init__(self, *challengers: Challenger) -> None:
        self.timers = VirtualTimers()
        self.wire = VirtualWire(self.timers)
        self.caller, self.caller_port = self._peer("caller", "192.0.2.1")
        self.callee, self.callee_port = self._peer("callee", "192.0.2.9", *challengers)

    def call(self) -> None:
        self.caller.call(self.callee.uri, self.callee_port.hop())

    def run(self, seconds: float) -> None:
        self.timers.advance(seconds)

    @property
    def complaints(self) -> list[str]:
        return self.caller.server.all_complaints + self.callee.server.all_complaints

    def _peer(self, name: str, host: str, *challengers: Challenger) -> tuple[StrictPeer, VirtualPort]:
        port = self.wire.port(name, host)
        server = StrictServer(port, self.timers, [*challengers])
        port.receiver = server
        return StrictPeer(server), port


@pytest.mark.parametrize("fault", [clean, drop_first, twice])
@pytest.mark.parametrize("by_caller", [False, True])
def test_a_call_is_made_and_ended_over_a_bad_network(fault: Fault, by_caller: bool) -> None:
    bench = Bench()
    bench.wire.fault = fault
    bench.call()
    bench.run(4)
    assert bench.callee.dialog and bench.caller.dialog
    assert bench.callee.dialog.confirmed
    (bench.caller if by_caller else bench.callee).hang_up()
    bench.run(60)
    assert bench.callee.dialog.over and bench.caller.dialog.over
    assert bench.complaints == []
    assert bench.timers.waiting == 0


def test_a_call_that_is_refused_is_acknowledged() -> None:
    bench = Bench()
    bench.callee.status = 486
    bench.call()
    bench.run(60)
    assert bench.wire.story[-2:] == ["callee>caller 486 INVITE", "caller>callee ACK"]
    assert bench.caller.dialog and bench.caller.dialog.statuses == [180, 486]
    assert bench.complaints == []


def test_a_call_that_is_cancelled_ends_with_487() -> None:
    bench = Bench()
    bench.callee.answers_after_s = None
    bench.call()
    bench.run(1)
    bench.caller.cancel()
    bench.run(60)
    assert bench.caller.dialog and bench.caller.dialog.statuses == [180, 487]
    assert bench.complaints == []


def test_a_challenge_is_repeated_until_its_ack_comes() -> None:
    bench = Bench(Challenger())
    bench.wire.fault = lambda data, before: [] if data.startswith(b"ACK") and not before else [(0.0, data)]
    bench.call()
    bench.run(60)
    assert bench.wire.story == ["caller>callee INVITE", *["callee>caller 401 INVITE", "caller>callee ACK"] * 2]
    assert bench.complaints == []


def spoilt(change: Callable[[bytes], bytes]) -> list[str]:
    """What the callee complains of when the caller's messages are changed on their way."""
    bench = Bench()
    bench.wire.fault = lambda data, before: [(0.0, data if data.startswith(b"SIP") else change(data))]
    bench.call()
    bench.run(3)
    bench.caller.hang_up()
    bench.run(60)
    return bench.callee.server.complaints


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (b"z9hG4bK", b"x", "INVITE: branch"),
        (b";rport", b"", "INVITE: rport"),
        (b"Max-Forwards", b"Most-Forwards", "INVITE: Max-Forwards"),
        (b"/UDP", b"/TCP", "INVITE: Via"),
        (b"Contact:", b"Kontakt:", "INVITE: Contact"),
        (b" BYE\r", b" INFO\r", "BYE: CSeq method"),
        (b"CSeq: 2 BYE", b"CSeq: 1 BYE", "BYE: CSeq 1 after 1"),
        (b"BYE sip:peer@192.0.2.9:5060", b"BYE sip:peer@192.0.2.9", "BYE: request URI is not the dialog's"),
        (b"\r\nContent-Length: 0", b"", "unreadable: Content-Length '' of a body of 0 bytes"),
        (b"\r\nContent-Length: 0", b"\nContent-Length: 0", "unreadable"),
    ],
)
def test_what_is_not_as_it_has_to_be_is_a_complaint(old: bytes, new: bytes, complaint: str) -> None:
    assert any(c.startswith(complaint) for c in spoilt(lambda data: data.replace(old, new, 1)))


def test_nothing_changed_is_no_complaint() -> None:
    assert spoilt(bytes) == []


def test_an_ack_that_never_comes_and_a_bye_that_nobody_answers_are_complaints() -> None:
    bench = Bench()
    bench.wire.fault = lambda data, before: [] if data.startswith((b"ACK", b"BYE")) else [(0.0, data)]
    bench.call()
    bench.run(3)
    bench.caller.hang_up()
    bench.run(60)
    assert bench.complaints == ["no answer to BYE", "no ACK for 200"]


def test_routes_are_wanted_back_in_the_order_that_suits_the_caller() -> None:
    bench = Bench()
    bench.callee.record_routes = ("<sip:p1@192.0.2.9;lr>", "<sip:p2@192.0.2.9;lr>")
    bench.call()
    bench.run(3)
    bench.caller.hang_up()
    bench.run(3)
    assert bench.callee.server.complaints == ["ACK: Route is not the dialog's", "BYE: Route is not the dialog's"]
