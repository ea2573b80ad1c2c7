"""What a crash must not lose: the calls there are and what was being recorded of them, kept where a reboot forgets it.

Instants are those of the kernel's monotonic clock, which goes on while we are away; `boot` names its beginning.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated

import msgspec
from msgspec.structs import replace

from phone_recorder.agent.call import AgentCall
from phone_recorder.agent.calls import MOST_CALLS, Calls
from phone_recorder.agent.server_way import is_address
from phone_recorder.control_api import ObservedCall
from phone_recorder.control_api.told import as_text
from phone_recorder.recording.account import Account
from phone_recorder.recording.record_key import Key

MOST_FAULTS = 10
"""Of a recording, that are kept."""
Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 60)]


class SoFar(msgspec.Struct, frozen=True):
    """What the account of a recording has counted; times in units.

    `paused` is as of the recording's `instant`, the rest as of when the file was written last. `gap_units` are by
    stream, `faults` the newest ones, each with its place.
    """

    paused: Count = 0
    foreign: Count = 0
    gaps: Count = 0
    gap_units: dict[str, Count] = {}
    faults: Annotated[tuple[tuple[Count, str], ...], msgspec.Meta(max_length=MOST_FAULTS)] = ()


class KeptRecording(msgspec.Struct, frozen=True):
    """One that runs, `instant` and `kept` as Stretch has them. `parts` are the names of its files on the drive."""

    id: str
    mode: str
    codec: str
    started_at: str
    instant: Count
    kept: Count
    paused: bool
    parts: tuple[str, ...]
    so_far: SoFar = SoFar()


class KeptCall(msgspec.Struct, frozen=True):
    """A call, and the recording that runs of it, if one does."""

    told: ObservedCall
    began: Count
    recording: KeptRecording | None = None


class Kept(msgspec.Struct, frozen=True):
    """All of it. `counted`: names that were given to calls."""

    boot: str
    counted: Count = 0
    calls: Annotated[tuple[KeptCall, ...], msgspec.Meta(max_length=MOST_CALLS)] = ()


def kept_of(calls: Calls, boot: str) -> Kept:
    """What is to be kept now."""
    return Kept(boot, calls.counted, tuple(_kept_call(call) for call in calls))


def lasting(kept: Kept) -> Kept:
    """Without what is counted, which may be more with each tick: the file is written when something else changes."""
    return replace(kept, calls=tuple(map(_uncounted, kept.calls)))


def encode(kept: Kept) -> bytes:
    """As it stands in the file."""
    return msgspec.json.encode(kept)


def decode(data: bytes, boot: str) -> Kept:
    """What a file says; nothing, if it is of before the last reboot, as far as that is known, or cannot be read."""
    try:
        kept = msgspec.json.decode(data, type=Kept)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Kept(boot)
    return kept if boot and kept.boot == boot and _can_be(kept) else Kept(boot)


def _can_be(kept: Kept) -> bool:
    """Whether these calls have each a name that was given to it alone, and places at which RTP can be awaited."""
    names = {call.told.id for call in kept.calls}
    ports = [port for call in kept.calls for port in call.told.ports.values()]
    hosts = [call.told.host for call in kept.calls]
    return (
        len(names) == len(kept.calls)
        and all(_was_given(name, kept.counted) for name in names)
        and all(map(_is_port, ports))
        and all(map(is_address, hosts))
    )


def _was_given(name: str, counted: int) -> bool:
    """The agent's own names are numbers, and it counts on from those that it gave."""
    return name.isascii() and name.isdecimal() and name == str(int(name)) and 0 < int(name) <= counted


def _is_port(number: int) -> bool:
    return 0 < number < 1 << 16


def _uncounted(call: KeptCall) -> KeptCall:
    return replace(call, recording=replace(call.recording, so_far=SoFar())) if call.recording else call


def _kept_call(call: AgentCall) -> KeptCall:
    return KeptCall(call.told(call.began), call.began, _kept_recording(call))


def _kept_recording(call: AgentCall) -> KeptRecording | None:
    recorder, stretch, session = call.recorder, call.stretch, call.session
    if recorder.key is Key.IDLE or session is None or stretch is None:
        return None
    account = session.account
    parts = tuple(PurePath(part.path).name for part in session.destination.parts)
    paused = recorder.key in (Key.PAUSED, Key.WAITING_PAUSED)
    return KeptRecording(
        id=account.id,
        mode=account.mode,
        codec=account.codec,
        started_at=account.started_at,
        instant=stretch.instant,
        kept=stretch.kept,
        paused=paused,
        parts=parts,
        so_far=_so_far(account, session.paused_by(stretch.instant)),
    )


def _so_far(account: Account, paused: int) -> SoFar:
    faults = tuple((fault.at, as_text(fault.error)) for fault in account.health.faults[-MOST_FAULTS:])
    return SoFar(paused, account.foreign, account.gaps.count, dict(account.gaps.total), faults)
