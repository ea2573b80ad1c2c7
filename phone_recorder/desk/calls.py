"""The calls of the phone: the one there is, or was last, and those before whose recordings are still being put away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import ExitStack, closing
from functools import partial
from typing import TYPE_CHECKING, Any

from phone_recorder import control_api as api
from phone_recorder.adapters.aside import aside
from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.udp import UdpMixLink
from phone_recorder.control_api.told import record_state
from phone_recorder.desk.bay import Bay
from phone_recorder.desk.call import DeskCall
from phone_recorder.desk.call_log import Log
from phone_recorder.desk.legs import MadeUp, OverSip
from phone_recorder.desk.requests import request_of
from phone_recorder.desk.server_link import link_to
from phone_recorder.desk.sip_line import has_line
from phone_recorder.errors import PhoneRecorderError, SipUnreachable, UsageError
from phone_recorder.harness.call.stage import Stage
from phone_recorder.phone.call import PhoneCall
from phone_recorder.phone.face.chinese import SAY
from phone_recorder.phone.keys import KEYS
from phone_recorder.phone.sip_talk import SipTalk, Tell
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.indicator import show
from phone_recorder.recording.record_key import Event, Key
from phone_recorder.recording.recorder import Status
from phone_recorder.settings.phone import PhoneSettings

if TYPE_CHECKING:
    from phone_recorder.desk.sip_line import SipLine

NO_CALL = "there is no call to record: call somebody first"
BUSY = "a call is going on: end it first"


class Calls:
    """One call at a time. `settings` are asked at each; `line` leads to SIP, None where all calls are made up."""

    line: SipLine | None = None

    def __init__(
        self,
        settings: Callable[[], PhoneSettings],
        bay: Bay,
        clock: Clock,
        changed: Callable[[], None],
        log: Log,
        pass_on: Callable[[api.Message], None],
        tell: Tell,
    ) -> None:
        self._tell = tell
        self._settings = settings
        self._bay = bay
        self._clock = clock
        self._tell_changed = changed
        self._log = log
        self._pass_on = pass_on
        self._call: DeskCall | None = None
        self._unlogged: list[DeskCall] = []
        self._saving: list[DeskCall] = []
        self._watched: tuple[PhoneCall, bool] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._crash: BaseException | None = None

    @property
    def busy(self) -> bool:
        """There is a call, or one is being set up."""
        return self._call is not None and not self._call.over

    @property
    def shown(self) -> api.Call:
        """The call as the screen has it."""
        return self._call.shown if self._call else api.Call()

    @property
    def told(self) -> api.Call:
        """The call there is, or was last."""
        return self._call.told if self._call else api.Call()

    @property
    def status(self) -> Status:
        """The recorder's, of a call that is not long over."""
        recorded = self._call.recorded if self._call and not self._call.forgotten else None
        return recorded.recorder.status if recorded else Status(Key.IDLE)

    @property
    def drive_view(self) -> DriveView:
        """What is true of the drive, for a phone that records to one."""
        return self._bay.drive.view if self._settings().record.mode == "local" else DriveView()

    @property
    def drive_news(self) -> str:
        """What has become of the drive since the last recording."""
        recorded = self._call.recorded if self._call and not self._call.forgotten else None
        return recorded.facts.news if recorded else ""

    @property
    def record_state(self) -> api.RecordState:
        """What is being recorded, and what was, of the call there is or was last."""
        recorded = self._call.recorded if self._call else None
        shown = show(self.status, self.drive_view, self.drive_news, SAY[self._settings().language])
        return record_state(self.status.key, shown, recorded.recorder.accounts if recorded else ())

    @property
    def recordings_seen(self) -> list[tuple[str, str]]:
        """Each recording of the call with its state: when this changes, what is on the drive has too."""
        recorded = self._call.recorded if self._call else None
        return [(account.id, account.state) for account in recorded.recorder.accounts] if recorded else []

    def watch_levels(self, on: bool) -> api.Levels:
        """The levels of the call there is, measured from now on, or no more."""
        recorded = self._call.recorded if self._call and self.busy else None
        if recorded is None:
            self._watched = None
            return api.Levels()
        if (recorded, on) != self._watched:
            self._watched = recorded, on
            recorded.watch_levels(on)
        levels = recorded.levels()
        return api.Levels(levels.near_db, levels.far_db, levels.mix_db) if levels else api.Levels()

    async def start(self, request: api.StartCall) -> api.Call:
        """Call, or be called; PhoneRecorderError if there is a call already, or none can be made."""
        if self.busy:
            raise UsageError(BUSY)
        if request.direction == "out" and not request.number.strip():
            raise UsageError("whom to call is not said: dial a number")
        settings = self._settings()
        call = self._have(DeskCall(request.direction, request.number, request.name, self._clock, self._changed))
        with ExitStack() as unless:
            unless.callback(call.hang_up)
            try:
                await self._set_up(call, settings, request)
            except PhoneRecorderError as error:
                call.reason = call.reason or str(error)
                raise
            unless.pop_all()
        return call.told

    def offered(self, talk: SipTalk) -> None:
        """A call rings on the line. One that comes while another is being made is turned away."""
        if self.busy:
            talk.hang_up()
            return
        settings, peer = self._settings(), talk.call
        call = self._have(DeskCall("in", peer.remote_number, peer.remote_name, self._clock, self._changed))
        self._follow(call, talk, settings)
        self._begin(self._ring(call, talk, settings))

    def answer(self) -> api.Call:
        """Take the call that rings."""
        call = self._current("there is no call that rings")
        if call.told.state != "ringing":
            raise UsageError("there is no call that rings")
        call.leg.answer()
        return self.told

    def end(self) -> api.Call:
        """Hang up."""
        self._current("there is no call to end").hang_up()
        return self.told

    def hold(self, held: bool) -> api.Call:
        """Put it on hold, or take it back."""
        self._current("there is no call to hold").hold(held)
        return self.told

    def press(self, event: str) -> api.RecordState:
        """The record key, or one of its events."""
        call = self._current(NO_CALL)
        key = KEYS[event]
        if not call.answered or not isinstance(key, Event):
            raise UsageError(NO_CALL)
        call.press(key)
        return self.record_state

    def enable(self, on: bool) -> None:
        """Whether the record key can start a recording in the call there is."""
        if self._call and self._call.recorded:
            self._call.recorded.recorder.enabled = on

    def check(self) -> None:
        """Log what is over, and raise what has gone wrong with a call of ours."""
        for call in [call for call in self._unlogged if call.over]:
            self._log.put(call, call.told, call.began, call.answered, call.kept)
            if call.done:  # until then its recordings may still come to something
                self._unlogged.remove(call)
                self._log.settle(call)
        self._saving = [call for call in self._saving if not call.done]
        if crash := self._crash or next((call.crash for call in self._all if call.crash), None):
            raise crash

    async def close(self) -> None:
        """End the call, and wait until every recording is safe."""
        for task in self._tasks:
            task.cancel()
        for call in self._all:
            await call.finish()

    @property
    def _all(self) -> list[DeskCall]:
        return [*self._saving, *([self._call] if self._call else [])]

    async def _set_up(self, call: DeskCall, settings: PhoneSettings, request: api.StartCall) -> None:
        call.stage = stage = await self._stage(settings, request)
        if call.over:  # hung up meanwhile
            stage.close(self._clock.now())
        # Without voices of its own it is a real call, where there is a line for one.
        elif has_line(settings) and request.direction == "out" and not request.far:
            await self._call_out(call, settings, request.number)
        else:
            self._make_up(call, stage, request.direction)

    async def _stage(self, settings: PhoneSettings, request: api.StartCall) -> Stage:
        asked = request_of(settings, request)
        link = await aside(partial(link_to, asked.settings, self._pass_on))
        drive = self._bay.record_as(asked)
        with ExitStack() as unless:
            mix_link = unless.enter_context(closing(UdpMixLink()))
            stage = Stage(asked, self._clock, mix_link, link, drive=drive)
            unless.pop_all()
        return stage

    def _make_up(self, call: DeskCall, stage: Stage, direction: str) -> None:
        call.leg = MadeUp(direction, stage, call.connect, call.end)
        if direction == "out":
            call.connect()

    async def _call_out(self, call: DeskCall, settings: PhoneSettings, number: str) -> None:
        if self.line is None:
            raise SipUnreachable("the phone is setting up its line: try again in a moment")
        talk = await self.line.call(number)
        if call.over:  # hung up while the other side was looked up
            talk.hang_up()
            return
        self._follow(call, talk, settings)
        if not call.over:
            self._begin(self._settle(call, talk))

    async def _ring(self, call: DeskCall, talk: SipTalk, settings: PhoneSettings) -> None:
        try:
            number, name = talk.call.remote_number, talk.call.remote_name
            call.stage = await self._stage(settings, api.StartCall(number, name, "in"))
        except PhoneRecorderError as error:
            self._tell(f"the call from {talk.caller} cannot be taken: {error}")
            call.hang_up(str(error))
            return
        if call.over:
            call.stage.close(self._clock.now())
            return
        await self._settle(call, talk)

    def _follow(self, call: DeskCall, talk: SipTalk, settings: PhoneSettings) -> None:
        call.leg = OverSip(talk, settings.call.sound, settings.call.near, settings.call.repeat)
        talk.on_end = call.end
        if talk.end:
            call.end()

    async def _settle(self, call: DeskCall, talk: SipTalk) -> None:
        await talk.settled
        try:
            if talk.connected:
                call.connect()
        except PhoneRecorderError as error:
            self._tell(f"the call is over: {error}")

    def _changed(self) -> None:
        if self.line:
            self.line.busy(self.busy)
        self._tell_changed()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self._crash = task.exception()

    def _have(self, call: DeskCall) -> DeskCall:
        """From now on this is the phone's call, and others are turned away."""
        if self._call and not self._call.done:
            self._saving.append(self._call)
        self._call = call
        self._unlogged.append(call)
        self._changed()
        return call

    def _current(self, without: str) -> DeskCall:
        if self._call is None or self._call.over:
            raise UsageError(without)
        return self._call
