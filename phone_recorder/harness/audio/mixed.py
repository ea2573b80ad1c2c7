"""What a recording holds sample for sample: the voices decoded, added, saturated, and through the recording's codec."""

from __future__ import annotations

import numpy as np

from phone_recorder.harness.audio.fit import Voices
from phone_recorder.harness.audio.recorded import Heard
from phone_recorder.harness.audio.samples import Samples, coded
from phone_recorder.harness.audio.tone_in_it import tone_over
from phone_recorder.harness.audio.words import time
from phone_recorder.harness.evidence import Instead, Where


def mixed(heard: Heard, voices: Voices, start: int, end: int, toned: bool = False) -> Samples:
    """The mix of these voices over a span of the recording, with the record tone if it is `toned`."""
    total = (tone_over(heard, start, end) if toned else np.zeros(end - start)).astype(np.int32)
    for voice in voices.values():
        total += heard.align(voice, start, end)
    return coded(heard.codec, np.clip(total, -32768, 32767).astype(np.int16))


def difference(found: Samples, wanted: Samples, start: int = 0) -> Instead | None:
    """Where two differ, and how, in one clause; `start` is where they begin. None if they are the same."""
    size = min(len(found), len(wanted))
    wrong = np.flatnonzero(found[:size] != wanted[:size])
    if wrong.size:
        first = int(wrong[0])
        return Instead(
            f"{wrong.size} of {size} samples differ, the first at {time(start + first)}: "
            f"{found[first]} instead of {wanted[first]}",
            Where(start + first, start + first),
        )
    if len(found) != len(wanted):
        shorter = "shorter" if len(found) < len(wanted) else "longer"
        return Instead(f"the recording is {time(abs(len(found) - len(wanted)))} {shorter}")
    return None
