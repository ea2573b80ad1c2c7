"""Control connections of the record server: literal bytes in, literal bytes out."""

from __future__ import annotations

import pytest

from phone_recorder.errors import DriveGone, DriveReadOnly
from phone_recorder.server.limits import Limits
from tests.server.rig import (
    CONTROL,
    ID,
    NOT_STOPPED,
    QUIET,
    SECOND,
    START,
    STOP,
    STOPPED,
    Rig,
    header,
    started,
)

AUDIO = [bytes([0x80 + n]) * 160 for n in range(50)]


def fixture(name: str) -> bytes:
    return (CONTROL / f"{name}.bin").read_bytes()


def test_start_audio_stop() -> None:
    rig = Rig()
    assert rig.say(START) == started(20000)
    rig.send(AUDIO)
    assert rig.say(STOP) + rig.stored() == STOPPED
    rig.finish()
    assert rig.files == [header(b"PCMU", 160, 8000) + b"".join(AUDIO)]
    account = rig.recording.account
    assert (account.id, account.state, account.reason, account.recorded) == (ID, "recorded", "key", SECOND)
    assert rig.recording.call.remote_name == "Anna"


@pytest.mark.parametrize("name", ["two_joined_no_terminator", "lf", "cr", "crlf", "nul", "blank_lines"])
def test_c7_a_start_and_a_stop_joined_are_both_answered(name: str) -> None:
    rig = Rig()
    answers = rig.say(fixture(name))
    rig.now += QUIET
    answers += rig.phone.advance(rig.now)
    assert answers + rig.stored() == started(20000) + STOPPED
    assert not rig.phone.ended


def test_c10_a_stop_is_answered_when_the_recording_is_stored_and_not_before() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO)
    assert rig.say(STOP) + rig.phone.advance(rig.now) == b""
    assert rig.stored() == STOPPED


def test_c10_a_stop_whose_recording_cannot_be_stored_is_answered_failed() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO)
    rig.drive.fails["seal"] = DriveGone("it was pulled out")
    assert rig.say(STOP) + rig.stored() == NOT_STOPPED


@pytest.mark.parametrize("name", ["two_joined_no_terminator", "crlf", "nul"])
def test_c7_a_byte_at_a_time(name: str) -> None:
    rig = Rig()
    answers = b"".join(rig.say(bytes([byte])) for byte in fixture(name))
    rig.now += QUIET
    assert answers + rig.phone.advance(rig.now) + rig.stored() == started(20000) + STOPPED


def test_c7_split_at_any_byte() -> None:
    message = fixture("start_request")
    for cut in range(1, len(message)):
        rig = Rig()
        assert rig.say(message[:cut]) + rig.say(message[cut:]) == b""
        rig.now += QUIET - 1
        assert rig.phone.advance(rig.now) == b""
        rig.now += 1
        assert rig.phone.advance(rig.now) == started(20000)


GARBAGE = ["garbage", "other_cmd", "no_cmd", "cmd_without_value", "id_missing", "id_empty"]


@pytest.mark.parametrize("name", [*GARBAGE, "garbage_then_message", "stop_response", "start_response_success"])
def test_c7_what_is_no_request_ends_the_connection_without_an_answer(name: str) -> None:
    rig = Rig()
    assert rig.say(fixture(name) + b"\n") == b""
    assert rig.phone.ended
    other = rig.connect("192.0.2.2")
    assert rig.say(START, other) == started(20000)


def test_c7_more_than_4_kib_without_an_end_ends_the_session() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO[:10])
    assert rig.say(b"cmd=RecordStopRequest&id=" + b"x" * 5000) == b""
    assert rig.phone.ended
    rig.finish()
    assert rig.recording.account.state == "cut short"
    assert "more than 4096 bytes" in rig.recording.account.reason


def test_c3_a_stop_without_a_start_is_answered_failed() -> None:
    rig = Rig()
    assert rig.say(STOP) == NOT_STOPPED
    assert not rig.phone.ended
    assert rig.say(START) == started(20000)


