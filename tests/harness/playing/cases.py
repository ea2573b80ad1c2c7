"""Cases that tests play, and what is looked at of what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.playing.virtual import play
from phone_recorder.harness.scenario.actions import Action, Press, Step
from phone_recorder.harness.scenario.case import CallPlan, Case, PartyPlan, StickPlan
from phone_recorder.harness.scenario.expected import Expectation, StateIs
from phone_recorder.recording.units import from_seconds
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_values

SEED = 7
HEADER = 76
SERVER = {"record.mode": "server"}
SIP = {"record.mode": "sip_info"}
RECORD = (0.0, Press("record"))
STICK = StickPlan()
NEAR, FAR = "tone:440:0", "tone:660:1"
"""As `phone-recorder call` has them."""


def case(
    *steps: tuple[float, Action],
    length: float = 5,
    looks: tuple[float, ...] = (),
    settings: Mapping[str, object] | None = None,
    stick: StickPlan | None = STICK,
    call: CallPlan | None = None,
    **more: Any,
) -> Case:
    """Steps with their seconds; `looks` are the seconds at which something is expected."""
    return Case(
        name="case",
        path=Path("case.scenario.yaml"),
        title="A case",
        settings=with_values(PhoneSettings(), settings or {}),
        near=more.pop("near", PartyPlan(NEAR)),
        far=more.pop("far", PartyPlan(FAR)),
        call=call or CallPlan(from_seconds(length)),
        stick=stick,
        steps=tuple(Step(from_seconds(at), action) for at, action in steps),
        expected=tuple(Expectation(StateIs(), at=from_seconds(at)) for at in looks),
        **more,
    )


def played(place: Path, of: Case, seed: int = SEED, keep: bool = False) -> Evidence:
    """What comes of it in a directory that is made for it."""
    place.mkdir(parents=True, exist_ok=True)
    return play(of, seed, place, keep)


def audio(evidence: Evidence, recording: int = 1) -> bytes:
    """That of all files of a recording, joined."""
    return b"".join(path.read_bytes()[HEADER:] for path in evidence.recordings[recording - 1].files)


def states(evidence: Evidence) -> list[str]:
    """How each recording ended."""
    return [recorded.account["state"] for recorded in evidence.recordings]
