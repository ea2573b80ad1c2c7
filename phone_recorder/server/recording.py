"""One recording on the server: RTP in at a port of its own, a record file out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from phone_recorder.errors import RtpError
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import Destination
from phone_recorder.recording.placement import BySender
from phone_recorder.recording.session import Session
from phone_recorder.recording.timeline import Timeline
from phone_recorder.recording.units import from_ms
from phone_recorder.wire.control import StartRequest
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, BYTES_PER_MS, PTIMES_MS, Codec
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpPacket

HORIZON = from_ms(1000)
"""How long a packet that was overtaken is waited for: the server keeps files, it does not listen live."""
STREAM = "rtp"

_USUAL_FRAME = 20 * BYTES_PER_MS
_FRAMES = [ptime * BYTES_PER_MS for ptime in PTIMES_MS]


class MediaPort(Protocol):
    """A UDP port of one recording."""

    @property
    def address(self) -> tuple[str, int]: ...

    def drain(self) -> Iterable[tuple[int, bytes, str]]:
        """Instant, datagram and source host of all that waits."""

    def close(self) -> None: ...


class ServerRecording:
    """Takes RTP from the control peer's host alone, of the codec agreed on, locked to the first SSRC that sends it.

    The file begins with the first packet, whose length is the file's packet length; a recording that was stopped
    before leaves no file.
    """

    def __init__(
        self,
        request: StartRequest,
        codec: Codec,
        peer: str,
        port: MediaPort,
        store: Callable[[RecordHeader], Destination],
    ) -> None:
        self.request = request
        self.account = Account(request.id, "server", codec.name)
        self.port = port
        self._codec = codec
        self._peer = peer
        self._store = store
        self._ssrc = -1
        self._session: Session | None = None
        self._ended: tuple[str, str] | None = None  # the state and the reason to end with, at the next tick

    @property
    def running(self) -> bool:
        """Not all of it is safe yet."""
        return self.account.state == "recording"

    def stop(self, state: str, reason: str) -> None:
        """End at the next tick: what was sent before the stop may still be on its way."""
        self._ended = self._ended or (state, reason)

    def advance(self, now: int) -> None:
        """Drain the port, and store what is whole."""
        if not self.running:
            return
        for instant, data, source in self.port.drain():
            self._receive(instant, data, source)
        if self._session is None:
            self._end_without_audio()
        else:
            self._go_on(now, self._session)
        if not self.running:
            self.port.close()

    def _go_on(self, now: int, session: Session) -> None:
        if self._ended:
            session.stop(now, self._ended[1])
        session.advance(now)
        self.account.parts = session.destination.parts
        if session.finished:
            self._session = None
            if self._ended and self.account.state == "recorded":
                self.account.state = self._ended[0]

    def _end_without_audio(self) -> None:
        if self._ended:
            state, self.account.reason = self._ended
            self.account.state = "cancelled" if state == "recorded" else "failed"

    def _receive(self, instant: int, data: bytes, source: str) -> None:
        if source != self._peer or not self._is_ours(instant, data):
            self.account.foreign += 1
        elif self._session:
            self._session.receive(instant, data)

    def _is_ours(self, instant: int, data: bytes) -> bool:
        """What has no SSRC is for the timeline to judge, and so is what of ours is no audio."""
        try:
            packet = RtpPacket.parse(data)
        except RtpError:
            return self._session is not None
        if self._session is None and packet.payload_type == self._codec.payload_type and packet.payload:
            self._session = self._begin(instant, packet)
        other_codec = BY_PAYLOAD_TYPE.get(packet.payload_type, self._codec) is not self._codec
        return packet.ssrc == self._ssrc and not other_codec

    def _begin(self, instant: int, packet: RtpPacket) -> Session:
        self._ssrc = packet.ssrc
        size = len(packet.payload)
        frame = size if size in _FRAMES else _USUAL_FRAME
        timeline = Timeline(frame, HORIZON, BySender(HORIZON))
        destination = self._store(RecordHeader(self._codec, frame, frame))
        return Session(instant, timeline, destination, self.account, self._codec, stream=STREAM)
