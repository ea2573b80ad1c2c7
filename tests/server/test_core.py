"""Control connections of the record server: literal bytes in, literal bytes out."""

from __future__ import annotations

import pytest

from phone_recorder.errors import DriveGone, DriveReadOnly
from tests.server.rig import (
    CONTROL,
    ID,
    NOT_STOPPED,
    QUIET,
    SECOND,
    SERVER,
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
    assert rig.recording.request.remote_name == "Anna"


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


def test_half_a_message_is_not_answered_however_long_it_is_quiet() -> None:
    rig = Rig()
    rig.say(b"cmd=RecordStartRequest&id=00ff&co")
    rig.now += 100 * SECOND
    assert rig.phone.advance(rig.now) == b""
    assert (rig.core.recordings, rig.phone.ended) == ([], False)


GARBAGE = ["garbage", "other_cmd", "no_cmd", "cmd_without_value", "id_missing", "id_empty", "codec_missing"]


@pytest.mark.parametrize("name", [*GARBAGE, "garbage_then_message", "stop_response", "start_response_success"])
def test_c7_what_is_no_request_ends_the_connection_without_an_answer(name: str) -> None:
    rig = Rig()
    assert rig.say(fixture(name) + b"\n") == b""
    assert rig.phone.ended
    other = rig.core.connect("192.0.2.2", SERVER)
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
    other = rig.core.connect("192.0.2.66", SERVER)
    assert rig.say(STOP, other) == NOT_STOPPED
    assert b"&result=failed&" in rig.say(START, other)
    other.closed()
    rig.send(AUDIO[10:], first=10)
    assert rig.say(STOP) + rig.stored() == STOPPED
    rig.finish()
    assert rig.recording.account.recorded == SECOND


def test_c5_two_phones_at_once_each_have_their_own() -> None:
    rig = Rig()
    other = rig.core.connect("192.0.2.2", SERVER)
    second = b"cmd=RecordStartRequest&id=beef&remote_number=2002&remote_name=Eve&codec=PCMA\n"
    assert rig.say(START) == started(20000)
    assert rig.say(second, other) == started(20001).replace(ID.encode(), b"beef")
    for number, payload in enumerate(AUDIO):
        rig.send([payload], first=number)
        rig.ports[1].arrive(rig.now, b"\x80\x08" + number.to_bytes(2, "big") + bytes(8) + payload[:80], "192.0.2.2")
    rig.say(STOP)
    other.closed()
    rig.finish()
    assert [r.request.remote_name for r in rig.core.recordings] == ["Anna", "Eve"]
    assert [r.account.state for r in rig.core.recordings] == ["recorded", "cut short"]
    assert [file[:4] for file in rig.files] == [b"PCMU", b"PCMA"]
    assert [len(r.account.parts) for r in rig.core.recordings] == [1, 1]
    assert rig.core.recordings[0].account.parts[0].path != rig.core.recordings[1].account.parts[0].path


@pytest.mark.parametrize("codec", ["OPUS", "G729", "L16/44100", "PCMU8000", "x" * 2000])
def test_an_unknown_codec_is_refused_by_name(codec: str) -> None:
    rig = Rig()
    answer = rig.say(f"cmd=RecordStartRequest&id=00ff&codec={codec}\n".encode())
    assert answer.startswith(b"cmd=RecordStartResponse&id=00ff&result=failed&reason=codec%20")
    assert answer.endswith(b"%20is%20not%20one%20of%20PCMU,%20PCMA,%20G722&server=&port=")
    assert len(answer) < 200
    assert (rig.ports, rig.phone.ended) == ([], False)


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


def test_c6_names_come_back_as_they_were_and_are_never_a_path() -> None:
    rig = Rig()
    rig.say(fixture("names_with_everything") + b"\n")
    assert rig.recording.request.remote_name.startswith("a&b=c%d\r\ncmd=RecordStopRequest&id=00ff\0$(reboot)")
    rig.send(AUDIO[:1], payload_type=8)
    assert list(rig.drive.files) == ["Record_20240131120000.wav"]


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
