"""Every pair of the four tables and every timer, against the RFCs' figures; and the page that is drawn from them."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from phone_recorder.sip.transaction.states import (
    CLIENT_INVITE,
    CLIENT_OTHER,
    KINDS,
    SERVER_INVITE,
    SERVER_OTHER,
    TIMERS,
    Action,
    Kind,
    State,
    Times,
)

DOCS = Path(__file__).parents[3] / "docs"

# What the figures show, a line each: state, event, state after, action. All else must change nothing.
FIGURES = {
    # RFC 6026 figure 5; the two states of cancelling by RFC 3261 section 9.1.
    CLIENT_INVITE.name: """
        calling       | timer A         | calling       | send again, then after twice the time
        calling       | timer B         | terminated    | say that no answer came
        calling       | cancel          | cancel_wanted | nothing
        calling       | 1xx             | proceeding    | pass the answer on
        calling       | 2xx             | accepted      | pass the answer on
        calling       | 300-699         | completed     | ACK, and pass the answer on
        calling       | transport error | terminated    | say that it broke
        cancel_wanted | timer A         | cancel_wanted | send again, then after twice the time
        cancel_wanted | timer B         | terminated    | say that no answer came
        cancel_wanted | 1xx             | cancelling    | CANCEL, and pass the answer on
        cancel_wanted | 2xx             | accepted      | pass the answer on
        cancel_wanted | 300-699         | completed     | ACK, and pass the answer on
        cancel_wanted | transport error | terminated    | say that it broke
        proceeding    | cancel          | cancelling    | send CANCEL
        proceeding    | 1xx             | proceeding    | pass the answer on
        proceeding    | 2xx             | accepted      | pass the answer on
        proceeding    | 300-699         | completed     | ACK, and pass the answer on
        proceeding    | transport error | terminated    | say that it broke
        cancelling    | cancel timer    | terminated    | say that no answer came
        cancelling    | 1xx             | cancelling    | pass the answer on
        cancelling    | 2xx             | accepted      | pass the answer on
        cancelling    | 300-699         | completed     | ACK, and pass the answer on
        cancelling    | transport error | terminated    | say that it broke
        accepted      | 2xx             | accepted      | pass the answer on
        accepted      | timer M         | terminated    | nothing
        completed     | 300-699         | completed     | ACK again
        completed     | timer D         | terminated    | nothing
        completed     | transport error | terminated    | nothing
    """,
    # RFC 3261 figure 6.
    CLIENT_OTHER.name: """
        trying        | timer E         | trying        | send again, then after twice the time, T2 at most
        trying        | timer F         | terminated    | say that no answer came
        trying        | 1xx             | proceeding    | pass the answer on
        trying        | 2xx             | completed     | pass the answer on
        trying        | 300-699         | completed     | pass the answer on
        trying        | transport error | terminated    | say that it broke
        proceeding    | timer E         | proceeding    | send again, then after T2
        proceeding    | timer F         | terminated    | say that no answer came
        proceeding    | 1xx             | proceeding    | pass the answer on
        proceeding    | 2xx             | completed     | pass the answer on
        proceeding    | 300-699         | completed     | pass the answer on
        proceeding    | transport error | terminated    | say that it broke
        completed     | timer K         | terminated    | nothing
    """,
    # RFC 6026 figure 7.
    SERVER_INVITE.name: """
        proceeding    | trying timer    | proceeding    | send 100 unless there was an answer
        proceeding    | request again   | proceeding    | send the last answer again
        proceeding    | 1xx             | proceeding    | send the answer
        proceeding    | 2xx             | accepted      | send the answer
        proceeding    | 300-699         | completed     | send the answer
        accepted      | ACK             | accepted      | pass the ACK on
        accepted      | 2xx             | accepted      | send the answer
        accepted      | timer L         | terminated    | nothing
        completed     | timer G         | completed     | send again, then after twice the time, T2 at most
        completed     | timer H         | terminated    | nothing
        completed     | request again   | completed     | send the last answer again
        completed     | ACK             | confirmed     | nothing
        confirmed     | timer I         | terminated    | nothing
    """,
    # RFC 3261 figure 8; the answer timer by RFC 4320 section 4.2.
    SERVER_OTHER.name: """
        trying        | 1xx             | proceeding    | send the answer
        trying        | 2xx             | completed     | send the answer
        trying        | 300-699         | completed     | send the answer
        trying        | answer timer    | terminated    | nothing
        proceeding    | request again   | proceeding    | send the last answer again
        proceeding    | 1xx             | proceeding    | send the answer
        proceeding    | 2xx             | completed     | send the answer
        proceeding    | 300-699         | completed     | send the answer
        proceeding    | answer timer    | terminated    | nothing
        proceeding    | transport error | terminated    | nothing
        completed     | request again   | completed     | send the last answer again
        completed     | timer J         | terminated    | nothing
        completed     | transport error | terminated    | nothing
    """,
}
SECONDS = {
    "timer A": (0.5, None),
    "timer B": (32, 32),
    "timer D": (32, 0),
    "timer E": (0.5, None),
    "timer F": (32, 32),
    "timer G": (0.5, None),
    "timer H": (32, 32),
    "timer I": (5, 0),
    "timer J": (32, 0),
    "timer K": (5, 0),
    "timer L": (32, 32),
    "timer M": (32, 32),
    "cancel timer": (32, 32),
    "trying timer": (0.2, 0.2),
    "answer timer": (32, 32),
}
"""Over UDP, and over TCP or TLS (RFC 3261 table 4, RFC 6026 section 7)."""


def figure(kind: Kind) -> dict[tuple[str, str], tuple[str, str]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in FIGURES[kind.name].strip().splitlines()]
    return {(state, event): (after, action) for state, event, after, action in lines}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_pair_of_a_table_is_as_in_the_rfcs_figure_or_changes_nothing(kind: Kind) -> None:
    drawn = figure(kind)
    for state, event in product(kind.table, kind.events):
        after, action = kind.table[state][event]
        assert (after.value, action.value) == drawn.pop((state.value, event.value), (state.value, "nothing"))
    assert drawn == {}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_state_knows_each_event_of_its_kind_and_no_other(kind: Kind) -> None:
    assert {state: {*row} for state, row in kind.table.items()} == {state: {*kind.events} for state in kind.table}
    assert kind.timers.keys() == kind.table.keys()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_timer_runs_where_it_does_something_and_nowhere_else(kind: Kind) -> None:
    for state, row in kind.table.items():
        awaited = {event for event in row if event in TIMERS and row[event] != (state, Action.NONE)}
        assert awaited == {*kind.timers[state]}, state


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_nothing_leads_out_of_the_end_and_every_state_but_a_ringing_one_has_a_way_there_by_time(kind: Kind) -> None:
    assert {*kind.table[State.TERMINATED].values()} == {(State.TERMINATED, Action.NONE)}
    ends = {state for state in kind.table for timer in kind.timers[state] if kind.table[state][timer][0] is not state}
    unbounded = {*kind.table} - ends - {State.TERMINATED}
    assert unbounded == ({State.PROCEEDING} if kind in (CLIENT_INVITE, SERVER_INVITE) else set())


@pytest.mark.parametrize("reliable", [False, True])
def test_each_timer_runs_as_long_as_the_rfcs_say(reliable: bool) -> None:
    times = Times()
    for timer, spans in TIMERS.items():
        span = spans.reliable if reliable else spans.udp
        assert (span and span.seconds(times)) == (SECONDS[timer.value][reliable] if span else None), timer
    assert [timer.value for timer in TIMERS] == [*SECONDS]


def test_timers_follow_t1_and_t4() -> None:
    assert {str(spans.udp): spans.udp.seconds(Times(1, 2, 3)) for spans in TIMERS.values() if spans.udp} == {
        "T1": 1,
        "64*T1": 64,
        "T4": 3,
        "32 s": 32,
        "0.2 s": 0.2,
    }


def test_the_page_is_drawn_from_the_tables() -> None:
    drawn = subprocess.run(
        [sys.executable, DOCS / "draw_transactions.py"], cwd=DOCS.parent, capture_output=True, text=True, check=True
    ).stdout
    assert (DOCS / "sip-transactions.md").read_text("utf-8") == drawn


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_page_has_every_pair_that_does_something(kind: Kind) -> None:
    page = (DOCS / "sip-transactions.md").read_text("utf-8").lower()
    section = page.partition(f"## {kind.name.lower()}\n")[2].partition("\n## ")[0].splitlines()
    for (state, event), (after, action) in figure(kind).items():
        arrow = f"{state} --> {after}: "
        ways = [line.strip().removeprefix(arrow) for line in section if line.strip().startswith(arrow)]
        assert any(event.lower() in way and way.endswith(f"/ {action.lower()}") for way in ways), (state, event)
