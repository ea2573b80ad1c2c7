"""kamailio as registrar and record-routing proxy on loopback: UDP and TCP on one port, TLS on another, users in memory.

    with Kamailio(tmp_path, challenge=("REGISTER", "INVITE", "INFO")) as kamailio:
        kamailio.registered("101")

Everybody behind it stays on the connection that they came by: what they register, and the Contact of a dialog, gets an
alias, so no phone needs to be reached anew over TCP or TLS.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.peers import need
from tests.system.sip.programs import HOST, Program, free_port

USERS = {number: f"Secret-of-{number}" for number in ("100", "101", "102", "103")}
"""Passwords by number."""
CHALLENGED = ("REGISTER", "INVITE")
_QOP_FLAGS = {"": 0, "auth": 1, "auth-int": 2}
_STALE_FLAG = 16
_numbers = count(1)
_TEMPLATE = Path(__file__).with_name("kamailio.cfg")
_SEEN = re.compile(r"seen (?P<method>\S+) from (?P<user>\S*) over (?P<transport>\S+) (?P<what>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Seen:
    """A request as it came in, retransmissions too: `what` is "challenged" or "passed"."""

    method: str
    user: str
    transport: str
    what: str


class Kamailio:
    """`challenge`: the methods of our users that must be authenticated, inside a dialog too (by 407; REGISTER by 401).

    `routes`: SIP URIs of numbers that do not register. `algorithm`: MD5 or SHA-256. `qop`: "", auth or auth-int.
    `once`: a nonce is good for one request; the next one is challenged anew, and told that it was
    stale; with `stale` false it is not told, which kamailio does by itself.
    """

    def __init__(
        self,
        directory: Path,
        *,
        challenge: Sequence[str] = CHALLENGED,
        routes: Mapping[str, str] | None = None,
        algorithm: str = "MD5",
        qop: str = "auth",
        min_expires: int = 0,
        once: bool = False,
        stale: bool = True,
    ) -> None:
        self.port, self.tls_port = free_port(), free_port()
        self.directory = directory / "kamailio"
        self.directory.mkdir()
        self.cacert, key = _certificate(self.directory)
        config = self.directory / "kamailio.cfg"
        values = {
            "HOST": HOST,
            "PORT": str(self.port),
            "TLS_PORT": str(self.tls_port),
            "DIRECTORY": str(self.directory),
            "CERTIFICATE": str(self.cacert),
            "KEY": str(key),
            "CHALLENGED": "|".join(challenge) or "none",
            "ALGORITHM": algorithm if algorithm != "MD5" else "",
            "QOP": str(_QOP_FLAGS[qop]),
            "QOP_AGAIN": str(_QOP_FLAGS[qop] + (_STALE_FLAG if stale else 0)),
            "ONCE": str(int(once)),
            "COUNTED": str(int(not once)),
            "MIN_EXPIRES": str(min_expires),
            "TABLES": _table("users", USERS) + _table("routes", routes or {}),
        }
        config.write_text(re.sub(r"@(\w+)@", lambda name: values[name[1]], _TEMPLATE.read_text()))
        command = [need("kamailio"), "-f", config, "-DD", "-E", "-m", "24", "-M", "4", "-Y", self.directory]
        self.program = Program("kamailio", command, self.directory)

    def __enter__(self) -> Self:
        self.program.__enter__()
        try:
            self.program.until(self._answers, "an answer to an OPTIONS")
        except BaseException as error:
            self.program.__exit__(type(error), error, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.program.__exit__(kind, error, trace)

    def port_of(self, transport: str) -> int:
        return self.tls_port if transport == "tls" else self.port

    def uri(self, user: str = "", transport: str = "udp") -> str:
        """A SIP URI on this server; without a user the server itself, which is its registrar."""
        parameter = "" if transport == "udp" else f";transport={transport}"
        return f"sip:{user + '@' if user else ''}{HOST}:{self.port_of(transport)}{parameter}"

    def registered(self, user: str) -> list[str]:
        """The contacts of a number, as they were registered."""
        return _contacts(self._rpc("ul.dump"), user)

    def seen(self, method: str) -> list[Seen]:
        """The requests of this method that have come in so far."""
        all_seen = [Seen(**found.groupdict()) for found in _SEEN.finditer(self.program.text())]
        return [seen for seen in all_seen if seen.method == method]

    def until_registered(self, user: str) -> None:
        self.program.until(lambda: self.registered(user), f"{user} is registered")

    def _rpc(self, method: str) -> Any:
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as asking:
            own = self.directory / "asking.socket"
            own.unlink(missing_ok=True)
            asking.bind(str(own))
            asking.settimeout(5)
            asking.sendto(
                json.dumps({"jsonrpc": "2.0", "method": method, "id": 1}).encode(), str(self.directory / "rpc.socket")
            )
            return json.loads(asking.recv(1 << 20))

    def request(self, method: str, user: str = "", transport: str = "udp") -> str:
        """A request as simple as can be."""
        name = f"{method}-{next(_numbers)}"
        who = f"<sip:{user + '@' if user else ''}{HOST}:{self.port}>"
        lines = (
            f"{method} {self.uri(transport=transport)} SIP/2.0",
            f"Via: SIP/2.0/{transport.upper()} {HOST};rport;branch=z9hG4bK{name}",
            f"From: {who};tag=simple",
            f"To: {who}",
            f"Call-ID: {name}",
            f"CSeq: 1 {method}",
            "Content-Length: 0",
        )
        return "\r\n".join([*lines, "", ""])

    def ask(self, request: str, transport: str = "udp", deadline_s: float = 5.0) -> str:
        """The first answer to a request that is sent once; "" if there is none."""
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        with ExitStack() as stack:
            asking = stack.enter_context(closing(socket.socket(socket.AF_INET, kind)))
            asking.settimeout(deadline_s)
            try:
                asking.connect((HOST, self.port_of(transport)))
                if transport == "tls":
                    context = ssl.create_default_context(cafile=self.cacert)
                    asking = stack.enter_context(closing(context.wrap_socket(asking, server_hostname=HOST)))
                asking.sendall(request.encode())
                return asking.recv(1 << 16).decode()
            except OSError:
                return ""

    def _answers(self) -> bool:
        """Whether it answers on all its ports. While it still starts processes, it does not end when it is told to."""
        return all(
            self.ask(self.request("OPTIONS", transport=transport), transport, 0.3).startswith("SIP/2.0 200")
            for transport in ("udp", "tcp", "tls")
        )


def _certificate(directory: Path) -> tuple[Path, Path]:
    """PEM files of a certificate that signs itself, and of its key. linphone looks for addresses among DNS names."""
    cert, key = directory / "cert.pem", directory / "key.pem"
    kind = ("-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2")
    names = ("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=IP:{HOST},DNS:{HOST},DNS:localhost")
    subprocess.run(
        [need("openssl"), "req", *kind, *names, "-keyout", key, "-out", cert], check=True, capture_output=True
    )
    return cert, key


def _table(name: str, values: Mapping[str, str]) -> str:
    """Lines that fill a table when the server starts."""
    return "".join(f'\t$sht({name}=>{key}) = "{value}";\n' for key, value in values.items())


def _contacts(found: Any, user: str) -> list[str]:
    """The addresses in what kamailio says of its location table, wherever it nests them."""
    if isinstance(found, list):
        return [address for item in found for address in _contacts(item, user)]
    if not isinstance(found, dict):
        return []
    if found.get("AoR") == user:
        return [str(contact["Contact"]["Address"]) for contact in found["Contacts"]]
    return [address for item in found.values() for address in _contacts(item, user)]
