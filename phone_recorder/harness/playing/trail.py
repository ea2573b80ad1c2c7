"""Where the recordings of a call stand in time, as their session has it: what was kept of each instant."""

from __future__ import annotations

from dataclasses import dataclass, field

from phone_recorder.recording.account import Account
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.recorder import Recorder

EVER = 1 << 62


@dataclass(slots=True)
class Track:
    """One recording: `start` is the instant of its first frame, `stick` the number of the stick that was there then."""

    account: Account
    start: int
    stick: int
    pauses: list[tuple[int, int]] = field(default_factory=list)

    def pause(self, instant: int) -> None:
        """From this frame on, unless the pause before has taken it already."""
        self.pauses.append((max(instant, self.pauses[-1][1]) if self.pauses else instant, EVER))

    def resume(self, instant: int) -> None:
        """Until this frame, if it was paused."""
        self.pauses[-1:] = [(begun, min(over, max(instant, begun))) for begun, over in self.pauses[-1:]]


class Trail:
    """Follows the recorder of a call that began at `start`; call `follow` after all that happens to it.

    `frame` in units, as that of the mix.
    """

    def __init__(self, recorder: Recorder, start: int, frame: int) -> None:
        self.tracks: list[Track] = []
        self._recorder = recorder
        self._start = start
        self._frame = frame
        self._paused = False

    def follow(self, now: int, stick: int) -> None:
        """What is so at this instant; `stick` is the number of the one that is there."""
        first = now - (now - self._start) % self._frame
        begun = self._recorder.accounts[len(self.tracks) :]
        paused = self._recorder.key is Key.PAUSED
        if self._paused and (begun or not paused):
            # It goes on, or ends, with the first frame that is wholly after this.
            self.tracks[-1].resume(-((self._start - now) // self._frame) * self._frame + self._start)
            self._paused = False
        self.tracks += [Track(account, first, stick) for account in begun]
        if paused and not self._paused:
            self.tracks[-1].pause(first)
        self._paused = paused
