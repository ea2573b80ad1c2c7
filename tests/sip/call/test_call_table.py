"""The table of a call's life: each pair has its row, every state can be reached, and each can be left for good."""

from __future__ import annotations

from itertools import product

import pytest

from phone_recorder.sip.call.call_table import TABLE, CallAction, CallEvent, CallState, turn

S, E, A = CallState, CallEvent, CallAction

CHANGES = """
calling    peer rings        ringing     RING
calling    peer answers      answered    CONNECT
calling    peer refuses      ended       END
calling    no answer         ended       END
calling    peer hangs up     ended       CANCEL_AND_END
calling    user hangs up     cancelling  CANCEL
calling    no use going on   cancelling  CANCEL
ringing    peer answers      answered    CONNECT
ringing    peer refuses      ended       END
ringing    no answer         ended       END
ringing    peer hangs up     ended       CANCEL_AND_END
ringing    user hangs up     cancelling  CANCEL
ringing    no use going on   cancelling  CANCEL
cancelling peer answers      ending      BYE
cancelling peer refuses      ended       END
cancelling no answer         ended       END
cancelling peer hangs up     ended       END
offered    user answers      accepted    ACCEPT
offered    user hangs up     ended       REJECT_AND_END
offered    peer cancels      ended       REJECT_AND_END
offered    peer hangs up     ended       REJECT_AND_END
offered    no use going on   ended       REJECT_AND_END
accepted   peer's ACK        answered    CONNECT
accepted   user hangs up     leaving     NONE
accepted   peer hangs up     ended       END
accepted   no use going on   ending      BYE
leaving    peer's ACK        ending      BYE
leaving    no use going on   ending      BYE
leaving    peer hangs up     ended       END
answered   user hangs up     ending      BYE
answered   no use going on   ending      BYE
answered   peer hangs up     ended       END
ending     our BYE is over   ended       END
ending     peer hangs up     ended       END
"""
"""All that changes anything, in words."""


def rows() -> dict[tuple[str, str], tuple[str, str]]:
    cut = [(line[:11].strip(), line[11:29].strip(), *line[29:].split()) for line in CHANGES.strip().splitlines()]
    return {(state, event): (after, action) for state, event, after, action in cut}


@pytest.mark.parametrize(("state", "event"), [*product(S, E)], ids=lambda value: value.value)
def test_a_pair_does_what_the_table_in_words_says_and_else_nothing(state: CallState, event: CallEvent) -> None:
    after, action = turn(state, event)
    words = event.value.replace("the ", "")
    assert (after.value, action.name) == rows().get((state.value, words), (state.value, "NONE"))


def test_every_pair_is_in_the_table() -> None:
    assert all(TABLE[state].keys() == set(E) for state in S)
    assert len(rows()) == sum(turn(state, event) != (state, A.NONE) for state, event in product(S, E))


@pytest.mark.parametrize("first", [S.CALLING, S.OFFERED])
def test_every_state_is_reached_from_one_of_the_first(first: CallState) -> None:
    reached, wave = {first}, {first}
    while wave:
        wave = {turn(state, event)[0] for state in wave for event in E} - reached
        reached |= wave
    both = {S.ANSWERED, S.ENDING, S.ENDED}
    assert reached == both | (
        {S.CALLING, S.RINGING, S.CANCELLING} if first is S.CALLING else {S.OFFERED, S.ACCEPTED, S.LEAVING}
    )


def test_what_ended_stays_so_and_ends_but_once() -> None:
    ends = {A.END, A.REJECT_AND_END, A.CANCEL_AND_END}
    for state, event in product(S, E):
        after, action = turn(state, event)
        assert (after is S.ENDED and state is not S.ENDED) == (action in ends)
