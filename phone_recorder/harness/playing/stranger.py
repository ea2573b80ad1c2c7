"""RTP from an address that is not the phone's."""

from __future__ import annotations

from random import Random

from phone_recorder.adapters.udp import UdpPort
from phone_recorder.wire.network import Address
from phone_recorder.wire.payload import BY_NAME, BYTES_PER_MS
from phone_recorder.wire.rtp import RtpSender

STRANGER = "127.0.0.9"
"""Where packets come from that are none of the phone's."""
STRAY_FRAME = 20 * BYTES_PER_MS
LOUD = b"\x80"
"""Almost full scale in either law, and so heard if it is ever recorded."""


def strays(codec: str, packets: int) -> list[bytes]:
    """So many packets of RTP that only their source tells from the phone's."""
    sender = RtpSender.drawn(BY_NAME[codec].payload_type, Random(packets).getrandbits)
    return [sender.packet(LOUD * STRAY_FRAME) for _ in range(packets)]


def send_from_stranger(packets: list[bytes], target: Address) -> Address:
    """Send these from another address of this machine than the phone's, and tell which; UsageError if none can."""
    port = UdpPort(STRANGER)
    try:
        port.send_to(packets, target)
        return port.address
    finally:
        port.close()
