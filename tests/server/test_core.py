"""Which recordings the server takes, and what it says to those that it does not."""

from __future__ import annotations

import pytest

from phone_recorder.errors import DriveGone, DriveReadOnly
from phone_recorder.server.access import Access
from phone_recorder.server.limits import Limits
from tests.server.rig import ID, SECOND, START, STOP, STOPPED, Rig, started

AUDIO = [bytes([0x80 + n]) * 160 for n in range(50)]


def start(recording_id: str, device: str = "0c1105aabbcc") -> bytes:
    return f"cmd=RecordStartRequest&id={recording_id}&device={device}&codec=PCMU\n".encode()


def refused(recording_id: str, reason: str) -> bytes:
    why = reason.replace(" ", "%20")
    return f"cmd=RecordStartResponse&id={recording_id}&result=failed&reason={why}&server=&port=".encode()


@pytest.mark.parametrize("codec", ["OPUS", "G729", "L16/44100", "PCMU8000", "PCMU/16000", "PCMU/8000/2", "x" * 2000])
def test_an_unknown_codec_is_refused_by_name(codec: str) -> None:
    rig = Rig()
    answer = rig.say(f"cmd=RecordStartRequest&id=00ff&codec={codec}\n".encode())
    assert answer.startswith(b"cmd=RecordStartResponse&id=00ff&result=failed&reason=codec%20")
    assert answer.endswith(b"%20is%20not%20one%20of%20PCMU,%20PCMA,%20G722&server=&port=")
    assert len(answer) < 200
    assert (rig.ports, rig.phone.ended) == ([], False)


@pytest.mark.parametrize("codec", ["PCMU/8000", "pcma/8000/1", "G722/8000"])
def test_a_codec_may_have_its_clock_rate(codec: str) -> None:
    assert b"&result=success&" in Rig().say(f"cmd=RecordStartRequest&id=00ff&codec={codec}\n".encode())


LONG_ID = b"cmd=RecordStartRequest&id=%b&codec=PCMU\n"


def test_an_id_of_any_length_is_not_taken() -> None:
    rig = Rig()
    assert b"&result=failed&reason=the%20id%20has" in rig.say(
        b"cmd=RecordStartRequest&id=" + b"x" * 129 + b"&codec=PCMU\n"
    )
    assert b"&result=success&" in rig.say(LONG_ID % (b"x" * 128))


def test_no_port_left_is_a_reason_to_refuse() -> None:
    rig = Rig(ports=0)
    assert b"&result=failed&reason=no%20UDP%20port%20is%20left&" in rig.say(START)


@pytest.mark.parametrize(
    ("call", "error"), [("check", DriveGone("it is gone")), ("check", DriveReadOnly("it is write-protected"))]
)
def test_c10_a_server_that_cannot_store_refuses(call: str, error: DriveGone) -> None:
    rig = Rig()
    rig.drive.fails[call] = error
    why = str(error).replace(" ", "%20").encode()
    assert b"&result=failed&reason=nothing%20can%20be%20stored:%20" + why in rig.say(START)
    assert (rig.ports, rig.phone.ended) == ([], False)
    rig.drive.fails.clear()
    assert rig.say(START) == started(20000)


def test_c10_a_full_server_refuses() -> None:
    rig = Rig()
    rig.drive.capacity = 1000
    assert b"&result=failed&reason=nothing%20can%20be%20stored:%20the%20drive%20is%20full" in rig.say(START)


def test_too_many_recordings_are_refused_until_one_has_ended() -> None:
    rig = Rig(limits=Limits(sessions=2))
    assert b"&result=success&" in rig.say(start("a", "1")) + rig.say(start("b", "2"))
    assert rig.say(start("c", "3")) == refused("c", "too many recordings: 2 run already")
    rig.say(b"cmd=RecordStopRequest&id=a\n")
    rig.advance(1)
    assert b"&result=success&" in rig.say(start("c", "3"))


def test_too_many_recordings_of_one_device_are_refused_and_of_another_are_not() -> None:
    rig = Rig(limits=Limits(per_device=1))
    assert b"&result=success&" in rig.say(start("a"))
    assert rig.say(start("b")) == refused("b", "too many recordings of this device: 1 run already")
    assert rig.say(start("b", "0C:11:05:AA:BB:CC")) == refused("b", "too many recordings of this device: 1 run already")
    assert b"&result=success&" in rig.say(start("c", "0c1105aabbcd"))
    rig.say(b"cmd=RecordStopRequest&id=a\n")
    rig.advance(1)
    assert b"&result=success&" in rig.say(start("b"))


