"""A peer that has vanished without a word: cable out, power off. Without root, and without waiting for either."""

from __future__ import annotations

import ctypes
import socket
import struct

_SO_ATTACH_FILTER = 26
_DROP_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)
"""Classic BPF, one instruction: return 0, which keeps no byte of a packet."""


def vanish(connection: socket.socket) -> None:
    """From now on the kernel drops every segment for this end, and so acknowledges and refuses nothing."""
    program = ctypes.create_string_buffer(_DROP_ALL)
    pointer = struct.pack("@HP", 1, ctypes.addressof(program))
    connection.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, pointer)
