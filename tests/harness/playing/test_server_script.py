from __future__ import annotations

import pytest

from phone_recorder.harness.playing.server_script import Cutter, ServerScript, shown
from phone_recorder.harness.scenario.actions import ServerActs, ServerKind
from phone_recorder.wire import control

START = b"cmd=RecordStartRequest&id=00ff&codec=PCMU"
STOP = b"cmd=RecordStopRequest&id=00ff"
REFUSAL = ServerActs("refuse", "no licence")


@pytest.mark.parametrize("kind", ["ours", "hang", "reset", "close", "unreachable", "split", "restart"])
def test_most_servers_have_no_answer_of_their_own(kind: ServerKind) -> None:
    assert ServerScript(ServerActs(kind)).answer(START, b"\n") is None


def test_a_refusal_answers_each_start_with_its_reason_and_ends_as_the_phone_s_messages_do() -> None:
    answer = ServerScript(REFUSAL).answer(START, b"\r\n")
    assert answer == b"cmd=RecordStartResponse&id=00ff&result=failed&reason=no%20licence&server=&port=\r\n"
    assert control.parse(answer[:-2]) == control.StartResponse("00ff", "failed", "no licence")


@pytest.mark.parametrize("message", [STOP, b"nonsense", b"cmd=Other&id=1"])
def test_a_server_that_refuses_starts_refuses_nothing_else(message: bytes) -> None:
    assert ServerScript(REFUSAL).answer(message, b"") is None


@pytest.mark.parametrize(
    ("text", "message", "answer"),
    [
        ("cmd=X&id={id}&result=success", START, b"cmd=X&id=00ff&result=success"),
        ("{id} {id}", STOP, b"00ff 00ff"),
        ("garbage", b"nonsense", b"garbage"),
        ("id={id}", b"nonsense", b"id="),
        ("id={id}", b"cmd=RecordStopRequest&id=a%26b", b"id=a%26b"),
        ("grün\n", STOP, "grün\n".encode()),
        ("", START, b""),
    ],
)
def test_each_request_is_answered_to_the_letter(text: str, message: bytes, answer: bytes) -> None:
    assert ServerScript(ServerActs("answer", text)).answer(message, b"\n") == answer


@pytest.mark.parametrize(
    ("acts", "pieces"),
    [
        (ServerActs(), [b"abcdefg"]),
        (ServerActs("split", number=3), [b"abc", b"def", b"g"]),
        (ServerActs("split", number=7), [b"abcdefg"]),
        (ServerActs("split", number=1), [b"a", b"b", b"c", b"d", b"e", b"f", b"g"]),
        (ServerActs("split", number=0), [b"abcdefg"]),
    ],
)
def test_our_answers_come_in_pieces_if_they_are_split(acts: ServerActs, pieces: list[bytes]) -> None:
    assert ServerScript(acts).pieces(b"abcdefg") == pieces


@pytest.mark.parametrize(
    ("kind", "ending"),
    [("ours", ""), ("reset", "connection reset by peer"), ("close", "the server has closed it"), ("restart", "")],
)
def test_what_ends_each_new_connection(kind: ServerKind, ending: str) -> None:
    assert ServerScript(ServerActs(kind)).turns_away == ending


def test_a_server_that_was_restarted_is_ours_and_its_watchers_are_told_of_the_restart() -> None:
    script = ServerScript(ServerActs("hang"))
    told: list[ServerActs] = []
    script.watch(told.append)
    script.act(ServerActs("restart"))
    script.leave(told.append)
    script.leave(told.append)
    script.act(ServerActs("close"))
    assert told == [ServerActs("restart")]
    assert (script.hangs, script.acts) == (False, ServerActs("close"))


def test_a_watcher_may_leave_while_it_is_told() -> None:
    script = ServerScript()
    told: list[str] = []

    def first(acts: ServerActs) -> None:
        told.append("first")
        script.leave(first)

    def second(acts: ServerActs) -> None:
        told.append("second")

    script.watch(first)
    script.watch(second)
    script.act(REFUSAL)
    script.act(REFUSAL)
    assert told == ["first", "second", "second"]


@pytest.mark.parametrize(
    ("data", "messages", "terminator"),
    [
        (START, [START], b""),
        (START + b"\n", [START], b"\n"),
        (START + b"\r\n" + STOP + b"\r\n", [START, STOP], b"\r\n"),
        (START + STOP, [START, STOP], b""),
        (b"\n", [], b"\n"),
        (b"x" * 5000 + b"\n", [b"x" * 5000], b"\n"),
        (b"x" * 5000, [b"x" * 5000], b""),
    ],
)
def test_what_is_said_in_one_go_is_cut_into_messages(data: bytes, messages: list[bytes], terminator: bytes) -> None:
    cutter = Cutter()
    assert (cutter.cut(data), cutter.terminator) == (messages, terminator)
    assert cutter.cut(STOP + b"\n") == [STOP]


def test_the_beginning_of_a_message_waits_for_its_end_where_it_will_have_one() -> None:
    cutter = Cutter()
    cutter.cut(START + b"\n")
    assert [cutter.cut(bytes([byte])) for byte in STOP] == [[]] * len(STOP)
    assert cutter.cut(b"\n") == [STOP]


def test_a_message_is_shown_as_one_line_with_its_escapes_as_they_are() -> None:
    assert (
        shown(b"cmd=A&name=Far%20Party\x1b\xff\n" + b"x" * 300)
        == "cmd=A&name=Far%20Party\ufffd\ufffd\ufffd" + "x" * 300
    )
