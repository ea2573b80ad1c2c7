from __future__ import annotations

import pytest

from phone_recorder.harness.playing.comfort_noise import NoisePause, noise
from phone_recorder.wire.rtp import RtpPacket
from tests.harness.playing.speaking import packets, speaker


def shaped(pause: NoisePause, count: int) -> list[list[RtpPacket]]:
    return [pause.shape(packet) for packet in packets(speaker().packets(160 * count))]


def test_noise_stands_for_its_packet() -> None:
    packet = RtpPacket(0, 5, 6, 7, bytes(160), marker=True, padding=4)
    assert noise(packet) == RtpPacket(13, 5, 6, 7, b"N")


def test_no_pause_changes_nothing() -> None:
    assert shaped(NoisePause(), 3) == [[packet] for packet in packets(speaker().packets(480))]


@pytest.mark.parametrize(("length", "packets_left_out"), [(480, 2), (481, 3), (1, 0)])
def test_one_packet_says_silence_then_nothing_is_sent_then_the_marker(length: int, packets_left_out: int) -> None:
    pause = NoisePause()
    pause.begin(length)
    first, *rest = shaped(pause, 8)
    assert [packet.payload_type for packet in first] == [13]
    assert rest[:packets_left_out] == [[]] * packets_left_out
    assert [packet.marker for each in rest[packets_left_out:] for packet in each] == [True] + [False] * (
        6 - packets_left_out
    )


def test_timestamps_that_leap_back_end_the_pause() -> None:
    pause = NoisePause()
    pause.begin(8000)
    first, second = packets(speaker().packets(320))
    assert [len(pause.shape(packet)) for packet in (second, first, second)] == [1, 1, 1]
