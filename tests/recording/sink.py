"""A destination that keeps what it is given, and fails when it is told to."""

from __future__ import annotations

from phone_recorder.errors import DestinationError
from phone_recorder.recording.account import Health, Part
from phone_recorder.recording.destination import State


class Sink:
    """`fail_in` names the call that fails with `error`: open, write, advance or close, at its `after`-th time.

    `slow` is how many ticks a close takes; `pending` leaves it opening until `accept` is called.
    """

    mode = "test"
    health = Health()

    def __init__(
        self,
        fail_in: str = "",
        error: DestinationError | None = None,
        after: int = 1,
        slow: int = 0,
        pending: bool = False,
    ) -> None:
        self.state = State.OPENING
        self.error: DestinationError | None = None
        self.frames: list[bytes] = []
        self.calls: list[str] = []
        self.reason = ""
        self._fail_in = fail_in
        self._error = error or DestinationError("it broke")
        self._after = after
        self._slow = slow
        self._pending = pending

    @property
    def written(self) -> int:
        return sum(map(len, self.frames)) if not self._pending else 0

    @property
    def parts(self) -> tuple[Part, ...]:
        return (Part("a", self.written + 76, len(self.frames), self.written / 8000),) if self.frames else ()

    def open(self, now: int) -> None:
        if not self._fails("open") and not self._pending:
            self.state = State.OPEN

    def write(self, now: int, frames: list[bytes]) -> None:
        if self.state.final or (frames and self._fails("write")):
            return
        self.frames += frames

    def advance(self, now: int) -> None:
        if self.state.final or self._fails("advance"):
            return
        if self.state is State.CLOSING:
            self._slow -= 1
            if self._slow <= 0:
                self.state = State.CLOSED

    def close(self, now: int, reason: str) -> None:
        if self.state.final or self.state is State.CLOSING or self._fails("close"):
            return
        self.reason = reason
        if self.state is State.OPENING:
            self.state = State.CANCELLED
        else:
            self.state = State.CLOSING if self._slow else State.CLOSED

    def _fails(self, call: str) -> bool:
        self.calls.append(call)
        if call != self._fail_in or self.calls.count(call) < self._after:
            return False
        self.state, self.error = State.FAILED, self._error
        return True
