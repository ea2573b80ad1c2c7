"""A phone that does at once what the menus ask it for, so that a test can press one key after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from phone_recorder.control_api import (
    CallLog,
    ClearLog,
    ControlPlayback,
    DeleteRecording,
    Drive,
    DriveList,
    LoggedCall,
    Phone,
    Playback,
    Recording,
    RecordingList,
    Request,
    SetSettings,
    StartPlayback,
)
from phone_recorder.phone.face.facts import Facts
from phone_recorder.phone.menus.menus import Menus
from phone_recorder.phone.menus.pages import Place
from phone_recorder.phone.menus.view import MenuView
from phone_recorder.settings.phone import Language, PhoneSettings
from phone_recorder.settings.table import with_texts

LANGUAGES: tuple[Language, ...] = ("en", "zh")
NOW = datetime(2026, 11, 28, 6, 50)
PHONE = Phone("BX5S", "001122334455", "1001", "Near Party", "1", "en")
DRIVE = Drive("DATA", "/dev/sdb1", "vfat", 8_000_000_000, 3_200_000_000, used=True, remaining_s=400_000.0)
DAMAGED = "dataSize is 500, but only 300 bytes follow the header"


def recording(number: int, problem: str = "", running: bool = False) -> Recording:
    """The later, the higher its number."""
    minute, second = divmod(number, 60)
    began = f"2026-11-28T06:{minute:02}:{second:02}"
    return Recording(f"Record_2026112806{minute:02}{second:02}.wav", 1000, 12.5, began, "PCMU", problem, running)


CALLS = CallLog(
    [
        LoggedCall("out", "1002", "Anna", "2026-11-28T06:41:00", 12.0, True, True),
        LoggedCall("in", "1003", "", "2026-11-27T18:05:00", 0.0, False),
        LoggedCall("out", "1004", "", "2026-01-02T09:00:00", 0.0, False),
        LoggedCall("in", "", "", "2025-11-27T06:41:00", 3.0, True),
    ]
)
FACTS = Facts(
    settings=PhoneSettings(),
    phone=PHONE,
    now=NOW,
    drives=DriveList([DRIVE]),
    recordings=RecordingList([recording(3), recording(2, DAMAGED), recording(1)]),
    log=CALLS,
)


def facts_in(language: Language, facts: Facts = FACTS) -> Facts:
    """The same on a phone that speaks this language."""
    return replace(facts, settings=replace(facts.settings, language=language))


class Desk:
    """Menus and facts. `asked` are all requests so far; what they ask for becomes true at once."""

    def __init__(self, place: Place = "applications", facts: Facts = FACTS) -> None:
        self.facts = facts
        self.menus = Menus()
        self.asked: list[Request] = self.menus.enter(place)

    @property
    def view(self) -> MenuView:
        """What is shown now."""
        return self.menus.view(self.facts)

    @property
    def texts(self) -> list[str]:
        """The lines that are seen."""
        return [line.text for line in self.view.lines]

    @property
    def values(self) -> list[str]:
        """What stands to their right."""
        return [line.value for line in self.view.lines]

    @property
    def selected(self) -> str:
        """The line that is selected."""
        view = self.view
        assert view.selected is not None
        return view.lines[view.selected].text

    def press(self, *keys: str) -> list[Request]:
        """One key after the other; what the last one has asked for."""
        asked: list[Request] = []
        for key in keys:
            asked = self.menus.press(key, self.facts)
            self.asked += asked
            for request in asked:
                self.facts = _done(self.facts, request)
        return asked

    def change(self, **facts: Any) -> None:
        """Something becomes true that nobody asked for."""
        self.facts = replace(self.facts, **facts)


def _done(facts: Facts, request: Request) -> Facts:
    done = _EFFECTS.get(type(request))
    return done(facts, request) if done else facts


def _delete(facts: Facts, request: Any) -> Facts:
    left: Sequence[Recording] = [one for one in facts.recordings.recordings if one.name != request.name]
    return replace(facts, recordings=RecordingList(list(left)))


def _control(facts: Facts, request: Any) -> Facts:
    if request.action == "stop":
        return replace(facts, playback=msgspec.structs.replace(facts.playback, ended=True))
    changes: dict[str, Any] = {"paused": request.action == "pause"} if request.action else {}
    changes |= {} if request.position_s is None else {"position_s": request.position_s}
    changes |= {} if request.speed is None else {"speed": request.speed}
    return replace(facts, playback=msgspec.structs.replace(facts.playback, **changes))


_EFFECTS: dict[type[Request], Callable[[Facts, Any], Facts]] = {
    SetSettings: lambda facts, asked: replace(facts, settings=with_texts(facts.settings, asked.values)),
    StartPlayback: lambda facts, asked: replace(facts, playback=Playback(asked.name, 6.0, 12.5)),
    ControlPlayback: _control,
    DeleteRecording: _delete,
    ClearLog: lambda facts, asked: replace(facts, log=CallLog([])),
}
