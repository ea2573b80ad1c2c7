from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone_recorder.harness.playing.repacketised import Repacketised, parsed
from phone_recorder.phone.party import Datagram, Replay
from phone_recorder.wire.rtp import RtpPacket, sequence_delta
from tests.harness.playing.speaking import SEQUENCE, audio, heard, instants, packets, speaker

FRAMES = (80, 160, 240, 320, 480, 1600)


@pytest.mark.parametrize("source", FRAMES)
@pytest.mark.parametrize("frame", FRAMES)
def test_a_voice_in_other_packets_is_what_it_would_have_been_from_the_start(source: int, frame: int) -> None:
    assert Repacketised(speaker(source), frame).packets(9600) == speaker(frame).packets(9600)


def test_nothing_leaves_before_it_is_due() -> None:
    party = Repacketised(speaker(), 80)
    assert instants(party.packets(80)) == [0]
    assert instants(party.packets(81)) == [80]


def test_a_change_in_the_midst_of_a_packet_loses_nothing() -> None:
    party = Repacketised(speaker(), 80)
    found = heard(party, 1840, [(240, lambda: setattr(party, "frame", 320))], [240])
    assert [len(packet.payload) for packet in packets(found)] == [80, 80, 80, 320, 320, 320, 320, 320]
    assert audio(found) == audio(speaker(1840).packets(1))
    assert all(sequence_delta(b.sequence, a.sequence) == 1 for a, b in pairwise(packets(found)))


def capture(*changes: dict[str, object]) -> list[Datagram]:
    """Packets of 20 ms, each with what is different about it."""
    sent = speaker().packets(160 * len(changes))
    return [
        (at, bytes(replace(RtpPacket.parse(data), **change)))  # type: ignore[arg-type]  # named by the test
        for (at, data), change in zip(sent, changes, strict=True)
    ]


@pytest.mark.parametrize("change", [{"ssrc": 9}, {"payload_type": 8}, {"timestamp": 5}, {"marker": True}])
def test_audio_that_does_not_go_on_is_not_joined(change: dict[str, object]) -> None:
    party = Repacketised(Replay(capture({}, change, {}), 0, 8000), 320)
    assert next(len(packet.payload) for packet in packets(party.packets(8000))) == 160


def test_audio_that_comes_too_late_is_not_joined() -> None:
    late = [(at * 3, data) for at, data in capture({}, {})]
    assert Repacketised(Replay(late, 0, 8000), 320).packets(8000) == late


def test_what_is_no_audio_goes_as_it_is_and_counts_in_the_sequence() -> None:
    noise = {"payload_type": 13, "payload": b"N"}
    said = Repacketised(Replay(capture({}, {}, noise, {}, {}), 0, 8000), 320).packets(8000)
    assert [len(packet.payload) for packet in packets(said)] == [320, 1, 320]
    assert [packet.sequence - SEQUENCE for packet in packets(said)] == [0, 1, 2]


def test_a_datagram_that_is_no_rtp_goes_as_it_is() -> None:
    assert Repacketised(Replay([(5, b"none")], 0, 8000), 80).packets(8000) == [(5, b"none")]
    assert parsed(b"none") is None


def test_a_packet_that_is_lost_in_a_capture_stays_lost() -> None:
    first, _, third, fourth = capture({}, {}, {}, {})
    said = packets(Repacketised(Replay([first, third, fourth], 0, 8000), 320).packets(8000))
    assert [packet.sequence - SEQUENCE for packet in said] == [0, 2]


@given(st.lists(st.integers(0, 6000)), st.sampled_from(FRAMES), st.sampled_from(FRAMES), st.integers(0, 6000))
def test_how_often_one_looks_makes_no_difference(looks: list[int], frame: int, other: int, instant: int) -> None:
    def said(looks: list[int]) -> list[Datagram]:
        party = Repacketised(speaker(), frame)
        return heard(party, 6000, [(instant, lambda: setattr(party, "frame", other))], [instant, *looks])

    assert said(looks) == said([])
