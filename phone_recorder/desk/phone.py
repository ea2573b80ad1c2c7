"""The emulated phone: whatever it is asked for goes by the table at its end, and what it shows derives from facts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import msgspec

from phone_recorder import __version__
from phone_recorder import control_api as api
from phone_recorder.adapters.aside import aside
from phone_recorder.adapters.clock import LiveClock
from phone_recorder.desk.bay import Bay
from phone_recorder.desk.call_log import Log
from phone_recorder.desk.calls import Calls
from phone_recorder.desk.keeper import Keeper
from phone_recorder.desk.plan import DeskPlan
from phone_recorder.desk.player import Player
from phone_recorder.desk.sip_line import SipLine, account_of, has_line, same_line
from phone_recorder.desk.taps import SipTap
from phone_recorder.desk.watchers import Watchers
from phone_recorder.errors import PhoneRecorderError
from phone_recorder.phone.face.face import Face
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.sip_talk import Tell
from phone_recorder.settings.phone import PhoneSettings

TICK_S = 0.1
TOLD_S = 0.5
"""Of a playback it is told at least so often where it is."""
KEY_S = 0.5
"""So long a key waits for what it has asked for."""
NEWS_S = 5.0
"""So long the answer to what could not be is shown."""
CALL_FIRST = {"record", "server", "sip_info", "call", "account"}
"""Sections of the settings that count from the next call on."""
FORGOTTEN = "the SIP server is another one: enter its password"
POWER_FIRST = {"usb"}
"""Those that count when the phone is switched on again."""


class DeskPhone:
    """Answers the control API. Enter it to switch it on; at its end the call ends too, and its recordings are safe.

    `tell` is given lines of news: registered, called by somebody.
    """

    def __init__(self, plan: DeskPlan, tell: Tell = lambda line: None) -> None:
        self._plan = plan
        self._tell = tell
        self._clock = LiveClock()
        self._watchers = Watchers()
        self._keeper = Keeper(plan.settings, plan.settings_file)
        self._log = Log()
        self._player = Player()
        self._face = Face()
        self._news = ""
        self._news_until = 0.0
        self._line: SipLine | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._listing: set[asyncio.Task[Any]] = set()
        self._drive_was: object = None
        self._line_is_old = False
        self._moving: asyncio.Task[None] | None = None
        self._pressed: set[asyncio.Task[None]] = set()
        self._one = asyncio.Lock()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        if has_line(self.settings):
            account_of(self.settings)  # what cannot be is said now
        self.bay = await aside(lambda: Bay(self._plan, self.settings, self._clock))
        self._calls = Calls(
            lambda: self.settings, self.bay, self._clock, self.show, self._log, self._pass_on, self._tell_all
        )
        await self._move_line()
        self._ticking = self._loop.create_task(self._tick())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Whatever goes wrong with one of them, the others are put away too; last in, first out.
        async with AsyncExitStack() as stack:
            stack.push_async_callback(aside, self.bay.close)
            stack.push_async_callback(self._close_line)
            stack.push_async_callback(self._calls.close)
            stack.callback(self._player.stop)
            running = {task for task in (self._ticking, self._moving, *self._pressed) if task}
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running)  # what has gone wrong there was told by `until`

    @property
    def settings(self) -> PhoneSettings:
        """What is set now."""
        return self._keeper.settings

    async def answer(self, request: api.Request) -> msgspec.Struct:
        """What the method's result says; PhoneRecorderError if it cannot be."""
        result = await ANSWERS[type(request)](self, request)
        self.show()
        return result

    def watch(self, listener: api.Listener, events: Collection[str] = api.EVENTS) -> Callable[[], None]:
        """Tell this one of these events from now on."""
        return self._watchers.watch(listener, events)

    async def until(self, stopped: asyncio.Event) -> None:
        """Until somebody wants it switched off; what goes wrong with the phone itself is raised here."""
        assert self._ticking is not None, "it is switched on"
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait({stopping, self._ticking}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if self._ticking.done():
            self._ticking.result()

    @property
    def facts(self) -> Facts:
        """All that the face is derived from."""
        calls = self._calls
        return Facts(
            settings=self.settings,
            phone=self._phone(),
            now=datetime.now(),
            call=calls.shown,
            status=calls.status,
            drive=calls.drive_view,
            drive_news=calls.drive_news,
            drives=self.bay.drives,
            recordings=self.bay.listed,
            playback=self._player.shown,
            log=self._log.calls,
            news=self._news if self._loop.time() < self._news_until else "",
        )

    def show(self) -> None:
        """Tell whoever watches what is so now."""
        facts, tell = self.facts, self._watchers.tell
        tell("phone", facts.phone)
        tell("screen", self._face.screen(facts))
        tell("call", facts.call, msgspec.structs.replace(facts.call, seconds=facts.call.seconds // 1))
        playback = facts.playback
        tell("playback", playback, msgspec.structs.replace(playback, position_s=playback.position_s // TOLD_S))
        tell("stick", self.bay.stick_state)
        tell("drives", facts.drives)
        tell("recordings", facts.recordings)
        tell("settings", self._keeper.listed)

    async def _tick(self) -> None:
        while True:
            self._calls.check()
            self._look_at_line()
            self._look_at_drive()
            self.show()
            levels = self._calls.watch_levels(self._watchers.wanted("levels"))
            self._watchers.tell("levels", levels)
            await asyncio.sleep(TICK_S)

    def _look_at_drive(self) -> None:
        """Recordings are listed anew when another drive is there, and when a recording has ended."""
        now = (self.bay.drives.problem, [drive.name for drive in self.bay.drives.drives], self._calls.recordings_seen)
        if now != self._drive_was:
            self._drive_was = now
            task = self._loop.create_task(self.bay.list())
            self._listing.add(task)
            task.add_done_callback(self._listing.discard)

    def _look_at_line(self) -> None:
        """A line that is to be another one is so as soon as nobody talks on it."""
        if self._line and self._line.crash:
            raise self._line.crash
        if self._line_is_old and not self._calls.busy and (self._moving is None or self._moving.done()):
            self._moving = self._loop.create_task(self._move_line())

    def _say(self, news: str) -> None:
        self._news, self._news_until = news, self._loop.time() + NEWS_S

    def _tell_all(self, news: str) -> None:
        """What happens by itself: on the screen, and as a line."""
        self._say(news)
        self._tell(news)

    def _pass_on(self, message: api.Message) -> None:
        if self._watchers.wanted("message"):
            self._watchers.pass_on("message", message)

    def _open_line(self) -> SipLine:
        def tap(own: Callable[[], int]) -> SipTap:
            return SipTap(own, self._pass_on)

        calls = self._calls
        return SipLine(lambda: self.settings, calls.offered, self.show, self._tell, tap, calls.busy)

    def _phone(self) -> api.Phone:
        settings, line = self.settings, self._line
        return api.Phone(
            model=settings.model,
            device=settings.device,
            number=settings.local_number,
            name=settings.local_name,
            version=__version__,
            language=settings.language,
            account=line.account.aor if line else "",
            registered=line.registered if line else "trying" if has_line(settings) else "no",
            problem=line.problem if line else "",
            sound=settings.call.sound,
        )

    async def _carry_out(self, wanted: list[api.Request]) -> api.Screen:
        """What a key has asked for; what cannot be is said on the screen."""
        for request in wanted:
            task = self._loop.create_task(self._try(request))
            self._pressed.add(task)
            task.add_done_callback(self._pressed.discard)
            # The next key must not wait for a drive, or for a name that is looked up.
            await asyncio.wait({task}, timeout=KEY_S)
        return self._face.screen(self.facts)

    async def _try(self, request: api.Request) -> None:
        try:
            await ANSWERS[type(request)](self, request)
        except PhoneRecorderError as error:
            self._say(str(error))
        self.show()

    async def _press_key(self, request: api.PressKey) -> api.Screen:
        self._news = ""
        return await self._carry_out(self._face.press(request.key, self.facts))

    async def _type_text(self, request: api.TypeText) -> api.Screen:
        return await self._carry_out(self._face.type(request.text, self.facts))

    async def _start_call(self, request: api.StartCall) -> api.Call:
        return await self._calls.start(request)

    async def _set_settings(self, request: api.SetSettings) -> api.SettingList:
        async with self._one:
            values = dict(request.values)
            before, after = self.settings, self._keeper.checked(values)
            if forgotten := _is_for_another(before, after) and "account.password" not in values:
                values["account.password"] = ""
                after = self._keeper.checked(values)
            if not same_line(before, after):
                if has_line(after):
                    account_of(after)
                self._line_is_old = True
            await self._keeper.change(values)
        self._calls.enable(after.record.enabled)
        self._say(self._keeper.problem or (FORGOTTEN if forgotten else self._counts(values)))
        return self._keeper.listed

    def _counts(self, values: Collection[str]) -> str:
        """From when on what was set counts, where that is not now."""
        sections = {key.partition(".")[0] for key in values}
        if sections & POWER_FIRST:
            return "saved: it counts when the phone is switched on again"
        later = self._calls.busy and sections & CALL_FIRST and set(values) != {"record.enabled"}
        return "saved: it counts from the next call on" if later else ""

    async def _move_line(self) -> None:
        self._line_is_old = False
        await self._close_line()
        if has_line(self.settings):
            self._line = self._calls.line = self._open_line()

    async def _close_line(self) -> None:
        line, self._line, self._calls.line = self._line, None, None
        if line:
            await line.close()

    async def _stick(self, change: Callable[[], None]) -> api.Stick:
        await aside(change)
        return self.bay.stick_state

    async def _start_playback(self, request: api.StartPlayback) -> api.Playback:
        sound = self.settings.call.sound
        await aside(lambda: self._player.start(request, *self.bay.to_play(request.name), sound))
        return self._player.shown

    async def _control_playback(self, request: api.ControlPlayback) -> api.Playback:
        self._player.control(request)
        return self._player.shown

    async def _export(self, request: api.ExportRecording) -> api.Exported:
        exported = await self.bay.export(request.name)
        self._say(f"exported to {exported.path}")
        return exported

    async def _clear_log(self) -> api.CallLog:
        self._log.clear()
        return self._log.calls


def _is_for_another(before: PhoneSettings, after: PhoneSettings) -> bool:
    """Whether a password that is kept would be shown to another server than the one that it is for."""
    places = [(one.account.registrar, one.account.proxy) for one in (before, after)]
    return bool(before.account.password) and bool(before.account.registrar) and places[0] != places[1]


async def _now(value: msgspec.Struct) -> msgspec.Struct:
    return value


Answer = Callable[[DeskPhone, Any], Awaitable[msgspec.Struct]]

ANSWERS: dict[type[api.Request], Answer] = {
    api.GetPhone: lambda phone, _: _now(phone._phone()),
    api.GetScreen: lambda phone, _: _now(phone._face.screen(phone.facts)),
    api.PressKey: DeskPhone._press_key,
    api.TypeText: DeskPhone._type_text,
    api.GetCall: lambda phone, _: _now(phone._calls.told),
    api.StartCall: DeskPhone._start_call,
    api.AnswerCall: lambda phone, _: _now(phone._calls.answer()),
    api.EndCall: lambda phone, _: _now(phone._calls.end()),
    api.HoldCall: lambda phone, request: _now(phone._calls.hold(request.held)),
    api.GetRecording: lambda phone, _: _now(phone._calls.record_state),
    api.PressRecord: lambda phone, request: _now(phone._calls.press(request.event)),
    api.ListDrives: lambda phone, _: _now(phone.bay.drives),
    api.GetStick: lambda phone, _: _now(phone.bay.stick_state),
    api.InsertStick: lambda phone, asked: phone._stick(
        lambda: phone.bay.emulated.insert(asked.capacity, asked.file_system, asked.locked)
    ),
    api.PullStick: lambda phone, _: phone._stick(lambda: phone.bay.emulated.pull()),
    api.FillStick: lambda phone, asked: phone._stick(lambda: phone.bay.emulated.fill(asked.left)),
    api.SlowStick: lambda phone, asked: phone._stick(lambda: phone.bay.emulated.slow(asked.delay_ms)),
    api.LockStick: lambda phone, asked: phone._stick(lambda: phone.bay.emulated.lock(asked.locked)),
    api.SpoilStick: lambda phone, asked: phone._stick(lambda: phone.bay.emulated.spoil(asked.bad)),
    api.ListRecordings: lambda phone, _: phone.bay.list(),
    api.DeleteRecording: lambda phone, request: phone.bay.delete(request.name),
    api.ExportRecording: DeskPhone._export,
    api.GetPlayback: lambda phone, _: _now(phone._player.shown),
    api.StartPlayback: DeskPhone._start_playback,
    api.ControlPlayback: DeskPhone._control_playback,
    api.ListSettings: lambda phone, _: _now(phone._keeper.listed),
    api.SetSettings: DeskPhone._set_settings,
    api.ListLog: lambda phone, _: _now(phone._log.calls),
    api.ClearLog: lambda phone, _: phone._clear_log(),
}
"""A new method of the control API is a new row."""
