"""Which key is pressed when: `0 record, 3 pause, 5 resume, 9 record`, in seconds from the start of the call."""

from __future__ import annotations

from itertools import pairwise

from phone_recorder.errors import UsageError
from phone_recorder.recording.record_key import Event
from phone_recorder.recording.units import from_seconds, to_seconds

KEYS = {
    "record": Event.PRESS,
    "start": Event.START,
    "stop": Event.STOP,
    "pause": Event.PAUSE,
    "resume": Event.RESUME,
}

KeyPress = tuple[int, Event]
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
