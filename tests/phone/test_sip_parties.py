from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import repeat

import pytest

from phone_recorder.media.codecs import decoder
from phone_recorder.phone.party import Datagram
from phone_recorder.phone.sip_parties import TOO_OLD, SipFar, SipNear
from phone_recorder.phone.voice_reader import VoiceReader
from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, CODECS, G722, PCMA, PCMU, Codec
from phone_recorder.wire.rtp import RtpPacket, RtpSender
from tests.signals import joined, level_at, sine

START = 5000
SECOND = 8000
REMOTE = ("192.0.2.7", 40000)


def plan(
    codec: Codec = PCMU, *, number: int | None = None, ptime_ms: int = 20, sends: bool = True, receives: bool = True
) -> AudioPlan:
    number = codec.payload_type if number is None else number
    return AudioPlan(codec, number, 101, ptime_ms, REMOTE, sends, receives, {})


class Port:
    """What was sent, and what has come."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.waiting: list[Datagram] = []

    def send(self, packets: list[bytes]) -> None:
        self.sent += packets

    def drain(self) -> list[Datagram]:
        waiting, self.waiting = self.waiting, []
        return waiting


class Heard:
    """A listener."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[Datagram], int]] = []

    def hear(self, datagrams: list[Datagram], until: int) -> None:
        self.calls.append((datagrams, until))


