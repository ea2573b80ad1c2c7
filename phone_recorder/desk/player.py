"""The phone's player: one recording at a time, through a sound device or in a browser that follows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from phone_recorder.adapters.drive_errors import HANGS, HANGS_AFTER_S
from phone_recorder.adapters.drive_lanes import ROOM
from phone_recorder.adapters.lane import Lane, Lanes
from phone_recorder.adapters.record_player import RecordPlayer
from phone_recorder.adapters.silent_sink import open_silence
from phone_recorder.adapters.speaker import open_speaker
from phone_recorder.control_api import ControlPlayback, Playback, StartPlayback
from phone_recorder.errors import DriveError, UsageError
from phone_recorder.recording.playback import Sink
from phone_recorder.settings.phone import Sound


class Player:
    """Nothing is played at first, then one recording; it is shown after its end too. Any thread may call."""

    def __init__(self, play: Callable[..., RecordPlayer] = RecordPlayer, patience_s: float = HANGS_AFTER_S) -> None:
        self._play = play
        self._player: RecordPlayer | None = None
        self._starts = Lanes(lambda: Lane(lambda: DriveError(HANGS), patience_s, ROOM))
        self._wanted: object = None  # the start that was asked for last; None since a stop

    @property
    def shown(self) -> Playback:
        """What is being played, or was last; of what has ended, why, if that was not its end."""
        if self._player is None:
            return Playback()
        view = self._player.view
        return Playback(
            view.name, view.position_s, view.duration_s, view.paused, view.speed, view.problem, ended=view.ended
        )

    def start(self, request: StartPlayback, path: Path, present: Callable[[], bool], sound: Sound) -> None:
        """Play this file, of a drive that is `present`; UsageError or RecordFileError if it cannot be played at all.

        One after the other: of several at once the one that was asked for last is played. DriveError if the drive
        hangs; then nothing is played, later neither.
        """
        wanted = self._wanted = object()

        def begin() -> None:
            if self._wanted is not wanted:
                return
            if self._player:
                self._player.close()  # the sound device may be for one alone
            player = self._play(path, lambda rate: _sink(sound, rate), request.from_s, request.speed, present)
            if self._wanted is wanted:
                self._player = player
            if self._wanted is not wanted:  # a stop meanwhile sees the new player, or is seen here
                player.close()

        try:
            self._starts.of(present).wait(begin)
        except DriveError:
            if self._wanted is wanted:
                self.stop()
            raise

    def control(self, request: ControlPlayback) -> None:
        """UsageError while nothing is played; what has ended can be stopped all the same."""
        player = self._player
        if request.action == "stop" and (player or self._wanted):
            self.stop()
            return
        if player is None or player.view.ended:
            raise UsageError("nothing is being played: choose a recording first")
        if request.position_s is not None:
            player.seek(request.position_s)
        if request.speed is not None:
            player.set_speed(request.speed)
        if request.action:
            player.pause() if request.action == "pause" else player.resume()

    def stop(self) -> None:
        """Fall silent, also where a playback is just being started."""
        self._wanted = None
        if self._player:
            self._player.stop()


def _sink(sound: Sound, rate: int) -> AbstractContextManager[Sink]:
    return open_speaker(rate) if sound == "device" else open_silence(rate)
