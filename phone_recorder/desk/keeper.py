"""The phone's settings, and the file that keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from phone_recorder.adapters.aside import aside
from phone_recorder.adapters.settings_file import load, save_values
from phone_recorder.control_api import Choice, SettingList, SettingValue
from phone_recorder.errors import UsageError
from phone_recorder.settings import kinds
from phone_recorder.settings.phone import Language, PhoneSettings
from phone_recorder.settings.setting import Setting
from phone_recorder.settings.table import SETTINGS, text_of, with_texts

CHANGED = "the file {} was changed by somebody else: switch the phone off and on to use that"


class Keeper:
    """`settings` are what holds now; `problem` is why the file does not say the same. `file` None: they are not kept.

    What could not be saved is saved with the next change. What somebody else has written into the file stays there, and
    holds when the phone is switched on again: that is a problem too, until the file says again what it is to say.
    """

    def __init__(self, settings: PhoneSettings, file: Path | None) -> None:
        self.settings = settings
        self.problem = ""
        self._file = file
        self._unsaved: dict[str, str] = {}
        self._expected = _read(file)  # what the file says, unless somebody else changes it
        self._listed: tuple[PhoneSettings, str, SettingList] | None = None

    def checked(self, texts: Mapping[str, str]) -> PhoneSettings:
        """The settings with these changed; UsageError if one of them cannot be."""
        return with_texts(self.settings, texts)

    async def change(self, texts: Mapping[str, str]) -> None:
        """Have these from now on, and keep them. What cannot be kept holds all the same. One change at a time."""
        self.settings = self.checked(texts)
        if self._file is None:
            return
        self._unsaved |= texts
        try:
            self.problem = await aside(partial(self._save, self._file, dict(self._unsaved)))
        except UsageError as error:
            self.problem = str(error)
        else:
            self._unsaved = {}

    def _save(self, file: Path, texts: Mapping[str, str]) -> str:
        """What is wrong with the file although they were saved; UsageError if they were not."""
        save_values(file, texts)
        now = load(file)
        if self._expected is None:
            self._expected = now
        self._expected = with_texts(self._expected, texts)
        return "" if now == self._expected else CHANGED.format(file.name)

    @property
    def listed(self) -> SettingList:
        """All of them, with labels in the phone's language."""
        if self._listed is None or self._listed[:2] != (self.settings, self.problem):
            values = [_value(setting, self.settings) for setting in SETTINGS.values()]
            self._listed = self.settings, self.problem, SettingList(values, self.problem)
        return self._listed[2]


def _read(file: Path | None) -> PhoneSettings | None:
    """What a file says; None if it cannot be read, which whoever saves into it is told."""
    try:
        return load(file) if file else None
    except UsageError:
        return None


def _value(setting: Setting, settings: PhoneSettings) -> SettingValue:
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
