"""What the server's tests share: a record server whose ports, drive and clock are the test's."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from pathlib import Path

from phone_recorder.errors import UsageError
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.server.core import ControlConnection, RecordServer
from phone_recorder.server.recording import ServerRecording
from tests.recording.memory_drive import Memory

CONTROL = Path(__file__).parents[2] / "fixtures" / "control"
ID = "0123456789abcdef0123456789abcdef"
PHONE, SERVER = "192.0.2.1", "192.0.2.7"
SECOND = 8000
QUIET = 1600

START = (CONTROL / "start_request.bin").read_bytes() + b"\n"
STOP = (CONTROL / "stop_request.bin").read_bytes() + b"\n"
STOPPED = f"cmd=RecordStopResponse&id={ID}&result=success".encode()
NOT_STOPPED = f"cmd=RecordStopResponse&id={ID}&result=failed".encode()


def started(port: int) -> bytes:
    return f"cmd=RecordStartResponse&id={ID}&result=success&reason=&server={SERVER}&port={port}".encode()


def rtp(number: int, payload: bytes, payload_type: int = 0, ssrc: int = 7, timestamp: int | None = None) -> bytes:
    """Packet `number` of a stream whose counters both wrap soon."""
    at = number * len(payload) if timestamp is None else timestamp
    head = struct.pack("!BBHII", 0x80, payload_type, (number + 65533) & 0xFFFF, (at - 100) & 0xFFFFFFFF, ssrc)
    return head + payload


def header(codec: bytes, length: int, data_size: int) -> bytes:
    return struct.pack("<64siiI", codec, length, length, data_size)


class Port:
    """A media port that the test fills."""

    def __init__(self, number: int) -> None:
        self.address = (SERVER, number)
        self.closed = False
        self._waiting: list[tuple[int, bytes, str]] = []

    def arrive(self, now: int, data: bytes, source: str = PHONE) -> None:
        self._waiting.append((now, data, source))

    def drain(self) -> list[tuple[int, bytes, str]]:
        assert not self.closed
        waiting, self._waiting = self._waiting, []
        return waiting

    def close(self) -> None:
        self.closed = True


class Rig:
    """A server, and a phone's control connection to it."""

    def __init__(self, ports: int = 100) -> None:
        self.drive = Memory()
        self.ports: list[Port] = []
        self.now = 0
        self._limit = ports
        self.core = RecordServer(self.drive, SpacePolicy(0, reserve=1000), self._open_port, system_time)
        self.phone = self.core.connect(PHONE, SERVER)

    def _open_port(self, host: str) -> Port:
        assert host == SERVER
        if len(self.ports) == self._limit:
            raise UsageError("there is none")
        self.ports.append(Port(20000 + len(self.ports)))
        return self.ports[-1]

    def say(self, data: bytes, phone: ControlConnection | None = None) -> bytes:
        return (phone or self.phone).receive(self.now, data)

    def stored(self, phone: ControlConnection | None = None) -> bytes:
        """What the server answers when all that was stopped is stored."""
        self.finish()
        return (phone or self.phone).advance(self.now)

    def send(self, payloads: list[bytes], first: int = 0, payload_type: int = 0, port: int = 0, ssrc: int = 7) -> None:
        """RTP in real time: each packet as long after the one before as it lasts."""
        for number, payload in enumerate(payloads, first):
            self.ports[port].arrive(self.now, rtp(number, payload, payload_type, ssrc))
            self.advance(len(payload))

    def advance(self, units: int) -> None:
        self.now += units
        self.core.advance(self.now)

    def finish(self) -> None:
        """Until nothing runs any more; it must not take longer than late packets are waited for."""
        deadline = self.now + 3 * SECOND
        while self.core.running:
            self.advance(400)
            assert self.now < deadline

    @property
    def recording(self) -> ServerRecording:
        [recording] = self.core.recordings
        return recording

    @property
    def files(self) -> list[bytes]:
        return [bytes(file) for file in self.drive.files.values()]


def system_time(instant: int) -> datetime:
    return datetime(2024, 1, 31, 12) + timedelta(seconds=instant / SECOND)
