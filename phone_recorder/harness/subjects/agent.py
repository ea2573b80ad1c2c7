"""A real agent as the device under test: one that runs, by its socket, or one of our own for each case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from phone_recorder.adapters.agent_client import AgentClient
from phone_recorder.adapters.agent_process import STICK, own_agent
from phone_recorder.errors import AgentRefused, AgentUnreachable, NotConforming, UsageError
from phone_recorder.harness.evidence import Evidence, Passed
from phone_recorder.harness.playing.our_server import OurServer
from phone_recorder.harness.runner.collecting import collect
from phone_recorder.harness.runner.interruptible import run_interruptible
from phone_recorder.harness.runner.one_case import Engine
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import RunOptions, run
from phone_recorder.harness.scenario.case import Case, StickPlan
from phone_recorder.harness.subjects.agent_answers import CheckedAgent
from phone_recorder.harness.subjects.agent_judge import judge_agent
from phone_recorder.harness.subjects.agent_limits import why_not
from phone_recorder.harness.subjects.agent_play import AgentPlay, Ground
from phone_recorder.harness.subjects.agent_settings import Asks, borrowed, texts_at_start, wanted_texts
from phone_recorder.harness.subjects.call_clock import CallClock

AUTO = "auto"
SERVER = "server"
"""The directory in which our record server stores."""
Address = tuple[str, int]


class RealAgent:
    """`socket` is where it is, or AUTO. `recordings` is the directory with its record files, if that is seen here.

    One agent plays a case after the other, in real time.
    """

    def __init__(self, socket: str, recordings: Path | None = None) -> None:
        """UsageError if that is empty."""
        if not socket:
            raise UsageError("--agent is empty: write the path of the agent's socket, or auto")
        self._own = socket == AUTO
        self._socket = Path(socket)
        self._recordings = recordings
        self.refused: Mapping[str, str] = _OF_ALL if self._own else {**_OF_ALL, **_OF_ONE}
        named = {"--agent": socket, "--recordings": recordings}
        self.words = tuple(f"{option}={value}" for option, value in named.items() if value)

    def cases(self, paths: Sequence[Path]) -> tuple[Case, ...]:
        """Those of scenarios, which may be for other devices too."""
        return collect(paths)

    def run(self, cases: Sequence[Case], options: RunOptions) -> Iterator[Result]:
        """AgentUnreachable, before anything is played, if no agent answers."""
        if not self._own:
            AgentClient(self._socket).close()
            options = replace(options, jobs=1)
        return run(cases, options, Engine(self.play, judge_agent, live=True, subject="agent", why_not=self.why_not))

    def why_not(self, case: Case) -> str:
        """Why an agent cannot be told what the case wants, or does not tell it; "" if it can."""
        return why_not(case, self._own or self._recordings is not None, self._own)

    def play(self, case: Case, seed: int, place: Path, keep: bool = False) -> Evidence:
        """In real time. UsageError or AudioFileError if the case asks for what cannot be.

        NotConforming says what the agent does wrong.
        """
        try:
            return run_interruptible(partial(self._play, case, seed, place, keep))
        except AgentRefused as error:
            raise NotConforming(f"the agent refuses what a case needs: {error}") from error

    async def _play(self, case: Case, seed: int, place: Path, keep: bool) -> Evidence:
        clock, passed = CallClock(), list[Passed]()
        async with AsyncExitStack() as stack:
            server = None
            if case.settings.record.mode == "server":
                server = OurServer(place / SERVER, case.server, clock, passed.append)
                await stack.enter_async_context(server)
            agent = stack.enter_context(self._agent(case, place, server.address if server else None))
            ground = Ground(agent, clock, self._folder(case, place), server, passed)
            return await AgentPlay(case, seed, ground, keep).run()

    @contextmanager
    def _agent(self, case: Case, place: Path, server: Address | None) -> Iterator[Asks]:
        """Set as the case wants it."""
        if self._own:
            size = (case.stick or StickPlan()).size
            with own_agent(place, texts_at_start(case.settings, server), size) as client:
                yield CheckedAgent(client)
            return
        with _client(self._socket) as agent, borrowed(agent, wanted_texts(case.settings, server)):
            yield agent

    def _folder(self, case: Case, place: Path) -> Path | None:
        if not self._own:
            return self._recordings
        return (place / STICK).joinpath(*filter(None, case.settings.record.folder.split("/")))


@contextmanager
def _client(socket: Path) -> Iterator[Asks]:
    """An agent that has answered before: what becomes of it is its doing."""
    try:
        client = AgentClient(socket)
    except AgentUnreachable as error:
        raise NotConforming(str(error)) from error
    with client:
        yield CheckedAgent(client)


_OF_ALL = {"live": "an agent is always played in real time"}
_OF_ONE = {"jobs": "one agent plays a case after the other: leave -j out, or have --agent auto"}
