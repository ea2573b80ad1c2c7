from __future__ import annotations

from datetime import datetime

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.harness.call.links import MemoryMixLink, MemoryPorts, MemoryServerLink
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.server_destination import Closed, LinkEvent, Opened, Received
from phone_recorder.server.core import RecordServer
from phone_recorder.server.recording import ServerRecording
from tests.recording.memory_drive import Memory
from tests.server.rig import Shelf, rtp

START = b"cmd=RecordStartRequest&id=00ff&codec=PCMU\n"
STOP = b"cmd=RecordStopRequest&id=00ff\n"


class Rig:
    def __init__(self) -> None:
        self.clock = VirtualClock(datetime(2024, 1, 31, 12))
        self.ports = MemoryPorts()
        self.drive = Memory()
        self.ended: list[ServerRecording] = []
        self.server = RecordServer(
            Shelf(self.drive), SpacePolicy(0, 0), self.ports.open, self.clock.system_time, on_end=self.ended.append
        )
        self.link = MemoryServerLink(self.server, self.ports, self.clock)

    def events(self) -> list[LinkEvent]:
        return list(self.link.events())

    def pass_time(self, units: int) -> None:
        for _ in range(0, units, 160):
            self.clock.advance(160)
            self.server.advance(self.clock.now())


def test_the_mix_arrives_at_once_with_the_clocks_instant() -> None:
    clock = VirtualClock()
    link = MemoryMixLink(clock)
    assert link.receive() == []
    clock.advance(160)
    link.send([b"a", b"b"])
    clock.advance(160)
    link.send([b"c"])
    assert link.receive() == [(160, b"a"), (160, b"b"), (320, b"c")]
    assert link.receive() == []
    link.close()


def test_ports_are_even_numbers_that_nobody_else_has() -> None:
    ports = MemoryPorts()
    first, second = ports.open("127.0.0.1"), ports.open("127.0.0.1")
    assert (first.address, second.address) == (("127.0.0.1", 20000), ("127.0.0.1", 20002))
    first.deliver(7, [b"a"])
    assert (list(first.drain()), list(first.drain()), list(second.drain())) == ([(7, b"a", "127.0.0.1")], [], [])
    assert ports[20002] is second


def test_a_recording_over_the_link() -> None:
    rig = Rig()
    assert rig.events() == []
    rig.link.open()
    assert rig.events() == [Opened("127.0.0.1")]
    rig.link.send(START)
    started = b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=127.0.0.1&port=20000\n"
    assert rig.events() == [Received(started)]
    rig.link.media_to("127.0.0.1", 20000)
    rig.link.send_media([rtp(number, b"\x11" * 160) for number in range(10)])
    rig.pass_time(400)
    rig.link.send(STOP)
    assert rig.events() == []
    rig.pass_time(16_000)
    assert rig.events() == [Received(b"cmd=RecordStopResponse&id=00ff&result=success\n")]
    assert [bytes(file[76:]) for file in rig.drive.files.values()] == [b"\x11" * 1600]
    assert rig.server.running == {}


def test_a_message_without_an_end_is_answered_as_time_passes() -> None:
    rig = Rig()
    rig.link.open()
    rig.link.send(START.rstrip())
    assert rig.events() == [Opened("127.0.0.1")]
    rig.clock.advance(1600)
    [answer] = rig.events()
    assert isinstance(answer, Received)


def test_a_server_that_drops_the_connection_is_told() -> None:
    rig = Rig()
    rig.link.open()
    rig.events()
    rig.link.send(b"nonsense\n")
    assert rig.events()[0] == Closed("the server has closed it")


def test_closing_the_link_ends_the_servers_recording() -> None:
    rig = Rig()
    rig.link.open()
    rig.link.send(START)
    rig.link.close()
    rig.link.close()
    rig.link.send(STOP)
    rig.pass_time(160)
    [recording] = rig.ended
    assert recording.account.reason == "the control connection was lost"


def test_rtp_before_any_answer_goes_nowhere() -> None:
    rig = Rig()
    rig.link.open()
    rig.link.send_media([rtp(0, bytes(160))])
    rig.link.send(START)
    rig.pass_time(16_000)
    assert rig.drive.files == {}
