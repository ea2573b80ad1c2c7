"""The program in live calls, several at once, whose drive fails or stalls: what the user sees, and what is kept."""

from __future__ import annotations

import errno
import resource
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.call import Document, audio, document, icons
from tests.system.aftermath import SECOND, in_order, look, until
from tests.system.conftest import Reliability
from tests.system.fault_fs import CHANGES, Fault, FaultyDrive, fault_fs, stalled_for_ever
from tests.system.live_calls import LiveCall, began_at, live_call, lost_s, options, seen_s

pytestmark = [pytest.mark.peer, pytest.mark.live]

DURATION_S = 4.0
SHORT_S = 2.4
"""Of a call in which nothing has to be waited for."""
SHORT = round(SHORT_S * SECOND)
STALL_S = 2.0

ERRORS = {
    "EIO": (errno.EIO, "I/O error"),
    "ENODEV": (errno.ENODEV, "no such device"),
    "EROFS": (errno.EROFS, "read-only"),
    "ENOSPC": (errno.ENOSPC, "no space left"),
}
STALLS_IN_THE_MIDDLE = ("write", "fsync", "opendir", "statfs")
STALLS_AT_THE_START = ("create", "fsyncdir")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def drives(stack: ExitStack, directory: Path, names: tuple[str, ...]) -> dict[str, FaultyDrive]:
    for name in names:
        (directory / name).mkdir()
    return {name: stack.enter_context(fault_fs(directory / name)) for name in names}


def call_on(
    stack: ExitStack, drive: FaultyDrive, duration_s: float = DURATION_S, *words: str, cwd: Path | None = None
) -> LiveCall:
    return stack.enter_context(live_call(drive.path, drive.behind, duration_s, *words, cwd=cwd))


def test_s3_an_error_ends_the_recording_within_a_second_and_the_call_goes_on(
    tmp_path: Path, stack: ExitStack, reliability: Reliability
) -> None:
    made = drives(stack, tmp_path, tuple(ERRORS))
    calls = {name: call_on(stack, drive) for name, drive in made.items()}
    for name, call in calls.items():
        call.wait_until_recorded(1)
        made[name].set(Fault("write", ERRORS[name][0]))
    for name, call in calls.items():
        found = call.end(1)
        [recording] = found["recordings"]
        made[name].clear()
        fault_at = made[name].faults[0].at
        assert recording["state"] == "cut short", name
        assert ERRORS[name][1] in recording["reason"], name
        assert recording["reason"] in found["screen"][-1]["prompt"], name
        assert icons(found)[-2:] == ["recording", "failed"], name
        lost, seen = lost_s(found, fault_at, made[name].behind), seen_s(found, fault_at)
        reliability(f"{name} of every write, live", lost_s=lost, seen_s=seen)
        assert (lost <= 1, seen <= 1) == (True, True), (name, lost, seen)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The audio of the same call on a drive that is quick; a short call's is its beginning."""
    stick = tmp_path_factory.mktemp("stick")
    [recording] = document("--fast", "--usb", stick, *options(DURATION_S))["recordings"]
    return audio(recording)


def assert_untouched(found: Document, name: str, duration_s: float = DURATION_S) -> None:
    """The call has gone on as ever."""
    [recording] = found["recordings"]
    assert (recording["state"], recording["reason"]) == ("recorded", "call ended"), name
    assert (recording["gaps"], recording["faults"], recording["duration_s"]) == ([], [], duration_s), name
    for stream in recording["streams"]:
        assert (stream["received"], stream["lost"], stream["late"]) == (duration_s * 50, 0, 0), (name, stream)
    assert (icons(found)[0], icons(found)[-1], "failed" in icons(found)) == ("idle", "idle", False), name
    assert found["screen"][-1]["t"] >= duration_s, name


