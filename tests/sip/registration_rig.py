"""A phone's registration and a strict registrar on a virtual wire."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.account import Account
from phone_recorder.sip.authentication.authentication import Authenticator, Credentials
from phone_recorder.sip.authentication.home import Home
from phone_recorder.sip.authentication.requester import Requester
from phone_recorder.sip.hop import Hop, Transport
from phone_recorder.sip.messages.message import Request, parse_uri
from phone_recorder.sip.registration.registration import Registration
from phone_recorder.sip.timers import VirtualTimers
from phone_recorder.sip.transaction.layer import ServerTransaction, TransactionLayer
from tests.sip.strict_digest import Challenger
from tests.sip.strict_registrar import StrictRegistrar
from tests.sip.strict_server import StrictServer
from tests.sip.virtual_wire import VirtualWire

INSTANCE = "urn:uuid:00000000-0000-1000-8000-001122334455"
CONTACT = "sip:1001@192.0.2.1:5060"
ACCOUNT = Account(
    user="1001",
    registrar=parse_uri("sip:192.0.2.9"),
    credentials=Credentials("1001", "secret"),
    instance=INSTANCE,
)
SERVER = Hop("UDP", "192.0.2.9", 5060)


class Rig:
    """`said` is what the registration has told its listener: states, and errors' texts."""

    def __init__(
        self, account: Account = ACCOUNT, challenger: Challenger | None = None, transport: Transport = "UDP"
    ) -> None:
        self.timers = VirtualTimers()
        self.wire = VirtualWire(self.timers)
        self.port = self.wire.port("phone", "192.0.2.1")
        self.place = self.wire.port("server", "192.0.2.9")
        numbers = count()
        tokens = lambda: f"t{next(numbers)}"  # noqa: E731
        self.layer = TransactionLayer(self.port, self.timers, tokens)
        self.layer.user = self
        self.port.receiver = self.layer
        self.server = StrictServer(self.place, self.timers, [challenger] if challenger else [])
        self.place.receiver = self.server
        self.registrar = StrictRegistrar(self.server)
        self.contact = CONTACT
        self.said: list[str] = []
        self.finished = 0
        requester = Requester(self.layer, Authenticator(account.credentials, Home(SERVER)))
        hop = replace(SERVER, transport=transport)
        self.registration = Registration(
            account, requester, self.timers, lambda: self.contact, hop, self, tokens, lambda: 0.5
        )

    def registration_changed(self, registration: Registration) -> None:
        self.said.append(str(registration.error or registration.state.value))

    def request(self, transaction: ServerTransaction) -> None:
        raise NotImplementedError

    def ack(self, request: Request, source: Hop) -> None:
        raise NotImplementedError

    def cancelled(self, transaction: ServerTransaction) -> None:
        raise NotImplementedError

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        self.registration.broken(hop, error)

    def stop(self) -> None:
        self.registration.stop(self._finish)

    def _finish(self) -> None:
        self.finished += 1

    def run(self, seconds: float) -> None:
        self.timers.advance(seconds)

    @property
    def tries(self) -> list[float]:
        """When REGISTERs have left, repetitions too, in whole milliseconds."""
        return [round(p.at, 3) for p in self.wire.log if str(p) == "phone>server REGISTER"]
