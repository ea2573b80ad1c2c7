"""The user agent: makes calls and takes them, and gives each message to the call that it belongs to.

It is synchronous: a shell gives it timers, a wire, and what finds the hop of a URI.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from phone_recorder.errors import SipUnreachable, UsageError
from phone_recorder.sip.account import Account
from phone_recorder.sip.audio.session_description import Negotiation
from phone_recorder.sip.authentication.authentication import Authenticator
from phone_recorder.sip.authentication.home import Home
from phone_recorder.sip.authentication.requester import Requester
from phone_recorder.sip.call import peer_requests
from phone_recorder.sip.call.call import Call, CallListener
from phone_recorder.sip.call.dialog import Dialog, target_of
from phone_recorder.sip.call.ground import CallPolicy, Ground, Headers
from phone_recorder.sip.call.incoming_invite import IncomingInvite
from phone_recorder.sip.call.line import Line
from phone_recorder.sip.call.outgoing_invite import OutgoingInvite
from phone_recorder.sip.call.path import Locate
from phone_recorder.sip.call.session_timer import MIN_SE_S, too_brief
from phone_recorder.sip.call.target import called
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.address import SIP_SCHEMES
from phone_recorder.sip.messages.message import Address, Request, SipUri, Tokens, parse_uri, tag_of, token
from phone_recorder.sip.messages.screening import screen
from phone_recorder.sip.registration.registration import Registration, RegistrationListener, RegistrationState
from phone_recorder.sip.timers import Timers
from phone_recorder.sip.transaction.layer import ServerTransaction, TransactionLayer, Wire

Key = tuple[str, str]
"""Call-ID, and our tag."""


def _nothing() -> None:
    pass


class UserAgent:
    """One account's. `layer` is what the wire's messages are given to.

    `locate` finds the hop that a dialog's URI names. `on_call` is shown each call that comes: the listener that it
    gives takes it, None means busy. Then `negotiation` gives the audio of that call, which begins to ring, or ends.
    """

    def __init__(
        self,
        account: Account,
        wire: Wire,
        timers: Timers,
        locate: Locate,
        negotiation: Callable[[Call], Negotiation],
        tokens: Tokens = token,
        chance: Callable[[], float] = random.random,
        policy: CallPolicy | None = None,
    ) -> None:
        policy = policy or CallPolicy()
        self.account = account
        self.on_call: Callable[[Call], CallListener | None] = lambda call: None
        self.registration: Registration | None = None
        self.layer = TransactionLayer(wire, timers, tokens, policy.t1, policy.t2)
        self.layer.user = self
        self.layer.known = lambda request: self._line(request) is not None
        self._home = Home()
        requester = Requester(self.layer, Authenticator(account.credentials, self._home, tokens))
        self._ground = Ground(account, wire, self.layer, requester, timers, tokens, locate, chance, policy)
        self._negotiation = negotiation
        self._calls: dict[Key, Call] = {}
        self._open = True
        self._closed: Callable[[], None] | None = None
        for server in account.servers:
            # One that is not found now is found when something is to be sent there.
            locate(server, self._home.add, lambda error: None)

    @property
    def calls(self) -> tuple[Call, ...]:
        """All that are not over."""
        return tuple(self._calls.values())

    def local_host(self, hop: Hop) -> str:
        """Our IP address as that hop reaches us, for the audio of a call to it."""
        return self._ground.wire.local(hop)[0]

    def contact(self, hop: Hop) -> str:
        """The URI that this phone is reached by, as that hop reaches it."""
        return self._ground.contact(hop)

    def register(self, hop: Hop, listener: RegistrationListener) -> Registration:
        """Register with the account's registrar, which is at `hop`, and stay so until `close`."""
        ground = self._ground
        self._home.add(hop)
        self.registration = registration = Registration(
            self.account,
            ground.requester,
            ground.timers,
            lambda: ground.contact(registration.hop),
            hop,
            listener,
            ground.tokens,
        )
        registration.start()
        return registration

    def call(self, target: str, audio: Negotiation, listener: CallListener, hop: Hop) -> Call:
        """Call a number, or a SIP URI, by way of `hop`. UsageError: that is neither.

        An account without a server is whoever's is called first: only there its password is good for anything.
        """
        if not self._open:
            raise UsageError("the phone is being switched off")
        uri, tag, call_id = called(target, self.account), self._ground.tokens(), self._ground.tokens()
        call = Call(self._ground, False, Address(uri=parse_uri(uri)), hop, lambda call: self._forget((call_id, tag)))
        if not self.account.servers and not self._home:
            self._home.add(hop)
        call.listener, call.audio = listener, audio
        self._calls[call_id, tag] = call
        call.invitation = invite = OutgoingInvite(call, uri, call_id, tag)
        invite.start()
        return call

    def close(self, closed: Callable[[], None] = _nothing) -> None:
        """Hang up all, unregister, take no calls any more; `closed` is called once, when all that is done."""
        self._open, self._closed = False, closed
        for call in self.calls:
            call.hang_up()
        if self.registration:
            self.registration.stop(self._finish)
        else:
            self._finish()

    def request(self, transaction: ServerTransaction) -> None:
        """From the transaction layer: a new request."""
        request = transaction.request
        refusal = screen(request)
        if refusal:
            self._answer(transaction, refusal.status, refusal.headers, refusal.reason)
        elif tag_of(request.to_addr):
            self._in_dialog(transaction)
        elif request.method == "INVITE":
            self._invited(transaction)
        elif request.method == "OPTIONS":
            transaction.respond(self._ground.capabilities(request, transaction.source))
        else:
            self._answer(transaction, 481)

    def ack(self, request: Request, source: Hop) -> None:
        """From the transaction layer: the ACK of a 2xx."""
        if found := self._line(request):
            found[0].acceptances.ack(request)

    def cancelled(self, transaction: ServerTransaction) -> None:
        """From the transaction layer: the caller gives up."""
        for call in self.calls:
            if isinstance(call.invitation, IncomingInvite):
                call.invitation.cancelled(transaction)

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        """From the transaction layer: a connection is gone. Calls go on: their next request makes a new one."""
        if self.registration:
            self.registration.broken(hop, error)

    def _in_dialog(self, transaction: ServerTransaction) -> None:
        if found := self._line(transaction.request):
            peer_requests.take(*found, transaction)
        else:
            self._answer(transaction, 481)

    def _line(self, request: Request) -> tuple[Call, Line] | None:
        """The call that a request is of, and the dialog."""
        call = self._calls.get(_key(request))
        line = call.find(tag_of(request.from_addr)) if call else None
        return (call, line) if call and line else None

    def _invited(self, transaction: ServerTransaction) -> None:
        request, caller = transaction.request, transaction.request.from_addr
        target = target_of(request) or _place_of(caller)
        if self.account.registrar and transaction.source not in self._home:
            # Who calls this phone is for its server to say, and who may.
            self._answer(transaction, 403)
        elif target is None or caller is None:
            self._answer(transaction, 400, reason="Contact Missing")
        elif too_brief(request):
            self._answer(transaction, 422, [("Min-SE", str(MIN_SE_S))])
        elif not self._open:
            self._answer(transaction, 480)
        else:
            tag = self._ground.tokens()
            line = Line(self._ground, Dialog.of_callee(request, target, tag), transaction.source)
            self._offer(transaction, caller, line, tag)

    def _offer(self, transaction: ServerTransaction, caller: Address, line: Line, tag: str) -> None:
        key = transaction.request.call_id or "", tag
        call = Call(self._ground, True, caller, transaction.source, lambda call: self._forget(key))
        listener = self.on_call(call)
        if listener is None:
            self._answer(transaction, 486)
            return
        call.listener, call.audio = listener, self._negotiation(call)
        call.line = line
        self._calls[key] = call
        call.invitation = invite = IncomingInvite(call, line, transaction, tag)
        invite.start()

    def _answer(self, transaction: ServerTransaction, status: int, headers: Headers = (), reason: str = "") -> None:
        tag = self._ground.tokens()
        transaction.respond(self._ground.answer(transaction.request, status, tag, headers, reason))

    def _forget(self, key: Key) -> None:
        del self._calls[key]
        self._finish()

    def _finish(self) -> None:
        """Say that it is closed, if all is done that was to be done."""
        registration = self.registration
        if self._calls or (registration and registration.state is not RegistrationState.UNREGISTERED):
            return
        closed, self._closed = self._closed, None
        if closed:
            closed()


def _place_of(caller: Address | None) -> SipUri | None:
    """Where a caller without Contact, one of RFC 2543, has its requests sent."""
    return caller.uri if caller and caller.uri.scheme in SIP_SCHEMES and caller.uri.host else None


def _key(request: Request) -> Key:
    return request.call_id or "", tag_of(request.to_addr)
