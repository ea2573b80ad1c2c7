"""Parameter types that several commands share."""

from __future__ import annotations

import re
from typing import Any

import click

_SIZE = re.compile(r"([0-9]{1,15})([KMG]?)(I?B)?", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?")
_SPAN = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_LONGEST_NUMBER = 40
_FACTORS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class Size(click.ParamType):  # type: ignore[type-arg]  # generic in newer click alone
    """Bytes: a plain number, or one with K, M or G, which are binary."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = _SIZE.fullmatch(str(value).strip())
        if not found:
            self.fail(
                f"{_short(value)} is not a size: write bytes, or a number with K, M or G, such as 64M", param, ctx
            )
        return int(found[1]) * _FACTORS[found[2].upper()]


class Whole(click.IntRange):
    """A whole number within limits, in words that say so."""

    name = "whole number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if len(str(value)) > _LONGEST_NUMBER:
            self.fail(f"{str(value)[:_LONGEST_NUMBER]}... is too long for a {self.name}", param, ctx)
        return super().convert(value, param, ctx)


class Address(click.ParamType):  # type: ignore[type-arg]  # generic in newer click alone
    """`HOST:PORT`, `HOST`, or `[IPv6]:PORT`; the port is 10000 where none is said, or the one given here.

    Where one is to be listened on, it may be 0, which is `any_port`.
    """

    name = "host:port"

    def __init__(self, default_port: int | None = None, any_port: bool = False) -> None:
        self._default_port = default_port
        self._least = 0 if any_port else 1

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        from phone_recorder.wire.control import DEFAULT_PORT

        if isinstance(value, tuple):
            return value
        found = _ADDRESS.fullmatch(value)
        port = int(found["port"] or self._default_port or DEFAULT_PORT) if found else -1
        if not found or not self._least <= port < 65536:
            wanted = f"is not HOST:PORT with a port from {self._least} to 65535, such as 127.0.0.1:10000 or [::1]:10000"
            self.fail(f"{_short(value)} {wanted}", param, ctx)
        return found["ipv6"] or found["host"], port


class Word(click.ParamType):  # type: ignore[type-arg]  # generic in newer click alone
    """Any text but an empty one, as from a variable that was not set; `instead` says what to write then."""

    def __init__(self, name: str, instead: str) -> None:
        self.name = name
        self._instead = instead

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value:
            self.fail(f"it is empty: {self._instead}", param, ctx)
        return str(value)


HOST = Word("host", "name an address, such as 127.0.0.1, or 0.0.0.0 for all")
"""An address or a name; an empty one would mean all addresses, which nobody wants by accident."""


class PathGiven(click.Path):
    """A path; an empty one, as from a variable that was not set, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("it is empty: name a file or directory", param, ctx)
        return super().convert(value, param, ctx)


class Seconds(click.ParamType):  # type: ignore[type-arg]  # generic in newer click alone
    """A length of time within limits, in seconds or another `unit`. click's own range lets `nan` through."""

    def __init__(self, least: float, most: float, unit: str = "seconds") -> None:
        self.name = unit
        self._least = least
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = -1.0
        if not self._least <= seconds <= self._most:
            wanted = f"is no time from {self._least:g} to {self._most:g} {self.name}"
            self.fail(f"{_short(value)} {wanted}", param, ctx)
        return seconds


class Span(click.ParamType):  # type: ignore[type-arg]  # generic in newer click alone
    """`FIRST-LAST`, both included, or one number alone."""

    name = "first-last"

    def __init__(self, least: int, most: int) -> None:
        self._least = least
        self._most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        found = _SPAN.fullmatch(value)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not self._least <= first <= last <= self._most:
            wanted = f"is not a range from {self._least} to {self._most}: write one such as 20000-29999"
            self.fail(f"{_short(value)} {wanted}", param, ctx)
        return first, last


def _short(value: object) -> str:
    """What was typed, as far as it helps to find it."""
    text = str(value)
    return repr(text if len(text) <= 60 else f"{text[:60]}...")
