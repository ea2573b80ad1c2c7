"""The face of the phone: what a person has on the screen, and what the phone is asked for when a key is pressed."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.control_api import KEYS, AnswerCall, EndCall, HoldCall, PressRecord, Request, Screen, StartCall
from phone_recorder.errors import UsageError
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.face.key_table import OVER_MENUS, Act, State, last_called, use_of
from phone_recorder.phone.face.view import draw
from phone_recorder.phone.menus.menus import Menus
from phone_recorder.phone.menus.pages import Place

LONGEST = 200
"""Characters of a number or a SIP address that is dialled."""


class Face:
    """It holds an open menu and the digits dialled so far, and nothing that is true of the phone."""

    def __init__(self, menus: Menus | None = None) -> None:
        self._menus = menus or Menus()
        self._number = ""
        self._lifted = False

    def press(self, key: str, facts: Facts) -> list[Request]:
        """A key; what the phone is asked for, in this order. UsageError for a name that is no key."""
        if key not in KEYS:
            raise UsageError(f"there is no key {key[:40]!r}: the keys are {', '.join(KEYS)}")
        if self._menu_is_seen(facts) and key not in OVER_MENUS:
            return self._asked_by_menu(self._menus.press(key, facts))
        state = self._state(facts)
        if state not in ("idle", "dialling", "ended"):
            self._forget()
        use = use_of(state, key, facts)
        return ACTS[use.act](self, key, facts) if use else []

    def type(self, text: str, facts: Facts) -> list[Request]:
        """Letters into the field that is open; without a menu and a call, into the number that is dialled."""
        if self._menu_is_seen(facts):
            return self._asked_by_menu(self._menus.type(text, facts))
        if self._state(facts) in ("idle", "dialling", "ended"):
            self._add(text)
        return []

    def screen(self, facts: Facts) -> Screen:
        """What is shown now."""
        menu = self._menus.view(facts) if self._menu_is_seen(facts) else None
        return draw(self._state(facts), self._number, facts, menu)

    def _menu_is_seen(self, facts: Facts) -> bool:
        """A call that rings has the whole screen; the menu is there again when it was taken, or turned away."""
        return self._menus.open and facts.call.state != "ringing"

    def _state(self, facts: Facts) -> State:
        state = facts.call.state
        dialling = (self._number or self._lifted) and state in ("idle", "ended")
        return "dialling" if dialling else state

    def _asked_by_menu(self, wanted: list[Request]) -> list[Request]:
        """A call that a menu has asked for is what the screen then shows."""
        if any(isinstance(request, StartCall) for request in wanted):
            self._menus.close()
        return wanted

    def _add(self, text: str) -> None:
        visible = "".join(character for character in text if character.isprintable() and not character.isspace())
        self._number = (self._number + visible)[:LONGEST]

    def _forget(self) -> list[Request]:
        self._number, self._lifted = "", False
        return []

    def _digit(self, key: str, facts: Facts) -> list[Request]:
        self._add(key)
        return []

    def _erase(self, key: str, facts: Facts) -> list[Request]:
        self._number = self._number[:-1]
        return []

    def _lift(self, key: str, facts: Facts) -> list[Request]:
        self._menus.close()
        if self._lifted:
            return self._forget()
        if self._number:
            return self._dial(key, facts)
        self._lifted = True
        return []

    def _cancel(self, key: str, facts: Facts) -> list[Request]:
        return self._forget()

    def _dial(self, key: str, facts: Facts) -> list[Request]:
        number = self._number
        if not number:
            return []
        self._forget()
        return [StartCall(number, _name_of(number, facts))]

    def _redial(self, key: str, facts: Facts) -> list[Request]:
        called = last_called(facts)
        self._forget()
        self._menus.close()
        return [StartCall(called.number, called.name)] if called else []

    def _enter(self, place: Place) -> list[Request]:
        self._forget()
        return list(self._menus.enter(place))


def _name_of(number: str, facts: Facts) -> str:
    """Who has that number, as far as the call log tells."""
    return next((call.name for call in facts.log.calls if call.number == number and call.name), "")


def _asking(request: Request) -> Callable[[Face, str, Facts], list[Request]]:
    return lambda face, key, facts: [request]


def _entering(place: Place) -> Callable[[Face, str, Facts], list[Request]]:
    return lambda face, key, facts: face._enter(place)


ACTS: dict[Act, Callable[[Face, str, Facts], list[Request]]] = {
    Act.DIGIT: Face._digit,
    Act.ERASE: Face._erase,
    Act.LIFT: Face._lift,
    Act.CANCEL: Face._cancel,
    Act.DIAL: Face._dial,
    Act.REDIAL: Face._redial,
    Act.ANSWER: _asking(AnswerCall()),
    Act.END: _asking(EndCall()),
    Act.HOLD: _asking(HoldCall(True)),
    Act.UNHOLD: _asking(HoldCall(False)),
    Act.RECORD: _asking(PressRecord()),
    Act.PAUSE: _asking(PressRecord("pause")),
    Act.RESUME: _asking(PressRecord("resume")),
    Act.APPLICATIONS: _entering("applications"),
    Act.LOG: _entering("log"),
    Act.USB: _entering("usb"),
}
