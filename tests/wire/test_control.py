"""Control messages and their framing against the literal transcripts in fixtures/control."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import ControlError
from phone_recorder.wire.control import (
    MAX_MESSAGE_SIZE,
    ControlBuffer,
    Message,
    StartRequest,
    StartResponse,
    StopRequest,
    StopResponse,
    Terminator,
    build,
    parse,
)

FIXTURES = Path(__file__).parents[2] / "fixtures" / "control"
ID = "0123456789abcdef0123456789abcdef"

START = StartRequest(ID, "0c1105aabbcc", "1002", "Anna", "1001", "Bob", "in", "PCMU")
SUCCESS = StartResponse(ID, "success", "", "127.0.0.1", "20000")
FAILED = StartResponse(ID, "failed", "no such codec")
STOP = StopRequest(ID, "1002", "Anna", "1001", "Bob", "key")
STOPPED = StopResponse(ID)
HARMFUL = StartRequest(
    "00ff",
    "0c1105aabbcc",
    "+49 (30) #*12",
    "a&b=c%d\r\ncmd=RecordStopRequest&id=00ff\0$(reboot)`id`;../../etc/passwd",
    "../%2e%2e/",
    "\N{TELEPHONE RECEIVER} \u5f55\u97f3 " + 300 * "\u957f",
    "out",
    "PCMA",
)
INJECTED = StartResponse("00ff", "failed", "full&result=success&port=20000")

# Messages that our own writer must give byte for byte.
CANONICAL: dict[str, Message] = {
    "start_request": START,
    "start_response_success": SUCCESS,
    "start_response_failed": FAILED,
    "stop_request": STOP,
    "stop_response": STOPPED,
    "names_with_everything": HARMFUL,
    "injected_field": INJECTED,
    "response_port_0": StartResponse("00ff", server="127.0.0.1", port="0"),
    "response_port_99999": StartResponse("00ff", server="127.0.0.1", port="99999"),
    "response_other_id": StartResponse("dead", server="127.0.0.1", port="20000"),
}

# Messages that others may write so.
TOLERATED: dict[str, Message] = {
    "raw_utf8": StartRequest(
        "00ff",
        "0C-11-05-AA-BB-CC",
        "+491002",
        "\u5f20\u4e09 \N{TELEPHONE RECEIVER}",
        "1001",
        "Zo\u00eb O'Brien",
        "in",
        "G722",
    ),
    "everything_encoded": StopResponse("00ff", "success"),
    "unknown_and_reordered_fields": StartRequest("00ff", remote_name="Anna", codec="PCMU"),
    "bad_percent": StopRequest("00ff", remote_name="100%", local_name="%zz%4", reason="\ufffd"),
    "not_utf8": StopRequest("00ff", remote_name="Zo\ufffd", reason="key"),
}

STREAMS: dict[str, list[Message]] = {
    "two_joined_no_terminator": [START, STOP],
    "three_joined_no_terminator": [SUCCESS, STOPPED, SUCCESS],
    "lf": [START, STOP],
    "cr": [START, STOP],
    "crlf": [START, STOP],
    "nul": [START, STOP],
    "blank_lines": [START, STOP],
    "mixed_ends": [START, SUCCESS, STOP, STOPPED],
}

REFUSED = {
    "garbage": "a message begins with '\\x80",
    "other_cmd": "the message 'RecordPauseRequest' is none of RecordStartRequest, ",
    "no_cmd": "a message begins with 'id=00ff' instead of cmd=",
    "cmd_without_value": "the message '' is none of ",
    "id_missing": "RecordStopResponse lacks its id",
    "id_empty": "RecordStopRequest lacks its id",
    "result_missing": "RecordStartResponse lacks its result",
    "codec_missing": "RecordStartRequest lacks its codec",
}

# Every character but lone surrogates, with those that do harm much more often than by chance.
VALUES = st.text(
    st.sampled_from("&=%+ \r\n\0c;/.\x85\u2028\u957f") | st.characters(exclude_categories=["Cs"]), max_size=30
)
NEEDED = VALUES.filter(bool)
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(StartRequest, NEEDED, VALUES, VALUES, VALUES, VALUES, VALUES, VALUES, NEEDED),
    st.builds(StartResponse, NEEDED, NEEDED, VALUES, VALUES, VALUES),
    st.builds(StopRequest, NEEDED, VALUES, VALUES, VALUES, VALUES, VALUES),
    st.builds(StopResponse, NEEDED, NEEDED),
)
TERMINATORS: list[Terminator] = [b"", b"\n", b"\r\n"]


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.bin").read_bytes()


def frames(chunks: Iterable[bytes]) -> list[bytes]:
    """What a connection that brings these chunks, and then closes, is cut into."""
    buffer = ControlBuffer()
    ended = [message for chunk in chunks for message in buffer.feed(chunk)]
    return ended + buffer.closed()


def a_byte_at_a_time(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


def test_every_fixture_has_its_expectation_here() -> None:
    known = {*CANONICAL, *TOLERATED, *STREAMS, *REFUSED, "garbage_then_message"}
    assert {path.stem for path in FIXTURES.iterdir()} == known


@pytest.mark.parametrize("name", CANONICAL)
def test_a_literal_message_parses_and_is_written_back(name: str) -> None:
    assert parse(fixture(name)) == CANONICAL[name]
    assert build(CANONICAL[name]) == fixture(name)


@pytest.mark.parametrize("name", TOLERATED)
def test_what_others_may_write_is_read(name: str) -> None:
    assert parse(fixture(name)) == TOLERATED[name]


@pytest.mark.parametrize("name", REFUSED)
def test_c9_a_message_without_what_it_needs_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(ControlError) as caught:
        parse(fixture(name))
    assert str(caught.value).startswith(REFUSED[name])


@pytest.mark.parametrize("name", STREAMS)
def test_c7_a_stream_is_cut_into_its_messages(name: str) -> None:
    data = fixture(name)
    assert [parse(frame) for frame in frames([data])] == STREAMS[name]
    assert [parse(frame) for frame in frames(a_byte_at_a_time(data))] == STREAMS[name]


@pytest.mark.parametrize("name", STREAMS)
def test_c7_a_stream_split_at_any_byte_is_cut_the_same(name: str) -> None:
    data = fixture(name)
    for at in range(len(data)):
        assert [parse(frame) for frame in frames([data[:at], data[at:]])] == STREAMS[name]


@pytest.mark.parametrize("terminator", TERMINATORS)
@pytest.mark.parametrize("name", CANONICAL)
def test_c7_two_messages_joined_are_two(name: str, terminator: Terminator) -> None:
    data = build(CANONICAL[name], terminator) + build(STOPPED, terminator)
    expected = [fixture(name), fixture("stop_response")]
    assert frames([data]) == expected
    assert frames(a_byte_at_a_time(data)) == expected


def test_c7_garbage_does_not_take_the_next_message_with_it() -> None:
    data = fixture("garbage_then_message")
    for chunks in ([data], a_byte_at_a_time(data)):
        garbage, message = frames(chunks)
        assert garbage == b"\xff\xfe\x80 GET / HTTP/1.1"
        assert parse(message) == STOPPED


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\0"])
def test_a_message_is_given_out_as_soon_as_it_ends(end: bytes) -> None:
    buffer = ControlBuffer()
    assert buffer.feed(fixture("stop_response")) == []
    assert buffer.feed(end) == [fixture("stop_response")]
    assert buffer.closed() == []


def test_without_an_end_the_next_message_ends_it() -> None:
    buffer = ControlBuffer()
    assert buffer.feed(fixture("start_request") + b"cmd") == []
    assert buffer.feed(b"=") == [fixture("start_request")]
    assert buffer.closed() == [b"cmd="]


def test_a_cmd_after_an_ampersand_is_a_field_and_no_new_message() -> None:
    data = fixture("stop_response") + b"&cmd=RecordStopRequest"
    for chunks in ([data], a_byte_at_a_time(data)):
        assert [parse(frame) for frame in frames(chunks)] == [STOPPED]


def test_quiet_ends_a_complete_message() -> None:
    buffer = ControlBuffer()
    buffer.feed(fixture("stop_request"))
    assert buffer.quiet() == [fixture("stop_request")]
    assert buffer.quiet() == []


@pytest.mark.parametrize("rest", [b"", b"\n", b"\r\n", b"&more=1", b"&more=1\n", b"/8000&more=1\0"])
def test_an_answer_that_can_take_no_more_is_whole_and_what_follows_is_ignored(rest: bytes) -> None:
    first = StartResponse("00ff", "success", "", "192.0.2.7", "20000")
    second = build(StopResponse("00ff"))
    for cut in range(len(rest + second)):
        buffer = ControlBuffer()
        assert buffer.feed(build(first)) == [build(first)]
        assert [*buffer.feed((rest + second)[:cut]), *buffer.feed((rest + second)[cut:]), *buffer.closed()] == [second]


@pytest.mark.parametrize(
    "answer",
    [
        StartResponse("00ff", "success", "", "192.0.2.7", "2000"),
        StartResponse("00ff", "failed", "no room"),
        StartRequest("00ff", codec="PCMU"),
        StopResponse("00ff"),
    ],
)
def test_an_answer_that_could_go_on_is_not_taken_for_whole(answer: Message) -> None:
    assert ControlBuffer().feed(build(answer)) == []


def test_quiet_leaves_an_incomplete_message_for_its_rest() -> None:
    buffer = ControlBuffer()
    buffer.feed(b"cmd=RecordStopResponse&id=00ff&resu")
    assert buffer.quiet() == []
    buffer.feed(b"lt=success")
    assert buffer.quiet() == [b"cmd=RecordStopResponse&id=00ff&result=success"]


@pytest.mark.parametrize("chunk_size", [1_000_000, 1460, 100])
def test_c7_a_megabyte_without_an_end_is_bounded(chunk_size: int) -> None:
    buffer = ControlBuffer()
    taken = 0
    with pytest.raises(ControlError, match="more than 4096 bytes came without the end of a message"):
        for _ in range(1_000_000 // chunk_size):
            buffer.feed(b"A" * chunk_size)
            taken += chunk_size
    assert taken <= MAX_MESSAGE_SIZE
    assert buffer.closed() == []


def test_c7_the_longest_message_is_taken_and_one_byte_more_is_not() -> None:
    base = b"cmd=RecordStopRequest&id=00ff&reason="
    longest = base + b"x" * (MAX_MESSAGE_SIZE - len(base))
    assert parse(frames([longest])[0]) == StopRequest("00ff", reason="x" * (MAX_MESSAGE_SIZE - len(base)))
    with pytest.raises(ControlError, match="more than 4096 bytes"):
        frames([longest + b"x"])
    with pytest.raises(ControlError, match="4097 bytes is longer than 4096"):
        parse(frames([longest + b"x\n"])[0])


@settings(max_examples=200, deadline=None)
@given(MESSAGES, st.sampled_from(TERMINATORS))
def test_c6_values_come_back_as_they_were(message: Message, terminator: Terminator) -> None:
    data = build(message, terminator)
    assert [parse(frame) for frame in frames([data])] == [message]


@settings(max_examples=200, deadline=None)
@given(MESSAGES)
def test_c6_no_value_becomes_a_field_or_a_message(message: Message) -> None:
    data = build(message)
    # What is on the wire besides the values' own letters: one `&` before and one `=` in each field.
    count = len(fields(message))
    assert (data.count(b"&"), data.count(b"="), data.count(b"cmd=")) == (count, count + 1, 1)
    assert not set(data) & {*range(0x21), 0x7F}


@settings(max_examples=100, deadline=None)
@given(
    st.lists(MESSAGES, max_size=4), st.sampled_from(TERMINATORS), st.lists(st.integers(1, 200), min_size=1, max_size=5)
)
def test_c7_any_messages_split_anyhow_come_out_whole(
    messages: list[Message], terminator: Terminator, sizes: list[int]
) -> None:
    data = b"".join(build(message, terminator) for message in messages)
    chunks = []
    while data:
        for size in sizes:
            chunks.append(data[:size])
            data = data[size:]
    assert [parse(frame) for frame in frames(chunks)] == messages


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda tail: b"cmd=RecordStartRequest&" + tail))
def test_garbage_is_a_message_or_a_control_error(data: bytes) -> None:
    for frame in frames([data]):
        assert not set(frame) & set(b"\n\r\0")
        try:
            message = parse(frame)
        except ControlError as error:
            assert str(error).isprintable()
        else:
            assert parse(build(message)) == message


def test_c6_a_name_that_is_no_text_is_still_sent() -> None:
    # Python gives a command line argument that is not UTF-8 as lone surrogates.
    message = StopRequest("00ff", remote_name="Zo\udceb&id=dead")
    assert parse(build(message)) == StopRequest("00ff", remote_name="Zo?&id=dead")


@pytest.mark.parametrize(
    ("pieces", "terminator"),
    [
        ([], b""),
        ([b"cmd=RecordStopRequest&id=1"], b""),
        ([b"cmd=RecordStopRequest&id=1\n"], b"\n"),
        ([b"cmd=RecordStopRequest&id=1\r\n"], b"\r\n"),
        ([b"cmd=RecordStopRequest&id=1\r", b"\n"], b"\r\n"),
        ([b"cmd=RecordStopRequest&id=1\n", b"cmd=RecordStopRequest&id=2"], b"\n"),
    ],
)
def test_what_the_peer_ends_its_messages_with(pieces: list[bytes], terminator: bytes) -> None:
    buffer = ControlBuffer()
    for piece in pieces:
        buffer.feed(piece)
    assert buffer.terminator == terminator
