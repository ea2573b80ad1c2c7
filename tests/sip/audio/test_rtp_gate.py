from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.sip.audio.audio_plan import AudioPlan
from phone_recorder.sip.audio.rtp_gate import SILENT, RtpGate
from phone_recorder.wire.payload import PCMU
from tests.recording.streams import rtp

AGREED = ("192.0.2.7", 40000)
NAT = ("203.0.113.1", 61000)
SIGNALS = NAT[0]
STRANGER = ("198.51.100.66", 40000)
PLAN = AudioPlan(PCMU, 0, 101, 20, AGREED, True, True, {0: 0, 8: 8, 97: 9})
RTCP = bytes.fromhex("80c80006 00000001") + bytes(20)
RECEIVER_REPORT = bytes.fromhex("80c90001 00000001")


def gate(plan: AudioPlan = PLAN) -> RtpGate:
    gate = RtpGate()
    gate.follow(plan, SIGNALS)
    return gate


def packet(number: int = 0, payload_type: int = 0, ssrc: int = 1) -> bytes:
    return rtp(number, 160 * number, b"a" * 160, ssrc, payload_type)


def test_nothing_passes_and_nothing_is_sent_before_it_is_told_what_was_agreed() -> None:
    closed = RtpGate()
    assert (closed.admit(0, packet(), AGREED), closed.target, closed.foreign) == (None, None, 1)


@pytest.mark.parametrize("source", [AGREED, (AGREED[0], 1234), NAT, (SIGNALS, 5)])
def test_rtp_of_the_hosts_that_the_call_names_passes_and_is_answered_where_it_comes_from(
    source: tuple[str, int],
) -> None:
    call = gate()
    assert call.target == AGREED
    assert call.admit(0, packet(), source) == packet()
    assert (call.target, call.foreign) == (source, 0)


def test_rtp_of_any_other_source_is_dropped_and_counted() -> None:
    call = gate()
    assert call.admit(0, packet(), STRANGER) is None
    call.admit(1, packet(), AGREED)
    assert [call.admit(2, packet(n), STRANGER) for n in range(3)] == [None] * 3
    assert (call.foreign, call.target) == (4, AGREED)


def test_the_first_source_keeps_the_call_against_another_of_an_allowed_host() -> None:
    call = gate()
    call.admit(0, packet(), NAT)
    assert call.admit(160, packet(), (NAT[0], 61002)) is None
    assert call.admit(320, packet(1), NAT) == packet(1)
    assert call.foreign == 1


def test_the_agreed_address_itself_always_has_the_call() -> None:
    call = gate()
    call.admit(0, packet(), (AGREED[0], 9))
    assert call.admit(1, packet(1), AGREED) == packet(1)
    assert call.target == AGREED
    assert call.admit(2, packet(), (AGREED[0], 9)) is None


def test_a_nat_that_changes_its_port_is_heard_again_when_the_old_one_has_been_silent() -> None:
    call = gate()
    call.admit(0, packet(), NAT)
    moved = (NAT[0], 61002)
    assert call.admit(SILENT - 1, packet(), moved) is None
    assert call.admit(SILENT, packet(), moved) == packet()
    assert call.target == moved
    assert call.admit(10 * SILENT, packet(), STRANGER) is None


@pytest.mark.parametrize("data", [b"", b"\x80", b"\r\n\r\n", b"\x00\x01\x00\x00" + bytes(16), packet()[:11], RTCP])
def test_what_is_no_rtp_locks_nothing(data: bytes) -> None:
    call = gate()
    assert call.admit(0, data, NAT) is None
    assert (call.foreign, call.target) == (1, AGREED)


@pytest.mark.parametrize("data", [b"", b"\x80", b"\r\n\r\n", packet()[:11], b"\x00\x01" + bytes(18)])
def test_m18_what_is_no_rtp_passes_once_its_source_is_known_and_is_counted_by_the_recorder(data: bytes) -> None:
    call = gate()
    call.admit(0, packet(), AGREED)
    assert call.admit(1, data, AGREED) == data


def test_rtcp_on_the_same_port_is_dropped() -> None:
    call = gate()
    call.admit(0, packet(), AGREED)
    assert [call.admit(1, data, AGREED) for data in (RTCP, RECEIVER_REPORT)] == [None, None]
    assert (call.control, call.foreign) == (2, 0)


@pytest.mark.parametrize(("came", "passes"), [(0, 0), (8, 8), (97, 9), (13, 13), (101, 101), (9, 9), (96, 96)])
@pytest.mark.parametrize("marker", [0, 0x80])
def test_m4_m14_numbers_become_static_ones_and_what_is_no_audio_stays_as_it_is(
    came: int, passes: int, marker: int
) -> None:
    data = bytearray(packet(3, came))
    data[1] |= marker
    expected = bytearray(packet(3, passes))
    expected[1] |= marker
    assert gate().admit(0, bytes(data), AGREED) == bytes(expected)


def test_m12_what_comes_of_a_call_that_we_hold_counts_and_is_not_audio() -> None:
    call = gate(replace(PLAN, receives=False, sends=False))
    assert call.admit(0, packet(3), AGREED) == packet(3, 13)
    assert call.target is None
    call.follow(PLAN, SIGNALS)
    assert call.admit(160, packet(4), AGREED) == packet(4)
    assert call.target == AGREED


def test_m12_a_hold_by_zeros_forgets_neither_the_source_nor_the_address() -> None:
    call = gate()
    call.admit(0, packet(), NAT)
    call.follow(replace(PLAN, remote=None, sends=False), SIGNALS)
    assert call.target is None
    assert call.admit(160, packet(1), NAT) == packet(1)
    call.follow(PLAN, SIGNALS)
    assert call.target == NAT


def test_m13_a_new_address_is_sent_to_at_once_and_what_was_under_way_from_the_old_one_still_passes() -> None:
    call = gate()
    call.admit(0, packet(), AGREED)
    elsewhere = ("192.0.2.99", 50000)
    call.follow(replace(PLAN, remote=elsewhere), SIGNALS)
    assert call.target == elsewhere
    assert call.admit(160, packet(1), AGREED) == packet(1)
    assert call.target == elsewhere
    assert call.admit(320, packet(0, ssrc=2), elsewhere) == packet(0, ssrc=2)
    assert call.admit(480, packet(2), AGREED) is None
    assert (call.target, call.foreign) == (elsewhere, 1)


def test_a_nat_that_keeps_its_address_over_a_re_invite_is_answered_there_again() -> None:
    call = gate()
    call.admit(0, packet(), NAT)
    call.follow(replace(PLAN, remote=("10.0.0.5", 40002)), SIGNALS)
    for number in range(1, 102):
        assert call.admit(160 * number, packet(number), NAT)
    assert call.target == NAT


def test_the_same_plan_again_changes_nothing() -> None:
    call = gate()
    call.admit(0, packet(), NAT)
    call.follow(PLAN, SIGNALS)
    assert call.target == NAT
