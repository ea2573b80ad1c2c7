"""A registration over real loopback sockets, with datagrams lost and TCP messages joined and cut anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.authentication.authentication import Authenticator
from phone_recorder.sip.authentication.home import Home
from phone_recorder.sip.authentication.requester import Requester
from phone_recorder.sip.hop import Hop, Transport
from phone_recorder.sip.messages.message import Request, token
from phone_recorder.sip.registration.registration import Registration, RegistrationState
from phone_recorder.sip.timers import LoopTimers
from phone_recorder.sip.transaction.layer import ServerTransaction, TransactionLayer
from phone_recorder.sip.transport.transports import Transports
from tests.sip.registration_rig import ACCOUNT
from tests.sip.strict_digest import Challenger
from tests.sip.strict_sockets import LivePeer, live_peer, open_peer

pytestmark = pytest.mark.live
PATIENCE_S = 10


class Phone:
    """A registration on real transports; `changes` is set at each change."""

    def __init__(self, transports: Transports, hop: Hop) -> None:
        self.layer = TransactionLayer(transports, LoopTimers(), token, t1=0.05)
        self.transports = transports
        transports.receiver = self.layer
        self.layer.user = self
        self.said: list[str] = []
        self.changed = asyncio.Event()
        requester = Requester(self.layer, Authenticator(ACCOUNT.credentials, Home(hop)))
        self.registration = Registration(
            replace(ACCOUNT, instance=""), requester, LoopTimers(), lambda: contact(transports, hop), hop, self, token
        )

    def registration_changed(self, registration: Registration) -> None:
        self.said.append(str(registration.error or registration.state.value))
        self.changed.set()

    def request(self, transaction: ServerTransaction) -> None: ...

    def ack(self, request: Request, source: Hop) -> None: ...

    def cancelled(self, transaction: ServerTransaction) -> None: ...

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        self.registration.broken(hop, error)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                self.changed.clear()
                await self.changed.wait()


def contact(transports: Transports, hop: Hop) -> str:
    host, port = transports.local(hop)
    return f"sip:1001@{host}:{port}" + (";transport=tcp" if hop.reliable else "")


@asynccontextmanager
async def phone_at(live: LivePeer, transport: Transport) -> AsyncIterator[Phone]:
    transports = Transports(Hop(transport, "127.0.0.1", 0))
    hop = Hop(transport, live.sockets.host, live.sockets.port)
    phone = Phone(transports, hop)
    await transports.open()
    try:
        await transports.reach(hop)
        yield phone
    finally:
        await transports.close()


def state(phone: Phone, wanted: RegistrationState) -> Callable[[], bool]:
    return lambda: phone.registration.state is wanted


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
def test_it_registers_and_unregisters_whatever_the_network_does(transport: Transport) -> None:
    async def run() -> None:
        async with (
            open_peer(Challenger(once=True), drop_first=True, mangle=True) as live,
            phone_at(live, transport) as phone,
        ):
            phone.registration.start()
            await phone.until(state(phone, RegistrationState.REGISTERED))
            assert len(live.registrar.bound) == 1
            phone.registration.stop()
            await phone.until(state(phone, RegistrationState.UNREGISTERED))
            assert live.registrar.bound == []
            assert live.server.all_complaints == []
            assert live.sockets.heard == (12 if transport == "UDP" else 4)

    asyncio.run(run())


def test_a_connection_that_the_server_ends_is_made_again() -> None:
    async def run() -> None:
        async with open_peer(Challenger()) as live, phone_at(live, "TCP") as phone:
            phone.registration.start()
            await phone.until(state(phone, RegistrationState.REGISTERED))
            old = live.registrar.bound
            live.sockets.break_connections()
            await phone.until(lambda: phone.said[2:] == ["registering", "registered"])
            await asyncio.sleep(0.1)
            assert live.registrar.bound == old == [contact(phone.transports, phone.registration.hop)]
            assert live.server.all_complaints == []

    asyncio.run(run())


def test_nobody_there_is_said_at_once_over_tcp() -> None:
    async def run() -> None:
        async with open_peer() as live, phone_at(live, "TCP") as phone:
            live.sockets.close()
            phone.registration.start()
            await phone.until(state(phone, RegistrationState.FAILED))
            assert phone.said[-1].startswith("cannot register: ")
            assert live.address in phone.said[-1]

    asyncio.run(run())


def test_a_peer_in_a_thread_answers_and_is_gone_afterwards() -> None:
    async def run(live: LivePeer) -> None:
        async with phone_at(live, "UDP") as phone:
            phone.registration.start()
            await phone.until(state(phone, RegistrationState.REGISTERED))

    with live_peer(Challenger()) as live:
        asyncio.run(run(live))
        assert live.do(lambda: len(live.registrar.bound)) == 1
        with pytest.raises(ZeroDivisionError):
            live.do(lambda: 1 // 0)
    assert not live.loop.is_running()
