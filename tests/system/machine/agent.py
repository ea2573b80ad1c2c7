#!/usr/bin/python3 -ES
"""The guest's first process: makes the machine ready, then runs what the host asks for, many things at once.

Where it is not the first process, but a service of the first, the machine is ready already.

Talks over a virtio-serial port in lines of JSON. {"id", "sh"} is run by the shell; the answer is {"id", "code",
"lines", "err", "began", "ended"}, where each line of the output stands with the time at which it came (the guest's
clock, seconds). No command at all is answered at once.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PORT = "agent"
MOUNTS = (
    *(("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev"), ("tmpfs", "/run"), ("tmpfs", "/tmp")),
    ("tmpfs", "/dev/shm"),
)
MODULES = (
    *("virtio_pci", "virtio_console", "xhci_pci", "usb_storage", "uas", "sd_mod", "vfat", "exfat", "ext4"),
    *("nls_cp437", "nls_ascii", "nls_iso8859_1", "nls_utf8"),
)
PATIENCE_S = 60
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
NOTHING: dict[str, Any] = {"code": 0, "lines": [], "err": "", "began": 0.0}
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"}


def prepare() -> None:
    """Mounts, drivers, udev: what a Debian's boot does."""
    for kind, place in MOUNTS:
        Path(place).mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", kind, kind, place])
    Path("/root").mkdir(exist_ok=True)
    subprocess.run(["modprobe", "-a", *MODULES])
    subprocess.run(["/lib/systemd/systemd-udevd", "--daemon"])
    raise_loopback()


def raise_loopback() -> None:
    """A call's own packets go over it (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", IFF_UP))


def open_port() -> int:
    """The port to the host, which is found by its name."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for found in Path("/sys/class/virtio-ports").glob("*/name"):
            if found.read_text().strip() == PORT:
                return os.open(f"/dev/{found.parent.name}", os.O_RDWR)
        time.sleep(0.05)
    raise TimeoutError(f"there is no virtio port {PORT}")


def requests(port: int) -> Iterator[dict[str, Any]]:
    """Each line; while nobody is at the other end, reading says "end of file" (virtio_console.c)."""
    waiting = b""
    while True:
        data = os.read(port, 65536)
        if not data:
            time.sleep(0.02)
        *lines, waiting = (waiting + data).split(b"\n")
        yield from map(json.loads, lines)


class Answers:
    """Writes answers whole, one after the other."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()

    def run(self, request: dict[str, Any]) -> None:
        self.write({"id": request["id"], **(run(request["sh"]) if request["sh"] else NOTHING), "ended": time.time()})

    def write(self, answer: dict[str, Any]) -> None:
        view = memoryview(json.dumps(answer).encode() + b"\n")
        with self._lock:
            while view:
                view = view[os.write(self._port, view) :]


def run(command: str) -> dict[str, Any]:
    """What came of it."""
    began, lines = time.time(), []
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(["/bin/sh", "-c", command], stdout=subprocess.PIPE, stderr=errors)
        assert process.stdout
        for line in process.stdout:
            lines.append((time.time(), line.decode(errors="replace").rstrip("\n")))
        code = process.wait()
        errors.seek(0)
        told = errors.read().decode(errors="replace")
    return {"code": code, "lines": lines, "err": told, "began": began}


def main() -> None:
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    if os.getpid() == 1:
        prepare()
    port = open_port()
    answers = Answers(port)
    answers.write({"id": 0, "ready": True})
    for request in requests(port):
        threading.Thread(target=answers.run, args=(request,), daemon=True).start()


if __name__ == "__main__":
    main()
