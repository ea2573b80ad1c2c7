"""The phone's sockets to a record server: a TCP connection and a UDP socket a recording, looked at on a tick."""

from __future__ import annotations

import errno
import os
import select
import socket
from collections.abc import Iterator

from phone_recorder.adapters.udp import UdpPort, family_of
from phone_recorder.errors import UsageError
from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, Received

_READ_SIZE = 4096
_READS_AT_ONCE = 16
"""A server that never stops sending must not stop the call: the rest is read at the next tick."""


class TcpServerLink:
    """A link to the server at `address`, an IP address and a port."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._control = socket.socket(family_of(address[0]), socket.SOCK_STREAM)
        self._control.setblocking(False)
        self._control.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connected = self._closed = False
        self._unsent = b""
        self._media: UdpPort | None = None
        self._refused = 0  # errno of the attempt to connect
        self._unreachable = ""

    def open(self) -> None:
        self._refused = self._control.connect_ex(self._address)

    def events(self) -> Iterator[LinkEvent]:
        if self._closed:
            return
        if self._unreachable:
            self.close()
            yield Closed(self._unreachable)
            return
        try:
            if not self._connected:
                yield from self._connect()
            if self._connected:
                self._flush()
                yield from self._read()
        except OSError as error:
            self.close()
            yield Closed((error.strerror or str(error)).lower())

    def send(self, data: bytes) -> None:
        self._unsent += data
        try:
            self._flush()
        except OSError:
            # The same error comes again when the connection is looked at, and is told there.
            return

    def media_to(self, host: str, port: int) -> None:
        try:
            self._media = UdpPort("::" if ":" in host else "0.0.0.0")
            self._media.only_from((host, port))
        except (OSError, UnicodeError, UsageError):
            self._unreachable = f"no RTP can be sent to {host}:{port}"

    def send_media(self, packets: list[bytes]) -> None:
        if self._media:
            self._media.send(packets)

    def close(self) -> None:
        self._closed = True
        self._control.close()
        if self._media:
            self._media.close()

    def _connect(self) -> Iterator[LinkEvent]:
        if self._refused not in (0, errno.EINPROGRESS):
            raise OSError(self._refused, os.strerror(self._refused))
        if not select.select([], [self._control], [], 0)[1]:
            return
        failed = self._control.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed:
            raise OSError(failed, os.strerror(failed))
        self._connected = True
        yield Opened(self._control.getpeername()[0])

    def _flush(self) -> None:
        while self._unsent and not self._closed and self._connected:
            try:
                self._unsent = self._unsent[self._control.send(self._unsent) :]
            except BlockingIOError:
                return

    def _read(self) -> Iterator[LinkEvent]:
        for _ in range(_READS_AT_ONCE):
            if self._closed:
                return
            try:
                data = self._control.recv(_READ_SIZE)
            except BlockingIOError:
                return
            if not data:
                self.close()
                yield Closed("the server has closed it")
                return
            yield Received(data)


def resolve(host: str, port: int) -> tuple[str, int]:
    """The IP address of a server, so that no recording waits for a name; UsageError if there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        # UnicodeError: what could not be a host's name at all.
        raise UsageError(f"there is no host {host!r}: check --server") from error
    address = found[0][4]
    return str(address[0]), int(address[1])


def probe(address: tuple[str, int], timeout_s: float = 5.0) -> None:
    """UsageError if nothing accepts a connection at this address."""
    try:
        socket.create_connection(address, timeout_s).close()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UsageError(
            f"no record server answers at {address[0]}:{address[1]} ({why}): start one with `phone-recorder server`,"
            " or leave --server out to use the embedded one"
        ) from error
