"""Addresses as people write them."""

from __future__ import annotations


def shown_address(address: tuple[str, int]) -> str:
    """`HOST:PORT`, or `[IPv6]:PORT`."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