def test_c3_a_second_start_is_refused_and_the_first_goes_on() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO[:25])
    again = f"cmd=RecordStartResponse&id={ID}&result=failed&reason=this%20id%20has%20been%20used%20before&server=&port="
    assert rig.say(START) == again.encode()
    rig.send(AUDIO[25:], first=25)
    assert rig.say(STOP) + rig.stored() == STOPPED
    rig.finish()
    assert rig.files == [header(b"PCMU", 160, 8000) + b"".join(AUDIO)]
    assert rig.say(STOP) == NOT_STOPPED


def test_c3_somebody_elses_recording_can_neither_be_stopped_nor_started_again() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO[:10])
    other = rig.connect("192.0.2.66")
    assert rig.say(STOP, other) == NOT_STOPPED
    assert b"&result=failed&" in rig.say(START, other)
    other.closed()
    rig.send(AUDIO[10:], first=10)
    assert rig.say(STOP) + rig.stored() == STOPPED
    rig.finish()
    assert rig.recording.account.recorded == SECOND


def test_c5_two_phones_at_once_each_have_their_own() -> None:
    rig = Rig()
    other = rig.connect("192.0.2.2")
    second = b"cmd=RecordStartRequest&id=beef&remote_number=2002&remote_name=Eve&codec=PCMA\n"
    assert rig.say(START) == started(20000)
    assert rig.say(second, other) == started(20001).replace(ID.encode(), b"beef")
    for number, payload in enumerate(AUDIO):
        rig.send([payload], first=number)
        rig.ports[1].arrive(rig.now, b"\x80\x08" + number.to_bytes(2, "big") + bytes(8) + payload[:80], "192.0.2.2")
    rig.say(STOP)
    other.closed()
    rig.finish()
    assert [r.call.remote_name for r in rig.recordings] == ["Anna", "Eve"]
    assert [r.account.state for r in rig.recordings] == ["recorded", "cut short"]
    assert [file[:4] for file in rig.files] == [b"PCMU", b"PCMA"]
    assert [len(r.account.parts) for r in rig.recordings] == [1, 1]
    assert rig.recordings[0].account.parts[0].path != rig.recordings[1].account.parts[0].path


def test_c6_names_come_back_as_they_were_and_are_never_a_path() -> None:
    rig = Rig()
    rig.say(fixture("names_with_everything") + b"\n")
    assert rig.recording.call.remote_name.startswith("a&b=c%d\r\ncmd=RecordStopRequest&id=00ff\0$(reboot)")
    rig.send(AUDIO[:1], payload_type=8)
    assert list(rig.drive.files) == ["Record_20240131120000.wav"]


def test_c10_storing_that_fails_in_the_middle_ends_the_connection_so_that_the_phone_knows() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO)
    rig.advance(SECOND)
    rig.drive.fails["append"] = DriveGone("it is gone")
    rig.send(AUDIO, first=50)
    assert rig.phone.advance(rig.now) == b""
    assert rig.phone.ended
    assert (rig.recording.account.state, rig.recording.account.reason) == ("cut short", "it is gone")
    assert rig.ports[0].closed


def test_c10_a_stop_of_what_could_not_be_stored_is_answered_failed() -> None:
    rig = Rig()
    rig.say(START)
    rig.drive.fails["create"] = DriveReadOnly("it is write-protected")
    rig.send(AUDIO[:1])
    rig.advance(400)
    assert rig.say(STOP) == NOT_STOPPED
    assert (rig.recording.account.state, rig.files) == ("failed", [])


def test_c8_a_lost_connection_keeps_what_came_and_marks_it() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO)
    rig.phone.closed()
    rig.finish()
    assert rig.files == [header(b"PCMU", 160, 8000) + b"".join(AUDIO)]
    account = rig.recording.account
    assert (account.state, account.reason) == ("cut short", "the control connection was lost")
    rig.phone.closed()


def test_a_stop_that_comes_with_the_end_of_the_connection_still_counts() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO)
    rig.say(STOP.rstrip())
    rig.phone.closed()
    rig.finish()
    assert rig.recording.account.state == "recorded"


