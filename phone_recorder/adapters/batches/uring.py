"""A UDP port for each flow, all of them read through one io_uring: at each, one request that goes on receiving."""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.batch import NAME_SIZE, WIDTH, Batch
from phone_recorder.adapters.batches.gathered import Gathered
from phone_recorder.adapters.batches.messages import ROWS, STAMP_SIZE
from phone_recorder.adapters.batches.receiver_clock import NO_STAMP, ArrivalClock
from phone_recorder.adapters.batches.receiver_ports import Ports, Prepare, buffered, most_waiting
from phone_recorder.adapters.batches.uring_queues import SUBMISSION, BufferRing, Queues
from phone_recorder.adapters.batches.uring_slots import Slots
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.udp import LOOPBACK, Address
from phone_recorder.errors import UsageError

BUFFERS = 8192
"""A request ends when no buffer is left, and has to be made anew: so many make that rare."""

_NAME_ROOM = 32
_STAMP_AT = 16 + _NAME_ROOM + 16
_HEAD = np.dtype(
    {
        "names": ["control_size", "size", "flags", "source", "s", "ns"],
        "offsets": [4, 8, 12, 16, _STAMP_AT, _STAMP_AT + 8],
        "formats": ["u4", "u4", "u4", ("u1", (NAME_SIZE,)), "i8", "i8"],
        "itemsize": 16 + _NAME_ROOM + STAMP_SIZE,
    }
)
"""struct io_uring_recvmsg_out, with the address and the time stamp that follow it. Then comes the datagram."""
_MSGHDR = struct.Struct("@QIQQQQi4x")
_RECVMSG, _ASYNC_CANCEL, _MULTISHOT, _BUFFER_SELECT = 10, 14, 2, 1 << 5
_HAS_BUFFER, _MORE, _BUFFER_SHIFT = 1, 2, 16
_CANCELLING = (1 << 64) - 1


class Uring:
    """Needs Linux 6.1 and the right to use io_uring; UsageError says what is missing. Of one thread: its maker's."""

    name = "io_uring"
    ordered = False

    def __init__(self, width: int = WIDTH, prepare: Prepare | None = None, clock: ArrivalClock | None = None) -> None:
        self._queues = _queues()
        # Sockets that block: at another a request fails, where it should wait for the next datagram.
        self._ports = Ports(prepare or buffered())
        self._slots = Slots()
        self._clock = clock or ArrivalClock()
        room = _HEAD.itemsize + width
        memory = np.zeros(BUFFERS * room, np.uint8)
        self._room = room
        self._heads: NDArray[np.void] = np.ndarray((BUFFERS,), _HEAD, memory, strides=(room,))
        self._gathered = Gathered(memory, width=width)
        self._buffers = BufferRing(memory, BUFFERS, room)
        self._queues.register_buffers(self._buffers)
        # What a request is to tell: the kernel reads it whenever one is made.
        self._wanted = ctypes.create_string_buffer(_MSGHDR.pack(0, _NAME_ROOM, 0, 0, 0, STAMP_SIZE, 0))

    @property
    def dropped(self) -> int:
        return self._ports.dropped

    def add(self, flow: int, host: str = LOOPBACK, port: int = 0) -> Address:
        address = self._ports.add(flow, host, port)
        self._request(np.array([self._slots.take(flow, self._ports[flow].fileno())]))
        return address

    def remove(self, flow: int) -> None:
        if flow in self._ports:
            # The request holds the socket: the port is free only when it has ended.
            cancel = np.zeros(1, SUBMISSION)
            cancel["opcode"], cancel["addr"], cancel["user_data"] = _ASYNC_CANCEL, self._slots.leave(flow), _CANCELLING
            self._queues.submit(cancel)
            self._ports.remove(flow)
            self._queues.enter()

    def receive(self) -> Iterator[Batch]:
        self._clock.look()
        left = sum(most_waiting(bound) for _, bound in self._ports.items())
        while left > 0:
            found = self._queues.completed(min(ROWS, left))
            if not len(found):
                return
            left -= len(found)
            batch = self._batch(found[(found["flags"] & _HAS_BUFFER) != 0])
            self._go_on(found["user_data"][(found["flags"] & _MORE) == 0])
            if len(batch.sizes):
                yield batch

    def close(self) -> None:
        for flow, _ in tuple(self._ports.items()):
            self.remove(flow)
        self._queues.close()

    def _batch(self, found: NDArray[np.void]) -> Batch:
        """The datagrams of those completions, copied; the buffers of all of them are given back."""
        numbers = found["flags"] >> _BUFFER_SHIFT
        flows = self._slots.flows(found["user_data"])
        ours = (flows != Slots.NOBODY) & (found["res"] >= _HEAD.itemsize)
        rows = numbers[ours].astype(np.int64)
        heads = self._heads[rows]
        sizes = np.where(heads["flags"] & socket.MSG_TRUNC, 0, heads["size"]).astype(np.int32)
        data = self._gathered.copy(rows * self._room + _HEAD.itemsize, sizes)
        stamped = heads["control_size"] >= STAMP_SIZE
        stamps = np.where(stamped, heads["s"] * 1_000_000_000 + heads["ns"], NO_STAMP)
        self._buffers.give(numbers.astype(np.uint16))
        return Batch(flows[ours], self._clock.instants(stamps), sizes, data, heads["source"])

    def _go_on(self, ended: NDArray[np.uint64]) -> None:
        """Requests that have ended, for want of buffers or by an error of the socket, are made anew."""
        slots = ended[ended != _CANCELLING].astype(np.int64)
        if len(slots):
            self._request(self._slots.free_left(slots))

    def _request(self, slots: NDArray[np.int64]) -> None:
        entries = np.zeros(len(slots), SUBMISSION)
        entries["opcode"], entries["flags"], entries["ioprio"] = _RECVMSG, _BUFFER_SELECT, _MULTISHOT
        entries["fd"], entries["user_data"] = self._slots.descriptors(slots), slots
        entries["addr"], entries["len"] = ctypes.addressof(self._wanted), 1
        entries["buf_group"] = BufferRing.GROUP
        self._queues.submit(entries)


def _queues() -> Queues:
    try:
        return Queues()
    except OSError as error:
        raise UsageError(
            f"io_uring cannot be used here (it needs Linux 6.1 and permission): {reason(error)}"
        ) from error
