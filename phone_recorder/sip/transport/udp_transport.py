"""SIP over UDP (RFC 3261 section 18): one socket, and the ICMP errors that what it sent has met (section 18.4)."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct

from phone_recorder.adapters.udp import family_of
from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.tap import Address
from phone_recorder.sip.transport.own_address import bound_to, is_address, own_host
from phone_recorder.sip.transport.passage import Passage
from phone_recorder.sip.transport.unreachable import in_words

MOST_AT_ONCE = 64
"""Datagrams read before timers and others have their turn again."""

_MAX_DATAGRAM = 65_535
_KEEP_ALIVES = b"\r\n\0 "
"""Datagrams of nothing but these keep a way open, and say nothing."""
_EXTENDED_ERROR = struct.Struct("=IBBBBII")  # linux/errqueue.h
_RECVERR = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
"""IP_RECVERR and IPV6_RECVERR of Linux, which the socket module does not name."""
_UNREACHABLE = {(2, 3), (3, 1)}
"""ICMP and ICMPv6 as origins, and their types that say destination unreachable (RFC 792, RFC 4443)."""


class UdpTransport:
    """A UDP port, bound to `address`; OSError if it cannot be had."""

    def __init__(self, host: str, port: int, passage: Passage) -> None:
        self._passage = passage
        self._family = family_of(host)
        self._socket = _bound(self._family, host, port)
        self.address: Address = self._socket.getsockname()[:2]
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._read)

    def local(self, hop: Hop) -> Address:
        """Our address as `hop` is sent to from it."""
        host, port = self.address
        return own_host(host, hop), port

    def send(self, data: bytes, hop: Hop) -> None:
        """One datagram; what goes wrong is told as broken. It may be lost, as any datagram may."""
        if self._passage.taps:
            self._passage.went(data, hop, self.local(hop))
        try:
            self._demand_fit(hop)
            self._send(data, hop)
        except OSError as error:
            self._passage.broke(hop, in_words(hop, error))
        except SipUnreachable as error:
            self._passage.broke(hop, error)

    def ping(self, hop: Hop, data: bytes) -> None:
        """A datagram that is no message: it keeps the way open, and if it fails, the next message says so."""
        if is_address(hop.host) and family_of(hop.host) == self._family:
            try:
                self._send(data, hop)
            except OSError:
                return

    def close(self) -> None:
        if self._socket.fileno() < 0:
            return
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _demand_fit(self, hop: Hop) -> None:
        if not is_address(hop.host) or family_of(hop.host) != self._family:
            raise SipUnreachable(f"{hop} cannot be reached from {self.address[0]}: use an address of the same kind")

    def _send(self, data: bytes, hop: Hop) -> None:
        try:
            self._sendto(data, hop)
        except OSError:
            # It may be the error of an earlier datagram, to somebody else.
            if not self._hear_errors():
                raise
            self._sendto(data, hop)

    def _sendto(self, data: bytes, hop: Hop) -> None:
        try:
            self._socket.sendto(data, (hop.host, hop.port))
        except BlockingIOError:
            # Our buffer is full: this one is lost, as on any network.
            return

    def _read(self) -> None:
        for _ in range(MOST_AT_ONCE):
            if self._socket.fileno() < 0:  # closed by whoever got the last one
                return
            try:
                data, source = self._socket.recvfrom(_MAX_DATAGRAM)
            except OSError as error:
                if not self._hear_errors() or isinstance(error, BlockingIOError):
                    return
                continue
            if data.strip(_KEEP_ALIVES):
                hop = Hop("UDP", source[0], source[1])
                self._passage.came(data, hop, self.local(hop) if self._passage.taps else self.address)

    def _hear_errors(self) -> int:
        """Tell of each ICMP error that waits; how many there were."""
        heard = 0
        while True:
            try:
                _, ancillary, _, target = self._socket.recvmsg(0, 512, socket.MSG_ERRQUEUE)
            except OSError:  # there are no more
                return heard
            heard += 1
            hop = Hop("UDP", target[0], target[1])
            for level, kind, data in ancillary:
                if (level, kind) == _RECVERR[self._family] and (number := _unreachable(data)):
                    self._passage.broke(hop, in_words(hop, OSError(number, os.strerror(number))))


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    unbound = socket.socket(family, socket.SOCK_DGRAM)
    unbound.setsockopt(*_RECVERR[family], 1)
    return bound_to(host, port, unbound)


def _unreachable(data: bytes) -> int:
    """The errno of an ICMP error that says unreachable, else 0: what was too long is cut up the next time."""
    if len(data) < _EXTENDED_ERROR.size:
        return 0
    number, origin, kind, *_ = _EXTENDED_ERROR.unpack_from(data)
    return number if (origin, kind) in _UNREACHABLE and number != errno.EMSGSIZE else 0
