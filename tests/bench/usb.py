"""How quickly a stick is ready after it is plugged in, and the screen tells that it was pulled out."""

from __future__ import annotations

import statistics
import threading
import time
from pathlib import Path

from phone_recorder.adapters.drive_port import PortPlan
from phone_recorder.adapters.usb_port import UsbPort
from phone_recorder.harness.run import run_live
from phone_recorder.harness.stage import CallRequest
from phone_recorder.phone.face import Screen
from tests.system.usb_loop import LoopStick, udevd, until

ROUNDS = 9


def usb(directory: Path) -> None:
    """Both on the loop rig: real udevd, real mounts, a real ext4."""
    print("USB stick on a loop device (targets: ready within 100 ms of the kernel's event, removal shown within 1 s)")
    with udevd():
        show("plugged in until it can be recorded to", ready_times(directory))
        show("pulled out until the screen says so", [removal_time(directory) for _ in range(ROUNDS)])


def show(name: str, seconds: list[float]) -> None:
    median, worst = statistics.median(seconds), max(seconds)
    print(f"  {name:42} {median * 1e3:8.0f} ms median {worst * 1e3:8.0f} ms worst of {len(seconds)}")


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
        puller = threading.Thread(target=stick.unplug)

        def watch(_: int, screen: Screen) -> None:
            if screen.icon == "recording" and screen.timer != "00:00" and not puller.ident:
                puller.start()
            if screen.icon == "failed":
                shown.append(time.monotonic())

        run_live(CallRequest(usb=None, automount=directory / "mnt", duration_s=4), directory, watch)
        puller.join()
        return shown[0] - stick.unplugged_at
