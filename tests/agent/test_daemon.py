from __future__ import annotations

import re
import socket
import threading
import wave
from pathlib import Path

import pytest

from phone_recorder import control_api as api
from phone_recorder.adapters.record_reader import open_record
from phone_recorder.agent.ending import ENDING, SAVING_S
from phone_recorder.agent.signs import Signs
from phone_recorder.errors import UsageError
from phone_recorder.settings.agent import AgentSettings
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_texts
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import HEADER_SIZE
from tests.agent.daemon_rig import Rig, plan_in, rigged
from tests.agent.numbered_legs import FRAME
from tests.agent.recorded_legs import recorded
from tests.agent.stub_server import ANSWERS


def has_file(rig: Rig, call: str = "") -> bool:
    """Whether the recording that runs has a file, and a crash would know of it."""
    calls = [one for one in rig.state["calls"] if call in ("", one["told"]["id"])]
    return any(one["recording"] and one["recording"]["parts"] for one in calls)


def test_a_call_is_recorded_between_two_keys_and_the_file_is_whole(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        call = rig.begin(remote_number="1002")
        assert call.current and list(call.ports) == ["mixed"]
        assert rig.press("record").key == "recording"
        rig.send(call, 50)
        rig.until(lambda: recorded_in(rig) == 50)
        rig.press("record")
        rig.until(lambda: account(rig)["state"] == "recorded")
        assert rig.ask(api.FinishCall()).state == "ended"
        assert rig.ask(api.ListCalls()).calls == []
        found = recorded(rig.files)
        assert found.broken == 0 and list(found.legs["near"].numbers) == list(range(50))


def account(rig: Rig, call: str = "") -> dict[str, object]:
    """Of the recording that was begun last."""
    state: api.RecordState = rig.ask(api.GetRecording(call))
    return state.recordings[-1]


def recorded_in(rig: Rig) -> int:
    """Frames in the files, that being written too, that are no silence."""
    data = b"".join(path.read_bytes()[HEADER_SIZE:] for path in rig.files)
    return sum(data[at : at + FRAME] != PCMU.silence(FRAME) for at in range(0, len(data), FRAME))


def test_nothing_of_a_call_that_is_not_recorded_is_due(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        call = rig.begin()
        rig.send(call, 10)
        rig.settle()
        assert rig.agent.calls.due is None
        rig.press("start")
        assert rig.agent.calls.due is not None
        rig.press("stop")
        rig.until(lambda: rig.agent.calls.due is None)


def test_calls_that_are_to_be_recorded_are_from_their_begin(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path, "record.auto=on")) as rig:
        assert rig.begin().current
        assert rig.ask(api.GetRecording()).key == "recording"


def test_where_recording_is_off_no_key_begins_one(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path, "record.auto=on", "record.enabled=off")) as rig:
        rig.begin()
        state = rig.press("record")
        assert state.key == "idle" and state.recordings == [] and state.prompt


