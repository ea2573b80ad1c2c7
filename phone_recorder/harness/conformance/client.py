"""A phone that knows bytes alone: its control connection and its RTP, to a record server that nothing is known of.

It is no part of the recorder, so that a fault which recorder and server share is not one that both agree on.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from struct import pack
from types import TracebackType
from typing import Self

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.answers import Address, Started, demand, started
from phone_recorder.harness.conformance.messages import fields_of, start_request, stop_request

ANSWER_S = 5.0
"""So long a phone waits for an answer (WIRE.md)."""
QUIET_S = 0.25
"""After so much silence an answer without an end is whole."""
CLOSED_S = 0.2
"""What was sent and is not read by then is thrown away at the end."""
LONGEST_ANSWER = 1 << 16
"""In bytes: what goes on for longer is none."""
FRAME_S = 0.02
FRAME_UNITS = 160
PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8, "G722": 9}
SSRC = 0x5EED
FIRST_SEQUENCE = 65_520
FIRST_TIMESTAMP = 2**32 - 20 * FRAME_UNITS

_PIECE = 4096
_SUCCESS = b"result=success"
_LINGER_NOT = (1, 13, pack("ii", 1, 0))
"""SOL_SOCKET, SO_LINGER (socket(7) of Linux): closing tells the peer of an error."""
_WHOLE = re.compile(rb"cmd=RecordStopResponse&id=[^&]*&result=(success|failed)|cmd=RecordStartResponse&.*&port=\d{5}")
"""Answers that nothing can follow: there is no need to wait for quiet."""
_END = re.compile(rb"[\r\n\0]+|(?<=[^&])(?=cmd=)")


class Phone:
    """One control connection. Use as `async with Phone(address)`; NotConforming says what the server does wrong."""

    def __init__(self, server: Address, answer_s: float = ANSWER_S) -> None:
        self._server = server
        self._answer_s = answer_s
        self._waiting: list[bytes] = []
        self._held = b""

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(self._answer_s):
                self._reader, self._writer = await asyncio.open_connection(*self._server)
        except (OSError, ValueError, TimeoutError) as error:
            raise NotConforming("no control connection comes about") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        try:
            async with asyncio.timeout(CLOSED_S):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()

    @property
    def host(self) -> str:
        """The server's own address."""
        host: str = self._writer.get_extra_info("peername", self._server)[0]
        return host

    def reset(self) -> None:
        """The connection ends with an error, as where a phone loses its power and comes back."""
        with suppress(OSError):  # the server has closed it before
            self._writer.get_extra_info("socket").setsockopt(*_LINGER_NOT)
        self._writer.transport.abort()

    async def send(self, *pieces: bytes, pause_s: float = 0.0) -> None:
        """Send these; with a pause, each in a segment of its own. NotConforming if nobody reads them."""
        for piece in pieces:
            if self._writer.is_closing():
                return
            self._writer.write(piece)
            try:
                async with asyncio.timeout(self._answer_s):
                    await self._writer.drain()
            except TimeoutError:
                raise NotConforming(f"what is sent is not read within {self._answer_s:g} s") from None
            except OSError:
                return  # what comes of it is the answer's to say
            if pause_s:
                await asyncio.sleep(pause_s)

    async def answer(self) -> dict[str, str]:
        """The next message of the server, its `cmd` too."""
        if not self._waiting:
            await self._read()
        return fields_of(self._waiting.pop(0))

    async def start(self, recording_id: str, codec: str = "PCMU", **fields: str) -> Started:
        """A recording that the server takes."""
        await self.send(start_request(recording_id, codec, **fields))
        return started(await self.answer(), recording_id, codec, self.host)

    async def stop(self, recording_id: str) -> None:
        """End one; the server says that it has."""
        await self.send(stop_request(recording_id))
        answer = await self.answer()
        demand(answer, "RecordStopResponse", recording_id, "success")

    async def is_closed(self, within_s: float) -> bool:
        """Whether the server ends the connection, answers or not; NotConforming if it answers success."""
        heard = b""
        try:
            async with asyncio.timeout(within_s):
                while data := await self._reader.read(_PIECE):
                    heard = heard[-len(_SUCCESS) :] + data
                    if _SUCCESS in heard:
                        raise NotConforming("what is no request is answered success")
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    async def _read(self) -> None:
        """Until there is a whole message, no longer than a phone waits for one, and no more than one may be long."""
        until = asyncio.get_running_loop().time() + self._answer_s
        while not self._waiting:
            data = await self._heard(until)
            *whole, self._held = _END.split(self._held + data)
            self._waiting += [message for message in whole if message]
            if not data or _WHOLE.fullmatch(self._held):
                self._waiting, self._held = [*self._waiting, self._held], b""
            if len(self._held) > LONGEST_ANSWER:
                raise NotConforming(f"an answer has more than {LONGEST_ANSWER} bytes")

    async def _heard(self, until: float) -> bytes:
        """What the server sends next; nothing when an answer without an end is whole."""
        left_s = until - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(QUIET_S if self._held else left_s):
                data = await self._reader.read(_PIECE)
        except TimeoutError:
            if self._held:
                return b""
            raise NotConforming(f"no answer comes within {self._answer_s:g} s") from None
        except OSError as error:
            raise NotConforming("the connection was reset instead of an answer") from error
        if not (data or self._held):
            raise NotConforming("the connection was closed instead of an answer")
        if data and left_s < 0:
            raise NotConforming(f"an answer has no end within {self._answer_s:g} s")
        return data


