"""What can be true of a phone, for the tests of its face: the guide's flows, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from phone_recorder.control_api import Call, CallLog, LoggedCall, Phone
from phone_recorder.phone.face.facts import Facts
from phone_recorder.recording.account import Account, Health, Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_view import DriveView
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.recorder import Status
from phone_recorder.settings.phone import Language, PhoneSettings
from phone_recorder.settings.record import Mode
from phone_recorder.settings.table import with_texts

SECOND = 8000
NOW = datetime(2026, 11, 28, 6, 41)
PHONE = Phone("BX5S", "001122334455", "1001", "Near Party", "1.0", "en")
STICK = DriveView(True, 29 * 60 * SECOND, "the USB drive STICK is ready")
NO_STICK = DriveView(news="no USB drive is plugged in: plug in one formatted with FAT32 or exFAT")
ANNA = LoggedCall("out", "1002", "Anna", "2026-11-28T06:00:00", 12.0, True)
BEN = LoggedCall("in", "1003", "Ben", "2026-11-28T06:30:00", 0.0, False)
LOG = CallLog([BEN, ANNA])

NETWORK = {"record.mode": "network", "server.host": "192.0.2.9"}
SIP_INFO = {"record.mode": "sip_info"}
BX3S = {"phone.model": "BX3S"}

IDLE = Call()
CALLING = Call("calling", "out", "1002", "Anna")
RINGING = Call("ringing", "in", "1003", "Ben")
CONNECTED = Call("connected", "out", "1002", "Anna", seconds=75.0)
HELD = Call("held", "out", "1002", "Anna", seconds=75.0)
ENDED = Call("ended", "out", "1002", "Anna", seconds=75.0)
CALLS = (IDLE, CALLING, RINGING, CONNECTED, HELD, ENDED)


def facts(language: Language = "en", texts: dict[str, str] | None = None, **changes: Any) -> Facts:
    """A BX5S with a stick in it and nothing to do; `texts` are settings by key, the rest are fields of Facts."""
    settings = with_texts(PhoneSettings(language=language), texts or {})
    return replace(Facts(settings, PHONE, NOW, drive=STICK, log=LOG), **changes)


def status(key: Key, state: State, mode: Mode = "local", recorded: int = 0, reason: str = "", **more: Any) -> Status:
    """The recorder's, of a recording of so many seconds."""
    parts = (Part("Record_1.wav", 8076, 50, 1.0),) if state is State.CLOSED else ()
    health = Health(remaining=29 * 60 * SECOND if mode == "local" else None)
    account = Account("00", mode, "PCMU", recorded=recorded * SECOND, reason=reason, parts=parts, health=health)
    return Status(key, state, account, **more)


RECORDING = status(Key.RECORDING, State.OPEN, recorded=12)
PAUSED = status(Key.PAUSED, State.OPEN, recorded=12)
SAVED = status(Key.IDLE, State.CLOSED, recorded=12)
STATUSES = (Status(Key.IDLE), RECORDING, PAUSED, SAVED, status(Key.WAITING, State.FAILED, "server", reason="why"))
