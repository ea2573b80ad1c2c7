"""A sound library of the tests' own, whose devices do what the test makes them do."""

from __future__ import annotations

from types import ModuleType
from typing import Any


class PortAudioError(Exception):
    pass


class FakeStream:
    """A device for a call: the test calls back for it. `fail_at` names the call that fails."""

    def __init__(self, options: dict[str, Any], fail_at: str) -> None:
        self.options = options
        self.log: list[str] = []
        self._fail_at = fail_at

    def start(self) -> None:
        self.log.append("start")
        if self._fail_at == "start":
            raise PortAudioError("no start\nmore of it")

    def close(self) -> None:
        self.log.append("close")
        self.options["finished_callback"]()

    def call_back(self, data: bytes | bytearray) -> None:
        """As the library does it: with a buffer that is written over afterwards."""
        buffer = memoryview(bytearray(data)) if isinstance(data, bytes) else memoryview(data)
        self.options["callback"](buffer, len(buffer) // 2, None, None)
        if isinstance(data, bytes):
            buffer[:] = b"\xaa" * len(buffer)


class FakeSound(ModuleType):
    """What microphone.py, and speaker.py for a call, use of `sounddevice`."""

    PortAudioError = PortAudioError

    def __init__(self) -> None:
        super().__init__("sounddevice")
        self.streams: dict[str, FakeStream] = {}
        self.fail_at = ""
        self.refuse: Exception | None = None

    def RawInputStream(self, **options: Any) -> FakeStream:
        return self._open("in", options)

    def RawOutputStream(self, **options: Any) -> FakeStream:
        return self._open("out", options)

    def _open(self, kind: str, options: dict[str, Any]) -> FakeStream:
        if self.refuse:
            raise self.refuse
        self.streams[kind] = FakeStream(options, self.fail_at)
        return self.streams[kind]