def test_recording_that_is_switched_off_in_a_call_can_be_stopped_and_not_begun(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        rig.begin()
        rig.press("start")
        rig.ask(api.SetSettings({"record.enabled": "off"}))
        assert rig.press("stop").key == "idle"
        assert rig.press("start").key == "idle"
        assert len(rig.ask(api.GetRecording()).recordings) == 1


def test_of_two_calls_the_key_is_for_the_newest_that_is_not_on_hold(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        first, second = rig.begin(), rig.begin()
        assert set(first.ports.values()).isdisjoint(second.ports.values())
        assert rig.press("start").call == second.id
        rig.ask(api.ChangeCall(second.id, held=True))
        assert rig.press("start").call == first.id
        rig.until(lambda: has_file(rig, first.id) and has_file(rig, second.id))
        assert len(rig.files) == 2
        rig.ask(api.FinishCall(first.id))
        assert rig.ask(api.GetRecording(second.id)).key == "recording"


def test_a_recording_is_saved_at_the_end_and_the_agent_does_not_wait_longer(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        call = rig.begin()
        rig.press("start")
        rig.send(call, 20)
        rig.until(lambda: recorded_in(rig) == 20)
        before = rig.reactor.now()
        rig.until_stopped()
        assert rig.reactor.now() - before < SAVING_S
        with open_record(rig.files[0]) as record:
            assert record.examination.problems == () and record.examination.complete


def answer_start_alone(listener: socket.socket) -> None:
    """A record server that says no more after its first answer, until the client leaves."""
    connection, _ = listener.accept()
    with connection:
        found = re.search(rb"&id=([^&]*)&", connection.recv(4096))
        assert found
        connection.sendall(ANSWERS[b"RecordStartRequest"] % (found[1], 9))
        while connection.recv(4096):
            pass


def test_a_recording_that_cannot_be_ended_is_waited_for_no_longer_than_that(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=answer_start_alone, args=(listener,), daemon=True).start()
    server = ("server.host=127.0.0.1", f"server.port={listener.getsockname()[1]}")
    with listener, rigged(plan_in(tmp_path, "record.mode=server", *server)) as rig:
        rig.begin()
        rig.press("start")
        rig.until(lambda: rig.ask(api.GetRecording()).icon == "recording")
        stopped = rig.stop()
        rig.settle()
        rig.reactor.skew_s += SAVING_S - 1
        rig.settle()
        assert not stopped
        rig.reactor.skew_s += 1
        rig.settle()
        assert stopped


def test_while_it_ends_nothing_is_begun(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        rig.begin()
        rig.stop()
        for request in (api.BeginCall(), api.PressRecord("start")):
            with pytest.raises(UsageError):
                rig.ask(request)
        with pytest.raises(UsageError, match=ENDING):
            rig.begin()


@pytest.mark.parametrize("resumes", [True, False])
def test_what_is_ended_with_the_agent_is_remembered_where_it_is_to_go_on(tmp_path: Path, resumes: bool) -> None:
    plan = plan_in(tmp_path, resumes=resumes)
    with rigged(plan) as rig:
        rig.begin()
        rig.press("start")
        rig.until(lambda: has_file(rig))
        before = rig.state
        stopped = rig.stop()
        rig.agent.show()  # as a drive that goes, or a client that asks, makes it
        rig.until(lambda: stopped)
        assert rig.state == before
    assert plan.state.exists() == resumes


def test_a_recording_that_was_cut_is_remembered_until_it_has_gone_on(tmp_path: Path) -> None:
    plan = plan_in(tmp_path, resumes=True)
    with rigged(plan) as rig:
        rig.begin()
        rig.press("start")
        rig.until(lambda: has_file(rig))
        before = rig.state["calls"][0]["recording"]
        rig.until_stopped()
    with rigged(plan) as rig:
        assert rig.state["calls"][0]["recording"] == before
        rig.until(lambda: rig.ask(api.GetRecording()).recordings)
        assert account(rig)["id"] == before["id"]


def test_after_an_error_of_its_own_what_was_recorded_is_saved_and_remembered(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    with rigged(plan) as rig:
        call = rig.begin()
        rig.press("start")
        rig.send(call, 20)
        rig.until(lambda: recorded_in(rig) == 20)
        before = rig.state
        rig.agent.fail()
        assert rig.state == before
        rig.agent.close()
        assert rig.state == before
    with open_record(rig.files[0]) as record:
        assert record.examination.problems == ()


def test_settings_that_are_read_again_hold_for_what_begins_then(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        rig.begin()
        rig.agent.reload(with_texts(PhoneSettings(), {"record.auto": "on", "agent.lamp": "no-such-lamp"}))
        assert rig.ask(api.GetRecording()).key == "idle"
        assert "no-such-lamp" in rig.ask(api.GetStatus()).problem and "no-such-lamp" in rig.said.getvalue()
        rig.begin()
        assert rig.ask(api.GetRecording()).key == "recording"
        rig.agent.reload(PhoneSettings())
        assert rig.ask(api.GetStatus()).problem == ""


@pytest.mark.parametrize("auto", ["on", "off"])
def test_a_lamp_that_could_not_be_had_is_tried_again_when_a_recording_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, auto: str
) -> None:
    used: list[AgentSettings] = []
    monkeypatch.setattr(Signs, "use", lambda _, settings: used.append(settings))
    with rigged(plan_in(tmp_path, "agent.lamp=late", f"record.auto={auto}")) as rig:
        rig.begin()
        rig.press("start")
        assert [one.lamp for one in used] == ["late", "late"]
        rig.press("stop")
        assert len(used) == 2


def test_no_secret_is_told_or_logged(tmp_path: Path) -> None:
    secret = "hunter2-of-1001"
    with rigged(plan_in(tmp_path, f"account.password={secret}")) as rig:
        rig.begin()
        asked = [api.GetStatus(), api.ListSettings(), api.SetSettings({"record.auto": "on"}), api.ListCalls()]
        told = [repr(rig.ask(request)) for request in asked]
        rig.agent.reload(rig.agent.settings)
        assert secret not in "".join(told) + rig.said.getvalue()
        assert "account." not in told[1] and "record.auto" in told[1]


def test_an_export_is_a_file_that_anybody_can_play(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        call = rig.begin()
        rig.press("start")
        rig.send(call, 50)
        rig.until(lambda: recorded_in(rig) == 50)
        rig.press("stop")
        rig.until(lambda: account(rig)["state"] == "recorded")
        [found] = rig.ask(api.ListRecordings()).recordings
        with wave.open(rig.ask(api.ExportRecording(found.name)).path) as exported:
            assert exported.getframerate() == 8000 and exported.getnframes() >= 8000


def test_a_setting_that_means_nothing_here_is_refused_and_none_is_taken(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        with pytest.raises(UsageError, match=r"account\.password means nothing to the agent"):
            rig.ask(api.SetSettings({"record.codec": "PCMA", "account.password": "secret"}))
        assert rig.agent.settings.record.codec == "PCMU"


def test_a_port_that_is_recorded_and_to_which_nothing_comes_is_told(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        call = rig.begin(rtp="mixed")
        rig.reactor.skew_s += 4
        assert rig.ask(api.GetStatus()).problem == ""  # nobody records it
        rig.press("start")
        assert rig.ask(api.GetStatus()).problem == ""
        rig.reactor.skew_s += 4
        said = f"no RTP comes to port {call.ports['mixed']} (mixed) of call 1: send it PCMU, PCMA or G722 there"
        assert rig.ask(api.GetStatus()).problem == said
        rig.ask(api.ChangeCall(held=True))
        assert rig.ask(api.GetStatus()).problem == ""
