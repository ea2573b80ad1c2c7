"""Scenarios at real agents: one that is started for each case, and one that runs; and what is broken on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.adapters.agent_process import STICK, own_agent
from phone_recorder.errors import AgentUnreachable
from phone_recorder.harness.judging.judge import judge
from phone_recorder.harness.runner.one_case import Engine, Trial, try_case
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import RunOptions
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.scenario.reading import read_cases
from phone_recorder.harness.subjects.agent import AUTO, RealAgent
from phone_recorder.harness.subjects.agent_answers import CheckedAgent
from phone_recorder.harness.subjects.agent_play import AgentPlay, Ground
from phone_recorder.harness.subjects.agent_settings import Asks
from phone_recorder.harness.subjects.call_clock import CallClock
from tests.adapters.short_path import short_path
from tests.agent.agent_process import agent_process

SPEECH = Path(__file__).parents[3] / "fixtures" / "speech"
LOCAL = f"""\
scenario: An agent records a call to its stick
call: {{length: 3 s}}
near: {SPEECH / "near_en.wav"}
far: {SPEECH / "far_en.wav"}
steps:
  - {{at: 500 ms, press: record}}
  - {{at: 2.5 s, press: record}}
expect:
  - {{at: 2.3 s, screen: {{icon: recording, lamp: on, prompt: Recording, timer: 500 ms to 1.9 s}}}}
  - {{at: 1.5 s, state: {{key: recording, call: connected}}}}
  - state: {{key: idle, call: ended}}
  - files: {{count: 1, duration: 2 s ± 60 ms, codec: PCMU, whole: true}}
  - account: {{state: recorded, streams.near.lost: 0, streams.far.lost: 0}}
  - audio: {{contains: "near, far between 500 ms and 1.9 s"}}
"""
TO_SERVER = LOCAL.replace("call: {", "phone: {settings: {record.mode: network, record.codec: PCMA}}\ncall: {").replace(
    "codec: PCMU", "codec: PCMA"
) + (
    "  - control: [sent RecordStartRequest codec=PCMA, received RecordStartResponse result=success,\n"
    "      sent RecordStopRequest, received RecordStopResponse result=success]\n"
)
REFUSED = """\
scenario: An agent shows why it was refused, and then is not
phone: {settings: {record.mode: network}}
server: refuse no licence
call: {length: 5 s}
steps:
  - {at: 0 s, press: record}
  - {at: 2 s, server: ours}
  - {at: 2 s, press: record}
expect:
  - {at: 1.9 s, screen: {icon: failed, prompt: no licence, lamp: off}}
  - {at: 4.8 s, screen: {icon: recording}}
"""
WHAT_ELSE = """\
scenario: Holds, pauses, strangers and settings reach an agent too
subject: agent
call: {length: 4 s}
steps:
  - {at: 0 s, settings: {record.pause: silence}}
  - {at: 0 s, press: start}
  - {at: 500 ms, rtp: wrong source 10 packets}
  - {at: 1 s, call: hold}
  - {at: 1.5 s, call: resume}
  - {at: 2 s, press: pause}
  - {at: 2.5 s, press: resume}
  - {at: 3 s, call: hang up}
expect:
  - {at: 1.2 s, state: {call: held}}
  - {at: 2.2 s, state: {key: paused}}
  - {at: 3.5 s, state: {key: idle, call: ended}}
  - account: {foreign: 10, gaps_s.far: 500 ms ± 60 ms, paused_s: 500 ms ± 60 ms}
