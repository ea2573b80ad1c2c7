"""Parameter types that several commands share."""

from __future__ import annotations

import re
from typing import Any

import click

_SIZE = re.compile(r"(\d+)([KMG]?)(I?B)?", re.IGNORECASE)
_FACTORS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class Size(click.ParamType):  # type: ignore[type-arg]  # generic in newer click alone
    """Bytes: a plain number, or one with K, M or G, which are binary."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = _SIZE.fullmatch(str(value).strip())
        if not found:
            self.fail(f"{value!r} is not a size: write bytes, or a number with K, M or G, such as 64M", param, ctx)
        return int(found[1]) * _FACTORS[found[2].upper()]


class Address(click.ParamType):  # type: ignore[type-arg]  # generic in newer click alone
    """`HOST:PORT`, `HOST`, or `[IPv6]:PORT`; the port is 10000 where none is said."""

    name = "host:port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        from phone_recorder.wire.control import DEFAULT_PORT

        if isinstance(value, tuple):
            return value
        host, colon, port = value.rpartition(":") if not value.endswith("]") else (value, "", "")
        if not colon:
            host, port = value, str(DEFAULT_PORT)
        if not host or not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
            self.fail(f"{value!r} is not HOST:PORT with a port from 1 to 65535, such as 127.0.0.1:10000", param, ctx)
        return host.strip("[]"), int(port)
