"""The menus of the phone: which pages are open, one above the other, and what keys make of that."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.control_api import Request, SetSettings
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.face.text_face import ROWS
from phone_recorder.phone.menus.fields import Field, entered, open_field, press, type_text
from phone_recorder.phone.menus.page import LEAVE, Shown, Step
from phone_recorder.phone.menus.pages import PLACES, Place
from phone_recorder.phone.menus.view import NUMERALS, MenuView, Opened, field_view, page_view, row_of
from phone_recorder.phone.menus.words import sentence
from phone_recorder.settings.setting import SettingError
from phone_recorder.settings.table import with_text

EVERYWHERE = {"back": LEAVE, "soft4": LEAVE}
"""What keys do on every page that does not say otherwise."""
MOVES = {"up": -1, "down": 1}
NOTHING = Step()


class Menus:
    """Closed at first. It holds what a person has opened and typed, and nothing that is true of the phone."""

    def __init__(self) -> None:
        self._pages: list[Opened] = []
        self._field: Field | None = None
        self._prompt = ""
        self._told: Callable[[Facts], str] | None = None

    @property
    def open(self) -> bool:
        """Whether a page is shown."""
        return bool(self._pages)

    def enter(self, place: Place) -> list[Request]:
        """Open this page alone; what the phone is asked for, so that facts are fresh."""
        self.close()
        return self._take(PLACES[place])

    def close(self) -> None:
        """Leave all pages, and what is being typed. What is being played goes on."""
        self._pages.clear()
        self._field, self._prompt, self._told = None, "", None

    def press(self, key: str, facts: Facts) -> list[Request]:
        """A key, while a page is open; what the phone is asked for. A key that means nothing here does nothing."""
        if not self._pages:
            return []
        self._prompt, self._told = "", None
        if self._field is not None:
            return self._press_in_field(self._field, key, facts)
        opened, shown = self._look(facts)
        opened = self._pages[-1] = opened.at(_moved(opened, shown, key), shown.rows)
        step = _step(opened, shown, key)
        if step.edit:
            self._field = open_field(step.edit, facts.settings)
        return self._take(step)

    def type(self, text: str, facts: Facts) -> list[Request]:
        """Letters, which go into the field that is open. Without one they go nowhere."""
        if self._field is not None:
            self._prompt = ""
            self._field = type_text(self._field, text)
        return []

    def view(self, facts: Facts) -> MenuView:
        """What is shown while a page is open."""
        opened, shown = self._look(facts)
        if self._field is not None:
            return field_view(shown.title, self._field, self._prompt, facts.settings.language)
        return page_view(opened, shown, self._said(shown, facts))

    def _said(self, shown: Shown, facts: Facts) -> str:
        """What the last key has done, else what the page says, which may not hide the phone's own news."""
        answer = self._told(facts) if self._told else self._prompt
        return answer or ("" if facts.news else shown.prompt)

    def _look(self, facts: Facts) -> tuple[Opened, Shown]:
        shown = self._pages[-1].page(facts)
        return self._pages[-1].settled(shown.rows), shown

    def _take(self, step: Step) -> list[Request]:
        if step.leave:
            del self._pages[-step.leave :]
        if step.page:
            self._pages.append(Opened(step.page, step.start))
        self._told = step.told
        return list(step.requests)

    def _press_in_field(self, field: Field, key: str, facts: Facts) -> list[Request]:
        if key in ("ok", "soft1"):
            return self._save(field, facts)
        empty = key == "back" and not field.typed.text
        self._field = None if empty or key == "soft4" else press(field, key)
        return []

    def _save(self, field: Field, facts: Facts) -> list[Request]:
        """Have the setting changed; the field stays open, and it is said why, if it cannot be that."""
        text = entered(field)
        try:
            with_text(facts.settings, field.key, text)
        except SettingError as error:
            self._prompt = sentence(error.sentence, facts.settings.language)
            return []
        self._field = None
        return [SetSettings({field.key: text})] if field.changed else []


def _moved(opened: Opened, shown: Shown, key: str) -> int:
    """The row that is selected then: the arrows go round, a digit counts rows from the page's, or the screen's, top."""
    total = len(shown.rows)
    if shown.fixed or not total:
        return opened.index
    if key in MOVES:
        return (opened.index + MOVES[key]) % total
    index = row_of(key) + (0 if shown.numbered else opened.first) if key in NUMERALS else total
    return index if index < (total if shown.numbered else min(total, opened.first + ROWS)) else opened.index


def _step(opened: Opened, shown: Shown, key: str) -> Step:
    """What the key does on the row that is selected."""
    row_keys = shown.rows[opened.index].keys if shown.rows and not shown.fixed else {}
    chosen = shown.numbered and key in NUMERALS and row_of(key) == opened.index
    return {**EVERYWHERE, **shown.keys, **row_keys}.get("ok" if chosen or key == "soft1" else key, NOTHING)
