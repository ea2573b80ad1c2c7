"""What texts among the settings must look like: addresses, port ranges, voices. Each gives the text as it is kept.

They are rough: below all floors nothing can be parsed as the network does it. What passes here and is wrong all the
same is refused where it is used. UsageError has no key in it.
"""

from __future__ import annotations

import re

from phone_recorder.errors import UsageError

_MAC = re.compile(r"[0-9a-f]{12}")
_HOST = r"(?:\[[0-9a-fA-F:.%a-z]+\]|[^\s/@:?#<>\[\]]+)"
_SIP = re.compile(rf"(?:sips?:)?(?:[^@:\s<>]+@)?{_HOST}(?::[0-9]{{1,5}})?(?:;[^\s<>]+)?", re.IGNORECASE)
_LISTEN = re.compile(rf"{_HOST}(?::(?P<port>[0-9]{{1,5}}))?")
_SPAN = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_TONE = re.compile(r"tone:([0-9]{2,4})(?::[01])?")
_NOT_ON_FAT = frozenset('<>:"|?*\\')
_NO_HOST = "0.0.0.0"
"""Phones of this family are provisioned with it where there is no record server."""
LOWEST_PORT, HIGHEST_PORT = 1024, 65535
LOWEST_HZ, HIGHEST_HZ = 20, 3400


def mac_address(text: str) -> str:
    """Twelve hex digits, small; colons, hyphens and dots between them may be left out."""
    digits = re.sub("[:.-]", "", text).lower()
    if not _MAC.fullmatch(digits):
        raise UsageError(f"{text!r} is no MAC address: write 12 hex digits, such as 001122334455")
    return digits


def sip_address(text: str) -> str:
    """A SIP URI, `sip:` may be left out."""
    if not _SIP.fullmatch(text) or text.lower() in ("sip", "sips"):
        raise UsageError(f"{text!r} is no SIP address: write one such as sip:192.0.2.1")
    return text


def host_name(text: str) -> str:
    """A name or an address, without a port; empty for 0.0.0.0."""
    if text == _NO_HOST:
        return ""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not re.fullmatch(r"[^\s/@?#<>\[\]]+", bare) or bare.count(":") == 1:
        raise UsageError(f"{text!r} is no address: write a name or an IP address alone, such as 192.0.2.1")
    return bare


def listen_address(text: str) -> str:
    """`HOST`, `HOST:PORT` or `[IPv6]:PORT`."""
    found = _LISTEN.fullmatch(text)
    if not found or int(found["port"] or 0) > HIGHEST_PORT:
        raise UsageError(f"{text!r} is no address to listen at: write one such as 0.0.0.0:5060 or [::]:5060")
    return text


def port_span(text: str) -> str:
    """`FIRST-LAST` or one port; RTP needs an even one among them (RFC 3550 section 11)."""
    found = _SPAN.fullmatch(text)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not LOWEST_PORT <= first <= last <= HIGHEST_PORT:
        raise UsageError(f"{text!r} is no range from {LOWEST_PORT} to {HIGHEST_PORT}: write one such as 20000-29999")
    if first == last and first % 2:
        raise UsageError(f"{text!r} has no even port, which RTP goes to: write a range such as 20000-29999")
    return text


def voice(text: str) -> str:
    """`tone:HZ`, `tone:HZ:0` or `:1` for one that takes turns, `silence`, `none`, or the path of a file."""
    found = _TONE.fullmatch(text)
    if text.startswith("tone:") and not (found and LOWEST_HZ <= int(found[1]) <= HIGHEST_HZ):
        raise UsageError(f"{text!r} is no tone: write tone:HZ with 20 to 3400 Hz, such as tone:440")
    return text


def folder(text: str) -> str:
    """The path of a folder on a USB drive, with `/` between its parts."""
    if _NOT_ON_FAT & set(text) or {".", ".."} & set(text.split("/")):
        raise UsageError(f"{text!r} can be no folder on a USB drive: write names alone, such as calls/2026")
    return text
