"""A record server among those who mean it no good: what they do disturbs no recording, and leaves nothing behind."""

from __future__ import annotations

import os
import resource
import selectors
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.server_load import PACKET, Phone, payload, talk
from tests.system.usb_loop import until

pytestmark = pytest.mark.live

EVIL = "127.0.0.66"
CONNECTIONS = 10_000
PER_HOST = 1000
"""What `--max-per-host` is."""
ESTABLISHED = "01"
SECONDS = 3
SILENCE = b"\xff" * PACKET
RANGE = (41000, 41063)


@contextmanager
def server(storage: Path, *words: str) -> Iterator[tuple[str, int]]:
    """A server process, and where it listens; it must end in order, having complained of nothing."""
    command = [sys.executable, "-m", "phone_recorder", "server", "--port", "0", "--storage", str(storage), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        line = process.stdout.readline().decode()
        try:
            yield "127.0.0.1", int(line.partition("127.0.0.1:")[2].partition(",")[0])
        finally:
            process.terminate()
            _, err = process.communicate(timeout=10)
        assert (process.returncode, err) == (0, b"")


@contextmanager
def recorded(storage: Path, address: tuple[str, int]) -> Iterator[Phone]:
    """Meanwhile a phone is recorded for SECONDS, and every packet of it that reached the server must be there.

    A flood of connections can be more than loopback itself holds: what the kernel dropped on the way, it has counted.
    """
    dropped = dropped_by_loopback()
    phone = Phone.connect(0, address)
    phone.ask()
    phone.begin()
    talking = threading.Thread(target=talk, args=([(0, phone.media)], SECONDS))
    talking.start()
    try:
        yield phone
    finally:
        talking.join()
    phone.end()
    assert phone.ended()
    phone.close()
    [path] = storage.glob("Record_*.wav")
    audio = path.read_bytes()[76:]
    packets = [audio[at : at + PACKET] for at in range(0, len(audio), PACKET)]
    wrong = [number for number, packet in enumerate(packets) if packet != payload(0, number)]
    assert all(packets[number] == SILENCE for number in wrong)
    assert SECONDS * 50 - (len(packets) - len(wrong)) <= dropped_by_loopback() - dropped
    assert sorted(path.name for path in storage.iterdir()) == [".phone-recorder", f"{path.stem}.json", path.name]


def dropped_by_loopback() -> int:
    """Packets that found the kernel's queue for loopback full (netdev_max_backlog), of every kind, on all cores."""
    return sum(int(line.split()[1], 16) for line in Path("/proc/net/softnet_stat").read_text().splitlines())


def knock(address: tuple[str, int], source: str) -> socket.socket:
    """A connection that is being made."""
    made = socket.socket()
    made.setblocking(False)
    made.bind((source, 0))
    made.connect_ex(address)
    return made


def test_ten_thousand_connections(tmp_path: Path) -> None:
    """All stay open as long as the server lets them; others come in all the same."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < CONNECTIONS + 500:
        pytest.skip(f"this machine lets a process have no more than {hard} open files")
    with server(tmp_path) as address, ExitStack() as stack, recorded(tmp_path, address):
        many = [stack.enter_context(knock(address, EVIL)) for _ in range(CONNECTIONS)]
        # Many more than these were never let in, or never came through loopback.
        assert closed_by_peer(many) > CONNECTIONS // 2
        # Attempts that loopback dropped are made again, a second later and more: some may just be at the door.
        until(lambda: 0 < let_in(address) <= PER_HOST, "the server to hold no more than it may")
        other = Phone.connect(1, address)
        other.ask()
        other.begin()
        other.end()
        assert other.ended()
        other.close()


def let_in(address: tuple[str, int]) -> int:
    """Connections of the evil host that the server holds, by the kernel's account (proc(5), /proc/net/tcp)."""
    ours = f"0100007F:{address[1]:04X}"
    theirs = f"{int.from_bytes(socket.inet_aton(EVIL), 'little'):08X}:"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1] == ours and row[2].startswith(theirs) and row[3] == ESTABLISHED for row in rows)


def closed_by_peer(connections: list[socket.socket]) -> int:
    """How many of them the server has closed, or will before it is quiet for a second."""
    closed = 0
    with selectors.DefaultSelector() as selector:
        for one in connections:
            selector.register(one, selectors.EVENT_READ)
        while ready := selector.select(1):
            for key, _ in ready:
                selector.unregister(key.fileobj)
                closed += 1
    return closed


LINES = {
    "a megabyte without an end": b"cmd=RecordStartRequest&id=" + b"x" * 1_000_000,
    "a megabyte of ends": b"\n" * 1_000_000,
    "a megabyte of beginnings": b"cmd=" * 250_000,
    "a megabyte of requests": b"cmd=RecordStopRequest&id=1\n" * 37_000,
    "bytes": bytes(range(256)) * 4000,
    "a browser": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\ncmd=a&b=c",
}


@pytest.mark.parametrize("what", LINES)
def test_lines_that_are_none(tmp_path: Path, what: str) -> None:
    with (
        server(tmp_path, "--control-idle", "1") as address,
        recorded(tmp_path, address),
        socket.create_connection(address, 10) as evil,
        suppress(ConnectionError),
    ):
        evil.sendall(LINES[what])
        while evil.recv(65536):
            continue


IDS = [
    "../../../etc/cron.d/x",
    "/etc/passwd",
    "a\0b",
    "$(reboot)",
    "`id`",
    "\r\ncmd=x",
    "%00",
    "Record_20240101000000",
    "\u202e",
]


def test_ids_and_names_that_would_be_paths(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    storage.mkdir()
    with server(storage) as address:
        for number, name in enumerate(IDS):
            with socket.create_connection(address, 10) as control:
                escaped = "".join(f"%{byte:02X}" for byte in name.encode())
                fields = f"id={escaped}{number}&device={escaped}&remote_name={escaped}&codec=PCMU"
                control.sendall(f"cmd=RecordStartRequest&{fields}\n".encode())
                answer = control.recv(4096)
                assert b"&result=success&" in answer
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
                    media.connect(("127.0.0.1", int(answer.rpartition(b"=")[2])))
                    talk([(number, media)], 1)
    names = {path.name.partition(".")[0] for path in storage.iterdir()} - {""}
    assert len(names) == len(IDS)
    assert all(name.replace("-", "_").split("_")[0] == "Record" for name in names)
    assert [path.name for path in tmp_path.iterdir()] == ["storage"]


def test_rtp_from_elsewhere_and_a_scan_of_the_ports(tmp_path: Path) -> None:
    words = ("--rtp-ports", f"{RANGE[0]}-{RANGE[1]}")
    with server(tmp_path, *words) as address, recorded(tmp_path, address):
        for source in (EVIL, "127.0.0.1"):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as evil:
                evil.bind((source, 0))
                for port in [*range(RANGE[0], RANGE[1] + 1)] * 20:
                    evil.sendto(b"\x80\x00" + os.urandom(10) + b"evil" * 40, ("127.0.0.1", port))
                    evil.sendto(os.urandom(100), ("127.0.0.1", port))


def test_clients_that_send_a_byte_a_second_are_not_held(tmp_path: Path) -> None:
    with server(tmp_path, "--control-idle", "2") as address, recorded(tmp_path, address):
        slow = [socket.create_connection(address, 10) for _ in range(50)]
        for byte in b"cmd":
            for one in slow:
                one.sendall(bytes([byte]))
            threading.Event().wait(0.3)
        for one in slow:
            assert one.recv(10) == b""
            one.close()