def test_a_device_that_is_not_on_the_list_is_refused() -> None:
    rig = Rig(access=Access(devices=frozenset({"0c1105aabbcc"})))
    assert rig.say(start("a", "0c1105aabbcd")) == refused("a", "this device may not record here")
    assert b"&result=success&" in rig.say(start("b", "0C:11:05:AA:BB:CC"))


def test_an_id_of_a_recording_that_is_kept_is_not_taken_again() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO)
    rig.say(STOP)
    rig.finish()
    assert rig.say(START) == refused(ID, "this id has been used before")


def test_c5_what_is_kept_of_a_recording_is_what_was_said_of_its_call() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO[:20])
    rig.send(AUDIO[20:], first=22)
    assert rig.say(STOP) + rig.stored() == STOPPED
    [(entry, names)] = rig.shelf.entries
    assert names == ["Record_20240131120000"]
    said = (entry.id, entry.device, entry.direction, entry.remote_name, entry.codec)
    assert said == (ID, "0c1105aabbcc", "in", "Anna", "PCMU")
    assert (entry.state, entry.reason, entry.received, entry.lost, entry.gaps_s) == ("recorded", "key", 50, 2, 0.04)
    assert entry.started_at == rig.started_at


def test_what_left_no_file_is_not_kept() -> None:
    rig = Rig()
    rig.say(START)
    rig.say(STOP)
    rig.finish()
    assert (rig.shelf.entries, [one.account.state for one in rig.ended]) == ([], ["cancelled"])
    assert rig.say(START) == started(20001)


def test_a_recording_that_gets_no_rtp_for_too_long_is_ended_and_so_is_its_connection() -> None:
    rig = Rig(limits=Limits(rtp_idle=60 * SECOND))
    rig.say(START)
    rig.send(AUDIO)
    rig.advance(59 * SECOND)
    assert rig.recording.running
    rig.advance(2 * SECOND)
    rig.advance(160)
    account = rig.recording.account
    assert (account.state, account.reason, account.recorded) == ("cut short", "no RTP came for 60 s", SECOND)
    assert (rig.phone.advance(rig.now), rig.phone.ended) == (b"", True)


def test_rtp_of_others_does_not_keep_a_recording_alive() -> None:
    rig = Rig(limits=Limits(rtp_idle=60 * SECOND))
    rig.say(START)
    rig.send(AUDIO)
    for _ in range(62):
        rig.ports[0].arrive(rig.now, b"\x80\x00" + bytes(10) + b"evil" * 40, "192.0.2.66")
        rig.advance(SECOND)
    assert not rig.core.running


def test_refusals_are_counted_by_reason() -> None:
    rig = Rig(limits=Limits(sessions=0))
    rig.say(start("a"))
    rig.say(start("b"))
    rig.say(b"cmd=RecordStartRequest&id=c&codec=OPUS\n")
    rig.say(b"cmd=RecordStartRequest&id=c&codec=a-text-of-the-caller\n")
    rig.say(b"cmd=RecordStartRequest&id=c\n")
    kinds = {"too many recordings": 2, "unknown codec": 2, "malformed request": 1}
    assert dict(rig.core.refused) == kinds


def test_live_tells_what_is_being_recorded() -> None:
    rig = Rig()
    rig.say(START)
    [live] = [recording.live(rig.now) for recording in rig.core.running.values()]
    assert (live.id, live.name, live.duration_s, live.received, live.level_db) == (ID, "", 0, 0, None)
    rig.send([b"\x00" * 160] * 100)
    [live] = [recording.live(rig.now) for recording in rig.core.running.values()]
    assert (live.name, live.device, live.remote_name) == ("Record_20240131120000", "0c1105aabbcc", "Anna")
    assert 1.7 <= live.duration_s <= 2
    assert live.received >= 90
    assert live.level_db is not None
    assert -0.2 < live.level_db < 0
    rig.advance(SECOND)
    [live] = [recording.live(rig.now) for recording in rig.core.running.values()]
    assert live.level_db is None


def test_the_level_is_told_of_packets_that_are_not_plain_too() -> None:
    rig = Rig()
    rig.say(START)
    marked = b"\x90\x80" + bytes(10) + b"\xbe\xde\x00\x00" + b"\x00" * 160
    rig.ports[0].arrive(rig.now, marked)
    rig.advance(1600)
    [live] = [recording.live(rig.now) for recording in rig.core.running.values()]
    assert live.level_db is not None
    assert -0.2 < live.level_db < 0


def test_a_file_that_is_gone_before_the_end_is_settled_too() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO)
    rig.advance(SECOND)
    rig.drive.fails["append"] = rig.drive.fails["seal"] = DriveGone("it is gone")
    rig.recording.account.parts = ()
    rig.send(AUDIO, first=50)
    rig.finish()
    assert [names for _, names in rig.shelf.entries] == [["Record_20240131120000"]]
