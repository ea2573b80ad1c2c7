"""The record server of a scenario: our own, in memory, behind a script; it is made when it is first needed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.medium import Medium
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.errors import UsageError
from phone_recorder.harness.call.links import MemoryPort, MemoryPorts, MemoryServerLink
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.scripted_link import ScriptedLink
from phone_recorder.harness.playing.server_script import ServerScript
from phone_recorder.harness.playing.stranger import STRANGER, strays
from phone_recorder.harness.scenario.actions import ServerActs
from phone_recorder.recording.account import Account
from phone_recorder.recording.server_destination import ServerLink

if TYPE_CHECKING:
    from phone_recorder.server.core import RecordServer
    from phone_recorder.server.recording import ServerRecording


class ScenarioServer:
    """Its storage is the directory `storage`; `tell` hears each control message that passes."""

    def __init__(self, storage: Path, clock: Clock, acts: ServerActs, tell: Callable[[Passed], None]) -> None:
        self.storage = storage
        self._disk = _Disk()
        self._clock = clock
        self._tell = tell
        self._script = ServerScript(acts)
        self._ports = MemoryPorts()
        self._stack = ExitStack()
        self._server: RecordServer | None = None
        self._accounts: dict[str, Account] = {}

    @property
    def running(self) -> bool:
        """Something of what it has taken is not safe yet."""
        return self._server is not None and bool(self._server.running)

    @property
    def disk_error(self) -> OSError | None:
        """What the disk of its storage has failed with first; None if it has not."""
        return self._disk.error

    def act(self, acts: ServerActs) -> None:
        """How it is from now on."""
        self._script.act(acts)

    def link(self) -> ServerLink:
        """For one recording."""
        self._server = self._server or self._made()
        return ScriptedLink(
            self._script, MemoryServerLink(self._server, self._ports, self._clock), self._clock, self._tell
        )

    def advance(self, now: int) -> None:
        """Call at each tick."""
        if self._server:
            self._server.advance(now)

    def account_of(self, recording_id: str) -> Account | None:
        """Its own account of a recording that runs or has ended; None if it has never taken that."""
        return self._accounts.get(recording_id)

    def stray(self, packets: int) -> None:
        """So many from a stranger reach each port that is open now; UsageError if none is."""
        recordings = list(self._server.running.values()) if self._server else []
        if not recordings:
            raise UsageError("no record server listens now: a wrong source needs a recording that runs onto one")
        for recording in recordings:
            assert isinstance(recording.port, _OpenPort), "all ports are ours"
            now = self._clock.now()
            recording.port.stray += [(now, data, STRANGER) for data in strays(recording.account.codec, packets)]

    def close(self) -> None:
        """Let the storage go."""
        self._stack.close()

    def _made(self) -> RecordServer:
        # Now: a phone that records to its drive does without a database.
        from phone_recorder.server.archive import Archive
        from phone_recorder.server.core import STORAGE, RecordServer

        self.storage.mkdir(parents=True, exist_ok=True)
        drive = MountedDrive(self.storage, syncs=Syncs.BY_OTHERS, medium=self._disk)
        archive = self._stack.enter_context(Archive(drive))
        archive.recover()
        return RecordServer(archive, STORAGE, self._open_port, self._clock.system_time, on_begin=self._begun)

    def _open_port(self, host: str) -> _OpenPort:
        return _OpenPort(self._ports.open(host))

    def _begun(self, recording: ServerRecording) -> None:
        self._accounts[recording.account.id] = recording.account


class _Disk(Medium):
    """A real one, which remembers what it has failed with."""

    def __init__(self) -> None:
        self.error: OSError | None = None

    def failed(self, error: OSError) -> None:
        self.error = self.error or error


class _OpenPort:
    """A media port of the server, which others than the phone can send to: those wait in `stray`."""

    def __init__(self, inner: MemoryPort) -> None:
        self.address = inner.address
        self.stray: list[tuple[int, bytes, str]] = []
        self._inner = inner

    def drain(self) -> list[tuple[int, bytes, str]]:
        stray, self.stray = self.stray, []
        waiting = self._inner.drain()
        return sorted(waiting + stray, key=lambda datagram: datagram[0]) if stray else waiting

    def close(self) -> None:
        self._inner.close()
