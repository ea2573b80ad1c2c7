"""SIP messages read and written without any of the program's code, so that the two check one another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

COMPACT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
}
STATUS_LINE = re.compile(r"SIP/2\.0 (\d{3}) (.*)")
REQUEST_LINE = re.compile(r"([A-Z]+) (\S+) SIP/2\.0")
PARAM = re.compile(r';\s*([\w.+-]+)(?:=("[^"]*"|[^;,\s]*))?')


@dataclass
class RawMessage:
    """A start line, headers in order, a body."""

    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @classmethod
    def parse(cls, data: bytes) -> RawMessage:
        """ValueError unless lines end in CRLF, the start line is one, and Content-Length is that of the body."""
        head, end, body = data.partition(b"\r\n\r\n")
        if not end:
            raise ValueError("no empty line")
        start, *lines = head.decode("utf-8").split("\r\n")
        if not (STATUS_LINE.fullmatch(start) or REQUEST_LINE.fullmatch(start)) or "\n" in head.decode().replace(
            "\r\n", ""
        ):
            raise ValueError(f"start line {start!r}, or a bare line feed")
        headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        message = cls(start, headers, body)
        if message.get("content-length") != str(len(body)):
            raise ValueError(f"Content-Length {message.get('content-length')!r} of a body of {len(body)} bytes")
        return message

    def __bytes__(self) -> bytes:
        lines = [self.start, *(f"{n}: {v}" for n, v in self.headers), f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode() + self.body

    @property
    def method(self) -> str:
        """Of a request its own, of an answer the one it answers."""
        match = REQUEST_LINE.fullmatch(self.start)
        return match[1] if match else self.cseq[1]

    @property
    def uri(self) -> str:
        match = REQUEST_LINE.fullmatch(self.start)
        return match[2] if match else ""

    @property
    def status(self) -> int:
        """0 of a request."""
        match = STATUS_LINE.fullmatch(self.start)
        return int(match[1]) if match else 0

    @property
    def cseq(self) -> tuple[int, str]:
        number, _, method = self.get("cseq").partition(" ")
        return int(number), method.strip()

    def all(self, name: str) -> list[str]:
        """Values in order; those of one line are not taken apart."""
        return [v for n, v in self.headers if COMPACT.get(n.lower(), n.lower()) == name.lower()]

    def get(self, name: str) -> str:
        """The first value, or nothing."""
        return next(iter(self.all(name)), "")

    def param(self, name: str, param: str) -> str:
        """A parameter of a header, behind its brackets."""
        return _params(self.get(name).rpartition(">")[2]).get(param, "")

    def param_of_via(self, param: str) -> str:
        """A parameter of the topmost Via."""
        return _params(self.get("via").partition(",")[0]).get(param, "")

    def uri_of(self, name: str) -> str:
        """What stands in a header's brackets."""
        return self.get(name).partition("<")[2].partition(">")[0]


def answer(request: RawMessage, status: int, reason: str = "", tag: str = "", *more: tuple[str, str]) -> RawMessage:
    """An answer with all that RFC 3261 section 8.2.6.2 wants copied."""
    copied = [(n, v) for n, v in request.headers if n.lower() in ("via", "v", "from", "f", "call-id", "i", "cseq")]
    to = request.get("to")
    tagged = to if ";tag=" in to or not tag or status == 100 else f"{to};tag={tag}"
    return RawMessage(f"SIP/2.0 {status} {reason or 'So'}", [*copied, ("To", tagged), *more])


def _params(text: str) -> dict[str, str]:
    return {match[1]: match[2] or "" for match in PARAM.finditer(text)}
