"""The SIP messages of a call as text: who sent what to whom, and when, with secrets blanked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

from phone_recorder.adapters.side_file import SideFile
from phone_recorder.sip.tap import Address
from phone_recorder.sip.transport.blanking import blanked

__all__ = ["MessageTrace", "blanked", "is_text"]

_TEXT = range(0x21, 0x7F)
_INDENT = "  | "
"""Before each line of a message, so that none can pass for the trace's own."""


class MessageTrace:
    """A tap that writes a new text file; UsageError if it cannot. An error later is told to `note` and ends it."""

    def __init__(
        self,
        path: Path,
        note: Callable[[str], object],
        now: Callable[[], datetime] = datetime.now,
        force: bool = False,
    ) -> None:
        self._file = SideFile(path, "SIP trace", note, force)
        self._now = now

    def packet(self, transport: Literal["UDP", "TCP", "TLS"], source: Address, target: Address, data: bytes) -> None:
        if is_text(data):
            when = self._now().isoformat(" ", "milliseconds")
            head = f"{when}  {shown(source)} -> {shown(target)}  {transport}, {len(data)} bytes"
            self._file.write(f"{head}\n{_lines(blanked(data))}\n".encode())

    def close(self) -> None:
        self._file.close()


def is_text(data: bytes) -> bool:
    """Whether it may be a SIP message: neither RTP nor STUN begins as text does."""
    return data[:1] != b"" and data[0] in _TEXT


def shown(address: Address) -> str:
    """Host and port, as URIs have them."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _lines(message: bytes) -> str:
    text = message.decode("utf-8", "replace").replace("\r\n", "\n").replace("\t", " ")
    return "".join(f"{_INDENT}{_safe(line)}".rstrip() + "\n" for line in text.removesuffix("\n").split("\n"))


def _safe(line: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
