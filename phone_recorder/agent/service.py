"""What all clients of the control socket have in common: whom they ask, what they may ask, and what a bug does."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from phone_recorder.adapters.journal import Log
from phone_recorder.adapters.reactor import Reactor
from phone_recorder.agent.bugs import places
from phone_recorder.agent.seldom import Seldom
from phone_recorder.control_api import Method, Request
from phone_recorder.control_api.json_rpc import Refusal
from phone_recorder.control_api.methods import Target, by_name
from phone_recorder.errors import PhoneRecorderError

WATCH = "events.watch"
"""The one method that is not the target's."""
INTERNAL = -32603
"""JSON-RPC 2.0 section 5.1: it is our fault."""


class Service:
    """What a client needs. `log` says each thing seldom."""

    def __init__(self, reactor: Reactor, target: Target, log: Log, methods: Iterable[Method]) -> None:
        self.reactor, self.target = reactor, target
        self.log = Seldom(log, reactor.now)
        self.methods = by_name(methods)
        self.where = f"there are {', '.join((*self.methods, WATCH))}"

    async def answer(self, request: Request) -> msgspec.Struct:
        """What the target says. A bug of ours is logged, and ends nobody's recording."""
        try:
            return await self.target.answer(request)
        except (PhoneRecorderError, Refusal):
            raise
        except Exception as error:
            raise self.bug(error, type(request).__name__) from error

    def bug(self, error: Exception, where: str) -> Refusal:
        """Log what should not have happened; what to tell whoever asked."""
        self.log("error", f"a bug of the agent, {where}: {type(error).__name__}", text=str(error), at=places(error))
        return Refusal(INTERNAL, "the agent has a bug and did not do that; its log says more")
