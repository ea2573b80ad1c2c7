"""A case played under the virtual clock: the same case and the same seed leave the same evidence."""

from __future__ import annotations

from pathlib import Path

from phone_recorder.harness.evidence import Evidence
from phone_recorder.harness.playing.course import Course
from phone_recorder.harness.playing.means import virtual_means
from phone_recorder.harness.playing.world import World
from phone_recorder.harness.scenario.case import Case


def play(case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
    """Play it in `place`, an empty directory for its stick and its server; with `keep` every packet is kept.

    Steps and expectations have their exact instants; of those at one instant the steps come first. UsageError or
    AudioFileError if the case asks for what cannot be, NeverOver if it is not over 10 minutes after its end.
    """
    with World(case, seed, place, virtual_means(case), keep) as world:
        world.begin()
        course = Course(world)
        for instant in course.instants:
            world.pass_to(instant)
            course.act(instant)
            if course.is_looked_at(instant):
                course.look(instant)
        course.end()
        while not course.over:
            world.pass_to(world.next_tick)
        return course.evidence
