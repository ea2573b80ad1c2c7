from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from phone_recorder.harness.playing.rtp_faults import LEAPS, FaultyStream
from phone_recorder.harness.scenario.actions import RtpFault
from phone_recorder.media import g711
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.rtp import RtpPacket, sequence_delta, timestamp_delta
from tests.harness.playing.speaking import SEQUENCE, SSRC, TIMESTAMP, packets, speaker

VOICE = packets(speaker().packets(160 * 40))


def sent(stream: FaultyStream, voice: list[RtpPacket] = VOICE) -> list[RtpPacket]:
    return [out for packet in voice for out in stream.sent(packet)]


def stream() -> FaultyStream:
    return FaultyStream(Random(1), dtx=False)


def leapt(*faults: RtpFault) -> list[RtpPacket]:
    """Four packets before, and the rest after."""
    one = stream()
    before = sent(one, VOICE[:4])
    assert before == VOICE[:4]
    for fault in faults:
        one.leap(fault)
    return sent(one, VOICE[4:])


def goes_on(found: list[RtpPacket]) -> bool:
    """Whether it is one stream without a break, wraps and all."""
    return all(
        (b.ssrc, sequence_delta(b.sequence, a.sequence), timestamp_delta(b.timestamp, a.timestamp)) == (a.ssrc, 1, 160)
        for a, b in pairwise(found)
    )


def test_without_a_fault_the_very_packets_are_sent() -> None:
    assert all(out is packet for out, packet in zip(sent(stream()), VOICE, strict=True))


@pytest.mark.parametrize("kind", LEAPS)
def test_after_a_leap_the_stream_goes_on_and_says_the_same(kind: str) -> None:
    found = leapt(RtpFault(kind, number=30_000))  # type: ignore[arg-type]  # a key of the table
    assert goes_on(found)
    assert [packet.payload for packet in found] == [packet.payload for packet in VOICE[4:]]
    assert found[0] != VOICE[4]


@pytest.mark.parametrize("number", [2**31, 40_000, -40_000, 1])
def test_a_timestamp_leaps_by_what_it_says(number: int) -> None:
    first = leapt(RtpFault("jump timestamp", number=number))[0]
    assert first.timestamp == (VOICE[4].timestamp + number) % 2**32
    assert (first.sequence, first.ssrc) == (VOICE[4].sequence, SSRC)


@pytest.mark.parametrize("number", [1000, 65_535, -1])
def test_a_sequence_leaps_by_what_it_says(number: int) -> None:
    first = leapt(RtpFault("jump sequence", number=number))[0]
    assert first.sequence == (VOICE[4].sequence + number) % 2**16
    assert (first.timestamp, first.ssrc) == (VOICE[4].timestamp, SSRC)


def test_a_reset_begins_at_nought_with_the_same_ssrc() -> None:
    first = leapt(RtpFault("reset"))[0]
    assert (first.sequence, first.timestamp, first.ssrc) == (0, 0, SSRC)


def test_a_new_ssrc_begins_at_random() -> None:
    one, other = leapt(RtpFault("new ssrc"))[0], leapt(RtpFault("new ssrc"))[0]
    assert one == other
    assert one.ssrc != SSRC and one.timestamp != VOICE[4].timestamp and one.sequence != VOICE[4].sequence


def test_leaps_add_up() -> None:
    first = leapt(RtpFault("new ssrc"), RtpFault("reset"), RtpFault("jump timestamp", number=160))[0]
    assert (first.sequence, first.timestamp) == (0, 160)
    assert first.ssrc != SSRC


def _stop(one: FaultyStream) -> None:
    one.stopped = True


def _go_on(one: FaultyStream) -> None:
    one.stopped = False


def _hold(one: FaultyStream) -> None:
    one.held = True


def _resume(one: FaultyStream) -> None:
    one.held = False


@pytest.mark.parametrize(("silence", "speak"), [(_stop, _go_on), (_hold, _resume)])
def test_what_is_not_sent_is_not_lost(
    silence: Callable[[FaultyStream], None], speak: Callable[[FaultyStream], None]
) -> None:
    one = stream()
    before = sent(one, VOICE[:4])
    silence(one)
    assert one.silent and sent(one, VOICE[4:10]) == []
    speak(one)
    after = sent(one, VOICE[10:])
    assert after[0].sequence == (before[-1].sequence + 1) % 2**16
    assert after[0].timestamp == VOICE[10].timestamp
    assert goes_on(after)


def test_a_leap_waits_until_something_is_sent() -> None:
    one = stream()
    _stop(one)
    one.leap(RtpFault("reset"))
    sent(one, VOICE[:4])
    _go_on(one)
    first = sent(one, VOICE[4:])[0]
    assert (first.sequence, first.timestamp, first.payload) == (0, 0, VOICE[4].payload)


def test_the_sequence_goes_on_over_digits_and_noise() -> None:
    one = stream()
    one.dtmf.dial("12")
    digits = sent(one, VOICE[:20])
    one.noise.begin(800)
    found = digits + sent(one, VOICE[20:])
    assert [packet.sequence for packet in found] == [(SEQUENCE + n) % 2**16 for n in range(len(found))]
    assert len(found) == 40 + 4 - 4
    assert found[-1].timestamp == (TIMESTAMP + 39 * 160) % 2**32


@pytest.mark.parametrize("codec", [PCMA, PCMU])
def test_another_codec_says_the_same(codec: Codec) -> None:
    one = stream()
    one.recode(codec)
    found = sent(one)
    assert {packet.payload_type for packet in found} == {codec.payload_type}
    assert goes_on(found)
    said = b"".join(packet.payload for packet in found)
    voice = b"".join(packet.payload for packet in VOICE)
    assert said == (voice if codec is PCMU else voice.translate(g711.transcode_table(PCMU, PCMA)))


def test_g722_is_as_long() -> None:
    one = stream()
    one.recode(G722)
    found = sent(one)
    assert {(packet.payload_type, len(packet.payload)) for packet in found} == {(9, 160)}
    assert goes_on(found)


def test_what_is_no_audio_keeps_its_type_in_another_codec() -> None:
    one = stream()
    one.recode(PCMA)
    event = RtpPacket(101, 1, 2, 3, b"1234")
    assert one.sent(event) == [event]


def test_dtx_of_digits_in_silence_sends_the_digits() -> None:
    one = FaultyStream(Random(1), dtx=True)
    silence = [RtpPacket(0, n, 160 * n, 1, b"\xff" * 160) for n in range(40)]
    assert len(sent(one, silence[:20])) == 11
    one.dtmf.dial("1")
    found = sent(one, silence[20:])
    assert [packet.payload_type for packet in found] == [101] * 10
    assert [packet.sequence for packet in found] == list(range(11, 21))
