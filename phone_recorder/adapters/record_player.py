"""The player of a phone: one record file, on a thread of its own, so that nobody waits for drive or sound device."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from phone_recorder.adapters.drive_errors import REMOVED, always, drive_errors
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.record_reader import RecordReader, open_record
from phone_recorder.errors import DriveError, DriveGone, SpeakerError, UsageError
from phone_recorder.media.time_stretch import check_speed
from phone_recorder.recording.playback import Playback, Sink
from phone_recorder.wire.printable import printable

OpenSink = Callable[[int], AbstractContextManager[Sink]]
"""A rate in Hz to an open sink."""

CLOSE_S = 2.0
"""How long a drive or a sound device that hangs is waited for in the end."""
_PIECES_PER_S = 10


@dataclass(frozen=True, slots=True)
class PlaybackView:
    """What is seen of a playback: times in seconds of the recording, and what is wrong as a sentence, or nothing."""

    name: str
    position_s: float
    duration_s: float
    paused: bool
    speed: float
    ended: bool
    problem: str


class RecordPlayer:
    """Plays the record file at `path` to the sink that `open_sink` opens, from `start_s` on, at `speed`.

    UsageError or RecordFileError at once if nothing of it can be played, or not at that speed. What goes wrong later
    ends it, and is its view's `problem`. `present` tells whether the drive is still plugged in. Any thread may call;
    only the opening of the file waits for the drive.
    """

    def __init__(
        self,
        path: Path,
        open_sink: OpenSink,
        start_s: float = 0.0,
        speed: float = 1.0,
        present: Callable[[], bool] = always,
    ) -> None:
        check_speed(speed)
        self._path, self._present, self._open_sink = path, present, open_sink
        with ExitStack() as opened:
            self._record = opened.enter_context(open_record(path, follow=False))
            self._header = self._record.header
            self._file = opened.pop_all()
        # What is asked for, and what is true; any thread's, under the lock.
        self._lock = threading.Lock()
        self._sought: float | None = self._within(start_s)
        self._position_s = 0.0
        self._paused, self._speed = False, speed
        self._over, self._problem = False, _damage(self._record)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="record player", daemon=True)
        self._thread.start()

    @property
    def view(self) -> PlaybackView:
        """How it is, what was just asked for included."""
        with self._lock:
            position_s = self._position_s if self._sought is None else self._sought
            ended = self._over or self._stopped.is_set()
            shown = self._path.name, position_s, self._header.duration_s, self._paused, self._speed
            return PlaybackView(*shown, ended, self._problem)

    def pause(self) -> None:
        """Silence, until it is resumed."""
        with self._lock:
            self._paused = True

    def resume(self) -> None:
        """Go on after a pause."""
        with self._lock:
            self._paused = False

    def seek(self, position_s: float) -> None:
        """Go on from there; before the start is the start, past the end is the end."""
        with self._lock:
            self._sought = self._within(position_s)

    def set_speed(self, speed: float) -> None:
        """Go on at that speed; UsageError if it is out of range."""
        check_speed(speed)
        with self._lock:
            self._speed = speed

    def stop(self) -> None:
        """End here. What the sound device has taken already may still be heard for a moment."""
        self._stopped.set()

    def close(self, timeout_s: float = CLOSE_S) -> bool:
        """Stop, and wait until file and sound device are free; False if one of them hangs for longer."""
        self.stop()
        return self.wait(timeout_s)

    def wait(self, timeout_s: float) -> bool:
        """Wait until it has ended by itself, and file and sound device are free; False if it has not by then."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _within(self, position_s: float) -> float:
        return max(0.0, min(position_s, self._header.duration_s))

    def _work(self) -> None:
        """The thread: all of it. What is not foreseen ends it too, and is shown where threads show it."""
        problem, rate = "", self._header.codec.sample_rate
        try:
            with self._file, self._open_sink(rate) as sink:
                pieces = _Pieces(sink, rate // _PIECES_PER_S, self._stopped)
                self._play(Playback(self._header, self._payloads, pieces))
        except (DriveError, SpeakerError, UsageError) as error:
            problem = str(error)
        finally:
            with self._lock:
                self._over, self._problem = True, problem or self._problem

    def _play(self, playback: Playback) -> None:
        while not (playback.ended or self._stopped.is_set()):
            with self._lock:
                self._obey(playback)
            playback.step()
            with self._lock:
                self._position_s = playback.position_s

    def _obey(self, playback: Playback) -> None:
        """Do what was asked for. Nothing is read here: a seek only says where the next step reads."""
        if self._sought is not None:
            playback.seek(self._sought)
            self._sought, self._position_s = None, playback.position_s
        playback.paused = self._paused
        playback.set_speed(self._speed)

    def _payloads(self, first: int) -> Iterator[bytes]:
        """The recording's packets; a DriveError says why there are no more."""
        try:
            with drive_errors(self._path, self._present):
                for payload in self._record.payloads(first):
                    self._demand_the_drive()
                    yield payload
        except DriveGone:
            raise
        except DriveError as error:
            why = reason(error.__cause__) if isinstance(error.__cause__, OSError) else str(error)
            raise DriveError(f"cannot read {printable(str(self._path))}: {why}") from error

    def _demand_the_drive(self) -> None:
        """What the kernel still has in memory could be played on, but nobody expects that."""
        if not self._present():
            raise DriveGone(REMOVED)


class _Pieces:
    """The sink, given little at a time, for the packets of a damaged file may last for hours: a stop is heard soon."""

    def __init__(self, sink: Sink, size: int, stopped: threading.Event) -> None:
        self._sink, self._size, self._stopped = sink, size, stopped

    def write(self, samples: array[int]) -> None:
        for start in range(0, len(samples), self._size):
            if not self._stopped.is_set():
                self._sink.write(samples[start : start + self._size])


def _damage(record: RecordReader) -> str:
    problems = record.examination.problems
    return f"damaged, what is there is played: {'; '.join(problems)}" if problems else ""
