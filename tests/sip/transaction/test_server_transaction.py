"""Requests of peers: the timers of RFC 3261 section 17.2 and RFC 6026, UDP and TCP; copies, ACK, breaks."""

from __future__ import annotations

from itertools import accumulate

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from tests.sip.transaction_bench import PEER, PEER_TCP, VIA_TCP, Bench, respond, taken, theirs

HOPS = pytest.mark.parametrize("hop", [PEER, PEER_TCP], ids=["UDP", "TCP"])


@HOPS
def test_an_invite_without_an_answer_is_answered_100_after_200_ms(hop: Hop) -> None:
    bench, transaction, _ = taken("INVITE", hop)
    bench.timers.advance(0.199)
    assert bench.story() == []
    bench.timers.advance(100)
    assert [(sent.at, sent.hop) for sent in bench.sent] == [(0.2, hop)]
    assert bench.sent[0].data.startswith(b"SIP/2.0 100 Trying\r\n")
    assert transaction.final == 0


def test_a_100_without_a_tag_gives_the_timestamp_back() -> None:
    bench = Bench()
    bench.hear(theirs("INVITE", extra=("Timestamp: 54.21",)))
    bench.timers.advance(1)
    assert b"\r\nTimestamp: 54.21\r\n" in bench.sent[0].data
    assert b"\r\nTo: <sip:100@192.0.2.1>\r\n" in bench.sent[0].data


@pytest.mark.parametrize("status", [180, 200, 486])
def test_no_100_follows_an_answer(status: int) -> None:
    bench, transaction, _ = taken("INVITE", PEER_TCP)
    respond(transaction, status)
    bench.timers.advance(1)
    assert [what for _, what, _ in (line.split() for line in bench.story())][:1] == [str(status)]
    assert b"100 Trying" not in b"".join(sent.data for sent in bench.sent)


def test_other_requests_are_not_answered_100() -> None:
    bench, _, _ = taken("BYE")
    bench.timers.advance(1)
    assert bench.story() == []


def test_copies_of_an_invite_get_the_last_provisional_answer_and_are_told_to_nobody() -> None:
    bench, transaction, data = taken("INVITE")
    bench.hear(data)
    assert bench.story() == []
    for status in (180, 183):
        respond(transaction, status)
        bench.hear(data)
    assert bench.story() == ["0 180 INVITE"] * 2 + ["0 183 INVITE"] * 2
    assert bench.requests == [transaction]


def test_a_refusal_is_sent_again_after_twice_the_time_t2_at_most_until_timer_h() -> None:
    bench, transaction, _ = taken("INVITE")
    respond(transaction, 486)
    assert transaction.final == 486
    bench.timers.advance(31.999)
    assert [sent.at for sent in bench.sent] == [0, *accumulate([0.5, 1, 2, 4, 4, 4, 4, 4, 4, 4])]
    assert len({sent.data for sent in bench.sent}) == 1
    assert bench.layer.running == 1
    bench.timers.advance(0.001)
    assert bench.at_rest()


def test_over_tcp_a_refusal_is_sent_once_and_its_ack_awaited_until_timer_h() -> None:
    bench, transaction, _ = taken("INVITE", PEER_TCP)
    respond(transaction, 486)
    bench.timers.advance(31.999)
    assert (bench.story(), bench.layer.running) == (["0 486 INVITE"], 1)
    bench.timers.advance(0.001)
    assert bench.at_rest()


def test_a_copy_of_a_refused_invite_gets_the_refusal_until_the_ack_comes_and_is_absorbed_for_t4_then() -> None:
    bench, transaction, data = taken("INVITE")
    respond(transaction, 486)
    bench.timers.advance(0.1)
    bench.hear(data)
    bench.timers.advance(0.1)
    for _ in range(3):
        bench.hear(theirs("ACK", to_tag="we"))
        bench.hear(data)
    bench.timers.advance(4.999)
    bench.hear(data)
    assert bench.story() == ["0 486 INVITE", "0.1 486 INVITE"]
    assert (bench.requests, bench.acks, bench.layer.running) == ([transaction], [], 1)
    bench.timers.advance(0.001)
    assert bench.at_rest()


def test_over_tcp_the_ack_of_a_refusal_ends_all() -> None:
    bench, transaction, _ = taken("INVITE", PEER_TCP)
    respond(transaction, 486)
    bench.hear(theirs("ACK", via=VIA_TCP, to_tag="we"), PEER_TCP)
    assert bench.at_rest()
    assert bench.acks == []


