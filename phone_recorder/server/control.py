"""One phone's control connection: bytes in, bytes to answer out (guide: control commands; WIRE.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from phone_recorder.errors import ControlError
from phone_recorder.recording.units import SECOND, from_seconds
from phone_recorder.server.core import RecordServer
from phone_recorder.server.half_message import is_hopeless, may_be_whole
from phone_recorder.server.limits import BURST
from phone_recorder.server.rate_limit import RateLimit
from phone_recorder.server.recording import ServerRecording
from phone_recorder.wire import control

HOPELESS = 3 * SECOND
"""After so much silence a request that lacks something is told so; a phone waits for 5 s."""


class Safe(Protocol):
    """Tells when what was written is safe."""

    def ask(self) -> int:
        """A number for all that has been written until now."""

    def mark(self) -> int:
        """A number for the beginning of something."""

    def outcome(self, number: int, since: int) -> bool | None:
        """Whether all from the mark `since` to that number is on the disk; None while that is not known."""


class AtOnce:
    """What is written is safe, or nobody asks."""

    def ask(self) -> int:
        return 0

    def mark(self) -> int:
        return 0

    def outcome(self, number: int, since: int) -> bool | None:
        return True


@dataclass(slots=True)
class _Held:
    """A recording of this connection: its mark `since` the start, and the `number` that its end was given."""

    recording: ServerRecording
    since: int
    number: int | None = None


class ControlConnection:
    """A phone at host `peer` that has connected to our address `local`. `ended` asks the shell to drop it."""

    __slots__ = (
        "_buffer",
        "_busy_at",
        "_heard_at",
        "_local",
        "_messages",
        "_now",
        "_peer",
        "_running",
        "_safe",
        "_server",
        "_stopping",
        "ended",
    )

    def __init__(self, server: RecordServer, now: int, peer: str, local: str, safe: Safe | None = None) -> None:
        self.ended = False
        self._server = server
        self._peer = peer
        self._local = local
        self._safe = safe or AtOnce()
        self._buffer = control.ControlBuffer()
        rate = server.limits.message_rate
        self._messages = RateLimit(rate, rate * BURST)
        self._now = self._heard_at = self._busy_at = now
        self._running: dict[str, _Held] = {}
        self._stopping: list[_Held] = []  # their stop is answered when they are safe

    def receive(self, now: int, data: bytes) -> bytes:
        """Bytes from the phone; the answers."""
        self._now = self._heard_at = now
        return self._answer_or_drop(lambda: self._buffer.feed(data))

    def advance(self, now: int) -> bytes:
        """Time passes: recordings end, and a message without a terminator is ended by quiet."""
        self._now = now
        self._drop_if_failed()
        answers = b"".join(map(self._build, self._answer_stops()))
        answers += self._answer_or_drop(self._hear_quiet)
        self._drop_if_idle()
        return answers

    @property
    def calm(self) -> bool:
        """Whether it need not be advanced soon: nothing is half said, and no stop is to be answered."""
        return not (self._stopping or self._buffer.held or self.ended)

    def closed(self, reason: str = "the control connection was lost") -> None:
        """The phone has gone, or its socket has failed: both sides end their recordings (guide)."""
        if not self.ended:
            self._answer_or_drop(self._buffer.closed)
            self._drop(reason)

    def _answer_or_drop(self, take: Callable[[], list[bytes]]) -> bytes:
        answers = b""
        try:
            for message in take():
                reply = self._reply(message)
                answers += self._build(reply) if reply else b""
        except ControlError as error:
            self._drop(f"malformed control message: {error}")
        return answers

    def _hear_quiet(self) -> list[bytes]:
        """What ends because nothing more has come."""
        held, silent = self._buffer.held, self._now - self._heard_at
        if not held or silent < from_seconds(control.QUIET_S):
            return []
        if silent >= HOPELESS and is_hopeless(held):
            return self._buffer.closed()
        return self._buffer.quiet() if may_be_whole(held, set(self._running)) else []

    def _build(self, answer: control.Message) -> bytes:
        """As the phone ends its own messages, so that it need not wait for quiet either."""
        return control.build(answer, self._buffer.terminator)

    def _reply(self, data: bytes) -> control.Message | None:
        """The answer that can be given at once."""
        if not self._messages.take(self._now):
            raise ControlError(f"more than {self._server.limits.message_rate} messages a second came")
        try:
            message = control.parse(data)
        except ControlError as error:
            return self._refuse(data, error)
        match message:
            case control.StartRequest():
                return self._start(message)
            case control.StopRequest():
                return self._stop(message)
            case _:
                raise ControlError(f"{message.cmd} is not for a server")

    def _start(self, request: control.StartRequest) -> control.StartResponse:
        try:
            recording = self._server.start(self._now, request, self._peer, self._local)
        except ControlError as error:
            return control.StartResponse(request.id, "failed", str(error))
        self._running[request.id] = _Held(recording, self._safe.mark())
        self._busy_at = self._now
        host, port = recording.port.address
        return control.StartResponse(request.id, "success", "", host, str(port))

    def _stop(self, request: control.StopRequest) -> control.StopResponse | None:
        held = self._running.pop(request.id, None)
        if held is None or not held.recording.running:
            return control.StopResponse(request.id, "failed")
        held.recording.stop("recorded", request.reason)
        self._stopping.append(held)
        return None

    def _answer_stops(self) -> Iterator[control.StopResponse]:
        """What is stored is stored: a phone that is told so may show it (EDGE-CASES C10)."""
        for held in list(self._stopping):
            if held.number is None and not held.recording.running:
                held.number = self._safe.ask()
            on_disk = None if held.number is None else self._safe.outcome(held.number, held.since)
            if on_disk is not None:
                self._stopping.remove(held)
                whole = self._server.keeps(held.recording, on_disk)
                yield control.StopResponse(held.recording.call.id, "success" if whole else "failed")

    def _drop_if_failed(self) -> None:
        """No message tells a phone that a recording has ended here; the end of its connection does (guide)."""
        ended = [held.recording for held in self._running.values() if not held.recording.running]
        if ended:
            self._drop(ended[0].account.reason)

    def _drop_if_idle(self) -> None:
        idle = self._server.limits.control_idle
        if self._running or self._stopping:
            self._busy_at = self._now
        elif idle and self._now - self._busy_at >= idle:
            self._drop("the control connection was idle")

    def _drop(self, reason: str) -> None:
        if self.ended:
            return
        self.ended = True
        for held in self._running.values():
            held.recording.stop("cut short", reason)
        self._running.clear()

    def _refuse(self, data: bytes, error: ControlError) -> control.StartResponse:
        """The answer to a request to record that lacks something; what is no such request is the error that it is."""
        name, values = control.pairs(data)
        if name != control.StartRequest.cmd:
            raise error
        self._server.refused["malformed request"] += 1
        return control.StartResponse(values.get("id", ""), "failed", f"malformed request: {error}")
