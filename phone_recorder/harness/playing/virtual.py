"""A case played under the virtual clock: the same case and the same seed leave the same evidence."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from phone_recorder.errors import PhoneRecorderError
from phone_recorder.harness.evidence import Evidence, Moment
from phone_recorder.harness.playing.probe import evidence_of, moment_of
from phone_recorder.harness.playing.world import World
from phone_recorder.harness.scenario.actions import Step
from phone_recorder.harness.scenario.case import Case
from phone_recorder.recording.units import from_seconds

PATIENCE = from_seconds(600)
"""So long after its end a case may take until all is safe."""


class NeverOver(PhoneRecorderError):
    """A case does not come to its end."""


def play(case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
    """Play it in `place`, an empty directory for its stick and its server; with `keep` every packet is kept.

    Steps and expectations have their exact instants; of those at one instant the steps come first. UsageError or
    AudioFileError if the case asks for what cannot be, NeverOver if it is not over 10 minutes after its end.
    """
    with World(case, seed, place, keep) as world:
        world.begin()
        moments = _through(world, case)
        _to_its_end(world)
        return evidence_of(world, moments)


def _through(world: World, case: Case) -> dict[int, Moment]:
    """All steps, and what is so at each instant that an expectation is for."""
    steps: dict[int, list[Step]] = defaultdict(list)
    for step in case.steps:
        steps[step.at].append(step)
    looks = {expectation.at for expectation in case.expected if expectation.at is not None}
    moments = {}
    for instant in sorted({*steps, *looks}):
        world.pass_to(instant)
        for step in steps.get(instant, ()):
            world.act(step)
        if instant in looks:
            moments[instant] = moment_of(world)
    return moments


def _to_its_end(world: World) -> None:
    """Until every call is over, and every recording safe."""
    call = world.phone.call
    if call and call.rings:
        call.hang_up()
    ends = [one.recorded.end for one in world.phone.calls if one.recorded]
    latest = max(world.clock.now(), *ends, 0) + PATIENCE
    while not world.over:
        if world.clock.now() > latest:
            raise NeverOver("a recording is not safe 10 min after the scenario's end: report this as an error")
        world.pass_to(world.next_tick)
