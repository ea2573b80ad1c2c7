"""The four kinds of transaction: all of their behaviour is the tables in this file.

RFC 3261 section 17, corrected by RFC 6026 (a 2xx to INVITE does not end its transaction) and by RFC 4320 (nobody waits
for an answer to another request after 64*T1). Cancelling (RFC 3261 section 9.1) is a state of the client's INVITE.

Beyond the RFCs: a connection that is lost while an INVITE is proceeding ends it, since its answer cannot come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """Where a transaction stands."""

    CALLING = "calling"
    CANCEL_WANTED = "cancel_wanted"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    CANCELLING = "cancelling"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    TERMINATED = "terminated"


class Event(Enum):
    """What can happen to it: the timers first, by the RFCs' letters where they have one."""

    TIMER_A = "timer A"
    TIMER_B = "timer B"
    TIMER_D = "timer D"
    TIMER_E = "timer E"
    TIMER_F = "timer F"
    TIMER_G = "timer G"
    TIMER_H = "timer H"
    TIMER_I = "timer I"
    TIMER_J = "timer J"
    TIMER_K = "timer K"
    TIMER_L = "timer L"
    TIMER_M = "timer M"
    CANCEL_TIMER = "cancel timer"
    TRYING_TIMER = "trying timer"
    ANSWER_TIMER = "answer timer"
    CANCEL = "cancel"
    REQUEST = "request again"
    ACK = "ACK"
    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    REFUSAL = "300-699"
    BROKEN = "transport error"


class Action(Enum):
    """What is then done."""

    NONE = "nothing"
    REPEAT_DOUBLED = "send again, then after twice the time"
    REPEAT_DOUBLED_TO_T2 = "send again, then after twice the time, T2 at most"
    REPEAT_EACH_T2 = "send again, then after T2"
    REPEAT = "send the last answer again"
    PASS = "pass the answer on"
    PASS_AND_ACK = "ACK, and pass the answer on"
    PASS_AND_CANCEL = "CANCEL, and pass the answer on"
    ACK = "ACK again"
    CANCEL = "send CANCEL"
    UNANSWERED = "say that no answer came"
    UNREACHABLE = "say that it broke"
    SEND = "send the answer"
    SEND_TRYING = "send 100 unless there was an answer"
    PASS_ACK = "pass the ACK on"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds (RFC 3261 section 17.1.1.1): the round trip, the longest wait between two copies, a message's life."""

    t1: float = 0.5
    t2: float = 4.0
    t4: float = 5.0


@dataclass(frozen=True, slots=True)
class Span:
    """So many times T1, and so many times T4, and so many seconds."""

    t1: int = 0
    t4: int = 0
    constant: float = 0.0

    def seconds(self, times: Times) -> float:
        return self.t1 * times.t1 + self.t4 * times.t4 + self.constant

    def __str__(self) -> str:
        units = [f"{number}*{name}".removeprefix("1*") for number, name in ((self.t1, "T1"), (self.t4, "T4")) if number]
        return " + ".join(units) or f"{self.constant:g} s"


@dataclass(frozen=True, slots=True)
class Spans:
    """How long a timer runs. None: never."""

    udp: Span | None
    reliable: Span | None


_AT_ONCE = Span()
_LONGEST = Span(t1=64)
_BOTH = Spans(_LONGEST, _LONGEST)

TIMERS: dict[Event, Spans] = {
    Event.TIMER_A: Spans(Span(t1=1), None),
    Event.TIMER_B: _BOTH,
    Event.TIMER_D: Spans(Span(constant=32.0), _AT_ONCE),
    Event.TIMER_E: Spans(Span(t1=1), None),
    Event.TIMER_F: _BOTH,
    Event.TIMER_G: Spans(Span(t1=1), None),
    Event.TIMER_H: _BOTH,
    Event.TIMER_I: Spans(Span(t4=1), _AT_ONCE),
    Event.TIMER_J: Spans(_LONGEST, _AT_ONCE),
    Event.TIMER_K: Spans(Span(t4=1), _AT_ONCE),
    Event.TIMER_L: _BOTH,
    Event.TIMER_M: _BOTH,
    Event.CANCEL_TIMER: _BOTH,
    Event.TRYING_TIMER: Spans(Span(constant=0.2), Span(constant=0.2)),
    Event.ANSWER_TIMER: _BOTH,
}
"""RFC 3261 table 4, RFC 6026 section 7; the cancel timer is of section 9.1, the trying timer of 17.2.1."""

