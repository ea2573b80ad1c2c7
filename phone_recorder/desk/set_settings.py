"""Settings that are changed while the phone is on: when each counts, and what else it asks for."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from phone_recorder import control_api as api
from phone_recorder.desk.sip_line import account_of, has_line, same_line
from phone_recorder.settings.phone import PhoneSettings

if TYPE_CHECKING:
    from phone_recorder.desk.phone import DeskPhone

CALL_FIRST = {"record", "server", "sip_info", "call", "account"}
"""Sections of the settings that count from the next call on."""
POWER_FIRST = {"usb"}
"""Those that count when the phone is switched on again."""
AT_ONCE = "record.enabled"
"""And one that counts in the call there is."""
PASSWORD = "account.password"
FORGOTTEN = "the SIP server is another one: enter its password"


async def set_settings(phone: DeskPhone, request: api.SetSettings) -> api.SettingList:
    """Set these, or none: UsageError if one of them cannot be. What could not be kept is said."""
    async with phone.one_at_a_time:
        values = dict(request.values)
        before, after = phone.settings, phone.keeper.checked(values)
        if forgotten := _is_for_another(before, after) and PASSWORD not in values:
            values[PASSWORD] = ""
            after = phone.keeper.checked(values)
        if not same_line(before, after):
            if has_line(after):
                account_of(after)  # what cannot be is said before anything is changed
            phone.line_is_old = True
        await phone.keeper.change(values)
    phone.calls.enable(after.record.enabled)
    phone.say(phone.keeper.problem or (FORGOTTEN if forgotten else _counts(values, phone.calls.busy)))
    return phone.keeper.listed


def _counts(keys: Collection[str], busy: bool) -> str:
    """From when on what was set counts, where that is not now."""
    sections = {key.partition(".")[0] for key in keys}
    if sections & POWER_FIRST:
        return "saved: it counts when the phone is switched on again"
    later = busy and sections & CALL_FIRST and set(keys) != {AT_ONCE}
    return "saved: it counts from the next call on" if later else ""


def _is_for_another(before: PhoneSettings, after: PhoneSettings) -> bool:
    """Whether a password that is kept would be shown to another server than the one that it is for."""
    places = [(one.account.registrar, one.account.proxy) for one in (before, after)]
    return bool(before.account.password) and bool(before.account.registrar) and places[0] != places[1]
