"""What a record server answers, held against what it should (guide: control commands); long words of it are cut."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from phone_recorder.errors import NotConforming
from phone_recorder.harness.report.texts import brief

Address = tuple[str, int]

LONGEST_PORT = 5
"""In digits."""


@dataclass(frozen=True, slots=True)
class Started:
    """A recording that the server has taken, and where its RTP goes."""

    id: str
    codec: str
    media: Address


def started(answer: dict[str, str], recording_id: str, codec: str, host: str) -> Started:
    """What an answer to a start says; NotConforming if it does not take the recording as it should.

    `host` is the server's own address, to which RTP goes if the answer names none.
    """
    demand(answer, "RecordStartResponse", recording_id, "success")
    port = answer.get("port", "")
    if not (port.isascii() and port.isdigit() and len(port) <= LONGEST_PORT and 0 < int(port) < 65536):
        raise NotConforming(f"the answer to a start names the port {brief(port)!r}, which is none")
    return Started(recording_id, codec, (_host(answer.get("server", ""), host), int(port)))


def demand(answer: dict[str, str], name: str, recording_id: str, result: str) -> None:
    """NotConforming unless the answer is that."""
    for key, wanted in (("cmd", name), ("id", recording_id), ("result", result)):
        found = answer.get(key)
        if found is None:
            raise NotConforming(f"{brief(answer.get('cmd', 'an answer'))} lacks its {key}")
        if found != wanted:
            why = f" ({brief(answer['reason'])})" if answer.get("reason") else ""
            raise NotConforming(f"the answer has {key}={brief(found)} instead of {wanted}{why}")


def _host(named: str, host: str) -> str:
    """Where RTP goes: an address, for nobody waits for names in the midst of a call."""
    if not named:
        return host
    address = _address(named)
    if address is None or address.is_unspecified or address.is_multicast:
        what = "which is no IP address" if address is None else "at which no server is"
        raise NotConforming(f"the answer to a start names the server {brief(named)!r}, {what}")
    # A zone means something on the machine alone that names it (RFC 4007 section 6).
    return host if address == _address(host) else str(address)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None