"""


def case_of(text: str, tmp_path: Path) -> Case:
    path = tmp_path / "a.scenario.yaml"
    path.write_text(text)
    [case] = read_cases(path)
    return case


def played(text: str, tmp_path: Path, agent: RealAgent | None = None) -> Result:
    case = case_of(text, tmp_path)
    [result] = (agent or RealAgent(AUTO)).run([case], RunOptions(7, tmp_path / "played"))
    return result


def said_of(result: Result) -> tuple[str, list[str]]:
    return result.outcome, [*map(str, result.failures), *([result.why] if result.why else [])]


@pytest.mark.live
@pytest.mark.parametrize("text", [LOCAL, TO_SERVER, REFUSED], ids=["local", "server", "refused"])
def test_what_our_own_phone_passes_an_agent_passes(text: str, tmp_path: Path) -> None:
    assert said_of(played(text, tmp_path)) == ("passed", [])


@pytest.mark.live
def test_hold_pause_strangers_settings_and_the_end_reach_it(tmp_path: Path) -> None:
    assert said_of(played(WHAT_ELSE, tmp_path)) == ("passed", [])


@pytest.mark.live
@pytest.mark.parametrize("text", [LOCAL, TO_SERVER], ids=["local", "server"])
def test_an_agent_that_runs_is_played_and_has_its_own_settings_afterwards(text: str, tmp_path: Path) -> None:
    with short_path() as home, agent_process(home, "record.codec=G722", "server.host=192.0.2.1") as agent:
        (agent.stick / "Record_20200101000000.wav").write_bytes(b"what was there before is nobody's")
        result = played(text, tmp_path, RealAgent(str(agent.socket), agent.stick))
        values = {one["key"]: one["value"] for one in agent.ask("settings.list")["settings"]}
    assert said_of(result) == ("passed", [])
    assert (values["record.codec"], values["server.host"]) == ("G722", "192.0.2.1")


@pytest.mark.live
def test_where_recordings_are_not_seen_the_case_is_skipped(tmp_path: Path) -> None:
    with short_path() as home, agent_process(home) as agent:
        result = played(LOCAL, tmp_path, RealAgent(str(agent.socket)))
    assert result.outcome == "skipped" and "--recordings" in result.why


@pytest.mark.live
def test_a_stick_that_is_full_fails(tmp_path: Path) -> None:
    outcome, said = said_of(played(LOCAL.replace("call: {", "stick: {size: 1 MiB}\ncall: {"), tmp_path))
    assert outcome == "failed"
    assert any("screen icon recording: it is failed" in line for line in said)
    assert any("files count 1" in line for line in said)


class Broken:
    """An agent between which and the phone's program somebody changes what is answered."""

    def __init__(self, agent: Asks, change: Callable[[str, dict[str, Any]], dict[str, Any]]) -> None:
        self._agent = agent
        self._change = change

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        return self._change(method, self._agent.ask(method, params))


def played_broken(tmp_path: Path, change: Callable[[str, dict[str, Any]], dict[str, Any]]) -> Result:
    def play(case: Case, seed: int, place: Path, keep: bool = False) -> Any:
        with own_agent(place, {}, 64 << 20) as agent:
            ground = Ground(CheckedAgent(Broken(agent, change)), CallClock(), place / STICK, None)
            return asyncio.run(AgentPlay(case, seed, ground, keep).run())

    return try_case(Trial(case_of(LOCAL, tmp_path), 7, tmp_path / "played"), Engine(play, judge, live=True))


@pytest.mark.live
def test_a_leg_whose_rtp_never_arrives_fails(tmp_path: Path) -> None:
    def deaf(method: str, answer: dict[str, Any]) -> dict[str, Any]:
        return {**answer, "ports": {**answer["ports"], "far": 9}} if method == "call.start" else answer

    outcome, said = said_of(played_broken(tmp_path, deaf))
    assert outcome == "failed"
    assert any("audio contains near, far" in line and "far has a likeness of 0.0" in line for line in said)


@pytest.mark.live
def test_an_account_that_says_otherwise_fails(tmp_path: Path) -> None:
    def lies(method: str, answer: dict[str, Any]) -> dict[str, Any]:
        shown = [{**one, "state": "cut short"} for one in answer.get("recordings", ())]
        return {**answer, "recordings": shown} if shown else answer

    outcome, said = said_of(played_broken(tmp_path, lies))
    assert outcome == "failed"
    assert any("account state recorded: it is" in line for line in said)


@pytest.mark.live
def test_an_agent_that_is_gone_before_the_end_has_failed_in_one_line(tmp_path: Path) -> None:
    def dies(method: str, answer: dict[str, Any]) -> dict[str, Any]:
        if method == "record.press":
            raise AgentUnreachable("the agent has closed the connection")
        return answer

    assert said_of(played_broken(tmp_path, dies)) == (
        "failed",
        ["what is tested goes on to the end: the agent has closed the connection"],
    )


def test_without_an_agent_nothing_is_played(tmp_path: Path) -> None:
    with pytest.raises(AgentUnreachable, match="no agent answers at"):
        played(LOCAL, tmp_path, RealAgent(str(tmp_path / "none.sock")))


def test_what_plays_it_again_names_all_of_it() -> None:
    assert RealAgent("auto").words == ("--agent=auto",)
    assert RealAgent("/run/a.sock", Path("/media/stick")).words == (
        "--agent=/run/a.sock",
        "--recordings=/media/stick",
    )
