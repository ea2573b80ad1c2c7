"""What the phone of a scenario does about each request that its keys and menus make: a table, a row for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from phone_recorder import control_api as api
from phone_recorder.adapters import drive_recordings
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.control_api.told import as_text
from phone_recorder.errors import NoDrive, UsageError
from phone_recorder.recording.record_key import NAMES

if TYPE_CHECKING:
    from phone_recorder.harness.playing.call import PlayedCall
    from phone_recorder.harness.playing.phone import PlayedPhone

# In the words of the emulated phone in real time, and so translated as those are.
NO_CALL = "there is no call to record: call somebody first"
BUSY = "a call is going on: end it first"
NO_PLAYBACK = "nothing can be played back under the virtual clock: play it with phone-recorder play"
CALL_FIRST = ("record", "server", "sip_info", "call", "account")
"""Sections of the settings that count from the next call on."""
AT_ONCE = "record.enabled"
"""And one that counts in the call there is."""


def answer(phone: PlayedPhone, request: api.Request) -> None:
    """Do it; PhoneRecorderError if that cannot be."""
    ANSWERS[type(request)](phone, request)


def _press_record(phone: PlayedPhone, request: api.PressRecord) -> None:
    phone.press_record(NAMES[request.event])


def _hold(phone: PlayedPhone, request: api.HoldCall) -> None:
    _current(phone, "there is no call to hold").hold(request.held)


def _start(phone: PlayedPhone, request: api.StartCall) -> None:
    """One that this phone makes stands at once, one that comes rings."""
    if phone.busy:
        raise UsageError(BUSY)
    if request.direction == "out" and not request.number.strip():
        raise UsageError("whom to call is not said: dial a number")
    phone.begin(request.direction, request.number, request.name, request.direction == "out")


def _answer(phone: PlayedPhone, request: api.AnswerCall) -> None:
    if not _current(phone, "there is no call that rings").rings:
        raise UsageError("there is no call that rings")
    phone.answer()


def _end(phone: PlayedPhone, request: api.EndCall) -> None:
    _current(phone, "there is no call to end").hang_up()


def _set(phone: PlayedPhone, request: api.SetSettings) -> None:
    phone.set(request.values)
    phone.say(_counts(set(request.values), phone.busy))


def _counts(keys: set[str], busy: bool) -> str:
    """From when on what was set counts, where that is not now."""
    sections = {key.partition(".")[0] for key in keys}
    if "usb" in sections:
        return "saved: it counts when the phone is switched on again"
    later = busy and sections & set(CALL_FIRST) and keys != {AT_ONCE}
    return "saved: it counts from the next call on" if later else ""


def _delete(phone: PlayedPhone, request: api.DeleteRecording) -> None:
    drive_recordings.delete_recording(_drive(phone), request.name)


def _export(phone: PlayedPhone, request: api.ExportRecording) -> None:
    phone.say(f"exported to {as_text(drive_recordings.export_recording(_drive(phone), request.name))}")


def _clear_log(phone: PlayedPhone, request: api.ClearLog) -> None:
    phone.forgotten = len(phone.calls)


def _play(phone: PlayedPhone, request: api.Request) -> None:
    raise UsageError(NO_PLAYBACK)


def _look(phone: PlayedPhone, request: api.Request) -> None:
    """What is listed is looked at whenever it is shown."""


def _current(phone: PlayedPhone, without: str) -> PlayedCall:
    if phone.call is None or phone.call.over:
        raise UsageError(without)
    return phone.call


def _drive(phone: PlayedPhone) -> MountedDrive:
    state = phone.ground.stick.state
    if state.drive is None:
        raise state.error or NoDrive("no USB drive is plugged in")
    return state.drive


ANSWERS: dict[type[api.Request], Callable[[PlayedPhone, Any], None]] = {
    api.PressRecord: _press_record,
    api.HoldCall: _hold,
    api.StartCall: _start,
    api.AnswerCall: _answer,
    api.EndCall: _end,
    api.SetSettings: _set,
    api.DeleteRecording: _delete,
    api.ExportRecording: _export,
    api.ClearLog: _clear_log,
    api.ListRecordings: _look,
    api.StartPlayback: _play,
    api.ControlPlayback: _play,
}
"""What a key or a menu can ask for, in the order of control_api.METHODS."""
