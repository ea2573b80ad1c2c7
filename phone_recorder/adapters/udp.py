"""UDP ports for RTP, drained on a tick, each datagram with the instant at which the kernel received it."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import TypeVar

from phone_recorder.adapters.files import reason
from phone_recorder.errors import UsageError
from phone_recorder.recording.units import from_ns

Address = tuple[str, int]
"""Host and port."""

LOOPBACK = "127.0.0.1"
MAX_DATAGRAM = 2048
"""More than any RTP packet of ours: 60 ms are 480 bytes. A longer datagram is given out empty, as no RTP at all."""
BUFFER_SIZE = 1 << 20
"""Bytes asked of the kernel for what waits: a phone whose server was slow to answer sends 5 s at once."""
MOST_WAITING = 4096
"""More datagrams than such a buffer holds: the kernel doubles it, and charges each with at least 768 bytes."""

_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@qq")


def family_of(host: str) -> socket.AddressFamily:
    """The family of an IP address."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


class UdpPort:
    """A bound UDP port. `system_ns` is the clock by which the kernel says when datagrams came; it may be set."""

    def __init__(self, host: str = LOOPBACK, port: int = 0, system_ns: Callable[[], int] = time.time_ns) -> None:
        self._system_ns = system_ns
        try:
            self._socket = _bound(host, port)
        except OSError as error:
            raise UsageError(f"cannot use UDP port {port} of {host}: {reason(error)}") from error
        self._drained_at = from_ns(time.monotonic_ns())
        for option, value in ((_SO_TIMESTAMPNS, 1), (socket.SO_RCVBUF, BUFFER_SIZE)):
            with suppress(OSError):
                # Without them the instant of reading, and the usual buffer, have to do.
                self._socket.setsockopt(socket.SOL_SOCKET, option, value)

    @property
    def address(self) -> Address:
        """Where it is bound."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    def only_from(self, address: Address) -> None:
        """Take datagrams of this address alone, and send to it."""
        self._socket.connect(address)

    def send(self, packets: list[bytes]) -> None:
        """To the peer. RTP is not asked whether it arrived: what cannot be sent is lost, as on any network."""
        for packet in packets:
            with suppress(OSError):
                self._socket.send(packet)

    def send_to(self, packets: list[bytes], address: Address) -> None:
        """To that address, of a port that is nobody's in particular."""
        for packet in packets:
            with suppress(OSError):
                self._socket.sendto(packet, address)

    def drain(self) -> Iterator[tuple[int, bytes, str]]:
        """All that waits: instant, datagram, source host."""
        for instant, data, source in self.arrivals():
            yield instant, data, source[0]

    def arrivals(self) -> Iterator[tuple[int, bytes, Address]]:
        """All that waits: instant, datagram, source. Instants come from the kernel where it gives them.

        Whoever sends faster than we read does not hold us here for ever: after MOST_WAITING datagrams it is enough.
        """
        skew = self._system_ns() - time.monotonic_ns()
        now = from_ns(time.monotonic_ns())
        since, self._drained_at = self._drained_at, now
        for _ in range(MOST_WAITING):
            try:
                data, ancillary, flags, source = self._socket.recvmsg(MAX_DATAGRAM, 64)
            except BlockingIOError:
                return
            except OSError:
                # Of an earlier packet of ours, which met a port that nobody listens on, or of a moment without memory.
                continue
            # A step of the system time since it came could name an instant that has not come yet, or is long past.
            instant = max(since, min(_instant(ancillary, skew, now), now))
            yield instant, b"" if flags & socket.MSG_TRUNC else data, source[:2]

    @property
    def closed(self) -> bool:
        """Whether it was given back."""
        return self._socket.fileno() < 0

    def close(self) -> None:
        self._socket.close()


TRIES = 64
"""Ports of a range that others may have taken, before it is given up: each costs a system call."""

Opened = TypeVar("Opened")


class PortNumbers:
    """UDP ports from `first` to `last`, in turn: one that was given back is used again as late as can be.

    Where both are 0, the system chooses.
    """

    def __init__(self, first: int = 0, last: int = 0) -> None:
        self._range = range(first, last + 1)
        self._last = last
        self._taken: set[int] = set()

    def open(self, opener: Callable[[int], Opened], even: bool = False) -> Opened:
        """What the opener makes of the next number that is free, of the even ones if so wished; UsageError if none is.

        UsageError of the opener says that others have taken that one.
        """
        if not self._range.start:
            return opener(0)
        turns = chain(range(self._last + 1, self._range.stop), range(self._range.start, self._last + 1))
        wanted = (number for number in turns if number not in self._taken and not (even and number % 2))
        for number in islice(wanted, TRIES):
            with suppress(UsageError):
                opened = opener(number)
                self._taken.add(number)
                self._last = number
                return opened
        kind = "even UDP port" if even else "UDP port"
        raise UsageError(f"no {kind} from {self._range[0]} to {self._range[-1]} is free")

    def give_back(self, number: int) -> None:
        """It may be opened again."""
        self._taken.discard(number)


class PortRange:
    """PortNumbers whose ports come back when they are closed."""

    def __init__(self, first: int, last: int) -> None:
        self._numbers = PortNumbers(first, last)
        self._opened: dict[int, UdpPort] = {}

    def open(self, host: str, even: bool = False) -> UdpPort:
        """The next that is free, of the even ones if so wished; UsageError if none is."""
        for number in [number for number, port in self._opened.items() if port.closed]:
            del self._opened[number]
            self._numbers.give_back(number)
        port = self._numbers.open(lambda number: UdpPort(host, number), even)
        self._opened[port.address[1]] = port
        return port


class UdpMixLink:
    """The mixed stream over loopback: the recorder has bound a port, the phone's mixer sends to it, nobody else may."""

    def __init__(self) -> None:
        self._recorder = UdpPort()
        self._mixer = UdpPort()
        self._mixer.only_from(self._recorder.address)
        self._recorder.only_from(self._mixer.address)

    @property
    def port(self) -> int:
        """The local port that the recorder has bound."""
        return self._recorder.address[1]

    def send(self, packets: list[bytes]) -> None:
        self._mixer.send(packets)

    def receive(self) -> list[tuple[int, bytes]]:
        return [(instant, data) for instant, data, _ in self._recorder.drain()]

    def close(self) -> None:
        self._mixer.close()
        self._recorder.close()


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket(family_of(host), socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def _instant(ancillary: list[tuple[int, int, bytes]], skew: int, now: int) -> int:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return from_ns(seconds * 1_000_000_000 + nanoseconds - skew)
    return now
