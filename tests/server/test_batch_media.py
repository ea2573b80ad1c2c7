"""Media ports that are read together in groups: given, given back, and told apart."""

from __future__ import annotations

import pytest

pytest.importorskip("numpy")

from phone_recorder.server.batch_media import GROUPS, LOOK
from phone_recorder.server.limits import Limits
from tests.server.batch_rig import BatchRig
from tests.server.batch_traffic import OTHER, Phone, record, start, traffic, undisturbed
from tests.server.rig import SECOND


def test_what_others_send_is_looked_at_at_once() -> None:
    rig = BatchRig()
    for _ in undisturbed(rig, 200):
        pass
    for count in range(1, 10):
        rig.arrive(rig.recording.port.address[1], rig.now, b"junk", OTHER)
        rig.advance(LOOK)
        assert rig.recording.account.foreign == count


def test_a_recording_s_port_knows_nothing_of_the_one_before() -> None:
    rig, phone = BatchRig(), Phone(0, 20, (0, 0))
    phone.talk(200)
    for number, packets in enumerate((phone.sent[:100], phone.sent[100:])):
        for spare in range(GROUPS):
            start(rig, number * GROUPS + spare)
        port = next(iter(rig.core.running.values())).port.address[1]
        for packet in packets:
            rig.arrive(port, rig.now, packet.data)
            rig.advance(160)
        for spare in range(GROUPS):
            rig.say(f"cmd=RecordStopRequest&id=id{number * GROUPS + spare}\n".encode())
        rig.finish()
        assert rig.files[-1][76:] == b"".join(packet.data[12:] for packet in packets)


def test_ports_of_a_group_are_used_again_and_forget_what_they_held() -> None:
    rig = BatchRig()
    for number in range(3 * GROUPS):
        port, phone = start(rig, number), Phone(0, 20, (number, 0))
        phone.talk(77 + number)
        for packet in phone.sent:
            rig.arrive(port, rig.now, packet.data)
            rig.advance(160)
        rig.say(f"cmd=RecordStopRequest&id=id{number}\n".encode())
        rig.finish()
        assert rig.files[-1][76:] == b"".join(packet.data[12:] for packet in phone.sent)
        assert all(receiver.flows == {} for receiver in rig.receivers)


def test_more_recordings_than_there_were_rows() -> None:
    rig = BatchRig(limits=Limits(sessions=1000, per_device=1000))
    streams = [traffic([("talk", (3,), {})], 0, 20, (number, 0)) for number in range(64 * GROUPS + 5)]
    files = {made[-1][76:] for made in record(rig, streams, "PCMU")}
    assert files == {b"".join(packet.data[12:] for packet in streams[0])}


def test_hosts_of_ipv6_are_told_apart() -> None:
    rig = BatchRig()
    rig.phone = rig.connect("2001:db8::1")
    port, phone = start(rig), Phone(0, 20, (0, 0))
    phone.talk(200)
    for packet in phone.sent:
        rig.arrive(port, rig.now, packet.data, "2001:db8::1")
        rig.advance(160)
    [told] = [port.told for group in rig.media.groups for port in group.ports.values()]
    rig.arrive(port, rig.now, phone.sent[-1].data, "2001:db8::2")
    rig.say(b"cmd=RecordStopRequest&id=id0\n")
    rig.finish()
    assert (told, rig.recording.account.foreign, len(rig.files[0]) - 76) == (True, 1, 200 * 160)


def test_after_a_stall_every_group_is_looked_at() -> None:
    rig = BatchRig()
    ports = [start(rig, number) for number in range(GROUPS)]
    rig.advance(30 * SECOND)
    for port in ports:
        rig.arrive(port, rig.now, b"junk")
    rig.advance(LOOK)
    assert [recording.account.foreign for recording in rig.core.running.values()] == [1] * GROUPS


def test_it_is_closed_with_all_its_receivers() -> None:
    rig = BatchRig()
    rig.media.close()
    assert [receiver.closed for receiver in rig.receivers] == [True] * GROUPS
    assert rig.media.name == "a test over all ports"
