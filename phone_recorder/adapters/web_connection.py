"""One HTTP request and its answer (RFC 9112), over TLS or not: bounded in time and size, errors in our words."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from phone_recorder.adapters.files import reason
from phone_recorder.adapters.server_url import ServerUrl
from phone_recorder.errors import ServerError, ServerLost, ServerRefused, ServerUnreachable, UsageError

_PIECE = 1 << 16
_EXPIRED = 10
_OTHER_NAME = (62, 64)
"""X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL."""


class Answer:
    """What the server answered. Errors while it is read are ServerErrors."""

    def __init__(self, url: ServerUrl, response: http.client.HTTPResponse, fuse: _Fuse) -> None:
        self.status = response.status
        self._url = url
        self._response = response
        self._fuse = fuse

    def header(self, name: str) -> str:
        """The value of a header; "" without one."""
        return self._response.getheader(name) or ""

    @property
    def length(self) -> int | None:
        """Bytes that are announced; None if they are not, or not in a way that we read."""
        announced = self.header("Content-Length")
        return int(announced) if announced.isascii() and announced.isdigit() and len(announced) < 20 else None

    def allow(self, seconds: float) -> None:
        """Let the rest of it take so long from now on."""
        self._fuse.light(seconds)

    def body(self, limit: int) -> bytes:
        """All of it; ServerRefused if that is more than `limit` bytes."""
        data = bytearray()
        for piece in self.pieces():
            data += piece
            if len(data) > limit:
                raise stranger(self._url, "it is too long")
        return bytes(data)

    def pieces(self) -> Iterator[bytes]:
        """All of it, piece by piece; ServerLost if less comes than was announced."""
        count = 0
        while True:
            with _told(self._url, self._fuse, answered=True):
                piece = self._response.read(_PIECE)
            if not piece:
                break
            count += len(piece)
            yield piece
        if self._fuse.blown:
            raise _too_slow(self._url)
        if self.length is not None and count < self.length:
            raise ServerLost(f"{self._url} has cut its answer off after {count} of {self.length} bytes: try again")


@contextmanager
def exchange(
    url: ServerUrl,
    trust: ssl.SSLContext | None,
    method: str,
    target: str,
    headers: Mapping[str, str],
    patience_s: float,
) -> Iterator[Answer]:
    """Send a request for `target`, which follows the URL's path, and read the head of its answer; ServerError if there
    is none within `patience_s`. Redirects are answers like any other, and a proxy is never used."""
    fuse = _Fuse()
    connection = http.client.HTTPConnection(url.host, url.port)
    try:
        with _told(url, fuse):
            connection.sock = _connect(url, trust, fuse, patience_s)
            head = {"Host": url.authority, "Connection": "close", **headers}
            connection.request(method, f"{url.base}/{target}", headers=head)
            response = connection.getresponse()
        with response:
            yield Answer(url, response, fuse)
    finally:
        fuse.close()


def trust_in(cacert: Path | None) -> ssl.SSLContext:
    """TLS that trusts the certificates in this PEM file, or those that the system trusts; UsageError if it is none."""
    try:
        return ssl.create_default_context(cafile=cacert)
    except ssl.SSLError as error:
        raise UsageError(f"{cacert} holds no certificate: give one in PEM form") from error
    except OSError as error:
        raise UsageError(f"cannot read {cacert}: {reason(error)}") from error


def stranger(url: ServerUrl, why: str = "") -> ServerRefused:
    """The error for whatever is not in the API."""
    return ServerRefused(f"{url} does not answer as a record server does{why and f' ({why})'}: check --server")


class _Fuse:
    """Cuts a socket off when time is over. The socket's own time-out begins anew with each byte that comes."""

    def __init__(self) -> None:
        self.blown = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(0, self._blow)

    def guard(self, guarded: socket.socket) -> None:
        """From now on this is the socket."""
        self._socket = guarded

    def light(self, seconds: float) -> None:
        """Cut it off in so many seconds, and not before."""
        self._timer.cancel()
        self._timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._blow)
        self._timer.daemon = True
        self._timer.start()

    def close(self) -> None:
        self._timer.cancel()
        if self._socket:
            self._socket.close()

    def _blow(self) -> None:
        self.blown = True
        if self._socket:
            with suppress(OSError):  # it has just been closed
                # The socket under TLS: TLS itself belongs to the thread that waits for it.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _connect(url: ServerUrl, trust: ssl.SSLContext | None, fuse: _Fuse, patience_s: float) -> socket.socket:
    connected = socket.create_connection((url.host, url.port), patience_s)
    fuse.guard(connected)
    fuse.light(patience_s)
    if trust is None:
        return connected
    wrapped = trust.wrap_socket(connected, server_hostname=url.host, do_handshake_on_connect=False)
    fuse.guard(wrapped)
    wrapped.do_handshake()
    return wrapped


@contextmanager
def _told(url: ServerUrl, fuse: _Fuse, answered: bool = False) -> Iterator[None]:
    """What the network and the server do wrong, before they have answered or while they do, as one sentence."""
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        raise _too_slow(url) if fuse.blown else _in_words(url, error, answered) from error


def _in_words(url: ServerUrl, error: OSError | http.client.HTTPException, answered: bool) -> ServerError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ServerUnreachable(_not_trusted(url, error))
    if isinstance(error, ssl.SSLError):
        return ServerUnreachable(f"{url} does not speak TLS: check --server, and whether it begins with http://")
    if isinstance(error, TimeoutError):
        return _too_slow(url)
    if answered:
        return ServerLost(f"{url} has cut its answer off: try again")
    if not isinstance(error, OSError):
        return stranger(url, "this is not HTTP")
    return ServerUnreachable(
        f"no record server answers at {url} ({reason(error)}): check --server, and that it runs with --http"
    )


def _not_trusted(url: ServerUrl, error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in _OTHER_NAME:
        return f"the certificate of {url} is not for {url.host}: use the name that it was made for"
    if error.verify_code == _EXPIRED:
        return f"the certificate of {url} has expired: the server needs a new one"
    return f"the certificate of {url} is not trusted ({error.verify_message}): give the one to trust with --cacert"


def _too_slow(url: ServerUrl) -> ServerUnreachable:
    return ServerUnreachable(f"{url} is too slow to answer: try again later")
