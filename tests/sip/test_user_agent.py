"""One user agent: registered, called, calling again and again, closed; and what it answers outside of calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.sip.account import Account
from phone_recorder.sip.authentication.authentication import Credentials
from phone_recorder.sip.messages.message import SipUri
from phone_recorder.sip.registration.registration import Registration, RegistrationState
from tests.sip.call_rig import NO_TIMER, Phone, Rig, registered
from tests.sip.foreign import Foreign, sdp
from tests.sip.strict_digest import Challenger
from tests.sip.strict_peer import StrictPeer
from tests.sip.strict_registrar import StrictRegistrar
from tests.sip.strict_server import StrictServer
from tests.sip.virtual_wire import Fault, clean, drop_first, reordered, twice


class Shown:
    """Whoever shows the registration."""

    def __init__(self) -> None:
        self.states: list[RegistrationState] = []

    def registration_changed(self, registration: Registration) -> None:
        self.states.append(registration.state)


class Bench:
    """A phone, and a strict server that is registrar and peer in one."""

    def __init__(self, account: Account | None = None, transport: str = "UDP") -> None:
        self.rig = Rig()
        self.port = self.rig.wire.port("server", "192.0.2.9")
        self.server = StrictServer(self.port, self.rig.timers, [Challenger("alice")])
        self.port.receiver = self.server
        self.registrar = StrictRegistrar(self.server)
        self.peer = StrictPeer(self.server, record_routes=("<sip:192.0.2.9;lr>",))
        self.alice: Phone = self.rig.phone("alice", "192.0.2.1", account or registered("alice", "192.0.2.9"))
        self.shown = Shown()

    def advance(self, seconds: float = 1) -> None:
        self.rig.timers.advance(seconds)


def test_it_registers_calls_is_called_and_leaves_no_trace() -> None:
    bench = Bench()
    bench.alice.agent.register(bench.port.hop(), bench.shown)
    bench.advance()
    assert bench.registrar.bound == ["sip:alice@192.0.2.1:5060"]
    ear = bench.alice.call("1002", bench.port.hop())
    bench.advance()
    assert ear.since() == ["ringing", "media PCMA sendrecv", "answered"]
    bench.alice.last.hang_up()
    bench.advance(5)
    bench.peer.call(bench.registrar.bound[0], bench.alice.port.hop())
    bench.advance()
    bench.alice.last.answer()
    bench.advance()
    bench.peer.hang_up()
    bench.advance()
    assert bench.alice.ear.heard == ["ringing", "media PCMA sendrecv", "answered", "ended 200 peer"]
    closed: list[bool] = []
    bench.alice.agent.close(lambda: closed.append(True))
    bench.advance(100)
    assert (bench.registrar.bound, closed, bench.server.all_complaints) == ([], [True], [])
    assert bench.shown.states == [
        RegistrationState.REGISTERING,
        RegistrationState.REGISTERED,
        RegistrationState.UNREGISTERED,
    ]
    assert bench.rig.at_rest()


@pytest.mark.parametrize("instances", [("urn:uuid:1", "urn:uuid:1"), ("urn:uuid:1", "urn:uuid:2")])
def test_two_phones_of_one_account_both_stay_registered(instances: tuple[str, str]) -> None:
    bench = Bench()
    for number, instance in enumerate(instances, 2):
        account = replace(registered("alice", "192.0.2.9"), instance=instance)
        phone = bench.rig.phone(f"alice-{number}", f"192.0.2.{number}", account)
        phone.agent.register(bench.port.hop(), bench.shown)
        bench.advance()
    for _ in range(2):
        assert bench.registrar.bound == ["sip:alice@192.0.2.2:5060", "sip:alice@192.0.2.3:5060"]
        bench.advance(600)
    assert bench.registrar.bound == ["sip:alice@192.0.2.2:5060", "sip:alice@192.0.2.3:5060"]


def test_closing_hangs_up_all_calls_and_refuses_new_ones() -> None:
    bench = Bench()
    bench.alice.agent.register(bench.port.hop(), bench.shown)
    bench.alice.call("1002", bench.port.hop())
    bench.advance()
    bench.peer.call("sip:alice@192.0.2.1", bench.alice.port.hop())
    bench.advance()
    closed: list[bool] = []
    bench.alice.agent.close(lambda: closed.append(True))
    late = bench.peer.call("sip:alice@192.0.2.1", bench.alice.port.hop())
    bench.advance()
    assert [ear.heard[-1] for ear in bench.alice.ears] == ["ended 200 us", "ended 480 us"]
    assert late.statuses == [480]
    assert closed == [True]
    with pytest.raises(UsageError, match="switched off"):
        bench.alice.call("1002", bench.port.hop())


def test_closing_an_idle_phone_is_done_at_once() -> None:
    alice, _ = Rig().pair()
    closed: list[bool] = []
    alice.agent.close(lambda: closed.append(True))
    assert closed == [True]


def test_a_broken_connection_to_the_registrar_is_made_again() -> None:
    bench = Bench(
        Account(
            user="alice",
            registrar=SipUri(host="192.0.2.9", params={"transport": "tcp"}),
            transport="TCP",
            credentials=Credentials("alice", "secret"),
        )
    )
    registration = bench.alice.agent.register(bench.port.hop("TCP"), bench.shown)
    bench.advance()
    assert bench.registrar.bound == ["sip:alice@192.0.2.1:5060;transport=tcp"]
    bench.rig.wire.break_connection(bench.alice.port, bench.port.hop("TCP"))
    bench.advance(10)
    registering, registered_ = RegistrationState.REGISTERING, RegistrationState.REGISTERED
    assert bench.shown.states == [registering, registered_] * 2
    assert registration.error is None


def test_a_busy_phone_says_so() -> None:
    rig = Rig()
    alice, bob = rig.pair()
    bob.free = False
    ear = alice.call(bob)
    rig.timers.advance(100)
    assert (ear.heard, bob.calls, rig.at_rest()) == (["ended 486 peer"], [], True)


@pytest.mark.parametrize("fault", [clean, drop_first, twice, reordered], ids=lambda fault: fault.__name__)
def test_a_hundred_calls_one_after_another_leave_nothing(fault: Fault) -> None:
    rig = Rig()
    rig.wire.fault = fault
    alice, bob = rig.pair(None)
    for number in range(100):
        caller, called = (alice, bob) if number % 2 else (bob, alice)
        ear = caller.call(called)
        rig.timers.advance(3)
        if number % 5 == 0:
            caller.last.hang_up()
        elif number % 7 == 0:
            called.last.hang_up()
        else:
            called.last.answer()
            rig.timers.advance(3)
            assert ear.heard[-1] == "answered"
            (caller if number % 3 else called).last.hang_up()
        rig.timers.advance(5)
        assert ear.heard[-1].startswith("ended")
    rig.timers.advance(100)
    assert [len(ear.ends) for phone in (alice, bob) for ear in phone.ears] == [1] * 200
    assert rig.at_rest()


def test_twenty_calls_at_once_are_each_their_own() -> None:
    rig = Rig()
    alice, bob = rig.pair()
    ears = [alice.call(bob) for _ in range(20)]
    rig.timers.advance(1)
    for number, call in enumerate(bob.calls):
        if number % 2:
            call.answer()
        else:
            call.hang_up()
    rig.timers.advance(1)
    heard = [ear.heard[-1] for ear in ears]
    assert heard == ["answered" if number % 2 else "ended 480 peer" for number in range(20)]
    alice.agent.close()
    rig.timers.advance(100)
    assert rig.at_rest()


def test_a_phone_can_call_itself() -> None:
    rig = Rig()
    alice = rig.phone("alice", "192.0.2.1")
    mine = alice.call(alice)
    rig.timers.advance(1)
    alice.calls[-1].answer()
    rig.timers.advance(1)
    assert mine.heard == alice.ears[-1].heard == ["ringing", "media PCMU sendrecv", "answered"]
    alice.calls[0].hang_up()
    rig.timers.advance(100)
    assert rig.at_rest()


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("OPTIONS", "200 OPTIONS"),
        ("BYE", "481 BYE"),
        ("INFO", "481 INFO"),
        ("UPDATE", "481 UPDATE"),
        ("REGISTER", "405 REGISTER"),
        ("SUBSCRIBE", "405 SUBSCRIBE"),
        ("HELLO", "501 HELLO"),
        ("CANCEL", "481 CANCEL"),
    ],
)
def test_outside_of_calls_a_request_is_answered(method: str, answer: str) -> None:
    rig = Rig()
    alice, foreign = rig.phone("alice", "192.0.2.1"), Foreign(rig)
    foreign.ask(alice, method, 1)
    rig.timers.advance(1)
    assert foreign.story() == [answer]
    rig.timers.advance(100)
    assert rig.at_rest()


def test_options_name_what_this_phone_can() -> None:
    rig = Rig()
    alice, foreign = rig.phone("alice", "192.0.2.1"), Foreign(rig)
    foreign.ask(alice, "OPTIONS", 1)
    rig.timers.advance(1)
    answer = foreign.got("200 OPTIONS")
    assert answer.get("allow") == "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"
    assert (answer.get("accept"), answer.get("supported")) == ("application/sdp", "timer")
    assert answer.param("to", "tag")
    assert answer.get("server").startswith("phone-recorder/")


def test_an_ack_of_nothing_is_nothing() -> None:
    rig = Rig()
    alice, foreign = rig.phone("alice", "192.0.2.1"), Foreign(rig)
    foreign.ask(alice, "ACK", 1, to_tag="x")
    rig.timers.advance(1)
    assert foreign.story() == []


def test_an_invite_that_wants_reliable_answers_is_refused_by_name() -> None:
    rig = Rig()
    alice, foreign = rig.phone("alice", "192.0.2.1"), Foreign(rig)
    foreign.call(alice, "Require: 100rel")
    assert foreign.got("420 INVITE").get("unsupported") == "100rel"


def test_calls_go_by_the_outbound_proxy_that_the_account_names() -> None:
    rig = Rig()
    account = Account(user="alice", registrar=SipUri(host="example.com"), proxy="192.0.2.9")
    alice, foreign = rig.phone("alice", "192.0.2.1", account, NO_TIMER), Foreign(rig)
    alice.call("1002", foreign.port.hop())
    rig.timers.advance(0.1)
    invite = foreign.got("INVITE")
    assert (invite.uri, invite.get("route")) == ("sip:1002@example.com", "<sip:192.0.2.9;lr>")
    assert invite.get("from").startswith("<sip:alice@example.com>;tag=")


def test_a_secure_account_says_so_in_its_contact() -> None:
    rig = Rig()
    account = Account(user="alice", registrar=SipUri(scheme="sips", host="192.0.2.9"), transport="TLS")
    alice, foreign = rig.phone("alice", "192.0.2.1", account, NO_TIMER), Foreign(rig)
    alice.call("1002", foreign.port.hop("TLS"))
    rig.timers.advance(0.1)
    invite = foreign.got("INVITE")
    assert (invite.uri, invite.get("contact")) == ("sips:1002@192.0.2.9", "<sips:alice@192.0.2.1:5060>")


def test_two_callers_with_the_same_call_id_are_two_calls() -> None:
    rig = Rig()
    alice = rig.phone("alice", "192.0.2.1")
    first, second = Foreign(rig), Foreign(rig, "192.0.2.8", "second")
    first.call(alice)
    second.tag = "f2"
    second.ask(alice, "INVITE", 1, body=sdp())
    rig.timers.advance(0.1)
    assert len(alice.agent.calls) == 2
