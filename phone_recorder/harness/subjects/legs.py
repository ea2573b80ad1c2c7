"""Both parties of a call as RTP over UDP, each packet when it is due."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from operator import itemgetter

from phone_recorder.adapters.udp import LOOPBACK, Address, UdpPort
from phone_recorder.harness.evidence import Carried
from phone_recorder.harness.playing.parties import Parties
from phone_recorder.harness.playing.stranger import send_from_stranger, strays
from phone_recorder.harness.scenario.actions import RtpFault
from phone_recorder.phone.party import Datagram, Party
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.wire.payload import PCMU


class Legs:
    """Sends what the parties say to `targets`, by leg; `keep` is told of each packet."""

    def __init__(self, parties: Parties, targets: Mapping[str, Address], keep: Callable[[Carried], object]) -> None:
        self.parties = parties
        self._targets = targets
        self._keep = keep
        self._ports: dict[str, UdpPort] = {}
        self._sent: list[tuple[int, int]] = []
        """Up to which instant, and when."""
        for leg in (NEAR, FAR):
            self._ports[leg] = UdpPort(_beside(targets[leg][0]))

    def close(self) -> None:
        """Send nothing more."""
        for port in self._ports.values():
            port.close()

    @property
    def said(self) -> dict[str, list[Datagram]]:
        """What each party has sent so far, before any network, each packet at the instant at which it was sent."""
        return {leg: [(self._instant(due), data) for due, data in sent] for leg, sent in self.parties.said.items()}

    def send(self, now: int, until: int) -> None:
        """What is due before `until`."""
        self._sent.append((until, now))
        both: dict[str, Party] = {NEAR: self.parties.near, FAR: self.parties.far}
        for leg, party in both.items():
            self._send(leg, self._ports[leg], party.packets(until))

    def stray(self, now: int, fault: RtpFault) -> None:
        """Packets of somebody else's, from another address of this machine, to the port of a leg."""
        packets = strays(PCMU.name, fault.number)
        source = send_from_stranger(packets, self._targets[fault.leg])
        for packet in packets:
            self._keep(Carried(now, "UDP", source, self._targets[fault.leg], packet))

    def _instant(self, due: int) -> int:
        """This program may be late itself, on a machine that has much to do: that is no fault of who listens."""
        place = bisect_right(self._sent, due, key=itemgetter(0))
        return self._sent[place][1] if place < len(self._sent) else due

    def _send(self, leg: str, port: UdpPort, datagrams: list[Datagram]) -> None:
        target = self._targets[leg]
        port.send_to([data for _, data in datagrams], target)
        for instant, data in datagrams:
            self._keep(Carried(instant, "UDP", port.address, target, data))


def _beside(host: str) -> str:
    """An address of this machine that can send to that one."""
    if host.startswith("127."):
        return LOOPBACK
    return "::" if ":" in host else "0.0.0.0"
