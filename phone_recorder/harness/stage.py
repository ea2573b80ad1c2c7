"""One call set up from what a user asks for: parties, phone, and a stick or a record server to record to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.drive_port import DirectoryPort, DrivePort, PortPlan, PortState
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.errors import NotSupported, UsageError
from phone_recorder.harness.network import Impairment, LossyNetwork
from phone_recorder.harness.parties import DEFAULT_FAR, DEFAULT_NEAR, Line, make_party, voice_length
from phone_recorder.models import MODELS, Model
from phone_recorder.phone.call import CallPlan, MixLink, PhoneCall
from phone_recorder.phone.face import screen_document
from phone_recorder.phone.keys import parse_keys
from phone_recorder.phone.party import Distant, Party
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination, NoDestination
from phone_recorder.recording.drive_view import NO_DRIVE, DriveView
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.recorder import RetryPolicy
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.server_destination import TERMINATORS, ServerDestination, ServerLink, ServerPolicy
from phone_recorder.recording.units import from_ms, from_seconds, to_seconds
from phone_recorder.server.recording import ServerRecording
from phone_recorder.settings import RecordSettings
from phone_recorder.wire.control import StartRequest
from phone_recorder.wire.payload import BY_NAME, Codec
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpSender

DEFAULT_DURATION_S = 10.0
MAX_DURATION_S = 1e6


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What a user asks for. `near` and `far` are voices (parties.py); `device` is the phone's MAC address.

    `usb` is the directory that stands for the stick, `usb_size` its capacity in bytes, None for the real free space.
    `usb` None records to a real USB drive, which is mounted below `automount` if nobody else does it and that is given.
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
    device: str = "001122334455"
    seed: int = 0

    @property
    def length_s(self) -> float:
        """How long the call lasts: as asked, or until both have said all."""
        return self.duration_s or max(map(voice_length, (self.near, self.far))) or DEFAULT_DURATION_S

    @property
    def codec(self) -> Codec:
        """The recording's codec."""
        return BY_NAME[self.settings.codec]

    @property
    def header(self) -> RecordHeader:
        """The head of a record file of this call."""
        frame = from_ms(self.settings.ptime_ms)
        return RecordHeader(self.codec, frame, frame)

    @property
    def space(self) -> SpacePolicy:
        """What the phone does with the room on the stick."""
        return SpacePolicy(self.settings.size_limit, self.settings.reserve, self.settings.cover)

    @property
    def server(self) -> ServerPolicy:
        """How the phone speaks to a record server."""
        settings = self.settings.server
        return ServerPolicy(TERMINATORS[settings.terminator], settings.foreign_media, from_ms(settings.timeout_ms))

    @property
    def port(self) -> PortPlan:
        """What the phone does with its USB port."""
        return PortPlan(self.settings.drive, self.settings.folder, self.automount, self.settings.repair)


