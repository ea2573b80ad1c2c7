from __future__ import annotations

import socket
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import numpy as np
import pytest

from phone_recorder.adapters.batches.send import BatchSender
from phone_recorder.adapters.udp import Address, UdpPort
from phone_recorder.bulk.media import Media, Sent
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.bulk.pattern import find
from phone_recorder.bulk.voices import Looped, Pattern, Voices, tone
from phone_recorder.errors import UsageError
from phone_recorder.recording.units import from_ms
from phone_recorder.wire.payload import G722, PCMA, PCMU
from phone_recorder.wire.rtp import RtpPacket, RtpSender

Ports = Callable[[int], list[UdpPort]]
PATTERN = Pattern()
FRAME = 160
NOWHERE = ("127.0.0.1", 9)


@pytest.fixture
def ports() -> Iterator[Ports]:
    with ExitStack() as stack:
        yield lambda count: [stack.enter_context(closing(UdpPort())) for _ in range(count)]


@pytest.fixture
def sender() -> Iterator[BatchSender]:
    with closing(BatchSender("127.0.0.1")) as sender:
        yield sender


def begin(media: Media, address: Address = NOWHERE, now: int = 0, **other: Any) -> int:
    """A stream of which a test says only what it is about."""
    usual = {"ssrc": 1, "sequence": 0, "timestamp": 0, "payload_type": 0, "voice": PATTERN}
    return media.begin(now, address, **{**usual, **other})


def received(port: UdpPort) -> list[bytes]:
    return [data for _, data, _ in port.drain()]


def frames_of(datagrams: list[bytes]) -> list[int]:
    """Which frames of their flow these packets have in them, by their audio."""
    payloads = [RtpPacket.parse(data).payload for data in datagrams]
    return find(np.array([list(payload) for payload in payloads], np.uint8))[1].tolist() if payloads else []


def as_one_phone_would(
    voice: Voices, flow: int, count: int, size: int, payload_type: int, numbers: tuple[int, int, int]
) -> list[bytes]:
    """The packets of wire/rtp's own sender; numbers are ssrc, sequence and timestamp."""
    one = RtpSender(payload_type, *numbers)
    payloads = voice.payloads(np.full(count, flow), np.arange(count), size)
    return [one.packet(payload.tobytes()) for payload in payloads]


