"""The phone's screen, put together from what is true of the phone and from what a person has on the screen."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from phone_recorder.control_api import Call, DssKey, Lamp, Screen
from phone_recorder.phone.face.chinese import SAY
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.face.key_table import DSS, SOFT, State, records_to_usb, use_of
from phone_recorder.phone.face.words import COLON, text
from phone_recorder.phone.menus.view import MenuView
from phone_recorder.recording.drive_view import NO_DRIVE, DriveView
from phone_recorder.recording.indicator import Indicator, show
from phone_recorder.settings.kinds import Choice
from phone_recorder.settings.phone import Language
from phone_recorder.settings.table import find_setting

_DAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "zh": tuple("一二三四五六日")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def draw(state: State, number: str, facts: Facts, menu: MenuView | None) -> Screen:
    """All that is shown; `number` is what was dialled so far. An open menu has the middle, and the soft keys."""
    language, indicator = facts.settings.language, indicator_of(facts)
    screen = Screen(
        title=_title(facts),
        language=language,
        clock=clock(facts.now, language),
        signs=_signs(facts),
        call=_who(state, number, facts),
        call_state=_call_state(state, number, facts.call, language),
        icon=indicator.icon,
        timer=indicator.timer if facts.status.account else "",
        left=indicator.left,
        prompt=_prompt(facts, indicator),
        soft=_soft_labels(state, facts),
        dss=tuple(_dss_key(position, facts, indicator) for position in range(len(DSS))),
        lamp="blinking" if state == "ringing" else "off",
    )
    return _with_menu(screen, menu) if menu else screen


def indicator_of(facts: Facts) -> Indicator:
    """The record indicator, in the phone's language."""
    return show(facts.status, _drive(facts), facts.drive_news, SAY[facts.settings.language])


def clock(now: datetime, language: Language) -> str:
    """The date and the time, as people write them."""
    day, time = _DAYS[language][now.weekday()], f"{now:%H:%M}"
    if language == "zh":
        return f"{now.month}月{now.day}日 周{day} {time}"
    return f"{day} {now.day} {_MONTHS[now.month - 1]} {time}"


def duration(seconds: float) -> str:
    """How long a call lasts: 02:15, 1:02:15."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def sentence(news: str, language: Language) -> str:
    """What the program says, as a sentence on the screen."""
    said = SAY[language](news)
    return said[:1].upper() + said[1:]


def _with_menu(screen: Screen, menu: MenuView) -> Screen:
    return replace(
        screen,
        title=menu.title,
        prompt=menu.prompt or screen.prompt,
        lines=menu.lines,
        selected=menu.selected,
        first=menu.first,
        total=menu.total,
        edit=menu.edit,
        hidden=menu.hidden,
        soft=menu.soft,
    )


def _title(facts: Facts) -> str:
    """Whose phone this is."""
    settings = facts.settings
    return " ".join(filter(None, (settings.model, settings.local_number, settings.local_name)))


def _who(state: State, number: str, facts: Facts) -> str:
    """The other party, or the number that is being dialled."""
    if state == "dialling":
        return number
    if state == "idle":
        return ""
    who = " ".join(filter(None, (facts.call.name, facts.call.number)))
    return who or text("unknown", facts.settings.language)


def _call_state(state: State, number: str, call: Call, language: Language) -> str:
    """How the call stands, and how long it has lasted since it was answered."""
    lasted = duration(call.seconds)
    match state:
        case "idle":
            return ""
        case "dialling":
            return "" if number else text("dialling", language)
        case "connected":
            return lasted
        case "held":
            return f"{text('held', language)} {lasted}"
        case "ended":
            if call.reason:
                return f"{text('ended', language)}{COLON[language]}{SAY[language](call.reason)}"
            return f"{text('ended', language)} {lasted if call.seconds else ''}".rstrip()
    return text(state, language)


def _drive(facts: Facts) -> DriveView:
    """The drive, as far as recordings go there; a phone that cannot says so instead."""
    settings = facts.settings
    if settings.record.mode != "local":
        return NO_DRIVE
    if not records_to_usb(facts):
        return DriveView(news=f"{settings.model} cannot record to USB")
    return facts.drive


def _prompt(facts: Facts, indicator: Indicator) -> str:
    """The answer to what was wanted last comes first, and good news of the drive come last."""
    language, status = facts.settings.language, facts.status
    news = sentence(facts.news, language)
    problem = sentence(facts.phone.problem, language)
    quiet = status.account is None and status.refused is None and (facts.drive.ready or not indicator.prompt)
    return news or (problem if quiet else "") or indicator.prompt


def _signs(facts: Facts) -> tuple[str, ...]:
    drive = ("usb" if facts.drive.ready else "usb-missing",) if records_to_usb(facts) else ()
    registered = "registered" if facts.phone.registered == "yes" else "unregistered"
    account = (registered,) if facts.phone.account and facts.settings.account.registrar else ()
    return (*drive, *account)


def _soft_labels(state: State, facts: Facts) -> tuple[str, str, str, str]:
    uses = [use_of(state, key, facts) for key in SOFT]
    first, second, third, fourth = (text(use.label, facts.settings.language) if use else "" for use in uses)
    return first, second, third, fourth


def _dss_key(position: int, facts: Facts, indicator: Indicator) -> DssKey:
    does = facts.settings.dss[position]
    return DssKey(does, _dss_label(position, does, facts.settings.language), _lamp(does, facts, indicator))


def _dss_label(position: int, does: str, language: Language) -> str:
    """As the menus call it; nothing for a key that does nothing."""
    kind = find_setting(f"keys.{DSS[position]}").kind
    options = kind.options if isinstance(kind, Choice) and does != "none" else ()
    return next((option.label(language) for option in options if option.value == does), "")


def _lamp(does: str, facts: Facts, indicator: Indicator) -> Lamp:
    if does == "record":
        return indicator.lamp
    if does == "pause" and indicator.icon == "paused":
        return "on"
    return "blinking" if does == "hold" and facts.call.state == "held" else "off"
