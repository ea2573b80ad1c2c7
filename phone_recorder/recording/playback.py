"""The player of a record file: where it is, what it sends to the speaker next. The speaker sets the pace."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import Protocol

from phone_recorder.media import pcm, time_stretch
from phone_recorder.media.codecs import decoder
from phone_recorder.media.time_stretch import TimeStretch
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import CLOCK_RATE

SLOWEST, FASTEST = time_stretch.SLOWEST, time_stretch.FASTEST
"""The speeds that can be set; 1 is that of the recording."""

_PAUSE_STEPS_PER_S = 50


class Sink(Protocol):
    """Takes samples at the codec's rate, and blocks while it has enough of them."""

    def write(self, samples: array[int]) -> None: ...


class Playback:
    """Plays the packets that `payloads(first)` gives, first to last, to the sink, one a `step`.

    Paused, it sends silence: the sink goes on setting the pace, and has no gap to recover from.
    """

    def __init__(self, header: RecordHeader, payloads: Callable[[int], Iterator[bytes]], sink: Sink) -> None:
        self.paused = False
        self.ended = False
        self._header = header
        self._payloads = payloads
        self._sink = sink
        self._rate = header.codec.sample_rate
        self._silence = pcm.silence(self._rate // _PAUSE_STEPS_PER_S)
        self._stretch = TimeStretch(self._rate, 1.0)
        self._owed = pcm.silence(0)
        self.seek(0)

    @property
    def duration_s(self) -> float:
        """Playing time in seconds; a short last packet counts for nothing."""
        return self._header.duration_s

    @property
    def position_s(self) -> float:
        """Playing time of what was sent, or skipped, in seconds of the recording, whatever the speed."""
        return min(self._packet * self._header.increment / CLOCK_RATE, self.duration_s)

    @property
    def speed(self) -> float:
        """Seconds of the recording that are played in a second."""
        return self._stretch.speed

    def set_speed(self, speed: float) -> None:
        """From the next packet on; UsageError if it is not from SLOWEST to FASTEST. The voices keep their pitch."""
        stretch = TimeStretch(self._rate, speed)
        if speed != self.speed:
            self._owed += self._stretch.rest()
            self._stretch = stretch

    def seek(self, position_s: float) -> None:
        """Go on from the packet at that time; before the start is the start, past the end is the end."""
        packet = round(max(0.0, min(position_s, self.duration_s)) * CLOCK_RATE) // self._header.increment
        self._packet = min(packet, self._header.packets)
        self._waiting = self._payloads(self._packet)
        # G.722 decodes from its past, and here it has another one. What is still owed belongs to another place.
        self._decoder = decoder(self._header.codec, self._rate)
        self._stretch = TimeStretch(self._rate, self.speed)
        self._owed = pcm.silence(0)

    def move(self, by_s: float) -> None:
        """Seek from where it is, forwards or backwards."""
        self.seek(self.position_s + by_s)

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        self.paused = not self.paused

    def stop(self) -> None:
        """End here."""
        self.ended = True

    def step(self) -> None:
        """Send the next packet, or a little silence while paused. Past the last packet, it ends."""
        if self.ended:
            return
        if self.paused:
            self._sink.write(self._silence)
        elif payload := next(self._waiting, b""):
            self._packet += 1
            self._send(self._stretch.feed(self._decoder.decode(payload)))
        else:
            self._send(self._stretch.rest())
            self.stop()

    def _send(self, samples: array[int]) -> None:
        """These, after what is still owed; a packet may be too short to complete any."""
        samples, self._owed = self._owed + samples, pcm.silence(0)
        if samples:
            self._sink.write(samples)
