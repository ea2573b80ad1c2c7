from __future__ import annotations

import pytest

from phone_recorder.media.mixing import Piece, mix_g711
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpPacket
from tests.agent.numbered_legs import FRAME, QUIET, TURN, Heard, Leg, Legs, heard

HOUR = 3600 * SECOND
LAST = 24 * HOUR // FRAME


def payloads(leg: Leg, until: int) -> list[bytes]:
    return [RtpPacket.parse(data).payload for _, data in leg.packets(until)]


def test_a_leg_counts_its_packets_and_is_silent_in_the_turn_of_the_other() -> None:
    near, far = (payloads(leg, 2 * TURN) for leg in (Leg("near"), Leg("far")))
    talk, turn = (TURN - QUIET) // FRAME, TURN // FRAME
    assert [heard(frame) for frame in near[:talk]] == [Heard("near", number) for number in range(talk)]
    assert [heard(frame) for frame in far[turn : turn + talk]] == [
        Heard("far", number) for number in range(turn, turn + talk)
    ]
    assert {heard(frame) for frame in (*near[talk:], *far[:turn], *far[turn + talk :])} == {None}


def test_a_mixed_leg_has_no_turns() -> None:
    numbers = {heard(frame) for frame in payloads(Leg("mixed"), 2 * TURN)} - {None}
    assert len(numbers) == 2 * (TURN - QUIET) // FRAME


@pytest.mark.parametrize("number", [0, 63, 64, 4095, 4096, 65_536, LAST])
@pytest.mark.parametrize("leg", ["near", "far"])
def test_a_packet_is_known_in_the_mix_with_a_silent_leg(leg: str, number: int) -> None:
    made = Leg(leg)
    made.number = next(n for n in range(number, number + 2 * TURN) if made.talks(n))
    expected = Heard(leg, made.number)
    [(_, data)] = made.packets(made.instant(made.number) + 1)
    silence = Piece(PCMU, PCMU.silence(FRAME))
    frame = Piece(PCMU, RtpPacket.parse(data).payload)
    assert heard(mix_g711(frame, silence, PCMU)) == heard(mix_g711(silence, frame, PCMU)) == expected


@pytest.mark.parametrize("frame", [b"", bytes(FRAME - 1), b"\x80\x81" + bytes(FRAME - 2), b"\xd5" * FRAME])
def test_a_frame_of_nobody_is_an_error(frame: bytes) -> None:
    with pytest.raises(ValueError, match="no packet of either leg"):
        heard(frame)


@pytest.mark.parametrize(("ppm", "packets"), [(0, 180_000), (75, 180_014), (-75, 179_987)])
def test_clocks_drift(ppm: int, packets: int) -> None:
    leg = Leg("near", 5, ppm)
    given = leg.packets(HOUR + 5)
    assert len(given) == packets
    assert [instant for instant, _ in given] == [leg.instant(number) for number in range(packets)]


def test_packets_are_given_once_whatever_the_steps() -> None:
    whole, stepped = (Legs(3, loss=0.1) for _ in range(2))
    parts = [packet for until in range(0, SECOND * 9, 777) for packet in stepped.packets("far", until)]
    assert parts == whole.packets("far", SECOND * 9 // 777 * 777)


def test_sequence_and_timestamp_go_on_over_the_wrap() -> None:
    leg = Leg("near")
    leg.number = LAST
    first, second = (RtpPacket.parse(data) for _, data in leg.packets(leg.instant(LAST + 1) + 1))
    assert (second.sequence - first.sequence) & 0xFFFF == 1
    assert (second.timestamp - first.timestamp) & 0xFFFFFFFF == FRAME


def test_what_is_lost_is_the_same_again_and_leaves_its_numbers_out() -> None:
    legs = [Leg("near", loss=0.01, seed=7) for _ in range(2)]
    given = [leg.packets(HOUR // 4) for leg in legs]
    assert given[0] == given[1]
    assert legs[0].dropped == legs[1].dropped
    assert 380 < len(legs[0].dropped) < 520
    arrived = {instant // FRAME for instant, _ in given[0]}
    assert arrived == set(range(legs[0].number)) - set(legs[0].dropped)


def test_each_leg_loses_its_own_and_never_the_first() -> None:
    near, far = Leg("near", loss=1.0), Leg("far", loss=0.5)
    assert len(near.packets(TURN)) == 1
    far.packets(TURN)
    other = Leg("near", loss=0.5)
    other.packets(TURN)
    assert far.dropped != other.dropped
