"""A record server under load: every packet of every file is looked at, and tcpdump writes the same traffic beside."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.measure import cpu_seconds, have, running
from tests.server_load import PACKETS_PER_S, Phone, misplaced, talk, udp

PHONES = int(os.environ.get("BENCH_PHONES", "1000"))
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
SERVER_CPU, SENDER_CPU = 0, 1


def server(directory: Path) -> None:
    """The server on one core, the sender on the other."""
    print(f"record server, {PHONES} sessions of {PACKETS_PER_S} packets a second for {SECONDS} s, one core each")
    print("  (targets: no packet lost or misplaced; 500 starts a second; 40 kB a session)")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    usual = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {SENDER_CPU})
    try:
        with tempfile.TemporaryDirectory(dir=directory) as storage:
            load(Path(storage))
        if have("tcpdump"):
            peer(directory)
    finally:
        os.sched_setaffinity(0, usual)


def load(storage: Path) -> None:
    command = [sys.executable, "-m", "phone_recorder", "server", "--port", "0", "--storage", str(storage)]
    with running(["taskset", "-c", str(SERVER_CPU), *command, "--connection-rate", "5000"], Path.cwd()) as process:
        address = address_told(process)
        memory = resident(process.pid)
        phones = [Phone.connect(number, address) for number in range(PHONES)]
        began = time.perf_counter()
        for phone in phones:
            phone.ask()
        for phone in phones:
            phone.begin()
        started = time.perf_counter() - began
        print(f"  {'session starts':42} {PHONES / started:8.0f} a second")
        used = cpu_seconds(process.pid)
        late = talk([(phone.number, phone.media) for phone in phones], SECONDS)
        used = cpu_seconds(process.pid) - used
        show_cpu("CPU of the record server", used)
        print(f"  {'memory of a session':42} {(resident(process.pid) - memory) / PHONES:8.1f} kB")
        ends(phones)
        wrong = misplaced(storage.glob("Record_*.wav"), PHONES, SECONDS * PACKETS_PER_S)
        print(f"  {'packets lost or misplaced':42} {'none' if not wrong else '; '.join(wrong[:3])}")
        print(f"  {'the sender was late by at most':42} {late * 1e3:8.0f} ms")
        for phone in phones:
            phone.close()


def ends(phones: list[Phone]) -> None:
    began = time.perf_counter()
    for phone in phones:
        phone.end()
    failed = sum(not phone.ended() for phone in phones)
    print(f"  {'all stopped and on the disk after':42} {time.perf_counter() - began:8.2f} s, {failed} failed")


def peer(directory: Path) -> None:
    """The same sender, to sockets that nobody reads, while tcpdump captures."""
    sinks, streams = [udp() for _ in range(PHONES)], [(number, udp()) for number in range(PHONES)]
    for sink, (_, media) in zip(sinks, streams, strict=True):
        media.connect(sink.getsockname())
    capture = ["tcpdump", "-i", "lo", "-B", "65536", "-s", "256", "-w", str(directory / "peer.pcap"), "udp"]
    with running(["taskset", "-c", str(SERVER_CPU), *capture], directory) as process:
        time.sleep(1)
        used = cpu_seconds(process.pid)
        talk(streams, SECONDS)
        show_cpu("CPU of tcpdump writing the same to a pcap", cpu_seconds(process.pid) - used)
    for one in (*sinks, *(media for _, media in streams)):
        one.close()


def show_cpu(name: str, used: float) -> None:
    share = f"{used / SECONDS:.0%} of a core"
    print(f"  {name:42} {used / SECONDS / PHONES * 1e6:8.0f} us a session-second: {share}")


def address_told(process: subprocess.Popen[bytes]) -> tuple[str, int]:
    """Where the server says that it listens."""
    assert process.stdout
    line = process.stdout.readline().decode()
    return "127.0.0.1", int(line.partition("127.0.0.1:")[2].partition(",")[0])


def resident(pid: int) -> float:
    """kB that a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text()
    return float(status.partition("VmRSS:")[2].split()[0])
