"""A terminal's bytes as keys of a phone."""

from __future__ import annotations

import pytest

from phone_recorder.adapters.keyboard import keys_in


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("5", ["5"]),
        ("12#", ["1", "2", "#"]),
        ("\x1b[A\x1bOB", ["up", "down"]),
        ("\x1b[C\x1b[D", ["right", "left"]),
        ("\x1bOP\x1b[12~\x1b[[C", ["F1", "F2", "F3"]),
        ("\r\n", ["enter", "enter"]),
        ("\x1b", ["escape"]),
        ("\x1bx", ["escape", "x"]),
        ("\x7f\x08", ["backspace", "backspace"]),
        ("\x1b[6~9", ["9"]),
        ("\x1b[1;5Cr", ["r"]),
        ("\x1b[", []),
        ("\x00\x03", []),
        ("录", ["录"]),
        ("", []),
    ],
)
def test_keys(text: str, keys: list[str]) -> None:
    assert keys_in(text) == keys