@HOPS
def test_after_a_2xx_copies_of_the_invite_are_absorbed_until_timer_l_and_the_user_may_send_it_again(hop: Hop) -> None:
    bench, transaction, data = taken("INVITE", hop)
    respond(transaction, 200)
    bench.hear(data, hop)
    bench.timers.advance(1)
    respond(transaction, 200)
    respond(transaction, 486)
    respond(transaction, 180)
    assert bench.story() == ["0 200 INVITE", "1 200 INVITE"]
    assert transaction.final == 200
    bench.timers.advance(30.999)
    bench.hear(data, hop)
    assert (bench.story(), bench.requests, bench.layer.running) == ([], [transaction], 1)
    bench.timers.advance(0.001)
    assert bench.at_rest()
    respond(transaction, 200)
    assert bench.story() == []


@pytest.mark.parametrize("branch", [";branch=z9hG4bKits-own", ";branch=z9hG4bKtheirs", ";branch=1", ""])
def test_the_ack_of_a_2xx_is_told_whatever_its_branch(branch: str) -> None:
    bench, transaction, _ = taken("INVITE")
    respond(transaction, 200)
    bench.hear(theirs("ACK", branch, to_tag="we"))
    bench.hear(theirs("ACK", branch, to_tag="we"))
    assert [(ack.method, source) for ack, source in bench.acks] == [("ACK", PEER)] * 2
    assert bench.story() == ["0 200 INVITE"]


def test_an_ack_before_any_final_answer_means_nothing() -> None:
    bench, transaction, _ = taken("INVITE")
    respond(transaction, 180)
    bench.hear(theirs("ACK", to_tag="we"))
    respond(transaction, 486)
    assert (bench.acks, bench.story()) == ([], ["0 180 INVITE", "0 486 INVITE"])


def test_copies_of_another_request_get_its_final_answer_until_timer_j() -> None:
    bench, transaction, data = taken("BYE")
    bench.hear(data)
    assert bench.story() == []
    respond(transaction, 200)
    assert transaction.final == 200
    bench.timers.advance(31.999)
    bench.hear(data)
    respond(transaction, 500)
    assert bench.story() == ["0 200 BYE", "31.999 200 BYE"]
    bench.timers.advance(0.001)
    assert bench.at_rest()
    assert bench.requests == [transaction]


def test_copies_of_another_request_get_its_provisional_answer_too() -> None:
    bench, transaction, data = taken("INFO")
    respond(transaction, 100)
    bench.hear(data)
    respond(transaction, 200)
    assert bench.story() == ["0 100 INFO", "0 100 INFO", "0 200 INFO"]


def test_over_tcp_another_request_is_over_with_its_answer() -> None:
    bench, transaction, _ = taken("BYE", PEER_TCP)
    respond(transaction, 200)
    assert bench.story() == ["0 200 BYE"]
    assert bench.at_rest()


@HOPS
@pytest.mark.parametrize("status", [0, 100])
def test_another_request_that_nobody_answers_is_forgotten_when_no_answer_could_matter(hop: Hop, status: int) -> None:
    bench, transaction, _ = taken("INFO", hop)
    bench.timers.advance(10)
    if status:
        respond(transaction, status)
    bench.timers.advance(21.999)
    assert bench.layer.running == 1
    bench.timers.advance(0.001)
    assert bench.at_rest()
    bench.story()
    respond(transaction, 200)
    assert (bench.story(), transaction.final) == ([], 0)


BROKEN = SipUnreachable("the connection was reset")


@pytest.mark.parametrize(("method", "status"), [("INVITE", 180), ("INVITE", 200), ("INVITE", 486)])
def test_an_invite_whose_caller_cannot_be_reached_goes_on_absorbing_copies(method: str, status: int) -> None:
    bench, transaction, data = taken(method)
    respond(transaction, status)
    bench.layer.broken(PEER, BROKEN)
    bench.timers.advance(0)
    bench.hear(data)
    assert bench.breaks == [(PEER, BROKEN)]
    assert (bench.requests, bench.layer.running) == ([transaction], 1)


def test_another_request_whose_sender_cannot_be_reached_is_over() -> None:
    bench, transaction, _ = taken("INFO")
    respond(transaction, 200)
    bench.layer.broken(Hop("UDP", "192.0.2.9", 5062), BROKEN)
    bench.timers.advance(0)
    assert bench.layer.running == 1
    bench.layer.broken(PEER, BROKEN)
    bench.timers.advance(0)
    assert bench.at_rest()


@pytest.mark.parametrize("answered_first", [False, True])
def test_when_its_connection_is_lost_an_invites_answers_go_over_a_new_one_to_the_address_in_its_via(
    answered_first: bool,
) -> None:
    bench, accepted = Bench(), Hop("TCP", "192.0.2.9", 40001)
    bench.hear(theirs("INVITE", via=VIA_TCP), accepted)
    if answered_first:
        respond(bench.requests[0], 486)
    for _ in range(2):
        bench.layer.broken(accepted, BROKEN)
    bench.timers.advance(0)
    if not answered_first:
        respond(bench.requests[0], 486)
    assert [sent.hop for sent in bench.sent] == [accepted] * answered_first + [PEER_TCP]
    assert bench.layer.running == 1
