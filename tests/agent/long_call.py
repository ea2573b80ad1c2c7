"""A call of the agent under the virtual clock, hours of it in seconds: its legs come to ports that exist in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from phone_recorder import control_api as api
from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.agent.call import AgentCall
from phone_recorder.agent.rtp_input import Address, RtpInput
from phone_recorder.agent.streams import LegsInput
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.mixed_stream import StreamPlan
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.units import from_ms
from phone_recorder.settings.record import MIB
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpSender
from tests.agent.numbered_legs import FRAME, Leg, Legs

TICK = from_ms(200)
PLAN = StreamPlan(FRAME, from_ms(1000), PCMU)
BEGINS_AT = datetime(2024, 1, 31, 12)


class VirtualPort:
    """A port that one leg is sent to."""

    def __init__(self, leg: Leg, clock: VirtualClock, address: Address) -> None:
        self.address = address
        self._leg = leg
        self._clock = clock

    def arrivals(self) -> Iterable[tuple[int, bytes, Address]]:
        source = ("127.0.0.1", self.address[1] + 1000)
        return [(instant, data, source) for instant, data in self._leg.packets(self._clock.now())]

    def close(self) -> None:
        """Nothing to give back."""


class LongCall:
    """Recorded to a directory; it is advanced when it is due, and never else."""

    def __init__(self, stick: Path, legs: Legs) -> None:
        self.clock = VirtualClock(BEGINS_AT)
        self._stick = stick
        near = RtpInput(VirtualPort(legs.near, self.clock, ("127.0.0.1", 40000)))
        far = RtpInput(VirtualPort(legs.far, self.clock, ("127.0.0.1", 40002)))
        streams = LegsInput(PLAN, near, far, RtpSender(PCMU.payload_type, 1, 0, 0), self._gap)
        told = api.ObservedCall(state="connected", id="1", rtp="legs")
        self.call = AgentCall(told, 0, FRAME, TICK, streams, self._new_recording)

    @property
    def account(self) -> Account:
        """Of the recording that was begun last."""
        return self.call.recorder.accounts[-1]

    def until(self, instant: int) -> None:
        """Time passes."""
        while (due := self.call.due) is not None and due < instant:
            self._at(due)
            self.call.advance(due)
        self._at(instant)

    def press(self, instant: int, event: Event) -> None:
        """A key, when that instant has come."""
        self.until(instant)
        self.call.press(instant, event)

    def finish(self) -> None:
        """Time passes until nothing is left to do."""
        while (due := self.call.due) is not None:
            self._at(due)
            self.call.advance(due)

    def _at(self, instant: int) -> None:
        self.clock.advance(max(instant - self.clock.now(), 0))

    def _gap(self, leg: str, instant: int, length: int) -> None:
        self.call.recorder.note_gap(leg, instant, length)

    def _new_recording(self, now: int) -> tuple[Destination, Account]:
        drive = MountedDrive(self._stick, syncs=Syncs.AT_END)
        policy = SpacePolicy(8 * MIB)
        made = DriveDestination(drive, RecordHeader(PCMU, FRAME, FRAME), policy, self.clock.system_time)
        return made, Account("1", "local", "PCMU")