def test_an_ended_recording_is_not_marked_by_a_connection_lost_later() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO)
    rig.say(STOP)
    rig.phone.closed()
    rig.finish()
    assert rig.recording.account.state == "recorded"


def test_rtp_comes_from_the_control_peers_host() -> None:
    rig = Rig()
    rig.say(START)
    for number, payload in enumerate(AUDIO):
        rig.ports[0].arrive(rig.now, b"\x80\x00" + number.to_bytes(2, "big") + bytes(8) + b"evil" * 40, "192.0.2.66")
        rig.send([payload], first=number)
    rig.say(STOP)
    rig.finish()
    assert rig.files == [header(b"PCMU", 160, 8000) + b"".join(AUDIO)]
    assert rig.recording.account.foreign == 50


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (b"cmd=RecordStartRequest&id=00ff\n", b"malformed%20request:%20RecordStartRequest%20lacks%20its%20codec"),
        (
            b"cmd=RecordStartRequest&id=00ff&codec=\r\n",
            b"malformed%20request:%20RecordStartRequest%20lacks%20its%20codec",
        ),
        (b"cmd=RecordStartRequest&codec=PCMU\0", b"malformed%20request:%20RecordStartRequest%20lacks%20its%20id"),
    ],
)
def test_a_malformed_request_is_answered_failed_with_the_reason(message: bytes, why: bytes) -> None:
    rig = Rig()
    answer = rig.say(message)
    assert answer.startswith(b"cmd=RecordStartResponse&id=")
    assert b"&result=failed&reason=" + why + b"&server=&port=" in answer
    assert not rig.phone.ended
    assert rig.say(START) == started(20000)


def test_a_connection_without_a_recording_is_not_held_for_ever() -> None:
    rig = Rig(limits=Limits(control_idle=60 * SECOND))
    rig.now += 60 * SECOND - 1
    assert (rig.phone.advance(rig.now), rig.phone.ended) == (b"", False)
    rig.say(b"cmd=RecordStartRequ")
    rig.now += 1
    assert (rig.phone.advance(rig.now), rig.phone.ended) == (b"", True)


def test_messages_that_begin_nothing_hold_no_connection() -> None:
    rig = Rig(limits=Limits(control_idle=60 * SECOND))
    for _ in range(6):
        assert not rig.phone.ended
        rig.say(b"cmd=RecordStopRequest&id=none\ncmd=RecordStartRequest&id=1&codec=OPUS\n")
        rig.now += 10 * SECOND
        rig.phone.advance(rig.now)
    assert rig.phone.ended


def test_a_byte_a_second_holds_no_connection() -> None:
    rig = Rig(limits=Limits(control_idle=60 * SECOND))
    for byte in START[:60]:
        assert not rig.phone.ended
        rig.now += SECOND
        rig.say(bytes([byte]))
        rig.phone.advance(rig.now)
    assert rig.phone.ended


def test_a_flood_of_messages_ends_the_connection_and_what_was_recorded_is_kept() -> None:
    rig = Rig()
    rig.say(START)
    rig.send(AUDIO)
    answers = rig.say(b"cmd=RecordStopRequest&id=none\n" * 500)
    assert answers.count(b"result=failed") < 450
    assert rig.phone.ended
    rig.finish()
    assert rig.recording.account.reason == "malformed control message: more than 100 messages a second came"
    assert rig.files == [header(b"PCMU", 160, 8000) + b"".join(AUDIO)]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_answers_end_as_the_phone_ends_its_messages(end: bytes) -> None:
    rig = Rig()
    phone = rig.connect().connection
    answer = phone.receive(rig.now, START.rstrip() + end) + phone.advance(rig.now + QUIET)
    assert answer == started(20000) + end
    rig.send(AUDIO)
    phone.receive(rig.now, STOP.rstrip() + end)
    phone.advance(rig.now + QUIET)
    rig.finish()
    assert phone.advance(rig.now) == STOPPED + end
