"""What receivers get from a network that is not loopback: `python -m ... HOST COUNT` in a network of its own.

A tap device stands alone, another is a port of a bridge. Frames are written to them. Prints a JSON object: by the name
of the way to receive what came, in order.
"""

from __future__ import annotations

import fcntl
import json
import os
import struct
import subprocess
import sys
from pathlib import Path

from phone_recorder.adapters.batches.best import WAYS
from phone_recorder.adapters.udp import Address
from phone_recorder.errors import UsageError
from tests.adapters.batches.raw_udp import finished, ip, udp
from tests.adapters.batches.receivers import payloads, received

ALONE, BRIDGED, ELSEWHERE = "10.77.0.1", "10.78.0.1", "10.77.0.99"
PEER: Address = ("10.77.0.2", 5000)
_TUNSETIFF = 0x400454CA
_TAP_WITHOUT_HEADER = 0x1002
_IPV4, _VLAN_5 = b"\x08\x00", b"\x81\x00\x00\x05"


def tap(name: str) -> int:
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH22x", name.encode(), _TAP_WITHOUT_HEADER))
    return descriptor


def configure() -> None:
    # sysfs shows the interfaces of the network in which it was mounted.
    subprocess.run(["mount", "-t", "sysfs", "sysfs", "/sys"], check=True)
    for command in (
        "link set lo up",
        f"addr add {ALONE}/24 dev tap0",
        "link set tap0 up",
        "link add br0 type bridge",
        "link set tap1 master br0",
        "link set tap1 up",
        f"addr add {BRIDGED}/24 dev br0",
        "link set br0 up",
    ):
        subprocess.run(["ip", *command.split()], check=True)


def frame(device: str, host: str, port: int, payload: bytes, tag: bytes = b"", change: int = 0) -> bytes:
    """An Ethernet frame to that device's own address."""
    mac = bytes.fromhex(Path(f"/sys/class/net/{device}/address").read_text().strip().replace(":", ""))
    packet = finished(ip(PEER, (host, port), udp(PEER, (host, port), payload, change)))
    return mac + bytes.fromhex("020000000001") + tag + _IPV4 + packet


def write_all(alone: int, bridged: int, port: int) -> None:
    for descriptor, written in (
        (alone, frame("tap0", ALONE, port, b"alone")),
        (alone, frame("tap0", ALONE, port, b"damaged", change=1)),
        (alone, frame("tap0", ELSEWHERE, port, b"for another host")),
        (alone, frame("tap0", ALONE, port, b"of a VLAN that is not here", tag=_VLAN_5)),
        (alone, bytes(6) + frame("tap0", ALONE, port, b"for another card")[6:]),
        (bridged, frame("tap1", BRIDGED, port, b"bridged")),
        (alone, frame("tap0", ALONE, port, b"last")),
    ):
        os.write(descriptor, written)


def main(host: str, count: int) -> None:
    alone, bridged = tap("tap0"), tap("tap1")
    configure()
    found = {}
    for name, way in WAYS.items():
        try:
            receiver = way.many()
        except UsageError:
            continue
        _, port = receiver.add(1, host)
        write_all(alone, bridged, port)
        found[name] = [data.decode() for data in payloads(received(receiver, count)).get(1, [])]
        receiver.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
