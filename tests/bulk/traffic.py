"""What comes of a call: two legs with everything that a network and a sender can do to them, out of a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from phone_recorder.wire.rtp import RtpPacket

MS = 8
SECOND = 8000
FRAME = 160


class Arrived(NamedTuple):
    """A datagram and the instant at which it came."""

    arrival: int
    data: bytes


@dataclass
class _Sender:
    """Where a leg is: its next packet's number and timestamp, and when it is sent."""

    ssrc: int
    sequence: int
    timestamp: int
    at: float
    payload_type: int = 0
    size: int = FRAME
    slow: float = 0.0
    """Units by which each packet comes later than its time."""
    delay: int = 0
    quiet: bool = False


FAULTS = (
    *("run", "lose", "repeat", "swap", "hold", "pause", "ssrc", "jump", "restart", "law", "size", "event", "noise"),
    *("bad", "drift", "quiet", "marker", "late", "g722", "comfort", "overtaken", "behind", "wait"),
)
"""What a step of a leg can be; `run` is nothing at all but packets."""


def leg(steps: list[tuple[str, int]], seed: int, start: int) -> list[Arrived]:
    """Datagrams in order of arrival: a number of packets after each fault."""
    random = Random(seed)
    sender = _Sender(
        random.getrandbits(32),
        random.choice([0, 65500, 32700, 7]),
        random.choice([0, (1 << 32) - 5000, (1 << 31) - 5000]),
        start + random.randrange(400),
    )
    sent = [one for fault, packets in steps for one in _step(sender, fault, packets, random)]
    return sorted(sent, key=lambda one: one.arrival)


def _step(sender: _Sender, fault: str, packets: int, random: Random) -> Iterator[Arrived]:
    if fault in _CHANGES:
        _CHANGES[fault](sender, random)
    for number in range(packets):
        lost = fault == "lose" and number % 3 == 1
        packet = _packet(sender, random, "event" if fault == "event" and number < 2 else fault if number == 0 else "")
        arrival = int(sender.at) + sender.delay + random.randrange(1 + 5 * MS * (fault == "swap"))
        if fault == "swap" and number % 4 == 1:
            arrival += 30 * MS
        if fault == "overtaken" and number == 0:
            arrival += 25 * MS
        if fault == "hold":
            arrival += max(0, packets - number) * 20 * MS
        if fault == "late" and number == packets // 2:
            arrival += random.choice([1000, 1100, 3000]) * MS
        if not lost:
            yield Arrived(arrival, packet)
        if fault == "repeat" and number % 2:
            yield Arrived(arrival + random.choice([0, 1, 50 * MS, 1100 * MS]), packet)
        if fault == "bad" and number == 0:
            yield Arrived(arrival, random.choice([b"", b"abc", b"\x80" * 11, b"\x00" * 172, b"\x9f" * 20]))


def _lull(sender: _Sender, random: Random) -> None:
    """It says nothing for a while; its timestamps go on or do not."""
    lull = random.choice([25, 300, 1500, 4000]) * MS
    sender.at += lull
    sender.timestamp += random.choice([0, lull])


def _wait(sender: _Sender, random: Random) -> None:
    """It says nothing for longer than any horizon."""
    sender.at += 4 * SECOND


def _new_ssrc(sender: _Sender, random: Random) -> None:
    sender.ssrc = random.choice([sender.ssrc ^ 1, random.getrandbits(32)])
    sender.sequence, sender.timestamp = random.getrandbits(16), random.getrandbits(32)


def _jump(sender: _Sender, random: Random) -> None:
    sender.timestamp += random.choice([1, 80, 160, -160, 8000, 24000, -24000, 1 << 30])


def _restart(sender: _Sender, random: Random) -> None:
    sender.sequence += random.choice([1, 100, 2999, 3001, 30000])


def _set(**choices: Sequence[object]) -> Callable[[_Sender, Random], None]:
    """Let a field be one of its choices."""

    def change(sender: _Sender, random: Random) -> None:
        for name, values in choices.items():
            setattr(sender, name, random.choice(values))

    return change


_CHANGES: dict[str, Callable[[_Sender, Random], None]] = {
    "pause": _lull,
    "wait": _wait,
    "ssrc": _new_ssrc,
    "jump": _jump,
    "restart": _restart,
    "law": _set(payload_type=[0, 8]),
    "g722": _set(payload_type=[9]),
    "cut": _set(size=[240]),
    "size": _set(size=[80, 160, 240, 320]),
    "drift": _set(slow=[0.0, 0.5, -0.5, 3.0, -3.0]),
    "rush": _set(slow=[float(-FRAME)]),
    "fast": _set(slow=[-0.7]),
    "slow": _set(slow=[0.7]),
    "quiet": _set(quiet=[True, False]),
    "noise": _set(delay=[0, 5 * MS, 40 * MS, 300 * MS]),
    "behind": _set(delay=[1020 * MS, 1300 * MS]),
    "slower": _set(delay=[50 * MS]),
    "again": _set(delay=[0]),
}


def _packet(sender: _Sender, random: Random, fault: str) -> bytes:
    """The next one; the sender goes on."""
    payload_type, size = sender.payload_type, sender.size
    if fault == "event":
        payload_type, size = 101, 4
    elif fault == "comfort":
        payload_type, size = 13, 1
    payload = bytes([0xFF] * size) if sender.quiet else random.randbytes(size)
    sender.sequence &= 0xFFFF
    sender.timestamp &= 0xFFFFFFFF
    packet = RtpPacket(payload_type, sender.sequence, sender.timestamp, sender.ssrc, payload, marker=fault == "marker")
    sender.sequence += 1
    sender.timestamp += sender.size if fault != "event" else 0
    sender.at += sender.size + sender.slow
    return bytes(packet)
