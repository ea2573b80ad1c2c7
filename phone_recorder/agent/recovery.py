"""After a crash in the middle of a call: the same ports, and the same recordings, each in a new part."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
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
from phone_recorder.errors import DestinationError, UsageError
from phone_recorder.recording.account import Account, Fault, GapLog, Part
from phone_recorder.recording.continued import ContinuedDestination
from phone_recorder.recording.destination import NoDestination
from phone_recorder.recording.drive_destination import audio_in
from phone_recorder.recording.drive_names import record_order
from phone_recorder.recording.units import SECOND
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.record import RecordSettings
from phone_recorder.wire.record_file import HEADER_SIZE

SILENT_S = 30.0
"""A call of which nothing comes for so long after a crash has ended meanwhile, unless it is on hold."""
MOST_SILENCE = 600 * SECOND
"""So much of what is missing is made up for by silence: an agent that was away for hours must not fill the drive."""
SILENCE = "nothing has come of it since the agent was started again"
OTHER_PORTS = "its ports are taken: its RTP is awaited at others, see call.list"
TOO_LATE = "its recording does not go on: it was ended, or begun anew, or recording was switched off"


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
        # Those whose ports are taken come last, so that none of them takes the port of another.
        made = {one.told.id: self._made(one, settings) for one in kept.calls}
        for one in kept.calls:
            if call := made[one.told.id] or self._made_elsewhere(one, settings):
                self._bring_back(call, one, settings)

    def _made(self, kept: KeptCall, settings: PhoneSettings) -> AgentCall | None:
        with suppress(UsageError):
            return self._maker.make(kept.told, kept.began, settings)
        return None

    def _made_elsewhere(self, kept: KeptCall, settings: PhoneSettings) -> AgentCall | None:
        try:
            call = self._maker.make(kept.told, kept.began, settings, elsewhere=True)
        except UsageError as error:
            self._log("error", f"the call cannot go on: {error}", call=kept.told.id)
            return None
        self._log("warning", OTHER_PORTS, call=call.id)
        return call

    def _bring_back(self, call: AgentCall, kept: KeptCall, settings: PhoneSettings) -> None:
        self._calls.add(call)
        self._log("notice", "the call goes on", call=call.id)
        if kept.recording:
            self._reactor.start(self._go_on(call, kept.recording, settings))
        self._reactor.later(SILENT_S, lambda: self._end_if_silent(call))

    async def _go_on(self, call: AgentCall, recording: KeptRecording, settings: PhoneSettings) -> None:
        found = await self._look(recording)
        now = self._clock.now()
        rest = self._rest(now, call, recording, found, settings)
        if call.go_on(now, rest):
            self._log("notice", "its recording goes on", call=call.id, recording=rest.account.id)
        else:
            self._log("notice", TOO_LATE, call=call.id, recording=recording.id)
        self._agent.show()

    async def _look(self, kept: KeptRecording) -> tuple[Part, ...] | DestinationError:
        """The parts there are, mended; or why the drive cannot tell."""
        if kept.mode != "local":
            return ()
        try:
            return await self._drive.ask(partial(mended, self._drive.mounted, kept.parts))
        except DestinationError as error:
            return error

    def _rest(
        self,
        now: int,
        call: AgentCall,
        kept: KeptRecording,
        found: tuple[Part, ...] | DestinationError,
        settings: PhoneSettings,
    ) -> Rest:
        """What a recording goes on with."""
        if not _goes_on(kept, settings.record):
            destination, account = self._maker.new_recording(now, call, settings)
            return Rest(destination, account, now, 0, now if kept.paused else None)
        account, faults = _account(kept), tuple(Fault(*one) for one in kept.so_far.faults)
        if isinstance(found, DestinationError):
            nowhere = ContinuedDestination(NoDestination(kept.mode, found), (), 0, faults)
            return Rest(nowhere, account, now, 0)
        onwards = self._maker.destination(kept.id, call, settings, [part.path for part in found])
        there = ContinuedDestination(onwards, found, audio_in(found), faults)
        return rest_of(now, kept, found, there, account)

    def _end_if_silent(self, call: AgentCall) -> None:
        """A call that has ended while there was no agent to be told."""
        if call.ended_at is None and not call.held and not call.listen():
            self._log("notice", SILENCE, call=call.id)
            self._agent.end(call, SILENCE)


def _goes_on(kept: KeptRecording, record: RecordSettings) -> bool:
    """In files, of one codec. A record server takes an id once and never again: there the rest is another recording."""
    return kept.mode == record.mode == "local" and kept.codec == record.codec


def _account(kept: KeptRecording) -> Account:
    """It goes on from what was counted before; the gaps there were are not listed one by one."""
    so_far = kept.so_far
    gaps = GapLog(count=so_far.gaps, total=dict(so_far.gap_units))
    account = Account(kept.id, kept.mode, kept.codec, started_at=kept.started_at, gaps=gaps)
    account.paused, account.foreign = so_far.paused, so_far.foreign
    return account


def rest_of(
    now: int, kept: KeptRecording, parts: tuple[Part, ...], there: ContinuedDestination, account: Account
) -> Rest:
    """The rest begins where the audio that is kept ends: what is missing in between is silence.

    If a file is gone nobody can tell what it had, and it begins now. The account has what was paused until then.
    """
    before = audio_in(parts)
    ended = kept.instant + before - kept.kept if len(parts) == len(kept.parts) else now
    instant = min(max(ended, now - MOST_SILENCE), now)
    if not kept.paused:
        return Rest(there, account, instant, before)
    paused_from = max(kept.instant, instant)
    account.paused += paused_from - kept.instant
    return Rest(there, account, instant, before, paused_from)


def mended(drive: MountedDrive, names: Iterable[str]) -> tuple[Part, ...]:
    """Those of these record files that are still in the drive's folder, mended; DriveError if it is not the drive."""
    with drive.opened_folder() as folder:
        # Found by its number, so that no name leads elsewhere.
        there = Path(f"/proc/self/fd/{folder}")
        parts = (_part(there / name, str(drive.directory / name)) for name in names if record_order(name))
        return tuple(part for part in parts if part)


def _part(place: Path, path: str) -> Part | None:
    with suppress(UsageError):
        repair(place, follow=False)
        with open_record(place, follow=False) as record:
            header = record.examination.header
            if header is not None and header.rtp_len:
                # The drive's own repair may be at work on it just now: a last packet in part is going to be whole.
                size = -(-header.data_size // header.rtp_len) * header.rtp_len
                whole = replace(header, data_size=size)
                return Part(path, HEADER_SIZE + size, whole.packets, whole.duration_s)
    return None
