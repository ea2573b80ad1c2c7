"""Makes rtp_heads.pcap: `python3 tests/scenarios/media/make_rtp_heads.py [directory]`.

Two seconds of RTP whose headers have all that RFC 3550 section 5.1 allows: padding, CSRCs, an extension, each alone and
all together. An independent writer: it knows RTP and pcap from their descriptions, and nothing of the package.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

# The digital milliwatt, 1 kHz at 0 dBm0 (ITU-T G.711 table 6): 8 codes are 1 ms.
AUDIO = 20 * bytes.fromhex("1e0b0b1e9e8b8b9e")
PACKETS = 100
PADDING, EXTENSION = 0x20, 0x10

HEADS = (
    # Bytes of padding, CSRCs, 32-bit words of extension (None: there is none).
    (0, 0, None),
    (1, 0, None),
    (40, 0, None),
    (0, 1, None),
    (0, 15, None),
    (0, 0, 0),
    (0, 0, 3),
    (8, 2, 1),
)
"""What is in each header, in turn."""


def rtp(number: int) -> bytes:
    """Packet `number`."""
    padding, sources, words = HEADS[number % len(HEADS)]
    first = 0x80 | (PADDING if padding else 0) | (0 if words is None else EXTENSION) | sources
    head = struct.pack("!BBHII", first, 0, 1000 + number, 160 * number, 0x01020304)
    head += bytes(range(1, 1 + 4 * sources))
    if words is not None:
        head += struct.pack("!HH", 0xBEDE, words) + bytes.fromhex("5a") * (4 * words)
    end = bytes(padding - 1) + bytes([padding]) if padding else b""
    return head + AUDIO + end


def frame(payload: bytes) -> bytes:
    """UDP over IPv4 over Ethernet; checksums are left out, which UDP allows and nobody reads of the other."""
    udp = struct.pack("!HHHH", 11800, 11800, 8 + len(payload), 0) + payload
    addresses = bytes((192, 0, 2, 3, 192, 0, 2, 1))
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + addresses + udp
    return bytes.fromhex("020000000001 020000000003 0800") + ip


def capture() -> bytes:
    """A classic pcap: a packet each 20 ms."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1)
    for number in range(PACKETS):
        data = frame(rtp(number))
        seconds, micros = divmod(20_000 * number, 1_000_000)
        out += struct.pack("<IIII", seconds, micros, len(data), len(data)) + data
    return out


def main() -> None:
    """Write the capture, beside this script or into the directory that is named."""
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    (directory / "rtp_heads.pcap").write_bytes(capture())


if __name__ == "__main__":
    main()
