"""A recording as the sum of voices, each at its lag: what least squares says of them. DC is no sound: left out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from phone_recorder.harness.audio.recorded import Heard
from phone_recorder.harness.audio.samples import Samples, Span, Wave, pieces

Voices = Mapping[str, Samples]
Lags = Mapping[str, int]
Spans = list[Span]
Gram = NDArray[np.float64]

_CHUNK = 1 << 15
"""Samples that are worked on at a time: all that is needed of them stays in a processor's cache."""
_SAME = 1e-6
"""Two voices that differ by less of their power cannot be told apart."""


def gram(heard: Heard, voices: Voices, lags: Lags, spans: Spans) -> Gram:
    """Sums of products over these spans: row 0 is the recording, then each voice of `lags`, in that order."""
    total = np.zeros((1 + len(lags), 1 + len(lags)))
    for start, end in spans:
        for begin, over in pieces(start, end, _CHUNK):
            rows = [heard.samples[begin:over]]
            rows += [heard.said(voices, name, begin, over, lag) for name, lag in lags.items()]
            total += _products(np.array(rows, np.float32))
    return total


def partial(products: Gram, number: int) -> Gram:
    """The products of the recording and voice `number` (from 1) alone: what the others explain is taken out of both."""
    others = [n for n in range(1, len(products)) if n != number]
    pair: Gram = products[np.ix_([0, number], [0, number])]
    left = pair - _explained(products, [0, number], others)
    same = pair[1, 1] > 0 and left[1, 1] <= _SAME * pair[1, 1]
    return pair if same else left


def likeness_in(left: Gram) -> tuple[float, float]:
    """How like the recording is to a voice, from -1 to 1, and how loud that is in it, 1 as it was said."""
    if min(left[0, 0], left[1, 1]) <= 0:
        return 0.0, 0.0
    return float(left[0, 1] / np.sqrt(left[0, 0] * left[1, 1])), float(left[0, 1] / left[1, 1])


def residual(heard: Heard, voices: Voices, lags: Lags, start: int, end: int) -> Wave:
    """The recording of a span, less what these voices explain of it."""
    recorded = _wave(heard.samples[start:end])
    if not lags:
        return recorded
    said = np.array([_wave(heard.said(voices, name, start, end, lag)) for name, lag in lags.items()])
    gains, *_ = np.linalg.lstsq((said @ said.T).astype(np.float64), (said @ recorded).astype(np.float64))
    left: Wave = recorded - gains.astype(np.float32) @ said
    return left


def _explained(products: Gram, rows: list[int], others: list[int]) -> Gram:
    """That part of the products of these rows which the others account for."""
    if not others:
        return np.zeros((len(rows), len(rows)))
    cross = products[np.ix_(rows, others)]
    inverse = np.linalg.pinv(products[np.ix_(others, others)], hermitian=True)
    explained: Gram = cross @ inverse @ cross.T
    return explained


def _products(rows: NDArray[np.float32]) -> Gram:
    sums = rows.sum(axis=1, dtype=np.float64)
    products: Gram = (rows @ rows.T).astype(np.float64) - np.outer(sums, sums) / rows.shape[1]
    return products


def _wave(samples: Samples) -> Wave:
    wave = samples.astype(np.float32)
    wave -= wave.mean()
    return wave
