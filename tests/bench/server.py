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
from tests.server_load import PACKETS_PER_S, Phone, misplaced, udp

PHONES = [int(number) for number in os.environ.get("BENCH_PHONES", "1000,4000").split(",")]
SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
WARM_UP = 5
"""Seconds before the CPU is looked at: all calls begin at once, and making thousands of files is not recording."""
SERVER_CPU, SENDER_CPU = 0, 1


def server(directory: Path) -> None:
    """The server on one core, the sender on the other."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    usual = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {SENDER_CPU})
    try:
        for phones in PHONES:
            print(
                f"record server, {phones} sessions of {PACKETS_PER_S} packets a second for {SECONDS} s, one core each"
            )
            print("  (targets: 4,000 sessions; no packet lost or misplaced; 500 starts a second; 40 kB a session)")
            with tempfile.TemporaryDirectory(dir=directory) as storage:
                load(phones, Path(storage))
            if have("tcpdump"):
                peer(phones, directory)
    finally:
        os.sched_setaffinity(0, usual)


def load(count: int, storage: Path) -> None:
    command = [sys.executable, "-m", "phone_recorder", "server", "--port", "0", "--storage", str(storage)]
    command += ["--connection-rate", "5000", "--max-sessions", f"{count}", "--max-per-host", f"{count}"]
    with running(["taskset", "-c", str(SERVER_CPU), *command, "--max-connections", f"{count}"], Path.cwd()) as process:
        address = address_told(process)
        memory = resident(process.pid)
        phones = [Phone.connect(number, address) for number in range(count)]
        began = time.perf_counter()
        for phone in phones:
            phone.ask()
        for phone in phones:
            phone.begin()
        started = time.perf_counter() - began
        print(f"  {'session starts':42} {count / started:8.0f} a second")
        talk("the record server", process.pid, phones)
        print(f"  {'memory of a session':42} {(resident(process.pid) - memory) / count:8.1f} kB")
        ends(phones)
        wrong = misplaced(storage.glob("Record_*.wav"), count, (WARM_UP + SECONDS) * PACKETS_PER_S)
        print(f"  {'packets lost or misplaced':42} {'none' if not wrong else f'in {len(wrong)} files: {wrong[0]}'}")
        for phone in phones:
            phone.close()


def talk(name: str, pid: int, phones: list[Phone]) -> None:
    """RTP of all phones, to where their sockets are connected; what that costs the process."""
    # Here: it needs numpy, and other benchmarks do not.
    from tests.bench.server_sender import Sender

    sender = Sender([phone.media.getpeername()[1] for phone in phones])
    sender.talk(0, WARM_UP * PACKETS_PER_S)
    sender.late.clear()
    used, began = cpu_seconds(pid), time.perf_counter()
    sender.talk(WARM_UP * PACKETS_PER_S, SECONDS * PACKETS_PER_S)
    used, took = cpu_seconds(pid) - used, time.perf_counter() - began
    late, each = sorted(sender.late), used / SECONDS / len(phones) * 1e6
    print(f"  {'CPU of ' + name:42} {each:8.0f} us a session-second: {used / took:.0%} of a core")
    worst = f"{late[int(len(late) * 0.99)] * 1e3:.0f} ms in 99 of 100 turns, at most {late[-1] * 1e3:.0f} ms"
    print(f"  {'lateness of the sender':42} {worst}{f', {sender.unsent} packets unsent' if sender.unsent else ''}")
    sender.close()


def ends(phones: list[Phone]) -> None:
    began = time.perf_counter()
    for phone in phones:
        phone.end()
    failed = sum(not phone.ended() for phone in phones)
    print(f"  {'all stopped and on the disk after':42} {time.perf_counter() - began:8.2f} s, {failed} failed")


def peer(count: int, directory: Path) -> None:
    """The same sender, to sockets that nobody reads, while tcpdump captures."""
    sinks, phones = [udp() for _ in range(count)], [Phone(number, udp(), udp()) for number in range(count)]
    for sink, phone in zip(sinks, phones, strict=True):
        phone.media.connect(sink.getsockname())
    capture = ["tcpdump", "-i", "lo", "-B", "65536", "-s", "256", "-w", str(directory / "peer.pcap"), "udp"]
    with running(["taskset", "-c", str(SERVER_CPU), *capture], directory) as process:
        time.sleep(1)
        talk("tcpdump writing the same to a pcap", process.pid, phones)
    for one in sinks:
        one.close()
    for phone in phones:
        phone.close()


def address_told(process: subprocess.Popen[bytes]) -> tuple[str, int]:
    """Where the server says that it listens."""
    assert process.stdout
    line = process.stdout.readline().decode()
    return "127.0.0.1", int(line.partition("127.0.0.1:")[2].partition(",")[0])


def resident(pid: int) -> float:
    """kB that a process holds now."""
    status = Path(f"/proc/{pid}/status").read_text()
    return float(status.partition("VmRSS:")[2].split()[0])
