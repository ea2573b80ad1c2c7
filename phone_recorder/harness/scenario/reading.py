"""From a scenario's file to its cases."""

from __future__ import annotations

from pathlib import Path

from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.expanding import expand
from phone_recorder.harness.scenario.including import read_with_includes
from phone_recorder.harness.scenario.making import make_case


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of the file, in the order of its matrix.

    UsageError: `FILE:LINE: key: what is wrong: what to write instead`. It is about the first thing that is wrong, and
    names the included file if it is there.
    """
    return tuple(make_case(tree, path, name) for name, tree in expand(read_with_includes(path), path))
