"""A recording whose drive somebody else uses, so that a stick that stalls holds up neither the call nor its audio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from phone_recorder.adapters.drive_errors import REMOVED
from phone_recorder.adapters.drive_jobs import Job, Jobs
from phone_recorder.adapters.drive_worker import ThreadWorker, Worker
from phone_recorder.errors import DriveError, DriveGone
from phone_recorder.recording.account import Health, Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive_destination import DriveDestination, audio_in
from phone_recorder.recording.recorder import TOO_MANY
from phone_recorder.recording.units import from_ms, from_seconds, to_seconds

PATIENCE = from_seconds(30)
"""How long a drive that takes nothing is waited for, in units; its audio is kept in memory meanwhile."""
MAX_WAITING = 2 << 20
"""Bytes of audio that may wait: far more than PATIENCE, for what the timeline may give out at once."""
SLOW = from_ms(1000)
"""A drive that is behind by more is called slow."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is true of the destination after a job: made by the thread, read by the call."""

    state: State = State.OPENING
    error: DriveError | None = None
    written: int = 0
    parts: tuple[Part, ...] = ()
    safe: tuple[Part, ...] = ()
    health: Health = field(default_factory=Health)


class BackgroundDestination:
    """A destination whose drive is used by `worker`, a thread if none is given; this side never waits for it.

    All that is told of it is what the worker has done. `present` tells whether the stick is plugged in, without asking
    the drive, so that a recording ends even while the worker hangs in it. The worker calls `part_begun` when there is
    another part, before there is any audio in it but that of the same job.
    """

    mode = "local"

    def __init__(
        self,
        inner: DriveDestination,
        present: Callable[[], bool],
        part_begun: Callable[[], object] = lambda: None,
        worker: Worker | None = None,
    ) -> None:
        self._inner = inner
        self._present = present
        self._part_begun = part_begun
        self._worker = worker or ThreadWorker()
        self._jobs = Jobs()
        self._seen = _Seen()
        self._error: DriveError | None = None  # found on this side
        self._crash: BaseException | None = None
        self._now = 0
        self._patient_since = 0
        self._closing = False
        self._tick_waits = False

    @property
    def state(self) -> State:
        if self._error:
            return State.FAILED
        state = self._seen.state
        return State.CLOSING if self._closing and not state.final else state

    @property
    def error(self) -> DriveError | None:
        return self._error or self._seen.error

    @property
    def written(self) -> int:
        return audio_in(self._seen.safe) if self._error else self._seen.written

    @property
    def parts(self) -> tuple[Part, ...]:
        return self._seen.safe if self._error else self._seen.parts

    @property
    def health(self) -> Health:
        behind = self._behind()
        return replace(self._seen.health, behind=behind if behind > SLOW else 0)

    def open(self, now: int) -> None:
        self._now = self._patient_since = now
        try:
            self._worker.start(self._jobs, self._do)
        except RuntimeError:
            self._error = DriveError(TOO_MANY)
        self._post(Job(now, partial(self._inner.open, now)))

    def write(self, now: int, frames: list[bytes]) -> None:
        if frames:
            # The tick that follows wakes the worker: once for both.
            self._post(Job(now, partial(self._inner.write, now, frames), sum(map(len, frames))), wake=False)

    def advance(self, now: int) -> None:
        if now - self._now > SLOW:
            # We have stood still, the worker too: the drive is not to blame.
            self._patient_since = now
        self._now = now
        if self._crash:
            raise self._crash
        if self._tick_waits:
            self._worker.notify()
        else:
            self._tick_waits = True
            self._post(Job(now, self._tick))
        self._judge()

    def close(self, now: int, reason: str) -> None:
        if not self._closing:
            self._post(Job(now, partial(self._inner.close, now, reason)))
            self._closing = True

    @property
    def finished(self) -> bool:
        """The worker has done all, or was never needed."""
        return self._worker.finished

    def finish(self, timeout_s: float) -> bool:
        """Wait until the worker has done all; False if the drive still hangs then."""
        return self._worker.finish(timeout_s)

    def _post(self, job: Job, wake: bool = True) -> None:
        if not self.state.final and not self._closing:
            self._jobs.post(job)
            if wake:
                self._worker.notify()

    def _judge(self) -> None:
        """End it from this side if the worker cannot."""
        if self.state.final:
            return
        if not self._present():
            self._give_up(DriveGone(REMOVED))
        elif min(behind := self._behind(), self._now - self._patient_since) > PATIENCE or self._overflows(behind):
            self._give_up(DriveError(f"the drive has taken nothing for {to_seconds(behind):.0f} s: use a faster one"))

    def _behind(self) -> int:
        return self._jobs.behind(self._now)

    def _overflows(self, behind: int) -> bool:
        return self._jobs.waiting > MAX_WAITING and behind > SLOW

    def _give_up(self, error: DriveError) -> None:
        """The worker ends when the drive lets it; what waits is dropped."""
        self._error = error
        self._jobs.replace(Job(self._now, partial(self._inner.close, self._now, str(error))))
        self._worker.notify()

    def _tick(self) -> None:
        """One waits at most: when its turn comes it stands for all that would have come since."""
        self._tick_waits = False
        self._inner.advance(self._now)

    def _do(self, job: Job) -> bool:
        """The worker's side: do a job, and tell what is true then; whether the destination is not at its end."""
        inner = self._inner
        try:
            job.run()
            before = len(self._seen.parts)
            self._seen = _Seen(inner.state, inner.error, inner.written, inner.parts, inner.safe, inner.health)
            if len(self._seen.parts) > before:
                self._part_begun()
        except BaseException as error:
            # An error of ours: raised where the call can see it.
            self._crash = error
        return not (inner.state.final or self._crash)
