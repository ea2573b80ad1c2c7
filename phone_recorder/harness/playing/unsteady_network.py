"""A party behind a network that a scenario changes while packets are under way."""

from __future__ import annotations

from random import Random

from phone_recorder.harness.call.network import CLEAR, LossyNetwork
from phone_recorder.harness.scenario import actions
from phone_recorder.phone.party import Datagram, Party

STEADY = actions.Network()
"""One that changes nothing."""


class UnsteadyNetwork:
    """What a party sends, as it arrives. Without a network, which is how it begins, that is at once.

    `frame` is a packet's length in units, as LossyNetwork has it. The same seed is the same network.
    """

    def __init__(self, party: Party, seed: int, frame: int) -> None:
        self._party = party
        self._seed = seed
        self._frame = frame
        self._network: LossyNetwork | None = None

    def change(self, now: int, network: actions.Network) -> None:
        """How the network is for what is sent from `now` on. What is under way arrives as it would have."""
        if self._network is None and network == STEADY:
            return
        self._send(now)
        stalled_until = now + network.stall if network.stall else 0
        self._made().change(network.impairment, network.burst, stalled_until)

    def packets(self, until: int) -> list[Datagram]:
        """What arrives before this instant and has not been given before."""
        if self._network is None:
            return self._party.packets(until)
        self._send(until)
        return self._network.arrived(until)

    def _send(self, until: int) -> None:
        network = self._made()
        for instant, data in self._party.packets(until):
            network.send(instant, data)

    def _made(self) -> LossyNetwork:
        if self._network is None:
            self._network = LossyNetwork(CLEAR, Random(self._seed), self._frame)
        return self._network
