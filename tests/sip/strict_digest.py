"""A server's side of digest authentication (RFC 7616), by hashlib alone, that lets nothing pass."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from itertools import count

from tests.sip.raw_message import RawMessage

FIELD = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
UNQUOTED = ("algorithm", "qop", "nc")
"""RFC 7616 section 3.4: these must not be in quotes in credentials; all others must."""


def fields(value: str) -> dict[str, str]:
    """The parts of an Authorization, unquoted, and unescaped."""
    return {n: re.sub(r"\\(.)", r"\1", q) if q or not u else u for n, q, u in FIELD.findall(value)}


@dataclass
class Challenger:
    """Asks for one user's password. `qop` is `auth`, `auth-int`, both, or empty as in RFC 2069.

    With `once`, each nonce is good for one request and the next one hears that it is stale. Without, its count must go
    up: one that was overtaken hears that it is stale, one that was there before is refused, and a complaint.
    `methods`: what is challenged at all.
    """

    user: str = "1001"
    password: str = "secret"
    realm: str = "strict"
    algorithm: str = "MD5"
    qop: str = "auth"
    once: bool = False
    proxy: bool = False
    methods: tuple[str, ...] = ("REGISTER", "INVITE", "INFO", "BYE")
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._counts: dict[str, set[int]] = {}
        self._spent: set[str] = set()

    def refusal(self, request: RawMessage) -> tuple[int, str] | None:
        """Status and challenge; None if the request may pass."""
        if request.method not in self.methods:
            return None
        name = "Proxy-Authorization" if self.proxy else "Authorization"
        given = [v for v in request.all(name) if fields(v).get("realm") == self.realm]
        if len(given) > 1:
            self.complaints.append(f"{len(given)} {name} for {self.realm}")
        fault = self._fault(request, given[0]) if given else "none"
        return None if not fault else (407 if self.proxy else 401, self._challenge(fault == "stale"))

    @property
    def header(self) -> str:
        """Where the challenge stands."""
        return "Proxy-Authenticate" if self.proxy else "WWW-Authenticate"

    def expire(self) -> None:
        """All nonces become stale."""
        self._spent |= set(self._counts)

    def _challenge(self, stale: bool) -> str:
        nonce = f"n{next(self._numbers)}"
        self._counts[nonce] = {0}
        qop = f', qop="{self.qop}"' if self.qop else ""
        return f'Digest realm="{self.realm}", nonce="{nonce}", opaque="o\\"p", algorithm={self.algorithm}{qop}' + (
            ", stale=true" if stale else ""
        )

    def _fault(self, request: RawMessage, value: str) -> str:
        given = fields(value)
        nonce = given.get("nonce", "")
        if nonce not in self._counts:
            return "unknown nonce"
        if given.get("response") != self._response(request, given):
            return "wrong response"
        if nonce in self._spent:
            return "stale"
        return self._complain(self._form(request, value, given)) or self._used(nonce, given)

    def _used(self, nonce: str, given: dict[str, str]) -> str:
        if self.once:
            self._spent.add(nonce)
        number, before = int(given.get("nc", "0"), 16), self._counts[nonce]
        if self.qop and number in before:
            return self._complain(f"nc {number} of {nonce} again")
        overtaken = number < max(before)
        before.add(number)
        return "stale" if overtaken else ""

    def _form(self, request: RawMessage, value: str, given: dict[str, str]) -> str:
        wrong = {
            "scheme": not value.startswith("Digest "),
            "user": given.get("username") != self.user,
            "uri": given.get("uri") != request.uri,
            "opaque": given.get("opaque") != 'o"p',
            "algorithm": given.get("algorithm", "MD5") != self.algorithm,
            "qop": bool(self.qop) != ("qop" in given) or given.get("qop", "") not in ("", *self.qop.split(",")),
            "nc": bool(self.qop) != bool(re.fullmatch("[0-9a-f]{8}", given.get("nc", ""))),
            "cnonce": bool(self.qop) and not given.get("cnonce"),
            "quotes": any(bool(q or not u) == (n in UNQUOTED) for n, q, u in FIELD.findall(value)),
        }
        return ", ".join(f"{what} in {value}" for what, bad in wrong.items() if bad)

    def _complain(self, fault: str) -> str:
        if fault:
            self.complaints.append(fault)
        return fault

    def _response(self, request: RawMessage, given: dict[str, str]) -> str:
        def h(text: bytes) -> str:
            return HASHES[self.algorithm.removesuffix("-sess")](text).hexdigest()

        a1 = h(f"{self.user}:{self.realm}:{self.password}".encode())
        if self.algorithm.endswith("-sess"):
            a1 = h(f"{a1}:{given.get('nonce')}:{given.get('cnonce')}".encode())
        entity = f":{h(request.body)}" if given.get("qop") == "auth-int" else ""
        a2 = h(f"{request.method}:{given.get('uri')}{entity}".encode())
        middle = [given[name] for name in ("nc", "cnonce", "qop") if name in given] if "qop" in given else []
        return h(":".join([a1, given.get("nonce", ""), *middle, a2]).encode())
