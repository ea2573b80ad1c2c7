"""What `phone-recorder fleet` is asked for by its options."""

from __future__ import annotations

import secrets
from typing import Any

from phone_recorder.adapters.record_client import resolve
from phone_recorder.bulk.fleet.plan import FleetPlan, parse_bad
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.cli.option_groups import refuse
from phone_recorder.errors import UsageError
from phone_recorder.recording.server_destination import TERMINATORS, ServerPolicy
from phone_recorder.recording.units import SECOND, from_seconds

_MOST_SEED = 1 << 32
MOST_JITTER = 10 * SECOND
"""What is delayed is held meanwhile."""


def plan_of(options: dict[str, Any]) -> FleetPlan:
    """The plan; UsageError if it makes no sense."""
    if not options["bad"]:
        refuse(("bad_ways",), "--bad, which says how many stop badly")
    if options["lasts"] == 0:
        raise UsageError("--for 0s leaves no time for a call: leave it out, and each phone makes one")
    return FleetPlan(
        server=resolve(*options["server"]),
        ramp=options["ramp"] or 0.0,
        lasts=options["lasts"] or 0,
        calls=options["calls"] or 0,
        codec=options["codec"],
        ptime_ms=int(options["ptime"]),
        seed=secrets.randbelow(_MOST_SEED) if options["seed"] is None else options["seed"],
        impairments=_impairments(options),
        bad_share=options["bad"] or 0.0,
        bad=parse_bad(options["bad_ways"]),
        sources=options["source"] or (),
        policy=_policy(options),
        **{name: options[name] for name in ("phones", "talk", "rest")},
    )


def _impairments(options: dict[str, Any]) -> Impairments:
    jitter: int = options["jitter"] or 0
    if jitter > MOST_JITTER:
        raise UsageError(f"--jitter is at most {MOST_JITTER // SECOND}s: packets that are later are no use to anybody")
    return Impairments(
        loss=options["loss"] or 0.0,
        duplicate=options["duplicate"] or 0.0,
        reorder=options["reorder"] or 0.0,
        jitter=jitter,
    )


def _policy(options: dict[str, Any]) -> ServerPolicy:
    timeout = from_seconds(options["server_timeout"])
    return ServerPolicy(TERMINATORS[options["terminator"]], options["allow_foreign_media"], timeout)
