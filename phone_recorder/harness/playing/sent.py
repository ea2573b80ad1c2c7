"""What a party has sent, packed: of a call that lasts a day, an object for each datagram fills the memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import overload

from phone_recorder.phone.party import Datagram


class Sent(Sequence[Datagram]):
    """Datagrams in the order in which they were sent: one buffer of their bytes, and two numbers for each."""

    def __init__(self, datagrams: Iterable[Datagram] = ()) -> None:
        self._instants = array("q")
        self._bounds = array("q", [0])
        self._bytes = bytearray()
        self.add(datagrams)

    def add(self, datagrams: Iterable[Datagram]) -> None:
        """These were sent next."""
        for instant, data in datagrams:
            self._bytes += data
            self._instants.append(instant)
            self._bounds.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._instants)

    def __iter__(self) -> Iterator[Datagram]:
        for instant, (start, end) in zip(self._instants, pairwise(self._bounds), strict=True):
            yield instant, bytes(self._bytes[start:end])

    @overload
    def __getitem__(self, number: int) -> Datagram: ...
    @overload
    def __getitem__(self, number: slice) -> list[Datagram]: ...
    def __getitem__(self, number: int | slice) -> Datagram | list[Datagram]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        place = range(len(self))[number]
        return self._instants[place], bytes(self._bytes[self._bounds[place] : self._bounds[place + 1]])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


class Unheard(Sent):
    """Of nobody who is listened to: it stays empty."""

    def add(self, datagrams: Iterable[Datagram]) -> None:
        """They were sent, and are forgotten."""
