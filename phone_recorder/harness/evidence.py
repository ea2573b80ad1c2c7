"""What came of a case: all that an expectation is held against. Instants are units from the start of the first call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from phone_recorder.control_api import Screen
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.indicator import Indicator
from phone_recorder.wire.record_file import RecordHeader


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A record file at a moment; `header` None if it has none that can be read, `problem` says what is wrong.

    `running`: its recorder has it open, so that its header may be behind its audio.
    """

    name: str
    size: int
    header: RecordHeader | None
    problem: str = ""
    running: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """What was so at an instant. `key` is the record key's state, `call` the call's; `recorded` units on the timer.

    `files` are those of the stick, or of the server in server mode; `on_stick` and `on_server` are each one's own,
    whatever the mode is, as far as both can be looked at. `accounts` are documents (Account.document), `messages` how
    many had passed.
    """

    instant: int
    screen: Screen
    key: str
    call: str
    recorded: int
    files: tuple[FileSeen, ...]
    accounts: tuple[dict[str, Any], ...]
    messages: int
    on_stick: tuple[FileSeen, ...] = ()
    on_server: tuple[FileSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """A message as it passed: a control message, or a SIP message; `sent` by the phone."""

    instant: int
    protocol: Literal["control", "sip"]
    sent: bool
    text: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A packet for the capture, between two addresses."""

    instant: int
    transport: Literal["UDP", "TCP"]
    source: tuple[str, int]
    target: tuple[str, int]
    data: bytes


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording. `files` in order; `start` is the instant of its first frame.

    `pauses` are from and until, in instants; `skips`: they are not in the files.
    """

    account: dict[str, Any]
    start: int
    files: tuple[Path, ...]
    pauses: tuple[tuple[int, int], ...] = ()
    skips: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of it. `said` is what each party sent, before any network, by leg: nothing where no sound is expected.

    `carried` is empty unless it was wanted.

    Texts name files as if the case's directory were the root: `/stick/Record_20260302100000.wav`.
    """

    moments: dict[int, Moment]
    """Those that an expectation asked for, by instant."""
    end: Moment
    recordings: tuple[Recorded, ...]
    said: Mapping[str, Sequence[Datagram]]
    messages: tuple[Passed, ...] = ()
    screens: tuple[tuple[int, Indicator], ...] = ()
    """Each that differs by more than its timer."""
    carried: tuple[Carried, ...] = ()
    happened: tuple[tuple[int, str], ...] = ()
    """Steps as they were taken, and what else is worth a line of the timeline."""
    lasted: int = 0
    codecs: dict[str, str] = field(default_factory=dict)
    """Of each leg, by name, as the call began."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where in a recording something is otherwise, in units of its own time; `end` None is the recording's end.

    An instant ends where it starts. `leg` is the party that it is about, "" where it is about none.
    """

    start: int
    end: int | None
    leg: str = ""


@dataclass(frozen=True, slots=True)
class Instead:
    """What is so in place of what was expected: a clause, and where in a recording, if it is known."""

    text: str
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is not as it was expected, as a single line: `expected`, and what was `seen` instead.

    `where` in a recording, if it is about the sound of one, and whoever has listened knows.
    """

    expected: str
    seen: str
    at: int | None = None
    line: int = 0
    where: Where | None = None

    def __str__(self) -> str:
        return f"{self.expected}: {self.seen}"
