"""Whether a fleet itself limits its run, and whether it can have the files and ports that it needs at all."""

from __future__ import annotations

import re
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from phone_recorder.adapters.files import reason
from phone_recorder.adapters.udp import Address, family_of
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.errors import UsageError
from phone_recorder.recording.units import SECOND, to_seconds

BUSY = 0.95
"""Of a core: there is no more to be had."""
LATE = 0.05
"""Of all ticks: the rest of a run does not suffer by fewer."""
SUSTAINED = 3
"""Seconds in a row for these two: a machine has its moments."""
OTHER_FILES = 64
"""Open files of this process that are no phone's."""
_FILES_OF_A_CALL, _PORTS_OF_A_CALL = 1, 2
"""That is recorded here: its record file, and its legs."""
NO_FILES = "this process may open no more files"
NO_PORTS = "no local port is free"
LACKS = (NO_FILES, NO_PORTS)
_PORT_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL_PORTS = 28232
_NO_MACHINE = "it is not the address of one machine"


@dataclass(frozen=True, slots=True)
class Second:
    """What a second of the run was like. Shares are of a core, and of the ticks that came later than a packet lasts."""

    cpu_share: float = 0.0
    late_share: float = 0.0
    unsent: int = 0
    exhausted: str = ""


Sign = tuple[str, int, str]
"""A way to be the bottleneck: its name, after how many seconds in a row it counts, the sentence if it is so now."""


def _no_more() -> Iterable[Sign]:
    return ()


class Watch:
    """Looks at each second of a run. `cpu_s` gives the seconds of a core that this process has used so far.

    `late` says of its ticks what makes them late.
    """

    def __init__(self, now: int, cpu_s: Callable[[], float], late: str = "come later than a packet lasts") -> None:
        self.second = Second()
        """The last one."""
        self.why = ""
        """Why this process limits the run now; "" while it does not."""
        self._cpu_s = cpu_s
        self._late_words = late
        self._since, self._cpu_before = now, cpu_s()
        self._ticks = self._late = self._unsent = 0
        self._lacked = dict.fromkeys(LACKS, 0)
        self._in_a_row: Counter[str] = Counter()
        self._seconds_of: Counter[str] = Counter()
        self._said: dict[str, str] = {}

    def tick(self, late: bool) -> None:
        """A tick came."""
        self._ticks += 1
        self._late += late

    def look(
        self,
        now: int,
        count_unsent: Callable[[], int],
        failures: Mapping[str, int],
        others: Callable[[], Iterable[Sign]] = _no_more,
    ) -> None:
        """Call at each tick, with what counts the packets so far that were not sent, and the failures by reason.

        `others` is asked each second for the signs of it that only its caller knows of.
        """
        if now - self._since < SECOND:
            return
        cpu, length = self._cpu_s(), to_seconds(now - self._since)
        late = self._late / self._ticks if self._ticks else 0.0
        unsent = count_unsent()
        exhausted = next((what for what in LACKS if failures.get(lacking(what), 0) > self._lacked[what]), "")
        self.second = Second((cpu - self._cpu_before) / length, late, unsent - self._unsent, exhausted)
        self._since, self._cpu_before, self._unsent = now, cpu, unsent
        self._lacked = {what: failures.get(lacking(what), 0) for what in LACKS}
        self._ticks = self._late = 0
        self._judge([*signs(self.second, self._late_words), *others()])

    @property
    def worst(self) -> str:
        """What limited the run in more of its seconds than anything else did; "" if nothing ever did."""
        most = self._seconds_of.most_common(1)
        return f"{self._said[most[0][0]]} (for {most[0][1]} s of the run)" if most else ""

    def _judge(self, found: Iterable[Sign]) -> None:
        self.why = ""
        for kind, needed, sentence in found:
            self._in_a_row[kind] = self._in_a_row[kind] + 1 if sentence else 0
            if self._in_a_row[kind] >= needed:
                # Those seconds before were of it too.
                self._seconds_of[kind] += needed if self._in_a_row[kind] == needed else 1
                self._said[kind] = sentence
                self.why = self.why or sentence


def signs(second: Second, late_words: str = "come later than a packet lasts") -> list[Sign]:
    """Those that every fleet has."""
    busy, late = second.cpu_share >= BUSY, second.late_share > LATE
    return [
        ("exhausted", 1, second.exhausted),
        ("unsent", 1, f"the kernel did not take {second.unsent} of its packets" if second.unsent else ""),
        ("busy", SUSTAINED, f"it uses all of a core ({second.cpu_share:.0%})" if busy else ""),
        ("late", SUSTAINED, f"{second.late_share:.0%} of its ticks {late_words}" if late else ""),
    ]


def lacking(what: str) -> str:
    """The reason of a failure for want of that."""
    return f"cannot connect: {what}"


def check_room(plan: FleetPlan, open_files: int) -> None:
    """UsageError if so many phones cannot be at once: for want of open files, ports, or addresses to call from."""
    others = OTHER_FILES + len(plan.sources)
    possible = open_files - others
    if plan.phones > possible:
        raise UsageError(
            f"{plan.phones} phones need more open files than the {open_files} that this process may have:"
            f" {_instead(possible)} the limit to at least {others + plan.phones} with `ulimit -n`"
        )
    for source in plan.sources:
        check_source(source, plan.server)
    ports = local_ports() * max(len(plan.sources), 1)
    if plan.phones > ports:
        raise UsageError(f"{plan.phones} phones need more than the {ports} local ports: name more source addresses")


def check_local_room(plan: FleetPlan, open_files: int) -> None:
    """UsageError if so many calls cannot be recorded at once: for want of open files, or of ports for their legs."""
    shared = plan.local is not None and plan.local.shared_port
    each = _FILES_OF_A_CALL if shared else _FILES_OF_A_CALL + _PORTS_OF_A_CALL
    possible = max(open_files - OTHER_FILES, 0) // each
    instead = "" if shared else "; --shared-port needs fewer"
    if plan.phones > possible:
        raise UsageError(
            f"{plan.phones} phones need more open files than the {open_files} that this process may have:"
            f" {_instead(possible)} the limit to at least {OTHER_FILES + each * plan.phones} with `ulimit -n`{instead}"
        )
    ports = local_ports()
    if not shared and plan.phones * _PORTS_OF_A_CALL > ports:
        raise UsageError(f"{plan.phones} phones need more than the {ports} local ports: have --shared-port for all")


def _instead(possible: int) -> str:
    return f"ask for {possible} phones at most, or raise" if possible > 0 else "raise"


def local_ports() -> int:
    """How many ports the kernel has for connections from one address to one server (ip(7), ip_local_port_range)."""
    with suppress(OSError, ValueError):
        first, last = map(int, re.findall(r"[0-9]+", _PORT_RANGE.read_text()))
        return last - first + 1
    return _USUAL_PORTS


def check_source(source: str, server: Address) -> None:
    """UsageError if nobody here can call that server from this address. Nothing is sent."""
    if why := _why_no_source(source, server):
        raise UsageError(f"no phone can call from {source}: {why}")


def _why_no_source(source: str, server: Address) -> str:
    known = ip_address(source)
    if known.is_multicast or known.is_unspecified:
        return _NO_MACHINE
    with socket.socket(family_of(source), socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((source, 0))
        except OSError as error:
            return reason(error)
        try:
            # One may bind to a broadcast address, and another is then the source; but not send there unasked (ip(7)).
            probe.connect((source, server[1]))
            probe.connect(server)
        except PermissionError:
            return _NO_MACHINE
        except OSError as error:
            return f"{server[0]} cannot be reached from there: {reason(error)}"
    return ""
