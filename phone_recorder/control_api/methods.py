"""The table of methods, and whatever answers them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

import msgspec

from phone_recorder.control_api.requests import (
    AnswerCall,
    ClearLog,
    ControlPlayback,
    DeleteRecording,
    EndCall,
    ExportRecording,
    FillStick,
    GetCall,
    GetPhone,
    GetPlayback,
    GetRecording,
    GetScreen,
    GetStick,
    HoldCall,
    InsertStick,
    ListDrives,
    ListLog,
    ListRecordings,
    ListSettings,
    LockStick,
    PressKey,
    PressRecord,
    PullStick,
    Request,
    SetSettings,
    SlowStick,
    SpoilStick,
    StartCall,
    StartPlayback,
    TypeText,
)
from phone_recorder.control_api.shown import (
    EVENTS,
    Call,
    CallLog,
    DriveList,
    Event,
    Exported,
    Phone,
    Playback,
    RecordingList,
    RecordState,
    Screen,
    SettingList,
    Stick,
)


@dataclass(frozen=True, slots=True)
class Method:
    """A row: the name, the kind of its request and of its result. `safe`: it changes nothing."""

    name: str
    request: type[Request]
    result: type[msgspec.Struct]
    safe: bool = False

    @property
    def summary(self) -> str:
        """The first line of what its request says of itself."""
        return (self.request.__doc__ or "").partition("\n")[0].rstrip(".")


METHODS = (
    Method("phone.get", GetPhone, Phone, safe=True),
    Method("screen.get", GetScreen, Screen, safe=True),
    Method("key.press", PressKey, Screen),
    Method("text.type", TypeText, Screen),
    Method("call.get", GetCall, Call, safe=True),
    Method("call.start", StartCall, Call),
    Method("call.answer", AnswerCall, Call),
    Method("call.end", EndCall, Call),
    Method("call.hold", HoldCall, Call),
    Method("record.get", GetRecording, RecordState, safe=True),
    Method("record.press", PressRecord, RecordState),
    Method("drives.list", ListDrives, DriveList, safe=True),
    Method("stick.get", GetStick, Stick, safe=True),
    Method("stick.insert", InsertStick, Stick),
    Method("stick.pull", PullStick, Stick),
    Method("stick.fill", FillStick, Stick),
    Method("stick.slow", SlowStick, Stick),
    Method("stick.lock", LockStick, Stick),
    Method("stick.spoil", SpoilStick, Stick),
    Method("recordings.list", ListRecordings, RecordingList, safe=True),
    Method("recordings.delete", DeleteRecording, RecordingList),
    Method("recordings.export", ExportRecording, Exported),
    Method("playback.get", GetPlayback, Playback, safe=True),
    Method("playback.start", StartPlayback, Playback),
    Method("playback.control", ControlPlayback, Playback),
    Method("settings.list", ListSettings, SettingList, safe=True),
    Method("settings.set", SetSettings, SettingList),
    Method("log.list", ListLog, CallLog, safe=True),
    Method("log.clear", ClearLog, CallLog),
)
"""A new row is a new method, on every carrier."""
BY_NAME = {method.name: method for method in METHODS}
BY_REQUEST = {method.request: method for method in METHODS}

Listener = Callable[[Event], None]


class Target(Protocol):
    """Whatever answers: the emulated phone, the agent."""

    async def answer(self, request: Request) -> msgspec.Struct:
        """What its method's result says; a PhoneRecorderError, in one sentence, if it cannot be."""

    def watch(self, listener: Listener, events: Collection[str] = EVENTS) -> Callable[[], None]:
        """Call this with each event of these kinds from now on; what it returns ends that.

        Levels are measured, and messages put into words, only while somebody watches them. A listener never waits and
        never raises.
        """
