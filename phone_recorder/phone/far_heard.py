"""What the other phone says, on this phone's loudspeaker."""

from __future__ import annotations

from array import array
from typing import Protocol

from phone_recorder.phone.far_voice import FRAME, FarVoice
from phone_recorder.phone.party import Datagram

HORIZON = 3 * FRAME
"""How long a late packet is waited for: who talks to somebody notices 100 ms, and the device has some of its own."""


class Loudspeaker(Protocol):
    """`adapters.speaker.Player` is one; `rate` in Hz."""

    @property
    def rate(self) -> int: ...

    def play(self, samples: array[int]) -> None: ...


class FarHeard:
    """Plays from the first moment that it hears of."""

    def __init__(self, loudspeaker: Loudspeaker) -> None:
        self._loudspeaker = loudspeaker
        self._voice: FarVoice | None = None

    def hear(self, datagrams: list[Datagram], until: int) -> None:
        """What has come before this instant."""
        if self._voice is None:
            self._voice = FarVoice(self._loudspeaker.rate, until, HORIZON)
        self._voice.hear(datagrams)
        samples = self._voice.take(until)
        if samples:
            self._loudspeaker.play(samples)
