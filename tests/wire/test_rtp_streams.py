"""Which of a capture's streams a voice is taken from, and what comes with it."""

from __future__ import annotations

import pytest

from phone_recorder.errors import AudioFileError
from phone_recorder.wire.pcap import Datagram
from phone_recorder.wire.rtp import RtpPacket
from phone_recorder.wire.rtp_streams import find_stream, stream_packets
from tests.wire.captures import FAR, NEAR


def rtp(sequence: int, payload_type: int = 0, ssrc: int = 1, payload: bytes = b"a" * 160) -> bytes:
    return bytes(RtpPacket(payload_type, sequence, sequence * 160, ssrc, payload))


def sent(payload: bytes, ms: int = 0, back: bool = False) -> Datagram:
    ends = (FAR, NEAR) if back else (NEAR, FAR)
    return Datagram(1_000_000_000 + ms * 1_000_000, *ends, payload)


LONG = [sent(rtp(n), 20 * n) for n in range(3)]
SHORT = [sent(rtp(n, 8), 20 * n, back=True) for n in range(2)]


def test_the_stream_with_the_most_audio_is_chosen() -> None:
    assert find_stream([*SHORT, *LONG]) == (NEAR, FAR)
    assert find_stream([*SHORT, *LONG[:1]]) == (FAR, NEAR)


def test_of_two_as_long_the_first_is_chosen() -> None:
    assert find_stream([*SHORT, *LONG[:2]]) == (FAR, NEAR)


@pytest.mark.parametrize("payload_type", [0, 8, 9])
def test_audio_of_each_codec_counts(payload_type: int) -> None:
    assert find_stream([sent(rtp(1, payload_type), back=True)]) == (FAR, NEAR)


def test_a_stream_is_of_one_ssrc() -> None:
    three_streams = [sent(rtp(n, ssrc=n)) for n in range(3)]
    assert find_stream([*three_streams, *SHORT]) == (FAR, NEAR)


def test_events_video_and_empty_packets_do_not_count() -> None:
    noise = [sent(rtp(n, kind)) for n, kind in enumerate([101, 13, 96, 34])] + [
        sent(rtp(n, 0, 1, b"")) for n in range(3)
    ]
    assert find_stream([*noise, *SHORT]) == (FAR, NEAR)


def test_what_goes_the_same_way_stays_with_it() -> None:
    event, noise, later = rtp(3, 101, 1, b"\5\0\0\0"), rtp(4, 13, 1, b"\x40"), rtp(9, 8, 77)
    others = [sent(event, 60), sent(noise, 80), sent(later, 100)]
    assert stream_packets([*LONG, *SHORT, *others], (NEAR, FAR)) == [
        (0, rtp(0)),
        (20_000_000, rtp(1)),
        (40_000_000, rtp(2)),
        (60_000_000, event),
        (80_000_000, noise),
        (100_000_000, later),
    ]


def test_what_is_not_rtp_does_not() -> None:
    rtcp = bytes.fromhex("80c8 0006 00000001") + bytes(20)
    stun = bytes.fromhex("0001 0000 2112a442") + bytes(12)
    assert stream_packets([sent(rtcp), sent(stun), sent(b""), *LONG[:1]], (NEAR, FAR)) == [(0, rtp(0))]


def test_packets_are_put_in_order_of_time_and_those_of_one_time_stay_as_they_came() -> None:
    datagrams = [sent(rtp(3), 20), sent(rtp(0), 0), sent(rtp(1), 20)]
    assert stream_packets(datagrams, (NEAR, FAR)) == [(0, rtp(0)), (20_000_000, rtp(3)), (20_000_000, rtp(1))]


@pytest.mark.parametrize("datagrams", [[], [sent(b"hello")], [sent(rtp(1, 101))]], ids=["none", "no RTP", "no audio"])
def test_a_capture_without_audio_is_named(datagrams: list[Datagram]) -> None:
    with pytest.raises(AudioFileError, match="no RTP audio"):
        find_stream(datagrams)
