"""Letters from digit keys: pressed again, a key turns its letter into its next one. Nothing here needs a clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Mode = Literal["123", "abc", "ABC"]
"""What a digit key types."""

LETTERS = {
    "1": ".-_@:/;=1",
    "2": "abc2",
    "3": "def3",
    "4": "ghi4",
    "5": "jkl5",
    "6": "mno6",
    "7": "pqrs7",
    "8": "tuv8",
    "9": "wxyz9",
    "0": " 0+",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """`text` as far as it was typed; `open` is the key whose letter is the last one and may still turn."""

    text: str
    open: str = ""

    @property
    def confirmed(self) -> Typed:
        """The last letter stays."""
        return replace(self, open="")

    @property
    def shortened(self) -> Typed:
        """Without the last letter."""
        return Typed(self.text[:-1])


def tap(typed: Typed, digit: str, mode: Mode) -> Typed:
    """A digit key is pressed."""
    if mode == "123":
        return Typed(typed.text + digit)
    letters = LETTERS[digit].upper() if mode == "ABC" else LETTERS[digit]
    if typed.open != digit:
        return Typed(typed.text + letters[0], digit)
    # In the other case since: it begins again.
    at = letters.find(typed.text[-1:])
    return Typed(typed.text[:-1] + letters[(at + 1) % len(letters)], digit)
