"""What can happen in a scenario: each step is one of these values, at an instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from phone_recorder.harness.call.network import Impairment

Leg = Literal["near", "far"]


@dataclass(frozen=True, slots=True)
class Press:
    """A key: of the recording (record, start, stop, pause, resume), or any key of the phone, such as `dss1` or `ok`."""

    key: str


@dataclass(frozen=True, slots=True)
class Type:
    """Letters into the field that is open on the screen."""

    text: str


@dataclass(frozen=True, slots=True)
class Talk:
    """What is done with the call. `begin` is another call, when the one before is over."""

    what: Literal["hold", "resume", "hang up", "begin"]
    number: str = ""
    name: str = ""
    direction: Literal["in", "out"] = "out"


@dataclass(frozen=True, slots=True)
class Stick:
    """What is done with the stick. `amount`: bytes left for `fill`, ms for `slow`, bytes for `plug` (None: as before).

    `bad` reports an error at each sync until `good`; `bad once` at the next sync alone. `swap` is a pull and another
    stick, which is empty.
    """

    what: Literal["plug", "pull", "swap", "fill", "lock", "unlock", "slow", "bad", "bad once", "good"]
    amount: int | None = None
    file_system: str = "FAT32"


ServerKind = Literal["ours", "refuse", "hang", "reset", "close", "unreachable", "vanish", "answer", "split", "restart"]


@dataclass(frozen=True, slots=True)
class ServerActs:
    """How the record server is from now on.

    `ours`: as it should be. `refuse`: each start is answered failed, `text` is the reason. `hang`: it takes what comes
    and answers nothing. `reset`, `close`: the connections there are end now, with and without an error, and each new
    one at once. `unreachable`: no connection comes about. `vanish`: whatever is sent either way is lost. `answer`: each
    request is answered `text`, in which {id} stands for the request's. `split`: our answers come in pieces of `number`
    bytes. `restart`: connections end now, and new ones are as with `ours`.
    """

    kind: ServerKind = "ours"
    text: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class SipActs:
    """How the SIP server answers INFO from now on: `status` 0 for not at all; `delay` in units."""

    status: int = 200
    reason: str = "OK"
    delay: int = 0


@dataclass(frozen=True, slots=True)
class Network:
    """The network between the far party and the phone from now on.

    `burst`: so many packets in a row are lost at a time, the share of loss stays. `stall`: what is sent during the next
    so many units comes at their end, all at once.
    """

    impairment: Impairment = field(default_factory=Impairment)
    burst: int = 1
    stall: int = 0


RtpKind = Literal[
    "new ssrc", "jump timestamp", "jump sequence", "reset", "wrong source", "ptime", "codec", "dtmf", "comfort noise",
    "stop", "go on", "stall", "malformed", "drift",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RtpFault:
    """What a party's RTP does from now on.

    `number`: units of timestamp for `jump timestamp`, sequence numbers for `jump sequence`, ms for `ptime`, units for
    `comfort noise` and `stall`, packets for `wrong source` and `malformed`, parts per million for `drift`. `text`: the
    codec's name, or the digits of `dtmf`. `reset` is a sender that starts anew: sequence and timestamp from 0, the same
    SSRC. `stop` sends nothing until `go on`, and its timestamps go on meanwhile; a `stall` sends nothing either, and
    then goes on where it was.
    """

    kind: RtpKind
    leg: Leg = "far"
    number: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class ClockJump:
    """The system's time leaps by so many units; nothing else notices."""

    units: int


@dataclass(frozen=True, slots=True)
class Standstill:
    """The phone's own program stands still for so many units; what comes meanwhile waits in its sockets."""

    units: int


@dataclass(frozen=True, slots=True)
class Change:
    """Settings by key, changed on the phone; they count from the next call on, `record.enabled` at once."""

    texts: dict[str, str]


Action = (
    Press | Type | Talk | Stick | ServerActs | SipActs | Network | RtpFault | ClockJump | Standstill | Change
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """An action at an instant, in units from the start of the first call; `line` of the file."""

    at: int
    action: Action
    line: int = 0
    text: str = ""
    """As its author wrote it, in one line."""
