"""Streams with every fault for recordings whose ports are read together, and what becomes of them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.server.batch_rig import BatchRig
from tests.server.rig import PHONE, SECOND, Rig

TICK = 400
OTHER = "192.0.2.66"


class Packet(NamedTuple):
    arrival: int
    data: bytes
    source: str


class Phone:
    """Makes the packets of one stream, faults and all; `at` is its time."""

    def __init__(self, payload_type: int, ptime: int, first: tuple[int, int]) -> None:
        self.at = 0
        self.sent: list[Packet] = []
        self._payload_type = payload_type
        self._size = ptime * 8
        self._sequence, self._timestamp = first
        self._ssrc = 7
        self._number = 0

    def talk(self, packets: int, pace: int = 100, **unusual: Any) -> None:
        """`pace` is the hundredths of time that a packet takes."""
        for _ in range(packets):
            self._send(**unusual)
            self.at += self._size * pace // 100

    def lose(self, packets: int) -> None:
        self._sequence += packets
        self._timestamp += packets * self._size
        self.at += packets * self._size

    def overtake(self, packets: int) -> None:
        """Of the packets sent last, so many arrive as late as the last one, and in turn."""
        tail = self.sent[-packets:]
        late = [Packet(self.at, packet.data, packet.source) for packet in reversed(tail)]
        self.sent[-packets:] = late

    def repeat(self, packets: int) -> None:
        self.sent += [packet._replace(arrival=self.at) for packet in self.sent[-packets:]]

    def pause(self, units: int) -> None:
        self.at += units

    def jump(self, units: int) -> None:
        self._timestamp += units

    def leap(self, numbers: int) -> None:
        self._sequence += numbers

    def turn(self, ssrc: int) -> None:
        self._ssrc = ssrc

    def foreign(self, packets: int) -> None:
        for _ in range(packets):
            self._send(source=OTHER)
            self._sequence -= 1
            self._timestamp -= self._size

    def cut(self, size: int) -> None:
        """A packet of that length."""
        self._send(size=size)
        self.at += size

    def junk(self, data: bytes) -> None:
        self.sent.append(Packet(self.at, data, PHONE))

    def _send(
        self, payload_type: int | None = None, marker: bool = False, size: int | None = None, source: str = PHONE
    ) -> None:
        self._number += 1
        size = self._size if size is None else size
        kind = (self._payload_type if payload_type is None else payload_type) | marker << 7
        sequence, timestamp = self._sequence & 0xFFFF, self._timestamp & 0xFFFFFFFF
        head = struct.pack("!BBHII", 0x80, kind, sequence, timestamp, self._ssrc)
        payload = bytes((self._number * 7 + n) & 0xFF for n in range(size))
        self.sent.append(Packet(self.at, head + payload, source))
        self._sequence += 1
        self._timestamp += size


Step = tuple[str, tuple[Any, ...], dict[str, Any]]


def steps() -> st.SearchStrategy[list[Step]]:
    def step(name: str, *args: st.SearchStrategy[Any], **named: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
        arguments: st.SearchStrategy[tuple[Any, ...]] = st.tuples(*args)
        return st.tuples(st.just(name), arguments, st.fixed_dictionaries(named))

    few, more = st.integers(1, 5), st.integers(20, 120)
    usual = step("talk", more)
    return st.lists(
        usual
        | usual
        | step("talk", more, pace=st.sampled_from([90, 99, 101, 150, 0]))
        | step("talk", few, marker=st.just(True))
        | step("talk", few, payload_type=st.sampled_from([0, 8, 13, 101]))
        | step("lose", few)
        | step("overtake", few)
        | step("repeat", few)
        | step("pause", st.integers(0, 4 * SECOND))
        | step("jump", st.sampled_from([160, 80, -160, 3 * SECOND, -3 * SECOND, 1 << 31]))
        | step("jump", st.integers(-40, 40).map(lambda packets: packets * 160))
        | step("leap", st.sampled_from([1, -1, 5000]))
        | step("turn", st.sampled_from([7, 8]))
        | step("foreign", few)
        | step("cut", st.sampled_from([0, 1, 80, 159, 320]))
        | step("junk", st.sampled_from([b"", b"\x80", b"\x40" + bytes(171), b"\x90" + bytes(171)])),
        min_size=1,
        max_size=12,
    )


def traffic(made: list[Step], payload_type: int, ptime: int, first: tuple[int, int]) -> list[Packet]:
    """In the order of arrival."""
    phone = Phone(payload_type, ptime, first)
    phone.talk(60)
    for name, args, named in made:
        getattr(phone, name)(*args, **named)
    return sorted(phone.sent, key=lambda packet: packet.arrival)


def start(rig: Rig, number: int = 0, codec: str = "PCMU") -> int:
    """The port of a new recording."""
    said = rig.say(f"cmd=RecordStartRequest&id=id{number}&codec={codec}\n".encode())
    assert b"result=success" in said
    return int(said.rpartition(b"=")[2])


def record(rig: Rig, streams: list[list[Packet]], codec: str, live: bool = False) -> list[tuple[Any, ...]]:
    """What becomes of streams that go to a recording each, the second a little later than the first, and so on."""
    ports = [start(rig, number, codec) for number in range(len(streams))]
    recordings = list(rig.core.running.values())
    due = sorted(
        (packet.arrival + 37 * number, number, packet) for number, stream in enumerate(streams) for packet in stream
    )
    end, at = due[-1][0] + 2 * SECOND, 0
    while rig.now < end:
        until = rig.now + TICK
        while at < len(due) and due[at][0] <= until:
            arrival, number, packet = due[at]
            arrive(rig, ports[number], arrival, packet)
            at += 1
        rig.advance(TICK)
        if live and rig.now % SECOND == 0:
            [recording.live(rig.now) for recording in recordings]
    for number in range(len(streams)):
        rig.say(f"cmd=RecordStopRequest&id=id{number}\n".encode())
    rig.finish()
    return [
        (
            one.account.document(),
            one.counts,
            one.heard_at,
            one.entry(),
            *(bytes(rig.drive.files[p.path]) for p in one.account.parts),
        )
        for one in recordings
    ]


def arrive(rig: Rig, port: int, arrival: int, packet: Packet) -> None:
    if isinstance(rig, BatchRig):
        rig.arrive(port, arrival, packet.data, packet.source)
    else:
        [one] = [one for one in rig.ports if one.address[1] == port]
        one.arrive(arrival, packet.data, packet.source)


def undisturbed(rig: BatchRig, packets: int) -> Iterator[int]:
    """How many packets have been sent in real time, after each tick."""
    port, phone = start(rig), Phone(0, 20, (65500, 0))
    phone.talk(packets)
    sent = 0
    while sent < packets:
        while sent < packets and phone.sent[sent].arrival <= rig.now + TICK:
            rig.arrive(port, phone.sent[sent].arrival, phone.sent[sent].data)
            sent += 1
        rig.advance(TICK)
        yield sent
