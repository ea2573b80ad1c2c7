"""A record server as a device under test: its cases, run as scenarios are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.conformance.run import CASES
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import RunOptions, repeated
from phone_recorder.harness.subjects.record_server import AGAIN, RecordServer, codecs_of
from tests.harness.conformance.faulty_server import FaultyServer

NOWHERE = ("127.0.0.1", 9)


def run(server: RecordServer, *names: str, **options: object) -> list[Result]:
    cases = [case for case in server.cases(()) if case.name.removeprefix("server/") in names]
    return list(server.run(cases, replace(RunOptions(7, Path()), **options)))  # type: ignore[arg-type]


def test_its_cases_are_the_control_cases_and_are_found_by_its_address() -> None:
    cases = RecordServer(("::1", 10000)).cases(())
    assert len(cases) == len(CASES)
    assert {str(case.path) for case in cases} == {"--server=[::1]:10000"}


def test_no_scenario_is_for_a_server() -> None:
    with pytest.raises(UsageError, match="--server brings its own cases: name no scenarios"):
        RecordServer(NOWHERE).cases([Path("a.scenario.yaml")])


def test_what_plays_it_again_names_all_of_it() -> None:
    server = RecordServer(NOWHERE, Path("kept here"), "PCMU,PCMA")
    assert server.words == ("--server=127.0.0.1:9", "--stored=kept here", "--codecs=PCMU,PCMA")


@pytest.mark.live
@pytest.mark.parametrize(("fault", "outcome"), [("", "passed"), ("leaves the result out", "failed")])
def test_a_fault_is_a_case_that_failed(fault: str, outcome: str, tmp_path: Path) -> None:
    with FaultyServer(tmp_path, fault) as address:
        [result] = run(RecordServer(address, tmp_path), "takes a recording")
    assert result.outcome == outcome


@pytest.mark.live
@pytest.mark.parametrize(("codecs", "outcome"), [("", "failed"), ("PCMU,PCMA", "passed")])
def test_only_codecs_that_it_should_take_are_asked_for(codecs: str, outcome: str, tmp_path: Path) -> None:
    with FaultyServer(tmp_path, "knows no G722") as address:
        [result] = run(RecordServer(address, None, codecs), "takes each codec")
    assert result.outcome == outcome


@pytest.mark.live
def test_what_it_stores_is_looked_at_where_that_can_be_seen(tmp_path: Path) -> None:
    fault = "stores all but the last packet"
    with FaultyServer(tmp_path, fault) as address:
        [unseen] = run(RecordServer(address), "stores what was sent")
        [seen] = run(RecordServer(address, tmp_path), "stores what was sent")
    assert (unseen.outcome, seen.outcome) == ("skipped", "failed")
    assert unseen.why.endswith("name the directory where this server stores, with --stored DIR")


def test_it_stops_at_the_first_that_failed() -> None:
    names = ("takes a recording", "takes rtp")
    assert [result.outcome for result in run(RecordServer(NOWHERE), *names)] == ["failed", "failed"]
    assert [result.outcome for result in run(RecordServer(NOWHERE), *names, stop=True)] == ["failed"]


def test_a_repetition_is_the_same_case_with_another_seed() -> None:
    server = RecordServer(NOWHERE)
    cases = repeated([case for case in server.cases(()) if case.name == "server/takes rtp"], 2)
    results = list(server.run(cases, RunOptions(7, Path())))
    assert [result.case.name for result in results] == ["server/takes rtp", "server/takes rtp #2"]
    assert len({result.seed for result in results}) == 2
    assert not any(AGAIN in name for name in CASES)


def test_an_error_of_ours_is_trouble_and_not_the_servers() -> None:
    server = RecordServer(NOWHERE)
    [case] = [case for case in server.cases(()) if case.name == "server/takes rtp"]
    [result] = server.run([replace(case, name="server/of no such name")], RunOptions(7, Path()))
    assert (result.outcome, result.why) == ("trouble", "KeyError: 'of no such name'")


def test_codecs_are_names_between_commas() -> None:
    assert codecs_of("pcmu, G722") == ("PCMU", "G722")
    assert codecs_of("") == ()
    with pytest.raises(UsageError, match=r"^--codecs PCMX: there is no codec .PCMX.: choose from PCMU, PCMA, G722$"):
        codecs_of("PCMX")
