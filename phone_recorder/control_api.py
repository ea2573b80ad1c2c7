"""The one table of methods that a phone answers: over HTTP and WebSocket, and as JSON-RPC on a socket.

A request is a struct; its kind says the method. What a phone shows and tells are structs too, so that each carrier
only turns JSON into them and back. Times are seconds, sizes bytes, levels dB below full scale.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

import msgspec

Lamp = Literal["off", "on", "blinking"]
Icon = Literal["idle", "recording", "paused", "failed"]
Direction = Literal["in", "out"]
CallState = Literal["idle", "ringing", "calling", "connected", "held", "ended"]

DIGITS = tuple("123456789*0#")
KEYS = (
    *DIGITS,
    *("up", "down", "left", "right", "ok", "back", "menu"),
    *("soft1", "soft2", "soft3", "soft4"),
    *("dss1", "dss2", "dss3", "dss4"),
    *("hook", "speaker", "hold", "redial", "record"),
)
"""The phone's keys. `hook` lifts the handset and puts it back; `record` is the record key, whichever DSS key it is."""

Short = Annotated[str, msgspec.Meta(max_length=200)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a phone is asked for. `METHODS` has the name of each kind."""


class GetPhone(Request, frozen=True):
    """What phone this is."""


class GetScreen(Request, frozen=True):
    """What the phone shows."""


class PressKey(Request, frozen=True):
    """Press a key, one of KEYS."""

    key: Name


class TypeText(Request, frozen=True):
    """Type letters into the field that is being edited, or dial digits."""

    text: Short


class GetCall(Request, frozen=True):
    """The call there is, or was last."""


class StartCall(Request, frozen=True):
    """Call a number, or with `direction` in have the phone called by one.

    On a phone without a SIP account, and for each call that comes in, the far party is made up: `far` and `near` are
    voices as `phone-recorder call` takes them, or those of the settings if they are empty. A call lasts until it is
    ended, or `duration_s`.
    """

    number: Short = ""
    name: Short = ""
    direction: Direction = "out"
    near: Short = ""
    far: Short = ""
    duration_s: Seconds = 0.0


class AnswerCall(Request, frozen=True):
    """Take the call that rings."""


class EndCall(Request, frozen=True):
    """Hang up, or turn away the call that rings."""


class HoldCall(Request, frozen=True):
    """Put the other side on hold, or take it back."""

    held: bool = True


class GetRecording(Request, frozen=True):
    """What is being recorded of this call, and what was."""


class PressRecord(Request, frozen=True):
    """The record key, or one of its events: record starts and stops, the others say which."""

    event: Literal["record", "start", "stop", "pause", "resume"] = "record"


class ListDrives(Request, frozen=True):
    """The USB drives that are plugged in."""


class GetStick(Request, frozen=True):
    """The emulated USB stick, and its faults."""


class InsertStick(Request, frozen=True):
    """Plug the emulated stick in. No `capacity`: as large as the disk; no `file_system`: it is not formatted."""

    capacity: Annotated[int, msgspec.Meta(ge=0, le=1 << 50)] | None = None
    file_system: Annotated[str, msgspec.Meta(max_length=16)] = "FAT32"
    locked: bool = False


class PullStick(Request, frozen=True):
    """Pull the emulated stick out."""


class FillStick(Request, frozen=True):
    """Leave so many bytes free on the emulated stick."""

    left: Annotated[int, msgspec.Meta(ge=0, le=1 << 50)] = 0


class SlowStick(Request, frozen=True):
    """Each write to the emulated stick takes so much longer."""

    delay_ms: Annotated[int, msgspec.Meta(ge=0, le=60_000)] = 0


class LockStick(Request, frozen=True):
    """Write-protect the emulated stick, or no more."""

    locked: bool = True


class SpoilStick(Request, frozen=True):
    """Have the emulated stick report errors, or no more."""

    bad: bool = True


class ListRecordings(Request, frozen=True):
    """The record files on the drive, newest first."""


class DeleteRecording(Request, frozen=True):
    """Delete one of them."""

    name: Name


class ExportRecording(Request, frozen=True):
    """Write one of them as a WAV file beside it."""

    name: Name


class StartPlayback(Request, frozen=True):
    """Play one of them."""

    name: Name
    from_s: Seconds = 0.0
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] = 1.0


class ControlPlayback(Request, frozen=True):
    """Pause, resume or stop; with a position seek; with a speed from 0.5 to 2 go on at that."""

    action: Literal["", "pause", "resume", "stop"] = ""
    position_s: Seconds | None = None
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=2)] | None = None


class GetPlayback(Request, frozen=True):
    """What is being played."""


class ListSettings(Request, frozen=True):
    """Every setting, and what it is set to."""


class SetSettings(Request, frozen=True):
    """Set these, each key to its text; none if one of them cannot be."""

    values: dict[str, Annotated[str, msgspec.Meta(max_length=1000)]]


class ListLog(Request, frozen=True):
    """The calls there were, newest first."""


class ClearLog(Request, frozen=True):
    """Forget them."""


class Phone(msgspec.Struct, frozen=True):
    """`account` is the SIP address, empty without one; `registered` what the registrar says of it."""

    model: str
    device: str
    number: str
    name: str
    version: str
    language: str
    account: str = ""
    registered: Literal["no", "trying", "yes", "failed"] = "no"
    problem: str = ""
    sound: Literal["browser", "device"] = "browser"


class DssKey(msgspec.Struct, frozen=True):
    """A DSS key: `does` is what it is set to, `label` that in the phone's language."""

    does: str
    label: str
    lamp: Lamp = "off"


class Line(msgspec.Struct, frozen=True):
    """A line of a menu, with its value to the right."""

    text: str
    value: str = ""
    mark: str = ""


class Screen(msgspec.Struct, frozen=True):
    """All that the phone shows, in its language.

    `signs` are small pictures: usb, usb-missing, registered, unregistered. `call` says who, `call_state` how and how
    long. `icon`, `timer`, `left` and `prompt` are the record indicator. `lines` are those of a menu that are seen, the
    first of them number `first` of `total`; `selected` is an index in `lines`. `edit` is the text of a field that is
    being edited, with `hidden` for a secret. `soft` are the labels of the four keys below.
    """

    title: str
    language: str
    clock: str = ""
    signs: tuple[str, ...] = ()
    call: str = ""
    call_state: str = ""
    icon: Icon = "idle"
    timer: str = ""
    left: str = ""
    prompt: str = ""
    lines: tuple[Line, ...] = ()
    selected: int | None = None
    first: int = 0
    total: int = 0
    edit: str | None = None
    hidden: bool = False
    soft: tuple[str, str, str, str] = ("", "", "", "")
    dss: tuple[DssKey, ...] = ()
    lamp: Lamp = "off"


class Call(msgspec.Struct, frozen=True):
    """`seconds` since it was answered; `reason` why it ended."""

    state: CallState = "idle"
    direction: Direction = "out"
    number: str = ""
    name: str = ""
    seconds: float = 0.0
    sip: bool = False
    codec: str = ""
    reason: str = ""


class RecordState(msgspec.Struct, frozen=True):
    """`key` is where the record key stands; `recordings` are the accounts of this call's recordings, oldest first."""

    key: str
    icon: Icon
    timer: str
    prompt: str
    lamp: Lamp
    recordings: list[dict[str, Any]] = []


class Drive(msgspec.Struct, frozen=True):
    """`problem` says why it cannot be recorded to; `used` whether it is the one."""

    name: str
    device: str = ""
    file_system: str = ""
    size: int | None = None
    free: int | None = None
    problem: str = ""
    used: bool = False
    remaining_s: float | None = None


class DriveList(msgspec.Struct, frozen=True):
    """`problem` says why there is none to record to."""

    drives: list[Drive]
    problem: str = ""


class Stick(msgspec.Struct, frozen=True):
    """`emulated` is false for a phone that uses real drives, where nothing of the rest means anything."""

    emulated: bool
    inserted: bool = False
    capacity: int | None = None
    free: int | None = None
    file_system: str = ""
    delay_ms: int = 0
    locked: bool = False
    bad: bool = False


class Recording(msgspec.Struct, frozen=True):
    """A record file; `problem` says what is wrong with it. One that is `running` is being written just now."""

    name: str
    size: int
    duration_s: float
    started_at: str = ""
    codec: str = ""
    problem: str = ""
    running: bool = False


class RecordingList(msgspec.Struct, frozen=True):
    """`problem` says why there are none."""

    recordings: list[Recording]
    problem: str = ""


class Exported(msgspec.Struct, frozen=True):
    """Where the WAV file is."""

    path: str


class Playback(msgspec.Struct, frozen=True):
    """`name` is what is played, or was last; empty before anything was. `ended`: it is played no more."""

    name: str = ""
    position_s: float = 0.0
    duration_s: float = 0.0
    paused: bool = False
    speed: float = 1.0
    problem: str = ""
    ended: bool = False


class Choice(msgspec.Struct, frozen=True):
    """One value that a setting can have, and its label."""

    value: str
    label: str


class SettingValue(msgspec.Struct, frozen=True):
    """`value` as text; of a secret it is empty, and `is_set` says whether there is one. `kind` is that of its field."""

    key: str
    label: str
    help: str
    kind: Literal["toggle", "choice", "number", "size", "text", "secret"]
    value: str
    is_set: bool = True
    choices: list[Choice] = []


class SettingList(msgspec.Struct, frozen=True):
    """`problem`: they could not be kept in their file, and hold until the phone is switched off."""

    settings: list[SettingValue]
    problem: str = ""


class LoggedCall(msgspec.Struct, frozen=True):
    """`answered` is false for a call that was missed, or was not taken."""

    direction: Direction
    number: str
    name: str
    at: str
    seconds: float
    answered: bool
    recorded: bool = False


class CallLog(msgspec.Struct, frozen=True):
    """Newest first."""

    calls: list[LoggedCall]


class Levels(msgspec.Struct, frozen=True):
    """None for silence."""

    near_db: float | None = None
    far_db: float | None = None
    mix_db: float | None = None


class Message(msgspec.Struct, frozen=True):
    """A message as it has passed: `sent` by this phone or not; secrets are blanked."""

    protocol: Literal["control", "sip"]
    sent: bool
    at: str
    peer: str
    text: str


class Event(msgspec.Struct, frozen=True):
    """Something that a phone tells without being asked."""

    event: Literal[
        "phone", "screen", "call", "levels", "playback", "stick", "drives", "recordings", "settings", "message"
    ]
    data: Any


EVENTS = ("phone", "screen", "call", "levels", "playback", "stick", "drives", "recordings", "settings", "message")


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
