"""A network that loses, doubles, delays and reorders datagrams, the same way for the same seed."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, fields
from random import Random

from phone_recorder.errors import UsageError
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import SECOND, from_ms

DUPLICATE_DELAY = from_ms(5)


@dataclass(frozen=True, slots=True)
class Impairment:
    """Shares of datagrams from 0 to 1; `jitter` in units: each is delayed by up to so much, evenly spread."""

    loss: float = 0.0
    reorder: float = 0.0
    duplicate: float = 0.0
    jitter: int = 0


CLEAR = Impairment()


def parse_impairment(text: str) -> Impairment:
    """Read `loss=1%,reorder=1%,duplicate=1%,jitter=30ms`; UsageError says which part makes no sense."""
    values: dict[str, float | int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        if name not in (field.name for field in fields(Impairment)):
            raise UsageError(f"there is no impairment {name!r}: choose from loss, reorder, duplicate and jitter")
        values[name] = _jitter(value) if name == "jitter" else _share(name, value)
    return Impairment(**values)  # type: ignore[arg-type]  # the names were checked above


class LossyNetwork:
    """Delays are drawn from `random` in the order of sending, so that the clock's steps make no difference.

    `frame` is a packet's length in units: one that is to be overtaken stays back for two and a half. A network that
    changes nothing draws nothing either.
    """

    def __init__(self, impairment: Impairment, random: Random, frame: int) -> None:
        self._overtaken_by = frame * 5 // 2
        self._random = random
        self._under_way: list[tuple[int, int, bytes]] = []
        self._sent = 0
        self._stalled_until = 0
        self.change(impairment)

    def change(self, impairment: Impairment, burst: int = 1, stalled_until: int = 0) -> None:
        """How it is for what is sent from now on. Losses come `burst` in a row, their share of all is the same.

        What is sent before the instant `stalled_until` arrives then, all at once; a stall that has begun is not ended.
        """
        self._impairment = impairment
        self._clear = impairment == CLEAR
        self._burst = burst
        self._losing = 0
        # Between two bursts (1 - chance) / chance datagrams come through, and burst / (burst + these) is the loss.
        self._chance = impairment.loss / (impairment.loss + burst * (1 - impairment.loss))
        self._stalled_until = max(self._stalled_until, stalled_until)

    def send(self, instant: int, data: bytes) -> None:
        impairment, draw = self._impairment, self._random.random
        if self._clear:
            self._push(max(instant, self._stalled_until), data)
            return
        # All draws are made for each datagram: one kind of fault does not shift the others.
        lost, doubled, overtaken, delay = draw(), draw(), draw(), draw()
        if self._loses(lost):
            return
        arrival = instant + round(delay * impairment.jitter)
        if overtaken < impairment.reorder:
            arrival += self._overtaken_by
        if instant < self._stalled_until:
            arrival = self._stalled_until
        self._push(arrival, data)
        if doubled < impairment.duplicate:
            self._push(arrival + DUPLICATE_DELAY, data)

    def _loses(self, drawn: float) -> bool:
        if not self._losing and drawn < self._chance:
            self._losing = self._burst
        if not self._losing:
            return False
        self._losing -= 1
        return True

    def arrived(self, until: int) -> list[Datagram]:
        out = []
        while self._under_way and self._under_way[0][0] < until:
            instant, _, data = heapq.heappop(self._under_way)
            out.append((instant, data))
        return out

    def _push(self, arrival: int, data: bytes) -> None:
        self._sent += 1
        heapq.heappush(self._under_way, (arrival, self._sent, data))


def _share(name: str, text: str) -> float:
    share = _number(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if not 0 <= share <= 1:
        raise UsageError(f"{name}={text} is not a share: write it as 1% or 0.01")
    return share


def _jitter(text: str) -> int:
    milliseconds = _number(text.removesuffix("ms"))
    if not 0 <= milliseconds <= 10_000:
        raise UsageError(f"jitter={text} is not a time from 0ms to 10000ms")
    return round(milliseconds * SECOND / 1000)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0
