"""The whole phone of a scenario: face, menus, keys, settings, call log, and its calls one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random

from phone_recorder import __version__
from phone_recorder import control_api as api
from phone_recorder.adapters.drive_recordings import list_recordings
from phone_recorder.adapters.settings_keeper import Keeper
from phone_recorder.control_api.told import drive_list, recording_list
from phone_recorder.errors import DriveError, PhoneRecorderError, UsageError
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.stage import Stage
from phone_recorder.harness.playing.answers import NO_CALL, answer
from phone_recorder.harness.playing.call import PlayedCall
from phone_recorder.harness.playing.ground import Ground
from phone_recorder.harness.playing.parties import Parties, make_parties
from phone_recorder.harness.scenario.actions import Network
from phone_recorder.harness.scenario.case import Case
from phone_recorder.models import find_model
from phone_recorder.phone.face.face import Face
from phone_recorder.phone.face.facts import IDLE, Facts
from phone_recorder.phone.menus.menus import Menus
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.units import from_seconds, to_seconds

NEWS = from_seconds(5)
"""So long the answer to what could not be is shown."""
USUAL_LENGTH = from_seconds(10)
"""Of a call that a step begins where the scenario has no call of its own."""


class PlayedPhone:
    """`ground` is what it stands on. What it shows derives from `facts`. `heard`: what is said in its calls is kept."""

    def __init__(self, case: Case, seed: int, ground: Ground, heard: bool = True) -> None:
        self.ground = ground
        self.keeper = Keeper(case.settings, None)
        self.calls: list[PlayedCall] = []
        """All there were, oldest first."""
        self.network: Network | None = None
        """That of a step, which later calls go through too."""
        self.forgotten = 0
        """So many of the calls are not in the call log any more."""
        self._case = case
        self._seed = seed
        self._heard = heard
        self._menus = Menus()
        self._face = Face(self._menus)
        self._news = ""
        self._news_until = 0

    @property
    def call(self) -> PlayedCall | None:
        """The call there is, or was last."""
        return self.calls[-1] if self.calls else None

    @property
    def busy(self) -> bool:
        """There is a call."""
        return self.call is not None and not self.call.over

    @property
    def screen(self) -> api.Screen:
        """What is shown now."""
        return self._face.screen(self.facts)

    @property
    def facts(self) -> Facts:
        """All that the face is derived from."""
        settings, call, ground = self.keeper.settings, self.call, self.ground
        seen = call.remembered if call else None
        return Facts(
            settings=settings,
            phone=self._known,
            now=ground.clock.system_time(ground.clock.now()),
            call=call.shown if call else api.Call(),
            status=seen.recorder.status if seen else IDLE,
            drive=ground.drive.view if settings.record.mode == "local" else DriveView(),
            drive_news=seen.facts.news if seen else "",
            drives=drive_list(ground.stick.state, ground.drive.view),
            recordings=self.recordings,
            log=self._log,
            news=self._news if ground.clock.now() < self._news_until else "",
        )

    @property
    def recordings(self) -> api.RecordingList:
        """Those on the drive, as a menu that is open shows them."""
        if not self._menus.open:
            return api.RecordingList([])
        state = self.ground.stick.state
        try:
            return recording_list(list_recordings(state.drive)) if state.drive else _unlisted(state.error)
        except DriveError as error:
            return _unlisted(error)

    def press(self, key: str) -> None:
        """A key of the phone; UsageError for a name that is none."""
        self.say("")
        self.carry_out(self._face.press(key, self.facts))

    def press_record(self, event: Event) -> None:
        """A key of the recording, whether the phone has one for it or not."""
        self.say("")
        if self.call and self.call.answered and not self.call.over:
            self.call.press(event, self.ground.stick.number)
        else:
            self.say(NO_CALL)

    def type(self, text: str) -> None:
        """Letters into the field that is open."""
        self.carry_out(self._face.type(text, self.facts))

    def carry_out(self, wanted: list[api.Request]) -> None:
        """What a key has asked for; what cannot be is said on the screen."""
        for request in wanted:
            try:
                answer(self, request)
            except PhoneRecorderError as error:
                self.say(str(error))

    def say(self, news: str) -> None:
        """Show this for a while, in place of what else could be said."""
        self._news, self._news_until = news, self.ground.clock.now() + NEWS

    def set(self, texts: Mapping[str, str]) -> None:
        """Have these settings from now on; SettingError, and none of them, if one cannot be."""
        self.keeper.take(texts)
        if self.call and self.call.recorded:
            self.call.recorded.recorder.enabled = self.keeper.settings.record.enabled

    def begin(self, direction: api.Direction, number: str, name: str, answered: bool) -> None:
        """A call, which stands at once or rings; UsageError or AudioFileError if nobody can speak in it."""
        call = self._made(direction, number, name)
        self.calls.append(call)
        if answered:
            self.answer()
        else:
            self.ground.happened(f"{number or 'somebody'} calls")

    def answer(self) -> None:
        """The call stands from now on."""
        assert self.call is not None, "there is one that rings"
        self.call.connect(self.ground.stick.number)
        if self.call.parties and self.network:
            self.call.parties.act(self.ground.clock.now(), self.network)
        self.ground.happened("the call stands")

    def advance(self, now: int) -> None:
        """The phone's tick."""
        self.ground.stick.time.advance()
        for call in self.calls:
            if not call.done:
                call.advance(now, self.ground.stick.number)

    def mix(self, now: int) -> None:
        """What its mixer does between two ticks."""
        for call in self.calls:
            call.mix(now)

    def close(self) -> None:
        """Give back what it holds."""
        for call in self.calls:
            call.close()

    @property
    def _known(self) -> api.Phone:
        settings = self.keeper.settings
        return api.Phone(
            settings.model,
            settings.device,
            settings.local_number,
            settings.local_name,
            __version__,
            settings.language,
        )

    @property
    def _log(self) -> api.CallLog:
        return api.CallLog([_logged(call) for call in reversed(self.calls[self.forgotten :]) if call.over])

    def _ended(self) -> None:
        self.ground.sip.end()
        self.ground.happened("the call is over")

    def _made(self, direction: api.Direction, number: str, name: str) -> PlayedCall:
        ground, count = self.ground, len(self.calls)
        # No two recordings may have the same id.
        seed = self._seed if not count else Random(f"{self._seed} {count}").getrandbits(32)
        request = self._request(direction, number, name, seed)
        ground.drive.header, ground.drive.policy = request.header, request.space
        # Another server may be recorded on, or none.
        link = (lambda: ground.kept.link(ground.server.link())) if request.settings.mode == "server" else None
        stage = Stage(request, ground.clock, ground.means.mix_link(), link, live=False, drive=ground.drive)

        def parties(start: int, end: int) -> Parties:
            return make_parties(self._case, seed, start, end, self._heard)

        return PlayedCall(
            stage,
            ground.clock,
            parties,
            ground.kept,
            lambda: ground.sip.info(request.settings.sip_info),
            self._ended,
        )

    def _request(self, direction: str, number: str, name: str, seed: int) -> CallRequest:
        settings, case = self.keeper.settings, self._case
        return CallRequest(
            model=find_model(settings.model),
            settings=settings.record,
            call_codec=case.far.codec,
            usb=Path(),  # the drive is lent
            near=case.near.voice,
            far=case.far.voice,
            duration_s=to_seconds(case.call.length or USUAL_LENGTH),
            keys="",
            direction=direction,
            remote_number=number,
            remote_name=name,
            local_number=settings.local_number,
            local_name=settings.local_name,
            device=settings.device,
            seed=seed,
        )


def _unlisted(error: DriveError | None) -> api.RecordingList:
    return api.RecordingList([], str(error or UsageError("no USB drive is plugged in")))


def _logged(call: PlayedCall) -> api.LoggedCall:
    told, at = call.told, call.began.isoformat(timespec="seconds")
    return api.LoggedCall(told.direction, told.number, told.name, at, told.seconds, call.answered, call.kept)
