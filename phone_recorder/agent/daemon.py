"""The on-device agent: the recorder beside a phone's own program. It wakes when something happens, and never before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from functools import partial
from random import SystemRandom

import msgspec

from phone_recorder import __version__
from phone_recorder import control_api as api
from phone_recorder.adapters.clock import Clock, LiveClock
from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.reactor import Reactor, Timer
from phone_recorder.agent.answers import ANSWERS
from phone_recorder.agent.bugs import places
from phone_recorder.agent.call import AgentCall
from phone_recorder.agent.call_maker import CallMaker
from phone_recorder.agent.calls import Calls
from phone_recorder.agent.choosing import Choosing
from phone_recorder.agent.chronicle import Chronicle
from phone_recorder.agent.drive import AgentDrive
from phone_recorder.agent.ending import Ending
from phone_recorder.agent.keeping import Keeping
from phone_recorder.agent.plan import AgentPlan
from phone_recorder.agent.recovery import Recovery
from phone_recorder.agent.server_way import ServerWay
from phone_recorder.agent.signs import Signs
from phone_recorder.agent.telling import Telling
from phone_recorder.control_api.watchers import Watchers
from phone_recorder.errors import UsageError
from phone_recorder.recording.indicator import sentence
from phone_recorder.recording.record_key import NAMES, Event, Key
from phone_recorder.recording.units import SECOND
from phone_recorder.settings.phone import PhoneSettings

SILENT = "no RTP comes to port {} ({}) of call {}: send it PCMU, PCMA or G722 there"


class Agent:
    """Answers the control API. `open` it, and when the reactor has stopped, `close` it."""

    calls: Calls
    drive: AgentDrive

    def __init__(self, plan: AgentPlan, reactor: Reactor, log: Log, clock: Clock | None = None) -> None:
        self._plan = plan
        self._reactor = reactor
        self._log = log
        self._clock = clock or LiveClock()
        self._telling = Telling(Watchers(), reactor, self._failed)
        self._server = ServerWay()
        self._signs = Signs(reactor, self._key, log)
        self._chronicle = Chronicle(reactor, log)
        self._ticking: Timer | None = None
        self._news = ""  # of the drive, since the last recording began
        self._heard = ""
        self.choosing = Choosing(plan)
        self.calls = Calls()
        self._memory = Keeping(plan, self.calls, reactor)
        self._ending = Ending(reactor, self._clock, self.calls, log, self.show)
        self._maker = CallMaker(
            lambda record: self.drive.recorded_to(record), self._server.link, self._clock, SystemRandom()
        )

    @property
    def settings(self) -> PhoneSettings:
        """What is set now."""
        return self.choosing.now

    def open(self) -> None:
        """Look for the drive and the devices, and go on with what a crash has cut. PhoneRecorderError if it cannot."""
        record = self.settings.record
        look = partial(self._reactor.soon, self._look_at_drive)
        self.drive = AgentDrive(self._plan, record, self._clock, self._reactor, look, self._memory.part_begun)
        with ExitStack() as unless:
            unless.callback(self.drive.close)
            unless.callback(self._signs.close)
            self._signs.use(self.settings.agent)
            self._heard = self.drive.view.news
            self._look_up_server()
            recovery = Recovery(self._reactor, self.calls, self._maker, self.drive, self._clock, self._log, self)
            recovery.begin(self._memory.read(), self.settings)
            unless.pop_all()
        self.show()

    async def answer(self, request: api.Request) -> msgspec.Struct:
        """What the method's result says; PhoneRecorderError if it cannot be."""
        return await ANSWERS[type(request)](self, request)

    def watch(self, listener: api.Listener, events: Collection[str] = api.AGENT_EVENTS) -> Callable[[], None]:
        """Tell this one of these events from now on."""
        return self._telling.watch(self, listener, events)

    def begin(self, request: api.BeginCall) -> api.ObservedCall:
        """A call has begun."""
        self._ending.demand_life()
        settings = self.settings
        call = self._maker.begin(request, self.calls.next_id(), settings)
        self.calls.add(call)
        self._look_up_server()
        told = call.told(call.began)
        self._log("info", "a call has begun", call=call.id, direction=told.direction, remote_number=told.number)
        if settings.record.auto and settings.record.enabled:
            self._press_by_itself(call)
        self.show()
        return self.told(call)

    def _press_by_itself(self, call: AgentCall) -> None:
        """The recording that begins with the call; the call has begun, whatever becomes of that."""
        try:
            self._turn(call, Event.START)
        except Exception as error:
            self._failed(error)

    def end(self, call: AgentCall, reason: str = "") -> api.ObservedCall:
        """A call has ended."""
        now = self._clock.now()
        self.calls.end(call, now, reason)
        self._log("info", "the call has ended", call=call.id, reason=reason)
        self.show()
        return call.told(now)

    def press(self, call: AgentCall, event: str) -> None:
        """The record key, or one of its events."""
        self._ending.demand_life()
        self._turn(call, NAMES[event])
        self._log("info", f"record key: {event}", call=call.id, key=call.recorder.key.value)
        self.show()

    def _turn(self, call: AgentCall, event: Event) -> None:
        idle = call.recorder.key is Key.IDLE
        call.press(self._clock.now(), event)
        if idle and call.recorder.key is not Key.IDLE:
            self._news = ""
            self._signs.use(self.settings.agent)  # what could not be used may be there by now

    def change_settings(self, texts: Mapping[str, str]) -> Callable[[], None] | None:
        """Have these from now on; what is returned saves them. A call that goes on keeps those it began with.

        UsageError if one of them cannot be, or means nothing here.
        """
        save = self.choosing.take(texts)
        self._apply()
        return save

    def reload(self, settings: PhoneSettings) -> None:
        """Have these from now on: the settings' file was read again."""
        self.choosing.replace(settings)
        self._apply()

    @property
    def listed_settings(self) -> api.SettingList:
        """Those that mean something here."""
        return self.choosing.listed(self._problem)

    def told(self, call: AgentCall) -> api.ObservedCall:
        """The call as the control API has it."""
        return call.told(self._clock.now(), call is self.calls.current)

    def record_state(self, name: str = "", brief: bool = False) -> api.RecordState:
        """What is being recorded of that call, or of the current one, or was of the last one; as AgentCall has it."""
        view = self.drive.view
        call = self.calls.shown(name)
        if call is None:
            return api.RecordState(Key.IDLE.value, "idle", "00:00", sentence(view.news), "off")
        return call.record_state(view, self._news, brief)

    def list_again(self) -> None:
        """The recordings on the drive have changed, by what somebody has asked for."""
        self._telling.list_again()
        self.show()

    @property
    def status(self) -> api.AgentStatus:
        """All there is to know at a glance."""
        settings = self.settings
        return api.AgentStatus(
            version=__version__,
            mode=settings.record.mode,
            device=settings.device,
            calls=[self.told(call) for call in self.calls],
            record=self.record_state(),
            drives=self.drive.drives,
            problem="; ".join(filter(None, (self._problem, *self._silences))),
        )

    @property
    def _silences(self) -> list[str]:
        """What is the first mistake of whoever builds this into a phone: RTP goes somewhere else."""
        now = self._clock.now()
        silent = [(call, name) for call in self.calls for name in call.silent(now)]
        return [SILENT.format(call.streams.inputs[name].number, name, call.id) for call, name in silent]

    @property
    def _problem(self) -> str:
        return "; ".join(filter(None, (self.choosing.problem, self._signs.problem, self._memory.problem)))

    def show(self) -> None:
        """Let lamp, watchers and memory know what is so now, and wake again when something is due."""
        call = self.calls.shown()
        indicator = call.indicator(self.drive.view) if call else None
        self._signs.show(indicator.lamp if indicator else "off")
        self._chronicle.note(self.calls)
        self._telling.tell(self)
        self._memory.remember()
        self._arm()

    def stop(self, stopped: Callable[[], None]) -> None:
        """End every recording, and say when they are safe."""
        self._memory.end()
        self._end()
        self._ending.save(stopped)

    def fail(self) -> None:
        """An error of ours ends the agent: what was being recorded is remembered, and saved by `close` as it is."""
        self._ending.fail()
        self._end()
        self._memory.fail()

    def close(self) -> None:
        """Give everything back. What was being recorded is remembered only where the agent is to go on with it."""
        with ExitStack() as last_first:  # each of them, whatever becomes of the others
            last_first.callback(self._memory.close)
            last_first.callback(lambda: self._ending.let_go(self.drive.close))
            last_first.callback(self._signs.close)
            self.calls.close(self._clock.now())

    def _end(self) -> None:
        """Begin nothing more."""
        self._ending.begun = True
        self._arm()

    def _key(self, what: str) -> None:
        """The record key of the device was pressed, or the one that pauses."""
        call = self.calls.current
        if call is None:
            self._log("info", "a key was pressed, and there is no call", key=what)
            return
        paused = call.recorder.key in (Key.PAUSED, Key.WAITING_PAUSED)
        event = what if what == "record" else "resume" if paused else "pause"
        try:
            self.press(call, event)
        except UsageError as error:
            self._log("info", str(error), call=call.id)
        except Exception as error:  # a key ends no other call's recording
            self._failed(error)

    def _look_up_server(self) -> None:
        """Ahead of the recording that wants it."""
        look_up = self._server.look_up(self.settings.record.server)
        self._reactor.start(look_up, lambda _, error: self._failed(error) if error else None)

    def _failed(self, error: BaseException) -> None:
        """A bug in what nobody waits for: it is logged, and the agent goes on."""
        if not isinstance(error, Exception):
            raise error
        self._log("error", f"a bug of the agent: {type(error).__name__}", text=str(error), at=places(error))

    def _apply(self) -> None:
        settings = self.settings
        for call in self.calls:
            call.recorder.enabled = settings.record.enabled
        self._signs.use(settings.agent)
        self._look_up_server()
        self.show()

    def _look_at_drive(self) -> None:
        """Another drive is there, or none any more."""
        news = self.drive.view.news
        if news != self._heard:
            self._heard = self._news = news
            self._chronicle.drive(news)
        self.calls.hurry(self._clock.now())  # a recording on it ends now, and not with the next tick
        self.show()

    def _arm(self) -> None:
        if self._ticking:
            self._ticking.cancel()
        due = None if self._ending.begun else self.calls.due
        self._ticking = None if due is None else self._reactor.at(due / SECOND, self._tick)

    def _tick(self) -> None:
        self._ticking = None
        self.calls.advance(self._clock.now())
        self.show()
