"""The emulated phone: whatever it is asked for goes by the table at its end, and what it shows derives from facts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import msgspec

from phone_recorder import __version__
from phone_recorder import control_api as api
from phone_recorder.adapters.aside import aside
from phone_recorder.adapters.clock import LiveClock
from phone_recorder.control_api.watchers import Watchers
from phone_recorder.desk.answers import ANSWERS
from phone_recorder.desk.bay import Bay
from phone_recorder.desk.call_log import Log
from phone_recorder.desk.calls import Calls
from phone_recorder.desk.keeper import Keeper
from phone_recorder.desk.plan import DeskPlan
from phone_recorder.desk.player import Player
from phone_recorder.desk.sip_line import SipLine, account_of, has_line
from phone_recorder.desk.taps import SipTap
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


class DeskPhone:
    """Answers the control API. Enter it to switch it on; at its end the call ends too, and its recordings are safe.

    `tell` is given lines of news: registered, called by somebody.
    """

    bay: Bay
    calls: Calls
    face: Face
    keeper: Keeper
    log: Log
    player: Player

    def __init__(self, plan: DeskPlan, tell: Tell = lambda line: None) -> None:
        self._plan = plan
        self._tell = tell
        self._clock = LiveClock()
        self._watchers = Watchers()
        self.keeper = Keeper(plan.settings, plan.settings_file)
        self.log = Log()
        self.player = Player()
        self.face = Face()
        self._news = ""
        self._news_until = 0.0
        self._line: SipLine | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._listing: set[asyncio.Task[Any]] = set()
        self._drive_was: object = None
        self.line_is_old = False
        """The line is not as the settings have it: it is another one as soon as nobody talks."""
        self._moving: asyncio.Task[None] | None = None
        self._pressed: set[asyncio.Task[None]] = set()
        self.one_at_a_time = asyncio.Lock()
        """For who changes settings."""

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        if has_line(self.settings):
            account_of(self.settings)  # what cannot be is said now
        self.bay = await aside(lambda: Bay(self._plan, self.settings, self._clock))
        self.calls = Calls(
            lambda: self.settings, self.bay, self._clock, self.show, self.log, self._pass_on, self._tell_all
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
            stack.push_async_callback(self.calls.close)
            stack.callback(self.player.stop)
            running = {task for task in (self._ticking, self._moving, *self._pressed) if task}
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running)  # what has gone wrong there was told by `until`

    @property
    def settings(self) -> PhoneSettings:
        """What is set now."""
        return self.keeper.settings

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
        calls = self.calls
        return Facts(
            settings=self.settings,
            phone=self.known,
            now=datetime.now(),
            call=calls.shown,
            status=calls.status,
            drive=calls.drive_view,
            drive_news=calls.drive_news,
            drives=self.bay.drives,
            recordings=self.bay.listed,
            playback=self.player.shown,
            log=self.log.calls,
            news=self._news if self._loop.time() < self._news_until else "",
        )

    def show(self) -> None:
        """Tell whoever watches what is so now."""
        facts, tell = self.facts, self._watchers.tell
        tell("phone", facts.phone)
        tell("screen", self.face.screen(facts))
        tell("call", facts.call, msgspec.structs.replace(facts.call, seconds=facts.call.seconds // 1))
        playback = facts.playback
        tell("playback", playback, msgspec.structs.replace(playback, position_s=playback.position_s // TOLD_S))
        tell("stick", self.bay.stick_state)
        tell("drives", facts.drives)
        tell("recordings", facts.recordings)
        tell("settings", self.keeper.listed)

    async def _tick(self) -> None:
        while True:
            self.calls.check()
            self._look_at_line()
            self._look_at_drive()
            self.show()
            levels = self.calls.watch_levels(self._watchers.wanted("levels"))
            self._watchers.tell("levels", levels)
            await asyncio.sleep(TICK_S)

    def _look_at_drive(self) -> None:
        """Recordings are listed anew when another drive is there, and when a recording has ended."""
        now = (self.bay.drives.problem, [drive.name for drive in self.bay.drives.drives], self.calls.recordings_seen)
        if now != self._drive_was:
            self._drive_was = now
            task = self._loop.create_task(self.bay.list())
            self._listing.add(task)
            task.add_done_callback(self._listing.discard)

    def _look_at_line(self) -> None:
        """A line that is to be another one is so as soon as nobody talks on it."""
        if self._line and self._line.crash:
            raise self._line.crash
        if self.line_is_old and not self.calls.busy and (self._moving is None or self._moving.done()):
            self._moving = self._loop.create_task(self._move_line())

    def say(self, news: str) -> None:
        """Show this for a while, in place of what else could be said; \"\" shows that again."""
        self._news, self._news_until = news, self._loop.time() + NEWS_S

    def _tell_all(self, news: str) -> None:
        """What happens by itself: on the screen, and as a line."""
        self.say(news)
        self._tell(news)

    def _pass_on(self, message: api.Message) -> None:
        if self._watchers.wanted("message"):
            self._watchers.pass_on("message", message)

    def _open_line(self) -> SipLine:
        def tap(own: Callable[[], int]) -> SipTap:
            return SipTap(own, self._pass_on)

        calls = self.calls
        return SipLine(lambda: self.settings, calls.offered, self.show, self._tell, tap, calls.busy)

    @property
    def known(self) -> api.Phone:
        """What phone this is, and how it is registered."""
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

    async def carry_out(self, wanted: list[api.Request]) -> api.Screen:
        """What a key has asked for; what cannot be is said on the screen."""
        for request in wanted:
            task = self._loop.create_task(self._try(request))
            self._pressed.add(task)
            task.add_done_callback(self._pressed.discard)
            # The next key must not wait for a drive, or for a name that is looked up.
            await asyncio.wait({task}, timeout=KEY_S)
        return self.face.screen(self.facts)

    async def _try(self, request: api.Request) -> None:
        try:
            await ANSWERS[type(request)](self, request)
        except PhoneRecorderError as error:
            self.say(str(error))
        self.show()

    async def _move_line(self) -> None:
        self.line_is_old = False
        await self._close_line()
        if has_line(self.settings):
            self._line = self.calls.line = self._open_line()

    async def _close_line(self) -> None:
        line, self._line, self.calls.line = self._line, None, None
        if line:
            await line.close()
