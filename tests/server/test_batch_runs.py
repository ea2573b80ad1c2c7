"""What is plainly next goes in runs: when it is written, when it is told of, and when it ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

pytest.importorskip("numpy")

from phone_recorder.server.batch_media import LOOK
from phone_recorder.server.limits import Limits
from tests.server.batch_rig import BatchRig
from tests.server.batch_traffic import TICK, Phone, start, undisturbed
from tests.server.rig import SECOND


def test_what_is_plain_goes_in_runs() -> None:
    rig, handed_out = BatchRig(), 0
    for _ in undisturbed(rig, 500):
        handed_out += sum(len(port.waiting) for group in rig.media.groups for port in group.ports.values())
    assert handed_out == 0
    assert [port.told for group in rig.media.groups for port in group.ports.values()] == [True]
    [file] = rig.files
    assert len(file) > 450 * 160


def test_headers_are_true_within_a_second() -> None:
    rig = BatchRig()
    for sent in undisturbed(rig, 600):
        if sent > 60:
            [file] = rig.files
            assert int.from_bytes(file[72:76], "little") >= (sent - 50) * 160


def test_what_it_is_doing_is_told_between_two_writes() -> None:
    rig = BatchRig()
    for sent in undisturbed(rig, 300):
        if sent > 50:
            live = rig.recording.live(rig.now)
            assert live.level_db is not None
            assert live.received >= sent - (LOOK + TICK) // 160 - 1


def test_a_recording_that_gets_rtp_goes_on() -> None:
    rig = BatchRig(limits=Limits(rtp_idle=SECOND // 2))
    for _ in undisturbed(rig, 300):
        assert rig.recording.running
    rig.advance(SECOND)
    rig.advance(LOOK)
    rig.finish()
    assert rig.recording.account.reason == "no RTP came for 0 s"


def test_all_that_came_before_a_stop_is_kept_and_nothing_later() -> None:
    rig = BatchRig()
    port, phone = start(rig), Phone(0, 20, (0, 0))
    phone.talk(120)
    for packet in phone.sent[:110]:
        rig.advance(packet.arrival - rig.now)
        rig.arrive(port, packet.arrival, packet.data)
    rig.say(b"cmd=RecordStopRequest&id=id0\n")
    rig.advance(1)
    for packet in phone.sent[110:]:
        rig.arrive(port, rig.now, packet.data)
    rig.finish()
    assert rig.files[0][76:] == b"".join(packet.data[12:] for packet in phone.sent[:110])


def lossy(lost: Iterable[int]) -> Iterator[tuple[int, int]]:
    """10 s of a stream that lacks these packets: packets sent, and bytes of audio in the file, at each tick."""
    rig = BatchRig()
    port, phone = start(rig), Phone(0, 20, (65500, 0))
    phone.talk(500)
    sent = 0
    while sent < 500:
        while sent < 500 and phone.sent[sent].arrival <= rig.now + TICK:
            if sent not in lost:
                rig.arrive(port, phone.sent[sent].arrival, phone.sent[sent].data)
            sent += 1
        rig.advance(TICK)
        yield sent, sum(len(file) - 76 for file in rig.files)


@pytest.mark.parametrize("lost", [range(40, 500, 13), range(60, 500, 31), range(60, 500, 60)])
def test_what_comes_after_a_loss_is_in_the_file_within_a_second(lost: Iterable[int]) -> None:
    assert [(sent, size) for sent, size in lossy(lost) if size < (sent - 50) * 160] == []


def test_of_more_than_a_row_holds_none_goes_one_by_one() -> None:
    rig = BatchRig()
    for _ in undisturbed(rig, 100):
        pass
    [port] = [port for group in rig.media.groups for port in group.ports.values()]
    assert port.told
    phone = Phone(0, 20, (65500, 0))
    phone.talk(200)
    for packet in phone.sent[100:]:
        rig.arrive(port.address[1], packet.arrival, packet.data)
    rig.now = phone.at
    rig.media.look(rig.now)
    assert (port.told, port.waiting) == (True, [])
    rig.core.advance(rig.now)
    rig.say(b"cmd=RecordStopRequest&id=id0\n")
    rig.finish()
    assert rig.files[0][76:] == b"".join(packet.data[12:] for packet in phone.sent)
