"""The words in which a fleet is described on a command line: `100/s`, `30s-90s`, `2%`.

What cannot be read is a UsageError, which says what to write.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.errors import UsageError
from phone_recorder.recording.units import from_seconds
from phone_recorder.wire.printable import printable

LONGEST_S = 7 * 86400.0
FASTEST = 100_000.0
"""Phones a second: more than any process starts."""
MOST_SOURCES = 1024

_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,9})?"
_RATE = re.compile(rf"({_NUMBER})(?:/(s|sec|m|min|h))?")
_SHARE = re.compile(rf"({_NUMBER})%|(0)")
_DURATION = re.compile(rf"(?:({_NUMBER})h)?(?:({_NUMBER})m(?!s))?(?:({_NUMBER})s)?(?:({_NUMBER})ms)?")
_BARE = re.compile(_NUMBER)
_SECONDS_OF = (3600.0, 60.0, 1.0, 0.001)
_PER_S = {None: 1.0, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def parse_rate(text: str) -> float:
    """Phones a second of `100/s`, `100` or `90/min`."""
    found = _RATE.fullmatch(text.strip())
    rate = float(found[1]) / _PER_S[found[2]] if found else 0.0
    if not 0.0 < rate <= FASTEST:
        raise UsageError(f"{_short(text)} is not a rate up to {FASTEST:.0f}/s: write one such as 100/s or 90/min")
    return rate


def parse_duration(text: str) -> int:
    """Units of `60s`, `1m30s`, `500ms` or `2h`; a number alone is seconds."""
    return _duration(text, text)


def parse_durations(text: str) -> Durations:
    """`60s` is always as long; `30s-90s` anything between; `~60s` exponentially distributed about that mean."""
    plain = text.strip()
    if plain.startswith("~"):
        return Durations.about(_duration(plain[1:], text))
    first, dash, last = plain.partition("-")
    least, most = _duration(first, text), _duration(last if dash else first, text)
    if least > most or (dash and bool(_BARE.fullmatch(first.strip())) != bool(_BARE.fullmatch(last.strip()))):
        raise UsageError(f"{_short(text)} is not a range of times: write the shorter first, such as 30s-90s")
    return Durations(least, most)


def parse_share(text: str) -> float:
    """0.02 of `2%`; 0 needs no unit."""
    found = _SHARE.fullmatch(text.strip())
    share = float(found[1] or found[2]) / 100.0 if found else math.nan
    if not 0.0 <= share <= 1.0:
        raise UsageError(f"{_short(text)} is not a share from 0% to 100%: write one such as 2%")
    return share


def parse_sources(text: str) -> tuple[str, ...]:
    """Addresses of this machine: `127.0.0.2-127.0.0.9`, one alone, or several with commas between them."""
    sources: list[str] = []
    for part in text.split(","):
        for address in _addresses(part, text):
            sources.append(address)
            if len(sources) > MOST_SOURCES:
                raise UsageError(f"{_short(text)} are more than {MOST_SOURCES} addresses: name fewer")
    return tuple(dict.fromkeys(sources))


def _addresses(part: str, text: str) -> Iterator[str]:
    first, dash, last = part.strip().partition("-")
    low, high = _address(first, text), _address(last if dash else first, text)
    if type(low) is not type(high) or int(low) > int(high):
        raise UsageError(
            f"{_short(part)} is not a range of addresses: write the lower first, such as 127.0.0.2-127.0.0.9"
        )
    return (str(type(low)(number)) for number in range(int(low), int(high) + 1))


def _address(part: str, text: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(part.strip())
    except ValueError:
        raise UsageError(
            f"{_short(part if part.strip() else text)} is not an IP address:"
            " write addresses of this machine, such as 127.0.0.2-127.0.0.9"
        ) from None


def _duration(part: str, text: str) -> int:
    """Units of a part of what was written."""
    seconds = _seconds(part.strip())
    if not 0.0 <= seconds <= LONGEST_S:
        raise UsageError(f"{_short(text)} is not a time up to 7 days: write one such as 60s, 1m30s or 500ms")
    return from_seconds(seconds)


def _seconds(text: str) -> float:
    """NaN if it is no duration."""
    if _BARE.fullmatch(text):
        return float(text)
    found = _DURATION.fullmatch(text) if text else None
    if not found:
        return math.nan
    return sum(float(part) * scale for part, scale in zip(found.groups(), _SECONDS_OF, strict=True) if part)


def _short(text: str) -> str:
    """What was typed, as far as it helps to find it, and safe to show."""
    return repr(printable(text if len(text) <= 60 else f"{text[:60]}..."))
