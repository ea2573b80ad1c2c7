"""A cable of the machine's own between a sender and a server in a namespace: what a frame put on it costs is little.

On loopback a sender of thousands of streams on one core is the limit before the server is (bulk_frames.py).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.bench.measure import have

_SUBNET = "198.18"
"""Addresses for benchmarks (RFC 2544)."""


class Network(NamedTuple):
    """Where the sender and the server are; `inside` is what a command begins with that runs at the server's end."""

    sender: str
    server: str
    inside: tuple[str, ...] = ()
    link: str = ""
    """The sender's interface, "" where packets go by UDP alone."""
    ethernet: bytes = b""
    """What frames begin with."""


LOOPBACK = Network("127.0.0.1", "127.0.0.1")


@contextmanager
def network() -> Iterator[Network]:
    """A cable, where this user may have one; else loopback."""
    with ExitStack() as made:
        yield _cable(made) if os.geteuid() == 0 and have("ip") else LOOPBACK


def _cable(made: ExitStack) -> Network:
    name = f"bench{os.getpid()}"
    outer, inner = f"bo{os.getpid()}", f"bi{os.getpid()}"
    net = f"{_SUBNET}.{os.getpid() % 256}"
    inside = ("ip", "netns", "exec", name)
    try:
        _run("ip", "netns", "add", name)
        made.callback(_run, "ip", "netns", "delete", name)
        _run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name)
        _run("ip", "address", "add", f"{net}.1/24", "dev", outer)
        _run("ip", "link", "set", outer, "up")
        _run(*inside, "ip", "address", "add", f"{net}.2/24", "dev", inner)
        _run(*inside, "ip", "link", "set", inner, "up")
        _run(*inside, "ip", "link", "set", "lo", "up")
    except subprocess.CalledProcessError:
        # A kernel without veth.
        return LOOPBACK
    theirs = _run(*inside, "cat", f"/sys/class/net/{inner}/address")
    ours = Path(f"/sys/class/net/{outer}/address").read_text()
    ethernet = bytes.fromhex((theirs + ours).replace(":", "").replace("\n", "")) + b"\x08\x00"
    return Network(f"{net}.1", f"{net}.2", inside, outer, ethernet)


def _run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout
