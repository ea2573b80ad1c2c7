"""What the sender of a fleet in mode local says: each leg its packets, whatever stalls, and no packet more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from phone_recorder.adapters.batches.send import BatchSender
from phone_recorder.adapters.udp import LOOPBACK, UdpPort
from phone_recorder.bulk.fleet.local_messages import Said, Say, Talk
from phone_recorder.bulk.fleet.local_sender import AT_ONCE, TICK, Talker
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.media_impairments import NONE, Impairments
from phone_recorder.wire.rtp import RtpPacket

FRAME, SECOND = 160, 8000


class Rig:
    """A talker, and a port that it talks to."""

    def __init__(self) -> None:
        self.sender = BatchSender(LOOPBACK)
        self.port = UdpPort()
        self.talker = self.of(NONE)

    def of(self, impairments: Impairments) -> Talker:
        self.talker = Talker(Talk(FRAME, "PCMU", "pattern", impairments), self.sender, 0)
        return self.talker

    def say(self, flow: int, start: int, packets: int, now: int = 0) -> None:
        self.talker.say(Say(flow, flow + 1, 65_530, 0, self.port.address, start, packets, key=flow), now)

    def run(self, begin: int, end: int, tick: int = TICK) -> dict[int, int]:
        """When each leg ended that did."""
        ends = {}
        for now in range(begin, end + 1, tick):
            ends.update({said.flow: now for said in self.talker.advance(now)})
        return ends


def rig_of() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.sender.close()
    made.port.close()


rig = pytest.fixture(rig_of)


def whole(flow: int, packets: int) -> Said:
    return Said(flow, Totals(packets, packets, 0, 0, packets * FRAME))


def test_each_leg_ends_with_its_last_packet(rig: Rig) -> None:
    for flow, packets in enumerate((1, 10, 50)):
        rig.say(flow, 800 + flow * 40, packets)
    ends = rig.run(0, SECOND * 2)
    assert ends == {0: 800, 1: 840 + 9 * FRAME, 2: 880 + 49 * FRAME}
    counts = rig.talker.counts(0.0)
    assert counts.packets == Totals(61, 61, 0, 0, 61 * FRAME)
    assert counts.lateness.most == 0.0


@pytest.mark.parametrize("stall", [100, FRAME, 5 * FRAME, SECOND // 2])
def test_after_a_stall_each_has_said_what_it_should_and_no_more(rig: Rig, stall: int) -> None:
    for flow in range(50):
        rig.say(flow, 13 * flow, 3 + flow % 7)
    rig.talker.advance(40)
    said = rig.talker.advance(40 + stall) + rig.talker.advance(SECOND)
    assert sorted(said, key=lambda one: one.flow) == [whole(flow, 3 + flow % 7) for flow in range(50)]


def test_a_leg_that_is_heard_of_late_is_late_as_a_whole(rig: Rig) -> None:
    rig.say(0, 800, 10, now=2000)
    assert rig.run(2000, SECOND) == {0: 2000 + 9 * FRAME}
    assert rig.talker.counts(0.0).lateness.most == 0.0


def test_how_late_they_were_is_told_of_those_that_a_stall_made_late(rig: Rig) -> None:
    rig.say(0, 0, 1)
    rig.say(1, 0, 20)
    rig.talker.advance(SECOND // 2)
    lateness = rig.talker.counts(0.0).lateness
    assert (lateness.count, lateness.most) == (21, 0.5)


def test_of_a_long_stall_a_second_is_made_up_for_at_a_time(rig: Rig) -> None:
    rig.say(0, 0, 1000)
    rig.talker.advance(10 * SECOND)
    assert rig.talker.counts(0.0).packets.said == AT_ONCE // FRAME + 1


def test_a_leg_that_is_ended_says_no_more_and_is_told_of_once(rig: Rig) -> None:
    rig.say(0, 0, 100)
    rig.talker.advance(10 * FRAME)
    assert rig.talker.end((0, 5)) == [whole(0, 11)]
    assert rig.talker.end((0,)) == rig.talker.advance(SECOND * 10) == []
    assert rig.talker.counts(0.0).packets.said == 11


@pytest.mark.parametrize("flows", [(0, 1, 2, 3), (3, 1, 0, 2)])
def test_each_leg_loses_the_same_packets_in_whatever_order_they_begin(rig: Rig, flows: tuple[int, ...]) -> None:
    rig.of(Impairments(loss=0.5))
    for flow in flows:
        rig.say(flow, 0, 30)
    rig.run(0, SECOND)
    came = [RtpPacket.parse(data) for _, data, _ in rig.port.drain()]
    lost = {
        flow: set(range(30)) - {packet.timestamp // FRAME for packet in came if packet.ssrc == flow + 1}
        for flow in flows
    }
    alone = {flow: lost_alone(flow) for flow in range(4)}
    assert lost == alone
    assert len(set(map(frozenset, alone.values()))) == 4


def lost_alone(flow: int) -> set[int]:
    """The packets that a leg loses when there is no other."""
    with contextmanager(rig_of)() as rig:
        rig.of(Impairments(loss=0.5))
        rig.say(flow, 0, 30)
        rig.run(0, SECOND)
        return set(range(30)) - {RtpPacket.parse(data).timestamp // FRAME for _, data, _ in rig.port.drain()}


def test_what_is_dropped_on_purpose_is_said_and_not_sent(rig: Rig) -> None:
    rig.of(Impairments(loss=0.5))
    rig.say(0, 0, 200)
    rig.run(0, SECOND * 5)
    counts = rig.talker.counts(0.25)
    packets = counts.packets
    assert (packets.said, packets.sent + packets.dropped, counts.late_share) == (200, 200, 0.25)
    assert 50 < packets.dropped < 150
