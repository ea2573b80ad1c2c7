"""Control messages between phone and record server (guide: control commands over TCP) and their framing.

A message is `cmd=Name&key=value&...` with its fields in the guide's order and, as the guide has it, no terminator.
Values are UTF-8, percent-encoded where a character could end a field or a message; `+` stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import ClassVar, Literal
from urllib.parse import unquote

from phone_recorder.errors import ControlError

DEFAULT_PORT = 10000
MAX_MESSAGE_SIZE = 4096
QUIET_S = 0.2
"""After so much silence of the peer a message that is complete counts as ended."""

Terminator = Literal[b"", b"\n", b"\r\n"]

_ENDS = re.compile(rb"[\n\r\0]+|(?<=[^&])(?=cmd=)")
_WHOLE = re.compile(rb"cmd=RecordStartResponse&id=[^&]+&result=success&reason=[^&]*&server=[^&]*&port=[1-9]\d{4}")
"""All of the guide's fields in its order, the last of them a port of five digits: a sixth would make it none. Whoever
waits for this answer has audio to send. A request could be told from its beginning too; but then its answer would be
given before it is known how this peer ends its messages."""
_MUST_ESCAPE = re.compile(r"[&=%\s\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class StartRequest:
    """Phone to server: record a call. `dir` is `in` or `out`, `device` the phone's MAC, `codec` a codec's name."""

    cmd: ClassVar[str] = "RecordStartRequest"
    needed: ClassVar[tuple[str, ...]] = ("id", "codec")
    id: str
    device: str = ""
    remote_number: str = ""
    remote_name: str = ""
    local_number: str = ""
    local_name: str = ""
    dir: str = "out"
    codec: str = ""


@dataclass(frozen=True, slots=True)
class StartResponse:
    """Server to phone: `result` is `success` with the address for RTP, or `failed` with a reason."""

    cmd: ClassVar[str] = "RecordStartResponse"
    needed: ClassVar[tuple[str, ...]] = ("id", "result")
    id: str
    result: str = "success"
    reason: str = ""
    server: str = ""
    port: str = ""


@dataclass(frozen=True, slots=True)
class StopRequest:
    """Phone to server: the recording ends, for `reason`."""

    cmd: ClassVar[str] = "RecordStopRequest"
    needed: ClassVar[tuple[str, ...]] = ("id",)
    id: str
    remote_number: str = ""
    remote_name: str = ""
    local_number: str = ""
    local_name: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StopResponse:
    """Server to phone: the recording has ended."""

    cmd: ClassVar[str] = "RecordStopResponse"
    needed: ClassVar[tuple[str, ...]] = ("id", "result")
    id: str
    result: str = "success"


Message = StartRequest | StartResponse | StopRequest | StopResponse
_MESSAGES: dict[str, type[Message]] = {
    message.cmd: message for message in (StartRequest, StartResponse, StopRequest, StopResponse)
}


def build(message: Message, terminator: Terminator = b"") -> bytes:
    """The message on the wire."""
    pairs = [("cmd", message.cmd), *((f.name, getattr(message, f.name)) for f in fields(message))]
    # A name from the command line that was not UTF-8 holds lone surrogates: a question mark each.
    return "&".join(f"{key}={escape(value)}" for key, value in pairs).encode(errors="replace") + terminator


def parse(data: bytes) -> Message:
    """Read one whole message. Unknown fields are ignored; ControlError names what is wrong or missing."""
    name, values = pairs(data)
    kind = _MESSAGES.get(name)
    if kind is None:
        raise ControlError(f"the message {name[:40]!r} is none of {', '.join(_MESSAGES)}")
    missing = [key for key in kind.needed if not values.get(key)]
    if missing:
        raise ControlError(f"{name} lacks its {' and '.join(missing)}")
    return kind(**{f.name: values[f.name] for f in fields(kind) if f.name in values})


def escape(value: str) -> str:
    """Percent-encode what could end a field or a message."""
    return _MUST_ESCAPE.sub(lambda m: "".join(f"%{byte:02X}" for byte in m[0].encode()), value)


class ControlBuffer:
    """Cuts the bytes of a control connection into messages, however they were split or joined."""

    def __init__(self) -> None:
        self.terminator: Terminator = b""
        """What the peer ends its messages with, as far as is known: an answer that ends so keeps nobody waiting."""
        self._held = b""
        self._whole = False
        """The last message was given out before its end: what still belongs to it is ignored."""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that these bytes end. ControlError when too much came without an end."""
        if b"\r" in data:
            self.terminator = b"\r\n"
        elif b"\n" in data:
            self.terminator = self.terminator or b"\n"
        *ended, self._held = _split(self._held + data)
        if self._whole and ended:
            ended = ended if ended[0].startswith(b"cmd=") else ended[1:]
            self._whole = False
        if len(self._held) > MAX_MESSAGE_SIZE:
            self._held = b""
            raise ControlError(f"more than {MAX_MESSAGE_SIZE} bytes came without the end of a message")
        if _WHOLE.fullmatch(self._held):
            ended += self.closed()
            self._whole = True
        return [message for message in ended if message]

    @property
    def held(self) -> bytes:
        """What has come and has no end yet."""
        return self._held

    def quiet(self) -> list[bytes]:
        """Call when the peer has been silent for QUIET_S: what is held, if it is a complete message.

        Of a peer that ends its messages, silence ends none.
        """
        try:
            parse(self._held)
        except ControlError:
            return []
        return [] if self.terminator else self.closed()

    def closed(self) -> list[bytes]:
        """Call when the connection has ended: whatever is held."""
        held, self._held = self._held, b""
        rest = self._whole and not held.startswith(b"cmd=")
        return [held] if held and not rest else []


def _split(data: bytes) -> Iterator[bytes]:
    start = 0
    for end in _ENDS.finditer(data):
        yield data[start : end.start()]
        start = end.end()
    yield data[start:]


def pairs(data: bytes) -> tuple[str, dict[str, str]]:
    """The message's name and its fields; of a field that comes twice the first counts."""
    if len(data) > MAX_MESSAGE_SIZE:
        raise ControlError(f"a message of {len(data)} bytes is longer than {MAX_MESSAGE_SIZE}")
    head, *rest = data.split(b"&")
    key, _, name = head.partition(b"=")
    if key != b"cmd":
        raise ControlError(f"a message begins with {repr(head[:40])[1:]} instead of cmd=")
    values: dict[str, str] = {}
    for pair in rest:
        key, _, value = pair.partition(b"=")
        values.setdefault(_text(key), _text(value))
    return _text(name), values


def _text(raw: bytes) -> str:
    return unquote(raw.decode("utf-8", "replace"), errors="replace")
