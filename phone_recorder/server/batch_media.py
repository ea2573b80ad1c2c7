"""The media ports of all recordings read together (extra `bulk`), a part of them at each tick."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from operator import itemgetter

from phone_recorder.adapters.batches.batch import Batch, Receiver
from phone_recorder.adapters.batches.datagrams import datagrams
from phone_recorder.adapters.batches.many_ports import ManyPorts
from phone_recorder.adapters.batches.messages import Messages
from phone_recorder.adapters.udp import PortNumbers
from phone_recorder.recording.sender_session import Run
from phone_recorder.recording.units import from_ms
from phone_recorder.server.batch_rows import Rows
from phone_recorder.server.media_port import Datagram, Expected, RunPort

LOOK = from_ms(150)
"""Between two looks at a port."""
GROUPS = 2
"""Ports are looked at in so many groups, so that nobody else waits while all are."""


class BatchPort(RunPort):
    """One recording's port, a row of its group."""

    def __init__(self, group: Group, row: int, address: tuple[str, int]) -> None:
        self._address = address
        self.waiting: list[Datagram] = []
        self.wake: Callable[[], object] = int
        self.hear: Callable[[], object] = int
        self._group = group
        self._row = row

    @property
    def address(self) -> tuple[str, int]:
        return self._address

    @property
    def looked_at(self) -> int:
        return self._group.looked_at

    @property
    def told(self) -> bool:
        return self._group.rows.told(self._row)

    def look(self, now: int) -> None:
        self._group.look(now)

    def expect(self, expected: Expected, hear: Callable[[], object], wake: Callable[[], object]) -> None:
        self.hear, self.wake = hear, wake
        self._group.rows.expect(self._row, expected)

    def run(self) -> Run | None:
        return self._group.rows.run(self._row)

    def drain(self) -> list[Datagram]:
        waiting, self.waiting = self.waiting, []
        return waiting

    def close(self) -> None:
        self._group.remove(self._row, self._address[1])


class Group:
    """Ports that are looked at together."""

    def __init__(self, receiver: Receiver, numbers: PortNumbers) -> None:
        self.rows = Rows()
        self.looked_at = -1
        self.ports: dict[int, BatchPort] = {}
        self._receiver = receiver
        self._numbers = numbers
        self._free = list(reversed(range(len(self.rows))))

    def open(self, host: str) -> BatchPort:
        """A port of the group; UsageError if none can be had."""
        if not self._free:
            self._free = list(reversed(range(len(self.rows), 2 * len(self.rows))))
            self.rows.grow()
        row = self._free[-1]
        address = self._numbers.open(lambda number: self._receiver.add(row, host, number))
        self.ports[self._free.pop()] = port = BatchPort(self, row, address)
        return port

    def remove(self, row: int, number: int) -> None:
        """Give a port back."""
        if self.ports.pop(row, None):
            self._receiver.remove(row)
            self._numbers.give_back(number)
            self.rows.clear(row)
            self._free.append(row)

    def look(self, now: int) -> None:
        """Read all ports, once an instant."""
        if self.looked_at == now:
            return
        self.looked_at = now
        for batch in self._receiver.receive():
            left, full = self.rows.take(batch)
            while full:
                # After a stall: one by one it would take so long that the next would be longer.
                for row in full:
                    self.ports[row].hear()
                left, full = self.rows.take(left)
            if len(left.flows):
                self._hand_out(left)

    def close(self) -> None:
        self._receiver.close()

    def _hand_out(self, batch: Batch) -> None:
        """One by one, stream by stream, what is no part of a run."""
        for row, those in groupby(datagrams(batch), itemgetter(0)):
            port = self.ports[row]
            port.waiting += [(arrival, data, host) for _, arrival, data, host in those]
            port.wake()


class BatchMedia:
    """Ports in groups. `receiver` makes what reads one of them; UsageError if that cannot be had here."""

    def __init__(self, ports: tuple[int, int], receiver: Callable[[], Receiver] | None = None) -> None:
        numbers = PortNumbers(*ports)
        make = receiver or _sharing_memory()
        made = [make() for _ in range(GROUPS)]
        self.name = f"{made[0].name} over all ports"
        self.groups = [Group(one, numbers) for one in made]
        self._turn = 0
        self._due = -LOOK

    def open(self, host: str) -> BatchPort:
        return min(self.groups, key=lambda group: len(group.ports)).open(host)

    def look(self, now: int) -> None:
        """Read the groups whose turn it is; after a stall all of them."""
        self._due = max(self._due, now - LOOK)
        while self._due <= now - LOOK // GROUPS:
            self._due += LOOK // GROUPS
            self.groups[self._turn].look(now)
            self._turn = (self._turn + 1) % GROUPS

    def close(self) -> None:
        for group in self.groups:
            group.close()


def _sharing_memory() -> Callable[[], Receiver]:
    """Makes receivers for groups, of which one at a time is read."""
    messages = Messages()
    return lambda: ManyPorts(messages=messages)
