"""The phone on SIP: it has an address, registers, calls and is called. One call at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self

from phone_recorder.errors import SipUnreachable, UsageError
from phone_recorder.phone.sip_talk import SipTalk, Tell
from phone_recorder.phone.sparing import Sparing
from phone_recorder.sip.account import Account
from phone_recorder.sip.audio.session_description import Negotiation
from phone_recorder.sip.call.call import Call, CallListener
from phone_recorder.sip.call.path import is_same_place
from phone_recorder.sip.call.target import called
from phone_recorder.sip.hop import Hop, Transport
from phone_recorder.sip.messages.message import SipUri, parse_uri
from phone_recorder.sip.registration.registration import Registration, RegistrationState
from phone_recorder.sip.tap import Tap
from phone_recorder.sip.timers import LoopTimers
from phone_recorder.sip.transport.resolver import Resolver
from phone_recorder.sip.transport.tls import TlsSettings
from phone_recorder.sip.transport.transports import Transports
from phone_recorder.sip.user_agent import UserAgent
from phone_recorder.wire.printable import printable

CLOSING_S = 6.0
"""So long a phone that is switched off waits for answers to its last requests."""

MakeTalk = Callable[[str, str], SipTalk]
"""A talk for a call: our address in it, and the other side's."""


class SipPhone:
    """`listen` is this phone's address, "" and port 0 for any. `talk` makes what a call is listened to with.

    Enter it, then register, call, or wait for a call. At its end calls are hung up and the registration is removed.
    """

    def __init__(
        self,
        account: Account,
        listen: tuple[str, int],
        tls: TlsSettings,
        talk: MakeTalk,
        tell: Tell,
        taps: tuple[Tap, ...] = (),
        target: str = "",
    ) -> None:
        self._account = account
        self._listen = listen
        self._tls = tls
        self._talk = talk
        self._tell = tell
        self._taps = taps
        self._target = target
        self._resolver = Resolver()
        self._looking: set[asyncio.Task[None]] = set()
        self._registered: asyncio.Future[None] | None = None
        self._calling: asyncio.Queue[SipTalk] = asyncio.Queue()
        self.waits = False
        """Whether a call that comes is taken; others are told that this phone is busy."""
        self.on_registration: Callable[[Registration], None] = lambda registration: None
        """Called when the registration stands otherwise than before."""
        self._current: SipTalk | None = None
        self._agent: UserAgent
        self._transports: Transports
        self._turned_away: Sparing

    async def __aenter__(self) -> Self:
        first = await self._first()
        transport: Transport = first.transport if first else "UDP"
        self._transports = Transports(Hop(transport, *self._bound(first)), self._tls, self._taps)
        try:
            await self._transports.open()
            await self._start(first)
        except BaseException:
            await self._transports.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        closed = asyncio.Event()
        try:
            self._agent.close(closed.set)
            with suppress(TimeoutError):
                await asyncio.wait_for(closed.wait(), CLOSING_S)
        finally:
            for task in self._looking:
                task.cancel()
            if self._current:
                self._current.close()
            await self._transports.close()

    def _bound(self, first: Hop | None) -> tuple[str, int]:
        """Where to listen: without a host, at all addresses of the kind that the first request goes to."""
        host, port = self._listen
        return host or ("::" if first and ":" in first.host else "0.0.0.0"), port

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return self._transports.listening

    async def register(self) -> None:
        """Until the registrar has taken this phone; RegistrationFailed says why it did not."""
        assert self._hop is not None, "an account with a registrar has a first hop"
        self._registered = asyncio.get_running_loop().create_future()
        self._transports.keep_alive(self._hop)
        self._agent.register(self._hop, self)
        await self._registered

    async def call(self, target: str) -> SipTalk:
        """Begin to call a number, or a SIP URI."""
        uri = parse_uri(called(target, self._account))
        hop = await self._hop_to(uri)
        if self._current and not self._current.over:
            raise UsageError("a call is going on: end it first")
        talk = self._talk(self._agent.local_host(hop), hop.host)
        with ExitStack() as unless:
            unless.callback(talk.close)
            talk.call = self._agent.call(target, talk.audio, talk, hop)
            unless.pop_all()
        self._current = talk
        self._keep_alive(talk)
        return talk

    async def next_call(self) -> SipTalk:
        """The next call that comes; it rings. Calls are taken from now on, one at a time, while this phone `waits`."""
        self.waits = True
        return await self.offered_call()

    async def offered_call(self) -> SipTalk:
        """The next call that rings; there is none while this phone does not wait."""
        return await self._calling.get()

    def registration_changed(self, registration: Registration) -> None:
        """From the registration."""
        self.on_registration(registration)
        waiting = self._registered if self._registered and not self._registered.done() else None
        if registration.state is RegistrationState.REGISTERED:
            self._tell(f"registered as {self._account.aor}")
            if waiting:
                waiting.set_result(None)
        elif registration.state is RegistrationState.FAILED and registration.error:
            waiting.set_exception(registration.error) if waiting else self._tell(str(registration.error))

    async def _first(self) -> Hop | None:
        """The hop that this phone's first request goes to."""
        account = self._account
        if account.proxy:
            return await self._resolver.find(parse_uri(account.route.strip("<>")), account.transport)
        if account.registrar:
            return await self._resolver.find(account.registrar, account.transport)
        if self._target:
            return await self._resolver.find(parse_uri(called(self._target, account)), account.transport)
        return None

    async def _start(self, first: Hop | None) -> None:
        self._hop = first
        if first:
            await self._transports.reach(first)
            host = self._transports.local(first)[0]
        else:
            host = self._transports.listening[0]
        self._account = replace(self._account, host=host)
        self._turned_away = Sparing(LoopTimers(), self._tell)
        self._agent = UserAgent(self._account, self._transports, LoopTimers(), self._locate, self._audio)
        self._agent.on_call = self._offered
        self._transports.receiver = self._agent.layer

    async def _hop_to(self, uri: SipUri) -> Hop:
        if self._hop and (self._account.proxy or _at(uri, self._account.registrar, self._hop)):
            return self._hop
        hop = await self._resolver.find(uri, self._account.transport)
        if self._hop and is_same_place(hop, self._hop):
            return self._hop
        await self._transports.reach(hop)
        return hop

    def _locate(self, uri: SipUri, then: Callable[[Hop], None], failed: Callable[[SipUnreachable], None]) -> None:
        """Of an address at once; a name is looked up meanwhile."""
        try:
            hop = self._resolver.find_now(uri)
        except SipUnreachable as error:
            failed(error)
            return
        if hop:
            self._send_to(hop, then, failed)
            return
        task = asyncio.get_running_loop().create_task(self._look_up(uri, then, failed))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    async def _look_up(
        self, uri: SipUri, then: Callable[[Hop], None], failed: Callable[[SipUnreachable], None]
    ) -> None:
        try:
            found = partial(self._send_to, await self._resolver.find(uri), then, failed)
        except SipUnreachable as error:
            found = partial(failed, error)
        found()

    def _send_to(self, hop: Hop, then: Callable[[Hop], None], failed: Callable[[SipUnreachable], None]) -> None:
        if self._transports.carries(hop):
            then(hop)
        else:
            failed(SipUnreachable(f"{hop} cannot be reached: this phone speaks TLS alone"))

    def _offered(self, call: Call) -> CallListener | None:
        """A call comes. None: busy, or no port is free for its audio."""
        before = self._current
        if not self.waits or (before and not before.over):
            self._turned_away.tell(f"busy: a call from {printable(call.remote_number)} was turned away")
            return None
        try:
            talk = self._talk(call.local_host, call.hop.host)
        except UsageError as error:
            self._turned_away.tell(str(error))
            return None
        talk.call = call
        self._current = talk
        self._keep_alive(talk)
        self._calling.put_nowait(talk)
        return talk

    def _keep_alive(self, talk: SipTalk) -> None:
        """A call without a registration needs its way too, and one that does not go by the registrar."""
        is_kept = self._registered is not None and talk.call.hop == self._hop
        self._transports.keep_call_alive(None if is_kept else talk.call.hop, lambda: talk.end is None)

    def _audio(self, call: Call) -> Negotiation:
        assert self._current is not None, "asked for a call that was just offered"
        return self._current.audio


def _at(uri: SipUri, server: SipUri | None, hop: Hop) -> bool:
    """Whether that URI is to be reached by the server's hop: it names its host, and no other port or transport."""
    if server is None or uri.host.lower() != server.host.lower():
        return False
    asked = "TLS" if uri.scheme == "sips" else (uri.params.get("transport") or hop.transport).upper()
    return uri.port in (None, hop.port) and asked == hop.transport
