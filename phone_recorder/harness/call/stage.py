"""One call set up from what a user asks for: parties, phone, and a stick or a server to record to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.drive_port import DirectoryPort, DrivePort, PortState
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.errors import NotSupported, ServerError, SipServerError, UsageError
from phone_recorder.harness.call.network import Impairment, LossyNetwork
from phone_recorder.harness.call.request import MAX_DURATION_S, CallRequest
from phone_recorder.phone.call import CallPlan, MixLink, PhoneCall
from phone_recorder.phone.keys import KeyPress, OnCallKey, parse_keys
from phone_recorder.phone.parties import Line, make_party
from phone_recorder.phone.party import Distant, Party
from phone_recorder.recording.account import Account
from phone_recorder.recording.call_facts import CallFacts
from phone_recorder.recording.destination import Destination, NoDestination
from phone_recorder.recording.drive_view import NO_DRIVE, DriveView
from phone_recorder.recording.from_settings import retry_of
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.server_destination import ServerDestination, ServerLink
from phone_recorder.recording.sip_info_destination import InfoLink, SipInfoDestination
from phone_recorder.recording.units import from_ms, from_seconds
from phone_recorder.settings.record import RecordSettings
from phone_recorder.wire.payload import BY_NAME, Codec
from phone_recorder.wire.rtp import RtpSender


@dataclass(frozen=True, slots=True)
class RealCall:
    """A call whose ends are somebody else's to make: who it is with, what its keys do; its parties from an instant on.

    `info` leads to the SIP server that can be asked to record, None where the call goes by none.
    """

    parties: Callable[[int], dict[str, Party]]
    direction: str
    remote_number: str
    remote_name: str
    info: Callable[[], InfoLink] | None
    on_key: OnCallKey


class Stage:
    """A call that `begin` begins at `clock`'s now. `server_link` leads to a record server, or raises ServerError.

    `live` syncs files as a phone does, writes them on a thread, and follows what is plugged in and pulled out. `drive`
    is that of a phone which has other calls too, and is not let go at the end; None opens the one that is asked for.
    """

    call: PhoneCall

    def __init__(
        self,
        request: CallRequest,
        clock: Clock,
        mix_link: MixLink,
        server_link: Callable[[], ServerLink] | None = None,
        live: bool = True,
        drive: PhoneDrive | None = None,
    ) -> None:
        self.request = request
        self._clock = clock
        self._mix_link = mix_link
        self._server_link = server_link
        self._length_s = request.length_s  # a look into the voices' files, and so taken once
        self._random = Random(request.seed)
        self._plan = self._make_plan()
        self._real: RealCall | None = None
        self._begun = False
        self._lent = drive
        self._drive = (drive or self._open_drive(live)) if self._records_to_drive else None

    @property
    def port_state(self) -> PortState | None:
        """What is true of the drive; None for a phone that does not record to one."""
        return self._drive.state if self._drive else None

    def begin(self, real: RealCall | None = None) -> PhoneCall:
        """The call, from now on: a real one, or one with parties made up as the request says."""
        start = self._clock.now()
        self._real = real
        mixed = self._sender(self.request.codec)
        parties = (real or self).parties(start)
        on_key = real.on_key if real else None
        self.call = PhoneCall(
            self._plan, start, parties, self._mix_link, mixed, self._destination, self._drive_view, on_key
        )
        self._begun = True
        return self.call

    def close(self, now: int) -> None:
        """Give back what the call holds; what still runs is ended."""
        self.call.close(now) if self._begun else self._mix_link.close()
        if self._drive and self._drive is not self._lent:
            self._drive.close()

    def parties(self, start: int) -> dict[str, Party]:
        """Both, made up as the request says, from this instant on."""
        request = self.request
        frame = from_ms(request.settings.ptime_ms)
        line = Line(BY_NAME[request.call_codec], frame, start, start + from_seconds(self._length_s))
        near, far = (make_party(voice, request.repeat, line, self._random) for voice in (request.near, request.far))
        # The handset is wired to the phone; only the far party is behind a network.
        if request.impairment != Impairment():
            far = Distant(far, LossyNetwork(request.impairment, Random(request.seed), frame))
        return {NEAR: near, FAR: far}

    @property
    def _records_to_drive(self) -> bool:
        return self.request.settings.mode == "local" and self.request.model.local

    def _make_plan(self) -> CallPlan:
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
            keys=(*_pressed_by_itself(settings), *parse_keys(request.keys, length)),
            retry=retry_of(settings),
            tone=settings.tone,
            enabled=settings.enabled,
        )

    def _open_drive(self, live: bool) -> PhoneDrive:
        request = self.request
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
        account = Account.begun(self._random.getrandbits, mode, request.codec.name, self._clock.system_time(now))
        try:
            return self._open(account.id) or NoDestination(mode, self._cannot()), account
        except ServerError as error:
            return NoDestination(mode, error), account

    def _open(self, recording_id: str) -> Destination | None:
        request = self.request
        if self._server_link and request.model.server:
            sender = self._sender(request.codec)
            asked = self._facts.start_request(recording_id, request.codec.name)
            return ServerDestination(self._server_link(), asked, sender, request.server)
        if request.settings.mode == "sip_info" and request.model.sip_info:
            return self._ask_sip_server()
        return self._drive.destination() if self._drive else None

    def _ask_sip_server(self) -> Destination:
        if self._real is None or self._real.info is None:
            return NoDestination("sip_info", SipServerError("this call goes by no SIP server that could record it"))
        return SipInfoDestination(self._real.info(), from_ms(self.request.settings.sip_info.timeout_ms))

    def _cannot(self) -> NotSupported:
        request = self.request
        place = {"local": "to USB", "server": "to a record server", "sip_info": "on its SIP server"}
        return NotSupported(f"{request.model.name} cannot record {place[request.settings.mode]}")

    @property
    def _facts(self) -> CallFacts:
        request, peer = self.request, self._real or self.request
        return CallFacts(
            request.device,
            peer.remote_number,
            peer.remote_name,
            request.local_number,
            request.local_name,
            peer.direction,
        )

    def _sender(self, codec: Codec) -> RtpSender:
        return RtpSender.drawn(codec.payload_type, self._random.getrandbits)


def _pressed_by_itself(settings: RecordSettings) -> tuple[KeyPress, ...]:
    """The key that starts a recording with the call, before any that a person presses."""
    return ((0, Event.START),) if settings.auto and settings.enabled else ()
