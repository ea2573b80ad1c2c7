"""A small record server that is right, or wrong in one way that it is told: what a control case must notice."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
from concurrent.futures import Future
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from types import TracebackType
from urllib.parse import unquote

from tests.harness.conformance.faults import FAULTS
from tests.harness.conformance.faulty_media import LONG_S, PAYLOAD_TYPES, Media, store

QUIET_S = 0.15
MOST = 4096
LATE_S = 0.8
KNOWN = {"id", "cmd", "device", "remote_number", "remote_name", "local_number", "local_name", "dir", "codec"}
NAME_LENGTH = 200
NEXT = rb"(?<=[^&])(?=cmd=)"
ENDS = {
    "ends messages at LF alone": rb"\n+",
    "wants a line's end": rb"[\r\n\0]+",
    "knows no end by LF": rb"[\r\0]+|" + NEXT,
    "keeps the CR of CR LF": rb"\r(?!\n)|\n|\0|" + NEXT,
    "knows no end by CR": rb"[\n\0]+|" + NEXT,
    "knows no end by NUL": rb"[\r\n]+|" + NEXT,
}
"""What ends a message, for a server that is wrong about it."""


@dataclass(slots=True)
class Running:
    """A recording: its port, what comes there, and the name of its far party."""

    transport: asyncio.DatagramTransport
    media: Media
    name: str


@dataclass(slots=True)
class Line:
    """A control connection and the ids that were started on it."""

    ids: list[str] = field(default_factory=list)
    held: bytes = b""
    over: bool = False


class FaultyServer:
    """Runs on a thread of its own while it is entered; `fault` is one of FAULTS, "" for none."""

    def __init__(self, storage: Path, fault: str = "") -> None:
        assert fault in ("", *FAULTS)
        self.fault = fault
        self.storage = storage
        self.running: dict[str, Running] = {}
        self.taken = 0
        self.dead = False
        self._owners: dict[bytes, Media] = {}
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
        self._turn, self._opening = asyncio.Lock(), asyncio.Lock()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self._address.set_result(server.sockets[0].getsockname()[:2])
        await self._stop.wait()
        server.close()
        for running in self.running.values():
            running.transport.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line()
        how = ""
        async with AsyncExitStack() as turn:
            if self.fault == "serves one after the other":
                await turn.enter_async_context(self._turn)
            try:
                while not (self.dead or line.over):
                    for message in await self._messages(reader, line):
                        answer = await self._answer(message, line)
                        writer.write(answer * (2 if self.fault == "answers everything twice" else 1))
            except EOFError:
                how = "lost"
            except OSError:
                how = "reset"
            finally:
                self._lose(line, how)
                writer.close()

    def _lose(self, line: Line, how: str) -> None:
        """A connection has ended, and its recordings with it."""
        ids = list(self.running) if self.fault == "ends all when one is lost" else line.ids
        keep = self.fault != f"forgets a recording whose connection is {how}"
        late_s = LATE_S if self.fault == "goes on when the connection is lost" else 0.0
        for recording_id in ids:
            self._end(recording_id, late_s, keep)

    async def _messages(self, reader: asyncio.StreamReader, line: Line) -> list[bytes]:
        """What quiet or an end has made whole; EOFError when the phone has gone, or sends what is none."""
        quiet_s = None if self.fault == "wants a line's end" or not line.held else QUIET_S
        try:
            data = await asyncio.wait_for(reader.read(65_536), quiet_s)
        except TimeoutError:
            whole, line.held = ([line.held], b"") if b"cmd=" in line.held else ([], line.held)
            return whole
        if not data:
            raise EOFError
        if b"\xff" * 8 in data:
            self._suffer()
        if self.fault == "reads a segment as a message" or (
            self.fault == "reads a stop's segment as a message" and line.ids
        ):
            return [data]
        return self._split(line, data)

    def _suffer(self) -> None:
        """Garbage has come."""
        if self.fault == "dies of garbage":
            self.dead = True
            self._stop.set()
        if self.fault == "ends all recordings at garbage":
            self._end_all()

    def _split(self, line: Line, data: bytes) -> list[bytes]:
        *whole, line.held = re.split(ENDS.get(self.fault, rb"[\r\n\0]+|" + NEXT), line.held + data)
        if len(line.held) > MOST and self.fault != "holds what has no end":
            raise EOFError
        found = [message for message in whole if message]
        if found and self.fault == "throws away what follows a message":
            line.held = b""
        if found and self.fault == "answers the first of two requests":
            line.held = b""
            return found[:1]
        return found

    async def _answer(self, message: bytes, line: Line) -> bytes:
        fields = self._fields(message.decode("utf-8", "replace"))
        match fields.get("cmd"):
            case "RecordStartRequest":
                return await self._start(fields, line)
            case "RecordStopRequest":
                return self._stopped(fields, line)
            case _:
                success = b"cmd=RecordStartResponse&id=1&result=success&port=10001"
                return success if self.fault == "answers success to anything" else b""

    def _fields(self, text: str) -> dict[str, str]:
        if self.fault == "decodes before it splits":
            text = unquote(text)
        pairs = (pair.partition("=") for pair in text.split("&"))
        if self.fault == "does not decode names":
            return {key: value for key, _, value in pairs}
        return {key: unquote(value) for key, _, value in pairs}

    async def _start(self, fields: dict[str, str], line: Line) -> bytes:
        recording_id, codec = fields.get("id", ""), fields.get("codec", "")
        if why := self._refusal(fields, line):
            return await self._refuse(fields, why)
        async with self._opening:
            port = await self._open(recording_id, codec, fields.get("remote_name", ""))
        line.ids.append(recording_id)
        self.taken += 1
        said = {"answers with another id": "0" * 32}.get(self.fault, recording_id)
        result = "" if self.fault == "leaves the result out" else "&result=success"
        return f"cmd=RecordStartResponse&id={said}{result}&reason=&server=127.0.0.1&port={port}".encode()

    async def _refuse(self, fields: dict[str, str], why: str) -> bytes:
        recording_id = fields.get("id", "")
        if self.fault == "records what it has refused" and why == "unknown codec":
            await self._open(recording_id, "PCMU", "")
        if self.fault == "begins anew at a refused start" and recording_id in self.running:
            self.running[recording_id].media.streams.clear()
        if self.fault == "answers a start without a codec as a stop" and why == "no codec":
            return f"cmd=RecordStopResponse&id={recording_id}&result=failed".encode()
        reason = "" if self.fault == "refuses without a reason" else why
        return f"cmd=RecordStartResponse&id={recording_id}&result=failed&reason={reason}&server=&port=".encode()

    def _refusal(self, fields: dict[str, str], line: Line) -> str:
        fault, codec, recording_id = self.fault, fields.get("codec", ""), fields.get("id", "")
        known = codec in PAYLOAD_TYPES or (fault == "takes codecs by their beginning" and codec[:3] == "PCM")
        its_own = fault == "takes a running id of the same phone" and recording_id in line.ids
        wrong = {
            "no id": not recording_id and fault != "takes a start without an id",
            "no codec": not codec and fault != "takes a start without a codec",
            "unknown codec": bool(codec) and not known and fault != "takes any codec",
            "no G722": codec == "G722" and fault == "knows no G722",
            "runs already": recording_id in self.running and not its_own and fault != "takes a running id",
            "unknown field": not fields.keys() <= KNOWN and fault == "knows its own fields alone",
            "bad name": "%" in "".join(fields.values()) and fault == "does not decode names",
            "bad letters": not "".join(fields.values()).isascii() and fault == "reads ASCII alone",
            "no name": not fields.get("remote_name", "x") and fault == "refuses empty names",
            "full": self.taken >= 5 and fault == "takes five recordings in all",
        }
        return next((why for why, is_so in wrong.items() if is_so), "")

    async def _open(self, recording_id: str, codec: str, name: str) -> int:
        shared = {"gives all recordings one port": 1, "gives the fifth at once a port that is in use": 4}
        if self.fault in shared and len(self.running) >= shared[self.fault]:
            first = self.running[recording_id] = next(iter(self.running.values()))
            return int(first.transport.get_extra_info("sockname")[1])
        transport, media = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Media(codec, self.fault, self._owners), local_addr=("127.0.0.1", 0)
        )
        other = next(iter(self.running), recording_id)
        self.running[recording_id] = Running(transport, media, name)
        if self.fault == "takes one recording's port for the other's":
            self.running[recording_id], self.running[other] = self.running[other], self.running[recording_id]
        if self.fault == "ends what is silent for a second":
            self._watch(recording_id)
        port = int(transport.get_extra_info("sockname")[1])
        if self.fault == "names a port where nobody listens":
            transport.close()
        return {"names port 0": 0, "names port 99999": 99999}.get(self.fault, port)

    def _watch(self, recording_id: str) -> None:
        heard_at = self.running[recording_id].media.heard_at if recording_id in self.running else 0.0
        if heard_at and monotonic() - heard_at > LONG_S:
            self._end(recording_id)
        elif recording_id in self.running:
            self._loop.call_later(0.1, self._watch, recording_id)

    def _stopped(self, fields: dict[str, str], line: Line) -> bytes:
        recording_id = fields.get("id", "")
        if self.fault == "never answers a stop":
            return b""
        there = recording_id in self.running
        if not there and self.fault == "ends all at a stop of what is unknown":
            self._end_all()
        self._end(recording_id, LATE_S if self.fault == "stores what comes after the stop" else 0.0)
        if self.fault == "ends all of a phone at its stop":
            there = recording_id in line.ids
            for one in line.ids:
                self._end(one)
        line.over = self.fault == "ends a connection after its first recording"
        result = "success" if there or self.fault == "says that it stopped what it never started" else "failed"
        name = "Start" if self.fault == "answers a stop with the start's name" else "Stop"
        return f"cmd=Record{name}Response&id={recording_id}&result={result}".encode()

    def _end_all(self) -> None:
        for recording_id in list(self.running):
            self._end(recording_id)

    def _end(self, recording_id: str, late_s: float = 0.0, keep: bool = True) -> None:
        """A recording ends, if there is one: at once, or some time after it was said to have ended."""
        running = self.running.pop(recording_id, None)
        if running and late_s:
            self._loop.call_later(late_s, self._finish, running, keep)
        elif running:
            self._finish(running, keep)

    def _finish(self, running: Running, keep: bool) -> None:
        running.transport.close()
        if not keep or self.fault == "stores nothing":
            return
        for audio in running.media.told():
            self._store(running, audio)
        running.media.streams.clear()

    def _store(self, running: Running, audio: bytes) -> None:
        if self.fault == "makes file names of names" and ("/" in running.name or len(running.name) > NAME_LENGTH):
            return  # as an open() of such a path would fail
        if self.fault == "keeps the newest file alone":
            for path in self.storage.iterdir():
                path.unlink()
        same = self.fault == "stores two recordings in one file"
        store(self.storage / f"{0 if same else next(self._names)}.wav", running.media.codec, audio, self.fault)
