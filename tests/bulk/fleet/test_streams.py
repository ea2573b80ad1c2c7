"""The RTP of a fleet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from phone_recorder.adapters.udp import UdpPort
from phone_recorder.bulk.fleet.plan import FleetPlan
from phone_recorder.bulk.fleet.script import Call, call_of
from phone_recorder.bulk.fleet.streams import AT_ONCE, Streams
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.bulk.voices import Pattern
from phone_recorder.errors import UsageError
from phone_recorder.wire.rtp import RtpPacket
from tests.bulk.fleet.rig import SECOND, SERVER

FRAME = 160
NOW = 90 * SECOND


@pytest.fixture
def port() -> Iterator[UdpPort]:
    port = UdpPort()
    yield port
    port.close()


def call(plan: FleetPlan, phone: int = 0) -> Call:
    return call_of(plan, phone, 0)


def test_each_source_sends_from_its_own_address(port: UdpPort) -> None:
    plan = FleetPlan(SERVER, phones=4, codec="PCMA", sources=("127.0.0.2", "127.0.0.3"))
    with Streams(plan, Pattern()) as streams:
        for phone in range(4):
            streams.begin(NOW, port.address, plan.source_of(phone), call(plan, phone))
        streams.tick(NOW)
        came = {RtpPacket.parse(data).ssrc: (source, RtpPacket.parse(data)) for _, data, source in port.drain()}
        assert streams.totals() == Totals(4, 4, 0, 0, 4 * FRAME)
    for phone in range(4):
        source, packet = came[call(plan, phone).ssrc]
        assert source == plan.source_of(phone)
        assert (packet.sequence, packet.timestamp) == (call(plan, phone).sequence, call(plan, phone).timestamp)
        assert packet.payload_type == 8


def test_what_came_of_a_stream_is_told_at_its_end(port: UdpPort) -> None:
    plan = FleetPlan(SERVER)
    with Streams(plan, Pattern()) as streams:
        first = streams.begin(NOW, port.address, "", call(plan))
        second = streams.begin(NOW + FRAME, port.address, "", call(plan))
        streams.tick(NOW + 9 * FRAME)
        assert (streams.end(first).said, streams.end(second).said) == (10, 9)
        streams.tick(NOW + 20 * FRAME)
        assert streams.totals().said == 19


def test_a_stall_is_made_up_for_in_parts_and_told_as_late_as_it_was(port: UdpPort) -> None:
    plan = FleetPlan(SERVER)
    with Streams(plan, Pattern()) as streams:
        streams.begin(NOW, port.address, "", call(plan))
        streams.tick(NOW)
        stalled = NOW + 3 * AT_ONCE
        said = []
        for _ in range(4):
            streams.tick(stalled)
            said.append(streams.totals().said)
        assert said == [51, 101, 151, 151]
        # The first that was not said in time was due a packet after the last that was.
        assert streams.lateness().most == pytest.approx((3 * AT_ONCE - FRAME) / SECOND)


def test_a_stream_that_begins_after_a_time_without_any_is_said_at_once(port: UdpPort) -> None:
    plan = FleetPlan(SERVER)
    with Streams(plan, Pattern()) as streams:
        streams.tick(NOW)
        later = NOW + 100 * AT_ONCE
        streams.begin(later, port.address, "", call(plan))
        streams.tick(later - 1)
        streams.tick(later)
        assert streams.totals().said == 1


def test_each_phone_loses_the_same_packets_in_whatever_order_they_begin() -> None:
    plan = FleetPlan(SERVER, phones=9, seed=6, impairments=Impairments(loss=0.3, duplicate=0.2, reorder=0.2))
    orders = (range(9), reversed(range(9)), (4, 0, 8, 2, 6, 1, 7, 3, 5))
    first, *others = [sequences_of(plan, order) for order in orders]
    assert others == [first, first]
    assert len({tuple(sequences) for sequences in first.values()}) == 9
    assert sequences_of(replace(plan, seed=7), range(9)) != first
    # Of more phones, the same ones lose the same.
    assert sequences_of(replace(plan, phones=90), range(9)) == first


def sequences_of(plan: FleetPlan, order: Iterable[int]) -> dict[int, list[int]]:
    """By phone, the packets of its call that come, counted from its first, when they begin in that order."""
    with closing(UdpPort()) as port, Streams(plan, Pattern()) as streams:
        for place, phone in enumerate(order):
            # Nor does it matter when each begins.
            streams.begin(NOW + 7 * place, port.address, "", call(plan, phone))
        packets = []
        for tick in range(0, 51 * FRAME, FRAME // 2):
            streams.tick(NOW + tick)
            packets += [RtpPacket.parse(data) for _, data, _ in port.drain()]
    calls = {call(plan, phone).ssrc: (phone, call(plan, phone)) for phone in range(9)}
    came: dict[int, list[int]] = {phone: [] for phone in range(9)}
    for packet in packets:
        phone, of_it = calls[packet.ssrc]
        frame = (packet.sequence - of_it.sequence) % (1 << 16)
        if frame < 40:
            came[phone].append(frame)
    return came


def test_an_address_of_another_family_is_refused() -> None:
    plan = FleetPlan(SERVER)
    with Streams(plan, Pattern()) as streams:
        with pytest.raises(UsageError):
            streams.begin(NOW, ("::1", 9), "", call(plan))
        assert streams.totals().said == 0