async def talk(recording: Started, payloads: list[bytes], ssrc: int = SSRC, port: int = 0, first: int = 0) -> None:
    """RTP of a recording as a phone sends it, 20 ms each; NotConforming if nobody listens where it goes.

    `port` is the phone's own, 0 for any; `first` is how many packets it has sent before.
    """
    await send(recording, datagrams(recording.codec, payloads, ssrc, first), port)


async def send(recording: Started, sent: list[bytes], port: int = 0) -> None:
    """These datagrams, 20 ms each, to where the RTP of a recording goes; NotConforming if nobody listens there."""
    loop = asyncio.get_running_loop()
    refused = loop.create_future()
    host, number = recording.media
    try:
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Refusal(refused), remote_addr=(host, number), local_addr=("", port) if port else None
        )
    except OSError as error:
        raise NotConforming(f"no RTP can go to {host}, port {number}") from error
    began = loop.time()
    try:
        for index, datagram in enumerate(sent, 1):
            transport.sendto(datagram)
            await asyncio.sleep(max(0.0, began + index * FRAME_S - loop.time()))
    finally:
        transport.close()
    if refused.done():
        raise NotConforming(f"nobody listens at port {number}, where RTP was to go")


class _Refusal(asyncio.DatagramProtocol):
    """Notices that the other side has said: no such port."""

    def __init__(self, refused: asyncio.Future[None]) -> None:
        self._refused = refused

    def error_received(self, exc: Exception) -> None:
        if not self._refused.done():
            self._refused.set_result(None)


def datagrams(codec: str, payloads: list[bytes], ssrc: int = SSRC, first: int = 0) -> list[bytes]:
    """RTP packets of 20 ms. Sequence numbers and timestamps both go through zero within the first half second."""
    return [rtp(PAYLOAD_TYPES[codec], index, index, ssrc) + payload for index, payload in enumerate(payloads, first)]


def rtp(payload_type: int, sequence: int, frame: int, ssrc: int = SSRC) -> bytes:
    """The header of a packet, its sequence number and its frame of 20 ms counted from the first packet."""
    timestamp = FIRST_TIMESTAMP + FRAME_UNITS * frame
    return pack("!BBHII", 0x80, payload_type, (FIRST_SEQUENCE + sequence) & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
