"""Classic BPF programs (bpf(4), socket filters of Linux) as bytes, and how they get to a socket."""

from __future__ import annotations

import ctypes
import socket
import struct

_ATTACH_FILTER = 26
_INSTRUCTION = struct.Struct("@HBBI")
_FPROG = struct.Struct("@H6xQ")
_LOAD_BYTE, _LOAD_HALF, _LOAD_HALF_AT_X = 0x30, 0x28, 0x48
_HEADER_LENGTH_TO_X = 0xB1
_AND, _EQUAL, _AT_LEAST, _ABOVE, _ANY_BIT, _RETURN = 0x54, 0x15, 0x35, 0x25, 0x45, 0x06
_NETWORK = 0xFFF00000
"""SKF_NET_OFF: from here the network header counts, whatever the link's header is."""
_PACKET_TYPE = 0xFFFFF004
"""SKF_AD_OFF + SKF_AD_PKTTYPE."""
_TO_THIS_HOST = 0
_UDP = 17
_WHOLE = 0x40000

Instruction = tuple[int, int, int, int]
"""Code, instructions to skip if true, if false, and the constant."""

TAKE_NOTHING: list[Instruction] = [(_RETURN, 0, 0, 0)]


def udp_to_ports(first: int, last: int) -> list[Instruction]:
    """Takes UDP over IPv4 to this host that is no fragment, to these ports, both ends included; all else is dropped."""
    tests: list[Instruction] = [
        (_LOAD_BYTE, 0, 0, _PACKET_TYPE),
        (_EQUAL, 0, 1, _TO_THIS_HOST),
        (_LOAD_BYTE, 0, 0, _NETWORK),
        (_AND, 0, 0, 0xF0),
        (_EQUAL, 0, 1, 0x40),
        (_LOAD_BYTE, 0, 0, _NETWORK + 9),
        (_EQUAL, 0, 1, _UDP),
        (_LOAD_HALF, 0, 0, _NETWORK + 6),
        # More fragments, or an offset.
        (_ANY_BIT, 1, 0, 0x3FFF),
        (_HEADER_LENGTH_TO_X, 0, 0, _NETWORK),
        (_LOAD_HALF_AT_X, 0, 0, _NETWORK + 2),
        (_AT_LEAST, 0, 1, first),
        (_ABOVE, 1, 0, last),
        (_RETURN, 0, 0, _WHOLE),
    ]
    return _to_the_end(tests) + TAKE_NOTHING


def attach(taker: socket.socket, program: list[Instruction]) -> None:
    """Let that socket take what the program takes, in place of an earlier one. OSError if the kernel will not."""
    code = ctypes.create_string_buffer(b"".join(_INSTRUCTION.pack(*instruction) for instruction in program))
    taker.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, _FPROG.pack(len(program), ctypes.addressof(code)))


def _to_the_end(tests: list[Instruction]) -> list[Instruction]:
    """A jump of 1 means: to what follows all of them."""
    return [
        (code, true * (len(tests) - place - 1), false * (len(tests) - place - 1), constant)
        for place, (code, true, false, constant) in enumerate(tests)
    ]
