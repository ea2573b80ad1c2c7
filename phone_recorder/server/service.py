"""The record server alive: an asyncio TCP listener, a tick that drains the media ports, and the storage."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from phone_recorder.adapters.clock import Clock, LiveClock
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.group_sync import GroupSync
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.errors import DriveError, UsageError
from phone_recorder.recording.units import SECOND, to_seconds
from phone_recorder.server.access import Access
from phone_recorder.server.archive import Archive
from phone_recorder.server.control_socket import Lobby
from phone_recorder.server.core import STORAGE, USUAL_PACKET, RecordServer
from phone_recorder.server.door import Door
from phone_recorder.server.entry import Live
from phone_recorder.server.figures import Figures
from phone_recorder.server.limits import Limits
from phone_recorder.server.media import Media, best_media
from phone_recorder.server.recording import ServerRecording
from phone_recorder.server.recovery import Deed, Done
from phone_recorder.server.retention import KEEP_ALL, Retention
from phone_recorder.wire.printable import printable

TICK_S = 0.075
SYNC = SECOND
"""Between two syncs of the storage while anything is being recorded."""
LIVE = SECOND // 2
STOP = 4 * SECOND
"""How long recordings may take to end when the server is stopped; they take a horizon."""
RETAIN = 10 * SECOND
"""Between two looks for recordings that must give way."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How much a server takes, from whom, and how long it keeps it."""

    limits: Limits = field(default_factory=Limits)
    access: Access = field(default_factory=Access)
    retention: Retention = KEEP_ALL


