"""rtpengine, forwarding calls and recording them to pcap files, controlled by its ng protocol (bencode over UDP)."""

from __future__ import annotations

import itertools
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

HOST = "127.0.0.1"
FIRST_PORT, LAST_PORT = 20000, 32000
"""Below those that the kernel gives to others; rtpengine passes over what is taken."""
PATIENCE_S = 15.0
SDP = (
    "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)

Value = str | int | list["Value"] | Mapping[str, "Value"]


@contextmanager
def rtpengine(directory: Path, core: int) -> Iterator[tuple[subprocess.Popen[bytes], Control]]:
    """One in user space, on one core, its recordings below that directory."""
    control = free_port()
    command = ["taskset", "-c", str(core), "rtpengine", "--config-file=none", "--foreground", "--log-level=2"]
    command += ["--log-stderr", "--table=-1", f"--interface={HOST}", f"--listen-ng={HOST}:{control}"]
    command += [f"--port-min={FIRST_PORT}", f"--port-max={LAST_PORT}", "--num-threads=1"]
    command += [f"--recording-dir={directory}", "--recording-method=pcap"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
                asking.connect((HOST, control))
                yield process, Control(asking)
        finally:
            process.kill()


class Control:
    """Questions to one rtpengine."""

    def __init__(self, asking: socket.socket) -> None:
        self._asking = asking
        self._asking.settimeout(0.2)
        self._cookies = itertools.count()

    def call(self, name: str, port: int, record: bool) -> tuple[int, int]:
        """A call whose parties both want their audio at that port: where the first and the second send theirs."""
        what: dict[str, Value] = {"call-id": name, "from-tag": "a", "flags": ["asymmetric"]}
        sdp = SDP.format(host=HOST, port=port)
        # Each party is told where the other's audio is to go.
        second = self._ask({**what, "command": "offer", "sdp": sdp})
        first = self._ask({**what, "command": "answer", "to-tag": "b", "sdp": sdp})
        if record:
            self._ask({"command": "start recording", "call-id": name})
        return port_in(first), port_in(second)

    def _ask(self, what: Mapping[str, Value]) -> bytes:
        cookie = b"%d" % next(self._cookies)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            # A question asked again, as it has no answer yet, is answered once.
            answer = self._try(cookie + b" " + bencoded(what))
            if answer.startswith(cookie + b" "):
                if b"6:result2:ok" not in answer:
                    raise RuntimeError(f"rtpengine answers {answer!r}")
                return answer
        raise RuntimeError("rtpengine does not answer")

    def _try(self, question: bytes) -> bytes:
        try:
            self._asking.send(question)
            return self._asking.recv(65536)
        except OSError:
            # It is not there yet, or is slow.
            time.sleep(0.05)
            return b""


def bencoded(value: Value | bytes) -> bytes:
    """Bencode (BEP 3): numbers, strings, lists, dictionaries in the order of their keys."""
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(map(bencoded, value)) + b"e"
    pairs = (bencoded(key) + bencoded(value[key]) for key in sorted(value))
    return b"d" + b"".join(pairs) + b"e"


def port_in(answer: bytes) -> int:
    """The audio's port in an answer with SDP."""
    return int(answer.partition(b"m=audio ")[2].split()[0])


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port
