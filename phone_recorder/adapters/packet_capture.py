"""A call's signalling and media as a capture file that Wireshark reads, secrets blanked, TLS as if it were plain."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from phone_recorder.adapters.side_file import SideFile
from phone_recorder.wire.network import Address
from phone_recorder.wire.pcap_writer import FILE_HEADER, MAX_SEGMENT, record, tcp_packet, udp_packet

MOST_STREAMS = 1024
"""Directions of connections whose sequence numbers are remembered; the oldest begins anew."""
_FIRST_SEQUENCE = 1


class PacketCapture:
    """A tap that writes a new pcap file; UsageError if it cannot. An error later is told to `note` and ends it.

    `blank` takes the secrets out of a message; RTP is not given to it.
    """

    def __init__(
        self,
        path: Path,
        blank: Callable[[bytes], bytes],
        note: Callable[[str], object],
        now_ns: Callable[[], int] = time.time_ns,
        force: bool = False,
    ) -> None:
        self._file = SideFile(path, "capture", note, force)
        self._file.write(FILE_HEADER)
        self._blank = blank
        self._now_ns = now_ns
        self._next: dict[tuple[Address, Address], int] = {}

    def packet(self, transport: Literal["UDP", "TCP", "TLS"], source: Address, target: Address, data: bytes) -> None:
        with suppress(ValueError):
            # An address that is none, as of a socket that was closed in between, has no place in a capture.
            self._write(
                self._datagram(source, target, data) if transport == "UDP" else self._segments(source, target, data)
            )

    def close(self) -> None:
        self._file.close()

    def _datagram(self, source: Address, target: Address, data: bytes) -> list[bytes]:
        media = data[:1] >= b"\x80"  # version 2 of RTP and RTCP
        return [udp_packet(source, target, data if media else self._blank(data))]

    def _segments(self, source: Address, target: Address, data: bytes) -> list[bytes]:
        data = self._blank(data)
        sequence = self._next.pop((source, target), _FIRST_SEQUENCE)
        acknowledged = self._next.get((target, source), _FIRST_SEQUENCE)
        self._next[source, target] = sequence + len(data)
        if len(self._next) > MOST_STREAMS:
            del self._next[next(iter(self._next))]
        pieces = {sequence + i: data[i : i + MAX_SEGMENT] for i in range(0, len(data), MAX_SEGMENT)}
        return [tcp_packet(source, target, place, acknowledged, piece) for place, piece in pieces.items()]

    def _write(self, packets: list[bytes]) -> None:
        if self._file.open:
            time_ns = self._now_ns()
            self._file.write(b"".join(record(time_ns, packet) for packet in packets))