def test_s7_a_stall_of_2_s_loses_nothing_and_the_call_does_not_feel_it(
    tmp_path: Path, stack: ExitStack, undisturbed: bytes, reliability: Reliability
) -> None:
    made = drives(stack, tmp_path, (*STALLS_IN_THE_MIDDLE, *STALLS_AT_THE_START))
    for name in STALLS_AT_THE_START:
        made[name].set(Fault(name, stall_s=STALL_S, times=1))
    calls = {name: call_on(stack, drive) for name, drive in made.items()}
    for name in STALLS_IN_THE_MIDDLE:
        calls[name].wait_until_recorded(1)
        made[name].set(Fault(name, stall_s=STALL_S, times=1))
    for name, call in calls.items():
        found = call.end(0)
        assert len(made[name].faults) == 1, name
        assert_untouched(found, name)
        left = look(in_order(made[name].behind))
        assert (left.audio == undisturbed, left.lost) == (True, 0), name
        reliability("drive stalls for 2 s in a call", lost_s=0.0)


OLD = "Record_20230101000000.wav"
ROOM = 76 + 2 * SECOND
OTHER_STALLS = {
    "rename": (),
    "mkdir": ("--usb-folder", "calls"),
    "unlink": ("--cover", "--usb-size", str(40_000 + ROOM // 2)),
}
"""A call to a drive to the options with which a recording makes it: the older recording has 40,000 bytes."""


def test_s7_a_stall_where_a_file_begins_or_ends_loses_nothing_either(
    tmp_path: Path, stack: ExitStack, undisturbed: bytes, reliability: Reliability
) -> None:
    """A file gets its name, its folder is made, an older one gives way."""
    made = drives(stack, tmp_path, tuple(OTHER_STALLS))
    (made["unlink"].behind / OLD).write_bytes(b"PCMU".ljust(64, b"\0") + b"\xa0\0\0\0" * 2 + bytes(40_000 - 72))
    for name, drive in made.items():
        drive.set(Fault(name, stall_s=STALL_S, times=1))
    calls = {name: call_on(stack, drive, DURATION_S, *OTHER_STALLS[name]) for name, drive in made.items()}
    for name, call in calls.items():
        found = call.end(0)
        [recording] = found["recordings"]
        assert len(made[name].faults) == 1, name
        assert_untouched(found, name)
        left = look(in_order(made[name].behind / ("calls" if name == "mkdir" else "")))
        assert (left.audio == undisturbed, left.lost) == (True, 0), name
        assert [Path(path).name for path in recording["covered"]] == ([OLD] if name == "unlink" else []), name
        reliability("drive stalls for 2 s in a call", lost_s=0.0)


def test_s7_a_full_drive_that_stalls_while_a_packet_is_cut_off_does_not_hold_the_call(
    tmp_path: Path, stack: ExitStack, undisturbed: bytes, reliability: Reliability
) -> None:
    """It takes three packets and a half of what it is given, and then no more."""
    made = drives(stack, tmp_path, ("stick",))["stick"]
    running = call_on(stack, made)
    running.wait_until_recorded(1)
    full = Fault("write", errno.ENOSPC, beyond=76)
    made.set(Fault("write", short=560, times=1, beyond=76), full, Fault("truncate", stall_s=STALL_S))
    found = running.end(1)
    [recording] = found["recordings"]
    assert (recording["state"], "is full" in recording["reason"]) == ("cut short", True)
    assert "truncate" in {call.name for call in made.faults}
    for stream in recording["streams"]:
        assert (stream["lost"], stream["late"]) == (0, 0), stream
    left = look(in_order(made.behind))
    assert (undisturbed.startswith(left.audio), len(left.audio) % 160, left.lost) == (True, 0, 0)
    assert len(left.audio) >= SECOND
    reliability("drive stalls for 2 s in a call", lost_s=0.0)


def test_c10_a_file_that_is_deleted_while_it_is_recorded_is_told_and_the_recording_goes_on(
    tmp_path: Path, stack: ExitStack, undisturbed: bytes
) -> None:
    running = stack.enter_context(live_call(tmp_path, tmp_path, DURATION_S))
    running.wait_until_recorded(1)
    [path] = in_order(tmp_path)
    path.unlink()
    [recording] = running.end(0)["recordings"]
    [part] = recording["parts"]
    [fault] = recording["faults"]
    assert f"{path} was deleted or renamed by another program" in fault["error"]
    assert [Path(part["path"])] == in_order(tmp_path)
    assert part["duration_s"] >= DURATION_S - 1 - 2
    assert undisturbed.endswith(look(in_order(tmp_path)).audio)


def test_a_drive_that_hangs_does_not_hold_the_call(tmp_path: Path, stack: ExitStack, reliability: Reliability) -> None:
    """It hangs beyond the end of the call, and then is gone: the call has gone on to its end meanwhile."""
    made = drives(stack, tmp_path, ("write", "fsync"))
    calls = {name: call_on(stack, drive) for name, drive in made.items()}
    for name, call in calls.items():
        call.wait_until_recorded(1)
        made[name].set(stalled_for_ever(name, error=errno.ENODEV))
    for name in calls:
        made[name].wait_for_fault()
    over = time.monotonic() + DURATION_S
    until(lambda: time.monotonic() > over)
    for name, call in calls.items():
        assert call.process.poll() is None
        made[name].set(Fault("write fsync opendir getattr", errno.ENODEV))
    for name, call in calls.items():
        found = call.end(1)
        made[name].clear()
        [recording] = found["recordings"]
        assert recording["state"] == "cut short", name
        assert "no such device" in recording["reason"], name
        for stream in recording["streams"]:
            assert (stream["received"], stream["lost"], stream["late"]) == (DURATION_S * 50, 0, 0), (name, stream)
        fault_at = made[name].faults[0].at
        lost = lost_s(found, fault_at, made[name].behind)
        reliability("drive hangs in a call, and is gone after it", lost_s=lost)
        assert lost <= 1


def test_s6_one_sync_that_fails_is_told_and_nothing_is_missing(
    tmp_path: Path, stack: ExitStack, undisturbed: bytes, reliability: Reliability
) -> None:
    """What the failing sync was to save is zeros on the drive, until it is written again."""
    made = drives(stack, tmp_path, ("stick",))["stick"]
    running = call_on(stack, made, SHORT_S)
    running.wait_until_recorded(1)
    made.set(Fault("fsync", errno.EIO, times=1, forget=True))
    found = running.end(0)
    [recording] = found["recordings"]
    [fault] = recording["faults"]
    assert "I/O error" in fault["error"] and 0.9 <= fault["at_s"] <= SHORT_S
    assert any("reports errors" in screen["prompt"] for screen in found["screen"])
    assert recording["state"] == "recorded"
    left = look(in_order(made.behind))
    assert (left.audio == undisturbed[:SHORT], left.lost) == (True, 0)
    told = [screen["t"] for screen in found["screen"] if "errors" in screen["prompt"]]
    seen = began_at(found) + told[0] - made.faults[0].at
    reliability("one fsync fails with EIO, live", lost_s=0.0, seen_s=seen)
    assert seen <= 1


def test_a_file_system_s_own_limit_on_a_file_begins_a_new_part(
    tmp_path: Path, stack: ExitStack, undisturbed: bytes
) -> None:
    """EFBIG by the limit that the system sets to a process."""
    limit = 8_765

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    found = stack.enter_context(live_call(tmp_path, tmp_path, SHORT_S, prepare=bound)).end(0)
    [recording] = found["recordings"]
    left = look(in_order(tmp_path))
    assert (left.audio == undisturbed[:SHORT], left.lost) == (True, 0)
    assert [part["bytes"] for part in recording["parts"]][:2] == [76 + 54 * 160] * 2
    assert len(recording["parts"]) == 3


def test_s12_nothing_is_written_anywhere_but_to_the_drive(tmp_path: Path, stack: ExitStack, undisturbed: bytes) -> None:
    """Its working directory, home and TMPDIR are a file system that tells of every call."""
    made = drives(stack, tmp_path, ("stick", "elsewhere"))
    found = call_on(stack, made["stick"], SHORT_S, cwd=made["elsewhere"].path).end(0)
    assert_untouched(found, "no fault", SHORT_S)
    assert look(in_order(made["stick"].behind)).audio == undisturbed[:SHORT]
    assert made["elsewhere"].calls
    assert [call for call in made["elsewhere"].calls if call.name in CHANGES] == []
    assert list(made["elsewhere"].behind.iterdir()) == []
