"""What a fleet is to do, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from socket import AF_INET6

from phone_recorder.adapters.udp import family_of
from phone_recorder.bulk.fleet.durations import ONE_MINUTE, ONE_SECOND, Durations
from phone_recorder.bulk.media_impairments import NONE, Impairments
from phone_recorder.errors import UsageError
from phone_recorder.media.codecs import require
from phone_recorder.recording.server_destination import ServerPolicy
from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.wire.payload import PTIMES_MS, Codec, find_codec
from phone_recorder.wire.printable import printable

MOST_PHONES = 1_000_000
NO_SERVER = ("", 0)
USUAL_POLICY = ServerPolicy()


class Bad(Enum):
    """How a phone stops badly; the names are the command line's.

    HANG_UP closes the control connection without a stop. RESET resets it (socket(7), SO_LINGER 0). SILENT sends no more
    RTP, keeps the connection for a while, and then closes it. MUTE sends no more RTP from the middle of its talk on,
    and stops in order. VANISH asks for the stop and closes the connection before the answer. HALF sends half a request
    to start, and no more.
    """

    HANG_UP = "hang-up"
    RESET = "reset"
    SILENT = "silent"
    MUTE = "mute"
    VANISH = "vanish"
    HALF = "half"


@dataclass(frozen=True, slots=True)
class Local:
    """How a fleet in mode local records: onto a drive or directory, at a port for each leg or one for all.

    `receive` is a way to receive (adapters/batches/best.py), None the best there is. `check_files`: every frame of
    every file is looked at.
    """

    storage: Path
    shared_port: bool = False
    receive: str | None = None
    check_files: bool = False
    receiver: str = ""
    """What receives, when that is chosen, as it calls itself."""


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """`phones` emulated phones against the record server at `server`, an IP address and a port.

    With `local` there is no server: this process records them itself.

    They begin `ramp` a second, 0 for all at once. Each talks for as long as `talk` says, and `rest`s between its calls.
    They call again and again until the run has lasted `lasts` units, or until there were `calls` in all; with both 0
    each calls once. `bad_share` of the calls stop badly, in one of the ways `bad`. Everything random comes from `seed`.

    `sources` are addresses of this machine from which phones call in turn; without any the kernel chooses. `policy` is
    how a phone speaks to its server, `silent_for` how long one that fell silent keeps its connection.
    """

    server: tuple[str, int] = NO_SERVER
    phones: int = 1
    ramp: float = 0.0
    talk: Durations = ONE_MINUTE
    rest: Durations = ONE_SECOND
    lasts: int = 0
    calls: int = 0
    codec: str = "PCMU"
    ptime_ms: int = 20
    seed: int = 0
    impairments: Impairments = NONE
    bad_share: float = 0.0
    bad: tuple[Bad, ...] = tuple(Bad)
    sources: tuple[str, ...] = ()
    policy: ServerPolicy = USUAL_POLICY
    silent_for: int = 10 * SECOND
    local: Local | None = None

    def __post_init__(self) -> None:
        _demand((self.local is None) == bool(self.server[0]), "a fleet has a record server, or records by itself")
        _demand(1 <= self.phones <= MOST_PHONES, f"a fleet has 1 to {MOST_PHONES} phones")
        _demand(0.0 <= self.ramp < float("inf"), "phones begin at a rate such as 100/s, or all at once")
        _demand(min(self.lasts, self.calls, self.silent_for) >= 0, "a number or time below 0 makes no sense here")
        _demand(self.ptime_ms in PTIMES_MS, f"a packet lasts one of {', '.join(map(str, PTIMES_MS))} ms")
        _demand(0.0 <= self.bad_share <= 1.0, "the share of phones that stop badly is from 0% to 100%")
        _demand(not self.bad_share or bool(self.bad), "to stop badly needs at least one way to do so")
        for source in self.sources:
            _demand(
                family_of(source) == family_of(self.server[0]) or self.local is not None,
                f"no phone can call from {source}, which is {_kind(source)}, to the server at {self.server[0]}, which"
                f" is {_kind(self.server[0])}: name sources of its kind",
            )
        found = find_codec(self.codec)
        if found is None:
            raise UsageError(f"codec {printable(self.codec[:20])!r} is not one of PCMU, PCMA, G722")
        require(found)

    @property
    def frame(self) -> int:
        """Units of a packet, which are its bytes too."""
        return from_ms(self.ptime_ms)

    @property
    def payload(self) -> Codec:
        """The codec that is talked in."""
        found = find_codec(self.codec)
        assert found is not None
        return found

    def source_of(self, phone: int) -> str:
        """The address that a phone calls from; "" lets the kernel choose."""
        return self.sources[phone % len(self.sources)] if self.sources else ""

    def all_made(self, attempted: int) -> bool:
        """Whether so many calls are all that there are to be."""
        return 0 < self.calls <= attempted

    @property
    def once(self) -> bool:
        """Whether each phone makes one call."""
        return not self.calls and not self.lasts

    def begins_at(self, phone: int) -> int:
        """Units from the start of the run until a phone makes its first call."""
        return int(phone * SECOND / self.ramp) if self.ramp else 0


def parse_bad(text: str) -> tuple[Bad, ...]:
    """Ways to stop badly, with commas between them; `all` are all."""
    if text.strip() == "all":
        return tuple(Bad)
    by_name = {bad.value: bad for bad in Bad}
    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise UsageError(
            f"{printable((unknown[0] or text)[:60])!r} is no way to stop badly: known are {', '.join(by_name)}, or all"
        )
    return tuple(dict.fromkeys(by_name[name] for name in names))


def _kind(host: str) -> str:
    return "IPv6" if family_of(host) == AF_INET6 else "IPv4"


def _demand(true: bool, sentence: str) -> None:
    if not true:
        raise UsageError(sentence)
