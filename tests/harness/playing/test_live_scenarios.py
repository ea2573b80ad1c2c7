"""Scenarios of the catalogue under both clocks: what they expect is so in real time too."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.harness.runner.collecting import collect
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import RunOptions, run

CATALOGUE = Path(__file__).parents[2] / "scenarios"
SCENARIOS = [
    "control/C1-hang-up-while-the-start-is-pending",
    "control/C2-start-stop-start-within-a-second-on-a-stick",
    "control/C5-automatic-recording-of-each-call",
    "control/C5-every-call-is-recorded",
    "control/C8-server-restarts",
    "drive/S2-full-in-mid-recording",
    "drive/S3-pulled-out-in-mid-recording",
    "drive/S8-supported-file-systems",
    "media/M2-g722-is-recorded-at-its-speed",
    "media/M9-phone-stands-still",
    "media/M10-late-packets-do-not-make-it-longer",
    "media/M13-ssrc-changes",
    "media/M14-digits-are-no-audio",
    "media/M18-headers-with-everything",
]
AT_ONCE = 8
"""They wait most of the time."""

Results = dict[str, list[Result]]


def results(place: Path, live: bool) -> Results:
    """Those of each scenario's cases."""
    cases = collect([CATALOGUE / f"{name}.scenario.yaml" for name in SCENARIOS])
    by_name: Results = {}
    for result in run(cases, RunOptions(seed=7, place=place, jobs=AT_ONCE if live else 1, live=live)):
        by_name.setdefault(result.case.path.name, []).append(result)
    return by_name


@pytest.fixture(scope="module")
def in_real_time(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return results(tmp_path_factory.mktemp("live"), live=True)


@pytest.fixture(scope="module")
def under_the_virtual_clock(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return results(tmp_path_factory.mktemp("virtual"), live=False)


@pytest.mark.live
@pytest.mark.parametrize("clock", ["in_real_time", "under_the_virtual_clock"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_passes_under_both_clocks(name: str, clock: str, request: pytest.FixtureRequest) -> None:
    played: Results = request.getfixturevalue(clock)
    told = [
        (result.case.name, result.outcome, result.why, *map(str, result.failures))
        for result in played[Path(f"{name}.scenario.yaml").name]
    ]
    assert told and told == [(case, "passed", "") for case, *_ in told]
