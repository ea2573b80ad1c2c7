"""A phone that notes what is asked of it and what comes of that, so that the same can be played again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

import msgspec

from phone_recorder import control_api as api
from phone_recorder.adapters.clock import Clock, LiveClock
from phone_recorder.desk.phone import TICK_S, DeskPhone
from phone_recorder.desk.plan import DeskPlan
from phone_recorder.harness.evidence import FileSeen
from phone_recorder.harness.playing.seen import files_in
from phone_recorder.harness.recorded_session.expecting import LOOKS_AFTER
from phone_recorder.harness.recorded_session.notes import Notes
from phone_recorder.harness.recorded_session.session import Beginning, Done, Look, Session
from phone_recorder.phone.sip_talk import Tell
from phone_recorder.recording.units import to_seconds


class ObservedPhone(DeskPhone):
    """As DeskPhone, with an emulated stick; `session` is what was done with it since its first call."""

    def __init__(self, plan: DeskPlan, tell: Tell = lambda line: None, clock: Clock | None = None) -> None:
        super().__init__(plan, tell)
        self._stick_plan = plan
        self._time = clock or LiveClock()
        self._notes = Notes(self._beginning)
        self._asked = api.StartCall()
        self._levels = api.Levels()
        self._observing: asyncio.Task[None] | None = None
        self.watch(self._hear, ("levels",))

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self._observing = asyncio.create_task(self._observe())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._observing:
            observing, self._observing = self._observing, None
            observing.cancel()
            with suppress(asyncio.CancelledError):
                await observing
        await super().__aexit__(kind, error, trace)
        self._see()

    async def answer(self, request: api.Request) -> msgspec.Struct:
        """As there; what could not be was not done."""
        if isinstance(request, api.StartCall):
            self._asked = request
        at, hidden = self._time.now(), self.face.screen(self.facts).hidden
        self._see()
        result = await super().answer(self._sized(request))
        self._see(by_request=True)
        self._notes.did(Done(at, request, hidden))
        self._loop.call_later(to_seconds(LOOKS_AFTER), self._look, at)
        return result

    @property
    def called(self) -> bool:
        """Whether a call has stood."""
        return self._notes.called

    @property
    def session(self) -> Session:
        """All of it, once the phone is switched off; UsageError if there was no call."""
        return self._notes.session(self._files)

    def _sized(self, request: api.Request) -> api.Request:
        """A stick that comes again is as large as it was, and not as this machine's disk is."""
        if not isinstance(request, api.InsertStick) or request.capacity is not None:
            return request
        was = self.bay.stick_state.capacity
        return msgspec.structs.replace(request, capacity=self._stick_plan.stick_size if was is None else was)

    async def _observe(self) -> None:
        while True:
            self._see()
            await asyncio.sleep(TICK_S)

    def _see(self, by_request: bool = False) -> None:
        calls = self.calls
        self._notes.see(self._time.now(), calls.told, calls.record_state, self._levels, by_request)

    def _look(self, after: int) -> None:
        if self._observing is None:  # it is being switched off
            return
        screen = self.face.screen(self.facts)
        self._notes.looked(Look(after, self.calls.record_state.key, self.calls.told.state, screen))

    def _hear(self, event: api.Event) -> None:
        self._levels = event.data

    def _beginning(self) -> Beginning:
        call, asked = self.settings.call, self._asked
        return Beginning(self.settings, self.bay.stick_state, asked.near or call.near, asked.far or call.far)

    @property
    def _files(self) -> tuple[FileSeen, ...]:
        plan = self._stick_plan
        assert plan.stick, "the stick is an emulated one"
        return files_in(plan.stick.joinpath(*filter(None, plan.settings.record.folder.split("/"))))
