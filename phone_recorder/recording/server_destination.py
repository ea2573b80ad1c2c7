"""A recording onto a record server: TCP control, UDP RTP (guide: server recording; WIRE.md, control connection)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from phone_recorder.errors import ControlError, ServerError, ServerLost, ServerRefused, ServerUnreachable
from phone_recorder.recording.account import Health, Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.units import SECOND, from_seconds
from phone_recorder.wire import control
from phone_recorder.wire.printable import printable
from phone_recorder.wire.rtp import RtpSender

ANSWER_TIMEOUT = 5 * SECOND
"""How long a server may take to answer; as much audio is held for it meanwhile."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The control connection stands, with a server at this address."""

    host: str


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes from the server."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection is no more, or never came to be; `error` says why, in words."""

    error: str


LinkEvent = Opened | Received | Closed


class ServerLink(Protocol):
    """The way to one record server, for one recording. Nothing here raises; what goes wrong is a Closed."""

    def open(self) -> None:
        """Begin to connect."""

    def events(self) -> Iterable[LinkEvent]:
        """What has happened since the last call."""

    def send(self, data: bytes) -> None:
        """Bytes for the control connection."""

    def media_to(self, host: str, port: int) -> None:
        """Where RTP goes from now on."""

    def send_media(self, packets: list[bytes]) -> None:
        """RTP, in order."""

    def close(self) -> None:
        """Drop the connection and the RTP socket."""


@dataclass(frozen=True, slots=True)
class ServerPolicy:
    """How this phone speaks to a server. `foreign_media`: RTP may go to another host than the control connection."""

    terminator: control.Terminator = b""
    foreign_media: bool = False


class ServerDestination:
    """One recording on a server. `request` is what it is asked; `rtp` numbers the packets."""

    mode = "server"
    health = Health()

    def __init__(
        self, link: ServerLink, request: control.StartRequest, rtp: RtpSender, policy: ServerPolicy | None = None
    ) -> None:
        self.state = State.OPENING
        self.error: ServerError | None = None
        self.written = 0
        self.parts: tuple[Part, ...] = ()
        self._link = link
        self._request = request
        self._rtp = rtp
        self._policy = policy or ServerPolicy()
        self._buffer = control.ControlBuffer()
        self._held: list[bytes] = []  # frames for a server that has not answered yet
        self._peer = ""
        self._heard_at = self._deadline = 0
        self._closes_as = State.CANCELLED

    def open(self, now: int) -> None:
        self._deadline = now + ANSWER_TIMEOUT
        self._link.open()

    def write(self, now: int, frames: list[bytes]) -> None:
        if self.state is State.OPENING:
            self._held += frames
        elif self.state is State.OPEN:
            self._send(frames)

    def advance(self, now: int) -> None:
        if self.state.final:
            return
        try:
            for event in self._link.events():
                self._happened(now, event)
            if now - self._heard_at >= from_seconds(control.QUIET_S):
                self._take(self._buffer.quiet())
            if self.state in (State.OPENING, State.CLOSING) and now >= self._deadline:
                self._unanswered()
        except ServerError as error:
            self._fail(error)
        except ControlError as error:
            self._fail(ServerRefused(f"the record server's answer cannot be read: {error}"))

    def close(self, now: int, reason: str) -> None:
        """Ask for the stop. While the start is still unanswered this cancels it: what was held is dropped."""
        if self.state is State.OPENING and not self._peer:
            self._end(State.CANCELLED)
        elif self.state in (State.OPENING, State.OPEN):
            if self.state is State.OPEN:
                self._closes_as = State.CLOSED
                self._deadline = now + ANSWER_TIMEOUT
            self.state = State.CLOSING
            self._link.send(control.build(self._stop_request(reason), self._policy.terminator))

    def _happened(self, now: int, event: LinkEvent) -> None:
        match event:
            case Opened(host):
                self._peer = host
                self._link.send(control.build(self._request, self._policy.terminator))
            case Received(data):
                self._heard_at = now
                self._take(self._buffer.feed(data))
            case Closed(error):
                self._take(self._buffer.closed())
                self._lost(error)

    def _unanswered(self) -> None:
        if self._cancelling:
            self._end(State.CANCELLED)
        else:
            raise ServerUnreachable("the record server does not answer")

    @property
    def _cancelling(self) -> bool:
        """Stopped before the server had taken it: nothing is to be kept, however it answers."""
        return self.state is State.CLOSING and self._closes_as is State.CANCELLED

    def _lost(self, error: str) -> None:
        if self.state.final:
            return
        if self._cancelling:
            self._end(State.CANCELLED)
        elif not self._peer:
            raise ServerUnreachable(f"the record server cannot be reached: {error}")
        else:
            raise ServerLost(f"the connection to the record server was lost: {error}")

    def _take(self, messages: list[bytes]) -> None:
        for message in messages:
            self._answered(control.parse(message))

    def _answered(self, message: control.Message) -> None:
        if message.id != self._request.id:
            raise ServerRefused(f"the record server answered for another recording, {message.id[:40]!r}")
        match message:
            case control.StartResponse() if self.state is State.OPENING:
                self._started(message)
            case control.StartResponse() if self.state is State.CLOSING:
                return
            case control.StopResponse() if self.state is State.CLOSING:
                self._stopped(message)
            case _:
                raise ServerRefused(f"the record server sent {message.cmd} out of turn")

    def _started(self, answer: control.StartResponse) -> None:
        if answer.result != "success":
            raise ServerRefused(f"the record server refused: {printable(answer.reason) or 'no reason given'}")
        self._link.media_to(self._media_host(answer.server), _port(answer.port))
        self.state = State.OPEN
        held, self._held = self._held, []
        self._send(held)

    def _stopped(self, answer: control.StopResponse) -> None:
        if self._closes_as is State.CLOSED and answer.result != "success":
            raise ServerRefused("the record server could not end the recording as it should")
        self._end(self._closes_as)

    def _media_host(self, host: str) -> str:
        if host in ("", "0.0.0.0", "::", self._peer) or self._policy.foreign_media:
            return host if host not in ("", "0.0.0.0", "::") else self._peer
        raise ServerRefused(f"the record server wants RTP sent to {host[:60]!r}, which is not itself ({self._peer})")

    def _send(self, frames: list[bytes]) -> None:
        self._link.send_media([self._rtp.packet(frame) for frame in frames])
        self.written += sum(map(len, frames))

    def _stop_request(self, reason: str) -> control.StopRequest:
        asked = self._request
        return control.StopRequest(
            asked.id, asked.remote_number, asked.remote_name, asked.local_number, asked.local_name, reason
        )

    def _fail(self, error: ServerError) -> None:
        self.error = error
        self._end(State.FAILED)

    def _end(self, state: State) -> None:
        self.state = state
        self._held = []
        self._link.close()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536):
        raise ServerRefused(f"the record server named {text[:20]!r} as its RTP port, which is none")
    return int(text)
