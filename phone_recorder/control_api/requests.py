"""What a phone is asked for: a struct for each method. Times are seconds, sizes bytes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from phone_recorder.control_api.shown import Direction, Streams
from phone_recorder.errors import UsageError

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
CallId = Annotated[str, msgspec.Meta(max_length=200, description="Empty: the current call.")]
Codec = Literal["", "PCMU", "PCMA", "G722"]


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


class GetStatus(Request, frozen=True):
    """What the agent is, its calls, what is recorded, and the drives."""


class ListCalls(Request, frozen=True):
    """The calls there are, oldest first."""


class BeginCall(Request, frozen=True):
    """A call of the phone's own program has begun; RTP of it is awaited at the ports in the answer.

    With `rtp` mixed the program sends what both sides say to one port; with legs the near side to one and the far side
    to another. `codec` is what is sent, or empty if the packets say so themselves.
    """

    remote_number: Short = ""
    remote_name: Short = ""
    local_number: Short = ""
    local_name: Short = ""
    direction: Direction = "out"
    rtp: Streams = "mixed"
    codec: Codec = ""
    held: bool = False


class ChangeCall(Request, frozen=True):
    """A call has changed: it is on hold or no more, has another codec, or is with somebody else. What is null stays."""

    call: CallId = ""
    held: bool | None = None
    codec: Codec | None = None
    remote_number: Short | None = None
    remote_name: Short | None = None


class FinishCall(Request, frozen=True):
    """A call of the phone's own program has ended, and why if that is known."""

    call: CallId = ""
    reason: Short = ""


class GetRecording(Request, frozen=True):
    """What is being recorded of this call, and what was."""

    call: CallId = ""


class PressRecord(Request, frozen=True):
    """The record key, or one of its events: record starts and stops, the others say which."""

    event: Literal["record", "start", "stop", "pause", "resume"] = "record"
    call: CallId = ""


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


def demand_current(call: str) -> None:
    """On a phone that has one call at a time: UsageError for the id of a call, which none has there."""
    if call:
        raise UsageError("this phone has one call at a time, without an id: leave `call` empty")
