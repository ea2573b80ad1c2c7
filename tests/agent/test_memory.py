"""What is kept of calls and recordings for the case of a crash, and what of a file is believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from phone_recorder import control_api as api
from phone_recorder.adapters.state_file import MAX_SIZE
from phone_recorder.agent.calls import MOST_CALLS, Calls
from phone_recorder.agent.memory import (
    MOST_FAULTS,
    Kept,
    KeptCall,
    KeptRecording,
    SoFar,
    decode,
    encode,
    kept_of,
    lasting,
)
from phone_recorder.errors import ServerLost
from phone_recorder.recording.account import Fault, Health
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.recorder import RetryPolicy
from tests.agent.call_rig import STRANGER, CallRig, files, packet, said
from tests.recording.sink import Sink
from tests.recording.streams import FRAME, SECOND

BOOT = "b00t"
SO_FAR = SoFar(4000, 3, 2, {"near": 320, "far": 160}, ((160, "a bad sector"),))
RECORDING = KeptRecording("ab" * 16, "local", "PCMU", "2024-01-31T12:00:00", 800, 160, True, ("Record_1.wav",), SO_FAR)
CALL = api.ObservedCall(state="held", number="1002", name="Zoë", id="3", host="127.0.0.1", ports={"mixed": 40000})
KEPT = Kept(BOOT, 4, (KeptCall(CALL, 77, RECORDING), KeptCall(api.ObservedCall(id="4", host="::1"), 78)))


def recorded(stick: Path, **rig: Any) -> tuple[CallRig, Calls]:
    """A call with packets of ten seconds, whose recording begins at once."""
    calls, made = Calls(), CallRig(stick, **rig)
    calls.count_from(int(made.call.id))
    calls.add(made.call)
    made.talk("mixed", range(500))
    made.press(0)
    return made, calls


def kept(calls: Calls) -> KeptRecording | None:
    [call] = decode(encode(kept_of(calls, BOOT)), BOOT).calls
    return call.recording


def test_what_is_kept_comes_back_as_it_was() -> None:
    assert decode(encode(KEPT), BOOT) == KEPT


@pytest.mark.parametrize(("written", "now"), [(BOOT, "other"), (BOOT, ""), ("", "")])
def test_nothing_is_believed_that_may_be_of_before_a_reboot(written: str, now: str) -> None:
    assert decode(encode(Kept(written, 3, KEPT.calls)), now) == Kept(now)


def test_a_file_that_was_cut_anywhere_says_nothing() -> None:
    data = encode(KEPT)
    assert all(decode(data[:size], BOOT) == Kept(BOOT) for size in range(len(data)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"\xff\xfe{}",
        b"null",
        b"[" * MAX_SIZE,
        b'{"boot":' * (MAX_SIZE // 8),
        b'{"boot":"b00t","calls":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
        b"9" * MAX_SIZE,
        b'"' + b"x" * MAX_SIZE,
    ],
    ids=range(9),
)
def test_hostile_json_says_nothing(data: bytes) -> None:
    assert decode(data, BOOT) == Kept(BOOT)


def changed(path: str, value: object) -> bytes:
    """The file with something else in one place."""
    document = json.loads(encode(KEPT))
    place, *keys = document, *path.split(".")
    for key in keys[:-1]:
        place = place[int(key) if isinstance(place, list) else key]
    place[int(keys[-1]) if isinstance(place, list) else keys[-1]] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("boot", 7),
        ("counted", "3"),
        ("counted", -1),
        ("counted", 1e300),
        ("counted", 10**40),
        ("calls", {}),
        ("calls.0", None),
        ("calls.0.began", -1),
        ("calls.0.began", 1 << 62),
        ("calls.0.told.rtp", "both"),
        ("calls.0.told.state", "lost"),
        ("calls.0.told.ports", ["mixed"]),
        ("calls.0.told.ports.mixed", 0),
        ("calls.0.told.ports.mixed", -5),
        ("calls.0.told.ports.mixed", 65536),
        ("calls.0.told.host", "a\0b"),
        ("calls.0.told.host", "example.com"),
        ("calls.0.told.host", ""),
        ("calls.1.told.id", "3"),
        ("calls.0.recording", []),
        ("calls.0.recording.kept", -160),
        ("calls.0.recording.instant", "now"),
        ("calls.0.recording.paused", 1),
        ("calls.0.recording.parts", "Record_1.wav"),
        ("calls.0.recording.parts", [1]),
        ("calls.0.recording.so_far", None),
        ("calls.0.recording.so_far.paused", -1),
        ("calls.0.recording.so_far.foreign", "3"),
        ("calls.0.recording.so_far.gaps", 10**40),
        ("calls.0.recording.so_far.gap_units", [320]),
        ("calls.0.recording.so_far.gap_units.near", -320),
        ("calls.0.recording.so_far.faults", [[-1, "a bad sector"]]),
        ("calls.0.recording.so_far.faults", [[160, 7]]),
        ("calls.0.recording.so_far.faults", [[160, "a bad sector"]] * (MOST_FAULTS + 1)),
    ],
)
def test_what_cannot_be_is_not_believed(path: str, value: object) -> None:
    assert decode(changed(path, value), BOOT) == Kept(BOOT)


def test_more_calls_than_there_can_be_are_not_believed() -> None:
    calls = [json.loads(encode(KEPT))["calls"][1] | {"began": number} for number in range(MOST_CALLS + 1)]
    assert decode(changed("calls", calls), BOOT) == Kept(BOOT)


def test_what_another_version_has_added_does_no_harm() -> None:
    assert decode(changed("calls.0.told.colour", "red"), BOOT) == KEPT


def test_what_an_older_version_has_not_counted_is_nothing() -> None:
    document = json.loads(encode(KEPT))
    del document["calls"][0]["recording"]["so_far"]
    [call, _] = decode(json.dumps(document).encode(), BOOT).calls
    assert call.recording == msgspec.structs.replace(RECORDING, so_far=SoFar())


def test_a_call_that_is_not_recorded_is_kept_alone(tmp_path: Path) -> None:
    rig, calls = CallRig(tmp_path, began=5), Calls()
    calls.add(rig.call)
    calls.count_from(9)
    assert kept_of(calls, BOOT) == Kept(BOOT, 9, (KeptCall(rig.call.told(5), 5),))


def test_what_runs_is_kept_with_the_names_of_its_files_and_the_last_key(tmp_path: Path) -> None:
    rig, calls = recorded(tmp_path, size_limit=76 + 100 * FRAME)
    rig.until(250 * FRAME)
    names = tuple(path.name for path in files(tmp_path))
    assert len(names) == 3
    assert kept(calls) == KeptRecording("1.1", "local", "PCMU", "", 0, 0, False, names)
    rig.press(260 * FRAME + 1, Event.PAUSE)
    paused = kept(calls)
    assert paused and (paused.instant, paused.kept, paused.paused) == (260 * FRAME, 260 * FRAME, True)
    rig.press(300 * FRAME, Event.RESUME)
    resumed = kept(calls)
    assert resumed and (resumed.instant, resumed.kept, resumed.paused) == (300 * FRAME, 260 * FRAME, False)
    rig.press(310 * FRAME)
    assert kept(calls) is None


def test_what_does_not_change_is_not_written_anew_with_each_tick(tmp_path: Path) -> None:
    rig, calls = recorded(tmp_path)
    rig.until(SECOND)
    before = kept_of(calls, BOOT)
    rig.until(5 * SECOND)
    assert kept_of(calls, BOOT) == before


def test_what_is_counted_is_kept_and_is_alone_no_reason_to_write(tmp_path: Path) -> None:
    rig, calls = CallRig(tmp_path), Calls()
    calls.add(rig.call)
    calls.count_from(1)
    rig.talk("mixed", [*range(20), *range(30, 500)])
    rig.ports["mixed"].send(SECOND, packet(1, said(1)), STRANGER)
    rig.press(0)
    rig.press(100 * FRAME, Event.PAUSE)
    rig.press(150 * FRAME + 1, Event.RESUME)
    rig.press(200 * FRAME, Event.PAUSE)
    before = kept_of(calls, BOOT)
    rig.ports["mixed"].send(5 * SECOND, packet(1, said(1)), STRANGER)
    rig.until(6 * SECOND)
    # The pause that goes on is counted again by who takes over.
    recording = kept(calls)
    assert recording and recording.so_far == SoFar(51 * FRAME, 2, 1, {"mixed": 10 * FRAME})
    assert before != kept_of(calls, BOOT) and lasting(before) == lasting(kept_of(calls, BOOT))
    rig.press(6 * SECOND, Event.RESUME)
    assert lasting(before) != lasting(kept_of(calls, BOOT))


def test_of_many_faults_the_newest_are_kept_whatever_they_name(tmp_path: Path) -> None:
    rig, calls = recorded(tmp_path)
    rig.until(SECOND)
    rig.account.health = Health(faults=tuple(Fault(number, f"{number} \udcff") for number in range(100)))
    recording = kept(calls)
    assert recording
    assert recording.so_far.faults == tuple((number, f"{number} ?") for number in range(100 - MOST_FAULTS, 100))


def test_a_recording_that_waits_for_its_server_is_kept_too(tmp_path: Path) -> None:
    rig, calls = recorded(
        tmp_path, destination=lambda _: Sink("open", ServerLost("gone")), retry=RetryPolicy(1, 100 * SECOND)
    )
    waits = kept(calls)
    assert waits and (waits.id, waits.paused) == ("1.1", False)
    rig.press(SECOND, Event.PAUSE)
    paused = kept(calls)
    assert paused and paused.paused


def test_names_that_are_no_utf_8_do_not_stop_the_agent(tmp_path: Path) -> None:
    stick = tmp_path / "\udcff"
    stick.mkdir()
    rig, calls = recorded(stick)
    rig.until(SECOND)
    found = kept(calls)
    assert found and found.parts == tuple(path.name for path in files(stick))


@pytest.mark.parametrize(("name", "counted"), [("5", 4), ("0", 4), ("01", 4), ("x", 4), ("", 4), ("1", 0), ("٣", 4)])
def test_a_name_that_was_never_given_is_not_believed(name: str, counted: int) -> None:
    calls = (KeptCall(msgspec.structs.replace(CALL, id=name), 77),)
    assert decode(encode(Kept(BOOT, counted, calls)), BOOT) == Kept(BOOT)
