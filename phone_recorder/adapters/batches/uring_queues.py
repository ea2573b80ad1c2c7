"""io_uring(7) by its three system calls: the rings of submissions, completions and buffers, as numpy arrays."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import struct

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.files import reason
from phone_recorder.errors import UsageError

SUBMISSIONS = 4096
COMPLETIONS = 65536
"""More than there are buffers and ports together, so that none ever has to wait for room."""

SUBMISSION = np.dtype(
    {
        "names": ["opcode", "flags", "ioprio", "fd", "addr", "len", "op_flags", "user_data", "buf_group"],
        "offsets": [0, 1, 2, 4, 16, 24, 28, 32, 40],
        "formats": ["u1", "u1", "u2", "i4", "u8", "u4", "u4", "u8", "u2"],
        "itemsize": 64,
    }
)
"""struct io_uring_sqe, as far as it is used."""
COMPLETION = np.dtype([("user_data", "u8"), ("res", "i4"), ("flags", "u4")])
"""struct io_uring_cqe."""
_BUFFER = np.dtype([("addr", "u8"), ("len", "u4"), ("bid", "u2"), ("tail", "u2")])
"""struct io_uring_buf; the ring's tail lies in the last field of the first."""

_SETUP, _ENTER, _REGISTER = 425, 426, 427
_CQSIZE, _SINGLE_ISSUER, _DEFER_TASKRUN = 1 << 3, 1 << 12, 1 << 13
_GETEVENTS = 1
_REGISTER_PBUF_RING = 22
_SQES_OFFSET = 0x10000000
_TRIES = 64
"""The kernel may want to be asked again: a signal came, or memory was short."""
_COUNTER = 0xFFFFFFFF
_SQ_HEAD, _SQ_TAIL, _SQ_ARRAY = 10, 11, 16
_CQ_HEAD, _CQ_TAIL, _CQ_ENTRIES = 20, 21, 25
_BUF_REG = struct.Struct("@QIHH3Q")

_libc = ctypes.CDLL(None, use_errno=True)


