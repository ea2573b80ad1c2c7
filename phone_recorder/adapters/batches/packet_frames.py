"""What an AF_PACKET ring holds, read by the column: frames -> UDP datagrams. No sockets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.gathered import Windows

FRAME_SIZE = 640
"""Room of one: all headers, and RTP of 60 ms of G.711. What is longer the kernel keeps aside."""
NET_HEADER = 10
"""sizeof(struct virtio_net_hdr), which lies before the link's header."""

TAKEN_BY_US, COPIED_ASIDE = 1, 2
"""TP_STATUS_USER, TP_STATUS_COPY."""
_CHECKSUM_LATER, _CHECKSUM_RIGHT = 1 << 3, 1 << 7
_SEGMENTED = 5

FRAME = np.dtype(
    {
        "names": ["status", "size", "kept", "link", "network", "s", "ns"],
        "offsets": [0, 4, 8, 12, 14, 16, 20],
        "formats": ["u4", "u4", "u4", "u2", "u2", "u4", "u4"],
        "itemsize": 32,
    }
)
"""struct tpacket2_hdr."""
_IP = np.dtype(
    {
        "names": ["version", "size", "source", "target"],
        "offsets": [0, 2, 12, 16],
        "formats": ["u1", ">u2", ">u4", ">u4"],
        "itemsize": 20,
    }
)
_UDP = np.dtype([("source", ">u2"), ("target", ">u2"), ("size", ">u2"), ("checksum", ">u2")])
_NET = np.dtype({"names": ["kind", "segment"], "offsets": [1, 4], "formats": ["u1", "=u2"], "itemsize": NET_HEADER})
"""struct virtio_net_hdr, as far as it is used."""


class Found(NamedTuple):
    """UDP datagrams in a ring's memory, [n] each."""

    frames: NDArray[np.int64]
    """Which frame of those that were read it came in: several, if segments of one sender came together."""
    offsets: NDArray[np.int64]
    """Where its payload begins."""
    sizes: NDArray[np.int64]
    hosts: NDArray[np.int64]
    """The source's IPv4 address, as a number."""
    ports: NDArray[np.int64]
    targets: NDArray[np.int64]
    """Where it was sent to: address * 65536 + port."""
    checksums: NDArray[np.int64]
    """The checksum that its header has (RFC 768), 0 where nobody needs to compare it any more."""


class Parser:
    """Finds the datagrams in frames of that memory."""

    def __init__(self, memory: NDArray[np.uint8]) -> None:
        self._net, self._ip, self._udp = (Windows(memory, kind.itemsize) for kind in (_NET, _IP, _UDP))

    def datagrams(self, frames: NDArray[np.void], links: NDArray[np.int64]) -> Found:
        """Those of [n] of FRAME, whose link headers are at [n] offsets; damaged ones are left out."""
        at = links + (frames["network"].astype(np.int64) - frames["link"])
        ip = self._ip.at(at).view(_IP)[:, 0]
        header = (ip["version"] & 0xF).astype(np.int64) * 4
        udp = self._udp.at(at + header).view(_UDP)[:, 0]
        size = udp["size"].astype(np.int64) - _UDP.itemsize
        kept = frames["size"].astype(np.int64) - (at - links)
        whole = (size >= 0) & (size + _UDP.itemsize + header <= np.minimum(ip["size"], kept)) & (header >= _IP.itemsize)
        status = frames["status"]
        chosen = np.flatnonzero(whole)
        found = Found(
            chosen,
            (at + header + _UDP.itemsize)[chosen],
            size[chosen],
            ip["source"][chosen].astype(np.int64),
            udp["source"][chosen].astype(np.int64),
            (ip["target"].astype(np.int64) << 16 | udp["target"])[chosen],
            np.where(status & (_CHECKSUM_LATER | _CHECKSUM_RIGHT), 0, udp["checksum"])[chosen].astype(np.int64),
        )
        return self._segments(found, links[chosen] - NET_HEADER)

    def _segments(self, found: Found, net_headers: NDArray[np.int64]) -> Found:
        """Datagrams of one size that were sent by one call (UDP_SEGMENT) travel together: here they part."""
        net = self._net.at(net_headers).view(_NET)[:, 0]
        joined = (net["kind"] == _SEGMENTED) & (net["segment"] > 0)
        if not joined.any():
            return found
        step = np.where(joined, net["segment"], np.maximum(found.sizes, 1)).astype(np.int64)
        counts = np.maximum(-(-found.sizes // step), 1)
        rows = np.repeat(np.arange(len(counts)), counts)
        before = (np.arange(len(rows)) - np.repeat(counts.cumsum() - counts, counts)) * step[rows]
        parted = Found(*(column[rows] for column in found))
        return parted._replace(offsets=parted.offsets + before, sizes=np.clip(parted.sizes - before, 0, step[rows]))


def right(found: Found, data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """[n] whether the datagrams' checksums are right (RFC 768); `data` begins with them, [n, at least their sizes]."""
    size = found.sizes
    data = data[:, : int(size.max(initial=0)) + 1]
    # Bytes that are not there count as 0.
    kept = np.where(np.arange(data.shape[1]) < size[:, None], data, 0).astype(np.int64)
    total = (kept[:, ::2].sum(1) << 8) + kept[:, 1::2].sum(1) + found.checksums + 2 * (size + _UDP.itemsize) + 17
    for address, port in ((found.hosts, found.ports), (found.targets >> 16, found.targets & 0xFFFF)):
        total += (address >> 16) + (address & 0xFFFF) + port
    total = (total >> 16) + (total & 0xFFFF)
    total = (total >> 16) + (total & 0xFFFF)
    proven: NDArray[np.bool_] = total == 0xFFFF
    return proven
