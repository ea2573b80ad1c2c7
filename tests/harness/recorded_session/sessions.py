"""Sessions for tests, made of what was done in them."""

from __future__ import annotations

from typing import Any

from phone_recorder import control_api as api
from phone_recorder.harness.recorded_session.session import Beginning, Done, Look, Session, Talk
from phone_recorder.recording.units import from_seconds
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_texts

STICK = api.Stick(emulated=True, inserted=True, capacity=64 << 20, free=64 << 20, file_system="FAT32")
SCREEN = api.Screen("BX5S", "en", icon="recording", prompt="Recording", dss=(api.DssKey("record", "Record", "on"),))


def account(**more: Any) -> dict[str, Any]:
    """That of a recording to the stick, of 3 s."""
    usual = {"id": "a", "mode": "local", "state": "recorded", "reason": "record key", "parts": [{}], "gaps_count": 0}
    return {**usual, "duration_s": 3.0, **more}


def talk(begun: float = 0, length: float = 10, **more: Any) -> Talk:
    """A call, in seconds."""
    return Talk(from_seconds(begun), from_seconds(length), "out", "1002", over=True, **more)


def done(at: float, request: api.Request) -> Done:
    return Done(from_seconds(at), request)


def look(after: float, screen: api.Screen = SCREEN, key: str = "recording") -> Look:
    return Look(from_seconds(after), key, "connected", screen)


def session(*all_done: Done, settings: dict[str, str] | None = None, stick: api.Stick = STICK, **more: Any) -> Session:
    """One call of 10 s, if `talks` says nothing else."""
    beginning = Beginning(with_texts(PhoneSettings(), settings or {}), stick, "tone:440:0", "tone:660:1")
    return Session(beginning, **{"talks": (talk(),), "done": all_done, **more})
