"""What a user asks for: a phone, a call, how it is recorded and to where."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from phone_recorder.adapters.drive_port import PortPlan
from phone_recorder.harness.call.network import Impairment
from phone_recorder.media.codecs import require
from phone_recorder.models import MODELS, Model
from phone_recorder.phone.parties import DEFAULT_FAR, DEFAULT_NEAR, voice_length
from phone_recorder.recording.from_settings import codec_of, header_of, server_of, space_of
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.server_destination import ServerPolicy
from phone_recorder.settings.record import RecordSettings
from phone_recorder.wire.payload import BY_NAME, Codec
from phone_recorder.wire.record_file import RecordHeader

DEFAULT_DURATION_S = 10.0
DEVICE = "001122334455"
"""MAC address of the emulated phone."""
MAX_DURATION_S = 1e6


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What a user asks for. `near` and `far` are voices (parties.py); `device` is the phone's MAC address.

    `usb` is the directory that stands for the stick, `usb_size` its capacity in bytes, None for the real free space.
    `usb` None records to a real USB drive, which is mounted below `automount` if nobody else does it and that is given.
    UsageError if one of its codecs cannot be had here.
    """

    model: Model = MODELS["BX5S"]
    settings: RecordSettings = field(default_factory=RecordSettings)
    call_codec: str = "PCMU"
    usb: Path | None = Path("usb")
    usb_size: int | None = None
    automount: Path | None = None
    near: str = DEFAULT_NEAR
    far: str = DEFAULT_FAR
    repeat: bool = False
    duration_s: float | None = None
    keys: str = "0 record"
    impairment: Impairment = field(default_factory=Impairment)
    direction: str = "out"
    remote_number: str = "1002"
    remote_name: str = "Far Party"
    local_number: str = "1001"
    local_name: str = "Near Party"
    device: str = DEVICE
    seed: int = 0

    def __post_init__(self) -> None:
        require(self.codec)
        require(BY_NAME[self.call_codec])

    @property
    def length_s(self) -> float:
        """How long the call lasts: as asked, or until both have said all."""
        return self.duration_s or max(map(voice_length, (self.near, self.far))) or DEFAULT_DURATION_S

    @property
    def codec(self) -> Codec:
        """The recording's codec."""
        return codec_of(self.settings)

    @property
    def header(self) -> RecordHeader:
        """The head of a record file of this call."""
        return header_of(self.settings)

    @property
    def space(self) -> SpacePolicy:
        """What the phone does with the room on the stick."""
        return space_of(self.settings)

    @property
    def server(self) -> ServerPolicy:
        """How the phone speaks to a record server."""
        return server_of(self.settings)

    @property
    def port(self) -> PortPlan:
        """What the phone does with its USB port."""
        return PortPlan(self.settings.drive, self.settings.folder, self.automount, self.settings.repair)
