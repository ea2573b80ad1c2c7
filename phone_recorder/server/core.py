"""The record server without its sockets: control connections in, recordings out (guide: server recording; WIRE.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from phone_recorder.errors import ControlError, DriveError, UsageError
from phone_recorder.recording.drive_destination import Drive, DriveDestination
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.units import from_ms, from_seconds
from phone_recorder.server.recording import MediaPort, ServerRecording
from phone_recorder.settings import MIB
from phone_recorder.wire import control
from phone_recorder.wire.payload import CODECS, find_codec
from phone_recorder.wire.record_file import RecordHeader

MAX_ID = 128
"""Characters of an id that are taken; ours have 32."""
USUAL_PACKET = from_ms(20)
"""Bytes; what a phone's packets really hold is known when the first one comes."""


STORAGE = SpacePolicy(size_limit=0, reserve=MIB)
"""A recording is one file, and the storage is never filled to the brim."""


class RecordServer:
    """`storage` takes the files; `open_port` opens a media port on a host for one recording."""

    def __init__(
        self,
        storage: Drive,
        policy: SpacePolicy,
        open_port: Callable[[str], MediaPort],
        system_time: Callable[[int], datetime],
    ) -> None:
        self.recordings: list[ServerRecording] = []
        """All since the start, oldest first."""
        self.running: list[ServerRecording] = []
        """Those that are not all safe yet."""
        self._storage = storage
        self._policy = policy
        self._open_port = open_port
        self._system_time = system_time

    def connect(self, peer: str, local: str) -> ControlConnection:
        """A phone at host `peer` has connected to our address `local`."""
        return ControlConnection(self, peer, local)

    def advance(self, now: int) -> None:
        """Let every recording go on; call at each tick."""
        for recording in self.running:
            recording.advance(now)
        self.running = [recording for recording in self.running if recording.running]

    def start(self, request: control.StartRequest, peer: str, local: str) -> ServerRecording:
        """Begin a recording; ControlError is the reason to refuse it."""
        codec = find_codec(request.codec)
        if codec is None:
            raise ControlError(f"codec {request.codec[:20]} is not one of {', '.join(map(str, CODECS))}")
        if len(request.id) > MAX_ID:
            raise ControlError(f"the id has more than {MAX_ID} characters")
        if any(recording.request.id == request.id for recording in self.recordings):
            raise ControlError("this id has been used before")
        self._need_room()
        try:
            port = self._open_port(local)
        except UsageError as error:
            raise ControlError("no UDP port is left") from error
        recording = ServerRecording(request, codec, peer, port, self._store)
        self.recordings.append(recording)
        self.running.append(recording)
        return recording

    def _need_room(self) -> None:
        """A phone that is told now shows that nothing will be recorded; later it could only be cut off."""
        try:
            self._storage.check()
            self._policy.room(self._storage.free(), USUAL_PACKET)
        except DriveError as error:
            raise ControlError(f"nothing can be stored: {error}") from error

    def _store(self, header: RecordHeader) -> DriveDestination:
        return DriveDestination(self._storage, header, self._policy, self._system_time)


class ControlConnection:
    """One phone's control connection: bytes in, bytes to answer out. `ended` asks the shell to drop it."""

    def __init__(self, server: RecordServer, peer: str, local: str) -> None:
        self.ended = False
        self._server = server
        self._peer = peer
        self._local = local
        self._buffer = control.ControlBuffer()
        self._heard_at = 0
        self._recordings: dict[str, ServerRecording] = {}
        self._stopping: list[ServerRecording] = []  # their stop is answered when they are stored

    def receive(self, now: int, data: bytes) -> bytes:
        """Bytes from the phone; the answers."""
        self._heard_at = now
        return self._answer_or_drop(lambda: self._buffer.feed(data))

    def advance(self, now: int) -> bytes:
        """Time passes: recordings end, and a message without a terminator is ended by quiet."""
        self._drop_if_failed()
        answers = self._answer_stops()
        if now - self._heard_at >= from_seconds(control.QUIET_S):
            answers += self._answer_or_drop(self._buffer.quiet)
        return answers

    def closed(self, reason: str = "the control connection was lost") -> None:
        """The phone has gone, or its socket has failed: both sides end their recordings (guide)."""
        if not self.ended:
            self._answer_or_drop(self._buffer.closed)
            self._drop(reason)

    def _answer_or_drop(self, take: Callable[[], list[bytes]]) -> bytes:
        try:
            replies = [self._reply(control.parse(message)) for message in take()]
            return b"".join(control.build(reply) for reply in replies if reply)
        except ControlError as error:
            self._drop(f"malformed control message: {error}")
            return b""

    def _reply(self, message: control.Message) -> control.Message | None:
        """The answer that can be given at once."""
        match message:
            case control.StartRequest():
                return self._start(message)
            case control.StopRequest():
                return self._stop(message)
            case _:
                raise ControlError(f"{message.cmd} is not for a server")

    def _start(self, request: control.StartRequest) -> control.StartResponse:
        try:
            recording = self._server.start(request, self._peer, self._local)
        except ControlError as error:
            return control.StartResponse(request.id, "failed", str(error))
        self._recordings[request.id] = recording
        host, port = recording.port.address
        return control.StartResponse(request.id, "success", "", host, str(port))

    def _stop(self, request: control.StopRequest) -> control.StopResponse | None:
        recording = self._recordings.pop(request.id, None)
        if recording is None or not recording.running:
            return control.StopResponse(request.id, "failed")
        recording.stop("recorded", request.reason)
        self._stopping.append(recording)
        return None

    def _answer_stops(self) -> bytes:
        """What is stored is stored: a phone that is told so may show it (EDGE-CASES C10)."""
        stored = [recording for recording in self._stopping if not recording.running]
        self._stopping = [recording for recording in self._stopping if recording.running]
        return b"".join(control.build(_stop_response(recording)) for recording in stored)

    def _drop_if_failed(self) -> None:
        """No message tells a phone that storing has failed; the end of its connection does (guide: both sides end)."""
        failed = [recording for recording in self._recordings.values() if not recording.running]
        if failed:
            self._drop(failed[0].account.reason)

    def _drop(self, reason: str) -> None:
        if self.ended:
            return
        self.ended = True
        for recording in self._recordings.values():
            recording.stop("cut short", reason)
        self._recordings.clear()


def _stop_response(recording: ServerRecording) -> control.StopResponse:
    whole = recording.account.state in ("recorded", "cancelled")
    return control.StopResponse(recording.request.id, "success" if whole else "failed")
