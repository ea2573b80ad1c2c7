"""A phone that knows bytes alone: its control connection and its RTP, to a record server that nothing is known of.

It is no part of the recorder, so that a fault which recorder and server share is not one that both agree on.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from struct import pack
from types import TracebackType
from typing import Self

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.messages import fields_of, start_request, stop_request

Address = tuple[str, int]

ANSWER_S = 5.0
"""So long a phone waits for an answer (WIRE.md)."""
QUIET_S = 0.25
"""After so much silence an answer without an end is whole."""
FRAME_S = 0.02
FRAME_UNITS = 160
PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8, "G722": 9}
SSRC = 0x5EED
FIRST_SEQUENCE = 65_520
FIRST_TIMESTAMP = 2**32 - 20 * FRAME_UNITS

_LINGER_NOT = (1, 13, pack("ii", 1, 0))
"""SOL_SOCKET, SO_LINGER (socket(7) of Linux): closing tells the peer of an error."""
_WHOLE = re.compile(rb"cmd=RecordStopResponse&id=[^&]*&result=(success|failed)|cmd=RecordStartResponse&.*&port=\d{5}")
"""Answers that nothing can follow: there is no need to wait for quiet."""
_END = re.compile(rb"[\r\n\0]+|(?<=[^&])(?=cmd=)")


@dataclass(frozen=True, slots=True)
class Started:
    """A recording that the server has taken, and where its RTP goes."""

    id: str
    codec: str
    media: Address


class Phone:
    """One control connection. Use as `async with Phone(address)`; NotConforming says what the server does wrong."""

    def __init__(self, server: Address, answer_s: float = ANSWER_S) -> None:
        self._server = server
        self._answer_s = answer_s
        self._waiting: list[bytes] = []
        self._held = b""

    async def __aenter__(self) -> Self:
        try:
            self._reader, self._writer = await asyncio.wait_for(asyncio.open_connection(*self._server), self._answer_s)
        except (OSError, TimeoutError) as error:
            raise NotConforming("no control connection comes about") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def reset(self) -> None:
        """The connection ends with an error, as where a phone loses its power and comes back."""
        self._writer.get_extra_info("socket").setsockopt(*_LINGER_NOT)
        self._writer.transport.abort()

    async def send(self, *pieces: bytes, pause_s: float = 0.0) -> None:
        """Send these; with a pause, each in a segment of its own."""
        for piece in pieces:
            if self._writer.is_closing():
                return
            self._writer.write(piece)
            try:
                await self._writer.drain()
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
        return started(await self.answer(), recording_id, codec, self._server[0])

    async def stop(self, recording_id: str) -> None:
        """End one; the server says that it has."""
        await self.send(stop_request(recording_id))
        answer = await self.answer()
        demand(answer, "RecordStopResponse", recording_id, "success")

    async def is_closed(self, within_s: float) -> bool:
        """Whether the server ends the connection, answers or not; NotConforming if it answers success."""
        try:
            while data := await asyncio.wait_for(self._reader.read(4096), within_s):
                if b"result=success" in data:
                    raise NotConforming("what is no request is answered success")
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    async def _read(self) -> None:
        """Until there is a whole message."""
        patience = self._answer_s
        while not self._waiting:
            try:
                data = await asyncio.wait_for(self._reader.read(4096), patience)
            except TimeoutError:
                if not self._held:
                    raise NotConforming(f"no answer comes within {self._answer_s:g} s") from None
                self._waiting, self._held = [self._held], b""
                return
            except OSError as error:
                raise NotConforming("the connection was reset instead of an answer") from error
            if not data and not self._held:
                raise NotConforming("the connection was closed instead of an answer")
            *whole, self._held = _END.split(self._held + data)
            self._waiting += [message for message in whole if message]
            if not data or _WHOLE.fullmatch(self._held):
                self._waiting, self._held = [*self._waiting, self._held], b""
            patience = QUIET_S if self._held else self._answer_s


def started(answer: dict[str, str], recording_id: str, codec: str, host: str) -> Started:
    """What an answer to a start says; NotConforming if it does not take the recording as it should."""
    demand(answer, "RecordStartResponse", recording_id, "success")
    port = answer.get("port", "")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise NotConforming(f"the answer to a start names the port {port[:20]!r}, which is none")
    return Started(recording_id, codec, (answer.get("server") or host, int(port)))


def demand(answer: dict[str, str], name: str, recording_id: str, result: str) -> None:
    """NotConforming unless the answer is that."""
    for key, wanted in (("cmd", name), ("id", recording_id), ("result", result)):
        found = answer.get(key)
        if found is None:
            raise NotConforming(f"{answer.get('cmd', 'an answer')} lacks its {key}")
        if found != wanted:
            why = f" ({answer['reason'][:80]})" if answer.get("reason") else ""
            raise NotConforming(f"the answer has {key}={found[:60]} instead of {wanted}{why}")


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
        raise NotConforming(f"no RTP can go to {host[:60]}, port {number}") from error
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
