"""Who speaks in a call: a party gives the RTP datagrams that reach the phone, each with its instant of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from phone_recorder.wire.rtp import RtpSender

Datagram = tuple[int, bytes]
"""An instant in units, and a datagram's bytes."""


class Party(Protocol):
    """One end of the call."""

    def packets(self, until: int) -> list[Datagram]:
        """What reaches the phone before this instant and has not been given before, in order of arrival."""


class Network(Protocol):
    """What lies between a party and the phone."""

    def send(self, instant: int, data: bytes) -> None:
        """A datagram leaves the party."""

    def arrived(self, until: int) -> list[Datagram]:
        """What arrives before this instant, in order."""


class Speaker:
    """Sends a payload every `frame` units from `start` on, until `end` or the voice is over."""

    def __init__(self, voice: Iterator[bytes], sender: RtpSender, frame: int, start: int, end: int) -> None:
        self._voice = voice
        self._sender = sender
        self._frame = frame
        self._due = start
        self._end = end

    def packets(self, until: int) -> list[Datagram]:
        instants = range(self._due, min(until, self._end), self._frame)
        packet = self._sender.packet
        sent = [(instant, packet(payload)) for instant, payload in zip(instants, self._voice, strict=False)]
        self._due += len(instants) * self._frame
        return sent


class Replay:
    """Sends the datagrams of a capture as they were, at the times at which they came: (offset in units, bytes)."""

    def __init__(self, datagrams: Iterable[Datagram], start: int, end: int) -> None:
        self._datagrams = iter(sorted(datagrams, key=lambda datagram: datagram[0]))
        self._start = start
        self._end = end
        self._held: Datagram | None = None

    def packets(self, until: int) -> list[Datagram]:
        out: list[Datagram] = []
        until = min(until, self._end)
        while (datagram := self._held or next(self._datagrams, None)) and self._start + datagram[0] < until:
            out.append((self._start + datagram[0], datagram[1]))
            self._held = None
        self._held = datagram
        return out


class Nobody:
    """Sends nothing at all: the other way of a one-way call."""

    def packets(self, until: int) -> list[Datagram]:
        return []


class Distant:
    """A party behind a network."""

    def __init__(self, party: Party, network: Network) -> None:
        self._party = party
        self._network = network

    def packets(self, until: int) -> list[Datagram]:
        for instant, data in self._party.packets(until):
            self._network.send(instant, data)
        return self._network.arrived(until)
