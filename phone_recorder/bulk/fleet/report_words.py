"""Figures in words, as the summary, the page and the dashboard write them."""

from __future__ import annotations

from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.spread import Spread

NOTHING = "-"
"""Where nothing was measured."""
_SMALL = ((1e-3, 1e6, "us"), (1.0, 1e3, "ms"))
_MINUTE, _HOUR = 60, 3600
_PERCENT = 100
_LEAST = 1e-4
"""Below it, `g` writes exponents."""


def duration(seconds: float) -> str:
    """`812 us`, `12.3 ms`, `1.24 s`, `2 min 05 s`, `1 h 02 min`; three digits of the short ones."""
    if seconds <= 0:
        return "0"
    for below, factor, unit in _SMALL:
        # What would be written as 1000 of them is one of the next.
        if float(f"{seconds * factor:.3g}") < below * factor:
            return f"{_three(seconds * factor)} {unit}"
    if seconds < _MINUTE:
        return f"{_three(seconds)} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest:02} s" if minutes < _MINUTE else f"{minutes // _MINUTE} h {minutes % _MINUTE:02} min"


def clock(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:03`."""
    minutes, rest = divmod(int(seconds), _MINUTE)
    return f"{minutes}:{rest:02}" if minutes < _MINUTE else f"{minutes // _MINUTE}:{minutes % _MINUTE:02}:{rest:02}"


def share(of_one: float) -> str:
    """`43 %`, `99.9 %`, `0.02 %`."""
    return f"{_three(of_one * _PERCENT)} %"


def rate(a_second: float) -> str:
    """`98.4`, `49,500`."""
    return f"{a_second:,.0f}" if a_second >= _PERCENT else _three(a_second)


def bits(octets_a_second: float) -> str:
    """`68.5 Mbit/s`."""
    return f"{rate(octets_a_second * 8 / 1e6)} Mbit/s"


def plural(count: int, noun: str) -> str:
    """`1 phone`, `1,000 phones`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def host_and_port(address: Address) -> str:
    """`192.0.2.1:10000`, `[2001:db8::1]:10000`."""
    host, port = address
    return f"{f'[{host}]' if ':' in host else host}:{port}"


def spread_words(spread: Spread) -> tuple[str, ...]:
    """The cells of a row below SPREAD_HEAD."""
    if not spread.count:
        return (NOTHING,) * len(SPREAD_HEAD)
    return tuple(duration(getattr(spread, field)) for _, field in _SPREAD)


_SPREAD = (("p50", "p50"), ("p90", "p90"), ("p95", "p95"), ("p99", "p99"), ("max", "most"), ("mean", "mean"))
SPREAD_HEAD = tuple(head for head, _ in _SPREAD)


def _three(value: float) -> str:
    """Three digits, or as many as stand before the point; zeros after it say nothing and are left out."""
    before = len(str(int(float(f"{value:.3g}"))))
    text = f"{value:.{max(3 - before, 0)}f}" if value >= 1 else f"{value:.3g}" if value >= _LEAST else f"{value:.4f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
