"""All that a case stands on in real time: sockets on loopback, threads that write, and a server that listens."""

from __future__ import annotations

import time

from phone_recorder.adapters.stick_writers import Threads
from phone_recorder.adapters.udp import UdpMixLink
from phone_recorder.harness.playing.means import Means
from phone_recorder.harness.playing.real_clock import RealClock
from phone_recorder.harness.playing.real_server import RealServer
from phone_recorder.phone.pacer import TICK
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import to_seconds


class RealMixLink:
    """The mixed stream over loopback, its packets with instants of the scenario."""

    def __init__(self, clock: RealClock) -> None:
        self._clock = clock
        self._link = UdpMixLink()

    def send(self, packets: list[bytes]) -> None:
        self._link.send(packets)

    def receive(self) -> list[Datagram]:
        return [(self._clock.instant_of(arrival), data) for arrival, data in self._link.receive()]

    def close(self) -> None:
        self._link.close()


def real_means(clock: RealClock) -> Means:
    """The server has to be entered before anything is recorded."""
    return Means(
        clock=clock,
        mix_link=lambda: RealMixLink(clock),
        writers=Threads,
        server=lambda storage, acts, tell: RealServer(storage, clock, acts, tell),
        tick=TICK["local"],
        stand_still=lambda units: time.sleep(to_seconds(units)),
        live=True,
    )
