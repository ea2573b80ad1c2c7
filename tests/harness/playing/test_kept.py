from __future__ import annotations

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.harness.call.links import MemoryPorts, MemoryServerLink
from phone_recorder.harness.evidence import Carried, Passed
from phone_recorder.harness.playing.kept import FAR, Kept
from phone_recorder.phone.party import Nobody, Replay
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.server_destination import Opened
from phone_recorder.server.core import RecordServer
from tests.recording.memory_drive import Memory
from tests.server.rig import Shelf

PHONE, SERVER = ("192.0.2.1", 40000), ("192.0.2.4", 10000)


def test_without_a_wish_for_it_nothing_is_tapped() -> None:
    kept, nobody = Kept(VirtualClock(), keeps=False), Nobody()
    assert kept.party(nobody, FAR) is nobody
    kept.sip(Passed(0, "sip", True, "INFO"))
    assert kept.carried == []


def test_packets_of_a_party_are_kept_as_they_reach_the_phone() -> None:
    kept = Kept(VirtualClock(), keeps=True)
    party = kept.party(Replay([(5, b"one"), (9, b"two")], 100, 1000), FAR)
    assert party.packets(107) == [(105, b"one")]
    assert kept.carried == [Carried(105, "UDP", ("192.0.2.3", 11800), ("192.0.2.1", 11800), b"one")]


def test_both_ways_of_a_control_connection_are_kept_and_the_media() -> None:
    clock, ports = VirtualClock(), MemoryPorts()
    server = RecordServer(Shelf(Memory()), SpacePolicy(0, 0), ports.open, clock.system_time)
    kept = Kept(clock, keeps=True)
    link = kept.link(MemoryServerLink(server, ports, clock))
    link.open()
    clock.advance(80)
    link.send(b"cmd=Nonsense&id=1\n")
    first, *_ = link.events()
    assert isinstance(first, Opened)
    number = ports.open("127.0.0.1").address[1]
    link.media_to("127.0.0.1", number)
    link.send_media([b"rtp"])
    link.close()
    assert kept.carried[0] == Carried(80, "TCP", PHONE, SERVER, b"cmd=Nonsense&id=1\n")
    assert kept.carried[-1] == Carried(80, "UDP", ("192.0.2.1", 11900), ("192.0.2.4", number), b"rtp")
    assert ports[number].drain() == [(80, b"rtp", "127.0.0.1")]


def test_what_is_asked_of_a_sip_server_is_kept() -> None:
    kept = Kept(VirtualClock(), keeps=True)
    kept.sip(Passed(0, "sip", False, "200 OK"))
    assert kept.carried == [Carried(0, "UDP", ("192.0.2.5", 5060), ("192.0.2.1", 5060), b"200 OK")]
