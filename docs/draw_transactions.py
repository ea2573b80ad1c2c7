"""Draws docs/sip-transactions.md from the tables: `python docs/draw_transactions.py > docs/sip-transactions.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from phone_recorder.sip.transaction.states import KINDS, TIMERS, Action, Event, Kind, Span, State

HEAD = """# SIP transactions

Drawn by `docs/draw_transactions.py` from the tables in `phone_recorder/sip/transaction/states.py`; a test compares
them. They are RFC 3261 section 17 with the corrections of RFC 6026. An arrow says what happens, and what is then done.
What is not drawn changes nothing; an event that is in no row of a table cannot happen to that kind.

Not in the RFCs' figures:

- Cancelling (RFC 3261 section 9.1) has states of its own. Before a provisional answer no CANCEL may be sent, so it is
  wanted until then; 64*T1 after the CANCEL a transaction without a final answer is given up.
- A connection that is lost while an INVITE of ours is proceeding ends it: its answer cannot come any more.
- A request other than INVITE that was not answered within 64*T1 needs no answer any more (RFC 4320): it is forgotten.
- The 2xx to an INVITE is sent again by the call, not by the transaction, which sends what it is given until timer L.
- When the connection that a request came by is lost, its answers go over a new one to the address in its Via.
"""


def arrows(kind: Kind) -> Iterator[str]:
    """One arrow for all the events that lead from one state to another with one action."""
    events: dict[tuple[State, State, Action], list[str]] = {}
    for state, row in kind.table.items():
        for event, (after, action) in row.items():
            if (after, action) != (state, Action.NONE):
                events.setdefault((state, after, action), []).append(event.value)
    yield f"    [*] --> {kind.first.value}"
    for (state, after, action), names in events.items():
        yield f"    {state.value} --> {after.value}: {', '.join(names)} / {action.value}"
    yield f"    {State.TERMINATED.value} --> [*]"


def rows(kind: Kind) -> Iterator[str]:
    """The table: a row for each event, a column for each state. The last row says which timers run in a state."""
    yield f"| event | {' | '.join(state.value for state in kind.table)} |"
    yield "|---" * (len(kind.table) + 1) + "|"
    for event in kind.events:
        cells = (row[event] for row in kind.table.values())
        yield f"| {event.value} | {' | '.join(f'{after.value}: {action.value}' for after, action in cells)} |"
    running = (", ".join(event.value for event in events) or "none" for events in kind.timers.values())
    yield f"| *runs* | {' | '.join(running)} |"


def section(kind: Kind) -> Iterator[str]:
    """One kind: its picture, and its table."""
    yield from (f"## {kind.name[0].upper()}{kind.name[1:]}", "", "```mermaid", "stateDiagram-v2")
    yield from arrows(kind)
    yield from ("```", "")
    yield from rows(kind)
    yield ""


def timers() -> Iterator[str]:
    """How long each timer runs."""
    yield "## Timers\n\nT1 is 0.5 s, T2 4 s, T4 5 s. 0 s: what the timer does is done at once.\n"
    yield "| timer | UDP | TCP, TLS | runs in |\n|---|---|---|---|"
    for event, spans in TIMERS.items():
        yield f"| {event.value} | {length(spans.udp)} | {length(spans.reliable)} | {', '.join(where(event))} |"


def length(span: Span | None) -> str:
    """The text of a span."""
    return "never" if span is None else str(span)


def where(timer: Event) -> Iterator[str]:
    """The kinds whose states a timer runs in."""
    return (kind.name for kind in KINDS if any(timer in running for running in kind.timers.values()))


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for kind in KINDS for line in section(kind)), *timers(), ""])


if __name__ == "__main__":
    sys.stdout.write(page())
