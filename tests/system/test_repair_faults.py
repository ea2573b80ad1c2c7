"""Each call of a repair fails with each error that it can give: it is told, harms nothing, and holds up nobody."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_port import PortPlan
from phone_recorder.adapters.drives import FoundDrive
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_repair import Repair, Result
from phone_recorder.adapters.usb_port import UsbPort
from tests.adapters.bell import Bell
from tests.adapters.found import found
from tests.adapters.sticks import CUT_SHORT
from tests.system.aftermath import until
from tests.system.fault_fs import Fault, FaultyDrive, fault_fs

pytestmark = pytest.mark.peer

NAMES = [f"Record_2024013112000{number}.wav" for number in range(2)]
ERRORS = (errno.EIO, errno.ENODEV, errno.EROFS, errno.ENOSPC)
CALLS = ("getattr", "opendir", "readdir", "open", "read", "write", "fsync")


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyDrive]:
    with fault_fs(tmp_path_factory.mktemp("fuse")) as drive:
        yield drive


@pytest.fixture
def drive(mounted: FaultyDrive) -> FaultyDrive:
    """With two files that were cut short, and without faults."""
    mounted.clear()
    for name in NAMES:
        (mounted.behind / name).write_bytes(CUT_SHORT)
    return mounted


def repaired(drive: FaultyDrive) -> list[Repair]:
    return list(MountedDrive(drive.path, present=lambda: True).repair())


def results(repairs: list[Repair]) -> list[Result]:
    return [done.result for done in repairs]


@pytest.mark.parametrize("number", ERRORS, ids=errno.errorcode.get)
@pytest.mark.parametrize("call", CALLS)
def test_an_error_is_told_and_what_it_has_left_undone_is_done_the_next_time(
    drive: FaultyDrive, call: str, number: int
) -> None:
    """At each of the calls of that kind, which fails with the one after it: the kernel asks for a page twice."""
    mounted, met, told = MountedDrive(drive.path, present=lambda: True), 0, 0
    while True:
        for name in NAMES:
            (drive.behind / name).write_bytes(CUT_SHORT)
        drive.set(Fault(call, number, after=met, times=2))
        known = len(drive.faults)
        done = list(mounted.repair())
        drive.clear()
        if len(drive.faults) == known:
            break
        met += 1
        failed = [repair.why for repair in done if repair.result is Result.FAILED]
        told += len(failed)
        assert "" not in failed
        undone = results(repaired(drive))
        assert set(undone) <= {Result.MENDED}
        # The kernel itself tries some calls again.
        assert bool(failed) >= bool(undone), (met, done)
        assert repaired(drive) == []
    assert told > 0
    assert results(done) == [Result.MENDED] * 2


@pytest.mark.parametrize("call", ["open", "read", "readdir"])
def test_the_port_goes_on_and_says_what_it_could_not_do(drive: FaultyDrive, tmp_path: Path, call: str) -> None:
    plugged: list[FoundDrive] = []
    bell = Bell()
    port = UsbPort(PortPlan(), find=lambda: list(plugged), watch=lambda: bell)
    port.start()
    try:
        drive.set(Fault(call, errno.EIO))
        plugged.append(found(sys_path=str(tmp_path), mount=drive.path, number=drive.path.stat().st_dev))
        bell.wake()
        until(lambda: "cannot be repaired" in port.state.news)
        assert port.state.drive is not None
        assert all("I/O error" in done["why"] for done in port.state.document()["repairs"])
        drive.clear()
        plugged.clear()
        bell.wake()
        until(lambda: port.state.drive is None)
        plugged.append(found(sys_path=str(tmp_path), sequence=8, mount=drive.path, number=drive.path.stat().st_dev))
        bell.wake()
        until(lambda: "2 recordings repaired" in port.state.news)
    finally:
        port.close()
