"""A small record server that is right, or wrong in one way that it is told: what a control case must notice."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from struct import pack
from types import TracebackType
from urllib.parse import unquote

PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8, "G722": 9}
QUIET_S = 0.05
MOST = 4096

FAULTS = (
    "answers with another id",
    "answers a stop with the start's name",
    "leaves the result out",
    "names port 0",
    "names port 99999",
    "names a port where nobody listens",
    "gives all recordings one port",
    "takes any codec",
    "refuses without a reason",
    "takes a start without a codec",
    "takes a start without an id",
    "takes a running id",
    "knows no G722",
    "does not decode names",
    "knows its own fields alone",
    "reads a segment as a message",
    "answers the first of two requests",
    "ends messages at LF alone",
    "holds what has no end",
    "dies of garbage",
    "never answers a stop",
    "says that it stopped what it never started",
    "takes five recordings in all",
    "stores all but the last packet",
    "stores every SSRC",
    "stores two recordings in one file",
    "forgets a recording whose connection is lost",
)


class Media(asyncio.DatagramProtocol):
    """A recording's port, and what has come there."""

    def __init__(self, any_ssrc: bool) -> None:
        self.heard: list[bytes] = []
        self._any_ssrc = any_ssrc
        self._ssrc = b""

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._ssrc = self._ssrc or data[8:12]
        if self._any_ssrc or data[8:12] == self._ssrc:
            self.heard.append(data[12:])


class FaultyServer:
    """Runs on a thread of its own while it is entered; `fault` is one of FAULTS, "" for none."""

    def __init__(self, storage: Path, fault: str = "") -> None:
        assert fault in ("", *FAULTS)
        self.fault = fault
        self.storage = storage
        self.running: dict[str, tuple[str, asyncio.DatagramTransport, Media]] = {}
        self.taken = 0
        self.dead = False
        self._names = itertools.count()
        self._address: Future[tuple[str, int]] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> tuple[str, int]:
        self._thread.start()
        return self._address.result(10)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.dead:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self._address.set_result(server.sockets[0].getsockname()[:2])
        await self._stop.wait()
        server.close()
        for _, transport, _ in self.running.values():
            transport.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine: list[str] = []
        held = b""
        try:
            while not self.dead:
                messages, held = await self._messages(reader, held)
                for message in messages:
                    writer.write(await self._answer(message, mine))
        except (EOFError, OSError):
            pass
        finally:
            for recording_id in [known for known in mine if known in self.running]:
                self._end(recording_id, keep=self.fault != "forgets a recording whose connection is lost")
            writer.close()

    async def _messages(self, reader: asyncio.StreamReader, held: bytes) -> tuple[list[bytes], bytes]:
        """What quiet or an end has made whole; EOFError when the phone has gone, or sends what is none."""
        try:
            data = await asyncio.wait_for(reader.read(65_536), QUIET_S if held else None)
        except TimeoutError:
            return ([held], b"") if b"cmd=" in held else ([], held)
        if not data:
            raise EOFError
        if b"\xff" * 8 in data and self.fault == "dies of garbage":
            self.dead = True
            self._stop.set()
        if self.fault == "reads a segment as a message":
            return [data], b""
        ends = rb"\n+" if self.fault == "ends messages at LF alone" else rb"[\r\n\0]+|(?<=[^&])(?=cmd=)"
        *whole, held = re.split(ends, held + data)
        if len(held) > MOST and self.fault != "holds what has no end":
            raise EOFError
        found = [message for message in whole if message]
        if found and self.fault == "answers the first of two requests":
            return found[:1], b""
        return found, held

    async def _answer(self, message: bytes, mine: list[str]) -> bytes:
        text = message.decode("utf-8", "replace")
        decode: Callable[[str], str] = str if self.fault == "does not decode names" else unquote
        fields = {key: decode(value) for key, _, value in (pair.partition("=") for pair in text.split("&"))}
        if fields.get("cmd") == "RecordStartRequest":
            return await self._start(fields, mine)
        return self._stopped(fields) if fields.get("cmd") == "RecordStopRequest" else b""

    async def _start(self, fields: dict[str, str], mine: list[str]) -> bytes:
        recording_id, codec = fields.get("id", ""), fields.get("codec", "")
        if why := self._refusal(fields):
            reason = "" if self.fault == "refuses without a reason" else why
            return f"cmd=RecordStartResponse&id={recording_id}&result=failed&reason={reason}&server=&port=".encode()
        port = await self._open(recording_id, codec)
        mine.append(recording_id)
        self.taken += 1
        said = {"answers with another id": "0" * 32}.get(self.fault, recording_id)
        result = "" if self.fault == "leaves the result out" else "&result=success"
        return f"cmd=RecordStartResponse&id={said}{result}&reason=&server=127.0.0.1&port={port}".encode()

    def _refusal(self, fields: dict[str, str]) -> str:
        fault, codec = self.fault, fields.get("codec", "")
        known = {"id", "cmd", "device", "remote_number", "remote_name", "local_number", "local_name", "dir", "codec"}
        wrong = {
            "no id": not fields.get("id") and fault != "takes a start without an id",
            "no codec": not codec and fault != "takes a start without a codec",
            "unknown codec": bool(codec) and codec not in PAYLOAD_TYPES and fault != "takes any codec",
            "no G722": codec == "G722" and fault == "knows no G722",
            "runs already": fields.get("id") in self.running and fault != "takes a running id",
            "unknown field": not fields.keys() <= known and fault == "knows its own fields alone",
            "bad name": "%" in "".join(fields.values()) and fault == "does not decode names",
            "full": self.taken >= 5 and fault == "takes five recordings in all",
        }
        return next((why for why, is_so in wrong.items() if is_so), "")

    async def _open(self, recording_id: str, codec: str) -> int:
        if self.fault == "gives all recordings one port" and self.running:
            first = next(iter(self.running.values()))
            self.running[recording_id] = first
            return int(first[1].get_extra_info("sockname")[1])
        transport, media = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Media(self.fault == "stores every SSRC"), local_addr=("127.0.0.1", 0)
        )
        self.running[recording_id] = codec, transport, media
        port = int(transport.get_extra_info("sockname")[1])
        if self.fault == "names a port where nobody listens":
            transport.close()
        return {"names port 0": 0, "names port 99999": 99999}.get(self.fault, port)

    def _stopped(self, fields: dict[str, str]) -> bytes:
        recording_id = fields.get("id", "")
        if self.fault == "never answers a stop":
            return b""
        there = recording_id in self.running
        if there:
            self._end(recording_id)
        result = "success" if there or self.fault == "says that it stopped what it never started" else "failed"
        name = "Start" if self.fault == "answers a stop with the start's name" else "Stop"
        return f"cmd=Record{name}Response&id={recording_id}&result={result}".encode()

    def _end(self, recording_id: str, keep: bool = True) -> None:
        codec, transport, media = self.running.pop(recording_id)
        transport.close()
        heard = media.heard[:-1] if self.fault == "stores all but the last packet" else media.heard
        if heard and keep:
            same = self.fault == "stores two recordings in one file"
            path = self.storage / f"{0 if same else next(self._names)}.wav"
            data = b"".join(heard)
            before = path.read_bytes()[76:] if same and path.exists() else b""
            path.write_bytes(pack("<64siiI", codec.encode(), 160, 160, len(before + data)) + before + data)
