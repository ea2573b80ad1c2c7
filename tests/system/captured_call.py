"""A call whose every UDP packet is captured, in a network of its own: `unshare --net python -m ... CAPTURE WORDS...`.

On a loopback that others use too, their RTP would be taken for ours. Ends with 77 where capturing is not permitted.
"""

from __future__ import annotations

import fcntl
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

NOT_PERMITTED = 77
PATIENCE_S = 20
SIOCSIFFLAGS = 0x8914
IFF_UP = 1


def main(capture: Path, words: list[str]) -> int:
    """Run the call; its exit code."""
    try:
        _bring_loopback_up()
    except PermissionError:
        return NOT_PERMITTED
    dumpcap = ["dumpcap", "-q", "-i", "lo", "-f", "udp", "-w", str(capture)]
    with subprocess.Popen(dumpcap, stderr=subprocess.DEVNULL) as process:
        try:
            if not _captured(process, capture, b"from here on"):
                return NOT_PERMITTED
            done = subprocess.run([sys.executable, "-m", "phone_recorder", "call", *words])
            return done.returncode if _captured(process, capture, b"up to here") else NOT_PERMITTED
        finally:
            process.terminate()


def _bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def _captured(process: subprocess.Popen[bytes], capture: Path, mark: bytes) -> bool:
    """Whether the capture has come as far as a datagram that is sent now."""
    deadline = time.monotonic() + PATIENCE_S
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as marking:
        marking.bind(("127.0.0.1", 0))
        while process.poll() is None and time.monotonic() < deadline:
            marking.sendto(mark, marking.getsockname())
            if capture.exists() and mark in capture.read_bytes():
                return True
            time.sleep(0.02)
    return False


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
