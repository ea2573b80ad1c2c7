"""The whole user agent against the strict registrar and peer: challenged, record-routed, over bad networks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from phone_recorder.sip.hop import Transport
from phone_recorder.sip.registration.registration import Registration
from tests.sip.call_rig import NO_TIMER, Ear, Rig, registered
from tests.sip.strict_digest import Challenger
from tests.sip.strict_peer import StrictPeer
from tests.sip.strict_registrar import StrictRegistrar
from tests.sip.strict_server import StrictServer
from tests.sip.virtual_wire import Arrival, Fault, clean, drop_first, reordered, spoilt_first, twice, without_branch

ROUTES = ("<sip:p1@192.0.2.9;lr>", "<sip:p2@192.0.2.9:5060;lr>")
STRICT = Challenger(once=True)
MILD = Challenger(proxy=True, algorithm="SHA-256", qop="auth-int")


def forgiving(fault: Fault) -> Fault:
    """The fault, that takes an ACK with another branch for a copy of the one before."""
    acks: Counter[bytes] = Counter()

    def apply(data: bytes, before: int) -> Iterable[Arrival]:
        acks[without_branch(data)] += data.startswith(b"ACK")
        return fault(data, acks[without_branch(data)] - 1 if data.startswith(b"ACK") else before)

    return apply


class Strict:
    """A phone of ours, registered at a strict server that is also the other phone."""

    def __init__(self, challenger: Challenger, transport: Transport = "UDP") -> None:
        self.rig = Rig()
        self.phone = self.rig.phone("1001", "192.0.2.1", registered("1001", "192.0.2.9"), NO_TIMER)
        port = self.rig.wire.port("server", "192.0.2.9")
        self.hop = port.hop(transport)
        self.server = StrictServer(port, self.rig.timers, [replace(challenger, complaints=[])])
        port.receiver = self.server
        self.registrar, self.peer = StrictRegistrar(self.server), StrictPeer(self.server)
        self.infos: list[tuple[int, str]] = []
        self.closed = 0

    def registration_changed(self, registration: Registration) -> None: ...

    def register(self) -> None:
        self.phone.agent.register(self.hop, self)
        self.run(8)
        assert len(self.registrar.bound) == 1

    def call(self) -> Ear:
        ear = self.phone.call("1002", self.hop)
        self.run(12)
        assert ear.heard[-1] == "answered"
        return ear

    def record(self, *values: str) -> None:
        for value in values:
            self.phone.last.info((("Record", value),), lambda status, words: self.infos.append((status, words)))
            self.run(8)

    def close(self) -> None:
        self.phone.agent.close(self._close)
        self.run(80)

    def _close(self) -> None:
        self.closed += 1

    def run(self, seconds: float) -> None:
        self.rig.timers.advance(seconds)

    @property
    def complaints(self) -> list[str]:
        return [c for c in self.server.all_complaints if not c.startswith("unreadable")]


@pytest.mark.parametrize("fault", [clean, drop_first, twice, reordered, spoilt_first])
@pytest.mark.parametrize("challenger", [STRICT, MILD], ids=["each nonce once", "proxy"])
@pytest.mark.parametrize("routes", [(), ROUTES], ids=["direct", "routed"])
@pytest.mark.parametrize("transport", ["UDP", "TCP"])
def test_register_call_record_and_leave(
    fault: Fault, challenger: Challenger, routes: tuple[str, ...], transport: Transport
) -> None:
    strict = Strict(challenger, transport)
    strict.rig.wire.fault = forgiving(fault)
    strict.peer.record_routes = routes
    strict.register()
    ear = strict.call()
    strict.record("on", "off")
    assert [status for status, _ in strict.infos] == [200, 200]
    assert strict.peer.records() == ["on", "off"]
    strict.close()
    assert ear.heard[-1].endswith(" us")
    assert strict.peer.dialog and strict.peer.dialog.over
    assert (strict.closed, strict.registrar.bound, strict.complaints) == (1, [], [])
    assert strict.rig.at_rest()


@pytest.mark.parametrize("fault", [clean, drop_first, twice, reordered, spoilt_first])
@pytest.mark.parametrize("routes", [(), ROUTES], ids=["direct", "routed"])
@pytest.mark.parametrize("transport", ["UDP", "TCP"])
@pytest.mark.parametrize("by_us", [False, True])
def test_a_call_that_comes_is_taken_recorded_and_ended(
    fault: Fault, routes: tuple[str, ...], transport: Transport, by_us: bool
) -> None:
    strict = Strict(STRICT, transport)
    strict.rig.wire.fault = forgiving(fault)
    strict.peer.record_routes = routes
    strict.peer.call("sip:1001@192.0.2.1", strict.phone.port.hop(transport))
    strict.run(3)
    strict.phone.last.answer()
    strict.run(8)
    assert strict.phone.ear.heard[-1] == "answered"
    strict.record("on")
    assert (strict.infos[0][0], strict.peer.records()) == (200, ["on"])
    strict.phone.last.hang_up() if by_us else strict.peer.hang_up()
    strict.run(80)
    assert strict.phone.ear.heard[-1].endswith(" us" if by_us else " peer")
    assert strict.complaints == []
    assert strict.rig.at_rest()


@pytest.mark.parametrize("fault", [clean, drop_first])
def test_a_call_that_is_given_up_while_it_rings(fault: Fault) -> None:
    strict = Strict(STRICT)
    strict.rig.wire.fault = forgiving(fault)
    strict.peer.answers_after_s = None
    ear = strict.phone.call("1002", strict.hop)
    strict.run(10)
    assert ear.heard == ["ringing"]
    strict.phone.last.hang_up()
    strict.run(80)
    assert ear.heard[-1].endswith(" us")
    assert strict.complaints == []
    assert strict.rig.at_rest()


@pytest.mark.parametrize("status", [403, 488, 481, 500])
def test_a_refused_recording_does_not_end_the_call(status: int) -> None:
    strict = Strict(STRICT)
    strict.peer.info_status = lambda info: status
    strict.call()
    strict.record("on")
    assert strict.infos[0][0] == status
    assert len(strict.phone.agent.calls) == 1
    strict.close()
    assert strict.complaints == []
