"""Calls over real sockets, every way to receive, a port a leg and one for all: the files are what was said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from phone_recorder.adapters.batches.batch import NAME_SIZE, Batch, Receiver
from phone_recorder.adapters.batches.best import WAYS, best
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.udp import LOOPBACK, Address, UdpPort
from phone_recorder.bulk.live import Begun, Files, LiveRecorder
from phone_recorder.bulk.pattern import expected, pattern
from phone_recorder.bulk.recorder import BulkPlan
from phone_recorder.errors import UsageError
from phone_recorder.recording.account import Account
from phone_recorder.recording.in_step import SteppingTimeline
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.units import SECOND, from_ns
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpPacket
from tests.bulk.checking import FRAME, wrong_frames

FRAMES = 40
CALLS = 12
PATIENCE_S = 10.0


@pytest.fixture(params=list(product(WAYS, [False, True])), ids=lambda way: f"{way[0]}-{'shared' if way[1] else 'many'}")
def way(request: pytest.FixtureRequest) -> Iterator[tuple[Receiver, bool]]:
    name, shared = request.param
    try:
        receiver = best(shared, wanted=name)
    except UsageError as error:
        pytest.skip(str(error))
    yield receiver, shared
    receiver.close()


class Rig:
    """A recorder of a directory, which is told what time it is."""

    def __init__(self, directory: Path, receiver: Receiver, shared: bool, calls: int = CALLS) -> None:
        self.now = from_ns(time.monotonic_ns())
        self.begun: list[int] = []
        self.ended: dict[int, Account] = {}
        files = Files(MountedDrive(directory), SpacePolicy(0), lambda instant: datetime(2024, 1, 31, 12, 0, 0))
        plan = BulkPlan(calls, FRAME, SECOND, PCMU)
        self.live = LiveRecorder(plan, receiver, files, shared, self.ended.__setitem__)

    def begin(self, number: int) -> Begun:
        begun = self.live.begin(self.now, Account(str(number), "local", "PCMU"), 2 * number + 1, 2 * number + 2)
        self.begun.append(begun.call)
        return begun

    def receive(self, packets: int) -> None:
        """Until so many have come."""
        deadline = time.monotonic() + PATIENCE_S
        while self.live.received < packets and time.monotonic() < deadline:
            self.live.tick(from_ns(time.monotonic_ns()))
        assert self.live.received == packets

    def end(self) -> None:
        """All calls, two seconds later."""
        self.now = from_ns(time.monotonic_ns()) + 2 * SECOND
        for call in self.begun:
            self.live.stop(call, self.now, "the end")
        self.live.tick(self.now + 2 * SECOND)


def say(call: Begun, number: int, port: UdpPort) -> None:
    """Both legs, all at once, a frame of each in turn."""
    for frame, (leg, address) in product(range(FRAMES), enumerate((call.near, call.far))):
        flow = 2 * number + leg
        port.send_to(
            [bytes(RtpPacket(0, frame + 65_500 & 0xFFFF, frame * FRAME, flow + 1, said(flow, frame)))], address
        )


def said(flow: int, frame: int) -> bytes:
    return bytes(pattern(np.array([flow]), np.array([frame]), FRAME)[0])


def test_every_frame_is_what_was_said(way: tuple[Receiver, bool], tmp_path: Path) -> None:
    rig, port = Rig(tmp_path, *way), UdpPort()
    calls = [rig.begin(number) for number in range(CALLS)]
    for number, call in enumerate(calls):
        say(call, number, port)
    rig.receive(CALLS * FRAMES * 2)
    rig.end()
    port.close()
    for number, call in enumerate(calls):
        account = rig.ended[call.call]
        assert (account.state, account.reason) == ("recorded", "the end")
        audio = np.frombuffer(Path(account.parts[0].path).read_bytes()[76:], np.uint8).reshape(-1, FRAME)
        assert wrong_frames(number, audio, (FRAMES, FRAMES)) == 0
        assert [counts.received for counts in account.streams.values()] == [FRAMES, FRAMES]


def test_a_stream_at_a_shared_port_may_change_its_ssrc_and_what_is_of_nobody_is_counted(tmp_path: Path) -> None:
    rig = Rig(tmp_path, best(shared=True, wanted="recvmmsg"), True)
    call, stranger, phone = rig.begin(0), UdpPort(), UdpPort()
    packets = [RtpPacket(0, n, n * FRAME, ssrc, said(0, n)) for ssrc in (1, 77) for n in range(10)]
    phone.send_to([bytes(packet) for packet in packets], call.near)
    stranger.send_to([bytes(RtpPacket(0, 1, 1, 99, b"x" * FRAME)), b"short"], call.near)
    rig.receive(22)
    rig.end()
    account = rig.ended[0]
    assert (account.streams["near"].received, account.streams["near"].ssrc_changes) == (20, 1)
    assert (account.streams["far"].received, rig.live.foreign) == (0, 2)
    for one in (stranger, phone):
        one.close()
    rig.live.close()


def test_a_call_too_many_is_refused_and_costs_nothing(tmp_path: Path) -> None:
    rig = Rig(tmp_path, best(wanted="recvmmsg"), False, calls=1)
    rig.begin(0)
    with pytest.raises(UsageError, match="1 calls are recorded already: allow more of them"):
        rig.begin(1)
    assert rig.live.running == len(list(tmp_path.glob("Record_*.wav"))) == 1
    rig.live.close()


def test_two_streams_of_one_ssrc_cannot_share_a_port(tmp_path: Path) -> None:
    rig = Rig(tmp_path, best(shared=True, wanted="recvmmsg"), True)
    rig.begin(0)
    with pytest.raises(UsageError, match="SSRC 0x00000001 is another stream's"):
        rig.begin(0)
    assert rig.live.running == 1
    rig.live.close()


def test_a_port_is_another_calls_when_a_call_is_over(tmp_path: Path) -> None:
    rig = Rig(tmp_path, best(wanted="recvmmsg"), False)
    for number in range(5):
        begun = rig.begin(number)
        assert begun.call == 0 or number == 0
        rig.live.stop(begun.call, rig.now, "the end")
        rig.live.tick(rig.now + 2 * SECOND)
        assert not rig.live.running
    assert begun.near[0] == LOOPBACK
    rig.live.close()


class Stored:
    """A receiver of what came to one port over a long time, in batches of half a second."""

    name, dropped = "a test", 0

    def __init__(self, ordered: bool) -> None:
        self.ordered = ordered
        self.batches: list[Batch] = []

    def add(self, flow: int, host: str = LOOPBACK, port: int = 0) -> Address:
        return host, 4000

    def remove(self, flow: int) -> None:
        pass

    def receive(self) -> Iterator[Batch]:
        batches, self.batches = self.batches, []
        yield from batches

    def close(self) -> None:
        pass


def stored(start: int, legs: int, first: int, frames: int) -> Batch:
    """Frames of each leg from the first on, 20 ms after each other."""
    packets = [
        (start + frame * FRAME, bytes(RtpPacket(0, frame, frame * FRAME, leg + 1, said(leg, frame))))
        for frame, leg in product(range(first, first + frames), range(legs))
    ]
    count = len(packets)
    data = np.frombuffer(b"".join(packet for _, packet in packets), np.uint8).reshape(count, -1)
    arrivals = np.array([at for at, _ in packets], np.int64)
    sizes = np.full(count, data.shape[1], np.int32)
    return Batch(np.zeros(count, np.int32), arrivals, sizes, data, np.zeros((count, NAME_SIZE), np.uint8))


@pytest.mark.parametrize("ordered", [True, False])
def test_what_came_during_a_long_stall_is_whole_and_stays_in_arrays_where_it_is_in_order(
    ordered: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    singly: list[int] = []
    receive = SteppingTimeline.receive

    def watched(timeline: SteppingTimeline, arrival: int, datagram: bytes) -> None:
        singly.append(arrival)
        receive(timeline, arrival, datagram)

    monkeypatch.setattr(SteppingTimeline, "receive", watched)
    receiver = Stored(ordered)
    rig, seconds = Rig(tmp_path, receiver, True, calls=1), 6
    rig.begin(0)
    receiver.batches = [stored(rig.now, 2, 25 * half, 25) for half in range(2 * seconds)]
    rig.live.tick(rig.now + seconds * SECOND)
    rig.end()
    account = rig.ended[0]
    audio = np.frombuffer(Path(account.parts[0].path).read_bytes()[76:], np.uint8).reshape(-1, FRAME)
    assert wrong_frames(0, audio, (50 * seconds, 50 * seconds)) == 0
    assert (len(singly) < 20) == ordered


def test_a_frame_that_is_not_what_was_said_is_noticed() -> None:
    legs = [pattern(np.full(FRAMES, leg), np.arange(FRAMES), FRAME) for leg in range(2)]
    whole = expected(legs[0], legs[1], (PCMU, PCMU), PCMU)
    assert wrong_frames(0, whole, (FRAMES, FRAMES)) == 0
    whole[7, 100] ^= 1
    assert wrong_frames(0, whole, (FRAMES, FRAMES)) == 1
    assert wrong_frames(1, whole, (FRAMES, FRAMES)) == FRAMES
