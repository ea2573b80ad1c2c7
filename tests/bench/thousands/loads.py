"""The loads of the table: so many calls, phones or sessions for a while on one core, the sender on the other."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from phone_recorder.bulk.mixed_frames import LEGS
from phone_recorder.recording.units import SECOND
from tests.bench import bulk, bulk_peers, fleet, server
from tests.bench.bulk_load import PACKETS_PER_S, WARM_UP_S, many_files
from tests.bench.bulk_sender import RAMP
from tests.bench.measure import have
from tests.bench.thousands.table import Round

FULL = 0.9
"""Of a core: it is the limit from here on."""
LATE_S = 0.02
"""A sender that is later than a packet lasts does not send the load that it was told to."""
ENOUGH = 0.99
"""Of a sender's rate: calls do not begin, nor a sender end, on the same instant."""
PEER_SECONDS = 10
"""The peer's cost of a packet is the same for longer."""

Carry = Callable[[Path, int, int, bool], Round]
"""Directory, calls, seconds, and whether the peer is to be looked at too."""


class Load(NamedTuple):
    """Rows of the table: so many of `whom` at once, each number a line of its own; `first` begins a search."""

    what: str
    whom: str
    targets: tuple[int, ...]
    first: int
    seconds: int
    carry: Carry
    unit: str
    peer: str = ""


def carried(calls: int, offered: float) -> float:
    """How many calls the load came to, where the sender came to that share of its rate."""
    return calls if offered >= ENOUGH else calls * offered


def limit(causes: dict[str, bool], otherwise: str) -> str:
    """The first cause that is there."""
    return next((words for words, there in causes.items() if there), f"nothing yet: {otherwise}")


def file_mode(directory: Path, calls: int, seconds: int, beside: bool, shared: bool) -> Round:
    with many_files():
        figures = bulk.record(directory, calls, shared, seconds)
        theirs, absent = capture(directory, calls, shared, figures.frames, seconds) if beside else (None, "")
    recorder, sender = figures.recorder, figures.sender
    return Round(
        figures.cpu / calls * 1e6,
        theirs,
        carried(calls, offered(calls, seconds, sender)),
        recorder_faults(calls, recorder, sender),
        recorder["frames"],
        file_limit(figures, seconds),
        absent,
    )


def offered(calls: int, seconds: int, sender: dict[str, int]) -> float:
    """The share of its packets that the sender has sent: its legs begin one after the other."""
    each = WARM_UP_S + seconds - RAMP / SECOND / 2
    return float(sender["sent"] / (each * PACKETS_PER_S * LEGS * calls))


def recorder_faults(calls: int, recorder: dict[str, int], sender: dict[str, int]) -> dict[str, int]:
    """Of a recorder of tests.bench.bulk_recorder and its sender, as they tell it."""
    return {
        "packets lost": max(sender["sent"] - recorder["received"], 0),
        "unsent": sender["unsent"],
        "calls without a file": max(calls - recorder["files"], 0),
        "frames wrong": recorder["wrong"],
    }


def file_limit(figures: bulk.Figures, seconds: int) -> str:
    recorder, sender = figures.recorder, figures.sender
    used = f"the recorder used {figures.cpu:.0%} of a core, its slowest tick {recorder['slowest_s'] * 1e3:.0f} ms"
    late = f"late by {sender['late_p99'] * 1e3:.0f} ms at 99 %, {sender['cpu'] / (WARM_UP_S + seconds):.0%} of a core"
    causes = {
        f"the recorder's core: {used}": figures.cpu >= FULL,
        f"the sender: {late}; {used}": bool(sender["unsent"]) or sender["late_p99"] >= LATE_S,
        f"what the kernel keeps: {recorder['dropped']:,} packets dropped by it; {used}": bool(recorder["dropped"]),
    }
    return limit(causes, f"{used}; by {figures.receiver}")


def capture(directory: Path, calls: int, shared: bool, frames: bool, seconds: int) -> tuple[float | None, str]:
    """Microseconds of tcpdump for a call-second of the same packets, or why there are none."""
    start = bulk_peers.tcpdump_shared if shared else bulk_peers.tcpdump
    # What goes to one port is sent as segments of one datagram, which has one head.
    each = bulk_peers.PAYLOADS if shared else bulk_peers.BOTH
    row = bulk_peers.Row("tcpdump", "tcpdump", calls, start, each)
    with tempfile.TemporaryDirectory(dir=directory) as place:
        return peer(lambda: bulk_peers.cost(row, Path(place), min(seconds, PEER_SECONDS), frames).cost, "tcpdump")


