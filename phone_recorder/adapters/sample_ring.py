"""Samples between two clocks: a sound device's and a call's. Neither side ever waits for the other."""

from __future__ import annotations

from threading import Lock

_SAMPLE = 2
"""Bytes."""


class SampleRing:
    """Takes raw 16-bit samples in, and gives as many as are asked for out, on any threads; lengths are samples.

    `lead` must have come before anything is given, at the beginning and after each time that too little was there: what
    comes in bursts then lasts until the next. Of more than `limit` the oldest are dropped until `lead` are left, so
    that a call never lags behind; the clocks drift, and each such step is counted.
    """

    def __init__(self, lead: int, limit: int) -> None:
        self.underruns = 0
        """Times that silence had to be given in the middle."""
        self.overruns = 0
        """Times that samples were dropped."""
        self._lead = lead * _SAMPLE
        self._limit = limit * _SAMPLE
        self._samples = bytearray()
        self._filling = True
        self._lock = Lock()

    def put(self, samples: bytes) -> None:
        """These have come."""
        with self._lock:
            self._samples += samples
            if len(self._samples) > self._limit:
                del self._samples[: len(self._samples) - self._lead]
                self.overruns += 1

    def take(self, count: int) -> bytes:
        """So many samples, filled up with silence."""
        with self._lock:
            size = count * _SAMPLE
            self._filling = self._filling and len(self._samples) < self._lead
            if self._filling:
                return bytes(size)
            taken = bytes(self._samples[:size])
            del self._samples[:size]
            if len(taken) < size:
                self._filling = True
                self.underruns += 1
            return taken + bytes(size - len(taken))
