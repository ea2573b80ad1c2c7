"""CANCEL of a peer's INVITE (RFC 3261 section 9.2): always answered; told once, while there is no final answer."""

from __future__ import annotations

import pytest

from tests.sip.transaction_bench import PEER_TCP, VIA_TCP, respond, taken, theirs


@pytest.mark.parametrize("ringing", [False, True])
def test_a_cancel_is_answered_and_told_once_while_there_is_no_final_answer(ringing: bool) -> None:
    bench, transaction, _ = taken("INVITE")
    if ringing:
        respond(transaction, 180, tag="ours")
    for _ in range(3):
        bench.hear(theirs("CANCEL"))
    assert bench.cancels == [transaction]
    assert transaction.cancelled
    assert bench.story()[-3:] == ["0 200 CANCEL"] * 3
    respond(transaction, 487, tag="ours")
    bench.hear(theirs("ACK", to_tag="ours"))
    bench.hear(theirs("CANCEL"))
    assert bench.story() == ["0 487 INVITE", "0 200 CANCEL"]
    assert bench.cancels == [transaction]
    bench.timers.advance(32)
    assert bench.at_rest()
    assert bench.requests == [transaction]


def test_over_tcp_too_a_second_cancel_is_told_to_nobody() -> None:
    bench, transaction, _ = taken("INVITE", PEER_TCP)
    for _ in range(2):
        bench.hear(theirs("CANCEL", via=VIA_TCP), PEER_TCP)
    assert (bench.cancels, bench.story()) == ([transaction], ["0 200 CANCEL"] * 2)


def test_the_answer_to_a_cancel_bears_the_tag_of_the_invites() -> None:
    bench, transaction, _ = taken("INVITE")
    respond(transaction, 180, tag="ours")
    bench.hear(theirs("CANCEL"))
    assert bench.sent[-1].message.headers.get("to") == ["<sip:100@192.0.2.1>;tag=ours"]


@pytest.mark.parametrize("status", [200, 486])
def test_a_cancel_that_comes_after_the_final_answer_is_answered_and_told_to_nobody(status: int) -> None:
    bench, transaction, _ = taken("INVITE")
    respond(transaction, status)
    bench.hear(theirs("CANCEL"))
    assert bench.story() == [f"0 {status} INVITE", "0 200 CANCEL"]
    assert (bench.cancels, transaction.cancelled) == ([], False)


@pytest.mark.parametrize(
    "cancel",
    [
        theirs("CANCEL", ";branch=z9hG4bKanother"),
        theirs("CANCEL", via="SIP/2.0/UDP 192.0.2.9:5062"),
        theirs("CANCEL", via="SIP/2.0/UDP 192.0.2.8:5060"),
    ],
)
def test_a_cancel_of_something_else_is_answered_481(cancel: bytes) -> None:
    bench, _, _ = taken("INVITE")
    bench.hear(cancel)
    assert bench.story() == ["0 481 CANCEL"]
    assert (bench.cancels, bench.layer.running) == ([], 1)


def test_a_cancel_of_another_request_is_answered_481() -> None:
    bench, _, _ = taken("INFO")
    bench.hear(theirs("CANCEL"))
    assert (bench.story(), bench.cancels) == (["0 481 CANCEL"], [])
