"""Keeps what a crash must not lose in its file, and says what it was when the agent comes back."""

from __future__ import annotations

from concurrent import futures

from msgspec.structs import replace

from phone_recorder.adapters.reactor import Reactor
from phone_recorder.adapters.state_file import StateFile, boot_id
from phone_recorder.agent.calls import Calls
from phone_recorder.agent.memory import Kept, KeptCall, decode, encode, kept_of, lasting
from phone_recorder.agent.plan import AgentPlan

REMEMBERED_S = 0.2
"""So long a new file waits for being remembered, at most."""


class Keeping:
    """`resumes` as AgentPlan has it: without it there is nothing left to remember after an end in order."""

    def __init__(self, plan: AgentPlan, calls: Calls, reactor: Reactor) -> None:
        self._calls = calls
        self._reactor = reactor
        self._resumes = plan.resumes
        self._file = StateFile(plan.state)
        self._boot = boot_id()
        self._last: Kept | None = None
        self._cut: dict[str, KeptCall] = {}
        self._ends = False

    @property
    def problem(self) -> str:
        """Why the file does not say what it should; empty while it does."""
        return self._file.problem

    def read(self) -> Kept:
        """What there was before this run."""
        kept = decode(self._file.read(), self._boot)
        self._cut = {call.told.id: call for call in kept.calls}
        return kept

    def remember(self) -> None:
        """How the calls are now. Once the agent ends, nothing more: what it ends nobody else has.

        The file is written when calls, keys or files change, and not with each tick: what an account has counted is
        there as of then.
        """
        if self._ends:
            return
        kept = kept_of(self._calls, self._boot)
        kept = replace(kept, calls=tuple(self._still(one) for one in kept.calls))
        now = lasting(kept)
        if now != self._last or self._file.problem:
            self._last = now
            self._file.write(encode(kept))

    def end(self) -> None:
        """The agent is about to end the calls."""
        if self._resumes:
            self._last = None  # all that is counted, as of now
            self.remember()
        self._ends = True

    def fail(self) -> None:
        """An error of the agent ends it. What a crash had cut, and has not gone on, is given up: it may be to blame."""
        if self._ends:
            return
        self._resumes = True
        self._cut = {}
        self.end()

    def part_begun(self) -> None:
        """On the thread that writes: no audio goes into a file of which a crash would know nothing."""
        if not self._ends:
            remembered: futures.Future[None] = futures.Future()
            self._reactor.soon(lambda: self._remember_part(remembered))
            futures.wait([remembered], REMEMBERED_S)

    def close(self) -> None:
        """The agent has ended."""
        if not self._resumes:
            self._file.remove()

    def _remember_part(self, remembered: futures.Future[None]) -> None:
        self.remember()
        remembered.set_result(None)

    def _still(self, kept: KeptCall) -> KeptCall:
        """A recording that a crash has cut is remembered until it has gone on: there may be another crash before."""
        name = kept.told.id
        begun = self._calls.find(name).recorder.accounts
        return kept if begun or name not in self._cut else replace(kept, recording=self._cut[name].recording)
