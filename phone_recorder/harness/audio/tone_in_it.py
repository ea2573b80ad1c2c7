"""The record tone in a recording: nobody in the call says it, so it is told and taken out before voices are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from phone_recorder.harness.audio.fit import Voices, residual
from phone_recorder.harness.audio.recorded import Heard
from phone_recorder.harness.audio.samples import Samples, as_samples, without
from phone_recorder.media import record_tone
from phone_recorder.recording.units import SECOND

_SURE = 0.9
_NEAR = 1.1
"""How far from its own loudness the tone may be, either way."""


def has_tone(heard: Heard, voices: Voices) -> bool:
    """Whether the record tone sounds where a recording begins, beside what was said then."""
    if len(heard.samples) < record_tone.LENGTH:
        return False
    tone = as_samples(record_tone.samples(0, record_tone.LENGTH, SECOND)).astype(np.float32)
    left = residual(heard, voices, dict.fromkeys(voices, 0), 0, record_tone.LENGTH)
    energy, product = float(tone @ tone), float(left @ tone)
    return product > _SURE * (energy * float(left @ left)) ** 0.5 and 1 / _NEAR < product / energy < _NEAR


def tone_over(heard: Heard, start: int, end: int) -> Samples:
    """The record tone over a span of a recording; none where it is muted."""
    tone = as_samples(record_tone.samples(0, record_tone.LENGTH, SECOND))
    line = np.zeros(end - start, np.int16)
    for begin in range(start // record_tone.PERIOD * record_tone.PERIOD, end, record_tone.PERIOD):
        first, past = max(begin, start), min(begin + record_tone.LENGTH, end)
        line[first - start : max(past, first) - start] = tone[first - begin : max(past, first) - begin]
    return without(line, [(begin - start, over - start) for begin, over in heard.muted])


def without_tone(heard: Heard) -> Heard:
    """The recording less the tone: what was said, and the codec's noise."""
    samples = heard.samples.copy()
    for begin in range(0, len(samples), record_tone.PERIOD):
        end = min(begin + record_tone.LENGTH, len(samples))
        left = samples[begin:end].astype(np.int32) - tone_over(heard, begin, end)
        samples[begin:end] = np.clip(left, -32768, 32767)
    return replace(heard, samples=samples)
