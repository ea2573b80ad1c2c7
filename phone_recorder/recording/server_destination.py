"""A recording onto a record server: TCP control, UDP RTP (guide: server recording; WIRE.md, control connection)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from phone_recorder.errors import ControlError, ServerError, ServerLost, ServerRefused, ServerUnreachable
from phone_recorder.recording.account import Health, Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.server_answer import is_whole, media_address
from phone_recorder.recording.units import SECOND, from_seconds
from phone_recorder.settings.record import Terminator
from phone_recorder.wire import control
from phone_recorder.wire.printable import printable
from phone_recorder.wire.rtp import RtpSender

MOST_AT_ONCE = 64
"""Packets of a call of `write`: what was held for a server that answered late must not overrun its socket."""
TERMINATORS: dict[Terminator, control.Terminator] = {"none": b"", "LF": b"\n", "CRLF": b"\r\n"}
"""What ends a message of ours; the guide has nothing."""


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
    """The way to one record server, for one recording. What goes wrong with the connection is a Closed."""

    def open(self) -> None:
        """Begin to connect."""

    def events(self) -> Iterable[LinkEvent]:
        """What has happened since the last call."""

    def send(self, data: bytes) -> None:
        """Bytes for the control connection."""

    def media_to(self, host: str, port: int) -> None:
        """Where RTP goes from now on; ServerRefused if none can go there."""

    def send_media(self, packets: list[bytes]) -> None:
        """RTP, in order."""

    def close(self) -> None:
        """Drop the connection and the RTP socket."""


@dataclass(frozen=True, slots=True)
class ServerPolicy:
    """How this phone speaks to a server. `foreign_media`: RTP may go to another host than the control connection.

    `timeout` in units: so long a server may take to be reached and to answer a start, and to answer a stop. As much
    audio is held for it meanwhile.
    """

    terminator: control.Terminator = b""
    foreign_media: bool = False
    timeout: int = 5 * SECOND


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
        self._cancelling = False
        """Stopped before the server had taken it: it is still opening, and whatever comes of that ends it."""

    def open(self, now: int) -> None:
        self._deadline = now + self._policy.timeout
        self._link.open()

    def write(self, now: int, frames: list[bytes]) -> None:
        if self.state in (State.OPENING, State.OPEN) and not self._cancelling:
            self._held += frames
        if self.state is State.OPEN:
            self._send(MOST_AT_ONCE)

    def advance(self, now: int) -> None:
        if self.state.final:
            return
        try:
            for event in self._link.events():
                self._happened(now, event)
            if now - self._heard_at >= from_seconds(control.QUIET_S):
                self._hear_quiet()
            if self.state in (State.OPENING, State.CLOSING) and now >= self._deadline:
                raise self._unanswered()
        except ServerError as error:
            self._fail(error)
        except ControlError as error:
            self._fail(ServerRefused(f"the record server's answer cannot be read: {error}"))

    def close(self, now: int, reason: str) -> None:
        """Ask for the stop. While the start is still unanswered this cancels it: what was held is dropped."""
        if self.state is State.OPENING and not self._peer:
            self._end(State.CANCELLED)
        elif self.state in (State.OPENING, State.OPEN) and not self._cancelling:
            if self.state is State.OPEN:
                self.state = State.CLOSING
                self._deadline = now + self._policy.timeout
                self._send(len(self._held))
            else:
                self._cancelling = True
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
                self._take([held for held in self._buffer.closed() if is_whole(held)])
                if not self.state.final:
                    raise self._lost(error)

    def _hear_quiet(self) -> None:
        """Quiet ends a message that may be whole; the rest of another may still be on its way."""
        for held in self._buffer.closed():
            if is_whole(held):
                self._take([held])
            else:
                self._buffer.feed(held)

    def _unanswered(self) -> ServerError:
        if not self._peer:
            return ServerUnreachable("the record server cannot be reached: it does not answer")
        held = self._buffer.closed()
        return ServerUnreachable(f"the record server {'answers in part only' if held else 'does not answer'}")

    def _lost(self, error: str) -> ServerError:
        if self._peer:
            return ServerLost(f"the connection to the record server was lost: {error}")
        return ServerUnreachable(f"the record server cannot be reached: {error}")

    def _take(self, messages: list[bytes]) -> None:
        for message in messages:
            if not self.state.final:
                self._answered(control.parse(message))

    def _answered(self, message: control.Message) -> None:
        if message.id != self._request.id:
            raise ServerRefused(f"the record server answered for another recording, {message.id[:40]!r}")
        match message:
            case control.StartResponse() if self._cancelling:
                return
            case control.StartResponse() if self.state is State.OPENING:
                self._started(message)
            case control.StopResponse() if self._cancelling:
                self._end(State.CANCELLED)
            case control.StopResponse() if self.state is State.CLOSING:
                self._stopped(message)
            case _:
                raise ServerRefused(f"the record server sent {message.cmd} out of turn")

    def _started(self, answer: control.StartResponse) -> None:
        if answer.result != "success":
            raise ServerRefused(f"the record server refused: {printable(answer.reason) or 'no reason given'}")
        self._link.media_to(*media_address(answer, self._peer, self._policy.foreign_media))
        self.state = State.OPEN
        self._send(MOST_AT_ONCE)

    def _stopped(self, answer: control.StopResponse) -> None:
        if answer.result != "success":
            raise ServerRefused("the record server could not end the recording as it should")
        self._end(State.CLOSED)

    def _send(self, most: int) -> None:
        frames, self._held = self._held[:most], self._held[most:]
        self._link.send_media([self._rtp.packet(frame) for frame in frames])
        self.written += sum(map(len, frames))

    def _stop_request(self, reason: str) -> control.StopRequest:
        asked = self._request
        return control.StopRequest(
            asked.id, asked.remote_number, asked.remote_name, asked.local_number, asked.local_name, reason
        )

    def _fail(self, error: ServerError) -> None:
        """End as failed. What was stopped before the server had taken it is cancelled, however that went."""
        if self._cancelling:
            self._end(State.CANCELLED)
        else:
            self.error = error
            self._end(State.FAILED)

    def _end(self, state: State) -> None:
        self.state = state
        self._held = []
        self._link.close()
