"""What the drive, the recorder and the settings say, as the control API tells it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from phone_recorder.adapters.drive_port import PortState
from phone_recorder.adapters.drive_recordings import DriveRecording, ListedRecordings
from phone_recorder.control_api.shown import (
    Choice,
    Drive,
    DriveList,
    Recording,
    RecordingList,
    RecordState,
    SettingList,
    SettingValue,
)
from phone_recorder.recording.account import Account
from phone_recorder.recording.drive_names import record_order
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.indicator import Indicator
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.units import to_seconds
from phone_recorder.settings import kinds
from phone_recorder.settings.phone import Language, PhoneSettings
from phone_recorder.settings.setting import Setting
from phone_recorder.settings.table import SETTINGS, text_of

AGENT_ALONE = "agent"
"""The section that the agent alone has."""
OLDER = "only the newest {} are listed, not the {} before them"
"""Why a list of recordings is none of all."""


def record_state(key: Key, shown: Indicator, accounts: Iterable[Account], call: str = "") -> RecordState:
    """What is being recorded of a call, and what was."""
    recordings = [_account(account) for account in accounts]
    return RecordState(key.value, shown.icon, shown.timer, shown.prompt, shown.lamp, recordings, call)


def drive_list(state: PortState, view: DriveView) -> DriveList:
    """The drive that is recorded to, or why there is none. `view` says how long a recording still fits on it."""
    if state.drive is None:
        return DriveList([], str(state.error or ""))
    remaining = None if view.remaining is None else to_seconds(view.remaining)
    document, found = state.document(), state.found
    name, size = state.name or as_text(state.drive.path), found.size if found else None
    return DriveList([Drive(name, document["device"], document["file_system"], size, state.free, "", True, remaining)])


def recording_list(listed: ListedRecordings) -> RecordingList:
    """The recordings on a drive, in this order; the problem says how many older ones are not among them."""
    newest = [_recording(one) for one in listed.recordings]
    return RecordingList(newest, OLDER.format(len(newest), listed.older) if listed.older else "")


def setting_list(
    settings: PhoneSettings, problem: str, sections: Collection[str] | None = None, kept: bool = True
) -> SettingList:
    """What is set, with labels in the phone's language; `problem` and `kept` as SettingList has them.

    `sections` are names of sections, or keys of single settings; None is for all that an emulated phone has.
    """
    shown = [one for one in SETTINGS.values() if _is_among(one, sections)]
    return SettingList([_setting(one, settings) for one in shown], problem, kept)


def as_text(path: Path | str) -> str:
    """A path for JSON, which has no place for names that are no UTF-8: a question mark for each such byte."""
    return str(path).encode(errors="replace").decode()


def _account(account: Account) -> dict[str, Any]:
    document = account.document()
    return {**document, "parts": [{**part, "path": as_text(part["path"])} for part in document["parts"]]}


def _is_among(setting: Setting, sections: Collection[str] | None) -> bool:
    if sections is None:
        return setting.section != AGENT_ALONE
    return setting.section in sections or setting.key in sections


def _recording(one: DriveRecording) -> Recording:
    order = record_order(one.name)
    began = ""
    with suppress(ValueError):  # the 31st of February
        began = datetime.strptime(order[0], "%Y%m%d%H%M%S").isoformat() if order else ""
    return Recording(one.name, one.size, one.duration_s, began, one.codec, one.problem, one.running)


def _setting(setting: Setting, settings: PhoneSettings) -> SettingValue:
    text, language = text_of(settings, setting.key), settings.language
    secret = isinstance(setting.kind, kinds.Secret)
    return SettingValue(
        key=setting.key,
        label=setting.label(language),
        help=setting.help(language),
        kind=setting.kind.name,
        value="" if secret else text,
        is_set=bool(text),
        choices=_choices(setting, language),
    )


def _choices(setting: Setting, language: Language) -> list[Choice]:
    if isinstance(setting.kind, kinds.Choice):
        return [Choice(option.value, option.label(language)) for option in setting.kind.options]
    return []
