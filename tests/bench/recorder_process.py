"""The recorder's part of a live call, alone in a process: binds a port, records PCMU to a directory for some seconds.

Prints its port; `python -m tests.bench.recorder_process DIRECTORY SECONDS`.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from phone_recorder.adapters.clock import LiveClock
from phone_recorder.adapters.drive_writer import BackgroundDestination
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.udp import UdpPort
from phone_recorder.phone.pacer import TICK
from phone_recorder.recording.account import Account
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.placement import ByArrival
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.recorder import NoLegs, Recorder
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.session import Session
from phone_recorder.recording.timeline import Timeline
from phone_recorder.recording.units import SECOND, from_ms, to_seconds
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader


async def record(directory: Path, seconds: float) -> None:
    clock, port = LiveClock(), UdpPort()
    print(port.address[1], flush=True)
    frame = from_ms(20)

    def begin(now: int) -> Session:
        timeline = Timeline(frame, from_ms(1000), ByArrival(now))
        header = RecordHeader(PCMU, frame, frame)
        drive = MountedDrive(directory)
        there = DriveDestination(drive, header, SpacePolicy(size_limit=0), clock.system_time)
        destination = BackgroundDestination(there, drive.present)
        return Session(now, timeline, destination, Account("bench", "local", "PCMU"), PCMU)

    recorder = Recorder(begin, NoLegs())
    recorder.press(clock.now(), Event.PRESS)
    end = clock.now() + round(seconds * SECOND)
    while recorder.wanted_from is not None:
        recorder.receive([(instant, data) for instant, data, _ in port.drain()])
        recorder.advance(clock.now())
        if clock.now() >= end:
            recorder.press(clock.now(), Event.CALL_ENDED)
        await asyncio.sleep(to_seconds(TICK["local"]))


if __name__ == "__main__":
    asyncio.run(record(Path(sys.argv[1]), float(sys.argv[2])))
