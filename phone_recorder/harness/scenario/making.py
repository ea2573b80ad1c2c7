"""A case of what its file says: what is not given has its default."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from phone_recorder.harness.scenario.actions import Network, ServerActs, SipActs, Step, Talk
from phone_recorder.harness.scenario.case import BEGINS_AT, CallPlan, Case, PartyPlan, StickPlan
from phone_recorder.harness.scenario.checks import check_case, check_order
from phone_recorder.harness.scenario.parties import length_s
from phone_recorder.harness.scenario.places import Table
from phone_recorder.harness.scenario.top import TOP
from phone_recorder.phone.parties import DEFAULT_FAR, DEFAULT_NEAR
from phone_recorder.recording.units import SECOND, from_seconds
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_value

DEFAULT_LENGTH = 10 * SECOND


def make_case(tree: Table, path: Path, name: str) -> Case:
    """The case of that name; `tree` has no variables any more. ScenarioError says what is wrong, and where."""
    given = TOP.read(tree)
    settings, codec = _settings(given)
    near = _party(given.get("near", {}), DEFAULT_NEAR, codec)
    far = _party(given.get("far", {}), DEFAULT_FAR, codec)
    call = _call(given, near, far)
    steps, expected = given.get("steps", ()), given.get("expect", ())
    check_order(tree, steps)
    case = Case(
        name=name,
        path=path,
        title=given["scenario"],
        settings=settings,
        near=near,
        far=far,
        call=call,
        stick=given["stick"] if "stick" in given else _usual_stick(settings),
        server=given.get("server", ServerActs()),
        sip=given.get("sip_server", SipActs()),
        network=given.get("network", Network()),
        steps=tuple(sorted((_whole(step, call) for step in steps), key=lambda step: step.at)),
        expected=tuple(chain.from_iterable(expected)),
        tags=given.get("tags", ()),
        description=given.get("description", ""),
        begins_at=given.get("clock", BEGINS_AT),
        seed=given.get("seed"),
        live=given.get("live"),
        subject=given.get("subject", "phone"),
        arrivals=given.get("arrivals"),
    )
    check_case(tree, case, steps, expected)
    return case


def _settings(given: dict[str, Any]) -> tuple[PhoneSettings, str]:
    """The phone's settings, and the call's codec, which they say too."""
    settings: PhoneSettings = given.get("phone", PhoneSettings())
    codec = (given.get("call") or {}).get("codec", settings.record.codec)
    return with_value(settings, "call.codec", codec), codec


def _party(said: dict[str, Any], voice: str, codec: str) -> PartyPlan:
    values = {"voice": voice, "codec": codec, **said}
    if "ptime" in values:
        values["ptime_ms"] = values.pop("ptime")
    return PartyPlan(**values)


def _call(given: dict[str, Any], near: PartyPlan, far: PartyPlan) -> CallPlan:
    longest = max(map(length_s, (near.voice, far.voice)))
    length = from_seconds(longest) or DEFAULT_LENGTH
    if "call" in given and given["call"] is None:
        return CallPlan(length, first=False)
    said = {key: value for key, value in given.get("call", {}).items() if key != "codec"}
    return CallPlan(**{"length": length, **said})


def _usual_stick(settings: PhoneSettings) -> StickPlan | None:
    return StickPlan() if settings.record.mode == "local" else None


def _whole(step: Step, call: CallPlan) -> Step:
    """Another call is with whom the first one was with, if nobody is named."""
    if not isinstance(step.action, Talk) or step.action.what != "begin" or step.action.number:
        return step
    return replace(step, action=replace(step.action, number=call.number, name=call.name))
