"""What `phone-recorder fleet` is asked for by its options."""

from __future__ import annotations

import secrets
from typing import Any

from phone_recorder.adapters.record_client import resolve
from phone_recorder.bulk.fleet.plan import FleetPlan, Local, parse_bad
from phone_recorder.bulk.fleet.threshold_figures import LOCAL_FIGURES
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.bulk.voices import PATTERN
from phone_recorder.cli.option_groups import refuse
from phone_recorder.errors import UsageError
from phone_recorder.recording.server_destination import TERMINATORS, ServerPolicy
from phone_recorder.recording.units import SECOND, from_seconds
from phone_recorder.wire.payload import G722

_MOST_SEED = 1 << 32
MOST_JITTER = 10 * SECOND
"""What is delayed is held meanwhile."""


_SERVER_ALONE = ("server", "source", "bad", "bad_ways", "server_timeout", "terminator", "allow_foreign_media")
_LOCAL_ALONE = ("storage", "shared_port", "receive", "check_files")


def plan_of(options: dict[str, Any]) -> FleetPlan:
    """The plan; UsageError if it makes no sense."""
    local = options["mode"] == "local"
    refuse(_SERVER_ALONE if local else _LOCAL_ALONE, f"--mode {'server' if local else 'local'}")
    _demand_figures(options)
    if not options["bad"]:
        refuse(("bad_ways",), "--bad, which says how many stop badly")
    if options["lasts"] == 0:
        raise UsageError("--for 0s leaves no time for a call: leave it out, and each phone makes one")
    return FleetPlan(
        **(_recorder(options) if local else _record_server(options)),
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


def _record_server(options: dict[str, Any]) -> dict[str, Any]:
    if options["server"] is None:
        raise UsageError("name the record server with --server HOST:PORT, or record with --mode local --storage DIR")
    return {"server": resolve(*options["server"])}


def _recorder(options: dict[str, Any]) -> dict[str, Any]:
    if options["storage"] is None:
        raise UsageError("--mode local needs --storage DIR: name the drive or directory to record to")
    if not options["storage"].exists():
        raise UsageError(
            f"there is no such directory {options['storage']}: make it first, or name another with --storage"
        )
    if options["check_files"] and (options["voice"] != PATTERN or options["codec"] == G722.name):
        raise UsageError("--check-files needs --voice pattern, and --codec PCMU or PCMA: other frames tell nothing")
    return {"local": Local(*(options[name] for name in _LOCAL_ALONE))}


def _demand_figures(options: dict[str, Any]) -> None:
    """UsageError for a threshold of something that is not counted."""
    for threshold in (*options["fail_if"], *options["stop_if"]):
        if threshold.figure in LOCAL_FIGURES.values() and options["mode"] != "local":
            raise UsageError(f"{threshold.text} is of files that a fleet writes by itself: it goes with --mode local")
        if threshold.figure is LOCAL_FIGURES["frames_wrong"] and not options["check_files"]:
            raise UsageError(f"{threshold.text} cannot be told unless files are looked at: it goes with --check-files")


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
