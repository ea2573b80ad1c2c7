"""Who is listened to at a port, and whose datagrams are counted and dropped."""

from __future__ import annotations

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.agent.rtp_input import SILENT, RtpInput
from tests.agent.call_rig import PHONE, STRANGER, MemoryPort, packet, said
from tests.recording.streams import FRAME

LATER = 1000 * SILENT


def heard(*sent: tuple[int, int, tuple[str, int]]) -> tuple[list[int], RtpInput]:
    """The instants of what was taken, of packets of (instant, number, source)."""
    clock = VirtualClock()
    port = MemoryPort(clock, 40000)
    for instant, number, source in sent:
        port.send(instant, packet(number, said(number)), source)
    clock.advance(LATER)
    found = RtpInput(port)
    return [instant for instant, _ in found.take()], found


def test_the_first_source_keeps_the_port() -> None:
    taken, found = heard((1, 0, PHONE), (2, 0, STRANGER), (161, 1, PHONE), (162, 1, STRANGER))
    assert taken == [1, 161]
    assert (found.foreign, found.heard) == (2, True)


@pytest.mark.parametrize("other", [("127.0.0.1", PHONE[1] + 1), ("127.0.0.2", PHONE[1])])
def test_another_port_or_another_host_is_another_source(other: tuple[str, int]) -> None:
    assert heard((1, 0, PHONE), (2, 0, other))[1].foreign == 1


@pytest.mark.parametrize(("after", "taken"), [(SILENT - 1, [10]), (SILENT, [10, 10 + SILENT])])
def test_another_source_may_take_its_place_after_two_seconds_of_silence(after: int, taken: list[int]) -> None:
    assert heard((10, 0, PHONE), (10 + after, 0, STRANGER))[0] == taken


def test_the_source_that_was_replaced_is_foreign_from_then_on() -> None:
    taken, found = heard((0, 0, PHONE), (SILENT, 0, STRANGER), (SILENT + 1, 1, PHONE))
    assert (taken, found.foreign) == ([0, SILENT], 1)


def test_a_source_that_never_falls_silent_is_never_replaced() -> None:
    steady = [(at, at // FRAME, PHONE) for at in range(0, 20 * SILENT, SILENT - 1)]
    others = [(at, at // FRAME, STRANGER) for at in range(1, 20 * SILENT, FRAME)]
    assert heard(*steady, *others)[1].foreign == len(others)


@pytest.mark.parametrize("data", [b"", b"\x80", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 172])
def test_what_is_no_rtp_does_not_take_a_port(data: bytes) -> None:
    clock = VirtualClock()
    port = MemoryPort(clock, 40000)
    port.send(0, data, STRANGER)
    port.send(1, packet(0, said(0)))
    port.send(2, data)  # of the source: for the timeline to count
    clock.advance(10)
    found = RtpInput(port)
    assert [instant for instant, _ in found.take()] == [1, 2]
    assert found.foreign == 1


def test_what_is_discarded_settles_whose_port_it_is_too() -> None:
    clock = VirtualClock()
    port = MemoryPort(clock, 40000)
    port.send(0, packet(0, said(0)))
    port.send(1, packet(0, said(0)), STRANGER)
    clock.advance(5)
    found = RtpInput(port)
    assert not found.heard
    found.discard()
    port.send(6, packet(1, said(1)), STRANGER)
    port.send(7, packet(1, said(1)))
    clock.advance(5)
    assert [instant for instant, _ in found.take()] == [7]
    assert (found.foreign, found.heard, found.number) == (2, True, 40000)


def test_closing_closes_the_port() -> None:
    port = MemoryPort(VirtualClock(), 40000)
    RtpInput(port).close()
    assert port.closed


@pytest.mark.parametrize("junk", [b"x", b"\x80", b"\x80\xc9" + bytes(26)])
def test_whoever_has_taken_the_port_does_not_hold_it_with_what_is_no_rtp(junk: bytes) -> None:
    clock = VirtualClock()
    port = MemoryPort(clock, 40000)
    port.send(0, packet(0, said(0)), STRANGER)
    for instant in range(1, 2 * SILENT, SILENT // 4):
        port.send(instant, junk, STRANGER)
    port.send(2 * SILENT, packet(0, said(0)), PHONE)
    clock.advance(LATER)
    found = RtpInput(port)
    assert found.take()[-1][0] == 2 * SILENT and found.foreign == 0


def test_what_is_no_rtp_is_nothing_heard() -> None:
    clock = VirtualClock()
    port = MemoryPort(clock, 40000)
    port.send(0, b"x", STRANGER)
    clock.advance(LATER)
    found = RtpInput(port)
    assert (found.take(), found.heard) == ([], False)
