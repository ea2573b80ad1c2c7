"""The media ports of all recordings read together (extra `bulk`), a part of them at each tick."""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import lru_cache

from phone_recorder.adapters.batches.batch import Batch, Receiver
from phone_recorder.adapters.batches.many_ports import ManyPorts
from phone_recorder.recording.sender_session import Run
from phone_recorder.recording.units import from_ms
from phone_recorder.server.batch_rows import Rows
from phone_recorder.server.media_port import Datagram, Expected, RunPort
from phone_recorder.server.port_numbers import PortNumbers

LOOK = from_ms(150)
"""Between two looks at a port."""
GROUPS = 3
"""Ports are looked at in so many groups, so that nobody else waits while all are."""
_SIX = socket.AF_INET6


class BatchPort(RunPort):
    """One recording's port, a row of its group."""

    def __init__(self, group: Group, row: int, address: tuple[str, int]) -> None:
        self._address = address
        self.waiting: list[Datagram] = []
        self.wake: Callable[[], object] = int
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

    def expect(self, expected: Expected, wake: Callable[[], object]) -> None:
        self.wake = wake
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
            self._hand_out(batch, self.rows.take(batch).tolist())

    def close(self) -> None:
        self._receiver.close()

    def _hand_out(self, batch: Batch, numbers: list[int]) -> None:
        """One by one, what is no part of a run."""
        for number in numbers:
            port = self.ports[int(batch.flows[number])]
            data = batch.data[number, : batch.sizes[number]].tobytes()
            port.waiting.append((int(batch.arrivals[number]), data, _host(batch.sources[number].tobytes())))
            port.wake()


class BatchMedia:
    """Ports in groups. `receiver` makes what reads one of them; UsageError if that cannot be had here."""

    def __init__(self, ports: tuple[int, int], receiver: Callable[[], Receiver] = ManyPorts) -> None:
        numbers = PortNumbers(*ports)
        made = [receiver() for _ in range(GROUPS)]
        self.name = f"in batches by {made[0].name}"
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


@lru_cache(maxsize=4096)
def _host(source: bytes) -> str:
    """The host of a raw address, as socket.recvmsg tells it."""
    if int.from_bytes(source[:2], "little") == _SIX:
        return socket.inet_ntop(_SIX, source[8:24])
    return socket.inet_ntop(socket.AF_INET, source[4:8])
