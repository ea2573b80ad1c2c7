"""Captures of network traffic: classic pcap and pcapng (both IETF opsawg drafts), read a packet at a time.

No length in a file is believed beyond what a packet can have; a capture that is cut or damaged gives what came before.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from phone_recorder.errors import AudioFileError
from phone_recorder.wire.network import Address, Skip, parse_udp, supported

Read = Callable[[int], bytes]
"""Gives so many bytes, fewer only at the end, as `BinaryIO.read` does."""

NS = 1_000_000_000
MAX_FRAME_SIZE = 262_144
"""The largest frame that capture programs store, in bytes."""

_NG_SECTION = b"\x0a\x0d\x0d\x0a"
_NG_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_NG_INTERFACE, _NG_SIMPLE, _NG_ENHANCED = 1, 3, 6
_NG_FRAME_SIZE = 12
"""Type and the two lengths around a block, in bytes."""
_OPTION_RESOLUTION, _OPTION_OFFSET = 9, 14

_CLASSIC = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
"""Magic of a classic capture to its byte order, and the unit of its time stamps in ns."""

MAGICS = (*_CLASSIC, _NG_SECTION)

_SKIP_SIZE = 65_536
_CUT_SHORT = "the capture is cut short"


class Datagram(NamedTuple):
    """One captured UDP datagram; the time in ns, of the Unix epoch as a rule."""

    time_ns: int
    source: Address
    destination: Address
    payload: bytes


class _Frame(NamedTuple):
    time_ns: int
    link_type: int
    data: bytes


class _Interface(NamedTuple):
    link_type: int
    snap_size: int
    units_per_s: int
    offset_s: int


class _Cut(AudioFileError):
    """The capture cannot be followed any further."""


class CaptureReader:
    """The UDP datagrams of a capture, by iterating once; AudioFileError at once if it is no capture.

    Afterwards `problem` says where a capture that was cut or damaged ended early, else it is empty; `skipped` counts
    the packets that gave no datagram.
    """

    def __init__(self, read: Read) -> None:
        self.problem = ""
        self.skipped: Counter[Skip] = Counter()
        source = _Input(read)
        magic = source.read(4)
        if not magic:
            raise AudioFileError("the file is empty")
        if magic not in MAGICS:
            raise AudioFileError("the file is not a capture: it begins as neither pcap nor pcapng does")
        self._frames = _PcapNg(source).frames() if magic == _NG_SECTION else _Classic(source, *_CLASSIC[magic]).frames()

    def __iter__(self) -> Iterator[Datagram]:
        try:
            for frame in self._frames:
                udp = parse_udp(frame.link_type, frame.data) if supported(frame.link_type) else Skip.OTHER
                if isinstance(udp, Skip):
                    self.skipped[udp] += 1
                else:
                    yield Datagram(frame.time_ns, *udp)
        except _Cut as cut:
            self.problem = str(cut)


class _Input:
    """The file, with reads that tell its end from its being cut."""

    def __init__(self, read: Read) -> None:
        self.read = read

    def exactly(self, size: int) -> bytes:
        data = self.read(size)
        if len(data) < size:
            raise _Cut(_CUT_SHORT)
        return data

    def or_end(self, size: int) -> bytes:
        """So many bytes, or none at the end of the file."""
        data = self.read(size)
        if 0 < len(data) < size:
            raise _Cut(_CUT_SHORT)
        return data

    def skip(self, size: int) -> None:
        """Pass over what may be a made-up number of bytes."""
        while size > 0:
            size -= len(self.exactly(min(size, _SKIP_SIZE)))


class _Classic:
    """Classic pcap: a header of 24 bytes, then packets with headers of 16."""

    def __init__(self, source: _Input, order: str, unit_ns: int) -> None:
        self._source = source
        self._unit_ns = unit_ns
        self._packet = struct.Struct(order + "IIII")
        # The upper half may tell of frame check sequences, which end up behind what the IP header counts.
        self._link_type = struct.unpack(order + "16xI", source.exactly(20))[0] & 0xFFFF
        if not supported(self._link_type):
            raise AudioFileError(f"the capture's link type {self._link_type} is not known: capture on Ethernet instead")

    def frames(self) -> Iterator[_Frame]:
        while head := self._source.or_end(self._packet.size):
            seconds, fraction, size, _ = self._packet.unpack(head)
            yield _Frame(seconds * NS + fraction * self._unit_ns, self._link_type, self._data(size))

    def _data(self, size: int) -> bytes:
        if size > MAX_FRAME_SIZE:
            raise _Cut(f"the capture is damaged: a packet claims {size} bytes")
        return self._source.exactly(size)


class _PcapNg:
    """pcapng: sections of blocks; each section has its own byte order and interfaces."""

    def __init__(self, source: _Input) -> None:
        self._source = source
        self._time_ns = 0
        self._begin_section(source.exactly(4))

    def frames(self) -> Iterator[_Frame]:
        while head := self._source.or_end(8):
            if head.startswith(_NG_SECTION):
                self._begin_section(head[4:])
                continue
            kind, size = struct.unpack(self._order + "II", head)
            parse = self._parsers.get(kind)
            body = self._body(size, keep=parse is not None)
            frame = parse(body) if parse else None
            if frame:
                yield frame

    def _begin_section(self, size: bytes) -> None:
        self._order = _NG_ORDERS.get(self._source.exactly(4), "")
        if not self._order:
            raise _Cut("the capture is damaged: a section of it has no byte order")
        (length,) = struct.unpack(self._order + "I", size)
        self._source.skip(max(length, _NG_FRAME_SIZE + 4) - _NG_FRAME_SIZE)
        self._interfaces: list[_Interface] = []
        self._parsers: dict[int, Callable[[bytes], _Frame | None]] = {
            _NG_INTERFACE: self._interface,
            _NG_SIMPLE: self._simple,
            _NG_ENHANCED: self._enhanced,
        }

    def _body(self, size: int, keep: bool) -> bytes:
        """What is in a block; empty if it is not to be kept."""
        if size < _NG_FRAME_SIZE or size % 4 or (keep and size > MAX_FRAME_SIZE + 1024):
            raise _Cut(f"the capture is damaged: a block claims {size} bytes")
        if not keep:
            self._source.skip(size - 8)
            return b""
        return self._source.exactly(size - 8)[:-4]

    def _interface(self, body: bytes) -> None:
        link_type, snap_size = self._unpack("HxxI", body)
        options = _options(body[8:], self._order)
        resolution = (options.get(_OPTION_RESOLUTION) or b"\x06")[0]
        units_per_s = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
        offset = options.get(_OPTION_OFFSET, b"")
        offset_s = struct.unpack(self._order + "q", offset)[0] if len(offset) == 8 else 0
        self._interfaces.append(_Interface(link_type, snap_size, units_per_s, offset_s))

    def _enhanced(self, body: bytes) -> _Frame:
        number, high, low, size, _ = self._unpack("5I", body)
        interface = self._interface_of(number)
        if size > len(body) - 20:
            raise _Cut(f"the capture is damaged: a packet claims {size} bytes in a block of {len(body)}")
        self._time_ns = (high << 32 | low) * NS // interface.units_per_s + interface.offset_s * NS
        return _Frame(self._time_ns, interface.link_type, body[20 : 20 + size])

    def _simple(self, body: bytes) -> _Frame:
        # It has no time of its own: that of the packet before it is the best there is.
        (size,) = self._unpack("I", body)
        interface = self._interface_of(0)
        return _Frame(self._time_ns, interface.link_type, body[4 : 4 + min(size, interface.snap_size or size)])

    def _interface_of(self, number: int) -> _Interface:
        if number >= len(self._interfaces):
            raise _Cut(f"the capture is damaged: a packet is of interface {number}, which there is not")
        return self._interfaces[number]

    def _unpack(self, layout: str, body: bytes) -> tuple[int, ...]:
        layout = self._order + layout
        if len(body) < struct.calcsize(layout):
            raise _Cut(f"the capture is damaged: a block has {len(body)} bytes, too few for its kind")
        return struct.unpack_from(layout, body)


def _options(data: bytes, order: str) -> dict[int, bytes]:
    """Code to value, as far as the options make sense; each is padded to four bytes."""
    options: dict[int, bytes] = {}
    while len(data) >= 4:
        code, size = struct.unpack_from(order + "HH", data)
        options[code] = data[4 : 4 + size]
        data = data[4 + size + -size % 4 :]
    return options
