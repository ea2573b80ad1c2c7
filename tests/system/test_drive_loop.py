"""ext4 on a loop device under the recorder: full to the byte, pulled out, unmounted, write-protected."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly
from phone_recorder.recording.destination import State
from phone_recorder.wire.record_file import HEADER_SIZE
from tests.cli.call import call, icons
from tests.system.aftermath import SECOND, in_order, look
from tests.system.conftest import Reliability
from tests.system.live_calls import live_call, lost_s, seen_s
from tests.system.loop_fs import LoopDrive, loop_fs
from tests.system.numbered import FRAME, PER_TICK, TICK, Recording, audio, destination

pytestmark = pytest.mark.peer

PULLS, SEED = 20, 20240131
DURATION_S = 2.6


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[LoopDrive]:
    with loop_fs(tmp_path) as drive:
        yield drive


@contextmanager
def others_file(drive: LoopDrive, left: int) -> Iterator[int]:
    """A file of somebody else, so long that about so many bytes are left."""
    fd = os.open(drive.path / "holiday.mpg", os.O_WRONLY | os.O_CREAT)
    try:
        os.posix_fallocate(fd, 0, drive.free - left)
        yield fd
    finally:
        os.close(fd)


def take_all(fd: int) -> None:
    """Let the file grow until the drive takes not one byte more."""
    os.lseek(fd, 0, os.SEEK_END)
    for size in (1024, 1):
        try:
            while True:
                os.write(fd, bytes(size))
        except OSError:
            continue


def again(drive: LoopDrive) -> None:
    """Plugged in again: checked, and mounted."""
    if drive.mounted:
        drive.unmount()
    assert list(drive.path.iterdir()) == [], "something was written into the bare mount directory"
    drive.check()
    drive.mount()


def test_s2_the_drive_is_recorded_full_and_the_file_is_whole(drive: LoopDrive, reliability: Reliability) -> None:
    with others_file(drive, 40_000):
        recording = Recording(destination(drive.path))
        recording.go_on(20 * SECOND)
    assert (recording.made.state, type(recording.made.error)) == (State.FAILED, DriveFull)
    # Not one packet more: a block is 1 KiB, and a file may need one for saying where its blocks are.
    assert drive.free < FRAME + 2 * 1024
    [path], [part] = in_order(drive.path), recording.made.parts
    left = look([path])
    assert (left.audio, left.lost) == (audio(part.packets), 0)
    assert path.stat().st_size == part.bytes == HEADER_SIZE + part.packets * FRAME
    reliability("drive recorded full", lost_s=0.0)


@pytest.mark.parametrize("left", range(20_000, 20_000 + 1024, 203))
def test_s2_somebody_else_fills_the_drive_to_the_last_byte(
    drive: LoopDrive, left: int, reliability: Reliability
) -> None:
    """The system says ENOSPC in the middle of a packet, wherever that is."""
    with others_file(drive, left) as fd:
        recording = Recording(destination(drive.path))
        recording.go_on(SECOND)
        before = recording.given
        take_all(fd)
        recording.go_on(SECOND * 3)
    assert (recording.made.state, type(recording.made.error)) == (State.FAILED, DriveFull)
    [path], [part] = in_order(drive.path), recording.made.parts
    found = look([path])
    assert (found.audio, found.lost) == (audio(part.packets), 0)
    assert part.packets >= before
    reliability("drive filled up by somebody else", lost_s=0.0)


def test_s3_pulled_out_at_any_moment_it_has_all_but_the_last_second(tmp_path: Path, reliability: Reliability) -> None:
    """Surprise removal: what is not on the medium never gets there. Parts are short, so that some are being begun."""
    draw = random.Random(SEED)
    for run in range(PULLS):
        (tmp_path / str(run)).mkdir()
        with loop_fs(tmp_path / str(run), size=2 << 20) as drive:
            recording = Recording(destination(drive.path, per_part=draw.choice([0, 120])))
            recording.go_on(draw.randrange(1, 30) * TICK)
            before = recording.given
            drive.shut_down()
            recording.go_on(SECOND)
            assert recording.made.state is State.FAILED
            again(drive)
            lost = recording.lost_s(drive.path, before)
        reliability("ext4 shut down in mid-recording (stick pulled out), after repair", lost_s=lost)
        assert lost <= 1, (run, before)


def test_s4_after_unmounting_no_part_is_begun_in_the_bare_directory(drive: LoopDrive) -> None:
    recording = Recording(destination(drive.path, per_part=60))
    recording.go_on(50 * FRAME)
    drive.unmount()
    recording.go_on(SECOND)
    assert (recording.made.state, type(recording.made.error)) == (State.FAILED, DriveGone)
    again(drive)
    assert recording.lost_s(drive.path, 50) == 0


def test_a_medium_that_keeps_nothing_is_noticed(drive: LoopDrive) -> None:
    recording = Recording(destination(drive.path))
    recording.go_on(SECOND)
    drive.lose_medium()
    recording.go_on(5 * SECOND)
    assert (recording.made.state, type(recording.made.error)) == (State.FAILED, DriveError)
    assert "keeps nothing" in str(recording.made.error)
    assert recording.made.health.faults
    assert sum(part.packets for part in recording.made.parts) <= 50 + PER_TICK


def test_read_only_from_the_start_is_one_sentence(tmp_path: Path) -> None:
    with loop_fs(tmp_path, options="ro") as drive:
        result = call("--usb", drive.path, "--duration", 1)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1 and "write-protected" in result.stderr


Action = Callable[[LoopDrive], None]
LIVE: dict[str, tuple[Action, str]] = {
    "ext4 shut down in a live call (stick pulled out)": (LoopDrive.shut_down, "I/O error"),
    "drive unmounted in a live call": (LoopDrive.unmount, "not the one that was there before"),
    "drive turned read-only in a live call": (LoopDrive.force_read_only, "read-only"),
}


@pytest.mark.live
def test_s3_the_screen_says_so_within_a_second_and_the_call_goes_on(tmp_path: Path, reliability: Reliability) -> None:
    fault_at = {}
    with ExitStack() as stack:
        drives, calls = {}, {}
        for number, name in enumerate(LIVE):
            (tmp_path / str(number)).mkdir()
            drive = drives[name] = stack.enter_context(loop_fs(tmp_path / str(number)))
            calls[name] = stack.enter_context(live_call(drive.path, drive.path, DURATION_S))
        for name, (action, _) in LIVE.items():
            calls[name].wait_until_recorded(1)
            fault_at[name] = time.time()
            action(drives[name])
        for name, (_, why) in LIVE.items():
            found = calls[name].end(1)
            [recording] = found["recordings"]
            assert (recording["state"], why in recording["reason"]) == ("cut short", True), (name, recording["reason"])
            assert icons(found)[-2:] == ["recording", "failed"], name
            again(drives[name])
            lost, seen = lost_s(found, fault_at[name], drives[name].path), seen_s(found, fault_at[name])
            reliability(name, lost_s=lost, seen_s=seen)
            assert (lost <= 1, seen <= 1) == (True, True), (name, lost, seen)


def test_write_protected_while_nothing_is_open_it_takes_no_new_recording(drive: LoopDrive) -> None:
    made = destination(drive.path)
    drive.remount("ro")
    Recording(made)
    assert (made.state, type(made.error)) == (State.FAILED, DriveReadOnly)
    assert in_order(drive.path) == []
