"""CANCEL of an INVITE of ours (RFC 3261 section 9.1): when it leaves, and that one final answer is told."""

from __future__ import annotations

import pytest

from tests.sip.transaction_bench import PEER, PEER_TCP, Bench, Listener, answer, ours

CANCEL = (
    b"CANCEL sip:200@192.0.2.9 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKtoken2;rport\r\n"
    b"Route: <sip:192.0.2.9;lr>\r\n"
    b"From: <sip:100@192.0.2.9>;tag=we\r\n"
    b"To: <sip:200@192.0.2.9>\r\n"
    b"Call-ID: ours\r\n"
    b"CSeq: 7 CANCEL\r\n"
    b"Max-Forwards: 69\r\n"
    b"Content-Length: 0\r\n\r\n"
)


def test_a_ringing_invite_is_cancelled_at_once_and_its_487_is_told() -> None:
    bench, listener = Bench(), Listener()
    transaction = bench.layer.send_request(ours("INVITE"), PEER, listener)
    bench.hear(answer(bench.sent[0].data, 180))
    bench.timers.advance(3)
    transaction.cancel()
    transaction.cancel()
    assert [(sent.at, sent.data, sent.hop) for sent in bench.sent[1:]] == [(3, CANCEL, PEER)]
    bench.hear(answer(CANCEL, 200))
    bench.hear(answer(bench.sent[0].data, 487))
    assert listener.heard == ["180", "487"]
    bench.timers.advance(32)
    assert bench.story() == ["0 INVITE", "3 CANCEL", "3 ACK"]
    assert bench.at_rest()


def test_an_invite_without_an_answer_is_sent_on_and_cancelled_when_the_first_provisional_one_comes() -> None:
    bench, listener = Bench(), Listener()
    transaction = bench.layer.send_request(ours("INVITE"), PEER, listener)
    invite = bench.sent[0].data
    transaction.cancel()
    bench.timers.advance(1)
    bench.hear(answer(invite, 100))
    bench.hear(answer(invite, 180))
    bench.hear(answer(CANCEL, 200))
    bench.timers.advance(10)
    bench.hear(answer(invite, 487))
    assert bench.story() == ["0 INVITE", "0.5 INVITE", "1 CANCEL", "11 ACK"]
    assert listener.heard == ["100", "180", "487"]


def test_a_cancelled_invite_that_is_never_answered_is_given_up_with_timer_b() -> None:
    bench, listener = Bench(), Listener()
    bench.layer.send_request(ours("INVITE"), PEER_TCP, listener).cancel()
    bench.timers.advance(32)
    assert (bench.story(), listener.heard) == (["0 INVITE"], ["SipTimeout"])
    assert bench.at_rest()


@pytest.mark.parametrize("provisional_first", [True, False])
def test_a_cancelled_invite_without_a_final_answer_is_given_up_64_t1_after_the_cancel(provisional_first: bool) -> None:
    bench, listener = Bench(), Listener()
    transaction = bench.layer.send_request(ours("INVITE"), PEER_TCP, listener)
    steps = [lambda: bench.hear(answer(bench.sent[0].data, 180)), transaction.cancel]
    for step in steps if provisional_first else steps[::-1]:
        step()
    bench.hear(answer(CANCEL.replace(b"UDP", b"TCP"), 200))
    bench.timers.advance(31.999)
    assert listener.heard == ["180"]
    bench.timers.advance(0.001)
    assert listener.heard == ["180", "SipTimeout"]
    assert bench.at_rest()


@pytest.mark.parametrize("to_cancel", [200, 481, 500])
def test_a_200_that_crosses_the_cancel_is_told_whatever_became_of_the_cancel(to_cancel: int) -> None:
    bench, listener = Bench(), Listener()
    transaction = bench.layer.send_request(ours("INVITE"), PEER, listener)
    bench.hear(answer(bench.sent[0].data, 180))
    transaction.cancel()
    bench.hear(answer(bench.sent[0].data, 200))
    bench.hear(answer(CANCEL, to_cancel))
    assert listener.heard == ["180", "200"]
    bench.timers.advance(32)
    assert bench.at_rest()


@pytest.mark.parametrize("status", [200, 486])
def test_a_cancel_after_the_final_answer_sends_nothing(status: int) -> None:
    bench, listener = Bench(), Listener()
    transaction = bench.layer.send_request(ours("INVITE"), PEER, listener)
    bench.hear(answer(bench.sent[0].data, status))
    bench.story()
    transaction.cancel()
    bench.timers.advance(40)
    transaction.cancel()
    assert (bench.story(), listener.heard) == ([], [str(status)])


def test_only_an_invite_is_cancelled() -> None:
    bench, listener = Bench(), Listener()
    transaction = bench.layer.send_request(ours("BYE"), PEER_TCP, listener)
    bench.hear(answer(bench.sent[0].data, 100))
    transaction.cancel()
    assert bench.story() == ["0 BYE"]


def test_an_unanswered_cancel_is_sent_again_like_any_request_and_told_to_nobody() -> None:
    bench, listener = Bench(), Listener()
    transaction = bench.layer.send_request(ours("INVITE"), PEER, listener)
    bench.hear(answer(bench.sent[0].data, 180))
    transaction.cancel()
    bench.hear(answer(bench.sent[0].data, 487))
    bench.timers.advance(33)
    cancels = [at for at, what in map(str.split, bench.story()) if what == "CANCEL"]
    assert cancels == ["0", "0.5", "1.5", "3.5", "7.5", "11.5", "15.5", "19.5", "23.5", "27.5", "31.5"]
    assert listener.heard == ["180", "487"]
    assert bench.at_rest()
