"""A scenario that a program writes line by line, and that is played as soon as it looks at what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from phone_recorder.errors import UsageError
from phone_recorder.harness.collecting import SUFFIX, read_file
from phone_recorder.harness.evidence import Evidence, Moment
from phone_recorder.harness.one_case import Engine, real_engine
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expected import Expectation, StateIs
from phone_recorder.recording.units import from_seconds

Voice = str | Path | Mapping[str, object]
"""`tone:440`, `silence`, `none`, a file, or what a scenario has below `near` and `far`."""
_MADE = ("tone:", "silence", "none")


class Scene:
    """A scenario in the making. Files of voices are looked for in `beside`, `place` is an empty directory to play in.

    What was played stands in `place` as a file, which `phone-recorder test` plays again.

    The same scenario is played once; when it has changed, or another instant is looked at, it is played anew from its
    beginning, with the same seed, and so the same comes of it up to there.
    """

    def __init__(self, title: str, place: Path, beside: Path, seed: int, engine: Engine | None = None) -> None:
        self._document: dict[str, Any] = {"scenario": title, "seed": seed, "phone": {"settings": {}}}
        self._steps: list[tuple[int, dict[str, object]]] = []
        self._place = place
        self._beside = beside
        self._engine = engine
        self._looked_at: set[int] = set()
        self._plays = 0
        self._evidence: Evidence | None = None

    def set(self, key: str, value: object) -> None:
        """What stands under a key of the scenario; a mapping is merged into the one that is there."""
        before = self._document.get(key)
        if isinstance(before, dict) and isinstance(value, Mapping):
            value = {**before, **value}
        self._document[key] = value
        self._evidence = None

    def set_settings(self, settings: Mapping[str, object]) -> None:
        """Settings of the phone from the beginning, those that were given before kept."""
        before = self._document["phone"]["settings"]
        self.set("phone", {"settings": {**before, **settings}})

    def set_voice(self, leg: str, voice: Voice) -> None:
        """What the near or the far party says."""
        plan = dict(voice) if isinstance(voice, Mapping) else {"voice": voice}
        self.set(leg, {**plan, "voice": self._resolved(str(plan.get("voice", "")))})

    def step(self, at: float, key: str, value: object) -> None:
        """A step, `at` in seconds; those of one instant happen in the order in which they were given."""
        self._steps.append((from_seconds(at), {"at": seconds(at), key: value}))
        self._evidence = None

    def leg_of(self, voice: str | Path) -> str:
        """`near` or `far`, by name or by what it says. UsageError if it is neither."""
        if voice in ("near", "far"):
            return str(voice)
        said = {leg: self._document[leg]["voice"] for leg in ("near", "far") if leg in self._document}
        legs = [leg for leg, known in said.items() if known == self._resolved(str(voice))]
        if len(legs) != 1:
            raise UsageError(f"{str(voice)!r} is not what one of the parties says: write near or far")
        return legs[0]

    @property
    def evidence(self) -> Evidence:
        """What comes of it. UsageError says what in it makes no sense."""
        if self._evidence is None:
            self._evidence = self._play()
        return self._evidence

    def moment(self, at: float | None = None) -> Moment:
        """What is so at an instant in seconds, after the steps there; None is the end."""
        if at is None:
            return self.evidence.end
        instant = from_seconds(at)
        if instant not in self._looked_at:
            self._looked_at.add(instant)
            self._evidence = None
        return self.evidence.moments[instant]

    def case(self) -> Case:
        """It as a case; what was looked at is among what it expects."""
        [case] = read_file(self._written())
        seen = tuple(Expectation(StateIs(), at=instant) for instant in sorted(self._looked_at))
        return replace(case, expected=seen)

    def _play(self) -> Evidence:
        engine = self._engine or real_engine()
        case = self.case()
        self._plays += 1
        place = self._place / f"play{self._plays}"
        place.mkdir()
        # A test that fails is shown with what it has printed.
        print(f"played: {case.path}")
        return engine.play(case, case.seed or 0, place)

    def _written(self) -> Path:
        steps = [step for _, step in sorted(self._steps, key=lambda step: step[0])]
        path = self._place / f"test{SUFFIX}"
        # JSON is YAML too.
        path.write_text(json.dumps({**self._document, "steps": steps}, indent=1, ensure_ascii=False), "utf-8")
        return path

    def _resolved(self, voice: str) -> str:
        return voice if voice.startswith(_MADE) else str(self._beside / voice)


def seconds(number: float) -> str:
    """Seconds as a scenario's file has them, exact to the unit."""
    return f"{number:.6f}".rstrip("0").rstrip(".") + " s"
