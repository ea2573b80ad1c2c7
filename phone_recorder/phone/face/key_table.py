"""What each key of the phone does: all of it is the table in this file.

A DSS key does what the key does that it is set to; `pause` is one that a DSS key alone can be. The labels of the soft
keys stand in the same rows as what they do. While a menu is open it has the keys, except those of OVER_MENUS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from phone_recorder.control_api import DIGITS, LoggedCall
from phone_recorder.models import find_model
from phone_recorder.phone.face.facts import Facts
from phone_recorder.recording.record_key import Key
from phone_recorder.settings.phone import DssKey

State = Literal["idle", "dialling", "calling", "ringing", "connected", "held", "ended"]
"""That of the call, or `dialling` while somebody dials and there is none."""


class Act(Enum):
    """What a key does."""

    DIGIT = "add it to the number"
    ERASE = "take the last digit back"
    LIFT = "wait for a number, or with one call it; a second time put the handset back"
    CANCEL = "dial no more"
    DIAL = "call the number"
    REDIAL = "call whom was called last"
    ANSWER = "take the call"
    END = "hang up, or turn the call away"
    HOLD = "put the call on hold"
    UNHOLD = "take it back"
    RECORD = "the record key"
    PAUSE = "pause the recording"
    RESUME = "go on with it"
    APPLICATIONS = "open the applications"
    LOG = "open the call log"
    USB = "open the page of the USB drive"


def always(facts: Facts) -> bool:
    """Whatever is so."""
    return True


@dataclass(frozen=True, slots=True)
class Use:
    """What a key does while it may; `label` is that of a soft key, a name in words.py."""

    act: Act
    label: str = ""
    when: Callable[[Facts], bool] = always


Uses = tuple[Use, ...]
"""The first of them that may be is what a key does."""


def last_called(facts: Facts) -> LoggedCall | None:
    """Whom this phone has called last."""
    return next((call for call in facts.log.calls if call.direction == "out" and call.number), None)


def records_to_usb(facts: Facts) -> bool:
    """Whether recordings go to a USB drive on this phone."""
    return facts.settings.record.mode == "local" and find_model(facts.settings.model).local


def is_paused(facts: Facts) -> bool:
    """Whether the user has paused the recording."""
    return facts.status.key in (Key.PAUSED, Key.WAITING_PAUSED)


def _is_wanted(facts: Facts) -> bool:
    """Whether something is being recorded, or is going to be, so that the record key stops it."""
    return facts.status.key is not Key.IDLE


def _may_record(facts: Facts) -> bool:
    return facts.settings.record.enabled


def _may_pause(facts: Facts) -> bool:
    account = facts.status.account
    return _is_wanted(facts) and account is not None and account.mode != "sip_info"


def _may_redial(facts: Facts) -> bool:
    return last_called(facts) is not None


_EVERYWHERE = {"menu": (Use(Act.APPLICATIONS),), "record": (Use(Act.RECORD),)}
_REDIAL = (Use(Act.REDIAL, "redial", _may_redial),)
_PAUSE = (Use(Act.RESUME, "continue", is_paused), Use(Act.PAUSE, "pause", _may_pause))
_IN_CALL = {
    **_EVERYWHERE,
    "pause": (Use(Act.RESUME, when=is_paused), Use(Act.PAUSE)),
    "soft2": (Use(Act.RECORD, "stop", _is_wanted), Use(Act.RECORD, "record", _may_record)),
    "soft3": _PAUSE,
    "soft4": (Use(Act.END, "end"),),
    **dict.fromkeys(("hook", "speaker"), (Use(Act.END),)),
}
_FREE: dict[str, Uses] = {
    **_EVERYWHERE,
    **dict.fromkeys(DIGITS, (Use(Act.DIGIT),)),
    "redial": _REDIAL,
}
_LIFTING: dict[str, Uses] = dict.fromkeys(("hook", "speaker"), (Use(Act.LIFT),))
_IDLE: dict[str, Uses] = {
    **_FREE,
    "ok": (Use(Act.APPLICATIONS),),
    "up": (Use(Act.LOG),),
    "down": (Use(Act.LOG),),
    "soft1": (Use(Act.LOG, "history"),),
    "soft2": (Use(Act.APPLICATIONS, "apps"),),
    "soft3": _REDIAL,
    "soft4": (Use(Act.USB, "usb", records_to_usb),),
}

TABLE: dict[State, dict[str, Uses]] = {
    "idle": {**_IDLE, **_LIFTING},
    "dialling": {
        **_FREE,
        **_LIFTING,
        "ok": (Use(Act.DIAL),),
        "back": (Use(Act.ERASE),),
        "left": (Use(Act.ERASE),),
        "soft1": (Use(Act.DIAL, "dial"),),
        "soft2": (Use(Act.ERASE, "delete"),),
        "soft3": _REDIAL,
        "soft4": (Use(Act.CANCEL, "cancel"),),
    },
    "calling": {
        **_EVERYWHERE,
        "soft4": (Use(Act.END, "cancel"),),
        **dict.fromkeys(("hook", "speaker"), (Use(Act.END),)),
    },
    "ringing": {
        **_EVERYWHERE,
        "soft1": (Use(Act.ANSWER, "answer"),),
        "soft4": (Use(Act.END, "reject"),),
        **dict.fromkeys(("ok", "hook", "speaker"), (Use(Act.ANSWER),)),
    },
    "connected": {**_IN_CALL, "hold": (Use(Act.HOLD),), "soft1": (Use(Act.HOLD, "hold"),)},
    "held": {**_IN_CALL, "hold": (Use(Act.UNHOLD),), "soft1": (Use(Act.UNHOLD, "unhold"),)},
    "ended": _IDLE,
}
"""A key that is not in a row does nothing there; just after a call `hook` only puts the handset back."""

SOFT = ("soft1", "soft2", "soft3", "soft4")
DSS = ("dss1", "dss2", "dss3", "dss4")
OVER_MENUS = frozenset({*DSS, "record", "hold", "redial", "hook", "speaker", "menu"})
"""Keys that do the same whether or not a menu is open."""
_DSS_DOES: dict[DssKey, str] = {"record": "record", "pause": "pause", "hold": "hold", "redial": "redial"}


def use_of(state: State, key: str, facts: Facts) -> Use | None:
    """What a key does now; None for nothing."""
    if key in DSS:
        key = _DSS_DOES.get(facts.settings.dss[DSS.index(key)], "")
    return next((use for use in TABLE[state].get(key, ()) if use.when(facts)), None)
