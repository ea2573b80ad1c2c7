"""What a call costs for a second, ours beside those who record calls or packets live: all get the same RTP.

ffmpeg mixes two streams to a file, a process for each call. rtpengine forwards both streams and writes both to a pcap
file of each call; what forwarding alone costs is a line of its own. tcpdump writes all to one file.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from phone_recorder.adapters.batches.packet_filter import TAKE_NOTHING, attach
from phone_recorder.adapters.batches.receiver_ports import Ports
from tests.bench.agent import FFMPEG, LEG, MIX, SDP, WAV, free_port
from tests.bench.bulk import ended, recorder
from tests.bench.bulk_load import PACKETS_PER_S, RECORDER_CPU, Leg, many_files, spent, talking, told
from tests.bench.bulk_peers_rtpengine import rtpengine
from tests.bench.measure import have, running

FEW = int(os.environ.get("BENCH_PEER_CALLS", "100"))
MANY = int(os.environ.get("BENCH_PEER_MANY_CALLS", "1000"))
FFMPEGS = int(os.environ.get("BENCH_FFMPEGS", "8"))
SECONDS = int(os.environ.get("BENCH_PEER_SECONDS", "10"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
WARM_UP_S = 8
"""ffmpeg looks at its input for 5 s before it records."""
HOST = "127.0.0.1"
WATCHED = "127.0.0.77"
"""An address of loopback where nothing comes but what tcpdump is to write."""
PACKET = 200
"""Bytes of IPv4 with RTP of 20 ms."""
HEADS = 28
"""Of these, IPv4's and UDP's."""
BEHIND_S = 8
"""ffmpeg begins 5 s late, calls do not begin at once, and what a peer has not written yet when it ends is lost."""


class Peer(NamedTuple):
    """Who records: its processes, where its legs go, and how to tell how many bytes it has written.

    `ended` ends it and gives what it tells then, for who tells something.
    """

    pids: list[int]
    legs: list[Leg]
    written: Callable[[], int]
    ended: Callable[[], dict[str, Any]] = dict


class Spent(NamedTuple):
    """CPU seconds of a call for a second, what the recorder told in the end, and the sender."""

    cost: float
    recorder: dict[str, Any]
    sender: dict[str, Any]


class Row(NamedTuple):
    """A line of the table: `each` is the bytes of a call that are written in a second, `beside` what it is held to."""

    name: str
    program: str
    calls: int
    start: Callable[[Path, int], Iterator[Peer]]
    each: int = 0
    beside: str = ""
    target: str = ""


def bulk_peers(directory: Path) -> None:
    """Rounds of all of them in turn; medians. What is missing or fails says so, and the others go on."""
    costs: dict[str, list[float]] = {row.name: [] for row in ROWS}
    failures = {row.name: f"{row.program} is not installed" for row in ROWS if row.program and not have(row.program)}
    with many_files():
        for row in ROWS * ROUNDS:
            if row.name not in failures:
                with tempfile.TemporaryDirectory(dir=directory) as place:
                    try:
                        costs[row.name].append(cost(row, Path(place)).cost)
                    except RuntimeError as error:
                        failures[row.name] = str(error)
    print(f"CPU of a call for a second, the same RTP, one core, {ROUNDS} times {SECONDS} s")
    show({name: statistics.median(each) for name, each in costs.items() if name not in failures}, failures)


def cost(row: Row, place: Path, seconds: int = SECONDS, frames: bool = False) -> Spent:
    """One run; RuntimeError if it has not been recorded. `frames`: see bulk_frames."""
    with contextmanager(row.start)(place, row.calls) as peer:
        with talking(peer.legs, WARM_UP_S + seconds + 1, frames) as sender:
            time.sleep(WARM_UP_S)
            used = spent(peer.pids, seconds)
            sent = told(sender)
        recorded = peer.ended()
    # ffmpeg writes when it ends, and not before.
    if peer.written() < row.each * row.calls * (WARM_UP_S + seconds - BEHIND_S):
        raise RuntimeError("it has not recorded all that it was sent")
    return Spent(used / seconds / row.calls, recorded, sent)


def show(costs: dict[str, float], failures: dict[str, str]) -> None:
    for row in ROWS:
        if row.name in failures:
            print(f"  {row.name:42} {failures[row.name]}")
            continue
        ratio = f"{costs[row.name] / costs[row.beside]:8.1f} times ours" if row.beside in costs else ""
        print(f"  {row.name:42} {costs[row.name] * 1e6:8.0f} us {ratio}{row.target and f' ({row.target})'}")


def ours(place: Path, calls: int) -> Iterator[Peer]:
    with recorder(place, calls, shared=False) as (process, ready):
        yield Peer(
            [process.pid], [Leg(*leg) for leg in ready["legs"]], lambda: size_of(place, "*.wav"), lambda: ended(process)
        )


def tcpdump(place: Path, calls: int) -> Iterator[Peer]:
    """Into a file, whole packets, of sockets that nobody reads."""
    yield from _tcpdump(place, calls, 2 * calls, 256)


def tcpdump_shared(place: Path, calls: int) -> Iterator[Peer]:
    """The same of one socket, where many packets come as the segments of one datagram."""
    yield from _tcpdump(place, calls, 1, 65535)


def _tcpdump(place: Path, calls: int, sockets: int, most: int) -> Iterator[Peer]:
    command = ["tcpdump", "-i", "lo", "-B", "65536", "-s", f"{most}", "-w", str(place / "peer.pcap"), "udp", "and"]
    pinned = ["taskset", "-c", str(RECORDER_CPU), *command, "dst", "host", WATCHED]
    with sinks(sockets, WATCHED) as ports, running(pinned, place) as process:
        legs = legs_to(WATCHED, ports * (2 * calls // sockets))
        yield Peer([process.pid], legs, lambda: size_of(place, "*.pcap"))


def recording(place: Path, calls: int) -> Iterator[Peer]:
    yield from _rtpengine(place, calls, record=True)


def forwarding(place: Path, calls: int) -> Iterator[Peer]:
    yield from _rtpengine(place, calls, record=False)


def _rtpengine(place: Path, calls: int, record: bool) -> Iterator[Peer]:
    with sinks(1, HOST) as [port], rtpengine(place, RECORDER_CPU) as (process, control):
        ports = [at for call in range(calls) for at in control.call(f"call-{call}", port, record)]
        yield Peer([process.pid], legs_to(HOST, ports), lambda: size_of(place, "pcaps/*.pcap"))


def ffmpeg(place: Path, calls: int) -> Iterator[Peer]:
    """A process for each call."""
    legs, pids = [], []
    with ExitStack() as stack:
        for call in range(calls):
            home = place / str(call)
            home.mkdir()
            ports = [free_port(), free_port()]
            (home / "legs.sdp").write_text(SDP + "".join(LEG.format(port=port) for port in ports))
            command = ["taskset", "-c", str(RECORDER_CPU), *FFMPEG, *MIX, *WAV]
            pids.append(stack.enter_context(running(command, home)).pid)
            legs += ports
        # They bind their ports in their own time.
        time.sleep(1)
        yield Peer(pids, legs_to(HOST, legs), lambda: size_of(place, "*/ffmpeg.wav"))


@contextmanager
def sinks(count: int, host: str) -> Iterator[list[int]]:
    """Ports where nothing is kept, and no sender told that nobody listens."""
    ports = Ports(lambda unbound: attach(unbound, TAKE_NOTHING))
    try:
        yield [ports.add(number, host, 0)[1] for number in range(count)]
    finally:
        ports.close()


def legs_to(host: str, ports: list[int]) -> list[Leg]:
    return [Leg(number, number + 1, host, port) for number, port in enumerate(ports)]


def size_of(place: Path, names: str) -> int:
    return sum(path.stat().st_size for path in place.glob(names))


FEWER, MORE = f"ours, {FEW:,} calls", f"ours, {MANY:,} calls"
MIXED = 8000
BOTH = 2 * PACKETS_PER_S * PACKET
PAYLOADS = 2 * PACKETS_PER_S * (PACKET - HEADS)
ROWS = [
    Row(FEWER, "", FEW, ours, MIXED),
    Row(MORE, "", MANY, ours, MIXED),
    Row(f"tcpdump, {FEW:,} calls", "tcpdump", FEW, tcpdump, BOTH, FEWER),
    Row(f"tcpdump, {MANY:,} calls", "tcpdump", MANY, tcpdump, BOTH, MORE, "target: 0.5 at least"),
    Row(f"rtpengine, pcap, {FEW:,} calls", "rtpengine", FEW, recording, BOTH, MORE, "target: 10"),
    Row(f"rtpengine, forwarding only, {FEW:,} calls", "rtpengine", FEW, forwarding, 0, MORE),
    Row(f"ffmpeg, live amix, {FFMPEGS:,} calls", "ffmpeg", FFMPEGS, ffmpeg, MIXED, MORE, "target: 80"),
]
