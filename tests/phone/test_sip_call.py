"""Calls over SIP, recorded: hold, resume, re-INVITE with another port, SSRC, codec or packet time (EDGE-CASES M)."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.rtp import RtpPacket
from tests.phone.rig import FRAME, SECOND, START
from tests.phone.sip_rig import PEER, SipRig, changed, speech
from tests.recording.streams import rtp
from tests.signals import level_at, sine

MEDIA = f"m=audio {PEER[1]} RTP/AVP 0 8 9 101"
EVENTS = "a=rtpmap:101 telephone-event/8000"
NEAR = sine(700, 1, 8000, 0.25)


def level(recorded: array[int], hz: int, first_s: float, end_s: float) -> float:
    return level_at(hz, recorded[round(first_s * 8000) : round(end_s * 8000)], 8000)


def heard(recorded: array[int], hz: int, first_s: float, end_s: float) -> bool:
    """Whether that tone is there, at the level at which it was said; or not at all."""
    found = level(recorded, hz, first_s, end_s)
    assert found < 0.01 or abs(found - 0.25) < 0.02, found
    return found > 0.1


def test_a_call_is_recorded_and_sent(tmp_path: Path) -> None:
    call = SipRig(3, NEAR)
    call.offered(MEDIA)
    call.port.bring(PEER, speech(3))
    header, pcm = call.end().read_back(tmp_path / "record")
    assert (header.codec, header.rtp_len, header.duration_s) == (PCMU, 160, 3)
    assert heard(pcm, 400, 0, 3)
    assert heard(pcm, 700, 0, 3)
    assert call.account.gaps.count == 0
    assert len(call.sent) == 150
    assert {target for target, _ in call.port.sent} == {PEER}


@pytest.mark.parametrize("codec", [PCMU, PCMA, G722], ids=str)
@pytest.mark.parametrize("ptime_ms", [10, 20, 30, 60])
def test_m1_m2_the_calls_codec_and_packet_times_differ_from_the_recordings(
    tmp_path: Path, codec: Codec, ptime_ms: int
) -> None:
    rate = codec.sample_rate
    call = SipRig(3, sine(700, 1, rate, 0.25), rate)
    plan = call.offered(f"m=audio {PEER[1]} RTP/AVP {codec.payload_type}", f"a=ptime:{ptime_ms}")
    assert (plan.codec, plan.ptime_ms) == (codec, ptime_ms)
    call.port.bring(PEER, speech(3, codec=codec, size=240))
    header, pcm = call.end().read_back(tmp_path / "record")
    assert (header.duration_s, len(pcm)) == (3, 24_000)
    assert heard(pcm, 400, 0.1, 3)
    assert heard(pcm, 700, 0.1, 3)
    assert {(p.payload_type, len(p.payload)) for p in call.sent} == {(codec.payload_type, 8 * ptime_ms)}


def test_m3_the_codec_changes_in_mid_call_and_speed_and_pitch_stay(tmp_path: Path) -> None:
    call = SipRig(6, NEAR)
    for number, codec in enumerate((PCMU, G722, PCMA)):
        second = 2 * number
        call.at(second).offered(f"m=audio {PEER[1]} RTP/AVP {codec.payload_type}")
        call.port.bring(PEER, speech(2, second, codec=codec, sequence=1000 * number, timestamp=second * SECOND))
    header, pcm = call.end().read_back(tmp_path / "record")
    assert header.duration_s == 6
    for second in (0, 2, 4):
        assert heard(pcm, 400, second + 0.1, second + 2)
        assert heard(pcm, 700, second + 0.1, second + 2)
    assert [p.payload_type for p in call.sent] == [0] * 100 + [9] * 100 + [8] * 100
    assert [p.timestamp for p in call.sent[1:]] == [(p.timestamp + 160) & 0xFFFFFFFF for p in call.sent[:-1]]


def test_m3_a_dynamic_number_in_a_re_invite_is_the_codec_that_it_names(tmp_path: Path) -> None:
    call = SipRig(2, NEAR)
    call.offered(MEDIA)
    call.port.bring(PEER, speech(1))
    call.at(1).offered(f"m=audio {PEER[1]} RTP/AVP 97", "a=rtpmap:97 PCMA/8000")
    call.port.bring(PEER, speech(1, 1, codec=PCMA, payload_type=97, sequence=50, timestamp=SECOND))
    _, pcm = call.end().read_back(tmp_path / "record")
    assert heard(pcm, 400, 0, 2)
    assert heard(pcm, 700, 0, 2)
    assert [p.payload_type for p in call.sent] == [0] * 50 + [97] * 50
    assert call.account.streams["far"].lost == 0


def test_m4_comfort_noise_is_silence_of_its_length_and_no_loss(tmp_path: Path) -> None:
    call = SipRig(3)
    call.offered(f"m=audio {PEER[1]} RTP/AVP 0 13")
    noise = [(START + SECOND, rtp(50, SECOND, b"\x40", 1, 13)), (START + 12_000, rtp(51, 12_000, b"\x40", 1, 13))]
    after = speech(1, 2, sequence=52, timestamp=2 * SECOND)
    call.port.bring(PEER, [*speech(1), *noise, *after])
    _, pcm = call.end().read_back(tmp_path / "record")
    assert [heard(pcm, 400, second, second + 1) for second in range(3)] == [True, False, True]
    assert call.account.streams["far"].lost == 0
    assert call.account.recorded == 3 * SECOND


def test_m5_a_peer_that_sends_nothing_while_silent_makes_the_recording_no_shorter(tmp_path: Path) -> None:
    call = SipRig(300)
    call.offered(MEDIA)
    bursts = [
        packet
        for number in range(5)
        for packet in speech(1, 60 * number + 5, sequence=50 * number, timestamp=60 * SECOND * number)
    ]
    call.port.bring(PEER, bursts)
    header, pcm = call.end(1600).read_back(tmp_path / "record")
    assert (header.duration_s, len(pcm)) == (300, 300 * 8000)
    assert [heard(pcm, 400, 60 * n + 5, 60 * n + 6) for n in range(5)] == [True] * 5
    assert not any(pcm[7 * 8000 : 64 * 8000])
    assert call.account.streams["far"].lost == 0


@pytest.mark.parametrize("leap", [1 << 31, -3 * SECOND, 100 * SECOND])
def test_m6_timestamps_that_leap_at_a_re_invite_are_anchored_anew(tmp_path: Path, leap: int) -> None:
    call = SipRig(4)
    call.offered(MEDIA)
    call.port.bring(PEER, [*speech(2), *speech(2, 2, sequence=100, timestamp=2 * SECOND + leap)])
    call.at(2).offered(MEDIA)
    _, pcm = call.end().read_back(tmp_path / "record")
    assert len(pcm) == 4 * 8000
    assert heard(pcm, 400, 0, 2)
    assert heard(pcm, 400, 3, 4)


def test_m6_timestamps_that_wrap_are_no_leap(tmp_path: Path) -> None:
    call = SipRig(4)
    call.offered(MEDIA)
    call.port.bring(PEER, speech(4, sequence=65_500, timestamp=0xFFFFC000))
    _, pcm = call.end().read_back(tmp_path / "record")
    assert heard(pcm, 400, 0, 4)
    far = call.account.streams["far"]
    assert (far.jumps, far.lost, call.account.gaps.count) == (0, 0, 0)


def test_m7_first_packets_out_of_order_are_in_order_in_the_file(tmp_path: Path) -> None:
    packets = speech(2)
    order = [0, 2, 1, 4, 3, 6, 5, *range(7, 100)]
    call = SipRig(2)
    call.offered(MEDIA)
    call.port.bring(PEER, changed(packets, lambda n, item: (item[0], packets[order[n]][1])))
    call.end().read_back(tmp_path / "record")
    assert call.recorded == b"".join(RtpPacket.parse(data).payload for _, data in packets)
    assert call.account.gaps.count == 0


def test_m8_a_peer_that_stalls_and_goes_on_with_its_timestamps_is_at_its_arrival_again(tmp_path: Path) -> None:
    call = SipRig(12)
    call.offered(MEDIA)
    call.port.bring(PEER, [*speech(2), *speech(7, 5, sequence=100, timestamp=2 * SECOND)])
    _, pcm = call.end().read_back(tmp_path / "record")
    assert not any(pcm[2 * 8000 : 5 * 8000])
    assert heard(pcm, 400, 5, 12)


def test_m9_a_stall_of_ours_of_500_ms_loses_nothing_either_way(tmp_path: Path) -> None:
    call = SipRig(3, NEAR)
    call.offered(MEDIA)
    call.port.bring(PEER, speech(3))
    call.at(1).at(1.5, step=4000)
    _, pcm = call.end().read_back(tmp_path / "record")
    assert heard(pcm, 400, 0, 3)
    assert heard(pcm, 700, 0, 3)
    assert call.account.gaps.count == 0
    assert [p.sequence for p in call.sent] == [(65530 + n) & 0xFFFF for n in range(150)]


def test_m10_the_recording_is_never_longer_than_the_call(tmp_path: Path) -> None:
    call = SipRig(2.345, NEAR)
    call.offered(MEDIA)
    call.port.bring(PEER, speech(10))
    header, _ = call.end().read_back(tmp_path / "record")
    assert header.duration_s == 2.34
    assert len(call.sent) == 118, "the last packet begins before the end"


def test_m11_one_way_audio_and_none_at_all(tmp_path: Path) -> None:
    call = SipRig(2, NEAR)
    call.offered(MEDIA)
    _, pcm = call.end().read_back(tmp_path / "record")
    assert heard(pcm, 700, 0, 2)
    assert call.account.gaps.total == {"far": 2 * SECOND}
    silent = SipRig(2)
    silent.offered(MEDIA, "a=inactive")
    assert silent.end().recorded == b"\xff" * 2 * SECOND
    assert silent.account.gaps.total == {"near": 2 * SECOND, "far": 2 * SECOND}


@pytest.mark.parametrize("hold", ["a=inactive", "a=sendonly", "c=IN IP4 0.0.0.0"])
def test_m12_minutes_of_hold_by_the_peer_are_in_the_recording_as_silence(tmp_path: Path, hold: str) -> None:
    call = SipRig(300, NEAR)
    call.offered(MEDIA)
    call.port.bring(PEER, speech(10))
    call.at(10).offered(MEDIA, hold)
    assert call.at(290, 1600).offered(MEDIA).sends
    # It kept its sequence, and its timestamps stood still.
    call.port.bring(PEER, speech(10, 290, sequence=500, timestamp=10 * SECOND))
    header, pcm = call.end().read_back(tmp_path / "record")
    assert (header.duration_s, len(pcm)) == (300, 300 * 8000)
    for hz in (400, 700):
        assert heard(pcm, hz, 0, 10)
        assert heard(pcm, hz, 290, 300)
    assert not any(pcm[10 * 8000 : 290 * 8000])
    assert len(call.sent) == 1000
    assert (call.sent[500].timestamp - call.sent[499].timestamp) & 0xFFFFFFFF == 280 * SECOND + 160
    assert (call.sent[500].sequence - call.sent[499].sequence) & 0xFFFF == 1
    assert call.account.streams["far"].lost == 0


def test_m12_music_of_a_peer_that_holds_is_heard_and_recorded(tmp_path: Path) -> None:
    call = SipRig(3, NEAR)
    call.offered(MEDIA)
    call.at(1).offered(MEDIA, "a=sendonly")
    call.port.bring(PEER, speech(1, 1, hz=900, ssrc=9))
    call.at(2).offered(MEDIA)
    _, pcm = call.end().read_back(tmp_path / "record")
    assert [heard(pcm, 900, second, second + 1) for second in range(3)] == [False, True, False]
    assert [heard(pcm, 700, second, second + 1) for second in range(3)] == [True, False, True]


def test_m12_while_we_hold_neither_side_is_recorded_though_the_peer_may_go_on_sending(tmp_path: Path) -> None:
    call = SipRig(3, NEAR)
    call.offered(MEDIA)
    call.port.bring(PEER, speech(3))
    call.at(1).holds("sendonly", "recvonly")
    call.at(2).holds("sendrecv", "sendrecv")
    _, pcm = call.end().read_back(tmp_path / "record")
    for hz in (400, 700):
        assert [heard(pcm, hz, second + 0.02, second + 0.98) for second in range(3)] == [True, False, True]
    assert call.account.streams["far"].lost == 0
    assert len(call.sent) == 100


def test_m13_a_re_invite_with_another_address_and_ssrc_goes_on_without_a_gap(tmp_path: Path) -> None:
    call = SipRig(4, NEAR)
    call.offered(MEDIA)
    call.port.bring(PEER, speech(2))
    elsewhere = ("198.51.100.20", 52000)
    call.at(2).offered(f"m=audio {elsewhere[1]} RTP/AVP 0", host=elsewhere[0])
    call.port.bring(elsewhere, speech(2, 2, ssrc=0xBEEF, sequence=31_000, timestamp=123_456_789))
    _, pcm = call.end().read_back(tmp_path / "record")
    assert heard(pcm, 400, 0, 2)
    assert heard(pcm, 400, 2, 4)
    assert heard(pcm, 700, 0, 4)
    assert call.account.gaps.count == 0
    assert call.account.streams["far"].lost == 0
    assert [target for target, _ in call.port.sent] == [PEER] * 100 + [elsewhere] * 100
    assert {p.ssrc for p in call.sent} == {7}


def test_m14_keys_that_the_peer_presses_are_neither_audio_nor_loss(tmp_path: Path) -> None:
    call = SipRig(2)
    call.offered(MEDIA, EVENTS)
    events = {50, 51, 52}
    packets = changed(
        speech(2), lambda n, item: (item[0], rtp(n, 8000, b"\x05\x0a\x01\x40", 1, 101)) if n in events else item
    )
    call.port.bring(PEER, packets)
    _, pcm = call.end().read_back(tmp_path / "record")
    assert not any(pcm[8000 : 8000 + 3 * 160])
    assert heard(pcm, 400, 0, 1)
    assert heard(pcm, 400, 1.06, 2)
    far = call.account.streams["far"]
    assert (far.lost, far.received) == (0, 100)


def test_m17_loss_duplicates_and_lateness_on_the_way_to_us() -> None:
    call = SipRig(3)
    call.offered(MEDIA)
    packets = changed(speech(3), lambda n, item: None if n % 10 == 3 else (item[0] + 7000 * (n % 10 == 5), item[1]))
    call.port.bring(PEER, [*packets, *packets[::7]])
    call.end()
    silent = [n for n in range(150) if set(call.recorded[FRAME * n : FRAME * (n + 1)]) == {0xFF}]
    after_the_end = [n for n in range(5, 150, 10) if 20 * n + 875 >= 3000]
    assert silent == sorted([*range(3, 150, 10), *after_the_end])


def test_rtp_of_strangers_is_in_no_recording(tmp_path: Path) -> None:
    call = SipRig(2)
    call.offered(MEDIA)
    call.port.bring(PEER, speech(2))
    call.port.bring(("198.51.100.66", PEER[1]), speech(2, hz=900, ssrc=1, sequence=0))
    _, pcm = call.end().read_back(tmp_path / "record")
    assert heard(pcm, 400, 0, 2)
    assert not heard(pcm, 900, 0, 2)
    assert call.port.gate.foreign == 100


@pytest.mark.parametrize("step", [80, 1600, 1601])
def test_the_steps_of_the_clock_make_no_difference(step: int) -> None:
    def run(step: int) -> bytes:
        call = SipRig(3, NEAR)
        call.offered(MEDIA)
        call.port.bring(PEER, speech(3))
        return call.end(step).recorded

    assert run(step) == run(160)
