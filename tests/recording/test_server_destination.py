"""A recording onto a server whose every word and silence is scripted. Literal bytes; time is an argument."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from phone_recorder.errors import ServerLost, ServerRefused, ServerUnreachable
from phone_recorder.recording.destination import State
from phone_recorder.recording.server_destination import Closed, Opened, ServerPolicy
from phone_recorder.wire.control import Terminator
from tests.recording.scripted_server import ACCEPTED, HOST, QUIET, REQUEST, SECOND, STOP, STOPPED, Rig


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def asked(rig: Rig) -> Rig:
    """The connection stands, and the start was asked for."""
    assert rig.hear(0, Opened(HOST)) is State.OPENING
    assert rig.link.sent == REQUEST
    rig.link.sent = b""
    return rig


@pytest.fixture
def running(asked: Rig) -> Rig:
    assert asked.hear(0, ACCEPTED + b"\n") is State.OPEN
    return asked


def test_asked_accepted_sent_stopped(asked: Rig) -> None:
    link, made = asked.link, asked.made
    made.write(0, [b"\x01" * 160])
    assert (link.media, made.written) == ([], 0)
    assert asked.hear(160, ACCEPTED + b"\n") is State.OPEN
    assert link.destination == (HOST, 20000)
    made.write(160, [b"\x02" * 160])
    assert link.media == [
        b"\x80\x00\xff\xff\xff\xff\xff\xff\x00\x00\x00\x01" + b"\x01" * 160,
        b"\x80\x00\x00\x00\x00\x00\x00\x9f\x00\x00\x00\x01" + b"\x02" * 160,
    ]
    assert made.written == 320
    made.close(320, "record key")
    assert (made.state, link.sent, link.closed) == (State.CLOSING, STOP, 0)
    assert asked.hear(400, STOPPED + b"\n") is State.CLOSED
    assert (link.closed, made.error) == (1, None)


@pytest.mark.parametrize("terminator", [b"", b"\n", b"\r\n"])
def test_messages_end_as_the_policy_says(terminator: Terminator) -> None:
    rig = Rig(ServerPolicy(terminator))
    rig.hear(0, Opened(HOST))
    rig.hear(0, ACCEPTED + b"\0")
    rig.made.close(0, "record key")
    assert rig.link.sent == REQUEST + terminator + STOP + terminator


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", b"\0", b"\r\n\r\n"])
def test_an_answer_may_end_in_many_ways(asked: Rig, end: bytes) -> None:
    assert asked.hear(0, ACCEPTED + end) is State.OPEN


def test_an_answer_that_could_go_on_is_ended_by_200_ms_of_quiet(asked: Rig) -> None:
    assert asked.hear(80, ACCEPTED.replace(b"20000", b"2000")) is State.OPENING
    assert asked.hear(80 + QUIET - 1) is State.OPENING
    assert asked.hear(80 + QUIET) is State.OPEN


def test_c7_an_answer_split_at_any_byte() -> None:
    for cut in range(1, len(ACCEPTED)):
        rig = Rig()
        rig.hear(0, Opened(HOST), ACCEPTED[:cut])
        assert rig.made.state is State.OPENING
        assert rig.hear(QUIET - 1, ACCEPTED[cut:]) is State.OPEN
        assert rig.link.destination == (HOST, 20000)


def test_c7_an_answer_a_byte_at_a_time(asked: Rig) -> None:
    for number, byte in enumerate(ACCEPTED[:-1]):
        assert asked.hear(number * 100, bytes([byte])) is State.OPENING
    assert asked.hear(len(ACCEPTED) * 100, ACCEPTED[-1:]) is State.OPEN


def test_c7_two_answers_in_one_segment(asked: Rig) -> None:
    asked.made.close(0, "record key")
    assert asked.hear(0, ACCEPTED + STOPPED + b"\n") is State.CANCELLED


@pytest.mark.parametrize(
    "garbage",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        bytes(range(128, 256)) + b"\n",
        b"cmd=RecordPauseResponse&id=00ff\n",
        b"cmd=RecordStartResponse&result=success\n",
        b"cmd=RecordStartResponse&id=00ff\n",
    ],
)
def test_c7_garbage_is_refused(asked: Rig, garbage: bytes) -> None:
    asked.hear(0, garbage)
    assert asked.failure(ServerRefused).startswith("the record server's answer cannot be read: ")


def test_c7_a_megabyte_without_an_end_is_refused(asked: Rig) -> None:
    asked.hear(0, *[b"x" * 4096] * 256)
    assert "more than 4096 bytes" in asked.failure(ServerRefused)


def test_c1_a_stop_before_the_connection_stands_cancels_at_once(rig: Rig) -> None:
    rig.made.write(0, [bytes(160)])
    rig.made.close(80, "record key")
    assert (rig.made.state, rig.link.sent, rig.link.closed) == (State.CANCELLED, b"", 1)


def test_c1_a_stop_while_the_start_is_unanswered_is_asked_for_and_cancels(asked: Rig) -> None:
    asked.made.write(0, [bytes(160)])
    asked.made.close(80, "record key")
    assert (asked.made.state, asked.link.sent) == (State.OPENING, STOP)
    assert asked.hear(160, ACCEPTED + b"\n") is State.OPENING
    assert asked.hear(240, STOPPED + b"\n") is State.CANCELLED
    assert (asked.link.media, asked.made.written, asked.link.closed) == ([], 0, 1)


def test_c1_a_server_that_refused_meanwhile_does_not_disturb_the_cancelling(asked: Rig) -> None:
    asked.made.close(80, "record key")
    assert asked.hear(160, b"cmd=RecordStartResponse&id=00ff&result=failed&reason=full\n") is State.OPENING
    assert asked.hear(240, b"cmd=RecordStopResponse&id=00ff&result=failed\n") is State.CANCELLED


def test_c1_a_server_that_goes_away_meanwhile_ends_the_cancelling(asked: Rig) -> None:
    asked.made.close(80, "record key")
    assert asked.hear(160, Closed("reset")) is State.CANCELLED


def test_c2_a_second_recording_is_none_of_the_first_ones_business() -> None:
    first, second = Rig(), Rig()
    first.hear(0, Opened(HOST), ACCEPTED + b"\n")
    first.made.close(0, "record key")
    second.hear(0, Opened(HOST), ACCEPTED + b"\n")
    assert first.hear(0, STOPPED + b"\n") is State.CLOSED
    assert (second.made.state, second.link.closed) == (State.OPEN, 0)


def test_c8_a_server_that_cannot_be_reached(rig: Rig) -> None:
    rig.hear(80, Closed("connection refused"))
    assert rig.failure(ServerUnreachable) == "the record server cannot be reached: connection refused"


def test_c8_an_answer_in_the_last_moment_counts(asked: Rig) -> None:
    assert asked.hear(5 * SECOND, ACCEPTED + b"\n") is State.OPEN
    assert asked.hear(100 * SECOND) is State.OPEN


def test_c8_an_answer_after_the_end_changes_nothing(asked: Rig) -> None:
    asked.hear(5 * SECOND)
    assert asked.hear(5 * SECOND + 1, ACCEPTED + b"\n") is State.FAILED
    assert asked.link.destination is None


def test_c8_a_connection_lost_while_recording(running: Rig) -> None:
    running.made.write(0, [bytes(160)])
    running.hear(80, Closed("connection reset by peer"))
    assert running.failure(ServerLost) == "the connection to the record server was lost: connection reset by peer"
    running.made.write(160, [bytes(160)])
    assert (len(running.link.media), running.made.written) == (1, 160)


def test_c8_a_connection_lost_with_the_answer_still_unread(asked: Rig) -> None:
    asked.made.write(0, [bytes(160)])
    asked.hear(80, ACCEPTED, Closed("reset"))
    assert asked.failure(ServerLost)


def test_c8_a_server_that_closes_instead_of_answering_the_stop_has_not_stored(running: Rig) -> None:
    running.made.close(0, "record key")
    running.hear(80, Closed("the server has closed it"))
    assert running.failure(ServerLost) == "the connection to the record server was lost: the server has closed it"


def test_what_a_server_says_cannot_forge_a_line_of_the_screen(asked: Rig) -> None:
    asked.hear(0, b"cmd=RecordStartResponse&id=00ff&result=failed&reason=no%0ABX5S%20%1B[31mred\n")
    assert asked.failure(ServerRefused) == "the record server refused: no\ufffdBX5S \ufffd[31mred"


def test_c10_a_stop_that_the_server_could_not_do_is_not_saved(running: Rig) -> None:
    running.made.write(0, [bytes(160)])
    running.made.close(80, "record key")
    running.hear(160, b"cmd=RecordStopResponse&id=00ff&result=failed\n")
    assert running.failure(ServerRefused) == "the record server could not end the recording as it should"


REFUSALS: list[tuple[bytes, str]] = [
    (b"cmd=RecordStartResponse&id=00ff&result=failed&reason=no%20room\n", "the record server refused: no room"),
    (b"cmd=RecordStartResponse&id=00ff&result=failed\n", "the record server refused: no reason given"),
    (b"cmd=RecordStartResponse&id=00ff&result=perhaps\n", "the record server refused: no reason given"),
    (b"cmd=RecordStartResponse&id=dead&result=success&server=&port=1\n", "answered for another recording, 'dead'"),
    (b"cmd=RecordStopResponse&id=00ff&result=success\n", "the record server sent RecordStopResponse out of turn"),
    (b"cmd=RecordStopRequest&id=00ff\n", "the record server sent RecordStopRequest out of turn"),
    (REQUEST + b"\n", "the record server sent RecordStartRequest out of turn"),
    *(
        (b"cmd=RecordStartResponse&id=00ff&result=success&port=%b\n" % port, "as its RTP port, which is none")
        for port in (b"", b"0", b"00", b"65536", b"99999", b"abc", b"-1", b"1e3", b"+5", b"%D9%A3", b"9" * 3000)
    ),
]


@pytest.mark.parametrize(("answer", "why"), REFUSALS)
def test_c9_an_answer_that_is_none(asked: Rig, answer: bytes, why: str) -> None:
    asked.made.write(0, [bytes(160)])
    asked.hear(0, answer)
    assert re.search(re.escape(why), asked.failure(ServerRefused))
    assert (asked.link.media, asked.link.destination) == ([], None)


@pytest.mark.parametrize("answer", [ACCEPTED, STOPPED, b"cmd=RecordStartResponse&id=dead&result=success"])
def test_c9_an_answer_out_of_turn_ends_a_running_recording(running: Rig, answer: bytes) -> None:
    running.hear(80, answer + b"\n")
    assert running.failure(ServerRefused)


@pytest.mark.parametrize(("server", "host"), [(b"", HOST), (b"0.0.0.0", HOST), (b"::", HOST), (HOST.encode(), HOST)])
def test_rtp_goes_to_the_server_itself_where_it_names_no_other(asked: Rig, server: bytes, host: str) -> None:
    asked.hear(0, b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=%b&port=5004\n" % server)
    assert asked.link.destination == (host, 5004)


FOREIGN = b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=198.51.100.9&port=5004\n"


def test_a_foreign_address_for_rtp_is_refused(asked: Rig) -> None:
    asked.hear(0, FOREIGN)
    assert asked.failure(ServerRefused) == (
        "the record server wants RTP sent to '198.51.100.9', which is not itself (192.0.2.7)"
    )


def test_a_foreign_address_for_rtp_is_taken_where_the_policy_allows_it() -> None:
    rig = Rig(ServerPolicy(foreign_media=True))
    assert rig.hear(0, Opened(HOST), FOREIGN) is State.OPEN
    assert rig.link.destination == ("198.51.100.9", 5004)


def test_a_running_recording_is_not_ended_by_quiet(running: Rig) -> None:
    for now in range(0, 20 * SECOND, SECOND):
        assert running.hear(now) is State.OPEN


def nothing(rig: Rig) -> None:
    """No last act."""


@pytest.mark.parametrize("act", [nothing, lambda rig: rig.made.close(0, "record key")])
def test_nothing_is_held_for_a_server_that_is_gone(asked: Rig, act: Callable[[Rig], None]) -> None:
    asked.made.write(0, [bytes(160)] * 10)
    act(asked)
    asked.hear(0, Closed("reset"))
    asked.made.write(80, [bytes(160)] * 10)
    assert asked.hear(80, Opened(HOST), ACCEPTED + b"\n").final
    assert (asked.link.media, asked.made.written) == ([], 0)