@pytest.mark.parametrize("size", [80, 160, 480])
def test_each_stream_is_byte_for_byte_what_one_phone_sends(sender: BatchSender, ports: Ports, size: int) -> None:
    """Streams of many voices, two to a port, over the wrap of either counter, each from an instant of its own on."""
    receivers = ports(20)
    voices = (PATTERN, tone(440, PCMA), tone(1000, G722))
    media = Media(sender, size)
    expected: list[list[bytes]] = [[] for _ in receivers]
    for flow in range(40):
        codec, voice = (PCMU, PCMA, G722)[flow % 3], voices[flow % 3]
        numbers = (flow * 100_000_000, 0xFFFF - flow, 0xFFFFFFFF - flow * size // 2)
        begin(
            media,
            receivers[flow // 2].address,
            flow * size // 7,
            ssrc=numbers[0],
            sequence=numbers[1],
            timestamp=numbers[2],
            payload_type=codec.payload_type,
            voice=voice,
            flow=flow,
        )
        count = 60 - flow // 7
        expected[flow // 2] += as_one_phone_would(voice, flow, count, size, codec.payload_type, numbers)
    for now in range(size, 61 * size, size):
        media.tick(now - 1)
    for port, packets in zip(receivers, expected, strict=True):
        got = received(port)
        assert sorted(got) == sorted(packets)
        for ssrc in {packet[8:12] for packet in packets}:
            assert [p for p in got if p[8:12] == ssrc] == [p for p in packets if p[8:12] == ssrc]


def test_a_packet_leaves_at_the_first_tick_after_it_is_due(sender: BatchSender, ports: Ports) -> None:
    [port] = ports(1)
    media = Media(sender)
    begin(media, port.address, now=1000)
    counts = []
    for now in (999, 1000, 1001, 1159, 1160, 1319, 1320, 1320):
        media.tick(now)
        counts.append(len(received(port)))
    assert counts == [0, 1, 0, 0, 1, 0, 1, 0]


def test_m9_what_a_stall_of_500_ms_kept_back_is_all_sent_in_order_and_told(sender: BatchSender, ports: Ports) -> None:
    receivers = ports(30)
    media = Media(sender)
    for flow, port in enumerate(receivers):
        begin(media, port.address, now=flow, flow=flow)
    media.tick(30)
    assert media.backlog(from_ms(500) + 30) == 30 * 25
    media.tick(from_ms(500) + 30)
    assert media.backlog(from_ms(500) + 30) == 0
    for port in receivers:
        assert frames_of(received(port)) == list(range(26))
    spread = media.lateness.spread()
    assert spread.count == 30 * 26
    assert spread.most == (from_ms(480) + 30) / 8000
    assert 0.2 < spread.p50 < 0.28


def test_ten_percent_of_10_000_packets_are_lost_and_every_one_is_accounted_for(
    sender: BatchSender, ports: Ports
) -> None:
    [port] = ports(1)
    media = Media(sender)
    streams = [begin(media, port.address, ssrc=n, flow=n, key=n, impairments=Impairments(loss=0.1)) for n in range(100)]
    got: Counter[int] = Counter()
    for n in range(100):
        media.tick(n * FRAME)
        got.update(RtpPacket.parse(data).ssrc for data in received(port))
    dropped = 0
    for n, stream in enumerate(streams):
        sent = media.end(stream)
        assert sent.said == 100 == sent.sent + sent.dropped
        assert (sent.sent, sent.octets) == (got[n], got[n] * FRAME)
        dropped += sent.dropped
    assert abs(dropped - 1000) < 5 * 30
    assert media.totals == Sent(10_000, 10_000 - dropped, (10_000 - dropped) * FRAME, dropped, 0, 0, 0)


def test_all_that_a_network_does_at_once_is_in_the_account(sender: BatchSender, ports: Ports) -> None:
    everything = Impairments(loss=0.1, burst=3, duplicate=0.1, reorder=0.1, behind=2, jitter=from_ms(30))
    receivers = ports(40)
    media = Media(sender)
    streams = [begin(media, port.address, flow=n, key=n, impairments=everything) for n, port in enumerate(receivers)]
    quiet = begin(media, (steady := ports(1)[0]).address)
    for n in range(250):
        media.tick(n * FRAME)
        assert media.totals.said == 41 * (n + 1)
    assert frames_of(received(steady)) == list(range(250))
    media.end(quiet)
    for port, stream in zip(receivers, streams, strict=True):
        # What is on its way when the phone hangs up still arrives.
        sent = media.end(stream)
        frames = frames_of(received(port))
        counts = np.bincount(frames, minlength=250)
        assert (sent.said, sent.sent) == (250, len(frames))
        assert (sent.dropped, sent.duplicated) == ((counts == 0).sum(), (counts == 2).sum())
        assert sent.said + sent.duplicated == sent.sent + sent.dropped
        assert sent.dropped and sent.duplicated and sent.delayed
        assert frames != sorted(frames)
    assert len(media) == 0 and media.totals.said == 41 * 250


def test_one_that_is_reordered_comes_after_the_next_whatever_the_tick(sender: BatchSender, ports: Ports) -> None:
    for tick in (40, 80, 160, 400):
        [port] = ports(1)
        media = Media(sender)
        stream = begin(media, port.address, impairments=Impairments(reorder=1))
        for now in range(0, 100 * FRAME, tick):
            media.tick(now)
        # Each is late by as much, and so they are in order after all.
        said = media.end(stream).said
        assert frames_of(received(port)) == list(range(said)) and said > 95
        stream = begin(media, port.address, impairments=Impairments(reorder=0.2))
        for now in range(0, 100 * FRAME, tick):
            media.tick(now)
        assert media.end(stream).said == said
        frames = frames_of(received(port))
        assert sorted(frames) == list(range(said))
        # One that waits for the next, which waits itself, is passed by none.
        assert all(frame - place in (-1, 0, 1) for place, frame in enumerate(frames)) and frames != sorted(frames)


def test_the_same_key_is_the_same_loss_however_the_ticks_fall(sender: BatchSender, ports: Ports) -> None:
    def survivors(key: int, tick: int) -> list[int]:
        [port] = ports(1)
        media = Media(sender)
        begin(media, port.address, key=key, impairments=Impairments(loss=0.3, burst=2))
        for now in range(0, 200 * FRAME + 1, tick):
            media.tick(now)
        return frames_of(received(port))

    assert survivors(1, FRAME) == survivors(1, FRAME // 2) == survivors(1, 200 * FRAME)
    assert survivors(1, FRAME) != survivors(2, FRAME)


def test_one_that_falls_silent_tells_nobody(sender: BatchSender, ports: Ports) -> None:
    one, two = ports(2)
    media = Media(sender)
    streams = [begin(media, port.address) for port in (one, two)]
    media.tick(0)
    media.fall_silent(streams[0])
    media.tick(10 * FRAME)
    assert (len(received(one)), len(received(two))) == (1, 11)
    assert len(media) == 2
    assert [media.end(stream).said for stream in streams] == [1, 11]


def test_what_the_kernel_does_not_take_is_counted_where_it_was_said(sender: BatchSender, ports: Ports) -> None:
    [port] = ports(1)
    media = Media(sender)
    good = begin(media, port.address)
    into_the_void = begin(media, ("127.255.255.255", 9))
    for n in range(50):
        media.tick(n * FRAME)
    assert media.end(into_the_void) == Sent(50, 0, 0, 0, 0, 0, 50)
    assert media.end(good) == Sent(50, 50, 50 * FRAME, 0, 0, 0, 0)
    assert (len(received(port)), sender.unsent, media.totals.unsent) == (50, 50, 50)


def test_streams_that_begin_and_end_again_and_again_leave_nothing_behind(sender: BatchSender) -> None:
    media = Media(sender)
    jittery = Impairments(jitter=400, loss=0.1)
    highest = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", 0))
        for turn in range(12):
            # Each with a voice, a destination and a flow that none had before.
            voices = [Looped(bytes([turn]) * 960) for _ in range(20)]
            hosts = [f"127.0.{turn}.{n}" for n in range(1, 11)]
            streams = [
                begin(media, (hosts[n % 10], sink.getsockname()[1]), turn * FRAME, voice=voices[n % 20], flow=n)
                if n % 2
                else begin(media, sink.getsockname(), turn * FRAME, impairments=jittery)
                for n in range(3000)
            ]
            highest = max(highest, *streams)
            media.tick(turn * FRAME + 100)
            assert len(media) == 3000
            assert sum(media.end(stream).said for stream in streams) == 3000
            assert (len(media), sender.held, media.backlog(turn * FRAME + 1000)) == (0, 0, 0)
    # As many rows as there ever were at once, to the next power of two.
    assert highest < 4096
    assert media.totals.said == 12 * 3000


def test_a_row_that_is_used_again_knows_nothing_of_the_stream_before(sender: BatchSender, ports: Ports) -> None:
    one, two = ports(2)
    media = Media(sender)
    stream = begin(media, one.address, impairments=Impairments(reorder=1, behind=5))
    for n in range(3):
        media.tick(n * FRAME)
    assert received(one) == []
    assert media.end(stream).sent == 3
    assert begin(media, two.address, 3 * FRAME, flow=9) == stream
    media.tick(20 * FRAME)
    assert frames_of(received(one)) == [0, 1, 2]
    assert frames_of(received(two)) == list(range(18))


def test_a_voice_that_nobody_has_any_more_is_not_kept(sender: BatchSender) -> None:
    media = Media(sender)
    voice = Looped(bytes(960))
    kept = weakref.ref(voice)
    streams = [begin(media, voice=voice) for _ in range(2)]
    del voice
    media.end(streams[0])
    assert kept() is not None
    media.end(streams[1])
    assert kept() is None


def test_a_stream_that_is_not_there(sender: BatchSender) -> None:
    media = Media(sender)
    stream = begin(media)
    media.end(stream)
    for number in (stream, -1, 999_999):
        with pytest.raises(KeyError):
            media.end(number)
        with pytest.raises(KeyError):
            media.fall_silent(number)


def test_a_stream_to_nowhere_does_not_begin(sender: BatchSender) -> None:
    media = Media(sender)
    for address in (("127.0.0.1", 0), ("127.0.0.1", 99_999), ("server.example", 5000), ("::1", 5000)):
        with pytest.raises(UsageError):
            begin(media, address)
    assert (len(media), sender.held) == (0, 0)


def test_no_streams_is_no_packets(sender: BatchSender) -> None:
    media = Media(sender)
    media.tick(10**9)
    assert media.totals == Sent(0, 0, 0, 0, 0, 0, 0)