def numbers(rate: int) -> Iterator[array[int]]:
    """Each 10 ms another level."""
    return (array("h", [256 * (n % 100)]) * (rate // 100) for n in range(100_000))


def near(port: Port, voice: Iterator[array[int]] | None = None, rate: int = 8000) -> SipNear:
    sender = RtpSender(0, 0x1234, 65530, 0xFFFFFF00)
    return SipNear(VoiceReader(voice or numbers(rate), rate), port, sender, START)


def heard(packets: list[Datagram]) -> list[RtpPacket]:
    return [RtpPacket.parse(data) for _, data in packets]


def run(party: SipNear, until: int, step: int = 160, since: int = START) -> list[Datagram]:
    return [datagram for now in range(since + step, until + step, step) for datagram in party.packets(min(now, until))]


def test_nothing_is_sent_before_it_is_agreed_how() -> None:
    port = Port()
    party = near(port)
    assert (run(party, START + SECOND), port.sent) == ([], [])
    party.follow(plan())
    [packet] = heard(party.packets(START + SECOND + 160))
    assert packet.timestamp == (0xFFFFFF00 + SECOND) & 0xFFFFFFFF
    assert decoder(PCMU, 8000).decode(packet.payload)[0] == 0, "100 pieces of 10 ms are over, and begin anew"


@pytest.mark.parametrize("codec", CODECS, ids=str)
@pytest.mark.parametrize("ptime_ms", [10, 20, 30, 40, 60])
@pytest.mark.parametrize("rate", [8000, 16000])
def test_m1_m2_the_voice_is_sent_in_the_agreed_codec_and_packet_time(codec: Codec, ptime_ms: int, rate: int) -> None:
    port = Port()
    party = near(port, iter([sine(400, 2, rate)]), rate)
    party.follow(plan(codec, ptime_ms=ptime_ms))
    packets = heard(run(party, START + 2 * SECOND))
    assert {(p.payload_type, len(p.payload)) for p in packets} == {(codec.payload_type, 8 * ptime_ms)}
    assert len(packets) == -(-2000 // ptime_ms)
    decoding = decoder(codec, codec.sample_rate)
    pcm = joined(decoding.decode(p.payload) for p in packets)
    assert abs(level_at(400, pcm[: 2 * codec.sample_rate], codec.sample_rate) - 0.5) < 0.02
    assert [RtpPacket.parse(data) for data in port.sent] == packets


def test_instants_timestamps_and_sequence_go_on_together() -> None:
    party = near(Port())
    party.follow(plan())
    sent = run(party, START + 1600)
    assert [instant for instant, _ in sent] == list(range(START, START + 1600, 160))
    packets = heard(sent)
    assert [p.sequence for p in packets] == [(65530 + n) & 0xFFFF for n in range(10)]
    assert [p.timestamp for p in packets] == [(0xFFFFFF00 + 160 * n) & 0xFFFFFFFF for n in range(10)]
    assert [p.marker for p in packets] == [True] + [False] * 9
    assert {p.ssrc for p in packets} == {0x1234}


@pytest.mark.parametrize("step", [1, 80, 333, 1600, SECOND])
def test_how_often_one_looks_makes_no_difference(step: int) -> None:
    def spoken(step: int) -> tuple[list[Datagram], list[bytes]]:
        port = Port()
        party = near(port)
        party.follow(plan(PCMA))
        return run(party, START + SECOND, step), port.sent

    assert spoken(step) == spoken(160)


def test_m12_on_hold_nothing_is_sent_and_time_goes_on() -> None:
    port = Port()
    party = near(port)
    party.follow(plan())
    before = heard(run(party, START + 1600))
    party.follow(plan(sends=False))
    assert run(party, START + 3200, since=START + 1600) == []
    party.follow(plan())
    after = heard(run(party, START + 4800, since=START + 3200))
    assert (after[0].timestamp - before[0].timestamp) & 0xFFFFFFFF == 3200
    assert (after[0].sequence - before[-1].sequence) & 0xFFFF == 1, "nothing is missing"
    assert [p.marker for p in after] == [True] + [False] * 9
    assert len(port.sent) == 20
    level = decoder(PCMU, 8000).decode(after[0].payload)[0]
    assert abs(level - 256 * 40) < 256, "what was said during 40 pieces of 10 ms is past"


def test_m3_another_codec_goes_on_where_the_voice_is() -> None:
    port = Port()
    party = near(port, iter([sine(400, 3, 8000)]))
    pcm = array("h")
    now = START
    packets: list[RtpPacket] = []
    for codec, ptime_ms in ((PCMU, 20), (G722, 30), (PCMA, 10)):
        party.follow(plan(codec, ptime_ms=ptime_ms))
        said = heard(run(party, now + 7200, 80, now))
        decoding = decoder(codec, 8000)
        pcm += joined(decoding.decode(p.payload) for p in said)
        packets += said
        now += 7200
    assert len(pcm) == 3 * 7200
    assert abs(level_at(400, pcm, 8000) - 0.5) < 0.02, "nothing of the sine is lost or said twice"
    assert [p.timestamp for p in packets[1:]] == [(p.timestamp + len(p.payload)) & 0xFFFFFFFF for p in packets[:-1]]
    assert [p.sequence for p in packets] == [(65530 + n) & 0xFFFF for n in range(len(packets))]
    assert {p.ssrc for p in packets} == {0x1234}
    assert [p.payload_type for p in packets] == [0] * 45 + [9] * 30 + [8] * 90


def test_the_same_plan_again_changes_nothing() -> None:
    def spoken(again: bool) -> list[bytes]:
        port = Port()
        party = near(port, iter([sine(400, 1, 16000)]), 16000)
        party.follow(plan(G722))
        run(party, START + 1600)
        if again:
            party.follow(plan(G722))
        run(party, START + 3200, since=START + 1600)
        return port.sent

    assert spoken(True) == spoken(False)


def test_under_a_dynamic_number_it_is_sent_and_under_the_static_one_mixed() -> None:
    port = Port()
    party = near(port)
    party.follow(plan(PCMA, number=97))
    [mixed] = heard(party.packets(START + 1))
    [sent] = map(RtpPacket.parse, port.sent)
    assert (sent.payload_type, mixed.payload_type) == (97, 8)
    assert (sent.payload, sent.marker, sent.sequence) == (mixed.payload, mixed.marker, mixed.sequence)


def test_m9_after_a_stall_of_ours_all_is_recorded_and_what_is_too_old_is_not_sent() -> None:
    port = Port()
    party = near(port)
    party.follow(plan())
    packets = party.packets(START + 5 * SECOND)
    assert len(packets) == 250
    assert port.sent == [data for _, data in packets[-TOO_OLD // 160 :]]


def test_a_voice_that_is_over_is_silence() -> None:
    party = near(Port(), iter([array("h", [1000] * 160)]))
    party.follow(plan())
    assert [set(p.payload) == {0xFF} for p in heard(run(party, START + 800))] == [False, True, True, True, True]


def test_the_far_party_is_what_its_port_gives() -> None:
    port = Port()
    party = SipFar(port)
    assert party.packets(1000) == []
    port.waiting = [(900, b"a"), (990, b"b")]
    assert party.packets(1000) == [(900, b"a"), (990, b"b")]


def test_what_came_after_the_mixer_looked_at_its_clock_waits() -> None:
    port, heard = Port(), Heard()
    party = SipFar(port, (heard,))
    port.waiting = [(990, b"a"), (1000, b"b"), (1010, b"c")]
    assert party.packets(1000) == [(990, b"a")]
    port.waiting = [(1011, b"d"), (1200, b"e")]
    assert party.packets(1001) == [(1000, b"b")]
    assert party.packets(1100) == [(1010, b"c"), (1011, b"d")]
    assert party.packets(1201) == [(1200, b"e")]
    assert heard.calls == [
        ([(990, b"a")], 1000),
        ([(1000, b"b")], 1001),
        ([(1010, b"c"), (1011, b"d")], 1100),
        ([(1200, b"e")], 1201),
    ]


def test_every_number_of_a_plan_is_a_codec_of_the_mixer() -> None:
    assert {codec.payload_type for codec in CODECS} == set(BY_PAYLOAD_TYPE)
    silent = near(Port(), repeat(array("h")))
    silent.follow(plan(PCMA))
    assert [set(p.payload) for p in heard(silent.packets(START + 160))] == [{0xD5}]
