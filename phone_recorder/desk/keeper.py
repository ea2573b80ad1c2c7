"""The phone's settings, and the file that keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from phone_recorder.adapters.aside import aside
from phone_recorder.adapters.settings_file import save_values
from phone_recorder.control_api import Choice, SettingList, SettingValue
from phone_recorder.errors import UsageError
from phone_recorder.settings import kinds
from phone_recorder.settings.phone import Language, PhoneSettings
from phone_recorder.settings.setting import Setting
from phone_recorder.settings.table import SETTINGS, text_of, with_texts


class Keeper:
    """`settings` are what holds now; `problem` is why they are not in the file, which is None for nowhere."""

    def __init__(self, settings: PhoneSettings, file: Path | None) -> None:
        self.settings = settings
        self.problem = ""
        self._file = file
        self._listed: tuple[PhoneSettings, str, SettingList] | None = None

    def checked(self, texts: Mapping[str, str]) -> PhoneSettings:
        """The settings with these changed; UsageError if one of them cannot be."""
        return with_texts(self.settings, texts)

    async def change(self, texts: Mapping[str, str]) -> None:
        """Have these from now on, and keep them. What cannot be kept holds all the same."""
        self.settings = self.checked(texts)
        if self._file is None:
            return
        try:
            await aside(partial(save_values, self._file, dict(texts)))
        except UsageError as error:
            self.problem = str(error)
        else:
            self.problem = ""

    @property
    def listed(self) -> SettingList:
        """All of them, with labels in the phone's language."""
        if self._listed is None or self._listed[:2] != (self.settings, self.problem):
            values = [_value(setting, self.settings) for setting in SETTINGS.values()]
            self._listed = self.settings, self.problem, SettingList(values, self.problem)
        return self._listed[2]


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
