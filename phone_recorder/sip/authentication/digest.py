"""Digest challenges and what answers them (RFC 7616; RFC 2617 and 2069 where a server knows no more).

Names of parameters are in lower case, values without quotes and escapes: the hashes are over those.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from phone_recorder.sip.messages.address import QUOTED, quoted, unquoted

Params = Mapping[str, str]

_HASHES: dict[str, Callable[[bytes], hashlib._Hash]] = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_SESS = "-SESS"
_STRENGTH = {"MD5": 1, "MD5-SESS": 1, "SHA-256": 2, "SHA-256-SESS": 2}
QOPS = ("auth", "auth-int")
"""In the order in which they are taken: a proxy on the way may change a body and mean no harm."""
_TOKENS = ("algorithm", "qop", "nc")
"""Values of an answer that stand without quotes (RFC 7616 section 3.4)."""

_PAIR = re.compile(rf"""([^\s,="]++)\s*+(?:=\s*+({QUOTED}|[^\s,"]++))?""", re.S)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who the phone is to its servers. No repr shows the password."""

    user: str
    password: str = field(repr=False)


def challenges(value: str) -> list[Params]:
    """The digest challenges, or answers, of one header value, which may hold several; other schemes are left out."""
    return [params for scheme, params in _schemes(value) if scheme == "digest"]


def parameters(value: str) -> Params:
    """The parameters of a header that has no scheme, such as Authentication-Info."""
    return _schemes("none, " + value)[0][1]


def _schemes(value: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    for name, text in _PAIR.findall(value):
        if not text:
            found.append((name.lower(), {}))
        elif found:
            found[-1][1][name.lower()] = unquoted(text)
    return found


def answerable(challenge: Params) -> bool:
    """Whether there is a nonce, and an algorithm and quality of protection that we have."""
    qop_known = not challenge.get("qop") or qop_of(challenge) != ""
    return bool(challenge.get("nonce")) and algorithm_of(challenge) in _STRENGTH and qop_known


def strongest(offered: Iterable[Params]) -> Params:
    """Of challenges that can be answered, that with the best hash; of equals the first, which the server likes best."""
    return max(offered, key=lambda challenge: _STRENGTH[algorithm_of(challenge)])


def algorithm_of(challenge: Params) -> str:
    """The algorithm's name in capitals; MD5 where none is given."""
    return challenge.get("algorithm", "MD5").upper()


def qop_of(challenge: Params) -> str:
    """The quality of protection to answer with; nothing if none is offered that we have."""
    offered = [qop.strip().lower() for qop in challenge.get("qop", "").split(",")]
    return next((qop for qop in QOPS if qop in offered), "")


def answer(
    challenge: Params, credentials: Credentials, method: str, uri: str, body: bytes, cnonce: str, count: int
) -> str:
    """The value of an Authorization; `count` is how often this nonce has been used, this time included."""
    given = {name: challenge[name] for name in ("realm", "nonce", "opaque", "algorithm") if name in challenge}
    qop = qop_of(challenge)
    counted = {"qop": qop, "nc": f"{count:08x}"} if qop else {}
    ours = {"cnonce": cnonce} if qop or algorithm_of(challenge).endswith(_SESS) else {}
    params = {"username": credentials.user, **given, "uri": uri, **counted, **ours}
    params["response"] = _response(params, credentials.password, method, body)
    return "Digest " + ", ".join(f"{key}={text if key in _TOKENS else quoted(text)}" for key, text in params.items())


def _response(params: Params, password: str, method: str, body: bytes) -> str:
    """RFC 7616 section 3.4.1."""
    algorithm = algorithm_of(params)
    digest = _HASHES[algorithm.removesuffix(_SESS)]

    def hashed(*parts: str) -> str:
        # As `quoted` sends what was not UTF-8 on the command line.
        return digest(":".join(parts).encode(errors="replace")).hexdigest()

    qop = params.get("qop")
    secret = hashed(params["username"], params.get("realm", ""), password)
    if algorithm.endswith(_SESS):
        secret = hashed(secret, params["nonce"], params["cnonce"])
    what = [method, params["uri"], *([digest(body).hexdigest()] if qop == "auth-int" else [])]
    protected = [params["nc"], params["cnonce"], qop] if qop else []
    return hashed(secret, params["nonce"], *protected, hashed(*what))
