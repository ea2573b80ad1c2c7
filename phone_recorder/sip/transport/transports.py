"""The phone's way to others: UDP, TCP and TLS behind one face (RFC 3261 section 18)."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable

from phone_recorder.adapters.files import reason
from phone_recorder.adapters.udp import family_of
from phone_recorder.errors import SipUnreachable, UsageError
from phone_recorder.sip.hop import DEFAULT_PORTS, Hop
from phone_recorder.sip.tap import Address, Tap
from phone_recorder.sip.timers import LoopTimers
from phone_recorder.sip.transport.framing import PING
from phone_recorder.sip.transport.keep_alive import KeepAlive
from phone_recorder.sip.transport.own_address import bound_to, own_host, route_to
from phone_recorder.sip.transport.passage import Passage, Receiver
from phone_recorder.sip.transport.stream_transport import StreamTransport
from phone_recorder.sip.transport.tls import TlsSettings
from phone_recorder.sip.transport.udp_transport import UdpTransport
from phone_recorder.sip.transport.unreachable import in_words

__all__ = ["Receiver", "TlsSettings", "Transports"]

TRIES = 16
"""Ports that are free for UDP and may be taken for TCP, before it is given up."""


class Transports:
    """Sends and takes messages. Set `receiver`, then `open`.

    `listen`: its host is bound, 0.0.0.0 and :: for all of one kind; its port may be 0 for any. For UDP and for TCP both
    are open on that port, for TLS none is: everything goes by connections that this phone makes.
    """

    def __init__(self, listen: Hop, tls: TlsSettings | None = None, taps: tuple[Tap, ...] = ()) -> None:
        self._listen = listen
        self._tls = tls or TlsSettings()
        self._passage = Passage(taps)
        self._streams = StreamTransport(listen.host, self._tls, self._passage)
        self._udp: UdpTransport | None = None
        self._keep_alive: KeepAlive | None = None
        self._keep_call_alive: KeepAlive | None = None

    @property
    def receiver(self) -> Receiver | None:
        """Takes what comes."""
        return self._passage.receiver

    @receiver.setter
    def receiver(self, receiver: Receiver) -> None:
        self._passage.receiver = receiver

    @property
    def listening(self) -> Address:
        """Host and port that are bound; for TLS what was asked for."""
        return self._udp.address if self._udp else (self._listen.host, self._listen.port or DEFAULT_PORTS["TLS"])

    async def open(self) -> None:
        """UsageError if the port cannot be had, or the certificates to trust cannot be read."""
        if self._tls.cafile or self._listen.transport == "TLS":
            _ = self._tls.context  # now, not in the middle of a call
        self._keep_alive = KeepAlive(LoopTimers(), self._ping)
        self._keep_call_alive = KeepAlive(LoopTimers(), self._ping)
        if self._listen.transport != "TLS":
            self._udp, listening = self._bind()
            await self._streams.listen(listening)

    async def reach(self, hop: Hop) -> None:
        """Until a connection stands, for TCP and TLS; for UDP, that there is a way. SipUnreachable if not."""
        if self._passage.closed:
            raise SipUnreachable(f"{hop} was not reached before this phone ended")
        if hop.reliable:
            await self._streams.reach(hop)
            return
        try:
            route_to(hop)
        except OSError as error:
            raise in_words(hop, error) from error

    def send(self, data: bytes, hop: Hop) -> None:
        """Returns at once; what goes wrong is told to the receiver, afterwards."""
        if self._passage.closed:
            return
        if hop.reliable:
            self._streams.send(data, hop)
        elif self._udp:
            self._udp.send(data, hop)
        else:
            self._passage.broke(hop, SipUnreachable(f"{hop} cannot be reached: this phone speaks TLS alone"))

    def local(self, hop: Hop) -> Address:
        """Our address as that hop reaches us, for Via and Contact.

        For UDP and TCP with the port that is listened on: a connection may end, and its own port with it (RFC 3261
        section 18.1.1). Nobody listens for TLS: there it is the connection's own end, as soon as it stands.
        """
        standing = self._streams.local(hop) if hop.reliable else None
        host, port = standing or self.listening
        listens = self._udp is not None and hop.transport != "TLS"
        return own_host(host, hop), self.listening[1] if listens else port

    def keep_alive(self, hop: Hop | None) -> None:
        """Ping this hop from now on, and the one before no more; only while `open`."""
        if self._keep_alive:
            self._keep_alive.keep(hop)

    def keep_call_alive(self, hop: Hop | None, lasts: Callable[[], bool]) -> None:
        """Ping this hop too, as long as its call `lasts`, and that of the call before no more."""
        if self._keep_call_alive:
            self._keep_call_alive.keep(hop, lasts)

    def carries(self, hop: Hop) -> bool:
        """Whether the hop's transport can be used at all: one of TLS has no port for datagrams."""
        return hop.reliable or self._udp is not None

    async def close(self) -> None:
        """Let what was sent leave, and give all back. The receiver hears nothing of it, and nothing any more."""
        self._passage.closed = True
        self.keep_alive(None)
        self.keep_call_alive(None, lambda: False)
        await self._streams.close()
        if self._udp:
            self._udp.close()

    def _ping(self, hop: Hop) -> None:
        if hop.reliable:
            self._streams.ping(hop)
        elif self._udp:
            self._udp.ping(hop, PING)

    def _bind(self, tries: int = TRIES) -> tuple[UdpTransport, socket.socket]:
        """Both on one port. Any port that UDP was given may be taken for TCP: then another is asked for."""
        host, port = self._listen.host, self._listen.port
        try:
            return _bind(host, port, self._passage)
        except OSError as error:
            if port or error.errno != errno.EADDRINUSE or tries <= 1:
                raise UsageError(f"cannot use port {port} of {host} for SIP: {reason(error)}") from error
        return self._bind(tries - 1)


def _bind(host: str, port: int, passage: Passage) -> tuple[UdpTransport, socket.socket]:
    udp = UdpTransport(host, port, passage)
    tcp = socket.socket(family_of(host), socket.SOCK_STREAM)
    # A port whose last connections are still dying is free all the same.
    tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound_to(host, udp.address[1], tcp).listen()
    except OSError:
        tcp.close()
        udp.close()
        raise
    return udp, tcp
