"""A media process of its own, and where its RTP goes; neither Locust nor gevent is needed for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.fleet.media_child_messages import Asked, Setup, ToldReader, line_of
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.pattern import find
from phone_recorder.wire.rtp import HEADER_SIZE

PATIENCE_S = 10.0
COMMAND = (sys.executable, "-m", "phone_recorder.bulk.fleet.media_child")


class Ear:
    """A UDP port on the loopback. RTP that comes there is a pattern."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(PATIENCE_S)
        self.address: Address = self._socket.getsockname()
        self.packets: list[bytes] = []

    def hear(self, count: int) -> None:
        """Wait for so many more packets."""
        self.packets += [self._socket.recv(2048) for _ in range(count)]

    def caller(self) -> str:
        """Wait for another packet: the address that it came from."""
        data, address = self._socket.recvfrom(2048)
        self.packets.append(data)
        return str(address[0])

    def drain(self) -> None:
        """Take those that have come."""
        self._socket.setblocking(False)
        try:
            while True:
                self.packets.append(self._socket.recv(2048))
        except BlockingIOError:
            self._socket.settimeout(PATIENCE_S)

    def frames(self) -> list[tuple[int, int]]:
        """The flow and the number of each packet's frame."""
        payloads = np.array([np.frombuffer(packet[HEADER_SIZE:], np.uint8) for packet in self.packets])
        flows, numbers = find(payloads)
        return list(zip(flows.tolist(), numbers.tolist(), strict=True))

    def __enter__(self) -> Ear:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()


@dataclass
class Child:
    """A media process and the parent's end of the pair."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    reader: ToldReader = field(default_factory=ToldReader)
    waiting: list[Any] = field(default_factory=list)

    def say(self, message: Asked) -> None:
        self.line.sendall(line_of(message))

    def told(self, kind: type[Any] = object) -> Any:
        """The next message of that kind, None when there will be no more; others are dropped."""
        while True:
            while self.waiting:
                if isinstance(message := self.waiting.pop(0), kind):
                    return message
            data = self.line.recv(4096)
            if not data:
                return None
            self.waiting += self.reader.read(data)


SETUP = Setup.of(FleetPlan(("127.0.0.1", 1)), "pattern")


@contextmanager
def child_of(parent: int | None = None) -> Iterator[Child]:
    """A media process that has this one as its parent, or believes to have another."""
    ours, theirs = socket.socketpair()
    ours.settimeout(PATIENCE_S)
    command = [*COMMAND, str(parent or os.getpid())]
    with ours, subprocess.Popen(command, stdin=theirs.fileno()) as process:
        theirs.close()
        try:
            yield Child(process, ours)
        finally:
            process.kill()
