"""A phone's control connection on a greenlet: whoever waits for the server lets others go on."""

from __future__ import annotations

import struct
from contextlib import suppress

from gevent import socket

from phone_recorder.adapters.clock import Clock
from phone_recorder.adapters.files import reason
from phone_recorder.adapters.udp import Address, family_of
from phone_recorder.bulk.fleet.control_dialogue import ControlDialogue, Stage, Told
from phone_recorder.bulk.fleet.control_link import CLOSED, call_from, words
from phone_recorder.recording.server_destination import ServerPolicy
from phone_recorder.recording.units import to_seconds
from phone_recorder.wire.control import StartRequest

_READ_SIZE = 4096
_LINGER_NOT = struct.pack("ii", 1, 0)
_LEAST_WAIT_S = 0.001


class ControlConnection:
    """To the server at `address`, for one recording. Its attempt to connect begins now; instants are of the `clock`.

    It is made from the address `source`, "" for any.
    """

    def __init__(
        self, address: Address, request: StartRequest, policy: ServerPolicy, clock: Clock, source: str = ""
    ) -> None:
        self._address = address
        self._source = source
        self._policy = policy
        self._clock = clock
        self._dialogue = ControlDialogue(clock.now(), request, policy)
        self._socket: socket.socket | None = None

    @property
    def stage(self) -> Stage:
        """How far it is."""
        return self._dialogue.stage

    @property
    def heard_at(self) -> int:
        """When the last bytes came."""
        return self._dialogue.heard_at

    def start(self) -> Told | None:
        """Connect, and ask for a recording: what the server says to that."""
        return self._ask(part=1) or self.wait()

    def start_half(self) -> Told | None:
        """Connect, and send half of what asks for a recording: what the server makes of it."""
        return self._ask(part=2) or self.wait()

    def stop(self, why: str) -> Told | None:
        """Ask for the end of the recording, or cancel the start: what the server says to that."""
        return self.send_stop(why) or self.wait()

    def send_stop(self, why: str) -> Told | None:
        """The same without its answer; what is told is what has gone wrong."""
        return self._send(self._dialogue.stop(self._clock.now(), why))

    def wait(self, until: int | None = None) -> Told | None:
        """What the server says next; None if it says nothing up to then, or all is said."""
        while self._dialogue.stage is not Stage.OVER:
            now = self._clock.now()
            if told := self._dialogue.advance(now):
                return told
            if until is not None and now >= until:
                return None
            ends = [instant for instant in (until, self._dialogue.due) if instant is not None]
            if told := self._receive(to_seconds(min(ends) - now) if ends else None):
                return told
        return None

    def close(self, reset: bool = False) -> None:
        """End it, by a reset if that is wanted."""
        if self._socket:
            with suppress(OSError):
                if reset:
                    self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            self._socket.close()
            self._socket = None

    def _ask(self, part: int) -> Told | None:
        """Send the request, or of so many parts of it the first."""
        try:
            self._socket = opened = socket.socket(family_of(self._address[0]), socket.SOCK_STREAM)
            call_from(opened, self._source)
            opened.settimeout(to_seconds(self._policy.timeout))
            opened.connect(self._address)
            peer = opened.getpeername()[0]
        except TimeoutError:
            return self._timed_out()
        except OSError as error:
            return self._dialogue.closed(words(error))
        request = self._dialogue.opened(self._clock.now(), peer)
        return self._send(request[: len(request) // part])

    def _send(self, data: bytes) -> Told | None:
        try:
            if self._socket:
                self._socket.settimeout(to_seconds(self._policy.timeout))
                self._socket.sendall(data)
        except TimeoutError:
            return self._timed_out()
        except OSError as error:
            return self._dialogue.closed(reason(error))
        return None

    def _timed_out(self) -> Told | None:
        return self._dialogue.advance(self._clock.now()) or self._dialogue.closed("it does not answer")

    def _receive(self, timeout_s: float | None) -> Told | None:
        assert self._socket
        try:
            self._socket.settimeout(None if timeout_s is None else max(timeout_s, _LEAST_WAIT_S))
            data = self._socket.recv(_READ_SIZE)
        except TimeoutError:
            return None
        except OSError as error:
            return self._dialogue.closed(reason(error))
        return self._dialogue.received(self._clock.now(), data) if data else self._dialogue.closed(CLOSED)
