"""UDP ports whose numbers are known beforehand, for tests of port ranges."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from pathlib import Path

HOST = "127.0.0.1"
_LOWEST, _HIGHEST = 20000, 65535
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


@contextmanager
def free_ports(count: int) -> Iterator[int]:
    """So many UDP ports of 127.0.0.1 in a row, all of them free: the first, which is even.

    They are outside of those that the system gives to whoever asks for any (ip(7), ip_local_port_range), if there are
    others. TCP ports of the same numbers are held meanwhile, so that no other test, in whatever process, has them too.
    """
    for first in _firsts(count):
        with suppress(OSError), ExitStack() as held:
            for number in range(first, first + count):
                held.enter_context(_bound(socket.SOCK_STREAM, number))
                _bound(socket.SOCK_DGRAM, number).close()
            kept = held.pop_all()
            break
    else:
        raise AssertionError(f"no {count} UDP ports in a row are free")
    with kept:
        yield first


def _firsts(count: int) -> Iterable[int]:
    """Where they may begin, the best first."""
    first, last = map(int, re.findall(r"[0-9]+", _EPHEMERAL.read_text()))
    below = range(_LOWEST, min(first, _HIGHEST) - count + 1, 2)
    above = range(max(last + 1, _LOWEST) + 1 & ~1, _HIGHEST - count + 2, 2)
    return chain(below, above, range(_LOWEST, _HIGHEST - count + 2, 2))


def _bound(kind: socket.SocketKind, number: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, kind)
    try:
        made.bind((HOST, number))
    except OSError:
        made.close()
        raise
    return made