Row = Mapping[Event, tuple[State, Action]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of transaction. The first state is where it starts; `timers` says which of them run in which state."""

    name: str
    events: tuple[Event, ...]
    table: dict[State, Row]
    timers: dict[State, tuple[Event, ...]]

    @property
    def first(self) -> State:
        return next(iter(self.table))


def _kind(name: str, rows: dict[State, Row], timers: dict[State, tuple[Event, ...]]) -> Kind:
    """Whatever the rows leave out changes nothing."""
    rows = {**rows, State.TERMINATED: {}}
    named = {event for row in rows.values() for event in row}
    events = tuple(event for event in Event if event in named)
    table = {state: _whole(state, row, events) for state, row in rows.items()}
    return Kind(name, events, table, {state: timers.get(state, ()) for state in rows})


def _whole(state: State, row: Row, events: Iterable[Event]) -> Row:
    return {event: row.get(event, (state, Action.NONE)) for event in events}


_END_UNANSWERED = (State.TERMINATED, Action.UNANSWERED)
_END_BROKEN = (State.TERMINATED, Action.UNREACHABLE)
_END = (State.TERMINATED, Action.NONE)

_INVITE_ANSWERED: Row = {
    Event.SUCCESS: (State.ACCEPTED, Action.PASS),
    Event.REFUSAL: (State.COMPLETED, Action.PASS_AND_ACK),
    Event.BROKEN: _END_BROKEN,
}
CLIENT_INVITE = _kind(
    "client INVITE",
    {
        State.CALLING: {
            **_INVITE_ANSWERED,
            Event.TIMER_A: (State.CALLING, Action.REPEAT_DOUBLED),
            Event.TIMER_B: _END_UNANSWERED,
            Event.CANCEL: (State.CANCEL_WANTED, Action.NONE),
            Event.PROVISIONAL: (State.PROCEEDING, Action.PASS),
        },
        State.CANCEL_WANTED: {
            **_INVITE_ANSWERED,
            Event.TIMER_A: (State.CANCEL_WANTED, Action.REPEAT_DOUBLED),
            Event.TIMER_B: _END_UNANSWERED,
            Event.PROVISIONAL: (State.CANCELLING, Action.PASS_AND_CANCEL),
        },
        State.PROCEEDING: {
            **_INVITE_ANSWERED,
            Event.CANCEL: (State.CANCELLING, Action.CANCEL),
            Event.PROVISIONAL: (State.PROCEEDING, Action.PASS),
        },
        State.CANCELLING: {
            **_INVITE_ANSWERED,
            Event.CANCEL_TIMER: _END_UNANSWERED,
            Event.PROVISIONAL: (State.CANCELLING, Action.PASS),
        },
        State.ACCEPTED: {
            Event.TIMER_M: _END,
            Event.SUCCESS: (State.ACCEPTED, Action.PASS),
        },
        State.COMPLETED: {
            Event.TIMER_D: _END,
            Event.REFUSAL: (State.COMPLETED, Action.ACK),
            Event.BROKEN: _END,
        },
    },
    {
        State.CALLING: (Event.TIMER_A, Event.TIMER_B),
        State.CANCEL_WANTED: (Event.TIMER_A, Event.TIMER_B),
        State.CANCELLING: (Event.CANCEL_TIMER,),
        State.ACCEPTED: (Event.TIMER_M,),
        State.COMPLETED: (Event.TIMER_D,),
    },
)

_OTHER_ANSWERED: Row = {
    Event.TIMER_F: _END_UNANSWERED,
    Event.PROVISIONAL: (State.PROCEEDING, Action.PASS),
    Event.SUCCESS: (State.COMPLETED, Action.PASS),
    Event.REFUSAL: (State.COMPLETED, Action.PASS),
    Event.BROKEN: _END_BROKEN,
}
CLIENT_OTHER = _kind(
    "client non-INVITE",
    {
        State.TRYING: {
            **_OTHER_ANSWERED,
            Event.TIMER_E: (State.TRYING, Action.REPEAT_DOUBLED_TO_T2),
            # Only an INVITE can be cancelled (RFC 3261 section 9.1).
            Event.CANCEL: (State.TRYING, Action.NONE),
        },
        State.PROCEEDING: {**_OTHER_ANSWERED, Event.TIMER_E: (State.PROCEEDING, Action.REPEAT_EACH_T2)},
        State.COMPLETED: {Event.TIMER_K: _END},
    },
    {
        State.TRYING: (Event.TIMER_E, Event.TIMER_F),
        State.PROCEEDING: (Event.TIMER_E, Event.TIMER_F),
        State.COMPLETED: (Event.TIMER_K,),
    },
)

SERVER_INVITE = _kind(
    "server INVITE",
    {
        State.PROCEEDING: {
            Event.TRYING_TIMER: (State.PROCEEDING, Action.SEND_TRYING),
            Event.REQUEST: (State.PROCEEDING, Action.REPEAT),
            Event.PROVISIONAL: (State.PROCEEDING, Action.SEND),
            Event.SUCCESS: (State.ACCEPTED, Action.SEND),
            Event.REFUSAL: (State.COMPLETED, Action.SEND),
            # It goes on absorbing copies of the request (RFC 6026 section 7.1); the user hears of it from the layer.
            Event.BROKEN: (State.PROCEEDING, Action.NONE),
        },
        State.ACCEPTED: {
            Event.TIMER_L: _END,
            Event.ACK: (State.ACCEPTED, Action.PASS_ACK),
            Event.SUCCESS: (State.ACCEPTED, Action.SEND),
        },
        State.COMPLETED: {
            Event.TIMER_G: (State.COMPLETED, Action.REPEAT_DOUBLED_TO_T2),
            Event.TIMER_H: _END,
            Event.REQUEST: (State.COMPLETED, Action.REPEAT),
            Event.ACK: (State.CONFIRMED, Action.NONE),
        },
        State.CONFIRMED: {Event.TIMER_I: _END},
    },
    {
        State.PROCEEDING: (Event.TRYING_TIMER,),
        State.ACCEPTED: (Event.TIMER_L,),
        State.COMPLETED: (Event.TIMER_G, Event.TIMER_H),
        State.CONFIRMED: (Event.TIMER_I,),
    },
)

_ANSWERING: Row = {
    Event.ANSWER_TIMER: _END,
    Event.PROVISIONAL: (State.PROCEEDING, Action.SEND),
    Event.SUCCESS: (State.COMPLETED, Action.SEND),
    Event.REFUSAL: (State.COMPLETED, Action.SEND),
}
SERVER_OTHER = _kind(
    "server non-INVITE",
    {
        State.TRYING: _ANSWERING,
        State.PROCEEDING: {**_ANSWERING, Event.REQUEST: (State.PROCEEDING, Action.REPEAT), Event.BROKEN: _END},
        State.COMPLETED: {
            Event.TIMER_J: _END,
            Event.REQUEST: (State.COMPLETED, Action.REPEAT),
            Event.BROKEN: _END,
        },
    },
    {
        State.TRYING: (Event.ANSWER_TIMER,),
        State.PROCEEDING: (Event.ANSWER_TIMER,),
        State.COMPLETED: (Event.TIMER_J,),
    },
)

KINDS = (CLIENT_INVITE, CLIENT_OTHER, SERVER_INVITE, SERVER_OTHER)
