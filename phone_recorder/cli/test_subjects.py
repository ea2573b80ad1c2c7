"""Which device `phone-recorder test` tests, if not our own phone: options that name one, in a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from phone_recorder.cli.output import complain
from phone_recorder.errors import UsageError

if TYPE_CHECKING:
    from phone_recorder.harness.subjects.subject import UnderTest

Options = dict[str, Any]

FLAGS = {"jobs": "-j", "explain": "--explain", "keep": "--keep", "live": "--live"}
"""Options that some device has no use for, as they are typed."""
PARTS = {"recordings": "agent", "stored": "server", "codecs": "server"}
"""Options that belong to a device's."""


def subject_of(options: Options) -> UnderTest | None:
    """The device that the options name, None for our own phone; UsageError if they do not go together."""
    named = [name for name in _MAKERS if options[name] is not None]
    if len(named) > 1:
        raise UsageError(f"--{named[0]} and --{named[1]} are two devices: test one at a time")
    for part, whole in PARTS.items():
        if options[part] and whole not in named:
            raise UsageError(f"--{part} goes with --{whole}")
    return _checked(_MAKERS[named[0]](options), named[0], options) if named else None


def _checked(subject: UnderTest, named: str, options: Options) -> UnderTest:
    for name, why in subject.refused.items():
        if options[name]:
            raise UsageError(f"{FLAGS[name]} does not go with --{named}: {why}")
    return subject


def _server(options: Options) -> UnderTest:
    from phone_recorder.harness.subjects.record_server import RecordServer

    return RecordServer(options["server"], options["stored"], options["codecs"])


def _agent(options: Options) -> UnderTest:
    from phone_recorder.harness.subjects.agent import AUTO, RealAgent

    if options["recordings"] and options["agent"] == AUTO:
        raise UsageError("--recordings is for an agent that runs: one of --agent auto has its own stick")
    return RealAgent(options["agent"], options["recordings"])


def _arrivals(options: Options) -> UnderTest:
    from phone_recorder.harness.subjects.arrivals import Arrivals

    return Arrivals(options["arrivals"], complain)


_MAKERS: dict[str, Callable[[Options], UnderTest]] = {"agent": _agent, "arrivals": _arrivals, "server": _server}
