"""What a run is about, where that is not our own phone: which cases there are for it, and what plays them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import RunOptions
from phone_recorder.harness.scenario.case import Case


class UnderTest(Protocol):
    """A device under test."""

    @property
    def words(self) -> tuple[str, ...]:
        """Options of `phone-recorder test` that name it, for the command that plays something again."""

    @property
    def refused(self) -> Mapping[str, str]:
        """Options of a run that mean nothing with it, by name, and why."""

    def cases(self, paths: Sequence[Path]) -> tuple[Case, ...]:
        """Those that the user means. UsageError if there are none, or they are no good."""

    def run(self, cases: Sequence[Case], options: RunOptions) -> Iterator[Result]:
        """Each case's result as soon as it is there, in their order."""
