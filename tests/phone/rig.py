"""A whole call on a link in memory: scripted parties, a drive in memory, and a clock that the test turns."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from phone_recorder.phone.call import CallPlan, PhoneCall
from phone_recorder.phone.keys import CallKey, parse_keys
from phone_recorder.phone.party import Datagram, Party, Speaker
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination, NoDestination
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.recorder import NO_RETRY, RetryPolicy
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.server_destination import ServerDestination
from phone_recorder.recording.sip_info_destination import SipInfoDestination
from phone_recorder.settings.record import Pause
from phone_recorder.wire.control import StartRequest
from phone_recorder.wire.payload import PCMU, Codec
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpSender
from tests.phone.servers import Server
from tests.phone.sip_server import SipServer
from tests.recording.memory_drive import Memory

START = 12_345
SECOND = 8000
FRAME = 160
SILENCE = b"\xff" * FRAME


def said(number: int) -> bytes:
    """What the near party says in that frame; mixed with silence it stays as it is."""
    return bytes([0x80 + number % 100]) * FRAME


def near_party() -> Party:
    return Speaker((said(n) for n in count()), RtpSender(0, 1, 65530, 0xFFFFFF00), FRAME, START, 1 << 40)


def far_party() -> Party:
    return Speaker((SILENCE for _ in count()), RtpSender(0, 2, 0, 0), FRAME, START, 1 << 40)


class Link:
    """From the mixer to the recorder in no time."""

    def __init__(self) -> None:
        self.now = START
        self.closed = False
        self._waiting: list[Datagram] = []

    def send(self, packets: list[bytes]) -> None:
        self._waiting += [(self.now, packet) for packet in packets]

    def receive(self) -> list[Datagram]:
        waiting, self._waiting = self._waiting, []
        return waiting

    def close(self) -> None:
        self.closed = True


class Rig:
    """A call of a second, and all that it needs. `servers` are the kinds of one recording after the other; the last one
    is there for all that follow. With a `sip` server it is asked to record, and `hang_up` ends its call too."""

    def __init__(
        self,
        keys: str,
        *,
        duration_s: float = 1,
        pause: Pause = "skip",
        size_limit: int = 0,
        horizon: int = SECOND,
        near: Party | None = None,
        far: Party | None = None,
        nowhere: NoDestination | None = None,
        servers: str = "",
        retry: RetryPolicy = NO_RETRY,
        sip: SipServer | None = None,
        codec: Codec = PCMU,
        tone: bool = False,
        enabled: bool = True,
    ) -> None:
        self.drive = Memory()
        self.servers: list[Server] = []
        self.link = Link()
        self.now = START
        self.call_keys: list[tuple[CallKey, int]] = []
        self._sip = sip
        self._policy = SpacePolicy(size_limit, reserve=0)
        self._nowhere = nowhere
        self._kinds = servers.split()
        length, presses = round(duration_s * SECOND), tuple(parse_keys(keys, duration_s))
        self._codec = codec
        plan = CallPlan(length, FRAME, horizon, codec, pause, presses, retry, tone, enabled)
        parties = {"near": near or near_party(), "far": far or far_party()}
        self.view = DriveView(True)
        mixed = RtpSender(codec.payload_type, 3, 65533, 0xFFFFFFFF)
        on_key = self._on_key if sip else None
        self.call = PhoneCall(plan, START, parties, self.link, mixed, self._destination, lambda: self.view, on_key)

    def run(self, step: int = 80, until_s: float = 60) -> Rig:
        """Let time pass in steps until the call is over, or so long after its beginning."""
        while not self.call.over and self.now < START + until_s * SECOND:
            self.now += step
            self.link.now = self.now
            if self._sip:
                self._sip.advance(self.now)
            self.call.advance(self.now)
        return self

    def hang_up(self) -> None:
        """The other side ends the call, now."""
        if self._sip:
            self._sip.end()
        self.call.hang_up(self.now)

    @property
    def accounts(self) -> list[Account]:
        return self.call.recorder.accounts

    @property
    def recorded(self) -> list[bytes]:
        """The audio of each file; what a file says of itself must be true."""
        for file in self.drive.files.values():
            assert int.from_bytes(file[72:76], "little") == len(file) - 76
        return [bytes(file[76:]) for file in self.drive.files.values()]

    @property
    def indicators(self) -> list[tuple[int, str, str, str]]:
        """Milliseconds, icon, lamp and prompt of each screen."""
        return [(at // 8, screen.icon, screen.lamp, screen.prompt) for at, screen in self.call.indicators]

    def _destination(self, now: int) -> tuple[Destination, Account]:
        mode = "server" if self._kinds else "sip_info" if self._sip else "local"
        account = Account(f"{len(self.call.recorder.accounts)}", mode, "PCMU")
        if self._nowhere:
            return self._nowhere, account
        if self._kinds:
            return self._server_destination(account.id), account
        if self._sip:
            return SipInfoDestination(self._sip.info.link()), account
        return DriveDestination(self.drive, RecordHeader(self._codec, 160, 160), self._policy, system_time), account

    def _on_key(self, key: CallKey, instant: int) -> None:
        self.call_keys.append((key, instant))

    def _server_destination(self, recording: str) -> Destination:
        number = min(len(self.servers), len(self._kinds) - 1)
        self.servers.append(Server(self._kinds[number]))
        return ServerDestination(self.servers[-1], StartRequest(recording, codec="PCMU"), RtpSender(0, 4, 0, 0))


def system_time(instant: int) -> datetime:
    return datetime(2024, 1, 31, 12) + timedelta(seconds=(instant - START) / SECOND)
