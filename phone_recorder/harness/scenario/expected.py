"""What a scenario expects: each expectation is one of these values, at an instant or at the end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from phone_recorder.harness.scenario.bound import WHOLE, Bound, Span


@dataclass(frozen=True, slots=True)
class ScreenIs:
    """What is shown. A text is looked for anywhere in what is shown, `/.../` is a regular expression.

    `timer` is the recorded time in units, None if it does not matter. `shows` are texts that stand anywhere on the
    screen, title, menu and soft keys too; `shows not` are texts that do not.
    """

    icon: str | None = None
    prompt: str | None = None
    lamp: str | None = None
    left: str | None = None
    call: str | None = None
    timer: Bound | None = None
    shows: tuple[str, ...] = ()
    shows_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StateIs:
    """Where the record key stands, and how the call is, as control_api.Call.state has it."""

    key: str | None = None
    call: str | None = None


@dataclass(frozen=True, slots=True)
class FilesAre:
    """The record files on the drive, or those of the server in server mode.

    `names` are patterns as of a shell, one for each file, oldest first. `duration` in units and `size` in bytes are of
    each file, `total` is the duration of all together. `codec` as the header has it; `whole`: every header is true, and
    nothing is wrong with any file.
    """

    count: Bound | None = None
    names: tuple[str, ...] | None = None
    size: Bound | None = None
    duration: Bound | None = None
    total: Bound | None = None
    codec: str | None = None
    whole: bool | None = None


AudioKind = Literal["contains", "lacks", "silent", "level", "tone", "only", "no clicks", "equals", "in step"]


@dataclass(frozen=True, slots=True)
class AudioIs:
    """What is heard in a recording, its parts joined. Times of `span` are the recording's own.

    `contains`: what these `voices` said then is in it, where it belongs, with a likeness (0 to 1) within `bound`.
    `lacks`: that is not so. `silent`: nothing louder than `bound` dB. `level`: its RMS in dB, 0 for full scale. `tone`:
    one at `hertz`, whose share of the power is within `bound`. `only`: that voice alone is heard (one-way). `equals`:
    sample for sample what the voices are when mixed, or the audio of `file`. `in step`: each voice is at most `bound`
    units from where it was said.
    """

    kind: AudioKind
    voices: tuple[str, ...] = ()
    span: Span = WHOLE
    bound: Bound | None = None
    hertz: float = 0.0
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class AccountSays:
    """Fields of the recording's account (Account.document), by path: `gaps_count`, `streams.far.lost`, `parts.0.path`.

    A number must be within its Bound, a text is looked for as on the screen. A list alone, such as `parts`, is how many
    it has.
    """

    fields: dict[str, Bound | str]


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages that were seen, in this order; others may stand between. Of each, all words of its line are in it.

    Of control messages the words are `sent` or `received`, the command, and fields such as `result=failed`; of SIP
    `sent` or `received`, `INFO` or a status, and headers such as `Record: on`. `none`: there was none at all. `all`:
    these are all that passed of that protocol, and no other stands between. `counts`: how many fit each of those lines.
    `values`: how many different ones each of those fields has, or headers of SIP.
    """

    protocol: Literal["control", "sip"]
    lines: tuple[str, ...] = ()
    none: bool = False
    all: bool = False
    counts: tuple[tuple[str, Bound], ...] = ()
    values: tuple[tuple[str, Bound], ...] = ()


What = ScreenIs | StateIs | FilesAre | AudioIs | AccountSays | Messages


@dataclass(frozen=True, slots=True)
class Expectation:
    """`at` in units from the start of the first call, None: the end; `recording` counts from 1, None: the only one."""

    what: What
    at: int | None = None
    recording: int | None = None
    line: int = 0
    text: str = ""
    """As its author wrote it, in one line."""
