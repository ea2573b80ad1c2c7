"""A network in memory, on virtual time: it delays, loses, doubles, reorders and spoils messages, and keeps them all.

timers = VirtualTimers()
wire = VirtualWire(timers)
phone = wire.port("phone", "192.0.2.1")
server = wire.port("server", "192.0.2.9")
phone.receiver = TransactionLayer(phone, timers, tokens)
wire.fault = drop_first
timers.advance(5)
assert wire.story == ["phone>server REGISTER", "phone>server REGISTER", "server>phone 401 REGISTER", ...]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop, Transport
from phone_recorder.sip.timers import Timers

LATENCY_S = 0.010
BRANCH = re.compile(rb";branch=[^;,\s]+")
CSEQ_METHOD = re.compile(rb"^CSeq[ \t]*:[ \t]*\d+[ \t]+(\S+)", re.IGNORECASE | re.MULTILINE)


def without_branch(ack: bytes) -> bytes:
    """What an ACK of a 2xx has in common with its repetitions, which are sent outside of any transaction."""
    return BRANCH.sub(b"", ack) if ack.startswith(b"ACK ") else ack


class Receiver(Protocol):
    """What a port gives messages to: a transaction layer, or a script."""

    def received(self, data: bytes, source: Hop) -> None: ...

    def broken(self, hop: Hop, error: SipUnreachable) -> None: ...


Arrival = tuple[float, bytes]
"""Seconds over the usual delay, and what then arrives."""
Fault = Callable[[bytes, int], Iterable[Arrival]]
"""What becomes of a message; the number is how often exactly these bytes went this way before."""


def clean(data: bytes, before: int) -> Iterable[Arrival]:
    """All arrives."""
    return [(0.0, data)]


def drop_first(data: bytes, before: int) -> Iterable[Arrival]:
    """The first copy of each message is lost."""
    return [(0.0, data)] if before else []


def twice(data: bytes, before: int) -> Iterable[Arrival]:
    """Each message arrives, and once more a little later."""
    return [(0.0, data), (LATENCY_S / 2, data)]


def reordered(data: bytes, before: int) -> Iterable[Arrival]:
    """Final answers overtake provisional ones, and requests that have no body overtake those that have one."""
    slow = data.startswith(b"SIP/2.0 1") or not data.rstrip(b" ").endswith(b"\r\n\r\n")
    return [(LATENCY_S * 3 if slow else 0.0, data)]


def spoilt_first(data: bytes, before: int) -> Iterable[Arrival]:
    """The first copy of each message arrives with its head cut in two."""
    return [(0.0, data if before else data[: len(data) // 3])]


def losing(*stories: str) -> Fault:
    """Messages of these summaries ("ACK", "200 INVITE") never arrive."""
    return lambda data, before: [] if summary(data) in stories else [(0.0, data)]


def silent(data: bytes, before: int) -> Iterable[Arrival]:
    """Nothing arrives."""
    return []


def summary(data: bytes) -> str:
    """`INVITE` of a request, `200 INVITE` of an answer to one, `?` of anything else."""
    first = data.partition(b"\r\n")[0].decode("utf-8", "replace").split()
    if data.startswith(b"SIP/2.0 ") and len(first) > 1:
        method = CSEQ_METHOD.search(data)
        return f"{first[1]} {method[1].decode('utf-8', 'replace') if method else '?'}"
    return first[0] if first and first[-1] == "SIP/2.0" else "?"


@dataclass(frozen=True, slots=True)
class Passed:
    """A message as it was sent, whatever became of it. `at` in seconds."""

    at: float
    source: str
    target: str
    data: bytes

    def __str__(self) -> str:
        return f"{self.source}>{self.target} {summary(self.data)}"


class VirtualPort:
    """One party's end of the wire: what a `Wire` of a transaction layer is. Give it a `receiver`."""

    def __init__(self, wire: VirtualWire, name: str, host: str, port: int) -> None:
        self.name = name
        self.host, self.port = host, port
        self.receiver: Receiver | None = None
        self._wire = wire

    def send(self, data: bytes, hop: Hop) -> None:
        self._wire.carry(data, self, hop)

    def local(self, hop: Hop) -> tuple[str, int]:
        return self.host, self.port

    def hop(self, transport: Transport = "UDP") -> Hop:
        """How others reach it."""
        return Hop(transport, self.host, self.port)


class VirtualWire:
    """Joins ports. Over TCP and TLS nothing but delay happens to messages, whatever the fault says."""

    def __init__(self, timers: Timers, latency: float = LATENCY_S) -> None:
        self.fault: Fault = clean
        self.log: list[Passed] = []
        self._timers = timers
        self._latency = latency
        self._ports: dict[tuple[str, int], VirtualPort] = {}
        self._copies: Counter[tuple[str, str, bytes]] = Counter()

    @property
    def story(self) -> list[str]:
        """All that was sent, as `phone>server REGISTER`."""
        return [str(passed) for passed in self.log]

    def sent(self, source: str, what: str = "") -> list[bytes]:
        """The messages that a party has sent; with `what`, those of this summary."""
        return [p.data for p in self.log if p.source == source and what in ("", summary(p.data))]

    def port(self, name: str, host: str, port: int = 5060) -> VirtualPort:
        """A new party, at this address."""
        made = self._ports[host, port] = VirtualPort(self, name, host, port)
        return made

    def unplug(self, party: VirtualPort) -> None:
        """Nobody is there any more: datagrams vanish, connections break (when something is sent)."""
        self._ports.pop((party.host, party.port), None)

    def plug(self, party: VirtualPort) -> None:
        """There it is again."""
        self._ports[party.host, party.port] = party

    def break_connection(self, party: VirtualPort, hop: Hop, error: str = "the connection was reset") -> None:
        """Tell a party that nothing can be sent there any more."""
        if party.receiver:
            party.receiver.broken(hop, SipUnreachable(error))

    def carry(self, data: bytes, source: VirtualPort, hop: Hop) -> None:
        """What a port's `send` does."""
        target = self._ports.get((hop.host, hop.port))
        self.log.append(Passed(self._timers.now(), source.name, target.name if target else str(hop), data))
        if target:
            self._deliver(data, source, target, hop)
        elif hop.reliable:
            self._timers.call_later(self._latency, lambda: self.break_connection(source, hop, f"nobody is at {hop}"))

    def _deliver(self, data: bytes, source: VirtualPort, target: VirtualPort, hop: Hop) -> None:
        way = (source.name, target.name, data)
        fault = clean if hop.reliable else self.fault
        for late, arriving in fault(data, self._copies[way]):
            self._timers.call_later(self._latency + late, _arrival(target, arriving, source.hop(hop.transport)))
        self._copies[way] += 1


def _arrival(target: VirtualPort, data: bytes, source: Hop) -> Callable[[], None]:
    def arrive() -> None:
        if target.receiver:
            target.receiver.received(data, source)

    return arrive
