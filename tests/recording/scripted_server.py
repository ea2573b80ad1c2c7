"""A recording onto a server whose every word and silence is scripted."""

from __future__ import annotations

from phone_recorder.errors import ServerError
from phone_recorder.recording.destination import State
from phone_recorder.recording.server_destination import LinkEvent, Received, ServerDestination, ServerPolicy
from phone_recorder.wire.control import StartRequest
from phone_recorder.wire.rtp import RtpSender

SECOND = 8000
QUIET = 1600
REQUEST = (
    b"cmd=RecordStartRequest&id=00ff&device=001122334455&remote_number=1002&remote_name=Anna%26B"
    b"&local_number=1001&local_name=&dir=in&codec=PCMU"
)
STOP = (
    b"cmd=RecordStopRequest&id=00ff&remote_number=1002&remote_name=Anna%26B&local_number=1001&local_name="
    b"&reason=record%20key"
)
ACCEPTED = b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=192.0.2.7&port=20000"
STOPPED = b"cmd=RecordStopResponse&id=00ff&result=success"
HOST = "192.0.2.7"


class Link:
    """A way to a server that says what the test makes it say."""

    def __init__(self) -> None:
        self.coming: list[LinkEvent] = []
        self.sent = b""
        self.media: list[bytes] = []
        self.destination: tuple[str, int] | None = None
        self.opened = self.closed = 0

    def open(self) -> None:
        self.opened += 1

    def events(self) -> list[LinkEvent]:
        coming, self.coming = self.coming, []
        return coming

    def send(self, data: bytes) -> None:
        self.sent += data

    def media_to(self, host: str, port: int) -> None:
        self.destination = (host, port)

    def send_media(self, packets: list[bytes]) -> None:
        assert self.destination is not None
        self.media += packets

    def close(self) -> None:
        self.closed += 1


class Rig:
    """A recording that has just been opened, at instant 0."""

    def __init__(self, policy: ServerPolicy | None = None) -> None:
        self.link = Link()
        request = StartRequest("00ff", "001122334455", "1002", "Anna&B", "1001", "", "in", "PCMU")
        self.made = ServerDestination(self.link, request, RtpSender(0, 1, 0xFFFF, 0xFFFFFFFF), policy)
        self.made.open(0)

    def hear(self, now: int, *events: LinkEvent | bytes) -> State:
        self.link.coming += [Received(event) if isinstance(event, bytes) else event for event in events]
        self.made.advance(now)
        return self.made.state

    def failure(self, kind: type[ServerError]) -> str:
        """Why it failed; everything must have been given back."""
        assert self.made.state is State.FAILED
        assert type(self.made.error) is kind
        assert self.link.closed
        return str(self.made.error)
