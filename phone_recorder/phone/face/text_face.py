"""The phone's screen and lamps as lines of text, for a terminal."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

from phone_recorder.control_api import DssKey, Lamp, Line, Screen

WIDTH = 58
"""Columns between the edges; a Chinese letter takes two."""
ROWS = 6
"""Lines of a menu."""

ICONS = {"idle": "   ", "recording": "REC", "paused": "|| ", "failed": " ! "}
LAMPS: dict[Lamp, str] = {"off": "( )", "on": "(*)", "blinking": "(o)"}
SIGNS = {"usb": "USB", "usb-missing": "no USB", "registered": "SIP", "unregistered": "no SIP"}


def draw(screen: Screen) -> list[str]:
    """All of the phone's screen, always as many lines; with the four DSS keys below it."""
    inside = [
        _ends(screen.title, " ".join([*(SIGNS.get(sign, sign) for sign in screen.signs), screen.clock])),
        _ends(screen.call, screen.call_state),
        _record(screen),
        *_menu(screen),
        *_prompt(screen.prompt),
        "".join(_centred(label, WIDTH // 4) for label in screen.soft),
    ]
    edge = "+" + "-" * (WIDTH + 2) + "+"
    return [edge, *(f"| {_fit(line)} |" for line in inside), edge, *map(_dss, screen.dss)]


def width_of(text: str) -> int:
    """Columns that a terminal takes for it."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, width: int) -> str:
    """As much of it as fits into so many columns."""
    if width_of(text) <= width:
        return text
    kept = ""
    for character in text:
        if width_of(kept + character) > width - 1:
            return f"{kept}…"
        kept += character
    return kept


def _record(screen: Screen) -> str:
    left = f"({screen.left})" if screen.left else ""
    shown = f"{ICONS[screen.icon]} {screen.timer}" if screen.icon != "idle" or screen.timer else ""
    return _ends(shown, left)


def _menu(screen: Screen) -> list[str]:
    if screen.edit is not None:
        text = "*" * len(screen.edit) if screen.hidden else screen.edit
        lines = [*(_line(line, False) for line in screen.lines[:2]), f"  {text}_"]
    else:
        lines = [_line(line, index == screen.selected) for index, line in enumerate(screen.lines)]
    return [*lines, *[""] * ROWS][:ROWS]


def _line(line: Line, selected: bool) -> str:
    mark = ">" if selected else " "
    return _ends(f"{mark} {line.mark}{line.text}", line.value)


def _prompt(prompt: str) -> list[str]:
    """Two lines, cut where they are too long."""
    first = _take(prompt)
    return [first, cut(prompt[len(first) :].strip(), WIDTH)]


def _take(text: str) -> str:
    """What fits into one line, cut between words if it can be."""
    if width_of(text) <= WIDTH:
        return text
    kept = text
    while width_of(kept) > WIDTH:
        kept = kept[:-1]
    at = kept.rfind(" ")
    return kept[:at] if at > WIDTH // 2 else kept


def _dss(key: DssKey) -> str:
    return f"  {LAMPS[key.lamp]} {key.label}"


def _ends(left: str, right: str) -> str:
    """One at each end of a line; the right one is whole."""
    right = cut(right, WIDTH)
    left = cut(left, max(WIDTH - width_of(right) - 1, 0))
    return left + " " * (WIDTH - width_of(left) - width_of(right)) + right


def _centred(text: str, width: int) -> str:
    text = cut(text, width)
    before = (width - width_of(text)) // 2
    return " " * before + text + " " * (width - width_of(text) - before)


def _fit(text: str) -> str:
    text = cut(text, WIDTH)
    return text + " " * (WIDTH - width_of(text))
