"""URIs, addresses and Vias as RFC 3261 section 25 writes them: one strict reading, for every header that holds one.

The values are aiosipua's; its reading of them is not used, since it takes `;` or `?` in a user part, `<` in a display
name, `tel:` and spaces in a Via for something else. Each function raises SipMessageError for what it cannot read.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from aiosipua.headers import Address, SipUri, Via

from phone_recorder.errors import SipMessageError
from phone_recorder.wire.printable import printable

TOKEN = r"[A-Za-z0-9\-.!%*_+`'~]+"
"""RFC 3261 section 25.1."""

QUOTED = r'"(?:[^"\\]|\\.)*+"'

SIP_SCHEMES = ("sip", "sips")

# A peer chooses these texts, so each pattern must take no longer than the text is long: hence the possessive `*+`, and
# an unbalanced quote that runs to the end.
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|<[^<>]*+>|[^,;"<]+|[,;<]', re.S)
_HOST = r"\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_\-.]+"
_NEVER = r"""<>\s"\x00-\x1f\x7f"""
"""What no part of a URI may have; what else it must escape is taken as it is."""
_SIP_URI = re.compile(
    rf"(?P<scheme>sips?):(?:(?P<user>[^@{_NEVER}]++)@)?(?P<host>{_HOST})(?::(?P<port>[0-9]{{1,5}}))?"
    rf"(?P<params>(?:;[^;?@={_NEVER}]++(?:=[^;?@{_NEVER}]*+)?)*+)(?:\?(?P<headers>[^{_NEVER}]++))?",
    re.I,
)
_OTHER_URI = re.compile(rf"([A-Za-z][A-Za-z0-9+.\-]*):([^{_NEVER}]+)")
_NAME_ADDR = re.compile(
    rf"""(?:(?P<quoted>{QUOTED})\s*+|(?P<plain>[^"<>,;]*+))<(?P<uri>[^<>]*+)>\s*+(?P<params>.*)""", re.S
)
_PARAM = re.compile(rf"""({TOKEN})\s*+(?:=\s*+({QUOTED}|[^\s"<>]+))?""", re.S)
_VIA = re.compile(
    rf"""({TOKEN})\s*+/\s*+({TOKEN})\s*+/\s*+({TOKEN})\s++({_HOST})\s*+(?::\s*+([0-9]{{1,5}})\s*+)?(;.*)?""", re.S
)
_ESCAPED = re.compile(r"\\(.)", re.S)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MUST_ESCAPE = re.compile(r'["\\]')


def parse_uri(text: str) -> SipUri:
    """A URI. Of one that is not SIP's, `user` is all behind the colon (of `tel`, the number) and `host` is empty."""
    if match := _SIP_URI.fullmatch(text):
        return SipUri(
            scheme=match["scheme"].lower(),
            user=match["user"],
            host=match["host"],
            port=_port(match["port"]),
            params=_uri_params(match["params"]),
            headers=dict(pair.partition("=")[::2] for pair in (match["headers"] or "").split("&") if pair),
        )
    other = _OTHER_URI.fullmatch(text)
    if not other or other[1].lower() in SIP_SCHEMES:
        raise SipMessageError(f"{printable(text)!r} is not a URI")
    scheme, rest = other[1].lower(), other[2]
    number, semicolon, params = rest.partition(";") if scheme == "tel" else (rest, "", "")
    return SipUri(scheme=scheme, user=number, params=_uri_params(semicolon + params))


def stringify_uri(uri: SipUri) -> str:
    """The URI as it is sent; an IPv6 host with or without its brackets."""
    params = "".join(f";{name}" if value is None else f";{name}={value}" for name, value in uri.params.items())
    if uri.scheme not in SIP_SCHEMES:
        return f"{uri.scheme}:{uri.user or ''}{params}"
    user = f"{uri.user}@" if uri.user is not None else ""
    port = f":{uri.port}" if uri.port is not None else ""
    headers = "&".join(f"{name}={value}" for name, value in uri.headers.items())
    return f"{uri.scheme}:{user}{_bracketed(uri.host)}{port}{params}{'?' if headers else ''}{headers}"


