"""Whole user agents of ours on a wire in memory, and what their phones hear.

rig = Rig()
alice, bob = rig.phone("alice", "192.0.2.1"), rig.phone("bob", "192.0.2.2")
ear = alice.call(bob)
rig.timers.advance(1)
bob.calls[0].answer()
assert ear.heard == ["ringing", "media PCMU sendrecv", "answered"]
assert rig.at_rest()
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, cycle

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.account import Account
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.audio.session_description import Negotiation
from phone_recorder.sip.authentication.authentication import Credentials
from phone_recorder.sip.call.call import Call, CallEnd
from phone_recorder.sip.call.ground import CallPolicy
from phone_recorder.sip.hop import Hop, Transport
from phone_recorder.sip.messages.message import SipUri
from phone_recorder.sip.timers import VirtualTimers
from phone_recorder.sip.user_agent import UserAgent
from phone_recorder.wire.payload import CODECS, Codec
from tests.sip.transaction_bench import numbered_tokens
from tests.sip.virtual_wire import VirtualWire

_FLOWS = {(True, True): "sendrecv", (True, False): "sendonly", (False, True): "recvonly", (False, False): "inactive"}
NO_TIMER = CallPolicy(session_s=0)


class Ear:
    """A phone's listener: writes down what it hears, and does `then` at the words it is for."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.plans: list[AudioPlan] = []
        self.ends: list[CallEnd] = []
        self.then: dict[str, Callable[[], None]] = {}

    def ringing(self) -> None:
        self._hear("ringing")

    def media(self, plan: AudioPlan) -> None:
        self.plans.append(plan)
        self._hear(f"media {plan.codec} {_FLOWS[plan.sends, plan.receives]}")

    def answered(self) -> None:
        self._hear("answered")

    def ended(self, end: CallEnd) -> None:
        self.ends.append(end)
        self._hear(f"ended {end.status} {end.by}")

    def since(self) -> list[str]:
        """What was heard since the last look."""
        heard, self.heard = self.heard, []
        return heard

    def _hear(self, what: str) -> None:
        self.heard.append(what)
        if what in self.then:
            self.then[what]()


class Phone:
    """One user agent. Calls that come ring, while `free`; each has its ear in `ears`."""

    def __init__(self, rig: Rig, name: str, host: str, account: Account | None, policy: CallPolicy | None) -> None:
        self.rig = rig
        self.port = rig.wire.port(name, host)
        self.free = True
        self.codecs: tuple[Codec, ...] = CODECS
        self.calls: list[Call] = []
        self.ears: list[Ear] = []
        self.chances: Iterator[float] = cycle([0.5])
        self.agent = UserAgent(
            account or Account(user=name, display_name=name.title(), host=host),
            self.port,
            rig.timers,
            rig.locate,
            lambda call: self.audio(),
            numbered_tokens(name),
            lambda: next(self.chances),
            policy,
        )
        self.agent.on_call = self._on_call
        self.port.receiver = self.agent.layer
        self._rtp = count(40000, 2)

    def audio(self) -> Negotiation:
        """A new call's."""
        return Negotiation(self.port.host, next(self._rtp), self.codecs, 20, 1)

    def call(self, target: Phone | str, hop: Hop | None = None, transport: Transport = "UDP") -> Ear:
        """Call another phone, or a URI by way of a hop."""
        if isinstance(target, Phone):
            hop = target.port.hop(transport)
            target = f"sip:{target.port.name}@{target.port.host}"
        assert hop
        ear = Ear()
        self.ears.append(ear)
        self.calls.append(self.agent.call(target, self.audio(), ear, hop))
        return ear

    @property
    def ear(self) -> Ear:
        """The last call's."""
        return self.ears[-1]

    @property
    def last(self) -> Call:
        """The last call."""
        return self.calls[-1]

    @property
    def peer_holds(self) -> bool:
        """Whether the other phone holds the last call."""
        return self.last.plan is not None and self.last.plan.peer_holds

    def _on_call(self, call: Call) -> Ear | None:
        if not self.free:
            return None
        self.calls.append(call)
        self.ears.append(Ear())
        return self.ears[-1]


class Rig:
    """A wire, and phones on it. `names` are the hosts that can be looked up, which takes `slow_s`."""

    def __init__(self) -> None:
        self.timers = VirtualTimers()
        self.wire = VirtualWire(self.timers)
        self.phones: list[Phone] = []
        self.names: dict[str, str] = {}
        self.slow_s = 0.0

    def phone(
        self, name: str, host: str, account: Account | None = None, policy: CallPolicy | None = NO_TIMER
    ) -> Phone:
        """Another phone. The usual ones do not ask for session timers."""
        phone = Phone(self, name, host, account, policy)
        self.phones.append(phone)
        return phone

    def pair(self, policy: CallPolicy | None = NO_TIMER) -> tuple[Phone, Phone]:
        """Two that can call each other without a server."""
        return self.phone("alice", "192.0.2.1", policy=policy), self.phone("bob", "192.0.2.2", policy=policy)

    def talking(self, policy: CallPolicy | None = NO_TIMER) -> tuple[Phone, Phone]:
        """Two in a call; what was heard until then is forgotten."""
        alice, bob = self.pair(policy)
        alice.call(bob)
        self.timers.advance(1)
        bob.last.answer()
        self.timers.advance(1)
        assert alice.ear.since()[-1] == bob.ear.since()[-1] == "answered"
        self.wire.log.clear()
        return alice, bob

    def locate(self, uri: SipUri, found: Callable[[Hop], None], failed: Callable[[SipUnreachable], None]) -> None:
        """What a shell gives to its user agent."""
        host = uri.host.strip("[]")
        transport: Transport = "TCP" if uri.params.get("transport") == "tcp" else "UDP"
        if not any(c.isalpha() for c in host):
            found(Hop(transport, host, uri.port or 5060))
        elif host in self.names:
            hop = Hop(transport, self.names[host], uri.port or 5060)
            self.timers.call_later(self.slow_s, lambda: found(hop))
        else:
            self.timers.call_later(self.slow_s, lambda: failed(SipUnreachable(f"there is no {host}")))

    def at_rest(self) -> bool:
        """Whether nothing is left anywhere: no call, no transaction, no timer."""
        agents = [phone.agent for phone in self.phones]
        return not any(agent.calls or agent.layer.running for agent in agents) and self.timers.waiting == 0


def registered(name: str, server: str) -> Account:
    """An account at a server, with the password that the strict peer wants."""
    return Account(user=name, registrar=SipUri(host=server), credentials=Credentials(name, "secret"), host="192.0.2.1")
