"""Lives of an agent's calls, one after another on one clock: each ends with a crash that leaves files and state."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from phone_recorder import control_api as api
from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.adapters.drive_port import DirectoryPort
from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.agent.call import AgentCall
from phone_recorder.agent.call_maker import CallMaker
from phone_recorder.agent.calls import Calls
from phone_recorder.agent.memory import Kept, decode, encode, kept_of
from phone_recorder.agent.recovery import Recovery
from phone_recorder.agent.rtp_input import Port
from phone_recorder.errors import DriveError, ServerUnreachable, UsageError
from phone_recorder.recording.account import Account
from phone_recorder.recording.from_settings import header_of, space_of
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.server_destination import ServerLink
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.record import RecordSettings, ServerSettings
from tests.adapters.reactors import PATIENCE_S, too_long
from tests.agent.call_rig import BEGINS_AT, MemoryPort, files, frames, number_of, packet, said
from tests.recording.scripted_server import Link
from tests.recording.streams import FRAME, MS

T = TypeVar("T")
BOOT = "b00t"
CRASH = 200 * FRAME
AWAY = 50 * FRAME
"""How long there is no agent."""
END = 400 * FRAME


class MemoryPorts:
    """All that there are, but those that are `taken`."""

    def __init__(self, clock: VirtualClock) -> None:
        self.taken: set[int] = set()
        self.opened: dict[int, MemoryPort] = {}
        self._clock = clock

    def open(self, host: str, number: int | None, span: str) -> Port:
        if host != "127.0.0.1":
            raise UsageError(f"there is no {host} here")
        if number in self.taken:
            raise UsageError(f"port {number} is taken")
        number = number or next(free for free in range(40000, 65536, 2) if free not in self.taken)
        self.taken.add(number)
        self.opened[number] = MemoryPort(self._clock, number)
        return self.opened[number]


class AskedDrive:
    """The drive as AgentDrive asks it; `error` is what it says, `meanwhile` happens before it answers."""

    def __init__(self, stick: Path, folder: str) -> None:
        self.error: DriveError | None = None
        self.meanwhile: Callable[[], None] = lambda: None
        self._stick, self._folder = stick, folder

    @property
    def mounted(self) -> MountedDrive:
        if self.error:
            raise self.error
        return MountedDrive(self._stick, None, Syncs.AT_END, self._folder)

    async def ask(self, work: Callable[[], T]) -> T:
        self.meanwhile()
        return work()


class Clock(Reactor):
    """One whose time is moved on."""

    skew_s = 0.0

    def now(self) -> float:
        return super().now() + self.skew_s


class Life:
    """From a start to a crash. `before` is what the last one has left; `record` is what is set."""

    def __init__(
        self, stick: Path, clock: VirtualClock | None = None, before: Kept | None = None, **record: Any
    ) -> None:
        stick.mkdir(exist_ok=True)
        self.stick = stick
        self.clock = clock or VirtualClock(BEGINS_AT)
        self.settings = PhoneSettings(record=RecordSettings(**record))
        self.reactor = Clock()
        self.reactor.later(PATIENCE_S, too_long)
        self.ports = MemoryPorts(self.clock)
        self.links: list[Link] = []
        self.calls = Calls()
        self.drive = AskedDrive(stick, self.settings.record.folder)
        self.said = StringIO()
        self.shown = 0
        self.capacity: int | None = None
        self.maker = CallMaker(self._phone_drive, self._link, self.clock, Random(len(stick.name)), self.ports)
        self._before = before or Kept(BOOT)

    def recover(self, settings: PhoneSettings | None = None) -> None:
        """Begin with what there was before, until the drive has answered."""
        log = Log(self.said)
        recovery = Recovery(self.reactor, self.calls, self.maker, self.drive, self.clock, log, self)  # type: ignore[arg-type]
        recovery.begin(self._before, settings or self.settings)

    def begin(self, **said: Any) -> AgentCall:
        call = self.maker.begin(api.BeginCall(**said), self.calls.next_id(), self.settings)
        self.calls.add(call)
        return call

    def talk(self, call: AgentCall, begin: int, end: int, leg: str = "mixed") -> None:
        """A packet for each frame between, numbered by the frames since the clock began."""
        port = self.ports.opened[call.told(0).ports[leg]]
        for number in range(begin, end):
            port.send(number * FRAME + MS, packet(number, said(number)))

    def until(self, instant: int) -> None:
        while (due := self.calls.due) is not None and due < instant:
            self._at(due)
            self.calls.advance(due)
        self._at(instant)

    def press(self, instant: int, call: AgentCall, event: Event = Event.PRESS) -> None:
        self.until(instant)
        call.press(instant, event)

    def hang_up(self, instant: int, call: AgentCall) -> None:
        """It ends, and all is saved."""
        self.until(instant)
        self.calls.end(call, instant, "")
        while (due := self.calls.due) is not None:
            self._at(due)
            self.calls.advance(due)

    def crash(self, instant: int, away: int = 0, **record: Any) -> Life:
        """At this instant all stands still; the next life begins so much later, with a copy of the drive."""
        self.until(instant)
        kept = decode(encode(kept_of(self.calls, BOOT)), BOOT)
        stick = self.stick.with_name(f"{self.stick.name}+")
        shutil.copytree(self.stick, stick)
        self.close()
        self.clock.advance(away)
        return Life(stick, self.clock, kept, **record)

    def close(self) -> None:
        self.reactor.close()

    # What recovery wants of the agent.

    def end(self, call: AgentCall, reason: str = "") -> None:
        self.calls.end(call, self.clock.now(), reason)

    def show(self) -> None:
        self.shown += 1

    @property
    def call(self) -> AgentCall:
        [call] = self.calls
        return call

    @property
    def account(self) -> Account:
        [account] = self.call.recorder.accounts
        return account

    @property
    def parts(self) -> list[list[int | None]]:
        """The numbers of what each file has, None for silence."""
        folder = self.stick / self.settings.record.folder
        return [[number_of(frame) for frame in frames(path)] for path in files(folder)]

    @property
    def flat(self) -> list[int | None]:
        """Of all files together."""
        return [number for part in self.parts for number in part]

    def _at(self, instant: int) -> None:
        self.clock.advance(max(instant - self.clock.now(), 0))

    def _phone_drive(self, record: RecordSettings) -> PhoneDrive:
        if self.drive.error:
            raise self.drive.error
        port = DirectoryPort(MountedDrive(self.stick, self.capacity, Syncs.AT_END, record.folder))
        return PhoneDrive(port, header_of(record), space_of(record), self.clock.system_time, live=False)

    def _link(self, server: ServerSettings) -> ServerLink:
        if not server.host:
            raise ServerUnreachable("no record server is set: set server.host")
        self.links.append(Link())
        return self.links[-1]


def recorded(stick: Path, frame: int, rtp: str = "mixed", **record: Any) -> tuple[Life, AgentCall]:
    """A life in which a call began at the beginning, and its recording at that frame; talk goes on for 40 s."""
    life = Life(stick, **record)
    call = life.begin(remote_number="1002", rtp=rtp)
    for leg in call.told(0).ports:
        life.talk(call, 0, 2000, leg)
    life.press(frame * FRAME, call)
    return life, call


def goes_on(life: Life, end: int) -> AgentCall:
    """The call of a life that begins after a crash; it is talked in until the end, and saved then."""
    life.recover()
    call = life.call
    for leg in call.told(0).ports:
        life.talk(call, life.clock.now() // FRAME, end // FRAME, leg)
    life.hang_up(end, call)
    life.close()
    return call
