"""The settings that a phone has while it is on, and the file that keeps them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from phone_recorder.adapters.settings_file import load, save_values
from phone_recorder.errors import UsageError
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_texts

CHANGED = "the file {} was changed by somebody else: switch the phone off and on to use that"


class Keeper:
    """`settings` are what holds now; `problem` is why the file does not say the same. `file` None: they are not kept.

    What could not be saved is saved with the next change. What somebody else has written into the file stays there, and
    holds when the phone is switched on again: that is a problem too, until the file says again what it is to say.
    `changed` is the sentence for it, with a place for the file's name.
    """

    def __init__(self, settings: PhoneSettings, file: Path | None, changed: str = CHANGED) -> None:
        self.settings = settings
        self.problem = ""
        self.kept = True
        """Whether the last change could be saved, if there is a file."""
        self._file = file
        self._changed = changed
        self._unsaved: dict[str, str] = {}
        self._expected = _read(file)  # what the file says, unless somebody else changes it
        self._lock = threading.Lock()
        self._saving = threading.Lock()

    def checked(self, texts: Mapping[str, str]) -> PhoneSettings:
        """The settings with these changed; UsageError if one of them cannot be."""
        return with_texts(self.settings, texts)

    def take(self, texts: Mapping[str, str]) -> Callable[[], None] | None:
        """Have these from now on; UsageError, and none of them, if one cannot be. From one thread.

        What is returned keeps them, on any thread, and sets `problem`: what cannot be kept holds all the same. None:
        there is nothing to keep them in.
        """
        self.settings = self.checked(texts)
        if self._file is None:
            return None
        with self._lock:
            self._unsaved = {**self._unsaved, **texts}
        return partial(self._keep, self._file)

    def _keep(self, file: Path) -> None:
        with self._saving:
            texts = self._unsaved
            try:
                self.problem = self._save(file, texts)
            except UsageError as error:
                self.problem, self.kept = str(error), False
            else:
                self.kept = True
                self._forget(texts)

    def _forget(self, saved: Mapping[str, str]) -> None:
        """These are saved; what was taken meanwhile is not."""
        with self._lock:
            self._unsaved = {key: text for key, text in self._unsaved.items() if saved.get(key) != text}

    def _save(self, file: Path, texts: Mapping[str, str]) -> str:
        """What is wrong with the file although they were saved; UsageError if they were not."""
        save_values(file, texts)
        now = load(file)
        if self._expected is None:
            self._expected = now
        self._expected = with_texts(self._expected, texts)
        return "" if now == self._expected else self._changed.format(file.name)


def _read(file: Path | None) -> PhoneSettings | None:
    """What a file says; None if it cannot be read, which whoever saves into it is told."""
    try:
        return load(file) if file else None
    except UsageError:
        return None
