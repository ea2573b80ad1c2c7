"""Calls of the agent under the virtual clock: ports in memory, a drive in a directory, and files read by hand."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from phone_recorder import control_api as api
from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.adapters.drive_port import DirectoryPort
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.agent.call import AgentCall
from phone_recorder.agent.rtp_input import Address, RtpInput
from phone_recorder.agent.streams import LegsInput, MixedInput
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.mixed_stream import StreamPlan
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.recorder import NO_RETRY, RetryPolicy
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.settings.record import Pause
from phone_recorder.wire.payload import PCMU, Codec
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpSender
from tests.recording.streams import FRAME, MS, SECOND, rtp

BEGINS_AT = datetime(2024, 1, 31, 12)
TICK = SECOND // 5
SILENCE = b"\xff" * FRAME
PHONE: Address = ("127.0.0.1", 5000)
"""Where the phone's program sends from."""
STRANGER: Address = ("127.0.0.1", 6666)

NewDestination = Callable[[str], Destination]
"""Where a recording of an id goes."""


def said(number: int) -> bytes:
    """What is said in that frame. Mixed with silence it stays as it is."""
    return bytes([0x80 + number // 100 % 100, 0x80 + number % 100]) * (FRAME // 2)


def number_of(frame: bytes) -> int | None:
    """Which one it is; None for silence."""
    if frame == SILENCE:
        return None
    assert frame == frame[:2] * (FRAME // 2)
    return (frame[0] - 0x80) * 100 + frame[1] - 0x80


class MemoryPort:
    """A port that datagrams come to at instants told beforehand."""

    def __init__(self, clock: VirtualClock, number: int) -> None:
        self.address: Address = ("127.0.0.1", number)
        self.closed = False
        self.looked = 0
        self._clock = clock
        self._coming: list[tuple[int, bytes, Address]] = []

    def send(self, instant: int, data: bytes, source: Address = PHONE) -> None:
        self._coming.append((instant, data, source))
        self._coming.sort(key=lambda one: one[0])

    def arrivals(self) -> Iterator[tuple[int, bytes, Address]]:
        self.looked += 1
        while self._coming and self._coming[0][0] <= self._clock.now():
            yield self._coming.pop(0)

    def close(self) -> None:
        self.closed = True


class CallRig:
    """A call that is advanced when it is due, and never else; it began at instant `began`."""

    def __init__(
        self,
        stick: Path,
        streams: str = "mixed",
        *,
        pause: Pause = "skip",
        horizon: int = SECOND,
        codec: Codec = PCMU,
        began: int = 0,
        size_limit: int = 0,
        retry: RetryPolicy = NO_RETRY,
        destination: NewDestination | None = None,
        clock: VirtualClock | None = None,
        name: str = "1",
        enabled: bool = True,
        tone: bool = False,
        drive: PhoneDrive | None = None,
    ) -> None:
        self.clock = clock or VirtualClock(BEGINS_AT)
        self._at(began)
        self.plan = StreamPlan(FRAME, horizon, codec, pause, tone)
        legs = ("mixed",) if streams == "mixed" else ("near", "far")
        self.ports = {leg: MemoryPort(self.clock, 40000 + 2 * at) for at, leg in enumerate(legs)}
        self.inputs = {leg: RtpInput(port) for leg, port in self.ports.items()}
        self._drive = drive or phone_drive(stick, self.clock, codec, size_limit)
        self._destination = destination
        self._made = 0
        self.stick = stick
        told = api.ObservedCall(state="connected", id=name, rtp=streams, host="127.0.0.1")  # type: ignore[arg-type]
        self.call = AgentCall(told, began, FRAME, TICK, self._streams(), self._new_recording, retry, enabled)

    @property
    def accounts(self) -> list[Account]:
        return self.call.recorder.accounts

    @property
    def account(self) -> Account:
        """Of the recording that was begun last."""
        return self.accounts[-1]

    def talk(
        self, leg: str, numbers: Iterable[int], start: int = 0, ssrc: int = 1, delay: int = MS, silent: bool = False
    ) -> None:
        """A packet for each number, which is that of the frame from `start` on in which it comes, a little late."""
        for number in numbers:
            self.ports[leg].send(
                start + number * FRAME + delay, packet(number, SILENCE if silent else said(number), ssrc)
            )

    def until(self, instant: int) -> None:
        """Time passes."""
        while (due := self.call.due) is not None and due < instant:
            self._at(due)
            self.call.advance(due)
        self._at(instant)

    def press(self, instant: int, event: Event = Event.PRESS) -> None:
        """A key, when that instant has come."""
        self.until(instant)
        self.call.press(instant, event)

    def end(self, instant: int) -> None:
        """The call ends then, and what was recorded of it is saved."""
        self.until(instant)
        self.call.end(instant)
        self.finish()

    def finish(self) -> None:
        """Time passes until nothing is left to do."""
        while (due := self.call.due) is not None:
            self._at(due)
            self.call.advance(due)

    @property
    def kept(self) -> list[int | None]:
        """The numbers of what was recorded, None for silence, of all parts in their order."""
        return [number_of(frame) for path in files(self.stick) for frame in frames(path)]

    def _at(self, instant: int) -> None:
        self.clock.advance(max(instant - self.clock.now(), 0))

    def _streams(self) -> LegsInput | MixedInput:
        inputs = self.inputs
        if "mixed" in inputs:
            return MixedInput(self.plan, inputs["mixed"])
        sender = RtpSender(self.plan.codec.payload_type, 9, 65530, 0xFFFFFF00)
        return LegsInput(self.plan, inputs["near"], inputs["far"], sender, self._gap)

    def _gap(self, leg: str, instant: int, length: int) -> None:
        self.call.recorder.note_gap(leg, instant, length)

    def _new_recording(self, now: int) -> tuple[Destination, Account]:
        self._made += 1
        account = Account(f"{self.call.id}.{self._made}", "local", self.plan.codec.name)
        made = self._destination(account.id) if self._destination else self._drive.destination()
        return made, account


def packet(number: int, payload: bytes, ssrc: int = 1, payload_type: int = 0) -> bytes:
    """Of that number in its stream."""
    return rtp(number, number * FRAME, payload, ssrc, payload_type)


def phone_drive(stick: Path, clock: VirtualClock, codec: Codec = PCMU, size_limit: int = 0) -> PhoneDrive:
    """The directory as a drive that is used at once."""
    port = DirectoryPort(MountedDrive(stick, None, Syncs.AT_END))
    policy = SpacePolicy(size_limit, reserve=0)
    return PhoneDrive(port, RecordHeader(codec, FRAME, FRAME), policy, clock.system_time, live=False)


def files(stick: Path) -> list[Path]:
    """The record files, in the order in which they were begun: names go by the second, and then by number."""
    return sorted(stick.glob("Record_*.wav"), key=lambda path: (path.stem[:21], len(path.stem), path.stem))


def audio(path: Path, codec: bytes = b"PCMU") -> bytes:
    """Of a record file whose header is true."""
    data = path.read_bytes()
    assert data[:76] == struct.pack("<64siiI", codec, FRAME, FRAME, len(data) - 76)
    return data[76:]


def frames(path: Path) -> list[bytes]:
    data = audio(path)
    return [data[at : at + FRAME] for at in range(0, len(data), FRAME)]