class Service:
    """A record server that stores in the directory `storage`. Use as `async with Service(...)`; `address` is where.

    `tell` is given a line, safe to show, for each recording that has ended and what goes wrong; `on_end` the recording.
    """

    def __init__(
        self,
        storage: Path,
        host: str,
        port: int,
        rules: Rules | None = None,
        tell: Callable[[str], object] = len,
        on_end: Callable[[ServerRecording], object] = id,
        clock: Clock | None = None,
        media: Media | None = None,
    ) -> None:
        self._rules = rules or Rules()
        self.media = media or best_media(self._rules.limits.ports)
        """What reads the media ports; it is closed with the server."""
        self._drive = MountedDrive(storage, syncs=Syncs.BY_OTHERS)
        self._check_retention(storage)
        self._clock: Clock = clock or LiveClock()
        self._storage = storage
        self._host = host
        self._port = port
        self._tell = tell
        self._told_fault = ""
        self._door = Door()
        self._retaining: asyncio.Task[None] | None = None
        self._live: list[Live] = []
        self._live_at = -LIVE
        self._on_end = on_end
        self.ended: Counter[str] = Counter()
        """Recordings that have ended, by their states."""
        self.watchers: list[Callable[[], object]] = []
        """Called when a recording has begun or ended."""

    async def __aenter__(self) -> Service:
        loop = asyncio.get_running_loop()
        with ExitStack() as undo:
            self.archive = undo.enter_context(Archive(self._drive, self._rules.retention))
            undo.callback(self.media.close)
            self.core = self._make_core()
            for done in self.archive.recover():
                self._tell_recovered(done)
            self._sync = GroupSync(self._storage)
            undo.callback(self._sync.close)
            self.lobby = Lobby(self.core, self._clock, self._sync)
            self._listener = await self._listen(loop)
            self._undo = undo.pop_all()
        self._ticking = loop.create_task(self._tick_for_ever())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave every file whole, and let another server have the storage."""
        with self._undo:
            await self.stop()

    async def stop(self) -> None:
        """Stop listening, and end what is running: all of it is stored afterwards."""
        self._listener.close()
        self._ticking.cancel()
        self.lobby.close("the server was stopped")
        deadline = self._clock.now() + STOP
        while self.core.running and self._clock.now() < deadline:
            self._advance(self._clock.now())
            await asyncio.sleep(TICK_S)
        if self._retaining:
            await self._retaining

    def _check_retention(self, storage: Path) -> None:
        """What can never be free would have everything deleted."""
        wanted, size = self._rules.retention.min_free, shutil.disk_usage(storage).total
        if wanted >= size:
            raise UsageError(f"{wanted:,} bytes can never be free on a disk of {size:,}: ask for fewer to be kept free")

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        try:
            return await loop.create_server(self.lobby.enter, self._host, self._port, backlog=1024)
        except OSError as error:
            # asyncio has words of its own around the system's, and since Python 3.13 none of it where the address
            # is not one of this machine.
            number = error.errno or errno.EADDRNOTAVAIL
            why = reason(OSError(number, os.strerror(number) if number > 0 else error.strerror))
            raise UsageError(f"cannot listen on {self._host}:{self._port}: {why}") from error
        except UnicodeError as error:
            raise UsageError(f"cannot listen on {self._host}: that cannot be the name of a host") from error

    def check(self) -> None:
        """Raise what has ended the tick, if anything has: nothing is stored any more, and nobody must think so."""
        if self._ticking.done():
            self._ticking.result()

    async def until(self, stopped: asyncio.Event) -> None:
        """Serve until the event is set."""
        waiting = asyncio.ensure_future(stopped.wait())
        await asyncio.wait({waiting, self._ticking}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        self.check()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._listener.sockets[0].getsockname()[:2]
        return host, port

    @property
    def fault(self) -> str:
        """Why something of what was recorded may not be stored; "" if all is."""
        disk = f"the disk does not keep what is written to it: {self._sync.error}" if self._sync.error else ""
        return "; ".join(filter(None, (disk, self._full(), self.archive.fault)))

    def _full(self) -> str:
        """Why the storage takes nothing now; "" if it does."""
        try:
            self.archive.check()
            STORAGE.room(self.archive.free(), USUAL_PACKET)
        except DriveError as error:
            return str(error)
        return ""

    def figures(self) -> Figures:
        """What it has done so far."""
        return Figures(len(self.lobby.open), self.ended, self.core.refused, self.lobby.turned_away, self.fault)

    def live(self) -> list[Live]:
        """What is being recorded, oldest first. Asked again within LIVE, it says the same: a level takes its time."""
        now = self._clock.now()
        if now - self._live_at >= LIVE or len(self._live) != len(self.core.running):
            self._live_at = now
            self._live = [recording.live(now) for recording in self.core.running.values()]
        return self._live

    def _make_core(self) -> RecordServer:
        limits = self._rules.limits
        return RecordServer(
            self.archive,
            STORAGE,
            self.media.open,
            self._clock.system_time,
            limits,
            self._rules.access,
            self._began,
            self._recorded,
        )

    def _began(self, _: ServerRecording) -> None:
        for watcher in self.watchers:
            watcher()

    def _recorded(self, recording: ServerRecording) -> None:
        self.ended[recording.account.state] += 1
        if recording.account.state not in ("recorded", "cancelled"):
            self.lobby.look_at_all()
        self._tell(_line(recording))
        self._on_end(recording)
        for watcher in self.watchers:
            watcher()

    def _tell_recovered(self, done: Done) -> None:
        if done.deed is not Deed.READ:
            self._tell(f"{done.name}: {done.deed}{f': {done.detail}' if done.detail else ''}")

    def _advance(self, now: int) -> None:
        self.media.look(now)
        self.core.advance(now)
        self.archive.tick()

    async def _retain(self) -> None:
        try:
            # On a thread: to delete a large file takes its time.
            for gone in await asyncio.to_thread(self.archive.retain, time.time(), lambda: not self.lobby.closed):
                self._tell(f"{gone.name} was deleted: {gone.why}")
        except DriveError as error:
            self._tell(f"no recordings could be deleted to make room: {error}")

    def _look_at_faults(self) -> None:
        if self.fault != self._told_fault:
            self._told_fault = self.fault
            self._tell(f"fault: {self.fault}" if self.fault else "the fault is over")

    async def _tick_for_ever(self) -> None:
        synced_at = self._clock.now()
        retained_at = synced_at - RETAIN
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            now = self._clock.now()
            self._advance(now)
            self.lobby.advance(now)
            if self.core.running and now - synced_at >= SYNC:
                self._sync.ask()
                synced_at = now
            if now - retained_at >= RETAIN and (self._retaining is None or self._retaining.done()):
                self._retaining = asyncio.create_task(self._retain())
                retained_at = now
            self._look_at_faults()
            if words := self._door.look(now, self.lobby.turned_away):
                self._tell(words)
            # By the clock, however long a tick takes: ports must not wait longer the more of them there are.
            due = max(due + TICK_S, loop.time())
            await asyncio.sleep(due - loop.time())


def _line(recording: ServerRecording) -> str:
    """What has become of a recording. What the phone said of itself is shown with its control characters escaped."""
    account, call = recording.account, recording.call
    files = " ".join(part.path for part in account.parts) or "no file"
    said = f"{call.device} {call.local_number} {call.direction} {call.remote_number}"
    # Why a recording has ended as it should, its phone has said; why not, mostly we.
    why = "" if account.state == "recorded" else f": {printable(account.reason)}"
    return f"{account.state} {to_seconds(account.recorded):.2f} s {account.codec} {files} {said!a}{why}"