def peer(cost: Callable[[], float], program: str) -> tuple[float | None, str]:
    """Its seconds as microseconds; where it is not installed, or fails, the reason."""
    if not have(program):
        return None, f"{program} is not installed"
    try:
        return cost() * 1e6, ""
    except (RuntimeError, OSError) as error:
        return None, f"{program}: {error}"


def file_ports(directory: Path, calls: int, seconds: int, beside: bool) -> Round:
    return file_mode(directory, calls, seconds, beside, shared=False)


def file_shared(directory: Path, calls: int, seconds: int, beside: bool) -> Round:
    return file_mode(directory, calls, seconds, beside, shared=True)


def fleet_mode(phones: int, seconds: int, kind: str) -> Round:
    """The sink keeps nothing: no frame can be looked at."""
    with many_files():
        sent = fleet.carried(phones, kind, seconds)
    faults = {"packets unsent": sent.unsent, "recordings failed": sent.failed, "runs late": int(sent.late)}
    # The fleet's own word on what it is short of counts where it did not do all it was to.
    short = bool(sent.bottleneck) and not sent.in_time
    used = f"{sent.cpu:.0%} of a core, {sent.rate:,.0f} packets a second, late by {sent.late_s['p99'] * 1e3:.0f} ms"
    causes = {
        f"the fleet's core: {used}": sent.cpu >= FULL,
        f"{sent.bottleneck}; {used}": short,
    }
    value = carried(phones, sent.rate / (PACKETS_PER_S * phones))
    return Round(sent.each_us * PACKETS_PER_S, None, value, faults, 0, limit(causes, f"{used} at 99 %"))


def fleet_ports(directory: Path, phones: int, seconds: int, beside: bool) -> Round:
    return fleet_mode(phones, seconds, "ports")


def fleet_one(directory: Path, phones: int, seconds: int, beside: bool) -> Round:
    return fleet_mode(phones, seconds, "one")


def record_server(directory: Path, sessions: int, seconds: int, beside: bool) -> Round:
    with many_files():
        served = server.load(sessions, directory, seconds)
        theirs, absent = (
            peer(lambda: server.peer(sessions, directory, seconds).each_us / 1e6, "tcpdump") if beside else (None, "")
        )
    talked = served.talked
    faults = {
        "files with a packet lost or misplaced": len(served.wrong),
        "unsent": talked.unsent,
        "stops failed": served.failed,
    }
    used = f"the server used {talked.share:.0%} of a core"
    causes = {
        f"the server's core: {used}": talked.share >= FULL,
        f"the sender: late by {talked.late_p99_s * 1e3:.0f} ms at 99 %; {used}": talked.late_p99_s >= LATE_S,
    }
    frames = sessions * (server.WARM_UP + seconds) * PACKETS_PER_S
    value = carried(sessions, talked.offered)
    return Round(talked.each_us, theirs, value, faults, frames, limit(causes, used), absent)


LOADS = {
    "ports": Load(
        "file mode, one port a stream", "calls", (2000, 4000), 2000, bulk.SECONDS, file_ports,
        "us a call-second", "tcpdump of the same",
    ),
    "shared": Load(
        "file mode, shared port", "calls", (5000, 7500), 2000, bulk.SECONDS, file_shared,
        "us a call-second", "tcpdump of the same",
    ),
    "fleet-ports": Load(
        "fleet, mode server, a port a session", "phones", (1200,), 1000, fleet.SECONDS, fleet_ports,
        "us a phone-second",
    ),
    "fleet-one": Load(
        "fleet, mode server, one destination", "phones", (5000,), 2000, fleet.SECONDS, fleet_one,
        "us a phone-second",
    ),
    "server": Load(
        "record server receiving", "sessions", (4000,), 2000, server.SECONDS, record_server,
        "us a session-second", "tcpdump of the same",
    ),
}  # fmt: skip


def at_most(numbers: tuple[int, ...], most: int | None) -> Iterator[tuple[int, int]]:
    """Each target, and how many are tried for it; what would be tried twice is tried once."""
    tried = set()
    for target in numbers:
        calls = min(target, most or target)
        if calls not in tried:
            tried.add(calls)
            yield target, calls
