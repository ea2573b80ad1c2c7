"""All of a case under one clock: the phone and what it stands on, ticks, and what each step does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from phone_recorder import control_api as api
from phone_recorder.adapters.phone_drive import PhoneDrive
from phone_recorder.errors import UsageError
from phone_recorder.harness.call.run import FAST_TICK
from phone_recorder.harness.evidence import Passed
from phone_recorder.harness.playing.answers import answer
from phone_recorder.harness.playing.call import NEVER
from phone_recorder.harness.playing.disk import demand_disk
from phone_recorder.harness.playing.ground import Ground
from phone_recorder.harness.playing.kept import Kept
from phone_recorder.harness.playing.means import Means
from phone_recorder.harness.playing.parties import is_heard
from phone_recorder.harness.playing.phone import PlayedPhone
from phone_recorder.harness.playing.sip_script import SipScript
from phone_recorder.harness.playing.stick import ScenarioStick
from phone_recorder.harness.scenario import actions
from phone_recorder.harness.scenario.actions import Step
from phone_recorder.harness.scenario.case import Case
from phone_recorder.recording.from_settings import header_of, space_of
from phone_recorder.recording.record_key import NAMES

OFTEN = FAST_TICK["server"]
"""The tick of all but local recordings."""


class World:
    """Use as `with World(...)`. `place` is an empty directory; with `keep` every packet is kept.

    Its user lets the time pass by `pass_to`, or by `mix` and `reach`; whatever is then done is done at that instant.
    """

    def __init__(self, case: Case, seed: int, place: Path, means: Means, keep: bool = False) -> None:
        self.case = case
        self.place = place
        self.clock = clock = means.clock
        self.messages: list[Passed] = []
        self.happened: list[tuple[int, str]] = []
        self._still_until = 0
        self._waiting: list[Step] = []  # for a phone that stands still
        with ExitStack() as stack:
            kept = Kept(clock, keep)
            stick = ScenarioStick(case, place / "stick", clock, means.writers, means.live)
            record = case.settings.record
            drive = PhoneDrive(
                stick, header_of(record), space_of(record), clock.system_time, live=False, worker=stick.worker
            )
            stack.callback(drive.close)
            server = means.server(place / "server", case.server, self._passed)
            stack.callback(server.close)
            sip = SipScript(case.sip, clock, self._passed)
            self.ground = Ground(means, stick, drive, server, sip, kept, self.note)
            self.phone = PlayedPhone(case, seed, self.ground, is_heard(case, keep))
            stack.callback(self.phone.close)
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def over(self) -> bool:
        """Nothing goes on, and every recording is safe."""
        return not self._waiting and self._is_quiet

    def begin(self) -> None:
        """The first call, if the case has one, which stands from the beginning."""
        call = self.case.call
        if call.first:
            self.phone.begin(call.direction, call.number, call.name, answered=True)
        self._tick()

    def pass_to(self, instant: int) -> None:
        """Let time pass until then, a tick after the other."""
        while self.clock.now() < instant:
            self.reach(min(instant, self.next_tick))

    def reach(self, instant: int) -> None:
        """It is this instant now, at which there is a tick."""
        self.clock.advance_to(instant)
        self._tick()

    def mix(self, instant: int) -> None:
        """It is this instant now, at which the phone's mixer alone has something to do."""
        self.clock.advance_to(instant)
        if not self._stands_still:
            self.phone.mix(instant)

    def act(self, step: Step) -> None:
        """What a step does now, and what the phone makes of it. UsageError says which step cannot be."""
        action = step.action
        if self._stands_still and isinstance(action, _PERSONS):
            self._waiting.append(step)
            return
        self.note(step.text or str(action))
        try:
            _ACTS[type(action)](self, action)
        except UsageError as error:
            where = f"{self.case.path.name}:{step.line}" if step.line else self.case.name
            raise UsageError(f"{where}: {error}") from error
        self._tick()

    @property
    def next_tick(self) -> int:
        """The next instant at which something may happen by itself."""
        now = self.clock.now()
        later = [self._still_until]
        if not self._is_quiet:
            tick = self.ground.means.tick if self._is_local else OFTEN
            later.append((now // tick + 1) * tick)
            later += [call.recorded.end for call in self.phone.calls if call.recorded and not call.over]
        return min((instant for instant in later if instant > now), default=NEVER)

    @property
    def next_frame(self) -> int:
        """The next instant at which the phone's mixer has something to do."""
        now = self.clock.now()
        return min((call.next_frame(now) for call in self.phone.calls), default=NEVER)

    def note(self, text: str) -> None:
        """Something that is worth a line of the timeline happens now."""
        self.happened.append((self.clock.now(), text))

    @property
    def _is_quiet(self) -> bool:
        """Time may pass without a tick."""
        return all(call.done for call in self.phone.calls) and not self.ground.server.running

    @property
    def _is_local(self) -> bool:
        calls = (call for call in self.phone.calls if not call.done)
        return all(call.stage.request.settings.mode == "local" for call in calls) and not self.ground.server.running

    @property
    def _stands_still(self) -> bool:
        return self.clock.now() < self._still_until

    def _tick(self) -> None:
        """As a phone's tick comes, and then the server's. One that stands still has none."""
        now, ground = self.clock.now(), self.ground
        ground.sip.advance(now)
        if not self._stands_still:
            self.phone.advance(now)
        ground.server.advance(now)
        demand_disk(self.place, ground.stick.disk_error or ground.server.disk_error)
        if self._waiting and not self._stands_still:
            waiting, self._waiting = self._waiting, []
            for step in waiting:
                self.act(step)

    def _passed(self, message: Passed) -> None:
        self.messages.append(message)
        if message.protocol == "sip":
            self.ground.kept.sip(message)

    def _press(self, press: actions.Press) -> None:
        if press.key in NAMES:
            self.phone.press_record(NAMES[press.key])
        else:
            self.phone.press(press.key)

    def _type(self, type_: actions.Type) -> None:
        self.phone.type(type_.text)

    def _talk(self, talk: actions.Talk) -> None:
        begin = api.StartCall(talk.number, talk.name, talk.direction)
        requests = {"hold": api.HoldCall(True), "resume": api.HoldCall(False), "hang up": api.EndCall(), "begin": begin}
        answer(self.phone, requests[talk.what])

    def _stick(self, stick: actions.Stick) -> None:
        self.ground.stick.act(stick, self._tick)

    def _server(self, acts: actions.ServerActs) -> None:
        self.ground.server.act(acts)

    def _sip(self, acts: actions.SipActs) -> None:
        self.ground.sip.act(acts)

    def _network(self, network: actions.Network) -> None:
        self.phone.network = network
        if self.phone.busy:
            self._speak(network)

    def _speak(self, action: actions.Network | actions.RtpFault) -> None:
        call = self.phone.call
        if call is None or call.over or call.parties is None:
            raise UsageError("nobody speaks now: let a call begin before")
        call.parties.act(self.clock.now(), action)

    def _rtp(self, fault: actions.RtpFault) -> None:
        self.ground.server.stray(fault.number) if fault.kind == "wrong source" else self._speak(fault)

    def _leap(self, jump: actions.ClockJump) -> None:
        self.clock.leap(jump.units)

    def _stand_still(self, still: actions.Standstill) -> None:
        self._still_until = max(self._still_until, self.clock.now() + still.units)
        self.ground.means.stand_still(still.units)

    def _change(self, change: actions.Change) -> None:
        self.phone.set(change.texts)


_ACTS: dict[type[actions.Action], Callable[[World, Any], None]] = {
    actions.Press: World._press,
    actions.Type: World._type,
    actions.Talk: World._talk,
    actions.Stick: World._stick,
    actions.ServerActs: World._server,
    actions.SipActs: World._sip,
    actions.Network: World._network,
    actions.RtpFault: World._rtp,
    actions.ClockJump: World._leap,
    actions.Standstill: World._stand_still,
    actions.Change: World._change,
}
_PERSONS = (actions.Press, actions.Type, actions.Talk, actions.Change)
"""Whoever does these to a phone that stands still has it answered later."""
