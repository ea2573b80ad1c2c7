"""A case played at an agent, in real time: its call, its RTP, its keys, and what the agent tells of all that."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phone_recorder.errors import AgentRefused, NotConforming, UsageError
from phone_recorder.harness.evidence import Carried, Evidence, Moment, Passed, Recorded
from phone_recorder.harness.playing.our_server import OurServer
from phone_recorder.harness.playing.parties import Parties, make_parties
from phone_recorder.harness.playing.seen import files_in
from phone_recorder.harness.scenario import actions
from phone_recorder.harness.scenario.actions import ServerActs, Step
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.subjects.agent_call import AgentCall, paths_in
from phone_recorder.harness.subjects.agent_judge import OVER
from phone_recorder.harness.subjects.agent_settings import Asks, set_texts
from phone_recorder.harness.subjects.aligned import on_its_grid
from phone_recorder.harness.subjects.call_clock import CallClock
from phone_recorder.harness.subjects.legs import Legs
from phone_recorder.harness.subjects.tracks import Document, Track
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.mixer import FAR, NEAR
from phone_recorder.recording.units import SECOND, from_ms, from_seconds, to_seconds

STEP_S = 0.004
"""Between two looks for packets that are due; they are 10 ms apart at the least."""
LOOK = from_ms(50)
"""Between two looks at the record state: whatever is shown for less is seen by nobody."""
AHEAD = from_ms(40)
"""So much more is said as the call ends: what ends a moment later than it was told to has all of its last frames."""
PATIENCE = from_ms(200)
"""So long speech waits for a key of its instant."""
SAFE_S = 15.0
"""So long after its end a call's recordings may take to be safe."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What an agent stands on. `folder` is where its recordings come to be in local mode, None if that is not seen.

    `server` is ours, for a case that records to one.
    """

    agent: Asks
    clock: CallClock
    folder: Path | None
    server: OurServer | None
    passed: list[Passed] = field(default_factory=list)


class AgentPlay:
    """Plays one case; `run` gives its evidence. AgentRefused or NotConforming if the agent does not take it."""

    def __init__(self, case: Case, seed: int, ground: Ground, keep: bool) -> None:
        self._case, self._seed, self._ground = case, seed, ground
        self._carried: list[Carried] = []
        self._keep: Callable[[Carried], object] = self._carried.append if keep else id
        self._happened: list[tuple[int, str]] = []
        self._keys = sorted({step.at for step in case.steps if isinstance(step.action, actions.Press)})
        # What was there before is not this case's.
        self._old = {file.name for file in files_in(ground.folder)} if ground.folder else set()

    async def run(self) -> Evidence:
        """All of it, to the end."""
        case, clock = self._case, self._ground.clock
        parties = make_parties(case, self._seed, 0, case.call.length + SECOND)
        self._script(parties)
        self._call = AgentCall(self._ground.agent, case, clock.now)
        await self._call.begin()
        self._legs = Legs(parties, self._call.targets, self._keep)
        clock.begin()
        self._speaking = asyncio.create_task(self._speak_for_ever())
        try:
            await self._call.look()
            moments = await self._through()
            await self._to_its_end()
        finally:
            self._speaking.cancel()
            self._legs.close()
            # What has ended the case is told, not that the agent does not like that.
            with suppress(AgentRefused, NotConforming):
                await self._call.end()
        return await self._evidence(moments)

    def _script(self, parties: Parties) -> None:
        """What becomes of packets hangs on the instants at which they are due, however late this program is.

        The first of them are made now: whoever makes them when they are due is late with them.
        """
        steps = [step for step in self._case.steps if isinstance(step.action, _SPOKEN)]
        parties.hold(False, min([SECOND, *(step.at for step in steps)]))
        for step in sorted(steps, key=lambda step: step.at):
            action = step.action
            with self._at_line(step):
                if isinstance(action, actions.Talk) and action.what in _HOLDS:
                    parties.hold(_HOLDS[action.what], step.at)
                elif isinstance(action, actions.Network | actions.RtpFault):
                    parties.act(step.at, action)

    async def _speak_for_ever(self) -> None:
        while True:
            if not self._call.over:
                self._speak_now()
            await asyncio.sleep(STEP_S)

    def _speak_now(self) -> None:
        """What is due; what is due with a key waits a moment for that, so that a recording begins before its audio."""
        now = self._ground.clock.now()
        key = next((at for at in self._keys if now < at + PATIENCE), now)
        self._legs.send(now, min(now, key))

    def _demand_speech(self) -> None:
        """Raise what has silenced both parties, if anything has."""
        if self._speaking.done():
            self._speaking.result()

    async def _through(self) -> dict[int, Moment]:
        """All steps, and what is so at each instant that an expectation is for."""
        case = self._case
        steps: dict[int, list[Step]] = defaultdict(list)
        for step in case.steps:
            steps[step.at].append(step)
        looks = {expectation.at for expectation in case.expected if expectation.at is not None}
        moments = {}
        for instant in sorted({*steps, *looks, case.call.length}):
            await self._pass_to(instant)
            for step in steps.get(instant, ()):
                await self._act(step)
            self._keys = [at for at in self._keys if at > instant]
            if instant >= case.call.length:
                await self._hang_up()
            if instant in looks:
                moments[instant] = await self._moment()
        return moments

    async def _pass_to(self, instant: int) -> None:
        clock = self._ground.clock
        while (left := instant - clock.now()) > 0:
            self._demand_speech()
            if left > LOOK:
                await self._call.look()
            await asyncio.sleep(to_seconds(max(min(LOOK, instant - clock.now()), 0)))

    async def _to_its_end(self) -> None:
        """Until every recording is safe, as far as the agent and the server tell."""
        deadline = self._ground.clock.now() + from_seconds(SAFE_S)
        while self._ground.clock.now() < deadline:
            self._demand_speech()
            await self._call.look()
            server = self._ground.server
            if self._call.tracks.saved and not (server and server.running):
                return
            await asyncio.sleep(to_seconds(LOOK))

    async def _act(self, step: Step) -> None:
        place = len(self._happened)
        with self._at_line(step):
            await _ACTS[type(step.action)](self, step.action)
        # Whoever judges looks here for how late it was.
        self._happened.insert(place, (self._ground.clock.now(), step.text or str(step.action)))

    @contextmanager
    def _at_line(self, step: Step) -> Iterator[None]:
        try:
            yield
        except UsageError as error:
            raise UsageError(f"{self._case.path.name}:{step.line}: {error}") from error
        except AgentRefused as error:
            raise NotConforming(f"the agent refuses what line {step.line} asks of it: {error}") from error

    async def _hang_up(self) -> None:
        if not self._call.over:
            now = self._ground.clock.now()
            self._legs.send(now, now + AHEAD)
            await self._call.end()
            self._note(OVER)

    async def _moment(self) -> Moment:
        messages = len(self._ground.passed)
        return await self._call.moment(self._files(), self._document, messages)

    async def _evidence(self, moments: dict[int, Moment]) -> Evidence:
        case, said = self._case, self._legs.said
        end = await self._moment()
        return Evidence(
            moments=moments,
            end=end,
            recordings=tuple(self._recorded(track, said) for track in self._call.tracks.all),
            said=said,
            messages=tuple(self._ground.passed),
            screens=tuple(self._call.screens),
            carried=tuple(self._carried),
            happened=tuple(self._happened),
            lasted=end.instant,
            codecs={NEAR: case.near.codec, FAR: case.far.codec},
        )

    def _recorded(self, track: Track, said: dict[str, list[Datagram]]) -> Recorded:
        account = self._document(track.account)
        paths = paths_in(self._folder, account) if self._folder else ()
        skips = self._case.settings.record.pause == "skip"
        recorded = Recorded(account, track.start, paths, tuple(track.pauses), skips)
        return on_its_grid(recorded, said, track.start - track.asked)

    @property
    def _folder(self) -> Path | None:
        return self._ground.server.storage if self._ground.server else self._ground.folder

    def _files(self) -> tuple[Any, ...]:
        return tuple(file for file in files_in(self._folder) if file.name not in self._old) if self._folder else ()

    def _document(self, account: Document) -> Document:
        return self._ground.server.document(account) if self._ground.server else account

    def _note(self, text: str) -> None:
        self._happened.append((self._ground.clock.now(), text))

    async def _press(self, press: actions.Press) -> None:
        if said := await self._call.press(press.key):
            self._note(f"the agent says: {said}")

    async def _talk(self, talk: actions.Talk) -> None:
        if talk.what == "hang up":
            await self._hang_up()
        else:
            await self._call.hold(_HOLDS[talk.what])

    async def _serve(self, acts: ServerActs) -> None:
        if self._ground.server:
            self._ground.server.act(acts)

    async def _speak(self, action: actions.Network | actions.RtpFault) -> None:
        now = self._ground.clock.now()
        if not isinstance(action, actions.RtpFault) or action.kind != "wrong source":
            return
        if not (self._ground.server and self._ground.server.stray(action.number)):
            self._legs.stray(now, action)

    async def _change(self, change: actions.Change) -> None:
        await asyncio.to_thread(set_texts, self._ground.agent, change.texts)


_SPOKEN = (actions.Talk, actions.Network, actions.RtpFault)
_HOLDS = {"hold": True, "resume": False}
_ACTS: dict[type[Any], Callable[[AgentPlay, Any], Awaitable[None]]] = {
    actions.Press: AgentPlay._press,
    actions.Talk: AgentPlay._talk,
    actions.ServerActs: AgentPlay._serve,
    actions.Network: AgentPlay._speak,
    actions.RtpFault: AgentPlay._speak,
    actions.Change: AgentPlay._change,
}
"""All else is refused before a case is played (agent_limits)."""
