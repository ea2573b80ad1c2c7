"""Every way in which a call between two phones of ours can end, and what is recorded then."""

from __future__ import annotations

import socket
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.cli.phones import (
    ANSWERS,
    HOST,
    SHORT,
    SPEAKS,
    Calling,
    OurPhone,
    Waiting,
    assert_both_are_heard,
    free_port,
)

pytestmark = pytest.mark.live


def test_the_far_party_hangs_up_and_the_recording_is_whole(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee", *ANSWERS, *SHORT) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS, json=False) as caller,
    ):
        callee.document()
        assert caller.end() == 0
    assert "BX5S the other phone hung up\n" in caller.out
    assert "recording 1: recorded (call ended), 1." in caller.out
    assert caller.err == ""


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("who", ["caller", "callee"])
def test_ctrl_c_hangs_up_and_the_recording_is_whole(tmp_path: Path, who: str, times: int) -> None:
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS) as caller,
    ):
        caller.until_recorded(0.6)
        callee.until_recorded(0.6)
        {"caller": caller, "callee": callee}[who].interrupt(times)
        ours, theirs = caller.document(), callee.document()
    for phone, document in ((caller, ours), (callee, theirs)):
        assert document["recordings"][0]["reason"] == "call ended"
        assert_both_are_heard(phone, document)
    enders = ("us", "peer") if who == "caller" else ("peer", "us")
    assert (ours["sip"]["ended_by"], theirs["sip"]["ended_by"]) == enders


def test_ctrl_c_of_the_caller_while_it_rings_and_then_the_phone_takes_another_call(tmp_path: Path) -> None:
    """The one port for RTP that it has is free again."""
    port = ("--rtp-ports", free_port())
    with Waiting(tmp_path / "callee", *ANSWERS, *port, "--answer-after", 4) as callee:
        with Calling(tmp_path / "first", callee.uri, "--save-far", tmp_path / "far.wav") as first:
            first.until("ringing")
            first.interrupt()
            assert first.refusal() == "interrupted before there was a call to record"
        callee.until("the call is over: the caller gave up")
        with Calling(tmp_path / "second", callee.uri, *SPEAKS, *SHORT) as second:
            second.document()
        document = callee.document()
    assert_both_are_heard(callee, document)
    assert list(first.usb.iterdir()) == []
    assert not (tmp_path / "far.wav").exists(), "there was nothing to keep"


def test_ctrl_c_of_the_callee_while_it_rings(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee", "--answer-after", 100) as callee,
        Calling(tmp_path / "caller", callee.uri) as caller,
    ):
        callee.until("called by Near Party <sip:1001@127.0.0.1>")
        callee.interrupt(2)
        assert callee.refusal() == "interrupted before there was a call to record"
        assert caller.refusal() == f"{callee.uri} cannot be reached just now (480 Temporarily Unavailable)"
    assert list(callee.usb.iterdir()) == list(caller.usb.iterdir()) == []


def test_ctrl_c_while_nobody_calls(tmp_path: Path) -> None:
    files = ("--save-far", tmp_path / "far.wav", "--trace", tmp_path / "trace", "--pcap", tmp_path / "pcap")
    with Waiting(tmp_path / "callee", *files) as callee:
        callee.interrupt()
        assert callee.refusal() == "interrupted before there was a call to record"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["callee"], "nothing is left behind"


def test_ctrl_c_while_nobody_answers_at_all(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as deaf:
        deaf.bind((HOST, 0))
        with Calling(tmp_path / "caller", f"sip:100@{HOST}:{deaf.getsockname()[1]}") as caller:
            assert deaf.recv(65536).startswith(b"INVITE ")
            caller.interrupt()
            assert caller.refusal() == "interrupted before there was a call to record"


def test_ctrl_c_while_it_registers(tmp_path: Path) -> None:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as deaf:
        deaf.bind((HOST, 0))
        registrar = f"sip:{HOST}:{deaf.getsockname()[1]}"
        with OurPhone(tmp_path / "phone", "--wait", "--registrar", registrar) as phone:
            assert deaf.recv(65536).startswith(b"REGISTER ")
            phone.interrupt()
            assert phone.refusal() == "interrupted before there was a call to record"


def test_ctrl_c_while_it_connects(tmp_path: Path) -> None:
    """To a server whose backlog is full, a connection takes for ever."""
    with closing(socket.socket()) as full, ExitStack() as stack:
        full.bind((HOST, 0))
        full.listen(0)
        for _ in range(8):
            knocking = stack.enter_context(closing(socket.socket()))
            knocking.setblocking(False)
            knocking.connect_ex(full.getsockname())
        with Calling(tmp_path / "caller", f"sip:100@{HOST}:{full.getsockname()[1]};transport=tcp") as caller:
            caller.until_connecting(full.getsockname()[1])
            caller.interrupt()
            assert caller.refusal() == "interrupted before there was a call to record"


def test_a_phone_in_a_call_is_busy(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        Calling(tmp_path / "caller", callee.uri, *SPEAKS) as caller,
    ):
        caller.until_recorded(0.3)
        with Calling(tmp_path / "third", callee.uri) as third:
            assert third.refusal() == f"{callee.uri} is busy (486 Busy Here)"
        callee.until("busy: a call from 1001 was turned away")
        caller.interrupt()
        assert_both_are_heard(caller, caller.document())
        assert_both_are_heard(callee, callee.document())


def test_a_phone_that_rings_is_busy(tmp_path: Path) -> None:
    with (
        Waiting(tmp_path / "callee", "--answer-after", 100) as callee,
        Calling(tmp_path / "caller", callee.uri) as caller,
    ):
        caller.until("ringing")
        with Calling(tmp_path / "third", callee.uri) as third:
            assert third.refusal().endswith(" is busy (486 Busy Here)")
        caller.interrupt()
        caller.refusal()
        callee.until("the call is over: the caller gave up")


def test_a_phone_that_calls_is_busy(tmp_path: Path) -> None:
    port = free_port()
    with (
        Waiting(tmp_path / "callee", *ANSWERS) as callee,
        OurPhone(tmp_path / "caller", "--to", callee.uri, "--sip-listen", f"{HOST}:{port}", *SPEAKS) as caller,
    ):
        caller.until_recorded(0.2)
        with Calling(tmp_path / "third", f"sip:100@{HOST}:{port}") as third:
            assert third.refusal().endswith(" is busy (486 Busy Here)")
        caller.interrupt()
        caller.document()
        callee.document()
