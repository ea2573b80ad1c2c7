"""The course of a case, whichever clock it is played by: what is done at which instant, and when it is over."""

from __future__ import annotations

from collections import defaultdict

from phone_recorder.errors import NotConforming
from phone_recorder.harness.evidence import Evidence, Moment
from phone_recorder.harness.playing.probe import evidence_of, moment_of
from phone_recorder.harness.playing.world import World
from phone_recorder.harness.scenario.actions import Step
from phone_recorder.recording.units import from_seconds

PATIENCE = from_seconds(600)
"""So long after its end a case may take until all is safe."""


class NeverOver(NotConforming):
    """A case does not come to its end."""


class Course:
    """Its user lets time pass to each of `instants`, has its steps done, and then looks, if it `is_looked_at`.

    After the last of them it calls `end`, and lets time pass until all is `over`.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._steps: dict[int, list[Step]] = defaultdict(list)
        for step in world.case.steps:
            self._steps[step.at].append(step)
        self._looks = {expectation.at for expectation in world.case.expected if expectation.at is not None}
        self._moments: dict[int, Moment] = {}
        self._latest = 0

    @property
    def instants(self) -> list[int]:
        """Those at which something is to be done, in their order."""
        return sorted({*self._steps, *self._looks})

    def act(self, instant: int) -> None:
        """The steps of this instant. UsageError says which of them cannot be."""
        for step in self._steps.get(instant, ()):
            self._world.act(step)

    def is_looked_at(self, instant: int) -> bool:
        """Something is expected at this instant."""
        return instant in self._looks

    def look(self, instant: int) -> None:
        """What is so at this instant, for those who expect something of it."""
        self._moments[instant] = moment_of(self._world)

    def end(self) -> None:
        """Nothing more is done: the calls there are go on to their ends, but for one that nobody has taken."""
        phone = self._world.phone
        if phone.call and phone.call.rings:
            phone.call.hang_up()
        ends = [one.recorded.end for one in phone.calls if one.recorded]
        self._latest = max(self._world.clock.now(), *ends, 0) + PATIENCE

    @property
    def over(self) -> bool:
        """Every call is over, and every recording safe; NeverOver if that does not come."""
        if self._world.over:
            return True
        if self._world.clock.now() > self._latest:
            raise NeverOver("a recording is not safe 10 min after the scenario's end")
        return False

    @property
    def evidence(self) -> Evidence:
        """What came of it, when it is over."""
        return evidence_of(self._world, self._moments)
