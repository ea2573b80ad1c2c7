"""The phone's sockets to a record server: a TCP connection and a UDP socket a recording, looked at on a tick."""

from __future__ import annotations

import errno
import os
import select
import socket
from collections.abc import Iterator

from phone_recorder.adapters.udp import UdpPort, family_of
from phone_recorder.errors import ServerRefused, UsageError
from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, Received

_READ_SIZE = 4096
_READS_AT_ONCE = 16
"""A server that never stops sending must not stop the call: the rest is read at the next tick."""
_PROBES = 5
"""Of a server that says nothing, before it counts as dead."""


class TcpServerLink:
    """A link to the server at `address`, an IP address and a port.

    A server that has gone without a word is noticed after about `dead_after_s`, whole seconds from 2 on.
    """

    def __init__(self, address: tuple[str, int], dead_after_s: int = 10) -> None:
        self._address = address
        self._dead_after_s = dead_after_s
        self._control: socket.socket | None = None
        self._connected = False
        self._unsent = b""
        self._media: UdpPort | None = None
        self._refused = 0  # errno of the attempt to connect

    def open(self) -> None:
        try:
            self._control = control = socket.socket(family_of(self._address[0]), socket.SOCK_STREAM)
            control.setblocking(False)
            control.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._refused = control.connect_ex(self._address)
        except (socket.gaierror, TypeError):
            # An address that names a network interface which is not there, not any more, or that none can be called.
            self._refused = errno.EADDRNOTAVAIL
        except OSError as error:
            self._refused = error.errno or errno.EIO

    def events(self) -> Iterator[LinkEvent]:
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
        except (OSError, UsageError) as error:
            raise ServerRefused(f"no RTP can be sent to {host}:{port}, where the record server wants it") from error

    def send_media(self, packets: list[bytes]) -> None:
        if self._media:
            self._media.send(packets)

    def close(self) -> None:
        self._connected, self._refused = False, 0
        if self._control:
            self._control.close()
            self._control = None
        if self._media:
            self._media.close()
            self._media = None

    def _connect(self) -> Iterator[LinkEvent]:
        if self._refused not in (0, errno.EINPROGRESS):
            raise OSError(self._refused, os.strerror(self._refused))
        if not self._control or not _writable(self._control):
            return
        failed = self._control.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failed:
            raise OSError(failed, os.strerror(failed))
        peer = self._control.getpeername()[0]
        _notice_death(self._control, self._dead_after_s)
        self._connected = True
        yield Opened(peer)

    def _flush(self) -> None:
        while self._unsent and self._control and self._connected:
            try:
                self._unsent = self._unsent[self._control.send(self._unsent) :]
            except BlockingIOError:
                return

    def _read(self) -> Iterator[LinkEvent]:
        for _ in range(_READS_AT_ONCE):
            if not self._control:
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


def _writable(control: socket.socket) -> bool:
    """Whether an attempt to connect is over. Not by `select`, which knows no descriptor above 1023."""
    poll = select.poll()
    poll.register(control, select.POLLOUT)
    return bool(poll.poll(0))


def _notice_death(control: socket.socket, after_s: int) -> None:
    """Probe a silent server, so that the kernel ends the connection after so long without an answer (RFC 9293 3.8.4).

    Only once it stands: an attempt to connect has a time-out of its own.
    """
    between_s = max(after_s // _PROBES, 1)
    control.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    control.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, between_s)
    control.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, between_s)
    # Looked at with each probe: half a second less, or it would be one probe more.
    control.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, after_s * 1000 - 500)


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
