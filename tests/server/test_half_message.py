"""Requests that have no end, from phones that are slow, or have forgotten something."""

from __future__ import annotations

import pytest

from phone_recorder.server.half_message import is_hopeless, may_be_whole
from tests.server.rig import (
    ID,
    QUIET,
    SECOND,
    START,
    STOP,
    STOPPED,
    Rig,
    started,
)


def test_half_a_message_is_not_answered_however_long_it_is_quiet() -> None:
    rig = Rig()
    rig.say(b"cmd=RecordStopRequest&i")
    rig.now += 59 * SECOND
    assert rig.phone.advance(rig.now) == b""
    assert (rig.recordings, rig.phone.ended) == ([], False)


def test_a_byte_at_a_time_however_slowly_where_messages_have_an_end() -> None:
    """Silence ends nothing: `codec=P` is not yet all, and neither is half an id."""
    rig = Rig()
    answers = b""
    for byte in b"\n" + START + STOP:
        answers += rig.say(bytes([byte]))
        rig.now += SECOND
        answers += rig.phone.advance(rig.now)
    assert answers + rig.stored() == started(20000) + STOPPED


@pytest.mark.parametrize("cut", [b"P", b"PC", b"PCM", b"G", b"G72", b"g7", b"PCMU/", b"PCMA/80"])
def test_a_codec_that_may_go_on_is_waited_for(cut: bytes) -> None:
    rig = Rig()
    rig.say(b"cmd=RecordStartRequest&id=00ff&codec=" + cut)
    rig.now += QUIET
    assert rig.phone.advance(rig.now) == b""
    ends = {b"P": b"CMU", b"PC": b"MU", b"PCM": b"A", b"G": b"722", b"G72": b"2", b"g7": b"22", b"PCMU/": b"8000"}
    rig.say(ends.get(cut, b"00"))
    rig.now += QUIET
    assert b"&result=success&" in rig.phone.advance(rig.now)


def test_half_an_id_is_nobodys_stop() -> None:
    rig = Rig()
    rig.say(START.rstrip())
    rig.now += QUIET
    assert rig.phone.advance(rig.now) == started(20000)
    rig.say(f"cmd=RecordStopRequest&id={ID[:7]}".encode())
    rig.now += QUIET
    assert rig.phone.advance(rig.now) == b""
    rig.say(ID[7:].encode())
    rig.now += QUIET
    assert rig.phone.advance(rig.now) + rig.stored() == STOPPED


@pytest.mark.parametrize("message", [b"cmd=RecordStartRequest&id=&codec=PCMU", b"cmd=RecordStartRequest&id=00ff"])
def test_a_malformed_request_without_an_end_is_answered_before_the_phone_gives_up(message: bytes) -> None:
    rig = Rig()
    rig.say(message)
    rig.now += 3 * SECOND - 1
    assert rig.phone.advance(rig.now) == b""
    rig.now += 1
    assert b"&result=failed&reason=malformed%20request:%20RecordStartRequest%20lacks" in rig.phone.advance(rig.now)
    assert rig.say(START) == started(20000)


@pytest.mark.parametrize(
    ("held", "whole"),
    [
        (b"", False),
        (b"cmd=RecordStart", False),
        (b"cmd=RecordStartRequest&id=1", False),
        (b"cmd=RecordStartRequest&id=1&codec=PCM", False),
        (b"cmd=RecordStartRequest&id=1&codec=PCMU", True),
        (b"cmd=RecordStartRequest&id=1&codec=OPUS", True),
        (b"cmd=RecordStopRequest&id=1", False),
        (b"cmd=RecordStopRequest&id=12", True),
        (b"cmd=RecordStopRequest&id=nobodys&reason=", True),
    ],
)
def test_what_may_be_whole_of_a_phone_that_records_as_12(held: bytes, whole: bool) -> None:
    assert may_be_whole(held, {"12"}) is whole


@pytest.mark.parametrize(
    ("held", "hopeless"),
    [
        (b"cmd=RecordStartRequest&id=1", True),
        (b"cmd=RecordStartRequest&", True),
        (b"cmd=RecordStartRequest&id=1&codec=P", False),
        (b"cmd=RecordStartRequest", False),
        (b"cmd=RecordStopRequest&i", False),
        (b"GET / HTTP/1.1", False),
    ],
)
def test_what_is_told_that_it_lacks_something(held: bytes, hopeless: bool) -> None:
    assert is_hopeless(held) is hopeless
