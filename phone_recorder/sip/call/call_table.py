"""A call's states: what each event does in each of them. All of a call's life is the table in this file.

The names on the left are the user's and the peer's doings; how messages are made of the actions is elsewhere. A call
that we make is CALLING, RINGING, ANSWERED; one that comes is OFFERED, ACCEPTED (until the ACK), ANSWERED. Each may be
left early: CANCELLING waits for the end of an INVITE that was cancelled (RFC 3261 section 9), LEAVING for the ACK
without which there must be no BYE (section 15), ENDING for the answer to our BYE.
"""

from __future__ import annotations

from enum import Enum


class CallState(Enum):
    """Where a call stands."""

    CALLING = "calling"
    RINGING = "ringing"
    CANCELLING = "cancelling"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    LEAVING = "leaving"
    ANSWERED = "answered"
    ENDING = "ending"
    ENDED = "ended"


class CallEvent(Enum):
    """What can happen to it: the user's wishes, what the peer does, what the network does."""

    ANSWER = "the user answers"
    HANG_UP = "the user hangs up"
    ALERTED = "the peer rings"
    TAKEN = "the peer answers"
    REFUSED = "the peer refuses"
    CANCELLED = "the peer cancels"
    ACKED = "the peer's ACK"
    LEFT = "the peer hangs up"
    DROPPED = "our BYE is over"
    FAILED = "no answer"
    LOST = "no use going on"


class CallAction(Enum):
    """What the call then does."""

    NONE = "nothing"
    RING = "say that it rings"
    CONNECT = "begin to talk"
    CANCEL = "cancel the INVITE"
    ACCEPT = "answer 200"
    BYE = "send BYE"
    CANCEL_AND_END = "cancel the INVITE, and that is the end"
    REJECT_AND_END = "answer with a refusal, and that is the end"
    END = "that is the end"


S, E, A = CallState, CallEvent, CallAction
_Row = dict[CallEvent, tuple[CallState, CallAction]]


def _row(state: CallState, moves: _Row) -> _Row:
    """A state's row: what is not named changes nothing."""
    return {event: moves.get(event, (state, A.NONE)) for event in E}


_UNANSWERED: _Row = {
    E.TAKEN: (S.ANSWERED, A.CONNECT),
    E.REFUSED: (S.ENDED, A.END),
    E.FAILED: (S.ENDED, A.END),
    E.LEFT: (S.ENDED, A.CANCEL_AND_END),
    E.HANG_UP: (S.CANCELLING, A.CANCEL),
    E.LOST: (S.CANCELLING, A.CANCEL),
}

TABLE: dict[CallState, _Row] = {
    S.CALLING: _row(S.CALLING, {**_UNANSWERED, E.ALERTED: (S.RINGING, A.RING)}),
    S.RINGING: _row(S.RINGING, _UNANSWERED),
    S.CANCELLING: _row(
        S.CANCELLING,
        {
            # The peer's 200 and our CANCEL have crossed.
            E.TAKEN: (S.ENDING, A.BYE),
            E.REFUSED: (S.ENDED, A.END),
            E.FAILED: (S.ENDED, A.END),
            E.LEFT: (S.ENDED, A.END),
        },
    ),
    S.OFFERED: _row(
        S.OFFERED,
        {
            E.ANSWER: (S.ACCEPTED, A.ACCEPT),
            E.HANG_UP: (S.ENDED, A.REJECT_AND_END),
            E.CANCELLED: (S.ENDED, A.REJECT_AND_END),
            E.LEFT: (S.ENDED, A.REJECT_AND_END),
            E.LOST: (S.ENDED, A.REJECT_AND_END),
        },
    ),
    S.ACCEPTED: _row(
        S.ACCEPTED,
        {
            E.ACKED: (S.ANSWERED, A.CONNECT),
            E.HANG_UP: (S.LEAVING, A.NONE),
            E.LEFT: (S.ENDED, A.END),
            E.LOST: (S.ENDING, A.BYE),
        },
    ),
    S.LEAVING: _row(S.LEAVING, {E.ACKED: (S.ENDING, A.BYE), E.LOST: (S.ENDING, A.BYE), E.LEFT: (S.ENDED, A.END)}),
    S.ANSWERED: _row(
        S.ANSWERED,
        {
            E.HANG_UP: (S.ENDING, A.BYE),
            E.LOST: (S.ENDING, A.BYE),
            E.LEFT: (S.ENDED, A.END),
        },
    ),
    S.ENDING: _row(S.ENDING, {E.DROPPED: (S.ENDED, A.END), E.LEFT: (S.ENDED, A.END)}),
    S.ENDED: _row(S.ENDED, {}),
}


def turn(state: CallState, event: CallEvent) -> tuple[CallState, CallAction]:
    """Where the call stands after an event, and what it does."""
    return TABLE[state][event]
