"""A SIP server of one call on TCP or TLS, which is a script: it answers 200, and names itself as it is told to."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

HOST = "127.0.0.1"
_SDP = f"v=0\r\no=f 1 1 IN IP4 {HOST}\r\ns=-\r\nc=IN IP4 {HOST}\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"


class StreamServer:
    """`heard` has each request's connection, counted from 1, and its method. `{port}` in what it says is its own."""

    def __init__(self, contact: str, record_route: str) -> None:
        self.port = 0
        self.heard: list[tuple[int, str]] = []
        self.requests: list[str] = []
        self.pings = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.over: list[asyncio.Event] = []
        self._contact = contact
        self._record_route = record_route

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        over = asyncio.Event()
        self.over.append(over)
        number = len(self.writers)
        try:
            while True:
                await self._take(reader, writer, number)
        except (asyncio.IncompleteReadError, OSError):
            writer.close()
            over.set()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if not head.strip():
            self.pings += 1
            return
        found = dict(re.findall(r"^([\w-]+): (.*)\r$", head, re.MULTILINE))
        await reader.readexactly(int(found["Content-Length"]))
        method = head.split()[0]
        self.heard.append((number, method))
        self.requests.append(head)
        if method != "ACK":
            writer.write(self._answer(method, found).encode())

    def _answer(self, method: str, found: dict[str, str]) -> str:
        body = _SDP if method == "INVITE" else ""
        to = found["To"] if "tag=" in found["To"] else f"{found['To']};tag=server"
        lines = ["SIP/2.0 200 OK", *(f"{name}: {found[name]}" for name in ("Via", "From", "Call-ID", "CSeq"))]
        lines += [f"To: {to}", f"Contact: {self._contact.format(port=self.port)}"]
        lines += [f"Record-Route: {self._record_route.format(port=self.port)}"] * bool(self._record_route)
        lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}", "", body]
        return "\r\n".join(lines)


@asynccontextmanager
async def stream_server(
    contact: str, record_route: str = "", tls: ssl.SSLContext | None = None
) -> AsyncIterator[StreamServer]:
    """On any port, until the end."""
    scripted = StreamServer(contact, record_route)
    listening = await asyncio.start_server(scripted.serve, HOST, 0, ssl=tls)
    scripted.port = listening.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        listening.close()
        for writer in scripted.writers:
            writer.close()
        for over in scripted.over:
            await over.wait()
        await asyncio.sleep(0)
