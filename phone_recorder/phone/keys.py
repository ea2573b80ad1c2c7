"""Which key is pressed when: `0 record, 3 pause, 5 resume, 9 record`, in seconds from the start of the call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from itertools import pairwise

from phone_recorder.errors import UsageError
from phone_recorder.recording.record_key import NAMES, Event
from phone_recorder.recording.units import from_seconds, to_seconds


class CallKey(Enum):
    """A key of the call, which is none of the record key's business."""

    HOLD = "hold"
    UNHOLD = "unhold"


OnCallKey = Callable[[CallKey, int], None]
"""Called with a key of the call at the instant at which it is pressed; the call may be over by then."""

KEYS: dict[str, Event | CallKey] = {
    **NAMES,
    "hold": CallKey.HOLD,
    "unhold": CallKey.UNHOLD,
}

KeyPress = tuple[int, Event | CallKey]
"""An instant, in units from the start of the call, and what the key does."""


def parse_keys(script: str, duration_s: float) -> list[KeyPress]:
    """Read a key script; UsageError says which entry makes no sense."""
    presses = [_parse_entry(entry) for entry in script.split(",") if entry.strip()]
    for (earlier, _), (later, _) in pairwise(presses):
        if later < earlier:
            raise UsageError(f"the key script goes back in time, to {to_seconds(later):g} s: put its entries in order")
    late = [instant for instant, _ in presses if instant > from_seconds(duration_s)]
    if late:
        raise UsageError(f"the call is over after {duration_s:g} s, before a key of the script: make --duration longer")
    return presses


def refuse_call_keys(presses: Iterable[KeyPress]) -> None:
    """UsageError if there is a key of the call: where there is nobody who could be put on hold."""
    for _, key in presses:
        if isinstance(key, CallKey):
            raise UsageError(f"only a real call can be put on hold: leave {key.value!r} out of the key script")


def _parse_entry(entry: str) -> KeyPress:
    words = entry.split()
    if len(words) != 2 or words[1].lower() not in KEYS:
        raise UsageError(f"the key script's entry {entry.strip()!r} is not SECONDS and one of {', '.join(KEYS)}")
    try:
        seconds = float(words[0])
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e6:
        raise UsageError(f"{words[0]!r} in the key script is not a time in seconds from the start of the call")
    return from_seconds(seconds), KEYS[words[1].lower()]
