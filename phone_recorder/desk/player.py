"""The phone's player: one recording at a time, through a sound device or in a browser that follows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from phone_recorder.adapters.record_player import RecordPlayer
from phone_recorder.adapters.silent_sink import open_silence
from phone_recorder.adapters.speaker import open_speaker
from phone_recorder.control_api import ControlPlayback, Playback, StartPlayback
from phone_recorder.errors import UsageError
from phone_recorder.recording.playback import Sink
from phone_recorder.settings.phone import Sound


class Player:
    """Nothing is played at first, nor after `stop`."""

    def __init__(self) -> None:
        self._player: RecordPlayer | None = None
        self._last = Playback()

    @property
    def shown(self) -> Playback:
        """What is being played; of what has ended, why, if that was not its end."""
        if self._player is None:
            return self._last
        view = self._player.view
        if view.ended:
            self._last = Playback(problem=view.problem)
            self.stop()
            return self._last
        return Playback(view.name, view.position_s, view.duration_s, view.paused, view.speed, view.problem)

    def start(self, request: StartPlayback, path: Path, present: Callable[[], bool], sound: Sound) -> None:
        """Play this file, of a drive that is `present`; UsageError or RecordFileError if it cannot be played at all."""
        player, self._player = self._player, None
        if player:
            player.close()  # the sound device may be for one alone
        self._player = RecordPlayer(path, lambda rate: _sink(sound, rate), request.from_s, request.speed, present)

    def control(self, request: ControlPlayback) -> None:
        """UsageError while nothing is played."""
        player = self._player
        if player is None:
            raise UsageError("nothing is being played: choose a recording first")
        if request.position_s is not None:
            player.seek(request.position_s)
        if request.speed is not None:
            player.set_speed(request.speed)
        if request.action == "stop":
            self._last = Playback()
            self.stop()
        elif request.action:
            player.pause() if request.action == "pause" else player.resume()

    def stop(self) -> None:
        """Fall silent."""
        player, self._player = self._player, None
        if player:
            player.stop()


def _sink(sound: Sound, rate: int) -> AbstractContextManager[Sink]:
    return open_speaker(rate) if sound == "device" else open_silence(rate)
