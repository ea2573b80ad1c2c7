"""The media process by itself: a real one, spoken to over its pair of sockets."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from phone_recorder.bulk.fleet.media_child_messages import (
    AskedReader,
    Begin,
    Begun,
    End,
    Ended,
    Ready,
    Refused,
    Second,
    Setup,
    ToldReader,
    line_of,
)
from phone_recorder.bulk.fleet.media_child_seconds import Seconds
from phone_recorder.bulk.fleet.plan import Bad, FleetPlan
from phone_recorder.bulk.fleet.script import Call
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.wire.rtp import RtpPacket
from tests.bulk.locust.child import PATIENCE_S, SETUP, Child, Ear, child_of

CALL = Call(flow=7, talk=8000, rest=0, bad=None, ssrc=0x55, sequence=65530, timestamp=0xFFFFFF00, incoming=True, key=1)
OTHER = Setup.of(FleetPlan(("::1", 5), codec="PCMA", impairments=Impairments(loss=0.1, jitter=5)), "tone:440")
ASKED = [
    OTHER,
    Begin(("127.0.0.1", 5), replace(CALL, bad=Bad.MUTE)),
    End(7),
]
TOLD = [
    Ready(),
    Refused("no such\nfile"),
    Begun(7),
    Begun(7, "no"),
    Ended(7, Totals(5, 4, 1, 0, 640)),
    Second(5, 1, 0, 800, 0.01, 0.02),
]


@pytest.fixture
def child() -> Iterator[Child]:
    with child_of() as running:
        yield running


@pytest.fixture
def ear() -> Iterator[Ear]:
    with Ear() as open_ear:
        yield open_ear


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_messages_come_back_from_pieces_of_any_size(size: int) -> None:
    asked, told = AskedReader(), ToldReader()
    for reader, messages in ((asked, ASKED), (told, TOLD)):
        data = b"".join(line_of(message) for message in messages)  # type: ignore[arg-type]
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        assert [message for piece in pieces for message in reader.read(piece)] == messages


def test_a_plan_is_told_as_far_as_media_need_it() -> None:
    plan = OTHER.plan
    assert (plan.server, plan.codec, plan.impairments) == (("::1", 5), "PCMA", Impairments(loss=0.1, jitter=5))


@pytest.mark.parametrize("line", [b"{}\n", b"nonsense\n", b'{"type":"End"}\n', b'{"type":"Ready"}\n'])
def test_what_is_no_message_is_said_to_be_none(line: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        AskedReader().read(line)


class _Streams:
    """Streams of which a test says how late they were."""

    def __init__(self) -> None:
        self.late_by_ms = np.zeros(100, np.int64)
        self.sent = Totals()

    def totals(self) -> Totals:
        return self.sent


def test_each_second_tells_of_itself_alone() -> None:
    streams = _Streams()
    seconds = Seconds(0, streams, 20)  # type: ignore[arg-type]
    streams.late_by_ms[:] = [99] + [0] * 98 + [1]
    streams.sent = Totals(octets=500)
    assert seconds.look(7999) is None
    assert seconds.look(8000) == Second(100, 1, 0, 500, 0.0, 0.099)
    assert seconds.look(16000) is None, "nothing was due"
    streams.late_by_ms[19] += 1
    streams.late_by_ms[20] += 3
    streams.sent = Totals(unsent=2, octets=600)
    assert seconds.look(24100) == Second(4, 3, 2, 100, 0.02, 0.02)


@pytest.mark.live
def test_it_sends_the_rtp_of_calls_until_each_ends(child: Child, ear: Ear) -> None:
    child.say(SETUP)
    assert child.told() == Ready()
    other = replace(CALL, flow=8, ssrc=0x66)
    for call in (CALL, other):
        child.say(Begin(ear.address, call))
        assert child.told(Begun) == Begun(call.flow)
    ear.hear(40)
    ended: dict[int, Totals] = {}
    for call in (CALL, other):
        child.say(End(call.flow))
        ended[call.flow] = child.told(Ended).packets
    ear.drain()
    for call in (CALL, other):
        mine = [packet for packet in map(RtpPacket.parse, ear.packets) if packet.ssrc == call.ssrc]
        said = range(ended[call.flow].said)
        assert len(mine) == len(said) >= 10
        assert [packet.sequence for packet in mine] == [(call.sequence + n) % 65536 for n in said]
        assert [packet.timestamp for packet in mine] == [(call.timestamp + 160 * n) % (1 << 32) for n in said]
        assert [frame for flow, frame in ear.frames() if flow == call.flow] == list(said)


@pytest.mark.live
def test_it_tells_each_second_how_late_packets_were(child: Child, ear: Ear) -> None:
    child.say(SETUP)
    child.say(Begin(ear.address, CALL))
    second = child.told(Second)
    assert 0 < second.packets <= 100
    assert second.octets == 160 * second.packets
    assert second.unsent == 0


def test_each_call_is_sent_from_its_phone_s_address(child: Child, ear: Ear) -> None:
    child.say(Setup.of(FleetPlan(("127.0.0.1", 1), sources=("127.0.0.2", "127.0.0.3")), "pattern"))
    for flow, source in enumerate(("127.0.0.3", "127.0.0.2")):
        child.say(Begin(ear.address, replace(CALL, flow=flow), source))
        assert child.told(Begun) == Begun(flow)
        came = {ear.caller() for _ in range(20)}
        assert source in came


def test_what_cannot_be_sent_there_is_refused_and_the_rest_goes_on(child: Child, ear: Ear) -> None:
    child.say(SETUP)
    child.say(Begin(("::1", 9), CALL))
    assert "::1" in child.told(Begun).reason
    child.say(End(CALL.flow))
    assert child.told(Ended) == Ended(CALL.flow, Totals())
    child.say(Begin(ear.address, CALL))
    assert child.told(Begun) == Begun(CALL.flow)
    ear.hear(3)


def test_a_voice_that_is_not_there_is_refused(child: Child) -> None:
    child.say(Setup.of(FleetPlan(("127.0.0.1", 1)), "/nowhere/voice.wav"))
    assert "there is no such file" in child.told(Refused).reason
    assert child.told() is None
    assert child.process.wait(PATIENCE_S) == 0


def test_it_ends_when_the_other_end_is_closed(child: Child) -> None:
    child.say(SETUP)
    assert child.told() == Ready()
    child.line.close()
    assert child.process.wait(PATIENCE_S) == 0


def test_ctrl_c_on_its_terminal_is_not_for_it(child: Child, ear: Ear) -> None:
    child.say(SETUP)
    assert child.told() == Ready()
    child.process.send_signal(signal.SIGINT)
    child.say(Begin(ear.address, CALL))
    assert child.told(Begun) == Begun(CALL.flow)


def test_it_ends_with_its_parent_although_the_line_is_open() -> None:
    code = (
        "import os, signal, subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-m', 'phone_recorder.bulk.fleet.media_child', str(os.getpid())], stdin=0)\n"
        "signal.pause()\n"
    )
    ours, theirs = socket.socketpair()
    ours.settimeout(PATIENCE_S)
    with ours, subprocess.Popen([sys.executable, "-c", code], stdin=theirs.fileno()) as parent:
        theirs.close()
        orphan = Child(parent, ours)
        orphan.say(SETUP)
        assert orphan.told() == Ready()
        parent.kill()
        assert orphan.told() is None, "its end of the line is closed"


def test_without_its_parent_it_does_not_even_begin() -> None:
    with child_of(parent=os.getppid()) as child:
        assert child.process.wait(PATIENCE_S) == 0
