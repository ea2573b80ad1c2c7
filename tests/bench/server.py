"""A record server under load: every packet of every file is looked at, and tcpdump writes the same traffic beside."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench.bulk_load import RECORDER_CPU, many_files
from tests.bench.measure import cpu_seconds, have, running
from tests.bench.network import LOOPBACK, Network, network
from tests.server_load import PACKETS_PER_S, Phone, misplaced, udp

PHONES = [int(number) for number in os.environ.get("BENCH_PHONES", "1000,4000").split(",")]
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
WARM_UP = 5
"""Seconds before the CPU is looked at: all calls begin at once, and making thousands of files is not recording."""
SERVER_CPU = RECORDER_CPU


class Talked(NamedTuple):
    """What it cost a process that so many talked: CPU, microseconds a session-second and as a share of a core."""

    each_us: float
    share: float
    late_p99_s: float
    """The sender, after its time."""
    late_s: float
    unsent: int
    offered: float
    """The share of its rate that the sender came to."""


class Served(NamedTuple):
    """What came of the sessions: starts a second, kB each, the time until all were stored, and what is wrong."""

    starts: float
    talked: Talked
    memory: float
    took: float
    failed: int
    wrong: list[str]


def server(directory: Path) -> None:
    """The server on one core, the sender on the other."""
    with many_files():
        for phones in PHONES:
            print(
                f"record server, {phones} sessions of {PACKETS_PER_S} packets a second for {SECONDS} s, one core each"
            )
            print("  (targets: 4,000 sessions; no packet lost or misplaced; 500 starts a second; 40 kB a session)")
            report(load(phones, directory, SECONDS))
            if have("tcpdump"):
                show("tcpdump writing the same to a pcap", peer(phones, directory, SECONDS))


def load(count: int, directory: Path, seconds: int) -> Served:
    """So many sessions of so long after a warm-up, their files below that directory until they have been looked at."""
    with tempfile.TemporaryDirectory(dir=directory) as storage, network() as cable:
        return served(count, Path(storage), seconds, cable)


def served(count: int, storage: Path, seconds: int, cable: Network) -> Served:
    command = [*cable.inside, sys.executable, "-m", "phone_recorder", "server", "--host", cable.server, "--port", "0"]
    command += ["--storage", str(storage)]
    command += ["--connection-rate", "5000", "--max-sessions", f"{count}", "--max-per-host", f"{count}"]
    with running(["taskset", "-c", str(SERVER_CPU), *command, "--max-connections", f"{count}"], Path.cwd()) as process:
        address = cable.server, port_told(process)
        memory = resident(process.pid)
        phones = [Phone.connect(number, address) for number in range(count)]
        began = time.perf_counter()
        for phone in phones:
            phone.ask()
        for phone in phones:
            phone.begin()
        started = time.perf_counter() - began
        told = talk(process.pid, phones, seconds, cable)
        memory = (resident(process.pid) - memory) / count
        took, failed = ends(phones)
        wrong = misplaced(storage.glob("Record_*.wav"), count, (WARM_UP + seconds) * PACKETS_PER_S)
        for phone in phones:
            phone.close()
        return Served(count / started, told, memory, took, failed, wrong)


def talk(pid: int, phones: list[Phone], seconds: int, cable: Network = LOOPBACK) -> Talked:
    """RTP of all phones, to where their sockets are connected; what that costs the process."""
    # Here: it needs numpy, and other benchmarks do not.
    from tests.bench.server_sender import Sender

    sender = Sender(cable, [phone.media.getpeername()[1] for phone in phones])
    sender.talk(0, WARM_UP * PACKETS_PER_S)
    sender.late.clear()
    used, began = cpu_seconds(pid), time.perf_counter()
    sender.talk(WARM_UP * PACKETS_PER_S, seconds * PACKETS_PER_S)
    used, took = cpu_seconds(pid) - used, time.perf_counter() - began
    sender.close()
    late, each = sorted(sender.late), used / seconds / len(phones) * 1e6
    return Talked(each, used / took, late[int(len(late) * 0.99)], late[-1], sender.unsent, seconds / took)


def report(served: Served) -> None:
    print(f"  {'session starts':42} {served.starts:8.0f} a second")
    show("the record server", served.talked)
    print(f"  {'memory of a session':42} {served.memory:8.1f} kB")
    print(f"  {'all stopped and on the disk after':42} {served.took:8.2f} s, {served.failed} failed")
    wrong = f"in {len(served.wrong)} files: {served.wrong[0]}" if served.wrong else "none"
    print(f"  {'packets lost or misplaced':42} {wrong}")


def show(name: str, talked: Talked) -> None:
    print(f"  {'CPU of ' + name:42} {talked.each_us:8.0f} us a session-second: {talked.share:.0%} of a core")
    worst = f"{talked.late_p99_s * 1e3:.0f} ms in 99 of 100 turns, at most {talked.late_s * 1e3:.0f} ms"
    print(f"  {'lateness of the sender':42} {worst}{f', {talked.unsent} packets unsent' if talked.unsent else ''}")


def ends(phones: list[Phone]) -> tuple[float, int]:
    """Stop all: seconds until all are on the disk, and how many failed."""
    began = time.perf_counter()
    for phone in phones:
        phone.end()
    failed = sum(not phone.ended() for phone in phones)
    return time.perf_counter() - began, failed


def peer(count: int, directory: Path, seconds: int) -> Talked:
    """The same sender, to sockets that nobody reads, while tcpdump captures."""
    sinks, phones = [udp() for _ in range(count)], [Phone(number, udp(), udp()) for number in range(count)]
    for sink, phone in zip(sinks, phones, strict=True):
        phone.media.connect(sink.getsockname())
    capture = ["tcpdump", "-i", "lo", "-B", "65536", "-s", "256", "-w", str(directory / "peer.pcap"), "udp"]
    with running(["taskset", "-c", str(SERVER_CPU), *capture], directory) as process:
        time.sleep(1)
        talked = talk(process.pid, phones, seconds)
    for one in sinks:
        one.close()
    for phone in phones:
        phone.close()
    return talked


def port_told(process: subprocess.Popen[bytes]) -> int:
    """Where the server says that it listens; RuntimeError if it has ended instead."""
    assert process.stdout
    if not (line := process.stdout.readline().decode()):
        raise RuntimeError("the record server has ended")
    return int(line.partition(",")[0].rpartition(":")[2])


def resident(pid: int) -> float:
    """kB that a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text()
    return float(status.partition("VmRSS:")[2].split()[0])
