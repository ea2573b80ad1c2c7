"""The legs of a call, made a packet at a time: numbered payloads, clocks that drift, packets that are lost on the way.

Near and far talk in turns, so that a frame of the mix is a packet of one of them, or silence: `heard` says which one.
What is sent depends on the arguments alone, so that another process can tell what was sent, and what was lost.
"""

from __future__ import annotations

from functools import cache
from random import Random
from typing import NamedTuple

from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import SEQUENCE_MASK, TIMESTAMP_MASK, plain_header

FRAME = from_ms(20)
TURN = 10 * SECOND
QUIET = SECOND // 2
"""At the end of each turn nobody talks: clocks are put right there, and turns do not run into each other."""
MILLION = 1_000_000

_DIGITS = 64
_TWO_DIGITS = _DIGITS * _DIGITS
_POSITIVE, _NEGATIVE = 0x80, 0x00
"""Where the codes of a leg's digits begin: loud samples above zero for one leg and below it for the other.

Each is the only code of its sample, and so it is what comes of it where the other leg is silent.
"""


class _Voice(NamedTuple):
    """`turn` is which of two turns it talks in, None in both; `base` the first code of its digits."""

    ssrc: int
    turn: int | None
    base: int


_VOICES = {
    "near": _Voice(0x1001, 0, _POSITIVE),
    "far": _Voice(0x2002, 1, _NEGATIVE),
    "mixed": _Voice(0x3003, None, _POSITIVE),
}
LEGS = tuple(_VOICES)
_SILENCE = PCMU.silence(FRAME)


class Heard(NamedTuple):
    """What a frame of a recording is: a leg's packet of this number. A mixed stream is known as near."""

    leg: str
    number: int


class Leg:
    """`start` is the instant of packet 0, in units. A clock that is `ppm` fast sends its packets that much closer.

    `loss` is the share of packets that the network drops; the first one always arrives.
    """

    def __init__(self, name: str, start: int = 0, ppm: int = 0, loss: float = 0.0, seed: int = 1) -> None:
        self.number = 0
        """Of the next packet."""
        self.dropped: list[int] = []
        """Numbers of the packets that the network has dropped."""
        self._voice = _VOICES[name]
        self._start = start
        self._ppm = ppm
        self._loss = loss
        self._random = Random(f"{seed} {name}")

    def instant(self, number: int) -> int:
        """When a packet is sent."""
        return self._start + number * FRAME * MILLION // (MILLION + self._ppm)

    def talks(self, number: int) -> bool:
        """Whether that packet is numbered; else it is silence."""
        turn, within = divmod(self.instant(number) - self._start, TURN)
        return within < TURN - QUIET and self._voice.turn in (None, turn % 2)

    def packets(self, until: int) -> list[tuple[int, bytes]]:
        """What is sent before this instant and arrives, each with its instant; every packet is given once."""
        sent = []
        while (instant := self.instant(self.number)) < until:
            if self._arrives():
                sent.append((instant, self._packet(self.number)))
            else:
                self.dropped.append(self.number)
            self.number += 1
        return sent

    def _arrives(self) -> bool:
        return not (self._loss and self._random.random() < self._loss and self.number)

    def _packet(self, number: int) -> bytes:
        timestamp = number * FRAME & TIMESTAMP_MASK
        header = plain_header(PCMU.payload_type, number & SEQUENCE_MASK, timestamp, self._voice.ssrc)
        return header + (_numbered(self._voice.base, number) if self.talks(number) else _SILENCE)


class Legs:
    """Both legs of a call, their clocks `ppm` fast or slow."""

    def __init__(
        self, start: int = 0, near_ppm: int = 75, far_ppm: int = -75, loss: float = 0.0, seed: int = 1
    ) -> None:
        self.near = Leg("near", start, near_ppm, loss, seed)
        self.far = Leg("far", start, far_ppm, loss, seed)

    def packets(self, leg: str, until: int) -> list[tuple[int, bytes]]:
        """What this leg sends before that instant, of what was not given yet."""
        return self[leg].packets(until)

    def __getitem__(self, leg: str) -> Leg:
        return {"near": self.near, "far": self.far}[leg]


def heard(frame: bytes) -> Heard | None:
    """Whose packet a recorded frame is; None for silence. ValueError for a frame that nobody has sent."""
    if frame == _SILENCE:
        return None
    first, second = frame[:2], frame[2:4]
    for leg, base in (("near", _POSITIVE), ("far", _NEGATIVE)):
        digits = _values(base)
        if first in digits and second in digits and frame == (first + second) * (FRAME // 4):
            return Heard(leg, digits[first] * _TWO_DIGITS + digits[second])
    raise ValueError(f"a frame that begins with {frame[:4].hex()} is no packet of either leg")


def _numbered(base: int, number: int) -> bytes:
    """Four digits of base 64, over and over."""
    digits = _digits(base)
    return (digits[number // _TWO_DIGITS % _TWO_DIGITS] + digits[number % _TWO_DIGITS]) * (FRAME // 4)


@cache
def _digits(base: int) -> list[bytes]:
    """Two digits of each number below 4096."""
    return [bytes((base + value // _DIGITS, base + value % _DIGITS)) for value in range(_TWO_DIGITS)]


@cache
def _values(base: int) -> dict[bytes, int]:
    return {digits: value for value, digits in enumerate(_digits(base))}
