"""What an answer is worth: literal bytes of which no end has come, and addresses of every kind."""

from __future__ import annotations

import pytest

from phone_recorder.errors import ServerRefused
from phone_recorder.recording.server_answer import is_whole, media_address
from phone_recorder.wire.control import StartResponse

PEER = "192.0.2.7"
STARTED = b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=192.0.2.7&port=20000"


@pytest.mark.parametrize(
    ("held", "whole"),
    [
        (STARTED, True),
        (b"cmd=RecordStartResponse&id=00ff&result=success&port=2", True),  # nobody can tell
        (b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=192.0.2.7&port=", False),
        (b"cmd=RecordStartResponse&id=00ff&result=success&reason=&server=192", False),
        (b"cmd=RecordStartResponse&id=00ff&result=success", False),
        (b"cmd=RecordStartResponse&id=00ff&result=succ", False),
        (b"cmd=RecordStartResponse&id=00ff&result=", False),
        (b"cmd=RecordStartResponse&id=00", False),
        (b"cmd=RecordSt", False),
        (b"cmd=", False),
        (b"c", False),
        (b"cmd=RecordStartResponse&id=00ff&result=failed", True),
        (b"cmd=RecordStartResponse&id=00ff&result=failed&reason=no%20room", True),
        (b"cmd=RecordStopResponse&id=00ff&result=success", True),
        (b"cmd=RecordStopResponse&id=00ff&result=failed", True),
        (b"cmd=RecordStopResponse&id=00ff&result=suc", False),
        (b"cmd=RecordStopRequest&id=00ff", True),  # out of turn, and that is told
        (b"HTTP/1.1 400 Bad Request", True),
        (b"0000", True),
        (b"cmx", True),
    ],
)
def test_what_no_end_has_come_of_may_be_all_or_half(held: bytes, whole: bool) -> None:
    assert is_whole(held) is whole


def answer(server: str, port: str = "20000") -> StartResponse:
    return StartResponse("00ff", "success", "", server, port)


@pytest.mark.parametrize("named", ["", "0.0.0.0", "::", PEER, "::ffff:192.0.2.7", "::ffff:c000:207"])
def test_rtp_goes_to_the_server_itself(named: str) -> None:
    assert media_address(answer(named), PEER, foreign=False) == (PEER, 20000)


@pytest.mark.parametrize("named", ["2001:db8::1", "2001:DB8:0:0:0:0:0:1", "2001:db8::1%eth0", "::"])
def test_an_ipv6_server_is_itself_however_it_writes_that(named: str) -> None:
    assert media_address(answer(named), "2001:db8::1", foreign=False) == ("2001:db8::1", 20000)


@pytest.mark.parametrize("named", ["198.51.100.9", "192.0.2.70", "127.0.0.1", "2001:db8::1"])
def test_another_host_is_refused_unless_it_is_allowed(named: str) -> None:
    with pytest.raises(ServerRefused) as refused:
        media_address(answer(named), PEER, foreign=False)
    assert str(refused.value) == f"the record server wants RTP sent to '{named}', which is not itself (192.0.2.7)"
    assert media_address(answer(named), PEER, foreign=True) == (named, 20000)


@pytest.mark.parametrize(
    "named", ["media.example", "localhost", "192.0.2", "192.0.2.7:9", "3221225991", "x" * 300, "%1"]
)
@pytest.mark.parametrize("foreign", [False, True])
def test_a_name_is_no_address_and_is_never_looked_up(named: str, foreign: bool) -> None:
    with pytest.raises(ServerRefused) as refused:
        media_address(answer(named), PEER, foreign)
    assert str(refused.value) == f"the record server wants RTP sent to {named[:60]!r}, which is no IP address"


@pytest.mark.parametrize("foreign", [False, True])
@pytest.mark.parametrize("port", ["", "0", "65536", "99999", "abc", "-1", "٣"])
def test_a_port_that_is_none(port: str, foreign: bool) -> None:
    with pytest.raises(ServerRefused, match="as its RTP port, which is none"):
        media_address(answer("198.51.100.9", port), PEER, foreign)


def test_what_a_server_names_cannot_forge_a_line() -> None:
    with pytest.raises(ServerRefused, match=r"'a\\nb\\x1b\[31m', which is no IP address"):
        media_address(answer("a\nb\x1b[31m"), PEER, foreign=False)
