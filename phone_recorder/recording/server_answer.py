"""What a record server's answer is worth: whether it is all there, and where it wants RTP sent."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from phone_recorder.errors import ControlError, ServerRefused
from phone_recorder.wire import control


def is_whole(held: bytes) -> bool:
    """Whether bytes that have no end may be all of a message. What can become none is waited for no longer."""
    if not held.startswith(b"cmd="):
        return not b"cmd=".startswith(held)
    try:
        message = control.parse(held)
    except ControlError:
        return False
    match message:
        case control.StartResponse(result="success"):
            return bool(message.port)
        case control.StartResponse() | control.StopResponse():
            return message.result in ("success", "failed")
    return True


def media_address(answer: control.StartResponse, peer: str, foreign: bool) -> tuple[str, int]:
    """Where RTP goes: to the server's host `peer` unless the answer names another, and `foreign` ones are allowed.

    ServerRefused if it may not go there, or if that is no address.
    """
    port = _port(answer.port)
    host = _address(answer.server or peer)
    if host.is_unspecified or host == _address(peer):
        return peer, port
    if foreign:
        return str(host), port
    raise ServerRefused(f"the record server wants RTP sent to {answer.server[:60]!r}, which is not itself ({peer})")


def _address(text: str) -> IPv4Address | IPv6Address:
    """An address, in whatever way it is written."""
    try:
        # A zone means something on the machine alone that names it (RFC 4007 section 6).
        address = ip_address(text.partition("%")[0])
    except ValueError as error:
        raise ServerRefused(f"the record server wants RTP sent to {text[:60]!r}, which is no IP address") from error
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536):
        raise ServerRefused(f"the record server named {text[:20]!r} as its RTP port, which is none")
    return int(text)
