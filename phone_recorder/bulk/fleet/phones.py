"""One phone of a fleet: what each action of its table does."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.bulk.fleet.control_dialogue import Accepted, ControlDialogue, Lost, Refused, Stopped, Told
from phone_recorder.bulk.fleet.phone_table import TABLE, Action, Event, State
from phone_recorder.bulk.fleet.plan import Bad
from phone_recorder.bulk.fleet.script import Call, call_of, request_of
from phone_recorder.bulk.fleet.site import Link, Outcome, Site
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.errors import UsageError
from phone_recorder.recording.units import to_seconds

STOP_REASON = "call ended"
_ENDS = {
    None: Event.TALKED,
    Bad.HALF: Event.TALKED,
    Bad.MUTE: Event.TALKED,
    Bad.HANG_UP: Event.HUNG_UP,
    Bad.RESET: Event.RESET,
    Bad.SILENT: Event.FELL_SILENT,
    Bad.VANISH: Event.VANISHED,
}
"""How the talk of a call ends, by its script."""


class Phone:
    """Phone `number`, from 0 on. It is told of its link, of its alarm, and of the end of the run."""

    __slots__ = (
        "_call",
        "_dialogue",
        "_link",
        "_packets",
        "_peer",
        "_request",
        "_site",
        "_steps",
        "_stream",
        "_why",
        "_wished_at",
        "calls",
        "number",
        "state",
    )

    def __init__(self, number: int, site: Site, first_call_at: int) -> None:
        self.number = number
        self.state = State.RESTING
        self.calls = 0
        """That it has made."""
        self._site = site
        self._steps = [(first_call_at, Event.CALL)]
        self._call: Call | None = None
        self._dialogue: ControlDialogue | None = None
        self._link: Link | None = None
        self._stream: int | None = None
        self._request = b""
        self._peer = ("", 0)
        self._packets = Totals()
        self._why = ""
        self._wished_at = 0
        site.tally.states[self.state] += 1
        self._arm()

    def wake(self, now: int) -> None:
        """Its alarm went off."""
        if self._dialogue and (told := self._dialogue.advance(now)):
            self._hear(told)
        while self._steps and self._steps[0][0] <= now:
            self._step(self._steps.pop(0)[1])
        self._arm()

    def opened(self, peer: str) -> None:
        """Of its link."""
        call, dialogue = self._running()
        self._request = dialogue.opened(self._site.clock.now(), peer)
        self.happen(Event.OPENED_HALF if call.bad is Bad.HALF else Event.OPENED)

    def received(self, data: bytes) -> None:
        """Of its link."""
        _, dialogue = self._running()
        self._hear(dialogue.received(self._site.clock.now(), data))
        self._arm()

    def lost(self, why: str) -> None:
        """Of its link."""
        _, dialogue = self._running()
        self._hear(dialogue.closed(why))

    def happen(self, event: Event) -> None:
        """Do as the table says."""
        states = self._site.tally.states
        states[self.state] -= 1
        self.state, action = TABLE[self.state][event]
        states[self.state] += 1
        _DO[action](self)
        self._arm()

    def _step(self, event: Event) -> None:
        """What its script says that it does now."""
        self.happen(Event.NO_MORE if event is Event.CALL and not self._site.admit(self.calls) else event)

    def _hear(self, told: Told | None) -> None:
        match told:
            case Accepted(host, port):
                self._peer = host, port
                self.happen(Event.ACCEPTED)
            case Stopped():
                self.happen(Event.STOPPED)
            case Refused(reason) | Lost(reason):
                self._why = reason
                self.happen(Event.FAILED)

    def _arm(self) -> None:
        """Set the alarm for whatever comes first."""
        waits = [instant for instant, _ in self._steps[:1]]
        if self._dialogue and (due := self._dialogue.due) is not None:
            waits.append(due)
        self._site.timers.set(self.number, min(waits, default=None))

    def _running(self) -> tuple[Call, ControlDialogue]:
        assert self._call and self._dialogue
        return self._call, self._dialogue

    def _connect(self) -> None:
        site, now = self._site, self._site.clock.now()
        self._call = call_of(site.plan, self.number, self.calls)
        self.calls += 1
        self._wished_at, self._why = now, ""
        request = request_of(site.plan, self.number, self._call, site.run)
        self._dialogue = ControlDialogue(now, request, site.plan.policy)
        self._link = site.open_link(site.plan.server, site.plan.source_of(self.number), self)
        site.tally.attempted += 1

    def _ask(self) -> None:
        self._send(self._request)

    def _ask_half(self) -> None:
        self._send(self._request[: len(self._request) // 2])

    def _send(self, data: bytes) -> None:
        if self._link:
            self._link.send(data)

    def _talk(self) -> None:
        site, now = self._site, self._site.clock.now()
        call, _ = self._running()
        begin = site.begins(now)
        try:
            self._stream = site.media.begin(begin, self._peer, site.plan.source_of(self.number), call)
        except UsageError as error:
            self._why = str(error)
            self.happen(Event.FAILED)
            return
        site.tally.started += 1
        site.tally.start_latency.add(to_seconds(now - self._wished_at))
        self._steps = self._talk_steps(call, begin)

    def _talk_steps(self, call: Call, begin: int) -> list[tuple[int, Event]]:
        end = begin + call.talk
        steps = [(begin + call.talk // 2, Event.MUTED)] if call.bad is Bad.MUTE else []
        steps.append((end, _ENDS[call.bad]))
        if call.bad is Bad.SILENT:
            steps.append((end + self._site.plan.silent_for, Event.WAITED))
        return steps

    def _mute(self) -> None:
        self._end_stream()

    def _stop(self) -> None:
        self._end_stream()
        self._cancel()

    def _cancel(self) -> None:
        _, dialogue = self._running()
        self._steps = []
        self._wished_at = self._site.clock.now()
        self._send(dialogue.stop(self._wished_at, STOP_REASON))

    def _end(self) -> None:
        _, dialogue = self._running()
        self._site.tally.ended += 1
        self._site.tally.stop_latency.add(to_seconds(dialogue.heard_at - self._wished_at))
        self._over(Action.END)

    def _cut(self) -> None:
        self._site.tally.cut += 1
        self._over(Action.CUT)

    def _cut_by_reset(self) -> None:
        self._site.tally.cut += 1
        self._over(Action.CUT, reset=True)

    def _cut_after_stop(self) -> None:
        self._stop()
        self._cut()

    def _fail(self) -> None:
        self._site.tally.failures.add(self._why)
        self._over(Action.FAIL)

    def _give_up(self) -> None:
        self._site.tally.given_up += 1
        self._over(Action.GIVE_UP)

    def _over(self, how: Action, reset: bool = False) -> None:
        """The call is over; the next one is after a rest, if there is one."""
        call, _ = self._running()
        self._end_stream()
        if self._link:
            self._link.close(reset)
        packets, self._packets = self._packets, Totals()
        self._link = self._dialogue = self._call = None
        self._steps = []
        self._site.told(Outcome(self.number, call, how, self._why if how is Action.FAIL else "", packets))
        if self.state is State.RESTING:
            self._rest(call.rest)

    def _rest(self, length: int) -> None:
        if self._site.expects(self.calls):
            self._steps = [(self._site.clock.now() + length, Event.CALL)]
        else:
            self.happen(Event.NO_MORE)

    def _end_stream(self) -> None:
        if self._stream is not None:
            self._packets = self._site.media.end(self._stream)
            self._stream = None

    def _nothing(self) -> None:
        self._steps = []


_DO: dict[Action, Callable[[Phone], None]] = {
    Action.NOTHING: Phone._nothing,
    Action.CONNECT: Phone._connect,
    Action.ASK: Phone._ask,
    Action.ASK_HALF: Phone._ask_half,
    Action.TALK: Phone._talk,
    Action.MUTE: Phone._mute,
    Action.FALL_SILENT: Phone._mute,
    Action.STOP: Phone._stop,
    Action.CANCEL: Phone._cancel,
    Action.END: Phone._end,
    Action.CUT: Phone._cut,
    Action.CUT_BY_RESET: Phone._cut_by_reset,
    Action.CUT_AFTER_STOP: Phone._cut_after_stop,
    Action.FAIL: Phone._fail,
    Action.GIVE_UP: Phone._give_up,
}
