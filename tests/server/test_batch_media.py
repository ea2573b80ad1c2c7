"""Recordings whose ports are read together: the same files and accounts as one by one, whatever comes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numpy")

from phone_recorder.server.batch_media import GROUPS, LOOK
from phone_recorder.server.limits import Limits
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


CODECS = st.sampled_from([("PCMU", 0), ("PCMA", 8)])
FIRST = st.sampled_from([(0, 0), (65480, (1 << 32) - 9000), (32700, (1 << 31) - 9000)])


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    made=st.lists(steps(), min_size=1, max_size=3),
    codec=CODECS,
    ptime=st.sampled_from([10, 20, 30, 40, 60, 25]),
    first=FIRST,
    rows=st.sampled_from([7, 64, 1000]),
    live=st.booleans(),
)
def test_the_same_as_one_by_one(
    made: list[list[Step]], codec: tuple[str, int], ptime: int, first: tuple[int, int], rows: int, live: bool
) -> None:
    streams = [traffic(one, codec[1], ptime, first) for one in made]
    expected = record(BatchRig(rows, told=False), streams, codec[0])
    assert record(BatchRig(rows), streams, codec[0], live) == expected


@settings(max_examples=30, deadline=None, derandomize=True)
@given(made=steps(), codec=CODECS, ptime=st.sampled_from([20, 60]), first=FIRST)
def test_the_same_as_with_a_port_that_its_recording_reads(
    made: list[Step], codec: tuple[str, int], ptime: int, first: tuple[int, int]
) -> None:
    """But for a sender that is faster than time: how much of it is dropped hangs on when it is looked at."""
    slow = [step for step in made if step[2].get("pace", 100) >= 99]
    streams = [traffic(slow, codec[1], ptime, first)]
    assert record(BatchRig(), streams, codec[0]) == record(Rig(), streams, codec[0])


@pytest.mark.parametrize("faults", [[], ["lose"], ["lose", "overtake", "repeat"]])
def test_g722_with_gaps(faults: list[str]) -> None:
    made: list[Step] = []
    for fault in faults:
        made += [(fault, (3,), {}), ("talk", (150,), {})]
    streams = [traffic(made, 9, 20, (65500, 0))]
    assert record(BatchRig(), streams, "G722") == record(BatchRig(told=False), streams, "G722")


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


def test_what_is_plain_goes_in_runs() -> None:
    rig, handed_out = BatchRig(), 0
    for _ in undisturbed(rig, 500):
        handed_out += sum(len(port.waiting) for group in rig.media.groups for port in group.ports.values())
    assert handed_out == 0
    assert [port.told for group in rig.media.groups for port in group.ports.values()] == [True]
    [file] = rig.files
    assert len(file) > 450 * 160


def test_headers_are_true_within_a_second() -> None:
    rig = BatchRig()
    for sent in undisturbed(rig, 600):
        if sent > 60:
            [file] = rig.files
            assert int.from_bytes(file[72:76], "little") >= (sent - 50) * 160


def test_what_it_is_doing_is_told_between_two_writes() -> None:
    rig = BatchRig()
    for sent in undisturbed(rig, 300):
        if sent > 50:
            live = rig.recording.live(rig.now)
            assert live.level_db is not None
            assert live.received >= sent - (LOOK + TICK) // 160 - 1


def test_a_recording_that_gets_rtp_goes_on() -> None:
    rig = BatchRig(limits=Limits(rtp_idle=SECOND // 2))
    for _ in undisturbed(rig, 300):
        assert rig.recording.running
    rig.advance(SECOND)
    rig.advance(LOOK)
    rig.finish()
    assert rig.recording.account.reason == "no RTP came for 0 s"


def test_all_that_came_before_a_stop_is_kept_and_nothing_later() -> None:
    rig = BatchRig()
    port, phone = start(rig), Phone(0, 20, (0, 0))
    phone.talk(120)
    for packet in phone.sent[:110]:
        rig.advance(packet.arrival - rig.now)
        rig.arrive(port, packet.arrival, packet.data)
    rig.say(b"cmd=RecordStopRequest&id=id0\n")
    rig.advance(1)
    for packet in phone.sent[110:]:
        rig.arrive(port, rig.now, packet.data)
    rig.finish()
    assert rig.files[0][76:] == b"".join(packet.data[12:] for packet in phone.sent[:110])


def same(made: list[Step]) -> None:
    streams = [traffic(made, 0, 20, (65500, 0)), traffic([("talk", (500,), {})], 0, 20, (0, 0))]
    assert record(BatchRig(), streams, "PCMU") == record(BatchRig(told=False), streams, "PCMU")


def test_m10_a_sender_that_is_faster_than_time() -> None:
    same([("talk", (1500,), {"pace": 50}), ("talk", (100,), {"pace": 0}), ("talk", (300,), {})])


def test_more_at_once_than_a_row_holds_is_no_other_recording_s() -> None:
    same([("talk", (20,), {}), ("talk", (100,), {"pace": 0}), ("talk", (200,), {"pace": 101})])


def test_another_ssrc_with_the_next_number() -> None:
    same([("turn", (8,), {}), ("talk", (100,), {}), ("turn", (7,), {}), ("talk", (100,), {})])


@pytest.mark.parametrize("back", range(15, 35))
def test_a_packet_of_a_time_that_is_over(back: int) -> None:
    same(
        [
            ("talk", (99,), {}),
            ("pause", (1500,), {}),
            ("talk", (3,), {}),
            ("jump", (back * -160,), {}),
            ("talk", (1,), {}),
        ]
    )


def test_what_others_send_is_looked_at_at_once() -> None:
    rig = BatchRig()
    for _ in undisturbed(rig, 200):
        pass
    for count in range(1, 10):
        rig.arrive(rig.recording.port.address[1], rig.now, b"junk", OTHER)
        rig.advance(LOOK)
        assert rig.recording.account.foreign == count


def test_a_recording_s_port_knows_nothing_of_the_one_before() -> None:
    rig, phone = BatchRig(), Phone(0, 20, (0, 0))
    phone.talk(200)
    for number, packets in enumerate((phone.sent[:100], phone.sent[100:])):
        for spare in range(GROUPS):
            start(rig, number * GROUPS + spare)
        port = next(iter(rig.core.running.values())).port.address[1]
        for packet in packets:
            rig.arrive(port, rig.now, packet.data)
            rig.advance(160)
        for spare in range(GROUPS):
            rig.say(f"cmd=RecordStopRequest&id=id{number * GROUPS + spare}\n".encode())
        rig.finish()
        assert rig.files[-1][76:] == b"".join(packet.data[12:] for packet in packets)


def test_ports_of_a_group_are_used_again_and_forget_what_they_held() -> None:
    rig = BatchRig()
    for number in range(3 * GROUPS):
        port, phone = start(rig, number), Phone(0, 20, (number, 0))
        phone.talk(77 + number)
        for packet in phone.sent:
            rig.arrive(port, rig.now, packet.data)
            rig.advance(160)
        rig.say(f"cmd=RecordStopRequest&id=id{number}\n".encode())
        rig.finish()
        assert rig.files[-1][76:] == b"".join(packet.data[12:] for packet in phone.sent)
        assert all(receiver.flows == {} for receiver in rig.receivers)


def test_more_recordings_than_there_were_rows() -> None:
    rig = BatchRig(limits=Limits(sessions=1000, per_device=1000))
    streams = [traffic([("talk", (3,), {})], 0, 20, (number, 0)) for number in range(64 * GROUPS + 5)]
    files = {made[-1][76:] for made in record(rig, streams, "PCMU")}
    assert files == {b"".join(packet.data[12:] for packet in streams[0])}


def test_hosts_of_ipv6_are_told_apart() -> None:
    rig = BatchRig()
    rig.phone = rig.connect("2001:db8::1")
    port, phone = start(rig), Phone(0, 20, (0, 0))
    phone.talk(200)
    for packet in phone.sent:
        rig.arrive(port, rig.now, packet.data, "2001:db8::1")
        rig.advance(160)
    [told] = [port.told for group in rig.media.groups for port in group.ports.values()]
    rig.arrive(port, rig.now, phone.sent[-1].data, "2001:db8::2")
    rig.say(b"cmd=RecordStopRequest&id=id0\n")
    rig.finish()
    assert (told, rig.recording.account.foreign, len(rig.files[0]) - 76) == (True, 1, 200 * 160)


def test_after_a_stall_every_group_is_looked_at() -> None:
    rig = BatchRig()
    ports = [start(rig, number) for number in range(GROUPS)]
    rig.advance(30 * SECOND)
    for port in ports:
        rig.arrive(port, rig.now, b"junk")
    rig.advance(LOOK)
    assert [recording.account.foreign for recording in rig.core.running.values()] == [1] * GROUPS


def test_it_is_closed_with_all_its_receivers() -> None:
    rig = BatchRig()
    rig.media.close()
    assert [receiver.closed for receiver in rig.receivers] == [True] * GROUPS
    assert rig.media.name == "in batches by a test"
