"""All that the face is derived from: what is true of the phone now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from phone_recorder.control_api import Call, CallLog, DriveList, Phone, Playback, RecordingList
from phone_recorder.recording.drive_view import NO_DRIVE, DriveView
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.recorder import Status
from phone_recorder.settings.phone import PhoneSettings

IDLE = Status(Key.IDLE)
NO_CALL = Call()
NO_DRIVES = DriveList([])
NO_RECORDINGS = RecordingList([])
NO_PLAYBACK = Playback()
NO_LOG = CallLog([])


@dataclass(frozen=True, slots=True)
class Facts:
    """`status` is the recorder's, of the call there is or was last; `drive_news` what has become of the drive since.

    `news` is the answer to what the user wanted last, if it could not be; `now` local time.
    """

    settings: PhoneSettings
    phone: Phone
    now: datetime
    call: Call = NO_CALL
    status: Status = IDLE
    drive: DriveView = NO_DRIVE
    drive_news: str = ""
    drives: DriveList = NO_DRIVES
    recordings: RecordingList = NO_RECORDINGS
    playback: Playback = NO_PLAYBACK
    log: CallLog = NO_LOG
    news: str = ""
