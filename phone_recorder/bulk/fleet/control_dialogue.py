"""One phone's control connection for one recording, without I/O: bytes in, bytes out, what they mean, and deadlines.

Whoever carries the bytes tells it what came and when, and asks it again at `due`. After a final event it is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from phone_recorder.errors import ControlError, ServerRefused
from phone_recorder.recording.server_answer import is_whole, media_address
from phone_recorder.recording.server_destination import ServerPolicy
from phone_recorder.recording.units import from_seconds, to_seconds
from phone_recorder.wire import control
from phone_recorder.wire.printable import printable


class Stage(Enum):
    """How far it is."""

    CONNECTING = "connecting"
    ASKING = "asking"
    ACCEPTED = "accepted"
    CANCELLING = "cancelling"
    STOPPING = "stopping"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server records; RTP goes there."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The server answered `failed`, or what is no answer. Final."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The server says that the recording has ended. Final."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The server cannot be reached, does not answer, or the connection broke. Final."""

    reason: str


Told = Accepted | Refused | Stopped | Lost

_QUIET = from_seconds(control.QUIET_S)
UNANSWERED = "connection lost before any answer"
_LOST = {Stage.CONNECTING: "cannot connect", Stage.ASKING: UNANSWERED}
_WAITS_FOR = {
    Stage.CONNECTING: "the connection was not taken",
    Stage.ASKING: "no answer to the start",
    Stage.CANCELLING: "no answer to the stop",
    Stage.STOPPING: "no answer to the stop",
}


class ControlDialogue:
    """Begins at `now`, while the connection is made. Instants and the policy's timeout are units."""

    def __init__(self, now: int, request: control.StartRequest, policy: ServerPolicy | None = None) -> None:
        self.stage = Stage.CONNECTING
        self.heard_at = now
        """When the last bytes came."""
        self._request = request
        self._policy = policy or ServerPolicy()
        self._deadline = now + self._policy.timeout
        self._buffer = control.ControlBuffer()
        self._peer = ""

    @property
    def due(self) -> int | None:
        """When `advance` has something to do; None while there is nothing to wait for."""
        waits = [self._deadline] if self.stage in _WAITS_FOR else []
        if self._buffer.held and self.stage is not Stage.OVER:
            waits.append(self.heard_at + _QUIET)
        return min(waits, default=None)

    def opened(self, now: int, peer: str) -> bytes:
        """The connection stands, with a server at this IP address: what to send."""
        self.stage, self._peer = Stage.ASKING, peer
        self._deadline = now + self._policy.timeout
        return control.build(self._request, self._policy.terminator)

    def received(self, now: int, data: bytes) -> Told | None:
        """Bytes from the server."""
        self.heard_at = now
        try:
            return self._take([*self._buffer.feed(data), *self._last_answer()])
        except ControlError as error:
            return self._end(_unreadable(error))

    def advance(self, now: int) -> Told | None:
        """Time passes."""
        if self.stage is Stage.OVER:
            return None
        if self._buffer.held and now - self.heard_at >= _QUIET and (told := self._hear_quiet()):
            return told
        if self.stage in _WAITS_FOR and now >= self._deadline:
            part = ", only a part of one" if self._buffer.held else ""
            return self._end(Lost(f"{_WAITS_FOR[self.stage]} within {to_seconds(self._policy.timeout):g} s{part}"))
        return None

    def stop(self, now: int, reason: str) -> bytes:
        """What to send for the recording to end. While the start is unanswered this cancels it."""
        self.stage = Stage.STOPPING if self.stage is Stage.ACCEPTED else Stage.CANCELLING
        self._deadline = now + self._policy.timeout
        asked = self._request
        request = control.StopRequest(
            asked.id, asked.remote_number, asked.remote_name, asked.local_number, asked.local_name, reason
        )
        return control.build(request, self._policy.terminator)

    def closed(self, why: str) -> Told | None:
        """The connection is no more, or never came to be; `why` in words."""
        told = self._take([held for held in self._buffer.closed() if is_whole(held)])
        if self.stage is Stage.OVER:
            return told
        return self._end(Lost(f"{_LOST.get(self.stage, 'connection lost')}: {why}"))

    def _hear_quiet(self) -> Told | None:
        """Quiet ends a message that may be whole; the rest of another may still be on its way."""
        held = b"".join(self._buffer.closed())
        if held and is_whole(held):
            return self._take([held])
        self.heard_at += _QUIET
        self._buffer.feed(held)
        return None

    def _last_answer(self) -> list[bytes]:
        """The answer to the stop, as soon as it is all there: nothing that could follow it matters."""
        waits = self.stage in (Stage.STOPPING, Stage.CANCELLING)
        held = self._buffer.held if waits else b""
        if not held.startswith(b"cmd=RecordStopResponse&") or not is_whole(held):
            return []
        return self._buffer.closed()

    def _take(self, messages: list[bytes]) -> Told | None:
        told: Told | None = None
        for message in messages:
            if self.stage is not Stage.OVER:
                told = self._answered(message) or told
        return told

    def _answered(self, message: bytes) -> Told | None:
        try:
            answer = control.parse(message)
        except ControlError as error:
            return self._end(_unreadable(error))
        if answer.id != self._request.id:
            return self._end(Refused("it answered for another recording"))
        match answer, self.stage:
            case control.StartResponse(), Stage.CANCELLING:
                return None
            case control.StartResponse(), Stage.ASKING:
                return self._started(answer)
            case control.StopResponse(), Stage.STOPPING | Stage.CANCELLING:
                whole = answer.result == "success"
                return self._end(Stopped() if whole else Refused("it could not end the recording as it should"))
        return self._end(Refused(f"it sent {answer.cmd} out of turn"))

    def _started(self, answer: control.StartResponse) -> Told:
        if answer.result != "success":
            return self._end(Refused(f"refused: {printable(answer.reason) or 'no reason given'}"))
        try:
            host, port = media_address(answer, self._peer, self._policy.foreign_media)
        except ServerRefused as error:
            return self._end(Refused(printable(str(error))))
        self.stage = Stage.ACCEPTED
        return Accepted(host, port)

    def _end(self, told: Told) -> Told:
        self.stage = Stage.OVER
        return told


def _unreadable(error: ControlError) -> Refused:
    return Refused(f"its answer cannot be read: {printable(str(error))}")
