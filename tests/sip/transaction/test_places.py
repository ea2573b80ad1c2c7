"""Floods: how many requests are remembered at once, whose they may be, and that they shut nobody out of his call."""

from __future__ import annotations

from phone_recorder.sip.hop import Hop
from phone_recorder.sip.transaction.places import MOST_OF_ONE_HOST, MOST_SERVER_TRANSACTIONS
from tests.sip.call_bench import CallBench
from tests.sip.foreign import sdp
from tests.sip.transaction_bench import PEER, Bench, respond, theirs


def host(number: int) -> Hop:
    """One of many."""
    return Hop("UDP", f"198.51.{number // 250}.{number % 250}", 5060)


def flood(number: int) -> bytes:
    return theirs("OPTIONS", f";branch=z9hG4bKflood{number}", call_id=f"flood{number}")


def test_more_requests_at_once_than_a_phone_can_have_are_refused_and_a_known_one_is_still_served() -> None:
    bench = Bench()
    for number in range(MOST_SERVER_TRANSACTIONS + 50):
        bench.hear(theirs("INVITE", f";branch=z9hG4bK{number}", call_id=str(number)), host(number))
    assert bench.story() == ["0 503 INVITE"] * 50
    assert bench.layer.running == len(bench.requests) == MOST_SERVER_TRANSACTIONS
    bench.hear(theirs("CANCEL", ";branch=z9hG4bK7", call_id="7"), host(7))
    assert (bench.story(), bench.cancels) == (["0 200 CANCEL"], [bench.requests[7]])
    for transaction in bench.requests:
        respond(transaction, 486)
    bench.timers.advance(32)
    assert bench.at_rest()
    bench.hear(theirs("INVITE", ";branch=z9hG4bKafter", call_id="after"))
    assert len(bench.requests) == MOST_SERVER_TRANSACTIONS + 1


def test_one_host_has_but_a_part_of_the_places_and_gets_them_back() -> None:
    bench = Bench()
    for number in range(MOST_OF_ONE_HOST + 5):
        bench.hear(flood(number), PEER)
    assert bench.story() == ["0 503 OPTIONS"] * 5
    bench.hear(theirs("OPTIONS"), host(1))
    assert len(bench.requests) == MOST_OF_ONE_HOST + 1
    for transaction in bench.requests:
        respond(transaction, 200)
    bench.timers.advance(32)
    assert bench.at_rest()
    bench.hear(theirs("OPTIONS", ";branch=z9hG4bKafter"), PEER)
    assert len(bench.requests) == MOST_OF_ONE_HOST + 2


def test_requests_of_known_dialogs_have_a_room_of_their_own_which_is_not_endless() -> None:
    bench = Bench()
    bench.layer.known = lambda request: request.call_id == "ours"
    for number in range(MOST_SERVER_TRANSACTIONS):
        bench.hear(flood(number), host(number))
    for number in range(MOST_SERVER_TRANSACTIONS + 3):
        bench.hear(theirs("INFO", f";branch=z9hG4bKinfo{number}", call_id="ours", to_tag="we", number=number), PEER)
    assert bench.story() == ["0 503 INFO"] * 3
    assert bench.layer.running == 2 * MOST_SERVER_TRANSACTIONS


def test_a_refusal_is_not_remembered() -> None:
    bench = Bench()
    for number in range(MOST_OF_ONE_HOST):
        bench.hear(flood(number), PEER)
    for _ in range(3):
        bench.hear(theirs("OPTIONS"), PEER)
    assert bench.story() == ["0 503 OPTIONS"] * 3
    assert bench.layer.running == MOST_OF_ONE_HOST


def test_a_flood_of_strangers_does_not_keep_the_peer_from_changing_and_ending_his_call() -> None:
    bench = CallBench()
    for number in range(2 * MOST_SERVER_TRANSACTIONS):
        bench.alice.agent.layer.received(flood(number), host(number))
    for number in range(2 * MOST_OF_ONE_HOST):
        bench.alice.agent.layer.received(flood(-number), bench.foreign.port.hop())
    assert bench.ask("INVITE", 2, body=sdp(version=2))[-1] == "200 INVITE"
    assert bench.ask("BYE", 3)[-1] == "200 BYE"
    assert bench.ear.heard[-1] == "ended 200 peer"
