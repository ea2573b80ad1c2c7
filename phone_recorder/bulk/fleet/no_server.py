"""Whether any server was reached, and what to do if none was."""

from __future__ import annotations

from collections.abc import Collection

from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.fleet.bottleneck import LACKS, lacking
from phone_recorder.bulk.fleet.report_words import host_and_port

_OURS = tuple(map(lacking, LACKS))


def none_reached(failures: Collection[str]) -> bool:
    """Whether these are the reasons of phones that have reached no server, for no want of their own machine's."""
    return bool(failures) and all(reason.startswith(lacking("")) and reason not in _OURS for reason in failures)


def no_server(server: Address, option: str) -> str:
    """What to do then; `option` is the word that names a server."""
    command = f"`phone-recorder server --port {server[1]} --storage DIR`"
    return f"is a record server running at {host_and_port(server)}? {command} starts one; {option} names another"
