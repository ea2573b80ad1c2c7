"""The tree of the menus: what is on the first page, and where each of its lines leads."""

from __future__ import annotations

from functools import partial
from typing import Literal

from phone_recorder.control_api import Line, ListRecordings
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.menus.log import log_page
from phone_recorder.phone.menus.page import Page, Row, Shown, Step, only_back
from phone_recorder.phone.menus.settings_pages import settings_page
from phone_recorder.phone.menus.usb import usb_page
from phone_recorder.phone.menus.words import say
from phone_recorder.settings.table import MENU

Place = Literal["applications", "record", "usb", "log", "dss", "phone"]

DSS_KEYS = tuple(f"keys.dss{number}" for number in range(1, 5))
PHONE = (
    "phone.language",
    "call.sound",
    "phone.number",
    "phone.name",
    "account.registrar",
    "account.user",
    "account.password",
)
"""Settings that have no page of their own, as far as they are worth typing on a phone; the web page has them all."""


def applications_page(facts: Facts) -> Shown:
    """The first page."""
    language = facts.settings.language
    rows = tuple(
        Row(place, Line(say(place, language)), {"ok": step}, say("open", language))
        for place, step in PLACES.items()
        if place != "applications"
    )
    return Shown(say("applications", language), rows, only_back(facts), numbered=True)


def _settings(title: str, keys: tuple[str, ...]) -> Page:
    return partial(settings_page, title, keys)


PLACES: dict[Place, Step] = {
    "applications": Step(page=applications_page),
    "record": Step(page=_settings("record", MENU)),
    "usb": Step((ListRecordings(),), page=usb_page, start="recordings"),
    "log": Step(page=log_page),
    "dss": Step(page=_settings("dss", DSS_KEYS)),
    "phone": Step(page=_settings("phone", PHONE)),
}
"""What leads to each place, in the order of the first page."""
