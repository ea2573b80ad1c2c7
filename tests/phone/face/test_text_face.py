"""The screen as text: every line as wide as any other, whatever is on it."""

from __future__ import annotations

import pytest

from phone_recorder.control_api import DssKey, Line, Screen
from phone_recorder.phone.face.text_face import ROWS, WIDTH, cut, draw, width_of

PLAIN = Screen(title="BX5S 1001", language="en", clock="Sat 28 Nov 06:41", dss=(DssKey("record", "Record", "on"),))
SCREENS = [
    PLAIN,
    Screen(title="录音管理", language="zh", lines=tuple(Line(f"第{n}行", "本地") for n in range(ROWS)), selected=2),
    Screen(title="x" * 200, language="en", call="y" * 200, call_state="z" * 200, prompt="word " * 60),
    Screen(title="t", language="en", edit="192.168.0.1", lines=(Line("Server address"),)),
    Screen(title="通" * 100, language="zh", prompt="未插入U盘" * 30, soft=("录音", "暂停" * 20, "", "结束")),
]


@pytest.mark.parametrize("screen", SCREENS)
def test_every_line_is_as_wide_as_the_others(screen: Screen) -> None:
    framed = [line for line in draw(screen) if line.startswith(("|", "+"))]
    assert {width_of(line) for line in framed} == {WIDTH + 4}


def test_the_screen_is_always_as_high() -> None:
    assert len({len([line for line in draw(screen) if line.startswith("|")]) for screen in SCREENS}) == 1


def test_the_lamp_stands_beside_its_key() -> None:
    assert draw(PLAIN)[-1] == "  (*) Record"


def test_the_selected_line_is_marked() -> None:
    marked = [line for line in draw(SCREENS[1]) if "> " in line]
    assert len(marked) == 1 and "第2行" in marked[0]


def test_a_secret_is_not_shown() -> None:
    drawn = "\n".join(draw(Screen(title="t", language="en", edit="geheim", hidden=True)))
    assert "geheim" not in drawn and "******_" in drawn


@pytest.mark.parametrize(
    ("text", "width", "kept"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("录音中", 5, "录音…"), ("", 0, "")]
)
def test_what_does_not_fit_is_cut(text: str, width: int, kept: str) -> None:
    assert cut(text, width) == kept
