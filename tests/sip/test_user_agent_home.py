"""Whose challenges a user agent answers, and whose calls it takes: its server's, and no stranger's."""

from __future__ import annotations

import pytest

from phone_recorder.sip.account import Account
from phone_recorder.sip.authentication.authentication import Credentials
from phone_recorder.sip.messages.message import SipUri
from phone_recorder.sip.registration.registration import Registration
from tests.sip.call_rig import Phone, Rig
from tests.sip.foreign import Foreign

SECRET = Credentials("alice", "s3cret")
ALONE = Account(user="alice", credentials=SECRET, host="192.0.2.1")
AT_ADDRESS = Account(user="alice", registrar=SipUri(host="192.0.2.9"), credentials=SECRET)
AT_NAME = Account(user="alice", registrar=SipUri(host="pbx.example.com"), credentials=SECRET)
BY_PROXY = Account(user="alice", registrar=SipUri(host="192.0.2.9"), credentials=SECRET, proxy="192.0.2.7")
PROXY_ALONE = Account(user="alice", credentials=SECRET, proxy="192.0.2.7", host="192.0.2.1")
CHALLENGES = {
    401: 'WWW-Authenticate: Digest realm="pbx.example.com", nonce="n1"',
    407: 'Proxy-Authenticate: Digest realm="pbx.example.com", nonce="n1"',
}
STRANGER = "203.0.113.66"


class Bench:
    """Alice, and another at `host`."""

    def __init__(self, account: Account, host: str) -> None:
        self.rig = Rig()
        self.rig.names = {"pbx.example.com": "192.0.2.9"}
        self.alice: Phone = self.rig.phone("alice", "192.0.2.1", account)
        self.other = Foreign(self.rig, host)
        self.advance()

    def registration_changed(self, registration: Registration) -> None: ...

    def advance(self) -> None:
        self.rig.timers.advance(0.1)

    def talk(self, incoming: bool) -> None:
        """A call between the two, answered."""
        if incoming:
            self.other.call(self.alice, f"Contact: <sip:f@{self.other.port.host}>")
            self.alice.last.answer()
            self.advance()
            self.other.ask(self.alice, "ACK", 1)
        else:
            self.alice.call(f"sip:f@{self.other.port.host}", self.other.port.hop())
            self.advance()
            contact = f"Contact: <sip:f@{self.other.port.host}>"
            self.other.answer(self.other.got("INVITE"), 200, contact, body=SDP)
        self.advance()

    def challenged(self, method: str, status: int) -> str:
        """What the last request of this method bears after a challenge to the first."""
        self.advance()
        self.other.answer(self.other.got(method), status, CHALLENGES[status])
        self.advance()
        last = self.other.got(method)
        return last.get("authorization") + last.get("proxy-authorization")


SDP = b"v=0\r\no=f 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8\r\n"


@pytest.mark.parametrize("status", CHALLENGES)
def test_a_stranger_who_calls_gets_no_hash_of_the_password(status: int) -> None:
    bench = Bench(ALONE, STRANGER)
    bench.talk(incoming=True)
    bench.alice.last.hang_up()
    assert bench.challenged("BYE", status) == ""


@pytest.mark.parametrize("status", CHALLENGES)
@pytest.mark.parametrize("account", [AT_ADDRESS, AT_NAME, BY_PROXY, PROXY_ALONE])
def test_who_is_called_past_the_server_gets_no_hash_of_the_password(account: Account, status: int) -> None:
    bench = Bench(account, STRANGER)
    bench.alice.call(f"sip:f@{STRANGER}", bench.other.port.hop())
    assert bench.challenged("INVITE", status) == ""


@pytest.mark.parametrize(
    ("account", "host"),
    [
        (ALONE, STRANGER),
        (AT_ADDRESS, "192.0.2.9"),
        (AT_NAME, "192.0.2.9"),
        (BY_PROXY, "192.0.2.9"),
        (BY_PROXY, "192.0.2.7"),
        (PROXY_ALONE, "192.0.2.7"),
    ],
)
@pytest.mark.parametrize("status", CHALLENGES)
def test_the_server_or_else_who_is_dialled_first_is_answered(account: Account, host: str, status: int) -> None:
    bench = Bench(account, host)
    bench.alice.call("sip:f@192.0.2.9", bench.other.port.hop())
    assert 'username="alice"' in bench.challenged("INVITE", status)


def test_a_bye_is_answered_for_who_was_dialled() -> None:
    bench = Bench(ALONE, STRANGER)
    bench.talk(incoming=False)
    bench.alice.last.hang_up()
    assert 'username="alice"' in bench.challenged("BYE", 401)


def test_without_a_server_who_is_dialled_second_is_a_stranger() -> None:
    bench = Bench(ALONE, STRANGER)
    first = Foreign(bench.rig, "192.0.2.9")
    bench.alice.call("sip:f@192.0.2.9", first.port.hop())
    bench.alice.call(f"sip:f@{STRANGER}", bench.other.port.hop())
    assert bench.challenged("INVITE", 401) == ""


def test_the_password_is_for_where_the_phone_registers_whatever_else_the_name_is_found_to_be() -> None:
    bench = Bench(AT_NAME, "192.0.2.8")
    bench.alice.agent.register(bench.other.port.hop(), bench)
    assert 'username="alice"' in bench.challenged("REGISTER", 401)


@pytest.mark.parametrize(
    ("account", "host", "answer"),
    [
        (ALONE, STRANGER, "180 INVITE"),
        (PROXY_ALONE, STRANGER, "180 INVITE"),
        (AT_ADDRESS, "192.0.2.9", "180 INVITE"),
        (AT_NAME, "192.0.2.9", "180 INVITE"),
        (BY_PROXY, "192.0.2.9", "180 INVITE"),
        (BY_PROXY, "192.0.2.7", "180 INVITE"),
        (AT_ADDRESS, STRANGER, "403 INVITE"),
        (AT_NAME, STRANGER, "403 INVITE"),
        (BY_PROXY, STRANGER, "403 INVITE"),
    ],
)
def test_a_phone_with_a_registrar_takes_calls_from_its_servers_alone(account: Account, host: str, answer: str) -> None:
    bench = Bench(account, host)
    bench.other.call(bench.alice)
    assert bench.other.story()[-1] == answer
    assert len(bench.alice.calls) == (answer != "403 INVITE")


def test_the_server_may_call_from_another_port() -> None:
    bench = Bench(AT_ADDRESS, "192.0.2.99")
    port = bench.rig.wire.port("another port", "192.0.2.9", 5080)
    bench.other.port, port.receiver = port, bench.other
    bench.other.call(bench.alice)
    assert len(bench.alice.calls) == 1
