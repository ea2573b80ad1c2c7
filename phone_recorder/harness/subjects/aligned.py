"""Where a recording of another device begins, to the sample: its clock and its frames are its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phone_recorder.errors import PhoneRecorderError
from phone_recorder.harness.evidence import Recorded
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import SECOND, from_ms

if TYPE_CHECKING:
    from phone_recorder.harness.audio.samples import Wave

REACH = from_ms(40)
"""Two frames of 20 ms: its first packet is rounded down into one, and is that of a frame which has begun."""
MOST = 5 * SECOND
"""So much of it is looked at, up to its first pause."""
SAME = 0.998
"""A tone is as like itself a period later: of places that are so nearly as good as the best, the nearest counts."""


def on_its_grid(recorded: Recorded, said: dict[str, list[Datagram]], waited: int) -> Recorded:
    """The recording as it is heard, its start moved to where what was said is in it.

    It is moved by REACH at most, and by so much as somebody `waited` for its beginning, which may have been before.
    What cannot be read, or is silent, is left as it is.
    """
    from phone_recorder.harness.audio.recorded import heard
    from phone_recorder.harness.audio.said import in_g722
    from phone_recorder.harness.audio.said import said as as_said
    from phone_recorder.harness.audio.samples import cut

    try:
        sound = heard(recorded, any(map(in_g722, said.values())))
    except PhoneRecorderError:
        return recorded
    length = min(len(sound.samples), MOST, *(begun - recorded.start for begun, _ in recorded.pauses[:1]))
    reach = REACH + waited
    first, past = recorded.start - reach, recorded.start + length + reach
    mix = sum(cut(as_said(sent), first, past).astype("float64") for sent in said.values())
    if length <= 0 or isinstance(mix, int):
        return recorded
    return replace(recorded, start=recorded.start + _best(sound.samples[:length].astype("float64"), mix, reach))


def _best(wave: Wave, wide: Wave, reach: int) -> int:
    """By how much later than its middle, `reach` on either side, what was said is most like the recording."""
    import numpy as np

    wave = wave - wave.mean()
    sums = np.concatenate(([0.0], np.cumsum(wide**2)))
    energy = sums[len(wave) :] - sums[: -len(wave)]
    likeness = np.correlate(wide, wave, "valid") / np.sqrt(np.maximum(energy, 1.0))
    if likeness.max() <= 0:
        return 0
    good = np.flatnonzero(likeness >= SAME * likeness.max()) - reach
    return int(good[np.argmin(np.abs(good))])