class Queues:
    """The rings of one io_uring. The kernel does nothing for it but within `enter`, of the thread that made it.

    To make one is an OSError where the kernel has none, none that is new enough (6.1), or forbids it to this user.
    """

    def __init__(self) -> None:
        params = (ctypes.c_uint32 * 30)()
        params[1], params[2] = COMPLETIONS, _CQSIZE | _SINGLE_ISSUER | _DEFER_TASKRUN
        self._descriptor = _call(_SETUP, SUBMISSIONS, ctypes.addressof(params))
        try:
            self._map(list(params))
        except OSError:
            os.close(self._descriptor)
            raise

    def submit(self, entries: NDArray[np.void]) -> None:
        """Hand over [n] of SUBMISSION, in order."""
        for first in range(0, len(entries), SUBMISSIONS):
            part = entries[first : first + SUBMISSIONS]
            tail = int(self._sq_tail[0])
            self._sqes[(tail + np.arange(len(part))) % SUBMISSIONS] = part
            self._sq_tail[0] = (tail + len(part)) & _COUNTER
            self._unsubmitted += len(part)
            self.enter()

    def enter(self) -> None:
        """Let the kernel do what can be done now; it waits for nothing."""
        for _ in range(_TRIES):
            try:
                self._unsubmitted -= _call(_ENTER, self._descriptor, self._unsubmitted, 0, _GETEVENTS, 0, 0)
            except (InterruptedError, BlockingIOError):
                continue
            except OSError as error:
                why = "only the thread that made it may" if error.errno == errno.EEXIST else reason(error)
                raise UsageError(f"this io_uring cannot be used: {why}") from error
            if self._unsubmitted == 0:
                return

    def completed(self, most: int) -> NDArray[np.void]:
        """[n] of COMPLETION, `most` at most, in their order; less only if the kernel has no more to tell now."""
        count = self._enter_and_count()
        # At each call the kernel serves some twenty sockets.
        while count < most and (more := self._enter_and_count()) > count:
            count = more
        return self._taken(min(count, most))

    def register_buffers(self, ring: BufferRing) -> None:
        described = ctypes.create_string_buffer(_BUF_REG.pack(ring.address, len(ring), ring.GROUP, 0, 0, 0, 0))
        _call(_REGISTER, self._descriptor, _REGISTER_PBUF_RING, ctypes.addressof(described), 1)

    def close(self) -> None:
        """Ends every request; nothing may be called any more."""
        if self._rings.closed:
            return
        del self._sq_tail, self._cq_head, self._cq_tail, self._cqes, self._sqes
        self._rings.close()
        self._entries.close()
        os.close(self._descriptor)

    def _enter_and_count(self) -> int:
        self.enter()
        return (int(self._cq_tail[0]) - int(self._cq_head[0])) & _COUNTER

    def _taken(self, count: int) -> NDArray[np.void]:
        head = int(self._cq_head[0])
        found: NDArray[np.void] = self._cqes[(head + np.arange(count)) % COMPLETIONS]
        self._cq_head[0] = (head + count) & _COUNTER
        return found

    def _map(self, params: list[int]) -> None:
        # Rings of submissions and completions are one piece on every kernel that has what is used here.
        size = params[_CQ_ENTRIES] + COMPLETIONS * COMPLETION.itemsize
        self._rings = mmap.mmap(self._descriptor, max(size, params[_SQ_ARRAY] + SUBMISSIONS * 4))
        self._entries = mmap.mmap(self._descriptor, SUBMISSIONS * SUBMISSION.itemsize, offset=_SQES_OFFSET)
        self._unsubmitted = 0
        self._sqes: NDArray[np.void] = np.frombuffer(self._entries, SUBMISSION)
        self._cqes: NDArray[np.void] = np.frombuffer(self._rings, COMPLETION, COMPLETIONS, params[_CQ_ENTRIES])
        self._sq_tail: NDArray[np.uint32] = self._counter(params[_SQ_TAIL])
        self._cq_head, self._cq_tail = self._counter(params[_CQ_HEAD]), self._counter(params[_CQ_TAIL])
        order = np.frombuffer(self._rings, np.uint32, SUBMISSIONS, params[_SQ_ARRAY])
        order[:] = np.arange(SUBMISSIONS)

    def _counter(self, place: int) -> NDArray[np.uint32]:
        return np.frombuffer(self._rings, np.uint32, 1, place)


class BufferRing:
    """Buffers that the kernel picks from, `count` (a power of two) pieces of `memory`, each `size` long."""

    GROUP = 0

    def __init__(self, memory: NDArray[np.uint8], count: int, size: int) -> None:
        self._mask = count - 1
        # The kernel wants whole pages.
        self._pages = mmap.mmap(-1, count * _BUFFER.itemsize)
        self._ring: NDArray[np.void] = np.frombuffer(self._pages, _BUFFER)
        self._tail = self._ring["tail"][:1]
        self._first, self._size = memory.ctypes.data, size
        self.give(np.arange(count, dtype=np.uint16))

    def __len__(self) -> int:
        return self._mask + 1

    @property
    def address(self) -> int:
        return int(self._ring.ctypes.data)

    def give(self, numbers: NDArray[np.uint16]) -> None:
        """Let the kernel have these buffers, [n], once more."""
        tail = int(self._tail[0])
        places = (tail + np.arange(len(numbers))) & self._mask
        self._ring["addr"][places] = np.uint64(self._first) + numbers.astype(np.uint64) * np.uint64(self._size)
        self._ring["len"][places] = self._size
        self._ring["bid"][places] = numbers
        self._tail[0] = (tail + len(numbers)) & 0xFFFF


def _call(number: int, *arguments: int) -> int:
    done = int(_libc.syscall(ctypes.c_long(number), *(ctypes.c_long(argument) for argument in arguments)))
    if done < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return done
