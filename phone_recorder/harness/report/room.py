"""How large a page may become: sound and captures are given out of one allowance until it is used up."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

MOST_BYTES = 32 << 20
"""Of sound and captures in one page, before base64 makes them a third longer."""


@dataclass(slots=True)
class Room:
    """What is `left` of the allowance, in bytes."""

    left: int = MOST_BYTES

    def take(self, wanted: int) -> int:
        """So many bytes of it, or as many as there are."""
        given = min(wanted, self.left)
        self.left -= given
        return given


def data_uri(kind: str, data: bytes) -> str:
    """The data as an address that a page holds itself; `kind` is its media type."""
    return f"data:{kind};base64,{b64encode(data).decode()}"
