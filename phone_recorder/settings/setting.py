"""A row of the settings' table, and the error that names it."""

from __future__ import annotations

from dataclasses import dataclass

from phone_recorder.errors import UsageError
from phone_recorder.settings.kinds import Kind


class SettingError(UsageError):
    """A setting cannot be that: `key` is the setting's, `sentence` says why; the text is both."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}: {sentence}")
        self.key = key
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `key` is its section and name in the file, `path` the attributes that lead to it in PhoneSettings.

    `provision` are names that provisioning files have for it, in any case and with or without a leading `record`.
    """

    key: str
    path: tuple[str | int, ...]
    kind: Kind
    en: str
    zh: str
    help_en: str
    help_zh: str
    provision: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """The section of the file that it is in."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name within the section."""
        return self.key.partition(".")[2]

    def label(self, language: str) -> str:
        """What it is called in `en` or `zh`."""
        return self.zh if language == "zh" else self.en

    def help(self, language: str) -> str:
        """What it means, in `en` or `zh`."""
        return self.help_zh if language == "zh" else self.help_en
