"""A scenario that a program writes line by line, and that is played as soon as it looks at what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

from phone_recorder.errors import UsageError
from phone_recorder.harness.evidence import Evidence, Moment
from phone_recorder.harness.in_python.heard import Heard
from phone_recorder.harness.in_python.plain_errors import plainly
from phone_recorder.harness.runner.collecting import SUFFIX, read_file
from phone_recorder.harness.runner.one_case import Engine, real_engine
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expected import Expectation, StateIs
from phone_recorder.harness.scenario.places import ScenarioError
from phone_recorder.recording.units import from_seconds

Voice = str | Path | Mapping[str, object]
"""`tone:440`, `silence`, `none`, a file, or what a scenario has below `near` and `far`."""
View = Callable[[Moment], Moment]
MODE = "record.mode"
UNSAID = object()
ASKED = "expect.1."
"""Where a question stands."""

__tracebackhide__ = True
"""pytest shows the test, and not what raises here."""


class Scene:
    """A scenario in the making. Files of voices are looked for in `beside`, `place` is an empty directory to play in.

    What was played stands in `place` as a file, which `phone-recorder test` plays again.

    The same scenario is played once. When there are more steps, or another instant is looked at, it is played anew from
    its beginning, with the same seed, and so the same comes of it up to there. What was looked at stays as it was: what
    would change it is a UsageError, and so is what says otherwise than what was said before.
    """

    def __init__(self, title: str, place: Path, beside: Path, seed: int, engine: Engine | None = None) -> None:
        self.beside = beside
        self._document: dict[str, Any] = {"scenario": title, "seed": seed}
        self._modes: dict[str, str] = {}
        self._steps: list[tuple[int, dict[str, object]]] = []
        self._place = place
        self._engine = engine
        self._looked_at: set[int] = set()
        self._looked_at_end = False
        self._plays = 0
        self._evidence: Evidence | None = None

    def set(self, key: str, value: object) -> None:
        """What stands under a key of the scenario; a mapping is merged into the one that is there."""
        if self._looked_at or self._looked_at_end:
            raise UsageError(f"{key} comes too late, it was looked at what came of it: write what is so first before")
        self._document[key] = joined(self._document.get(key, UNSAID), value, key)

    def set_settings(self, settings: Mapping[str, object]) -> None:
        """Settings of the phone from the beginning, those that were given before kept."""
        self.set("phone", {"settings": dict(settings)})

    def records_to(self, mode: str, because: str) -> None:
        """The phone's `record.mode`, if its settings say no other; `because` is what wants it so."""
        self._modes[mode] = because

    def set_voice(self, leg: str, voice: Voice) -> None:
        """What the near or the far party says."""
        plan = dict(voice) if isinstance(voice, Mapping) else {"voice": voice}
        self.set(leg, {**plan, "voice": self._resolved(str(plan.get("voice", "")))})

    def step(self, at: float, key: str, value: object) -> None:
        """A step, `at` in seconds; those of one instant happen in the order in which they were given."""
        instant = instant_of(at)
        if self._looked_at_end or instant <= max(self._looked_at, default=-1):
            late = "what came of it was looked at" if self._looked_at_end else "a later instant was looked at"
            raise UsageError(f"{key} {value} at {seconds(at)} comes too late, {late}: write it before")
        self._steps.append((instant, {"at": seconds(at), key: value}))
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
        evidence = self._played()
        self._looked_at_end = True
        return evidence

    def moment(self, at: float | None = None) -> Moment:
        """What is so at an instant in seconds, after the steps there; None is the end."""
        if at is None:
            return self.evidence.end
        [look] = self._look({"at": seconds(at), "state": "idle"}).expected
        return self._played().moments[look.at or 0]

    def is_so(
        self, kind: str, what: object, at: float | None = None, recording: int | None = None, of: View | None = None
    ) -> Heard:
        """Whether it is so, as a scenario's file expects it: `is_so("control", ["sent RecordStartRequest"], at=2)`.

        `of` gives what is looked at of each moment, if that is not all.
        """
        said = {"at": None if at is None else seconds(at), "recording": recording, kind: what}
        case = self._look({key: value for key, value in said.items() if value is not None})
        evidence = seen(self.evidence if at is None else self._played(), of)
        failures = plainly(lambda: self._player.judge(case, evidence))
        return Heard("; ".join(map(str, failures)) or None)

    def case(self) -> Case:
        """It as a case; what was looked at is among what it expects."""
        seen = tuple(Expectation(StateIs(), at=instant) for instant in sorted(self._looked_at))
        return replace(self._read(f"test{SUFFIX}"), expected=seen)

    def _look(self, expected: Mapping[str, object]) -> Case:
        """The case that expects this, the instant of which is looked at from now on."""
        case = self._read(f"asked{SUFFIX}", {"expect": [expected]})
        instants = {one.at for one in case.expected if one.at is not None}
        if not instants <= self._looked_at:
            self._looked_at |= instants
            self._evidence = None
        return case

    def _played(self) -> Evidence:
        if self._evidence is None:
            self._evidence = self._play()
        return self._evidence

    def _play(self) -> Evidence:
        case = self.case()
        self._plays += 1
        place = self._place / f"play{self._plays}"
        place.mkdir()
        # A test that fails is shown with what it has printed.
        print(f"played: {case.path}")
        return plainly(lambda: self._player.play(case, case.seed or 0, place))

    @property
    def _player(self) -> Engine:
        self._engine = self._engine or plainly(real_engine)
        return self._engine

    def _read(self, name: str, more: Mapping[str, object] | None = None) -> Case:
        path = self._place / name
        # JSON is YAML too.
        text = json.dumps({**self._whole(), **(more or {})}, indent=1, ensure_ascii=False, default=str)
        path.write_text(text, "utf-8")
        try:
            [case] = plainly(lambda: read_file(path))
        except ScenarioError as error:
            # Where that stands in a file of ours helps nobody.
            raise UsageError(f"{error.place.key.removeprefix(ASKED)}: {error.sentence}") from None
        return case

    def _whole(self) -> dict[str, Any]:
        """The scenario with its steps, in the order of time."""
        steps = [step for _, step in sorted(self._steps, key=lambda step: step[0])]
        phone = self._document.get("phone", {})
        whole = {**self._document, "phone": {**phone, "settings": self._settings(phone)}}
        return {**whole, "steps": steps} if steps else whole

    def _settings(self, phone: Mapping[str, Any]) -> dict[str, object]:
        settings = dict(phone.get("settings", {}))
        if MODE not in settings and self._modes:
            if len(self._modes) > 1:
                both = " and ".join(self._modes.values())
                raise UsageError(f"a phone records to one of {both}: set {MODE} in phone.settings, or leave out one")
            [settings[MODE]] = self._modes
        return settings

    def _resolved(self, voice: str) -> str:
        made = voice.startswith("tone:") or voice in ("silence", "none")
        return voice if made else str(self.beside / voice)


def seen(evidence: Evidence, of: View | None) -> Evidence:
    """The same, each of its moments looked at like that."""
    if of is None:
        return evidence
    return replace(evidence, moments={at: of(one) for at, one in evidence.moments.items()}, end=of(evidence.end))


def joined(before: object, value: object, path: str) -> object:
    """Both of them, which may not say different things of one; `path` is where they stand."""
    if isinstance(before, Mapping) and isinstance(value, Mapping):
        pairs = {key: joined(before.get(key, UNSAID), value[key], f"{path}.{key}") for key in value}
        return {**before, **pairs}
    if before is not UNSAID and before != value:
        raise UsageError(f"{path} is {before} already, and cannot be {value} too: say it once")
    return value


def instant_of(at: float) -> int:
    """Units of an instant in seconds; UsageError if it is none."""
    if not 0 <= at < inf:
        raise UsageError(f"{at:g} s is no instant of the call: write seconds from its start, such as 2.5")
    return from_seconds(at)


def seconds(number: float) -> str:
    """Seconds as a scenario's file has them, exact to the unit."""
    return f"{number:.6f}".rstrip("0").rstrip(".") + " s"
