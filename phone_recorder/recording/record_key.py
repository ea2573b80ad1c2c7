"""The record key: idle, recording, paused, waiting. All of its behaviour is the table in this file.

A press starts a recording, and a second press stops it, paused or not (guide: local recording, steps 3 and 4). The
key's state is what the user wants; what is true is the destination's to say. It waits while a recording whose server
was lost is going to be tried again, where that is set; a pause lasts through the wait. Where a recording cannot be
paused, which the recorder knows, a pause is the event PAUSE_IMPOSSIBLE; where recording is switched off, a key that
would start one is START_IMPOSSIBLE.
"""

from __future__ import annotations

from enum import Enum


class Key(Enum):
    """Where the key stands."""

    IDLE = "idle"
    RECORDING = "recording"
    PAUSED = "paused"
    WAITING = "waiting"
    WAITING_PAUSED = "waiting_paused"


WAITING = (Key.WAITING, Key.WAITING_PAUSED)
"""Nothing is recorded, and another recording will be started."""


class Event(Enum):
    """What can happen to it: the user's keys, then what the call and the destination do."""

    PRESS = "press"
    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"
    CALL_ENDED = "call ended"
    DESTINATION_FAILED = "destination failed"
    DRIVE_FULL = "drive full"
    DRIVE_REMOVED = "drive removed"
    SERVER_LOST = "server lost"
    WAITED = "waited"
    PAUSE_IMPOSSIBLE = "pause that cannot be"
    START_IMPOSSIBLE = "start that cannot be"


NAMES = {
    "record": Event.PRESS,
    "start": Event.START,
    "stop": Event.STOP,
    "pause": Event.PAUSE,
    "resume": Event.RESUME,
}
"""What a user can do with it, by the names that key scripts and the control API have for it."""


class Action(Enum):
    """What the recorder then does."""

    NONE = "nothing"
    START = "start a recording"
    STOP = "stop it"
    PAUSE = "pause it"
    RESUME = "go on with it"
    ABANDON = "end it as failed"
    WAIT = "end it as failed, and wait"
    RETRY = "start another"
    RETRY_PAUSED = "start another, paused"
    GIVE_UP = "wait no more"
    REFUSE_NOT_RECORDING = "say that nothing is being recorded"
    REFUSE_RECORDING = "say that a recording is already running"
    REFUSE_PAUSE = "say that it cannot be paused"
    REFUSE_DISABLED = "say that recording is switched off"


_RUNNING = {
    Event.PRESS: (Key.IDLE, Action.STOP),
    Event.STOP: (Key.IDLE, Action.STOP),
    Event.CALL_ENDED: (Key.IDLE, Action.STOP),
    Event.DESTINATION_FAILED: (Key.IDLE, Action.ABANDON),
    Event.DRIVE_FULL: (Key.IDLE, Action.ABANDON),
    Event.DRIVE_REMOVED: (Key.IDLE, Action.ABANDON),
}
_WAITING = {
    Event.PRESS: (Key.IDLE, Action.GIVE_UP),
    Event.START: (Key.RECORDING, Action.START),
    Event.STOP: (Key.IDLE, Action.GIVE_UP),
    Event.CALL_ENDED: (Key.IDLE, Action.GIVE_UP),
    Event.PAUSE: (Key.WAITING_PAUSED, Action.NONE),
    Event.RESUME: (Key.WAITING, Action.NONE),
}
_OVER = (Event.DESTINATION_FAILED, Event.DRIVE_FULL, Event.DRIVE_REMOVED, Event.SERVER_LOST)

TABLE: dict[Key, dict[Event, tuple[Key, Action]]] = {
    Key.IDLE: {
        Event.PRESS: (Key.RECORDING, Action.START),
        Event.START: (Key.RECORDING, Action.START),
        Event.STOP: (Key.IDLE, Action.REFUSE_NOT_RECORDING),
        Event.PAUSE: (Key.IDLE, Action.REFUSE_NOT_RECORDING),
        Event.PAUSE_IMPOSSIBLE: (Key.IDLE, Action.REFUSE_NOT_RECORDING),
        Event.START_IMPOSSIBLE: (Key.IDLE, Action.REFUSE_DISABLED),
        Event.RESUME: (Key.IDLE, Action.REFUSE_NOT_RECORDING),
        Event.CALL_ENDED: (Key.IDLE, Action.NONE),
        Event.WAITED: (Key.IDLE, Action.NONE),
        **dict.fromkeys(_OVER, (Key.IDLE, Action.NONE)),
    },
    Key.RECORDING: {
        **_RUNNING,
        Event.START: (Key.RECORDING, Action.REFUSE_RECORDING),
        Event.PAUSE: (Key.PAUSED, Action.PAUSE),
        Event.PAUSE_IMPOSSIBLE: (Key.RECORDING, Action.REFUSE_PAUSE),
        Event.START_IMPOSSIBLE: (Key.RECORDING, Action.REFUSE_RECORDING),
        Event.RESUME: (Key.RECORDING, Action.NONE),
        Event.SERVER_LOST: (Key.WAITING, Action.WAIT),
        Event.WAITED: (Key.RECORDING, Action.NONE),
    },
    Key.PAUSED: {
        **_RUNNING,
        Event.START: (Key.PAUSED, Action.REFUSE_RECORDING),
        Event.PAUSE: (Key.PAUSED, Action.NONE),
        Event.PAUSE_IMPOSSIBLE: (Key.PAUSED, Action.NONE),
        Event.START_IMPOSSIBLE: (Key.PAUSED, Action.REFUSE_RECORDING),
        Event.RESUME: (Key.RECORDING, Action.RESUME),
        Event.SERVER_LOST: (Key.WAITING_PAUSED, Action.WAIT),
        Event.WAITED: (Key.PAUSED, Action.NONE),
    },
    Key.WAITING: {
        **_WAITING,
        Event.PAUSE_IMPOSSIBLE: (Key.WAITING, Action.REFUSE_PAUSE),
        Event.START_IMPOSSIBLE: (Key.WAITING, Action.REFUSE_DISABLED),
        Event.WAITED: (Key.RECORDING, Action.RETRY),
        **dict.fromkeys(_OVER, (Key.WAITING, Action.NONE)),
    },
    Key.WAITING_PAUSED: {
        **_WAITING,
        Event.PAUSE_IMPOSSIBLE: (Key.WAITING_PAUSED, Action.NONE),
        Event.START_IMPOSSIBLE: (Key.WAITING_PAUSED, Action.REFUSE_DISABLED),
        Event.WAITED: (Key.PAUSED, Action.RETRY_PAUSED),
        **dict.fromkeys(_OVER, (Key.WAITING_PAUSED, Action.NONE)),
    },
}


def turn(key: Key, event: Event) -> tuple[Key, Action]:
    """Where the key stands after an event, and what is to be done."""
    return TABLE[key][event]
