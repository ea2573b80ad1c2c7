"""A stop is answered when what was recorded is safe: on the disk, with what is known of its call."""

from __future__ import annotations

from phone_recorder.errors import DriveGone
from phone_recorder.server.limits import Limits
from tests.server.rig import (
    NOT_STOPPED,
    SECOND,
    START,
    STOP,
    STOPPED,
    Disk,
    Rig,
)

AUDIO = [bytes([0x80 + n]) * 160 for n in range(50)]


def test_a_stop_is_answered_when_the_disk_has_it() -> None:
    rig, disk = Rig(), Disk()
    phone = rig.connect(safe=disk)
    rig.say(START, phone)
    rig.send(AUDIO)
    rig.say(STOP, phone)
    assert (rig.stored(phone), disk.asked) == (b"", 1)
    assert (phone.advance(rig.now + SECOND), disk.asked) == (b"", 1)
    disk.outcomes[1] = True
    assert phone.advance(rig.now + SECOND) == STOPPED
    assert phone.advance(rig.now + SECOND) == b""


def test_a_stop_is_answered_failed_when_the_disk_does_not_keep_it() -> None:
    rig, disk = Rig(), Disk()
    phone = rig.connect(safe=disk)
    rig.say(START, phone)
    rig.send(AUDIO)
    rig.say(STOP, phone)
    disk.outcomes[1] = False
    assert rig.stored(phone) == NOT_STOPPED
    entries = [entry for entry, _ in rig.shelf.entries]
    assert [(entry.state, entry.reason) for entry in entries] == [
        ("recorded", "key"),
        ("cut short", "the disk may not have kept all of it"),
    ]


def test_the_disk_is_asked_of_all_since_the_recordings_start() -> None:
    rig, disk = Rig(), Disk()
    phone = rig.connect(safe=disk)
    disk.marked = 7
    rig.say(START, phone)
    disk.marked = 9
    rig.send(AUDIO)
    rig.say(STOP, phone)
    rig.stored(phone)
    assert disk.since == 7


def test_a_stop_is_answered_failed_while_what_is_known_of_the_call_cannot_be_stored() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO)
    rig.shelf.fails = True
    assert rig.say(STOP) + rig.stored() == NOT_STOPPED


def test_a_connection_is_held_while_it_records_and_until_its_stop_is_answered() -> None:
    rig, disk = Rig(limits=Limits(control_idle=60 * SECOND)), Disk()
    phone = rig.connect(safe=disk)
    rig.say(START, phone)
    for _ in range(100):
        rig.now += SECOND
        phone.advance(rig.now)
    rig.send(AUDIO)
    rig.say(STOP, phone)
    rig.finish()
    for _ in range(100):
        rig.now += SECOND
        phone.advance(rig.now)
    assert not phone.ended
    disk.outcomes[1] = True
    assert phone.advance(rig.now) == STOPPED
    rig.now += 60 * SECOND
    phone.advance(rig.now)
    assert phone.ended


def test_a_stop_is_answered_though_another_recording_of_the_connection_fails_meanwhile() -> None:
    rig, disk = Rig(), Disk()
    phone = rig.connect(safe=disk)
    rig.say(START, phone)
    rig.send(AUDIO)
    rig.say(b"cmd=RecordStartRequest&id=beef&codec=PCMU\n", phone)
    rig.send(AUDIO, port=1)
    rig.say(STOP, phone)
    rig.advance(SECOND)
    rig.drive.fails["append"] = rig.drive.fails["seal"] = DriveGone("it is gone")
    rig.send(AUDIO, first=50, port=1)
    rig.finish()
    disk.outcomes[1] = True
    assert rig.stored(phone) == STOPPED
    assert phone.ended