class Stage:
    """A call about to begin at `clock`'s now. `server_link` leads to a record server.

    `live` syncs files as a phone does, writes them on a thread, and follows what is plugged in and pulled out.
    """

    def __init__(
        self,
        request: CallRequest,
        clock: Clock,
        mix_link: MixLink,
        server_link: Callable[[], ServerLink] | None = None,
        live: bool = True,
    ) -> None:
        self.request = request
        self._clock = clock
        self._server_link = server_link
        self._length_s = request.length_s  # a look into the voices' files, and so taken once
        self._random = Random(request.seed)
        plan = self._plan()
        self._drive = self._open_drive(live)
        try:
            self.call = self._make_call(plan, clock.now(), mix_link)
        except BaseException:
            self._close_drive()
            raise

    @property
    def port_state(self) -> PortState | None:
        """What is true of the drive; None for a phone that does not record to one."""
        return self._drive.state if self._drive else None

    def close(self, now: int) -> None:
        """Give back what the call holds; what still runs is ended."""
        self.call.close(now)
        self._close_drive()

    def _close_drive(self) -> None:
        if self._drive:
            self._drive.close()

    def _make_call(self, plan: CallPlan, start: int, mix_link: MixLink) -> PhoneCall:
        mixed = self._sender(self.request.codec)
        parties = self._parties(start)
        return PhoneCall(plan, start, parties, mix_link, mixed, self._destination, self._drive_view)

    def _plan(self) -> CallPlan:
        request, settings = self.request, self.request.settings
        length = self._length_s
        if length > MAX_DURATION_S:
            raise UsageError(f"the voices last {length:.0f} s, a call at most {MAX_DURATION_S:.0f} s: give --duration")
        return CallPlan(
            duration=from_seconds(length),
            frame=from_ms(settings.ptime_ms),
            horizon=from_ms(settings.horizon_ms),
            codec=request.codec,
            pause=settings.pause,
            keys=tuple(parse_keys(request.keys, length)),
            retry=RetryPolicy(settings.server.retries, from_ms(settings.server.retry_after_ms)),
        )

    def _parties(self, start: int) -> dict[str, Party]:
        request = self.request
        frame = from_ms(request.settings.ptime_ms)
        line = Line(BY_NAME[request.call_codec], frame, start, start + from_seconds(self._length_s))
        near, far = (make_party(voice, request.repeat, line, self._random) for voice in (request.near, request.far))
        # The handset is wired to the phone; only the far party is behind a network.
        if request.impairment != Impairment():
            far = Distant(far, LossyNetwork(request.impairment, Random(request.seed), frame))
        return {NEAR: near, FAR: far}

    def _open_drive(self, live: bool) -> PhoneDrive | None:
        request = self.request
        if request.settings.mode != "local" or not request.model.local:
            return None
        return PhoneDrive(self._open_port(live), request.header, request.space, self._clock.system_time, live)

    def _open_port(self, live: bool) -> DrivePort:
        """Where the drive is. A directory is looked at before the call begins: DriveError if it could take nothing."""
        request, settings = self.request, self.request.settings
        syncs = Syncs.ALWAYS if live else Syncs.AT_END
        if request.usb is None:
            from phone_recorder.adapters.usb_port import UsbPort

            port = UsbPort(request.port, syncs)
            port.start() if live else port.look()
            return port
        drive = MountedDrive(request.usb, request.usb_size, syncs, settings.folder)
        if not settings.cover:
            request.space.room(drive.free(), request.header.rtp_len)
        return DirectoryPort(drive)

    def _drive_view(self) -> DriveView:
        return self._drive.view if self._drive else NO_DRIVE

    def _destination(self, now: int) -> tuple[Destination, Account]:
        """Where a recording that starts now goes."""
        request, mode = self.request, self.request.settings.mode
        account = Account(f"{self._random.getrandbits(128):032x}", mode, request.codec.name)
        account.started_at = self._clock.system_time(now).astimezone().isoformat(timespec="milliseconds")
        if self._server_link and request.model.server:
            sender = self._sender(request.codec)
            asked = self._start_request(account.id)
            return ServerDestination(self._server_link(), asked, sender, request.server), account
        if self._drive:
            return self._drive.destination(), account
        place = "USB" if mode == "local" else "a record server"
        return NoDestination(mode, NotSupported(f"{request.model.name} cannot record to {place}")), account

    def _start_request(self, recording_id: str) -> StartRequest:
        request = self.request
        return StartRequest(
            recording_id,
            request.device,
            request.remote_number,
            request.remote_name,
            request.local_number,
            request.local_name,
            request.direction,
            request.codec.name,
        )

    def _sender(self, codec: Codec) -> RtpSender:
        draw = self._random.getrandbits
        return RtpSender(codec.payload_type, draw(32), draw(16), draw(32))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call. `stored` are the embedded server's own accounts, by recording."""

    request: CallRequest
    call: PhoneCall
    stored: dict[str, Account]
    drive: PortState | None = None

    @property
    def recorded(self) -> bool:
        """Something was recorded, and nothing went wrong with any of it."""
        states = [account.state for account in self.call.recorder.accounts]
        return "recorded" in states and set(states) <= {"recorded", "cancelled"}

    def document(self) -> dict[str, Any]:
        """The JSON document of `call --json`."""
        request = self.request
        return {
            "model": request.model.name,
            "mode": request.settings.mode,
            "seed": request.seed,
            "duration_s": to_seconds(self.call.end - self.call.start),
            "drive": self.drive.document() if self.drive else None,
            "recordings": [self._recording(account) for account in self.call.recorder.accounts],
            "screen": [screen_document(instant, screen) for instant, screen in self.call.screens],
        }

    def _recording(self, account: Account) -> dict[str, Any]:
        document = account.document()
        if stored := self.stored.get(account.id):
            there = stored.document()
            document["parts"] = there["parts"]
            document["streams"] += there["streams"]
        return document


def stored_accounts(stored: Iterable[ServerRecording]) -> dict[str, Account]:
    """The accounts of an embedded server, by recording id."""
    return {recording.account.id: recording.account for recording in stored}
