"""Many phones at once, as bytes on sockets: what each sends can be told from every other's, packet by packet."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PACKET = 160
"""Bytes, 20 ms."""
PACKETS_PER_S = 50
HEADER = struct.Struct("!BBHII")
MARK = struct.Struct("!HI")
"""The phone's number and the packet's, at the head of each payload."""
PATIENCE_S = 30.0


def udp(host: str = "127.0.0.1") -> socket.socket:
    """A socket on a port of its own."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((host, 0))
    return made


@dataclass
class Phone:
    """One phone: its control connection and its RTP socket."""

    number: int
    control: socket.socket
    media: socket.socket

    @classmethod
    def connect(cls, number: int, server: tuple[str, int]) -> Phone:
        control = socket.create_connection(server, PATIENCE_S)
        return cls(number, control, udp(control.getsockname()[0]))

    @property
    def id(self) -> str:
        return f"load{self.number}"

    def ask(self) -> None:
        """Ask for a recording."""
        fields = f"id={self.id}&device={self.number:012x}&remote_number={self.number}&codec=PCMU"
        self.control.sendall(f"cmd=RecordStartRequest&{fields}\n".encode())

    def begin(self) -> None:
        """Read the answer, and turn to the port that it names."""
        answer = self._answer()
        if b"&result=success&" not in answer:
            raise RuntimeError(answer.decode())
        self.media.connect((self.control.getpeername()[0], int(answer.rpartition(b"=")[2])))

    def end(self) -> None:
        self.control.sendall(f"cmd=RecordStopRequest&id={self.id}&reason=key\n".encode())

    def ended(self) -> bool:
        """Whether the server says that all is stored."""
        return b"&result=success" in self._answer()

    def close(self) -> None:
        self.control.close()
        self.media.close()

    def _answer(self) -> bytes:
        """Answers end as requests do."""
        data = b""
        while not data.endswith(b"\n"):
            more = self.control.recv(4096)
            if not more:
                raise RuntimeError(f"the server has closed the connection after {data!r}")
            data += more
        return data


def payload(phone: int, number: int) -> bytes:
    """Packet `number` of a phone."""
    return MARK.pack(phone, number) + FILL


FILL = bytes(range(0x20, 0x20 + PACKET - MARK.size))


def talk(streams: list[tuple[int, socket.socket]], seconds: int) -> float:
    """RTP in real time of each (phone's number, socket), 50 packets a second; how late a round was at most, in s."""
    began, worst = time.perf_counter(), 0.0
    for number in range(seconds * PACKETS_PER_S):
        due = began + number / PACKETS_PER_S
        time.sleep(max(0.0, due - time.perf_counter()))
        worst = max(worst, time.perf_counter() - due)
        for phone, media in streams:
            send(phone, media, number)
    return worst


def send(phone: int, media: socket.socket, number: int) -> None:
    """Packet `number` of a phone, as RTP."""
    head = HEADER.pack(0x80, 0, number & 0xFFFF, number * PACKET & 0xFFFFFFFF, phone)
    media.send(head + payload(phone, number))


def misplaced(files: Iterable[Path], phones: int, packets: int) -> list[str]:
    """What is wrong with the record files of all phones; every packet of every file is looked at."""
    wrong, seen = [], set()
    for path in files:
        data = path.read_bytes()[76:]
        number = MARK.unpack_from(data)[0] if len(data) >= MARK.size else -1
        seen.add(number)
        if data != b"".join(payload(number, packet) for packet in range(packets)):
            wrong.append(f"{path.name}: {len(data) // PACKET} packets of {packets}, of phone {number}")
    return wrong + [f"phone {number} has no file" for number in range(phones) if number not in seen]
