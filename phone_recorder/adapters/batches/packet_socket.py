"""An AF_PACKET socket with a ring that the kernel copies packets into (packet(7), TPACKET_V2), as numpy memory.

Version 2: what came is there to be read at once. In version 3 it may wait until a block is full or a timer has run out.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import socket
import struct
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.batch import WIDTH
from phone_recorder.adapters.batches.packet_filter import Instruction, attach
from phone_recorder.adapters.batches.packet_frames import COPIED_ASIDE, FRAME, FRAME_SIZE, NET_HEADER, TAKEN_BY_US

_ASIDE_BUFFER = 64 << 20
_ASIDE_CHARGE = 256
"""Half of what the kernel charges that buffer with for a datagram of a call, if it travels together with others."""
_ASIDE_ROOM = 66_000
"""Of the longest packet, with its link's header."""
_ASIDE = 32
"""Packets too long for a frame that are read at a time."""
_NOWHERE = -1
_SCANNED = 1024
_BLOCK_FRAMES = 51 * 32
"""Blocks are whole pages and whole frames, and just below the power of two of pages that the kernel sets aside."""

_SOL_PACKET = 263
_RX_RING, _STATISTICS, _COPY_THRESHOLD, _VERSION, _NET_HEADERS = 5, 6, 7, 10, 15
_TPACKET_V2 = 1
_ETH_P_IP = 0x0800
"""Of this protocol alone, a packet is shown once, where the kernel's own IPv4 takes it: after bridge, bond and VLAN."""
_SO_RCVBUFFORCE = 33
_RING = struct.Struct("@4I")
_COUNTS = struct.Struct("@2I")
_SOCKADDR_LL = struct.Struct("@HHi12x")
_EVERY = 0
_MAP_FIXED = 0x10

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *(ctypes.c_int,) * 3, ctypes.c_long)
_libc.mmap.restype = ctypes.c_void_p


class Taken(NamedTuple):
    """Frames of the ring, [n]."""

    headers: NDArray[np.void]
    links: NDArray[np.int64]
    """Where in `memory` each one's link header is."""
    numbers: NDArray[np.int64]

    def only(self, which: NDArray[np.bool_]) -> Taken:
        """Those of them."""
        return Taken(self.headers[which], self.links[which], self.numbers[which])


class PacketSocket:
    """Room for `waiting` packets at least. OSError where the kernel or its rules for this user do not allow it."""

    def __init__(self, waiting: int) -> None:
        blocks = -(-waiting // _BLOCK_FRAMES)
        self.frames = blocks * _BLOCK_FRAMES
        size = self.frames * FRAME_SIZE
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        try:
            self._ask(_RING.pack(_BLOCK_FRAMES * FRAME_SIZE, blocks, FRAME_SIZE, self.frames))
            self._pages = mmap.mmap(-1, size + _ASIDE * _ASIDE_ROOM + WIDTH)
            self.memory = np.frombuffer(self._pages, np.uint8)
            self._map(size)
        except OSError:
            self._socket.close()
            raise
        self._headers: NDArray[np.void] = np.ndarray((self.frames,), FRAME, self.memory, strides=(FRAME_SIZE,))
        self._aside = size
        self._head = self._dropped = self.read = 0
        self._interface: str | None = None

    def listen(self, interface: str, program: list[Instruction]) -> None:
        """Take what that filter takes, at one interface, or at every one for an empty name; this instead of earlier."""
        attach(self._socket, program)
        if interface != self._interface:
            self._bind(socket.if_nametoindex(interface) if interface else _EVERY)
            self._interface = interface

    @property
    def dropped(self) -> int:
        """Packets for which the ring had no room."""
        with suppress(OSError):
            # The kernel tells what there was since it was last asked.
            self._dropped += _COUNTS.unpack(self._socket.getsockopt(_SOL_PACKET, _STATISTICS, _COUNTS.size))[1]
        return self._dropped

    def ready(self, most: int) -> int:
        """Frames that wait to be read next, `most` or fewer at a time: fewer too at the ring's end."""
        status = self._headers["status"][self._head : self._head + most]
        waits = (status & TAKEN_BY_US) != 0
        count = len(waits) if waits.all() else int(waits.argmin())
        aside = np.flatnonzero(status[:count] & COPIED_ASIDE)
        return count if len(aside) <= _ASIDE else int(aside[_ASIDE])

    def written(self) -> int:
        """The number of the frame that is written next; numbers go up for ever, `read` is the next to be read."""
        ahead = 0
        while ahead < self.frames:
            place = (self._head + ahead) % self.frames
            waits = (self._headers["status"][place : place + _SCANNED] & TAKEN_BY_US) != 0
            if not waits.all():
                return self.read + ahead + int(waits.argmin())
            ahead += len(waits)
        return self.read + self.frames

    def take(self, count: int) -> Taken:
        """The next frames, without those that the kernel could not keep whole."""
        headers: NDArray[np.void] = self._headers[self._head : self._head + count]
        places = np.arange(count)
        links = (self._head + places) * FRAME_SIZE + headers["link"]
        taken = Taken(headers, links, places + self.read)
        cut = headers["kept"] < headers["size"]
        if not cut.any():
            return taken
        aside = np.flatnonzero(headers["status"] & COPIED_ASIDE)
        links[aside] = [self._read_aside(place) for place in range(len(aside))]
        cut[aside] = links[aside] == _NOWHERE
        self._dropped += int(cut.sum())
        return taken.only(~cut)

    def release(self, count: int) -> None:
        """Let the kernel write to the next frames again."""
        self._headers["status"][self._head : self._head + count] = 0
        self._head = (self._head + count) % self.frames
        self.read += count

    def close(self) -> None:
        """Nothing may be called any more, and nobody should hold `memory` any more."""
        if self._socket.fileno() < 0:
            return
        del self._headers, self.memory
        with suppress(BufferError):
            # A look that was broken off, but not forgotten, keeps the pages until it is.
            self._pages.close()
        self._socket.close()

    def _ask(self, ring: bytes) -> None:
        self._socket.setsockopt(_SOL_PACKET, _VERSION, _TPACKET_V2)
        for option in (_NET_HEADERS, _COPY_THRESHOLD):
            self._socket.setsockopt(_SOL_PACKET, option, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, max(_ASIDE_BUFFER, self.frames * _ASIDE_CHARGE))
        self._socket.setsockopt(_SOL_PACKET, _RX_RING, ring)

    def _map(self, size: int) -> None:
        """The ring, over the beginning of the pages: so one array holds it and what was read aside."""
        flags = mmap.MAP_SHARED | _MAP_FIXED
        start = self.memory.ctypes.data
        if _libc.mmap(start, size, mmap.PROT_READ | mmap.PROT_WRITE, flags, self._socket.fileno(), 0) != start:
            raise OSError(ctypes.get_errno(), "cannot map the ring")

    def _bind(self, interface: int) -> None:
        # Python's own bind wants a name, which every interface together has not.
        address = _SOCKADDR_LL.pack(socket.AF_PACKET, socket.htons(_ETH_P_IP), interface)
        if _libc.bind(self._socket.fileno(), address, len(address)) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    def _read_aside(self, place: int) -> int:
        """The next packet that the kernel kept aside, which it does in the order of the frames."""
        start = self._aside + place * _ASIDE_ROOM
        try:
            self._socket.recv_into(memoryview(self._pages)[start : start + _ASIDE_ROOM])
        except OSError:
            return _NOWHERE
        return start + NET_HEADER
