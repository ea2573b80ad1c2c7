"""What an agent cannot be told, or does not tell: why a case cannot be played at one, before it is played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from phone_recorder.harness.scenario import actions
from phone_recorder.harness.scenario.actions import SipActs
from phone_recorder.harness.scenario.case import BEGINS_AT, Case, StickPlan
from phone_recorder.harness.scenario.expected import AudioIs, FilesAre, ScreenIs
from phone_recorder.recording.record_key import NAMES

NO_CLOCK = "the clock of an agent's machine is its own"
NO_STICK = "the stick of an agent is in nobody's hands here"
NO_SIP = "an agent is in no SIP dialog"
UNSEEN = "where the agent records to cannot be seen: name the directory with --recordings"
UNTOLD = {
    "left": "an agent does not tell how much room is left on its screen",
    "call": "an agent has no screen with the call on it",
    "shows": "an agent has no screen with more than the record state",
    "shows_not": "an agent has no screen with more than the record state",
}
"""Parts of a screen."""
ACTIONS: dict[type[Any], Callable[[Any], str]] = {
    actions.Press: lambda press: "" if press.key in NAMES else f"an agent has no key {press.key}",
    actions.Type: lambda _: "an agent has no field to type into",
    actions.Talk: lambda talk: "an agent is played one call, from its beginning" if talk.what == "begin" else "",
    actions.Stick: lambda _: NO_STICK,
    actions.SipActs: lambda _: NO_SIP,
    actions.ClockJump: lambda _: NO_CLOCK,
    actions.Standstill: lambda _: "an agent cannot be told to stand still",
}
"""Why a step cannot be; "" if it can."""


def why_not(case: Case, seen: bool, own: bool) -> str:
    """The first reason why the case cannot be played at an agent, "" if there is none.

    `seen`: the directory with its recordings can be looked into. `own`: the agent is started for the case alone.
    """
    return next(filter(None, _reasons(case, seen, own)), "")


def _reasons(case: Case, seen: bool, own: bool) -> Iterator[str]:
    if case.live is False:
        yield "it is for the virtual clock alone"
    if not case.call.first:
        yield "an agent is played one call, from its beginning"
    if case.settings.record.mode == "sip_info" or case.sip != SipActs():
        yield NO_SIP
    if case.begins_at != BEGINS_AT:
        yield NO_CLOCK
    yield _of_stick(case, own)
    for step in case.steps:
        yield ACTIONS.get(type(step.action), lambda _: "")(step.action)
    for expectation in case.expected:
        yield _of_expectation(expectation.what, seen or case.settings.record.mode == "server")


def _of_stick(case: Case, own: bool) -> str:
    """A stick of an agent of our own is a directory: it has a size, and no more."""
    if case.settings.record.mode != "local" or case.stick == StickPlan():
        return ""
    if not own or case.stick is None or replace(case.stick, size=StickPlan().size) != StickPlan():
        return NO_STICK
    return ""


def _of_expectation(what: object, seen: bool) -> str:
    if isinstance(what, ScreenIs):
        return next((why for part, why in UNTOLD.items() if getattr(what, part)), "")
    if isinstance(what, FilesAre | AudioIs) and not seen:
        return UNSEEN
    if isinstance(what, FilesAre) and any(not set("*?[") & set(name) for name in what.names or ()):
        return f"{NO_CLOCK}: write names such as Record_*.wav"
    return ""
