"""What is expected of the screen, held against what was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from phone_recorder.control_api import Screen
from phone_recorder.harness.evidence import Evidence, Moment
from phone_recorder.harness.judging.fixed_texts import prompt_is
from phone_recorder.harness.judging.lengths import length
from phone_recorder.harness.judging.texts import found, listed, quoted, same
from phone_recorder.harness.judging.wanted import Missed, missed
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import Expectation, ScreenIs
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.printable import printable

MOST_SHOWN = 30


def judge_screen(what: ScreenIs, moment: Moment, evidence: Evidence, expectation: Expectation) -> Iterator[Missed]:
    """Each thing on the screen that is otherwise."""
    yield from missed(what, lambda part: _LOOKS[part.field](part.value, moment))


def and_prompt(screen: Screen) -> str:
    """What the screen says beside, which often is why."""
    return f", {quoted(screen.prompt)}" if screen.prompt else ""


def shown(screen: Screen) -> list[str]:
    """Each piece of text that stands on the screen, from above. Of a secret the phone itself sends stars."""
    lines = [" ".join(filter(None, (line.text, line.value))) for line in screen.lines]
    record = (screen.timer, screen.left, screen.prompt)
    keys = (*screen.soft, *(key.label for key in screen.dss))
    pieces = (screen.title, screen.clock, screen.call, screen.call_state, *record, *lines, screen.edit or "", *keys)
    return [piece for piece in pieces if piece]


def _icon(wanted: str, moment: Moment) -> str | None:
    icon = moment.screen.icon
    return None if same(wanted, icon) else f"it is {printable(icon)}{and_prompt(moment.screen)}"


def _prompt(wanted: str, moment: Moment) -> str | None:
    return _text(wanted, moment.screen.prompt, prompt_is)


def _lamp(wanted: str, moment: Moment) -> str | None:
    """That of the record key, and of each other that is set to record too."""
    lamps = [key.lamp for key in moment.screen.dss if key.does == "record"]
    if not lamps:
        return "none of the phone's keys is set to record"
    other = next((lamp for lamp in lamps if not same(wanted, lamp)), None)
    return other and f"it is {printable(other)}{and_prompt(moment.screen)}"


def _left(wanted: str, moment: Moment) -> str | None:
    return _text(wanted, moment.screen.left)


def _call(wanted: str, moment: Moment) -> str | None:
    return _text(wanted, f"{moment.screen.call} {moment.screen.call_state}".strip())


def _timer(wanted: Bound, moment: Moment) -> str | None:
    """What was recorded, which the screen says to the second; before anything was, only who asks for 00:00 wants it."""
    recorded, says = moment.recorded, moment.screen.timer or "00:00"
    if not wanted.holds(recorded):
        return f"it is {length(recorded)}{and_prompt(moment.screen)}"
    if ":" in wanted.text and not moment.screen.timer:
        return f"no timer is shown{and_prompt(moment.screen)}"
    minutes, seconds = divmod(recorded // SECOND, 60)
    right = says == f"{minutes:02}:{seconds:02}"
    return None if right else f"the screen says {printable(says)} when {length(recorded)} is recorded"


def _shows(wanted: str, moment: Moment) -> str | None:
    pieces = shown(moment.screen)
    if any(found(wanted, piece) for piece in pieces):
        return None
    return f"it does not stand there; what is shown is {listed(list(map(quoted, pieces)), MOST_SHOWN)}"


def _shows_not(wanted: str, moment: Moment) -> str | None:
    piece = next((piece for piece in shown(moment.screen) if found(wanted, piece)), None)
    return None if piece is None else f"it stands in {quoted(piece)}"


def _text(wanted: str, text: str, is_so: Callable[[str, str], bool] = found) -> str | None:
    if is_so(wanted, text):
        return None
    return f"it is {quoted(text)}" if text else "it is empty"


_LOOKS: dict[str, Callable[[Any, Moment], str | None]] = {
    "icon": _icon,
    "prompt": _prompt,
    "lamp": _lamp,
    "left": _left,
    "call": _call,
    "timer": _timer,
    "shows": _shows,
    "shows_not": _shows_not,
}
