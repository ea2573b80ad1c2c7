"""The life of a phone of a fleet. All of it is the table in this file.

A phone rests, calls, and rests again, until there are no more calls for it. It asks its server for a recording of each
call, talks, and stops in order; or badly, if its script for that call says so. When the run ends it leaves in order.
"""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """Where a phone stands."""

    RESTING = "resting"
    CONNECTING = "connecting"
    ASKING = "asking"
    HALF_ASKED = "half asked"
    TALKING = "talking"
    MUTE = "mute"
    SILENT = "silent"
    STOPPING = "stopping"
    CANCELLING = "cancelling"
    GONE = "gone"


class Event(Enum):
    """What happens to it: by its script, by its server, and by the end of the run."""

    CALL = "call"
    NO_MORE = "no more calls"
    MUTED = "talk goes on without RTP"
    TALKED = "end of talk"
    HUNG_UP = "hangs up"
    RESET = "resets"
    FELL_SILENT = "falls silent"
    VANISHED = "vanishes"
    WAITED = "silent for long enough"
    OPENED = "connected"
    OPENED_HALF = "connected, to ask half"
    ACCEPTED = "accepted"
    STOPPED = "stop answered"
    FAILED = "failed"
    LEAVE = "the run ends"
    BREAK_OFF = "the run ends at once"


class Action(Enum):
    """What it then does."""

    NOTHING = "nothing"
    CONNECT = "connect"
    ASK = "ask for a recording"
    ASK_HALF = "send half a request"
    TALK = "begin to talk"
    MUTE = "send no more RTP"
    FALL_SILENT = "send no more RTP, keep the connection"
    STOP = "send no more RTP, ask for the stop"
    CANCEL = "ask for the stop"
    END = "close, ended"
    CUT = "close, cut off on purpose"
    CUT_BY_RESET = "reset, cut off on purpose"
    CUT_AFTER_STOP = "ask for the stop, close, cut off on purpose"
    FAIL = "close, failed"
    GIVE_UP = "close, given up"


_LEAVES = {Event.LEAVE: (State.GONE, Action.NOTHING), Event.BREAK_OFF: (State.GONE, Action.NOTHING)}
_BREAKS_OFF = {Event.BREAK_OFF: (State.GONE, Action.GIVE_UP)}
_FAILS = {Event.FAILED: (State.RESTING, Action.FAIL)}
_TALKS = {
    **_FAILS,
    **_BREAKS_OFF,
    Event.TALKED: (State.STOPPING, Action.STOP),
    Event.HUNG_UP: (State.RESTING, Action.CUT),
    Event.RESET: (State.RESTING, Action.CUT_BY_RESET),
    Event.VANISHED: (State.RESTING, Action.CUT_AFTER_STOP),
    Event.LEAVE: (State.STOPPING, Action.STOP),
}
_CUT = (State.RESTING, Action.CUT)

TABLE: dict[State, dict[Event, tuple[State, Action]]] = {
    State.RESTING: {
        **_LEAVES,
        Event.CALL: (State.CONNECTING, Action.CONNECT),
        Event.NO_MORE: (State.GONE, Action.NOTHING),
    },
    State.CONNECTING: {
        **_FAILS,
        **_BREAKS_OFF,
        Event.OPENED: (State.ASKING, Action.ASK),
        Event.OPENED_HALF: (State.HALF_ASKED, Action.ASK_HALF),
        Event.LEAVE: (State.GONE, Action.GIVE_UP),
    },
    State.ASKING: {
        **_FAILS,
        **_BREAKS_OFF,
        Event.ACCEPTED: (State.TALKING, Action.TALK),
        Event.LEAVE: (State.CANCELLING, Action.CANCEL),
    },
    # Whatever the server makes of it, and however long that takes.
    State.HALF_ASKED: {
        Event.ACCEPTED: _CUT,
        Event.STOPPED: _CUT,
        Event.FAILED: _CUT,
        Event.LEAVE: _CUT,
        Event.BREAK_OFF: _CUT,
    },
    State.TALKING: {
        **_TALKS,
        Event.MUTED: (State.MUTE, Action.MUTE),
        Event.FELL_SILENT: (State.SILENT, Action.FALL_SILENT),
    },
    State.MUTE: _TALKS,
    State.SILENT: {Event.WAITED: _CUT, Event.FAILED: _CUT, Event.LEAVE: _CUT, Event.BREAK_OFF: _CUT},
    State.STOPPING: {
        **_FAILS,
        **_BREAKS_OFF,
        Event.STOPPED: (State.RESTING, Action.END),
        Event.LEAVE: (State.STOPPING, Action.NOTHING),
    },
    # The run ends: how the cancelling goes is nobody's failure.
    State.CANCELLING: {
        **_BREAKS_OFF,
        Event.STOPPED: (State.GONE, Action.GIVE_UP),
        Event.FAILED: (State.GONE, Action.GIVE_UP),
        Event.LEAVE: (State.CANCELLING, Action.NOTHING),
    },
    State.GONE: {Event.LEAVE: (State.GONE, Action.NOTHING), Event.BREAK_OFF: (State.GONE, Action.NOTHING)},
}
"""An event that a state has not got cannot come to it, and is a mistake of this program."""

CONNECTING = (State.CONNECTING, State.ASKING, State.HALF_ASKED)
TALKING = (State.TALKING, State.MUTE)
ENDING = (State.SILENT, State.STOPPING, State.CANCELLING)
IDLE = (State.RESTING, State.GONE)
"""The states as a snapshot counts them."""
