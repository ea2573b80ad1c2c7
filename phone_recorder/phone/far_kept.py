"""What the other phone said, kept as a WAV file that is exactly as long as the call."""

from __future__ import annotations

from array import array

from phone_recorder.adapters.wav_writer import WavWriter
from phone_recorder.errors import AudioFileError, UsageError
from phone_recorder.phone.far_voice import FarVoice
from phone_recorder.phone.party import Datagram
from phone_recorder.recording.units import SECOND

HORIZON = SECOND
"""How long a late packet is waited for, as in a recording to a drive."""


class FarKept:
    """Writes to `file`, whose rate is `rate` Hz, from the instant `start` on: once a second, and at the end.

    A file that takes no more ends this, not the call: `problem` says why.
    """

    def __init__(self, file: WavWriter, rate: int, start: int) -> None:
        self.problem: UsageError | AudioFileError | None = None
        self._file = file
        self._rate = rate
        self._start = start
        self._voice = FarVoice(rate, start, HORIZON)
        self._next = start + SECOND

    def hear(self, datagrams: list[Datagram], until: int) -> None:
        """What has come before this instant."""
        if self.problem:
            return
        self._voice.hear(datagrams)
        if until >= self._next:
            self._next = until + SECOND
            self._write(self._voice.take(until))

    def close(self, end: int) -> None:
        """The call ended at this instant."""
        rest = self._voice.rest(end)
        self._write(rest[: max((end - self._start) * self._rate // SECOND - self._file.samples, 0)])
        try:
            self._file.close()
        except UsageError as error:
            self.problem = self.problem or error

    def _write(self, samples: array[int]) -> None:
        if self.problem is None:
            try:
                self._file.write(samples)
            except (UsageError, AudioFileError) as error:
                self.problem = error
