"""The phone's settings: changed beside the event loop, and listed for whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from phone_recorder.adapters import settings_keeper
from phone_recorder.adapters.aside import aside
from phone_recorder.control_api import SettingList
from phone_recorder.control_api.told import setting_list
from phone_recorder.settings.phone import PhoneSettings


class Keeper(settings_keeper.Keeper):
    """As there. One change at a time."""

    def __init__(self, settings: PhoneSettings, file: Path | None) -> None:
        super().__init__(settings, file)
        self._listed: tuple[PhoneSettings, str, SettingList] | None = None

    async def change(self, texts: Mapping[str, str]) -> None:
        """Have these from now on, and keep them. What cannot be kept holds all the same."""
        if keep := self.take(texts):
            await aside(keep)

    @property
    def listed(self) -> SettingList:
        """All that such a phone has, with labels in its language."""
        settings, problem = self.settings, self.problem
        if self._listed is None or self._listed[:2] != (settings, problem):
            self._listed = settings, problem, setting_list(settings, problem, kept=self.kept)
        return self._listed[2]
