"""One phone's control connection without I/O."""

from __future__ import annotations

import pytest

from phone_recorder.bulk.fleet.control_dialogue import (
    UNANSWERED,
    Accepted,
    ControlDialogue,
    Lost,
    Refused,
    Stage,
    Stopped,
    Told,
)
from phone_recorder.recording.server_destination import ServerPolicy
from phone_recorder.wire.control import StartRequest
from tests.bulk.fleet.rig import SECOND

REQUEST = StartRequest("a1", "020000000001", "9", "Far", "1000", "Near", "in", "PCMU")
ASKED = (
    b"cmd=RecordStartRequest&id=a1&device=020000000001&remote_number=9&remote_name=Far"
    b"&local_number=1000&local_name=Near&dir=in&codec=PCMU"
)
YES = b"cmd=RecordStartResponse&id=a1&result=success&reason=&server=127.0.0.1&port=20000"
SHORT_YES = b"cmd=RecordStartResponse&id=a1&result=success&reason=&server=127.0.0.1&port=4000"
DONE = b"cmd=RecordStopResponse&id=a1&result=success"
QUIET = SECOND // 5


def asking(policy: ServerPolicy | None = None) -> ControlDialogue:
    dialogue = ControlDialogue(0, REQUEST, policy)
    assert dialogue.opened(10, "127.0.0.1").rstrip() == ASKED
    return dialogue


def accepted() -> ControlDialogue:
    dialogue = asking()
    assert dialogue.received(20, YES) == Accepted("127.0.0.1", 20000)
    return dialogue


def stopping() -> ControlDialogue:
    dialogue = accepted()
    dialogue.stop(100, "key")
    return dialogue


def test_it_asks_is_accepted_and_stops() -> None:
    dialogue = accepted()
    assert dialogue.due is None
    stop = dialogue.stop(100, "call ended")
    assert stop == (
        b"cmd=RecordStopRequest&id=a1&remote_number=9&remote_name=Far"
        b"&local_number=1000&local_name=Near&reason=call ended".replace(b" ", b"%20")
    )
    assert dialogue.received(200, DONE) == Stopped()
    assert (dialogue.stage, dialogue.due, dialogue.heard_at) == (Stage.OVER, None, 200)


def test_its_messages_end_as_the_policy_says() -> None:
    dialogue = asking(ServerPolicy(b"\r\n"))
    assert dialogue.stop(20, "key").endswith(b"&reason=key\r\n")
    assert ControlDialogue(0, REQUEST, ServerPolicy(b"\n")).opened(0, "127.0.0.1") == ASKED + b"\n"


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_answers_are_taken_a_byte_at_a_time(end: bytes) -> None:
    dialogue = asking()
    told = [dialogue.received(20, bytes([byte])) for byte in YES + end]
    assert [one for one in told if one] == [Accepted("127.0.0.1", 20000)]
    dialogue.stop(100, "key")
    told = [dialogue.received(200, bytes([byte])) for byte in DONE + end]
    assert [one for one in told if one] == [Stopped()]


def test_an_answer_that_could_go_on_is_ended_by_quiet() -> None:
    dialogue = asking()
    assert dialogue.received(20, SHORT_YES) is None
    assert dialogue.due == 20 + QUIET
    assert dialogue.advance(19 + QUIET) is None
    assert dialogue.advance(20 + QUIET) == Accepted("127.0.0.1", 4000)


def test_quiet_does_not_end_what_cannot_be_whole() -> None:
    dialogue = asking()
    dialogue.received(20, SHORT_YES[:60])
    assert dialogue.advance(20 + QUIET) is None
    assert dialogue.due == 20 + 2 * QUIET
    assert dialogue.received(30 + QUIET, SHORT_YES[60:] + b"\n") == Accepted("127.0.0.1", 4000)


def test_two_answers_in_one_segment() -> None:
    dialogue = asking()
    dialogue.stop(15, "key")
    assert dialogue.received(20, YES + b"\n" + DONE + b"\n") == Stopped()


