"""The tables of methods, one of the emulated phone and one of the agent, and whatever answers them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from phone_recorder.control_api.requests import (
    AnswerCall,
    BeginCall,
    ChangeCall,
    ClearLog,
    ControlPlayback,
    DeleteRecording,
    EndCall,
    ExportRecording,
    FillStick,
    FinishCall,
    GetCall,
    GetPhone,
    GetPlayback,
    GetRecording,
    GetScreen,
    GetStatus,
    GetStick,
    HoldCall,
    InsertStick,
    ListCalls,
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
    AgentStatus,
    Call,
    CallList,
    CallLog,
    DriveList,
    Event,
    Exported,
    ObservedCall,
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


RECORD = (
    Method("record.get", GetRecording, RecordState, safe=True),
    Method("record.press", PressRecord, RecordState),
)
DRIVES = (Method("drives.list", ListDrives, DriveList, safe=True),)
RECORDINGS = (
    Method("recordings.list", ListRecordings, RecordingList, safe=True),
    Method("recordings.delete", DeleteRecording, RecordingList),
    Method("recordings.export", ExportRecording, Exported),
)
SETTINGS = (
    Method("settings.list", ListSettings, SettingList, safe=True),
    Method("settings.set", SetSettings, SettingList),
)
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
    *RECORD,
    *DRIVES,
    Method("stick.get", GetStick, Stick, safe=True),
    Method("stick.insert", InsertStick, Stick),
    Method("stick.pull", PullStick, Stick),
    Method("stick.fill", FillStick, Stick),
    Method("stick.slow", SlowStick, Stick),
    Method("stick.lock", LockStick, Stick),
    Method("stick.spoil", SpoilStick, Stick),
    *RECORDINGS,
    Method("playback.get", GetPlayback, Playback, safe=True),
    Method("playback.start", StartPlayback, Playback),
    Method("playback.control", ControlPlayback, Playback),
    *SETTINGS,
    Method("log.list", ListLog, CallLog, safe=True),
    Method("log.clear", ClearLog, CallLog),
)
"""The emulated phone's. A new row is a new method, on every carrier."""
AGENT_METHODS = (
    Method("status.get", GetStatus, AgentStatus, safe=True),
    Method("call.list", ListCalls, CallList, safe=True),
    Method("call.start", BeginCall, ObservedCall),
    Method("call.change", ChangeCall, ObservedCall),
    Method("call.end", FinishCall, ObservedCall),
    *RECORD,
    *DRIVES,
    *RECORDINGS,
    *SETTINGS,
)
"""The agent's."""


def by_name(methods: Iterable[Method]) -> dict[str, Method]:
    """Each by its name."""
    return {method.name: method for method in methods}


BY_NAME = by_name(METHODS)
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
