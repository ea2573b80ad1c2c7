"""After a crash in the middle of a call: the same ports, and the same recordings, each in a new part."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.adapters.record_reader import open_record
from phone_recorder.adapters.record_repair import repair
from phone_recorder.agent.call import AgentCall, Rest
from phone_recorder.agent.call_maker import CallMaker
from phone_recorder.agent.calls import Calls
from phone_recorder.agent.drive import AgentDrive
from phone_recorder.agent.memory import Kept, KeptCall, KeptRecording
from phone_recorder.errors import DestinationError, PhoneRecorderError, UsageError
from phone_recorder.recording.account import Account, Part
from phone_recorder.recording.continued import ContinuedDestination
from phone_recorder.recording.destination import NoDestination
from phone_recorder.recording.drive_destination import audio_in
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.wire.record_file import HEADER_SIZE

SILENT_S = 30.0
"""A call of which nothing comes for so long after a crash has ended meanwhile, unless it is on hold."""
SILENCE = "nothing has come of it since the agent was started again"


class Beside(Protocol):
    """The agent, as far as this is about it."""

    def end(self, call: AgentCall, reason: str = "") -> object:
        """The call has ended."""

    def show(self) -> None:
        """Something has changed."""


class Recovery:
    """Brings back what there was."""

    def __init__(
        self,
        reactor: Reactor,
        calls: Calls,
        maker: CallMaker,
        drive: AgentDrive,
        clock: Clock,
        log: Log,
        agent: Beside,
    ) -> None:
        self._reactor = reactor
        self._calls = calls
        self._maker = maker
        self._drive = drive
        self._clock = clock
        self._log = log
        self._agent = agent

    def begin(self, kept: Kept, settings: PhoneSettings) -> None:
        """Have the calls again; their recordings go on as soon as the drive has told what it holds."""
        self._calls.count_from(kept.counted)
        for one in kept.calls:
            try:
                self._bring_back(one, settings)
            except PhoneRecorderError as error:
                self._log("error", f"the call cannot go on: {error}", call=one.told.id)

    def _bring_back(self, kept: KeptCall, settings: PhoneSettings) -> None:
        call = self._maker.make(kept.told, kept.began, settings)
        self._calls.add(call)
        self._log("notice", "the call goes on", call=call.id)
        if kept.recording:
            self._reactor.start(self._go_on(call, kept.recording, settings))
        self._reactor.later(SILENT_S, lambda: self._end_if_silent(call))

    async def _go_on(self, call: AgentCall, recording: KeptRecording, settings: PhoneSettings) -> None:
        rest = await rest_of(recording, call, self._drive, self._maker, settings, self._clock.now())
        call.go_on(self._clock.now(), rest)
        self._log("notice", "its recording goes on in a new part", call=call.id, recording=recording.id)
        self._agent.show()

    def _end_if_silent(self, call: AgentCall) -> None:
        """A call that has ended while there was no agent to be told."""
        if call.ended_at is None and not call.held and not call.listen():
            self._log("notice", SILENCE, call=call.id)
            self._agent.end(call, SILENCE)


async def rest_of(
    kept: KeptRecording, call: AgentCall, drive: AgentDrive, maker: CallMaker, settings: PhoneSettings, now: int
) -> Rest:
    """What a recording goes on with. What came after the audio that is kept is missing there, as silence."""
    account = Account(kept.id, kept.mode, kept.codec, started_at=kept.started_at)
    parts: tuple[Part, ...] = ()
    try:
        if kept.mode == "local" and kept.parts:
            parts = await drive.ask(partial(_parts, drive.mounted, kept.parts))
    except DestinationError as error:
        return Rest(NoDestination(kept.mode, error), account, now, kept.kept, kept.paused)
    before = audio_in(parts) if parts else kept.kept
    instant = min(max(kept.instant + before - kept.kept, kept.instant), now)
    there = ContinuedDestination(maker.destination(kept.id, call, settings), parts, before)
    skips = kept.paused and settings.record.pause == "skip"
    return Rest(there, account, now if skips or kept.mode != "local" else instant, before, kept.paused)


def _parts(drive: MountedDrive, paths: Iterable[str]) -> tuple[Part, ...]:
    """Those of these record files that are still there, mended."""
    return tuple(part for path in paths if (part := _part(drive, Path(path))))


def _part(drive: MountedDrive, path: Path) -> Part | None:
    if path.parent != drive.directory:
        return None  # it is on another drive
    with suppress(UsageError):
        repair(path, follow=False)
        with open_record(path, follow=False) as record:
            header = record.examination.header
            if header is not None:
                return Part(str(path), HEADER_SIZE + header.data_size, header.packets, header.duration_s)
    return None
