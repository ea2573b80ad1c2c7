from __future__ import annotations

import pytest

from phone_recorder.adapters.terminal import Key, KeyParser, key_presses

PRESSES = [
    (b" ", [Key.SPACE]),
    (b"q", [Key.Q]),
    (b"Q", [Key.Q]),
    (b"\x1b[D", [Key.LEFT]),
    (b"\x1bOD", [Key.LEFT]),
    (b"\x1b[C", [Key.RIGHT]),
    (b"\x1bOC", [Key.RIGHT]),
    (b"+", [Key.PLUS]),
    (b"=", [Key.PLUS]),
    (b"-", [Key.MINUS]),
    (b"+\x1b[C--", [Key.PLUS, Key.RIGHT, Key.MINUS, Key.MINUS]),
    (b"  \x1b[C\x1b[D q", [Key.SPACE, Key.SPACE, Key.RIGHT, Key.LEFT, Key.SPACE, Key.Q]),
    (b"\x1b[A\x1b[5~x\xff\x00 ", [Key.SPACE]),
    (b"\x1bq", [Key.Q]),
    (b"\x1b\x1b[C", [Key.RIGHT]),
    (b"CD[O", []),
]


@pytest.mark.parametrize(("data", "keys"), PRESSES)
def test_keys_from_bytes(data: bytes, keys: list[Key]) -> None:
    assert KeyParser().feed(data) == keys


@pytest.mark.parametrize(("data", "keys"), PRESSES)
def test_keys_from_bytes_that_come_one_at_a_time(data: bytes, keys: list[Key]) -> None:
    parser = KeyParser()
    assert [key for byte in data for key in parser.feed(bytes([byte]))] == keys


def test_without_a_terminal_no_key_is_ever_pressed() -> None:
    """Pytest gives its tests no terminal; tests/cli/test_play.py presses keys on one."""
    with key_presses() as pressed:
        assert pressed() == []
