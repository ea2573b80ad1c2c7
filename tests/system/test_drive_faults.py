"""Each call to a drive fails with each error that it can give: what is told, what is lost, and what goes on."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveError, DriveFull, DriveGone, DriveReadOnly, FolderFull
from phone_recorder.recording.account import Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.record_file import HEADER_SIZE
from tests.system.aftermath import SECOND, in_order, look
from tests.system.conftest import Reliability
from tests.system.fault_fs import Fault, FaultyDrive, fault_fs
from tests.system.numbered import BEGINS_AT, FRAME, HEADER, Recording, alike, audio, destination

pytestmark = pytest.mark.peer

EIO = (errno.EIO, DriveError, "I/O error")
GONE = (errno.ENODEV, DriveGone, "no such device")
LOCKED = (errno.EROFS, DriveReadOnly, "read-only")
FULL = (errno.ENOSPC, DriveFull, "no space left")
NO_MORE_FILES = (errno.ENOSPC, FolderFull, "no more files fit into this folder")
"""Said of what makes an entry, where there is room for more."""
Kind = tuple[int, type[DriveError], str]
NAME = "Record_20240131120000.wav"

LOOKS = ("opendir", "statfs", "getattr")
"""How the drive is looked at before each header."""
IN_THE_MIDDLE: list[tuple[str, Kind]] = [
    *((call, kind) for call in (*LOOKS, "write") for kind in (EIO, GONE)),
    *((call, kind) for call in ("write", "fsync") for kind in (GONE, LOCKED, FULL)),
]
AT_THE_START: list[tuple[str, Kind]] = [
    *((call, kind) for call in (*LOOKS, "create", "write", "rename") for kind in (EIO, GONE)),
    *((call, kind) for call in ("create", "write", "fsync", "fsyncdir", "rename") for kind in (GONE, LOCKED)),
    *((call, FULL) for call in ("write", "fsync", "fsyncdir")),
    *((call, NO_MORE_FILES) for call in ("create", "rename")),
    *((call, EIO) for call in ("fsync", "fsyncdir")),
]


def names(case: object) -> str:
    return errno.errorcode[case[0]] if isinstance(case, tuple) else str(case)


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyDrive]:
    with fault_fs(tmp_path_factory.mktemp("fuse")) as drive:
        yield drive


@pytest.fixture
def drive(mounted: FaultyDrive) -> FaultyDrive:
    """Empty, and without faults."""
    mounted.clear()
    for path in mounted.behind.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return mounted


def faulty(call: str, error: int) -> Fault:
    """From now on. A drive that is full still takes a header in place of the old one."""
    return Fault(call, error, beyond=HEADER_SIZE if error == errno.ENOSPC else 0)


def test_no_header_is_written_before_the_audio_that_it_tells_of_is_synced(drive: FaultyDrive) -> None:
    """Whatever the drive keeps of what was not synced, and in whatever order: a header is true."""
    known = len(drive.calls)
    recording = Recording(destination(drive.path, per_part=120))
    recording.go_on(SECOND * 6)
    recording.close()
    unsafe: set[str] = set()
    headers = 0
    for call in drive.calls[known:]:
        if call.name == "fsync":
            unsafe.discard(call.path)
        elif call.name == "write" and call.offset:
            unsafe.add(call.path)
        elif call.name == "write":
            headers += 1
            assert call.path not in unsafe
    assert headers >= 6
    assert not unsafe


@pytest.mark.parametrize(("call", "kind"), IN_THE_MIDDLE, ids=names)
def test_s3_an_error_in_the_middle_ends_the_recording_within_a_second(
    drive: FaultyDrive, call: str, kind: Kind, reliability: Reliability
) -> None:
    number, expected, why = kind
    recording = Recording(destination(drive.path))
    recording.go_on(SECOND * 7 // 5)
    before = recording.given
    assert recording.made.state is State.OPEN
    drive.set(faulty(call, number))
    recording.go_on(SECOND)
    drive.clear()
    assert (recording.made.state, type(recording.made.error)) == (State.FAILED, expected)
    assert why in str(recording.made.error)
    lost_s = recording.lost_s(drive.behind, before)
    reliability(f"{errno.errorcode[number]} of a call in mid-recording, after repair", lost_s=lost_s)
    assert lost_s <= 1


@pytest.mark.parametrize(("call", "kind"), AT_THE_START, ids=names)
def test_an_error_at_the_start_leaves_no_file(drive: FaultyDrive, call: str, kind: Kind) -> None:
    number, expected, why = kind
    made = destination(drive.path)
    drive.set(Fault(call, number))
    Recording(made)
    assert drive.faults
    drive.clear()
    assert made.state is State.FAILED
    assert isinstance(made.error, expected) and why in str(made.error)
    assert (made.parts, list(drive.behind.iterdir())) == ((), [])


@pytest.mark.parametrize(
    "number", [errno.EIO, errno.ENODEV, errno.EROFS, errno.ENOSPC], ids=lambda n: errno.errorcode[n]
)
@pytest.mark.parametrize("call", ["create", "fsyncdir", "rename", "opendir"])
def test_an_error_when_a_part_is_begun_leaves_those_before_it_whole(drive: FaultyDrive, call: str, number: int) -> None:
    recording = Recording(destination(drive.path, per_part=50))
    recording.go_on(SECOND * 7 // 5)
    drive.set(Fault(call, number))
    recording.go_on(SECOND * 4)
    drive.clear()
    assert recording.made.state is State.FAILED
    assert [part.packets for part in recording.made.parts] == [50, 50]
    assert recording.lost_s(drive.behind, 100) == 0
    assert len(in_order(drive.behind)) == 2


@pytest.mark.parametrize("number", [errno.EIO, errno.ENODEV, errno.EROFS, errno.ENOSPC], ids=errno.errorcode.get)
def test_the_rest_of_a_packet_that_cannot_be_cut_off_hides_nothing(drive: FaultyDrive, number: int) -> None:
    """A full drive takes half a packet; the file cannot be made shorter either."""
    recording = Recording(destination(drive.path))
    recording.go_on(SECOND * 7 // 5)
    drive.set(Fault("write", short=200, times=1), faulty("write", errno.ENOSPC), Fault("truncate", number))
    recording.go_on(SECOND)
    assert {call.name for call in drive.faults} >= {"write", "truncate"}
    drive.clear()
    assert (recording.made.state, type(recording.made.error)) == (State.FAILED, DriveFull)
    assert recording.lost_s(drive.behind, recording.given - 10) == 0


def test_s2_full_in_the_middle_of_a_packet_leaves_whole_packets_and_a_true_header(drive: FaultyDrive) -> None:
    recording = Recording(destination(drive.path))
    recording.go_on(SECOND * 7 // 5)
    before = recording.given
    drive.set(Fault("write", short=3 * FRAME + 40, times=1), faulty("write", errno.ENOSPC))
    recording.go_on(SECOND)
    drive.clear()
    assert (recording.made.state, type(recording.made.error)) == (State.FAILED, DriveFull)
    [path] = in_order(drive.behind)
    size = HEADER_SIZE + (before + 3) * FRAME
    assert recording.made.parts == (Part(str(drive.path / path.name), size, before + 3, (before + 3) / 50),)
    assert path.stat().st_size == size
    left = look([path])
    assert (left.audio, left.lost) == (audio(before + 3), 0)


@pytest.mark.parametrize("kind", [EIO, GONE, LOCKED, FULL], ids=names)
def test_a_folder_that_cannot_be_made_is_an_error_and_leaves_nothing(drive: FaultyDrive, kind: Kind) -> None:
    number, expected, why = kind
    made = destination(drive.path, folder="calls")
    drive.set(Fault("mkdir", number))
    Recording(made)
    drive.clear()
    assert made.state is State.FAILED
    assert isinstance(made.error, expected) and why in str(made.error)
    assert list(drive.behind.iterdir()) == []


def test_s6_the_sync_of_a_new_folder_that_has_failed_is_made_good(drive: FaultyDrive) -> None:
    """Although at the second attempt the folder is there."""
    made = destination(drive.path, folder="calls")
    known = len(drive.calls)
    drive.set(Fault("fsyncdir", errno.EIO, times=1, path="/"))
    recording = Recording(made)
    synced = [call.faulty for call in drive.calls[known:] if (call.name, call.path) == ("fsyncdir", "/")]
    assert synced == [True, False]
    assert (made.state, len(made.health.faults)) == (State.OPEN, 1)
    recording.close()
    assert made.state is State.CLOSED


@pytest.mark.parametrize("number", [errno.EIO, errno.ENODEV, errno.EROFS, errno.ENOSPC], ids=errno.errorcode.get)
def test_what_close_says_of_a_file_that_has_been_synced_is_no_matter(drive: FaultyDrive, number: int) -> None:
    recording = Recording(destination(drive.path))
    recording.go_on(SECOND)
    drive.set(Fault("flush", number))
    recording.close()
    assert drive.faults
    drive.clear()
    assert (recording.made.state, recording.made.error) == (State.CLOSED, None)
    assert recording.lost_s(drive.behind, recording.given) == 0


OLD = ("Record_20230101000000.wav", "Record_20230101000001.wav")


def covering(drive: FaultyDrive) -> DriveDestination:
    """One for which an older recording of two must give way."""
    for name in OLD:
        (drive.behind / name).write_bytes(bytes(HEADER) + bytes(10_000))
    mounted = MountedDrive(drive.path, capacity=20_252)
    policy = SpacePolicy(10_076, cover=True)
    return DriveDestination(mounted, HEADER, policy, lambda _: BEGINS_AT, mounted.room_in)


def test_older_recordings_give_way(drive: FaultyDrive) -> None:
    made = covering(drive)
    Recording(made).close()
    assert made.state is State.CLOSED
    assert [Path(path).name for path in made.health.covered] == [OLD[0]]


@pytest.mark.parametrize("kind", [EIO, GONE, LOCKED, FULL], ids=names)
def test_a_recording_that_cannot_be_deleted_is_passed_over(drive: FaultyDrive, kind: Kind) -> None:
    made = covering(drive)
    drive.set(Fault("unlink", kind[0], times=1))
    Recording(made).close()
    assert drive.faults
    assert made.state is State.CLOSED
    assert [Path(path).name for path in made.health.covered] == [OLD[1]]
    assert [kind[2] in fault.error for fault in made.health.faults] == ([] if kind is LOCKED else [True])


@pytest.mark.parametrize("kind", [EIO, GONE, LOCKED, FULL], ids=names)
@pytest.mark.parametrize("call", ["readdir", "open", "read"])
def test_recordings_that_cannot_be_looked_at_do_not_give_way(drive: FaultyDrive, call: str, kind: Kind) -> None:
    number, expected, why = kind
    made = covering(drive)
    drive.set(Fault(call, number))
    Recording(made)
    assert drive.faults
    drive.clear()
    assert made.state is State.FAILED
    if call == "readdir":
        assert (type(made.error), why in str(made.error)) == (expected, True)
    else:
        assert isinstance(made.error, DriveFull)
    assert {path.name for path in drive.behind.iterdir()} == set(OLD)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, 0], ids=lambda n: errno.errorcode.get(n, "0"))
@pytest.mark.parametrize("call", ["write", "fsync", "create"])
def test_s5_whatever_is_said_of_a_stick_that_is_not_there_it_is_gone(
    drive: FaultyDrive, call: str, number: int, reliability: Reliability
) -> None:
    plugged = [True]
    recording = Recording(destination(drive.path, present=lambda: plugged[0], per_part=100))
    recording.go_on(SECOND * 7 // 5)
    before = recording.given
    drive.set(Fault(call, number))
    plugged[0] = False
    recording.go_on(SECOND)
    drive.clear()
    assert (recording.made.state, type(recording.made.error)) == (State.FAILED, DriveGone)
    lost_s = recording.lost_s(drive.behind, before)
    reliability("stick not there any more, whatever its calls say", lost_s=lost_s)
    assert lost_s <= 1


@pytest.mark.parametrize("nth", range(6))
def test_s6_one_sync_that_fails_is_survived_told_and_made_good(
    drive: FaultyDrive, nth: int, reliability: Reliability
) -> None:
    """The medium forgets what the failing sync was to save, as the kernel does."""
    recording = Recording(destination(drive.path))
    recording.go_on(SECOND)
    drive.set(Fault("fsync", errno.EIO, after=nth, times=1, forget=True))
    recording.go_on(SECOND * 3)
    assert len(drive.faults) > 0
    recording.close()
    assert (recording.made.state, recording.made.error) == (State.CLOSED, None)
    [fault] = recording.made.health.faults
    assert SECOND <= fault.at <= 4 * SECOND
    assert "I/O error" in fault.error and "written again" in fault.error
    [path] = in_order(drive.behind)
    left = look([path])
    assert (left.audio, left.lost) == (audio(200), 0)
    reliability("one fsync fails with EIO and forgets what it was to save", lost_s=0.0)


def test_s6_two_syncs_that_fail_lose_no_more_than_what_they_were_to_save(drive: FaultyDrive) -> None:
    recording = Recording(destination(drive.path))
    recording.go_on(SECOND)
    drive.set(Fault("fsync", errno.EIO, times=2, forget=True))
    recording.go_on(SECOND * 3)
    recording.close()
    assert recording.made.state is State.CLOSED
    [fault] = recording.made.health.faults
    assert "up to a second of audio may be lost" in fault.error
    [path] = in_order(drive.behind)
    left = look([path]).audio
    wrong = [at for at in range(0, len(left), FRAME) if left[at : at + FRAME] != audio(200)[at : at + FRAME]]
    assert len(left) == 200 * FRAME
    assert len(wrong) * FRAME <= SECOND


def test_syncs_that_always_fail_end_the_recording_and_say_why(drive: FaultyDrive, reliability: Reliability) -> None:
    recording = Recording(destination(drive.path))
    recording.go_on(SECOND)
    before = recording.given
    drive.set(Fault("fsync", errno.EIO, forget=True))
    recording.go_on(SECOND * 5)
    drive.clear()
    assert recording.made.state is State.FAILED
    assert "keeps nothing" in str(recording.made.error)
    [path] = in_order(drive.behind)
    left = look([path]).audio
    kept = alike(left, audio(400))
    lost_s = max(before * FRAME - kept, 0) / SECOND
    reliability("every fsync fails with EIO", lost_s=lost_s)
    assert lost_s <= 1


def test_a_file_system_s_own_limit_is_no_end(drive: FaultyDrive) -> None:
    recording = Recording(destination(drive.path))
    drive.set(Fault("write", errno.EFBIG, beyond=HEADER_SIZE + 95 * FRAME))
    recording.go_on(SECOND * 7)
    recording.close()
    assert recording.made.state is State.CLOSED
    assert recording.lost_s(drive.behind, 350) == 0
    assert len(in_order(drive.behind)) == len(recording.made.parts) >= 4
