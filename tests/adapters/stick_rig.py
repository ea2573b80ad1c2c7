"""A recording to an emulated stick, for the tests of both."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from phone_recorder.adapters.drive_writer import BackgroundDestination
from phone_recorder.adapters.emulated_stick import EmulatedPort
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.recording.destination import State
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader

SECOND = 8000
TICK = 1600
MIB = 1 << 20
DEADLINE_S = 10


class Rig:
    """A recording to what is in the port, a tick of 200 ms at a time; its audio is `sound`."""

    def __init__(self, port: EmulatedPort, live: bool = False) -> None:
        policy = SpacePolicy(0, 0)
        self.phone = PhoneDrive(port, RecordHeader(PCMU, 160, 160), policy, lambda _: datetime(2024, 1, 31, 12), live)
        self.made = self.phone.destination()
        self.now = 0
        self.made.open(0)

    def pass_time(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            self.now += TICK
            self.made.write(self.now, [sound(self.now)[-160:]] * 10)
            self.made.advance(self.now)

    def until(self, true: Callable[[], bool]) -> None:
        """Poll as a call does, without its time going on."""
        waited = threading.Event()
        for _ in range(DEADLINE_S * 1000):
            if true():
                return
            waited.wait(0.001)
            self.made.advance(self.now)
        raise AssertionError("it never came true")

    def close(self) -> None:
        self.made.close(self.now, "record key")

    def failed(self) -> tuple[type, str]:
        """How it has."""
        assert self.made.state is State.FAILED
        return type(self.made.error), str(self.made.error)

    @property
    def background(self) -> BackgroundDestination:
        assert isinstance(self.made, BackgroundDestination)
        return self.made


def audio(path: Path) -> bytes:
    """What the header of a record file vouches for."""
    data = path.read_bytes()
    header = RecordHeader.parse(data)
    assert len(data) >= HEADER_SIZE + header.data_size
    return data[HEADER_SIZE : HEADER_SIZE + header.data_size]


def sound(units: int) -> bytes:
    """The audio of so many units: each byte tells its second, from 1 on."""
    return bytes(1 + unit // SECOND for unit in range(units))
