from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from phone_recorder.adapters.drive_watch import Change, DriveWatch, changes
from phone_recorder.adapters.drives import FoundDrive
from tests.adapters.device_mounts import device_mount
from tests.adapters.found import found, not_mounted

A, B = found(), found(device="/dev/sdb1", sys_path="/sys/devices/usb2/sdb/sdb1", sequence=8)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [], []),
        ([A, B], [A, B], []),
        ([], [A], [Change("added", A)]),
        ([A], [], [Change("removed", A)]),
        ([A], [B], [Change("removed", A), Change("added", B)]),
        ([A], [B, A], [Change("added", B)]),
        ([not_mounted()], [A], [Change("changed", A)]),
        ([A], [found(free=5)], []),
        ([A], [found(free=0)], []),
        ([A], [found(free=None)], [Change("changed", found(free=None))]),
        ([A], [found(read_only=True)], [Change("changed", found(read_only=True))]),
        # Pulled and plugged again between two looks: the same place, another stick or not.
        ([A], [found(sequence=9)], [Change("removed", A), Change("added", found(sequence=9))]),
    ],
)
def test_what_happened_between_two_looks(
    before: list[FoundDrive], after: list[FoundDrive], expected: list[Change]
) -> None:
    assert changes(before, after) == expected


def quiet(watch: DriveWatch) -> None:
    """Wait until the machine's own changes are over: others mount and unmount things too."""
    while watch.wait(0):
        pass


def test_nothing_happens_and_the_wait_ends() -> None:
    with DriveWatch() as watch:
        while watch.wait(0.01):
            pass


def test_a_mount_and_an_unmount_are_seen(tmp_path: Path) -> None:
    with DriveWatch(["udev"]) as watch:  # quieter than the kernel, which tells of others' devices too
        quiet(watch)
        with device_mount("/dev/phone-recorder-test", tmp_path / "stick"):
            assert watch.wait(20)
            quiet(watch)
        assert watch.wait(20)


def test_another_thread_wakes_whoever_waits() -> None:
    with DriveWatch() as watch:
        threading.Timer(0.05, watch.wake).start()
        woken_by = time.monotonic() + 20
        while watch.wait(30):  # what others mount wakes too
            pass
        assert time.monotonic() < woken_by


def test_a_wake_before_the_wait_is_not_lost_and_counts_once() -> None:
    with DriveWatch() as watch:
        watch.wake()
        watch.wake()
        begun = time.monotonic()
        while watch.wait(30):
            pass
        assert time.monotonic() < begun + 20
        while watch.wait(0.05):
            pass
        assert time.monotonic() >= begun + 0.05


def test_after_the_end_a_wake_does_nothing() -> None:
    watch = DriveWatch()
    with watch:
        pass
    watch.close()
    watch.wake()
