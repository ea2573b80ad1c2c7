"""The call log: the calls there were, newest first; OK dials."""

from __future__ import annotations

from functools import partial

from phone_recorder.control_api import ClearLog, Direction, Line, LoggedCall, StartCall
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.menus.figures import duration, recently
from phone_recorder.phone.menus.page import ALL, Row, Shown, Step, only_back, question
from phone_recorder.phone.menus.words import say

ARROWS: dict[Direction, str] = {"out": "->", "in": "<-"}
NOT_ANSWERED: dict[Direction, str] = {"out": "no_answer", "in": "missed"}
MISSED = "!"
RECORDED = "●"


def log_page(facts: Facts) -> Shown:
    """The calls, with the time at which they began and how long they lasted."""
    language = facts.settings.language
    rows = tuple(_row(call, facts) for call in facts.log.calls)
    title = say("log", language)
    if not rows:
        return Shown(title, (Row("none", Line(say("no_calls", language))),), only_back(facts))
    clear = Step(page=partial(question, _ask_clear, _clear), start="no")
    return Shown(title, rows, ("", say("clear", language), say("back", language)), {"soft3": clear})


def _row(call: LoggedCall, facts: Facts) -> Row:
    language = facts.settings.language
    who = " ".join(filter(None, (call.number, call.name))) or say("unknown", language)
    lasted = duration(call.seconds) if call.answered else say(NOT_ANSWERED[call.direction], language)
    line = Line(f"{ARROWS[call.direction]} {who}", f"{recently(call.at, facts.now)}  {lasted}", _mark(call))
    name = f"{call.at} {line.text}"
    if not call.number:
        return Row(name, line)
    dial = Step((StartCall(call.number, call.name),), leave=ALL)
    return Row(name, line, {"ok": dial}, say("dial", language))


def _mark(call: LoggedCall) -> str:
    if call.direction == "in" and not call.answered:
        return MISSED
    return RECORDED if call.recorded else ""


def _ask_clear(facts: Facts) -> str:
    return say("ask_clear", facts.settings.language)


def _clear(facts: Facts) -> Step:
    return Step((ClearLog(),), leave=1, told=_cleared)


def _cleared(facts: Facts) -> str:
    return "" if facts.log.calls else say("cleared", facts.settings.language)
