"""Where in a recording a voice is, when nobody knows when it was said: the two are correlated at every lag, by FFT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phone_recorder.errors import PhoneRecorderError
from phone_recorder.harness.evidence import Recorded
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import SECOND

if TYPE_CHECKING:
    from phone_recorder.harness.audio.samples import Samples

LEAST = SECOND // 2
"""So much of both has to meet: less of a voice is like anything."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A voice as if it had been said so that its beginning is `at` units of the recording; below 0 it began before."""

    at: int
    said: list[Datagram]


def place_voices(recorded: Recorded, said: Mapping[str, Sequence[Datagram]]) -> dict[str, Placed] | None:
    """Each voice where it is most like the recording; None if that cannot be read."""
    from phone_recorder.harness.audio.recorded import heard
    from phone_recorder.harness.audio.said import in_g722
    from phone_recorder.harness.audio.said import said as as_said

    try:
        sound = heard(recorded, any(map(in_g722, said.values()))).samples
    except PhoneRecorderError:
        return None
    return {leg: _placed(recorded.start, sound, as_said(list(sent)), sent) for leg, sent in said.items()}


def _placed(start: int, sound: Samples, voice: Samples, sent: Sequence[Datagram]) -> Placed:
    at = best_place(sound, voice)
    return Placed(at, [(instant + start + at, data) for instant, data in sent])


def best_place(sound: Samples, voice: Samples) -> int:
    """The unit of the recording at which the voice begins, where as much of it as is there is most like it."""
    import numpy as np

    least = min(LEAST, len(sound), len(voice))
    if not least or not voice.any():
        return 0
    wave, spoken = (samples.astype(np.float64) - samples.mean() for samples in (sound, voice))
    size = 1 << (len(wave) + len(spoken) - 1).bit_length()
    spectrum = np.fft.rfft(wave, size) * np.conj(np.fft.rfft(spoken, size))
    found = np.roll(np.fft.irfft(spectrum, size), len(spoken) - 1)[: len(wave) + len(spoken) - 1]
    places = np.arange(len(found)) - len(spoken) + 1
    sums = np.concatenate(([0.0], np.cumsum(spoken**2)))
    met = sums[np.minimum(len(wave) - places, len(spoken))] - sums[np.maximum(-places, 0)]
    enough = np.minimum(len(wave), places + len(spoken)) - np.maximum(places, 0) >= least
    # Any recording is like a voice that says nothing where the two meet.
    likeness = np.where(enough & (met > 1.0), found / np.sqrt(np.maximum(met, 1.0)), -np.inf)
    return int(places[int(np.argmax(likeness))])
