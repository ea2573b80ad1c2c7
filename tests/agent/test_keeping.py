from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from phone_recorder import control_api as api
from phone_recorder.agent.keeping import Keeping
from phone_recorder.agent.memory import KeptCall, KeptRecording
from tests.agent.daemon_rig import Rig, plan_in, rigged

CUT = KeptRecording("ab" * 16, "local", "PCMU", "2024-01-31T12:00:00", 8000, 0, False, ("Record_20240131120000.wav",))


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """An agent with one call, of which nothing is recorded."""
    with rigged(plan_in(tmp_path)) as rig:
        rig.begin()
        yield rig


def keeping(rig: Rig, home: Path, resumes: bool = False) -> Keeping:
    """In a file of its own, beside the agent's."""
    (home / "other").mkdir(exist_ok=True)
    return Keeping(plan_in(home / "other", resumes=resumes), rig.agent.calls, rig.reactor)


def state(home: Path) -> Any:
    path = home / "other" / "run" / "agent.state"
    return msgspec.json.decode(path.read_bytes()) if path.exists() else None


def put_cut(home: Path) -> None:
    """The call had a recording when the agent was killed."""
    told = state(home)
    [call] = told["calls"]
    kept = KeptCall(api.ObservedCall(**call["told"]), call["began"], CUT)
    told["calls"] = [msgspec.to_builtins(kept)]
    (home / "other" / "run" / "agent.state").write_bytes(msgspec.json.encode(told))


def test_what_is_remembered_is_read_by_the_next_one(rig: Rig, tmp_path: Path) -> None:
    assert keeping(rig, tmp_path).read().calls == ()
    keeping(rig, tmp_path).remember()
    [call] = keeping(rig, tmp_path).read().calls
    assert call.told.id == "1" and call.recording is None


def test_a_recording_that_has_not_gone_on_yet_is_remembered_as_it_was(rig: Rig, tmp_path: Path) -> None:
    keeping(rig, tmp_path).remember()
    put_cut(tmp_path)
    again = keeping(rig, tmp_path)
    again.read()
    again.remember()
    assert state(tmp_path)["calls"][0]["recording"]["id"] == CUT.id
    rig.press("start")
    again.remember()
    assert state(tmp_path)["calls"][0]["recording"]["id"] != CUT.id


def test_an_error_of_ours_before_it_went_on_gives_it_up(rig: Rig, tmp_path: Path) -> None:
    """Else the agent could end again and again of what it reads there."""
    keeping(rig, tmp_path).remember()
    put_cut(tmp_path)
    again = keeping(rig, tmp_path)
    again.read()
    again.fail()
    again.close()
    assert state(tmp_path)["calls"][0]["recording"] is None


def test_an_end_in_order_is_remembered_only_where_it_is_to_go_on(rig: Rig, tmp_path: Path) -> None:
    for resumes in (True, False):
        kept = keeping(rig, tmp_path, resumes)
        kept.remember()
        kept.end()
        rig.ask(api.FinishCall())
        kept.remember()
        assert len(state(tmp_path)["calls"]) == 1
        kept.close()
        assert (state(tmp_path) is not None) == resumes
        rig.begin()


def test_what_is_counted_is_written_with_what_changes_and_at_the_end(rig: Rig, tmp_path: Path) -> None:
    """Each tick of a recording of which nothing comes has more silence."""
    rig.press("start")
    [call] = rig.agent.calls
    rig.until(lambda: call.session and call.session.destination.parts)
    kept = keeping(rig, tmp_path, resumes=True)
    kept.remember()
    rig.reactor.skew_s += 5.0
    rig.until(lambda: call.recorder.accounts[0].gaps.count)
    kept.remember()
    assert state(tmp_path)["calls"][0]["recording"]["so_far"]["gaps"] == 0
    kept.end()
    assert state(tmp_path)["calls"][0]["recording"]["so_far"]["gaps"] == 1


def test_a_thread_that_begins_a_file_goes_on_when_it_is_remembered(rig: Rig, tmp_path: Path) -> None:
    kept = keeping(rig, tmp_path)
    thread = threading.Thread(target=kept.part_begun)
    thread.start()
    rig.until(lambda: not thread.is_alive())
    assert state(tmp_path) is not None


def test_a_thread_that_begins_a_file_at_the_end_waits_for_nobody(rig: Rig, tmp_path: Path) -> None:
    kept = keeping(rig, tmp_path)
    kept.end()
    kept.part_begun()
    assert state(tmp_path) is None
