"""What a crash must not lose: the calls there are and what was being recorded of them, kept where a reboot forgets it.

Instants are those of the kernel's monotonic clock, which goes on while we are away; `boot` names its beginning.
"""

from __future__ import annotations

import msgspec

from phone_recorder.agent.call import AgentCall
from phone_recorder.agent.calls import Calls
from phone_recorder.control_api import ObservedCall
from phone_recorder.recording.record_key import Key


class KeptRecording(msgspec.Struct, frozen=True):
    """One that runs: from `instant` on it keeps all, after the `kept` units before; `parts` are paths."""

    id: str
    mode: str
    codec: str
    started_at: str
    instant: int
    kept: int
    paused: bool
    parts: tuple[str, ...]


class KeptCall(msgspec.Struct, frozen=True):
    """A call, and the recording that runs of it, if one does."""

    told: ObservedCall
    began: int
    recording: KeptRecording | None = None


class Kept(msgspec.Struct, frozen=True):
    """All of it. `counted`: names that were given to calls."""

    boot: str
    counted: int = 0
    calls: tuple[KeptCall, ...] = ()


def kept_of(calls: Calls, boot: str) -> Kept:
    """What is to be kept now."""
    return Kept(boot, calls.counted, tuple(_kept_call(call) for call in calls))


def encode(kept: Kept) -> bytes:
    """As it stands in the file."""
    return msgspec.json.encode(kept)


def decode(data: bytes, boot: str) -> Kept:
    """What a file says; nothing, if it is of before the last reboot, or cannot be read."""
    try:
        kept = msgspec.json.decode(data, type=Kept)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Kept(boot)
    return kept if kept.boot == boot else Kept(boot)


def _kept_call(call: AgentCall) -> KeptCall:
    return KeptCall(call.told(call.began), call.began, _kept_recording(call))


def _kept_recording(call: AgentCall) -> KeptRecording | None:
    recorder, stretch, session = call.recorder, call.stretch, call.session
    if recorder.key is Key.IDLE or session is None or stretch is None or session.finished:
        return None
    account = session.account
    parts = tuple(part.path for part in session.destination.parts)
    paused = recorder.key in (Key.PAUSED, Key.WAITING_PAUSED)
    return KeptRecording(
        account.id, account.mode, account.codec, account.started_at, stretch.instant, stretch.kept, paused, parts
    )
