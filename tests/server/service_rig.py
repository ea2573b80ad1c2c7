"""What tests of the live record server share: a server, and phones that know only bytes."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

from phone_recorder.server.recording import ServerRecording
from phone_recorder.server.service import Rules, Service
from tests.server.rig import ID, rtp

PATIENCE_S = 10
RESET = struct.pack("ii", 1, 0)
Scenario = Callable[[Service, list[str]], Awaitable[None]]

CODECS = {"PCMU": 0, "PCMA": 8, "G722": 9}


def serve(
    storage: Path, scenario: Scenario, host: str = "127.0.0.1", rules: Rules | None = None
) -> tuple[list[ServerRecording], list[str]]:
    """Run the scenario against a server; its recordings, and the lines that it told when all has ended."""
    lines: list[str] = []
    ended: list[ServerRecording] = []

    async def run() -> None:
        async with Service(storage, host, 0, rules, lines.append, ended.append) as service:
            await asyncio.wait_for(scenario(service, lines), PATIENCE_S)
        assert service.core.running == {}

    asyncio.run(run())
    return ended, lines


class Phone:
    """A phone that knows only bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recording_id: str) -> None:
        self.reader = reader
        self.writer = writer
        self._id = recording_id
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind((writer.get_extra_info("sockname")[0], 0))

    async def start(self, codec: str = "PCMU", name: str = "Anna", end: str = "\n") -> tuple[str, int]:
        """Ask for a recording; where its RTP goes."""
        message = f"cmd=RecordStartRequest&id={self._id}&device=0c1105aabbcc&remote_name={name}&codec={codec}{end}"
        self.writer.write(message.encode())
        answer = (await self.reader.readuntil(b"port=")).decode()
        answer += (await (self.reader.readline() if end else self.reader.read(5))).decode().rstrip()
        assert answer.startswith(f"cmd=RecordStartResponse&id={self._id}&result=success&reason=&server=")
        host, _, port = answer.partition("&server=")[2].partition("&port=")
        return host, int(port)

    async def stop(self) -> None:
        self.writer.write(f"cmd=RecordStopRequest&id={self._id}&reason=key\n".encode())
        answer = f"cmd=RecordStopResponse&id={self._id}&result=success\n".encode()
        assert await self.reader.readline() == answer

    def send(self, to: tuple[str, int], payloads: list[bytes], payload_type: int = 0) -> None:
        for number, payload in enumerate(payloads):
            self.media.sendto(rtp(number, payload, payload_type), to)

    def reset(self) -> None:
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.writer.transport.abort()

    def close(self) -> None:
        self.media.close()
        self.writer.close()


async def phone(service: Service, recording_id: str = ID, host: str = "127.0.0.1") -> Phone:
    return Phone(*await asyncio.open_connection(*service.address, local_addr=(host, 0)), recording_id)


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def audio(first: int, size: int = 160, count: int = 50) -> list[bytes]:
    return [bytes([first + n]) * size for n in range(count)]


def contents(storage: Path) -> set[bytes]:
    return {path.read_bytes() for path in storage.glob("Record_*.wav")}