@pytest.mark.parametrize("answer", [YES, YES.replace(b"success", b"failed")])
def test_a_stop_before_the_answer_cancels_whatever_the_start_is_answered(answer: bytes) -> None:
    dialogue = asking()
    dialogue.stop(15, "key")
    assert dialogue.stage is Stage.CANCELLING
    assert dialogue.received(20, answer + b"\n") is None
    assert dialogue.received(20, DONE) == Stopped()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"cmd=RecordStartResponse&id=a1&result=failed&reason=too many\n", "refused: too many"),
        (b"cmd=RecordStartResponse&id=a1&result=failed\n", "refused: no reason given"),
        (b"cmd=RecordStartResponse&id=a1&result=failed&reason=%1B%0Ax\n", "refused: \ufffd\ufffdx"),
        (b"cmd=RecordStartResponse&id=b2&result=success\n", "it answered for another recording"),
        (b"cmd=RecordStopResponse&id=a1&result=success\n", "it sent RecordStopResponse out of turn"),
        (YES.replace(b"20000", b"0") + b"\n", "the record server named '0' as its RTP port, which is none"),
        (YES.replace(b"20000", b"99999") + b"\n", "the record server named '99999' as its RTP port, which is none"),
        (
            YES.replace(b"127.0.0.1", b"10.1.2.3") + b"\n",
            "the record server wants RTP sent to '10.1.2.3', which is not itself (127.0.0.1)",
        ),
        (b"HTTP/1.1 400 Bad Request\r\n", "its answer cannot be read: a message begins with "),
        (b"x" * 5000, "its answer cannot be read: more than 4096 bytes"),
        (b"\xff\xfe\n", "its answer cannot be read: "),
        (b"cmd=RecordStartResponse&id=a1\n", "its answer cannot be read: RecordStartResponse lacks its result"),
    ],
)
def test_what_is_no_good_answer_is_a_refusal_with_its_reason(answer: bytes, reason: str) -> None:
    for dialogue in (asking(), asking(ServerPolicy(b"\n"))):
        told = dialogue.received(20, answer)
        assert isinstance(told, Refused)
        assert told.reason.startswith(reason)
        assert told.reason.isprintable()
        assert dialogue.advance(10 * SECOND) is None


def test_a_stop_that_the_server_could_not_do_is_a_refusal() -> None:
    told = stopping().received(200, DONE.replace(b"success", b"failed"))
    assert told == Refused("it could not end the recording as it should")


def test_an_answer_out_of_the_blue_ends_it() -> None:
    assert accepted().received(50, YES + b"\n" + YES + b"\n") == Refused("it sent RecordStartResponse out of turn")


def test_media_may_go_elsewhere_where_that_is_allowed() -> None:
    dialogue = asking(ServerPolicy(foreign_media=True))
    assert dialogue.received(20, YES.replace(b"127.0.0.1", b"10.1.2.3")) == Accepted("10.1.2.3", 20000)


@pytest.mark.parametrize(
    ("dialogue", "since", "reason"),
    [
        (ControlDialogue(0, REQUEST), 0, "the connection was not taken within 5 s"),
        (asking(), 10, "no answer to the start within 5 s"),
        (stopping(), 100, "no answer to the stop within 5 s"),
    ],
)
def test_a_server_that_does_not_answer(dialogue: ControlDialogue, since: int, reason: str) -> None:
    assert dialogue.due == since + 5 * SECOND
    assert dialogue.advance(since + 5 * SECOND - 1) is None
    assert dialogue.advance(since + 5 * SECOND) == Lost(reason)


def test_a_server_that_answers_in_part_and_no_more() -> None:
    dialogue = asking()
    dialogue.received(20, SHORT_YES[:40])
    told: Told | None = None
    while not told:
        assert dialogue.due is not None
        told = dialogue.advance(dialogue.due)
    assert told == Lost("no answer to the start within 5 s, only a part of one")


def test_a_connection_that_ends() -> None:
    assert ControlDialogue(0, REQUEST).closed("connection refused") == Lost("cannot connect: connection refused")
    for dialogue, how in ((asking(), UNANSWERED), (accepted(), "connection lost"), (stopping(), "connection lost")):
        assert dialogue.closed("reset") == Lost(f"{how}: reset")
        assert dialogue.closed("again") is None


def test_the_last_answer_may_be_ended_by_the_end_of_the_connection() -> None:
    dialogue = asking()
    dialogue.received(20, SHORT_YES)
    assert dialogue.closed("closed") == Lost("connection lost: closed")
    dialogue = asking()
    dialogue.received(20, SHORT_YES[:60])
    assert dialogue.closed("closed") == Lost(f"{UNANSWERED}: closed")
    refused = asking()
    refused.received(20, b"cmd=RecordStartResponse&id=a1&result=failed&reason=full")
    assert refused.closed("closed") == Refused("refused: full")
