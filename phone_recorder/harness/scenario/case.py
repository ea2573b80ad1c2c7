"""One case of a scenario, all variables filled in: what a phone, its peers and its drive are, and what then happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from phone_recorder.harness.scenario.actions import Network, ServerActs, SipActs, Step
from phone_recorder.harness.scenario.expected import Expectation
from phone_recorder.settings.phone import PhoneSettings

BEGINS_AT = datetime(2026, 3, 2, 10, 0, 0)
"""The system's time when a scenario begins, if it names none: the same files have the same names each time."""


@dataclass(frozen=True, slots=True)
class PartyPlan:
    """Who speaks. `voice` as phone.parties has it, a path resolved; `codec` by name; `dtx`: silence is not sent."""

    voice: str
    codec: str = "PCMU"
    ptime_ms: int = 20
    dtx: bool = False
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class CallPlan:
    """The first call; `length` in units. `first` False: no call at the beginning, a step begins one."""

    length: int
    direction: Literal["in", "out"] = "out"
    number: str = "1002"
    name: str = "Far Party"
    first: bool = True


@dataclass(frozen=True, slots=True)
class StickPlan:
    """The USB stick. `size` in bytes; `left`: bytes that are free in the beginning, None for all of it.

    `files` are record files that are on it already: name and seconds of silence in each. `largest_file` in bytes and
    `most_files` in the record folder are its file system's limits, None for none.
    """

    size: int = 64 << 20
    left: int | None = None
    file_system: str = "FAT32"
    plugged: bool = True
    locked: bool = False
    delay_ms: int = 0
    files: tuple[tuple[str, float], ...] = ()
    largest_file: int | None = None
    most_files: int | None = None


Subject = Literal["phone", "agent", "arrivals"]
"""Who is tested: our own phone, and others that can be played the same; a real agent; a phone that records to us."""


@dataclass(frozen=True, slots=True)
class Case:
    """`name` tells it from all others of its run: the file's stem, and the values of the matrix in brackets."""

    name: str
    path: Path
    title: str
    settings: PhoneSettings
    near: PartyPlan
    far: PartyPlan
    call: CallPlan
    stick: StickPlan | None = None
    server: ServerActs = field(default_factory=ServerActs)
    sip: SipActs = field(default_factory=SipActs)
    network: Network = field(default_factory=Network)
    steps: tuple[Step, ...] = ()
    expected: tuple[Expectation, ...] = ()
    tags: tuple[str, ...] = ()
    description: str = ""
    begins_at: datetime = BEGINS_AT
    seed: int | None = None
    """Fixed by the scenario; None takes the run's."""
    subject: Subject = "phone"
    arrivals: int | None = None
    """With that subject: so many recordings are waited for, None for as many as come while the call lasts."""
    live: bool | None = None
    """True: in real time only; False: under the virtual clock only."""


def made_up_case(name: str, title: str, tags: tuple[str, ...] = ()) -> Case:
    """One that no file describes: what a program asks of a peer, as a case for reports to tell."""
    party = PartyPlan("none")
    return Case(name, Path(name), title, PhoneSettings(), party, party, CallPlan(0, first=False), tags=tags)
