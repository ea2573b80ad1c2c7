"""Parameter types that several commands share."""

from __future__ import annotations

import re
from typing import Any

import click

_SIZE = re.compile(r"([0-9]{1,15})([KMG]?)(I?B)?", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<host>[^:\[\]]+))(?::(?P<port>[0-9]{1,5}))?")
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


class Address(click.ParamType):  # type: ignore[type-arg]  # generic in newer click alone
    """`HOST:PORT`, `HOST`, or `[IPv6]:PORT`; the port is 10000 where none is said."""

    name = "host:port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        from phone_recorder.wire.control import DEFAULT_PORT

        if isinstance(value, tuple):
            return value
        found = _ADDRESS.fullmatch(value)
        port = int(found["port"] or DEFAULT_PORT) if found else 0
        if not found or not 0 < port < 65536:
            wanted = "is not HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:10000 or [::1]:10000"
            self.fail(f"{_short(value)} {wanted}", param, ctx)
        return found["ipv6"] or found["host"], port


def _short(value: object) -> str:
    """What was typed, as far as it helps to find it."""
    text = str(value)
    return repr(text if len(text) <= 60 else f"{text[:60]}...")
