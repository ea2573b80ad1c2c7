"""The control cases as a table, and a server that is taken through them, one after the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from random import Random
from zlib import crc32

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance import ending, framing, starting, storing
from phone_recorder.harness.conformance.server import Server
from phone_recorder.harness.evidence import Failure
from phone_recorder.harness.runner.interruptible import run_interruptible
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.scenario.case import Case, made_up_case

ControlCase = Callable[[Server], Awaitable[None]]
PATIENCE_S = 60.0
"""So long one case may take, whatever the server does."""

CASES: Mapping[str, ControlCase] = {
    **{case.__name__.replace("_", " "): case for case in (*starting.CASES, *framing.CASES, *ending.CASES)},
    **framing.ENDED,
    **{case.__name__.replace("_", " "): case for case in storing.CASES},
}
"""By name; what each demands is its docstring."""
STORAGE = tuple(case.__name__.replace("_", " ") for case in storing.CASES)
"""Those that look at what is stored, and prove nothing where that cannot be seen."""
UNSEEN = "it is about what is stored: name the directory where this server stores, with --stored DIR"


def conformance_cases() -> tuple[Case, ...]:
    """All of them, as the runner lists and selects them."""
    return tuple(made_up_case(f"server/{name}", demand_of(name), ("conformance",)) for name in CASES)


def demand_of(name: str) -> str:
    """What a server must do to pass."""
    if name in framing.ENDED:
        return f"A message ended by {name.rpartition('by ')[2]} is taken."
    return (CASES[name].__doc__ or "").strip()


def conform(server: Server, cases: tuple[Case, ...], seed: int) -> Iterator[Result]:
    """Take the server through these, in this order; what needs a look at its storage is skipped without one."""
    for case in cases:
        name = case.name.removeprefix("server/")
        if server.stored is None and name in STORAGE:
            yield Result(case, "skipped", seed, why=UNSEEN)
            continue
        began = time.monotonic()
        server.random = Random(crc32(name.encode(), seed))
        failures = run_interruptible(partial(_failures, CASES[name], server, case.title))
        took_s = time.monotonic() - began
        yield Result(case, "failed" if failures else "passed", seed, failures, took_s=took_s)


async def _failures(control_case: ControlCase, server: Server, demand: str) -> tuple[Failure, ...]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await control_case(server)
    except NotConforming as error:
        return (Failure(demand.rstrip("."), str(error)),)
    except TimeoutError:
        return (Failure(demand.rstrip("."), f"it has not come to an end within {PATIENCE_S:g} s"),)
    return ()
