"""What the server's tests share: a record server whose ports, drive and clock are the test's."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from phone_recorder.errors import UsageError
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.server.access import Access
from phone_recorder.server.control import ControlConnection, Safe
from phone_recorder.server.core import RecordServer
from phone_recorder.server.entry import Entry
from phone_recorder.server.limits import Limits
from phone_recorder.server.recording import ServerRecording
from tests.recording.memory_drive import Memory, MemoryPart

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


@dataclass(frozen=True)
class ShelfStorage:
    """A drive in memory as one recording's storage."""

    drive: Memory
    entry: Entry
    names: list[str]

    def check(self) -> None:
        self.drive.check()

    def free(self) -> int:
        return self.drive.free()

    def create(self, names: Iterator[str], header: bytes) -> MemoryPart:
        part = self.drive.create(names, header)
        self.names.append(part.path.removesuffix(".wav"))
        return part

    def recordings(self) -> list[str]:
        return []

    def delete(self, path: str) -> None:
        raise NotImplementedError


class Shelf:
    """An archive that only remembers: `entries` with the names of their files, in the order in which they ended.

    What `fails` is not stored.
    """

    def __init__(self, drive: Memory) -> None:
        self.drive = drive
        self.entries: list[tuple[Entry, list[str]]] = []
        self.fails = False

    def knows(self, recording_id: str) -> bool:
        return any(entry.id == recording_id for entry, _ in self.entries)

    def storage(self, entry: Entry) -> ShelfStorage:
        return ShelfStorage(self.drive, entry, [])

    def stored(self, names: Sequence[str]) -> bool:
        return not self.fails

    def ended(self, entry: Entry, names: Sequence[str]) -> None:
        self.entries.append((entry, list(names)))


class Disk:
    """Says what is safe when the test says so. Its marks are `marked`; `since` is the last that it was asked of."""

    def __init__(self) -> None:
        self.asked = 0
        self.marked = 0
        self.since = -1
        self.outcomes: dict[int, bool] = {}

    def ask(self) -> int:
        self.asked += 1
        return self.asked

    def mark(self) -> int:
        return self.marked

    def outcome(self, number: int, since: int) -> bool | None:
        self.since = since
        return self.outcomes.get(number)


class PhoneLine:
    """A control connection; of its answers the ends are left out, with which it mirrors the phone's."""

    def __init__(self, connection: ControlConnection) -> None:
        self.connection = connection

    @property
    def ended(self) -> bool:
        return self.connection.ended

    def receive(self, now: int, data: bytes) -> bytes:
        return self.connection.receive(now, data).translate(None, b"\r\n")

    def advance(self, now: int) -> bytes:
        return self.connection.advance(now).translate(None, b"\r\n")

    def closed(self) -> None:
        self.connection.closed()


class Rig:
    """A server, and a phone's control connection to it. `ended` are its recordings, the one that ended first first."""

    def __init__(self, ports: int = 100, limits: Limits | None = None, access: Access | None = None) -> None:
        self.drive = Memory()
        self.shelf = Shelf(self.drive)
        self.ended: list[ServerRecording] = []
        self.ports: list[Port] = []
        self.now = 0
        self._limit = ports
        policy = SpacePolicy(0, reserve=1000)
        self.core = RecordServer(
            self.shelf, policy, self._open_port, system_time, limits, access, on_end=self.ended.append
        )
        self.phone = self.connect()

    def connect(self, peer: str = PHONE, safe: Safe | None = None) -> PhoneLine:
        return PhoneLine(ControlConnection(self.core, self.now, peer, SERVER, safe))

    def _open_port(self, host: str) -> Port:
        assert host == SERVER
        if len(self.ports) == self._limit:
            raise UsageError("there is none")
        self.ports.append(Port(20000 + len(self.ports)))
        return self.ports[-1]

    def say(self, data: bytes, phone: PhoneLine | None = None) -> bytes:
        return (phone or self.phone).receive(self.now, data)

    def stored(self, phone: PhoneLine | None = None) -> bytes:
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
        [recording] = self.recordings
        return recording

    @property
    def recordings(self) -> list[ServerRecording]:
        """All, the one that was started first first."""
        return sorted([*self.ended, *self.core.running.values()], key=lambda recording: recording.port.address)

    @property
    def started_at(self) -> float:
        """The instant 0, in seconds since 1970."""
        return system_time(0).timestamp()

    @property
    def files(self) -> list[bytes]:
        return [bytes(file) for file in self.drive.files.values()]


def system_time(instant: int) -> datetime:
    return datetime(2024, 1, 31, 12) + timedelta(seconds=instant / SECOND)
