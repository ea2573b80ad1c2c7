"""Record servers with a character each, as the phone's links see them; one link is one recording."""

from __future__ import annotations

from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, Received

HOST = "192.0.2.7"
FAILED = "result=failed&reason=no%20room"
FOREIGN = "result=success&reason=&server=198.51.100.9&port=20000"
STARTED = "result=success&reason=&server=&port=20000"
ANSWERS = {
    "refuses": FAILED,
    "foreign": FOREIGN,
    "name": "result=success&reason=&server=media.example&port=20000",
    "port": "result=success&reason=&server=&port=99999",
    "half": "result=success&reason=&server=",
}
"""What each says to the start. `silent` says nothing, `late` accepts when the stop has come, all others at once."""
DIES_AFTER = 10
"""Packets."""


class Server:
    """`kind`: a name of ANSWERS, unreachable, silent, late, mute (never answers a stop), unsure (answers it with
    failed), dies (after some packets) or good."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.asked: list[str] = []
        """The names of the commands that came."""
        self.ids: set[str] = set()
        self.packets = 0
        self.closed = False
        self._coming: list[LinkEvent] = []

    def open(self) -> None:
        refused = Closed("connection refused")
        self._coming.append(refused if self.kind == "unreachable" else Opened(HOST))

    def events(self) -> list[LinkEvent]:
        coming, self._coming = self._coming, []
        if self.kind == "dies" and self.packets >= DIES_AFTER and not self.closed:
            coming.append(Closed("connection reset by peer"))
        return coming

    def send(self, data: bytes) -> None:
        command, recording = (pair.partition("=")[2] for pair in data.decode().split("&")[:2])
        self.asked.append(command)
        self.ids.add(recording)
        if command == "RecordStopRequest":
            self._stop(recording)
        elif self.kind not in ("silent", "late"):
            self._start(recording)

    def _start(self, recording: str) -> None:
        answer = ANSWERS.get(self.kind, STARTED)
        end = "" if self.kind == "half" else "\n"
        self._say(f"cmd=RecordStartResponse&id={recording}&{answer}{end}")

    def _stop(self, recording: str) -> None:
        if self.kind == "late":
            self._start(recording)
        if self.kind not in ("silent", "mute"):
            result = "failed" if self.kind == "unsure" else "success"
            self._say(f"cmd=RecordStopResponse&id={recording}&result={result}\n")

    def media_to(self, host: str, port: int) -> None:
        assert (host, port) == (HOST, 20000)

    def send_media(self, packets: list[bytes]) -> None:
        self.packets += len(packets)

    def close(self) -> None:
        self.closed = True

    def _say(self, text: str) -> None:
        self._coming.append(Received(text.encode()))
