"""What a phone shows and tells: the results of its methods, and its events. Levels are dB below full scale."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Lamp = Literal["off", "on", "blinking"]
Icon = Literal["idle", "recording", "paused", "failed"]
Direction = Literal["in", "out"]
CallState = Literal["idle", "ringing", "calling", "connected", "held", "ended"]
Streams = Literal["mixed", "legs"]


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


class ObservedCall(Call, frozen=True):
    """A call of the phone's own program.

    `ports` are those at `host` that its RTP is awaited at: `mixed`, or `near` and `far`. `current`: the record key is
    for this one.
    """

    id: str = ""
    rtp: Streams = "mixed"
    host: str = ""
    ports: dict[str, int] = {}
    local_number: str = ""
    local_name: str = ""
    current: bool = False


class CallList(msgspec.Struct, frozen=True):
    """Oldest first."""

    calls: list[ObservedCall]


class RecordState(msgspec.Struct, frozen=True):
    """`key` is where the record key stands; `recordings` are the accounts of this call's recordings, oldest first.

    `call` is the id of the call, on a phone that can have several; of such a call it is the newest 20 recordings.
    """

    key: str
    icon: Icon
    timer: str
    prompt: str
    lamp: Lamp
    recordings: list[dict[str, Any]] = []
    call: str = ""


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


class AgentStatus(msgspec.Struct, frozen=True):
    """`mode` is where calls are recorded to, `device` the phone's id; `problem` is what is wrong with the agent."""

    version: str
    mode: str
    device: str
    calls: list[ObservedCall]
    record: RecordState
    drives: DriveList
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
    """The newest ones. `problem` says why there are none, or how many older ones there are."""

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
    """`problem` is what is wrong with them. Those that are not `kept` in their file hold until the end of this run."""

    settings: list[SettingValue]
    problem: str = ""
    kept: bool = True


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
        "phone",
        "screen",
        "call",
        "record",
        "levels",
        "playback",
        "stick",
        "drives",
        "recordings",
        "settings",
        "message",
    ]
    data: Any


EVENTS = ("phone", "screen", "call", "levels", "playback", "stick", "drives", "recordings", "settings", "message")
"""What the emulated phone tells."""
AGENT_EVENTS = ("call", "record", "drives", "recordings", "settings")
"""What the agent tells."""
