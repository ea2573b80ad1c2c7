"""Where a record server's web page is: `http://HOST:PORT` or `https://HOST/PATH`."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit

from phone_recorder.errors import UsageError
from phone_recorder.wire.printable import printable

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """`base` begins with a slash and has none at its end, unless it is empty."""

    scheme: str
    host: str
    port: int
    base: str = ""

    @classmethod
    def parse(cls, text: str) -> ServerUrl:
        """UsageError if it is no URL of a server, or has more in it than that."""
        wrong = UsageError(f"{printable(text)!r} is not a server's URL: write one such as http://127.0.0.1:8088")
        try:
            parts = urlsplit(text)
            port, host = parts.port, (parts.hostname or "").encode("idna").decode()
        except ValueError as error:  # of a name's encoding too
            raise wrong from error
        if parts.username is not None or parts.password is not None:
            raise UsageError("a URL is no place for a password: leave it out, and give a token with --token-file")
        if _unfit(text, parts) or not host:
            raise wrong
        base = quote(parts.path.rstrip("/"), safe="/%")
        return cls(parts.scheme, host, port or _PORTS[parts.scheme], base)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.base}"

    @property
    def authority(self) -> str:
        """Host and port as the `Host` header has them (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def secure(self) -> bool:
        """Whether TLS keeps what is sent from others."""
        return self.scheme == "https"

    @property
    def loopback(self) -> bool:
        """Whether it is on this machine, so that nothing goes over a network."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def _unfit(text: str, parts: SplitResult) -> bool:
    # urlsplit drops line ends without a word.
    strange = not text.isprintable() or " " in text
    return strange or parts.scheme not in _PORTS or bool(parts.query or parts.fragment) or parts.port == 0
