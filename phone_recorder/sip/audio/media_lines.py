"""The media of a session description as values, read and written (RFC 4566); aiosipua knows the lines.

Only what a phone for audio looks at is read: what else stands there, of ICE, bundles or bandwidth, can neither help nor
harm. A description of a peer that is wrong is an SdpError, whatever is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aiosipua.sdp import ConnectionData, MediaDescription, Origin, SdpMessage, parse_sdp, serialize_sdp

from phone_recorder.errors import SdpError
from phone_recorder.wire.payload import Codec, find_codec
from phone_recorder.wire.printable import printable
from phone_recorder.wire.rtp import CLOCK_RATE

MAX_SIZE = 16_384
"""Bytes of a description: browsers, who write the longest, need half of it."""
AUDIO, PLAIN_RTP = "audio", "RTP/AVP"

_EVENT = "telephone-event"
_EVENTS = "0-15"
"""The sixteen keys of a phone (RFC 4733 section 3.2)."""
_FIRST_DYNAMIC = 96
_MEDIA = re.compile(r"m=([!-~]+)\s+(\d{1,5})(?:/\d{1,5})?\s+([!-~]+)((?:\s+[!-~]+)+)\s*", re.ASCII)
_CONNECTION = re.compile(r"c=IN\s+IP[46]\s+[!-~]+\s*", re.ASCII)
_MAP = re.compile(r"a=rtpmap:\d{1,3}\s+[!-.0-~]+/\d{1,9}(?:/\d{1,3})?\s*", re.ASCII)
_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
_ATTRIBUTES = (*_DIRECTIONS, "ptime", "maxptime")


@dataclass(frozen=True, slots=True)
class MediaLine:
    """One stream: an m-line and what belongs to it. `formats` are the m-line's; `host` is where it wants its RTP.

    `codecs` are those of ours among them, in order, each with its payload type. Times are milliseconds, 0 if unsaid.
    """

    kind: str
    port: int
    proto: str
    formats: tuple[str, ...]
    host: str = ""
    direction: str = "sendrecv"
    codecs: tuple[tuple[int, Codec], ...] = ()
    event_type: int | None = None
    ptime_ms: int = 0
    maxptime_ms: int = 0

    def refused(self) -> MediaLine:
        """The line that says no to this one (RFC 3264 section 6)."""
        return MediaLine(self.kind, 0, self.proto, self.formats)


def audio_line(
    host: str,
    port: int,
    direction: str,
    codecs: tuple[tuple[int, Codec], ...],
    event_type: int | None,
    ptime_ms: int,
) -> MediaLine:
    """A stream of our own."""
    numbers = [*(number for number, _ in codecs), *([] if event_type is None else [event_type])]
    formats = tuple(map(str, numbers))
    return MediaLine(AUDIO, port, PLAIN_RTP, formats, host, direction, codecs, event_type, ptime_ms)


def parse(data: bytes) -> tuple[MediaLine, ...]:
    """The streams that a description has, at least one."""
    if len(data) > MAX_SIZE:
        raise SdpError(f"the session description has {len(data)} bytes: more than {MAX_SIZE} are not read")
    text = data.decode("utf-8", "replace")
    if not re.match(r"v=0\s", text):
        raise SdpError("it is no session description: it does not begin with v=0")
    try:
        sdp = parse_sdp("\n".join(_looked_at(text)))
    except ValueError as error:
        raise SdpError(f"the session description has something else for a number: {printable(str(error))}") from None
    if not sdp.media:
        raise SdpError("the session description has no media in it")
    return tuple(_line(sdp, media) for media in sdp.media)


def write(lines: tuple[MediaLine, ...], host: str, session_id: int, version: int) -> bytes:
    """The description of these streams, as ours; `host` is our address."""
    kind = "IP6" if ":" in host else "IP4"
    origin = Origin("-", str(session_id), str(version), "IN", kind, host)
    media = [_described(line) for line in lines]
    sdp = SdpMessage(origin=origin, session_name="-", connection=ConnectionData("IN", kind, host), media=media)
    return serialize_sdp(sdp).encode()


def _looked_at(text: str) -> Iterator[str]:
    """The lines that matter, each of a form that the parser takes for what it is."""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("m="):
            yield _media(line)
        elif line.startswith("c="):
            # The parser takes a line that it cannot read for 0.0.0.0, which would be a call on hold.
            if not _CONNECTION.fullmatch(line):
                raise SdpError(f"the session description has an address that is none: {printable(line)!r}")
            yield line
        elif line.startswith("a=rtpmap"):
            # One that cannot be read is of a codec that is none of ours: no call fails over it.
            if _MAP.fullmatch(line):
                yield line
        elif line.startswith("a=") and line[2:].partition(":")[0] in _ATTRIBUTES:
            yield line


def _media(line: str) -> str:
    """The m-line without a number of ports, which only layered encodings have."""
    found = _MEDIA.fullmatch(line)
    if not found or int(found[2]) > 65535:
        raise SdpError(f"the session description has a stream that is none: {printable(line)!r}")
    kind, port, proto, formats = found.groups()
    return f"m={kind} {int(port)} {proto} {formats}"


def _line(sdp: SdpMessage, media: MediaDescription) -> MediaLine:
    connection = media.connection or sdp.connection
    return MediaLine(
        media.media,
        media.port,
        media.proto,
        tuple(media.formats),
        connection.address if connection else "",
        _direction(media.attributes) or _direction(sdp.attributes) or _DIRECTIONS[0],
        tuple(_codecs(media)),
        next(_events(media), None),
        _milliseconds(media, "ptime"),
        _milliseconds(media, "maxptime"),
    )


def _direction(attributes: dict[str, list[str]]) -> str:
    return next((direction for direction in _DIRECTIONS if direction in attributes), "")


def _codecs(media: MediaDescription) -> Iterator[tuple[int, Codec]]:
    for offered in media.codecs:
        codec = find_codec(offered.encoding_name)
        # The clock of G.722 is 8000 too (RFC 3551 section 4.5.2).
        fits = offered.clock_rate == CLOCK_RATE and offered.channels in (None, 1)
        if codec and fits and 0 <= offered.payload_type <= 127:
            yield offered.payload_type, codec


def _events(media: MediaDescription) -> Iterator[int]:
    for offered in media.codecs:
        known = offered.encoding_name.lower() == _EVENT and offered.clock_rate == CLOCK_RATE
        if known and _FIRST_DYNAMIC <= offered.payload_type <= 127:
            yield offered.payload_type


def _milliseconds(media: MediaDescription, name: str) -> int:
    """What cannot be read was not said: it is a wish, and no call fails over it."""
    text = next(iter(media.attributes.get(name, [])), "").strip()
    return int(text) if re.fullmatch(r"\d{1,5}", text, re.ASCII) else 0


def _described(line: MediaLine) -> MediaDescription:
    media = MediaDescription(line.kind, line.port, line.proto, list(line.formats))
    if line.port:
        media.attributes = _attributes(line)
    return media


def _attributes(line: MediaLine) -> dict[str, list[str]]:
    maps = [f"{number} {codec.name}/{CLOCK_RATE}" for number, codec in line.codecs]
    attributes = {"rtpmap": maps}
    if line.event_type is not None:
        maps.append(f"{line.event_type} {_EVENT}/{CLOCK_RATE}")
        attributes["fmtp"] = [f"{line.event_type} {_EVENTS}"]
    return attributes | {"ptime": [str(line.ptime_ms)], line.direction: []}