def parse_address(text: str) -> Address:
    """A name-addr or an addr-spec, with the parameters of the header. The display name comes without its quotes."""
    if match := _NAME_ADDR.fullmatch(text.strip()):
        name = _ESCAPED.sub(r"\1", match["quoted"][1:-1]) if match["quoted"] else match["plain"].strip()
        return Address(display_name=name or None, uri=parse_uri(match["uri"]), params=parse_params(match["params"]))
    spec, semicolon, params = text.strip().partition(";")
    uri = parse_uri(spec.rstrip())
    # Without brackets, whatever follows `?` or `,` could belong to either (RFC 3261 section 20).
    if uri.headers or "," in spec:
        raise SipMessageError(f"the URI of {printable(text)!r} lacks its brackets")
    return Address(uri=uri, params=parse_params(semicolon + params))


def stringify_address(address: Address) -> str:
    """The address as it is sent, its URI in brackets, its display name quoted and escaped."""
    name = f"{quoted(address.display_name)} " if address.display_name else ""
    params = "".join(f";{key}" if value is None else f";{key}={value}" for key, value in address.params.items())
    return f"{name}<{stringify_uri(address.uri)}>{params}"


def parse_via(text: str) -> Via:
    """One Via value; spaces may stand around its slashes."""
    match = _VIA.fullmatch(text.strip())
    if not match:
        raise SipMessageError(f"{printable(text)!r} is not a Via")
    name, version, transport, host, port, params = match.groups()
    return Via(f"{name.upper()}/{version}", transport.upper(), host, _port(port), parse_params(params or ""))


def stringify_via(via: Via) -> str:
    """The Via as it is sent."""
    port = f":{via.port}" if via.port is not None else ""
    params = "".join(f";{key}" if value is None else f";{key}={value}" for key, value in via.params.items())
    return f"{via.protocol}/{via.transport} {_bracketed(via.host)}{port}{params}"


def parse_params(text: str) -> dict[str, str | None]:
    """`;name=value;flag`: names in lower case; a flag's value is None, a quoted value keeps its quotes.

    Some phones leave a semicolon behind, or two of them in a row: what stands between is no parameter, and no harm.
    """
    first, *params = split(text, ";")
    matches = [_PARAM.fullmatch(param) for param in params if param]
    if first or None in matches:
        raise SipMessageError(f"{printable(text)!r} are not parameters")
    return {match[1].lower(): match[2] for match in matches if match}


def split(text: str, separator: str) -> list[str]:
    """The text cut at each `,` or `;` that is neither quoted nor in brackets; the parts stripped, and never none."""
    parts = [""]
    for piece in _PIECE.findall(text):
        if piece == separator:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def bare(uri: SipUri) -> SipUri:
    """Who is meant, and nothing of how: without password, parameters and headers (RFC 3261 section 19.1.1)."""
    user = uri.user.partition(":")[0] if uri.user and uri.scheme in SIP_SCHEMES else uri.user
    return SipUri(scheme=uri.scheme, user=user, host=uri.host, port=uri.port)


def user_of(uri: SipUri) -> str:
    """Who is meant: the number or name, without password, escapes undone. It is a peer's text."""
    return unquote((uri.user or "").partition(":")[0])


def unquoted(text: str) -> str:
    """A parameter's value without its quotes and escapes, where it has them."""
    return _ESCAPED.sub(r"\1", text[1:-1]) if re.fullmatch(QUOTED, text, re.S) else text


def quoted(text: str) -> str:
    """The text as a quoted string (RFC 3261 section 25.1); a control character in it becomes a space."""
    # A name from the command line that was not UTF-8 holds lone surrogates: a question mark each.
    clean = _CONTROL.sub(" ", text).encode(errors="replace").decode()
    return '"' + _MUST_ESCAPE.sub(lambda match: "\\" + match[0], clean) + '"'


def _uri_params(text: str) -> dict[str, str | None]:
    pairs = (param.partition("=") for param in text.split(";") if param)
    # `;%6C%72` is `;lr` (RFC 3261 section 19.1.4).
    return {unquote(name).lower(): value if equals else None for name, equals, value in pairs}


def _port(text: str | None) -> int | None:
    port = int(text) if text else None
    if port is not None and port > 65535:
        raise SipMessageError(f"there is no port {port}")
    return port


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
