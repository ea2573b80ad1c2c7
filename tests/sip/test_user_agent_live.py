"""A whole user agent on real sockets against the strict peer: datagrams are lost, TCP messages joined and cut anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.account import Account
from phone_recorder.sip.audio.session_description import Negotiation
from phone_recorder.sip.authentication.authentication import Credentials
from phone_recorder.sip.call.ground import CallPolicy
from phone_recorder.sip.hop import Hop, Transport
from phone_recorder.sip.messages.message import SipUri
from phone_recorder.sip.registration.registration import Registration, RegistrationState
from phone_recorder.sip.timers import LoopTimers
from phone_recorder.sip.transport.resolver import Resolver
from phone_recorder.sip.transport.transports import Transports
from phone_recorder.sip.user_agent import UserAgent
from phone_recorder.wire.payload import CODECS
from tests.sip.call_rig import Ear
from tests.sip.strict_digest import Challenger
from tests.sip.strict_sockets import LivePeer, open_peer

pytestmark = pytest.mark.live
PATIENCE_S = 20


class Phone:
    """What a shell makes of a user agent."""

    def __init__(self, live: LivePeer, transport: Transport) -> None:
        self.transport: Transport = transport
        self._resolver = Resolver()
        self.hop = Hop(transport, live.sockets.host, live.sockets.port)
        self.transports = Transports(Hop(transport, "127.0.0.1", 0))
        account = Account("1001", registrar=SipUri(host=self.hop.host, port=self.hop.port), credentials=CREDENTIALS)
        audio = lambda call: self.audio()  # noqa: E731
        policy = CallPolicy(t1=0.1)
        self.agent = UserAgent(account, self.transports, LoopTimers(), self.locate, audio, policy=policy)
        self.transports.receiver = self.agent.layer
        self.ears: list[Ear] = []
        self.agent.on_call = self._on_call

    def audio(self) -> Negotiation:
        return Negotiation("127.0.0.1", 40000, CODECS, 20, 1)

    def locate(self, uri: SipUri, found: Callable[[Hop], None], failed: Callable[[SipUnreachable], None]) -> None:
        hop = self._resolver.find_now(uri, self.transport)
        assert hop
        found(hop)

    def registration_changed(self, registration: Registration) -> None: ...

    def _on_call(self, call: object) -> Ear:
        self.ears.append(Ear())
        return self.ears[-1]


CREDENTIALS = Credentials("1001", "secret")


@asynccontextmanager
async def phone_at(live: LivePeer, transport: Transport) -> AsyncIterator[Phone]:
    phone = Phone(live, transport)
    await phone.transports.open()
    try:
        await phone.transports.reach(phone.hop)
        yield phone
    finally:
        await phone.transports.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
def test_it_registers_calls_holds_records_and_is_called_whatever_the_network_does(transport: Transport) -> None:
    async def run() -> None:
        bad = open_peer(Challenger(once=True), drop_first=True, mangle=True)
        async with bad as live, phone_at(live, transport) as phone:
            registration = phone.agent.register(phone.hop, phone)
            await until(lambda: registration.state is RegistrationState.REGISTERED)
            await make_a_call(live, phone)
            await take_a_call(live, phone)
            closed = asyncio.Event()
            phone.agent.close(closed.set)
            async with asyncio.timeout(PATIENCE_S):
                await closed.wait()
            assert live.registrar.bound == []
            # An ACK that was lost comes with the next 200: an INFO may be here first.
            assert [c for c in live.server.all_complaints if c != "an INFO before the ACK"] == []

    asyncio.run(run())


async def make_a_call(live: LivePeer, phone: Phone) -> None:
    ear, answers = Ear(), list[int]()
    call = phone.agent.call("1002", phone.audio(), ear, phone.hop)
    call.info((("Record", "on"),), lambda status, reason: answers.append(status))
    await until(lambda: answers == [200])
    call.hold()
    await until(lambda: call.held)
    call.resume()
    await until(lambda: not call.held)
    call.hang_up()
    await until(lambda: bool(ear.ends))
    assert ear.heard[-3:] == ["media PCMA inactive", "media PCMA sendrecv", "ended 200 us"]
    assert live.peer.records() == ["on"]


async def take_a_call(live: LivePeer, phone: Phone) -> None:
    live.peer.call(live.registrar.bound[0], Hop(phone.transport, *phone.transports.local(phone.hop)))
    await until(lambda: bool(phone.ears) and bool(phone.ears[0].heard))
    phone.agent.calls[0].answer()
    await until(lambda: "answered" in phone.ears[0].heard)
    live.peer.hang_up()
    await until(lambda: bool(phone.ears[0].ends))
    assert phone.ears[0].heard == ["ringing", "media PCMA sendrecv", "answered", "ended 200 peer"]
