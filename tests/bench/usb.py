"""How quickly a stick is ready after it is plugged in, and the screen tells that it was pulled out."""

from __future__ import annotations

import statistics
import threading
import time
from pathlib import Path

from phone_recorder.adapters.drive_port import PortPlan
from phone_recorder.adapters.drives import find_drives
from phone_recorder.adapters.usb_port import UsbPort
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.run import run_live
from phone_recorder.recording.indicator import Indicator
from phone_recorder.settings.record import RecordSettings
from tests.system.usb_loop import LoopStick, udevd, until

ROUNDS = 9
PLUGGED, PULLED = "plugged in until it can be recorded to", "pulled out until the screen says so"
TARGETS_MS = {PLUGGED: 100, PULLED: 1000}


def usb(directory: Path) -> None:
    """Both on the loop rig: real udevd, real mounts, a real ext4."""
    print("USB stick on a loop device (targets: ready within 100 ms of the kernel's event, removal shown within 1 s)")
    for name, seconds in times(directory).items():
        median, worst = statistics.median(seconds), max(seconds)
        print(f"  {name:42} {median * 1e3:8.0f} ms median {worst * 1e3:8.0f} ms worst of {len(seconds)}")


def times(directory: Path) -> dict[str, list[float]]:
    """Seconds that each has taken."""
    with udevd():
        return {PLUGGED: ready_times(directory), PULLED: [removal_time(directory) for _ in range(ROUNDS)]}


def table(measured: dict[str, list[float]]) -> str:
    """In Markdown."""
    rows: list[tuple[str, ...]] = [("USB stick", "median", "worst", "target"), ("---",) * 4]
    for name, seconds in measured.items():
        figures = (statistics.median(seconds) * 1e3, max(seconds) * 1e3, TARGETS_MS[name])
        rows.append((f"{name}, {len(seconds)} times", *(f"{figure:.0f} ms" for figure in figures)))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def ready_times(directory: Path) -> list[float]:
    port = UsbPort(PortPlan(automount=directory / "mnt"))
    port.start()
    seconds = []
    try:
        with LoopStick(directory) as stick:
            for _ in range(ROUNDS):
                stick.plug()
                until(lambda: port.state.drive, "the drive to be ready")
                seconds.append(time.monotonic() - stick.plugged_at)
                stick.unplug()
                until(lambda: port.state.drive is None, "the drive to be gone")
    finally:
        port.close()
    return seconds


def removal_time(directory: Path) -> float:
    """Of a call that is recorded live. A second thread pulls the stick, as soon as something has been recorded."""
    shown = []
    with LoopStick(directory) as stick:
        stick.plug()
        until(lambda: stick.serial in [drive.serial for drive in find_drives()], "the stick")
        puller = threading.Thread(target=stick.unplug)

        def watch(_: int, screen: Indicator) -> None:
            if screen.icon == "recording" and screen.timer != "00:00" and not puller.ident:
                puller.start()
            if screen.icon == "failed":
                shown.append(time.monotonic())

        settings = RecordSettings(drive=stick.serial)
        run_live(CallRequest(settings=settings, usb=None, automount=directory / "mnt", duration_s=4), directory, watch)
        puller.join()
        return shown[0] - stick.unplugged_at
