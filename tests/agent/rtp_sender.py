"""A phone's own program as far as the recorder hears it: RTP of numbered packets, in real time, out of its own process.

`python -m tests.agent.rtp_sender near@127.0.0.1:40000 far@127.0.0.1:40001 --loss 0.01 --ppm 50 -50`. A leg is near,
far or mixed. It sends until SIGTERM, then prints what it has done as JSON. `start` is an instant of the monotonic
clock in units of 1/8000 s: whoever has given it knows from tests/agent/numbered_legs.py what was sent and when.
"""

from __future__ import annotations

import argparse
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from phone_recorder.recording.units import NS_PER_UNIT, SECOND, from_ms, from_ns
from tests.agent.numbered_legs import LEGS, Leg

LEAD = from_ms(500)
"""From asking for a sender to its first packet: a process needs that long to come up."""
STOP_S = 10


class Address(NamedTuple):
    """Where a leg is sent to."""

    leg: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.leg}@{self.host}:{self.port}"


@dataclass(frozen=True)
class Sent:
    """What became of a leg: packets that were sent and that were dropped, and by how much one was late at most."""

    sent: int
    dropped: int
    late_ms: float


@dataclass
class Sender:
    """A sender that runs. `legs` can be asked what it sends; `sent` is there when it has stopped, a row for a leg."""

    process: subprocess.Popen[str]
    start: int
    to: tuple[Address, ...]
    loss: float = 0.0
    ppm: tuple[int, ...] = ()
    seed: int = 1
    sent: list[Sent] = field(default_factory=list)

    def legs(self) -> list[Leg]:
        """New ones, that have sent nothing yet: they send what this sender does."""
        return _legs(self.to, self.start, self.loss, self.ppm, self.seed)

    def stop(self) -> None:
        """With the packets that are due."""
        if not self.sent:
            self.process.send_signal(signal.SIGTERM)
            told, _ = self.process.communicate(timeout=STOP_S)
            self.sent = [Sent(**row) for row in json.loads(told)]


@contextmanager
def rtp_sender(*to: Address, loss: float = 0.0, ppm: Sequence[int] = (), seed: int = 1) -> Iterator[Sender]:
    """Sends numbered legs there until it is stopped; `ppm` are their clocks', one for each, right if it is empty."""
    start = now() + LEAD
    figures = ["--start", str(start), "--loss", str(loss), "--seed", str(seed)]
    clocks = ["--ppm", *map(str, ppm)] if ppm else []
    command = [sys.executable, "-m", "tests.agent.rtp_sender", *map(str, to), *figures, *clocks]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        sender = Sender(process, start, to, loss, tuple(ppm), seed)
        try:
            yield sender
        finally:
            if process.poll() is None:
                sender.stop()


def now() -> int:
    """The monotonic clock, which all processes share, in units."""
    return from_ns(time.monotonic_ns())


def send(legs: list[Leg], to: list[Address], stopped: list[int]) -> list[Sent]:
    """Each packet when it is due, until a signal is in `stopped`."""
    counts, late = [0] * len(legs), [0] * len(legs)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        while not stopped:
            instant = min(leg.instant(leg.number) for leg in legs)
            _sleep_until(instant)
            for index, leg in enumerate(legs):
                for due, packet in leg.packets(instant + 1):
                    late[index] = max(late[index], now() - due)
                    counts[index] += 1
                    out.sendto(packet, to[index][1:])
    return [Sent(*row) for row in zip(counts, (len(leg.dropped) for leg in legs), map(_ms, late), strict=True)]


def _sleep_until(instant: int) -> None:
    time.sleep(max(0.0, (instant * NS_PER_UNIT - time.monotonic_ns()) / 1e9))


def _ms(units: int) -> float:
    return units * 1000 / SECOND


def _legs(to: Sequence[Address], start: int, loss: float, ppm: Sequence[int], seed: int) -> list[Leg]:
    clocks = ppm or [0] * len(to)
    return [Leg(there.leg, start, clock, loss, seed) for there, clock in zip(to, clocks, strict=True)]


def _address(text: str) -> Address:
    leg, _, there = text.partition("@")
    host, _, port = there.rpartition(":")
    if leg not in LEGS or not host:
        raise argparse.ArgumentTypeError(f"{text!r} is no LEG@HOST:PORT with one of the legs {', '.join(LEGS)}")
    return Address(leg, host, int(port))


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("to", nargs="+", type=_address, metavar="LEG@HOST:PORT")
    parser.add_argument("--start", type=int)
    parser.add_argument("--loss", type=float, default=0.0)
    parser.add_argument("--ppm", type=int, nargs="+", default=[])
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(words)
    stopped: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: stopped.append(number))
    legs = _legs(asked.to, asked.start or now() + LEAD, asked.loss, asked.ppm, asked.seed)
    print(json.dumps([asdict(row) for row in send(legs, asked.to, stopped)]))


if __name__ == "__main__":
    main()
