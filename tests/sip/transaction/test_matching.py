"""Which transaction a message belongs to: RFC 3261 sections 17.2.3 and 8.2.2.2, and the peers of RFC 2543."""

from __future__ import annotations

import pytest

from phone_recorder.sip.hop import Hop
from tests.sip.transaction_bench import PEER, Bench, respond, theirs

OLD = pytest.mark.parametrize("branch", ["", ";branch=1", ";branch=z9hg4bkx;rport", ";hidden"])
"""Branches that are none, or none of RFC 3261: its cookie has its own letters' case."""


def test_a_request_with_another_branch_sent_by_or_method_is_another_one() -> None:
    bench = Bench()
    for number, (method, branch, via) in enumerate(
        [
            ("OPTIONS", "z9hG4bKa", "192.0.2.9:5060"),
            ("OPTIONS", "z9hG4bKb", "192.0.2.9:5060"),
            ("OPTIONS", "z9hG4bKa", "192.0.2.9:5062"),
            ("OPTIONS", "z9hG4bKa", "192.0.2.8:5060"),
            ("INFO", "z9hG4bKa", "192.0.2.9:5060"),
        ]
    ):
        bench.hear(theirs(method, f";branch={branch}", via=f"SIP/2.0/UDP {via}", number=number))
        assert len(bench.requests) == number + 1


def test_the_branch_alone_tells_not_what_else_is_in_the_request() -> None:
    bench = Bench()
    bench.hear(theirs("INVITE", via="SIP/2.0/UDP pbx.example"))
    bench.hear(theirs("INVITE", via="SIP / 2.0 / UDP PBX.example:5060", number=2, call_id="other", to_tag="x"))
    assert len(bench.requests) == 1


def test_copies_of_one_request_that_came_by_several_ways_are_merged() -> None:
    bench = Bench()
    bench.hear(theirs("INVITE", ";branch=z9hG4bKone"))
    other_way = theirs("INVITE", ";branch=z9hG4bKtwo")
    for _ in range(2):
        bench.hear(other_way)
    assert bench.story() == ["0 482 INVITE"] * 2
    assert (len(bench.requests), bench.layer.running) == (1, 1)


def test_a_request_of_another_call_number_or_sender_or_in_a_dialog_is_not_merged() -> None:
    bench = Bench()
    first = theirs("INVITE", ";branch=z9hG4bK1")
    others = [
        theirs("INVITE", ";branch=z9hG4bK2", number=2),
        theirs("INVITE", ";branch=z9hG4bK3", call_id="other"),
        theirs("INVITE", ";branch=z9hG4bK4", to_tag="we"),
        theirs("INVITE", ";branch=z9hG4bK5").replace(b"tag=they", b"tag=other"),
        theirs("OPTIONS", ";branch=z9hG4bK6"),
    ]
    for data in (first, *others):
        bench.hear(data)
    assert (bench.story(), len(bench.requests)) == ([], 6)


def test_after_the_first_copy_is_over_another_is_a_new_request() -> None:
    bench, tcp = Bench(), Hop("TCP", "192.0.2.9", 40000)
    for branch in ("z9hG4bKone", "z9hG4bKtwo"):
        bench.hear(theirs("OPTIONS", f";branch={branch}"), tcp)
        respond(bench.requests[-1], 200)
    assert [sent.message.headers.get("via")[0].rpartition("=")[2] for sent in bench.sent] == [
        "z9hG4bKone",
        "z9hG4bKtwo",
    ]
    assert bench.at_rest()


@OLD
def test_a_copy_of_an_old_peers_request_is_known_by_all_that_it_has(branch: str) -> None:
    bench = Bench()
    data = theirs("INVITE", branch)
    bench.hear(data)
    respond(bench.requests[0], 180)
    bench.hear(data)
    assert bench.story() == ["0 180 INVITE"] * 2
    for other in (
        theirs("INVITE", branch, number=2),
        theirs("INVITE", branch, call_id="other"),
        theirs("INVITE", branch).replace(b"tag=they", b"tag=other"),
    ):
        bench.hear(other)
    assert len(bench.requests) == 4


@OLD
def test_an_old_peers_ack_belongs_to_the_refusal_whose_tag_it_bears(branch: str) -> None:
    bench = Bench()
    bench.hear(theirs("INVITE", branch))
    respond(bench.requests[0], 486, tag="ours")
    bench.hear(theirs("ACK", branch, to_tag="another"))
    bench.timers.advance(0.5)
    assert bench.story() == ["0 486 INVITE", "0.5 486 INVITE"]
    bench.hear(theirs("ACK", branch, to_tag="ours"))
    bench.timers.advance(5)
    assert bench.story() == []
    assert bench.at_rest()
    assert [ack.to_addr.tag for ack, _ in bench.acks if ack.to_addr] == ["another"]


@OLD
def test_an_old_peer_cancels_his_invite(branch: str) -> None:
    bench = Bench()
    bench.hear(theirs("INVITE", branch))
    bench.hear(theirs("CANCEL", branch, number=2))
    assert bench.story() == ["0 481 CANCEL"]
    bench.hear(theirs("CANCEL", branch))
    bench.hear(theirs("CANCEL", branch))
    assert bench.cancels == bench.requests
    assert bench.story() == ["0 200 CANCEL"] * 2


def test_a_stateless_answer_has_the_same_tag_for_each_copy_and_none_that_another_could_make() -> None:
    tags = []
    for bench in (Bench("one"), Bench("other")):
        for number in (1, 1, 2):
            bench.hear(theirs("CANCEL", number=number), PEER)
            to = bench.sent[-1].message.to_addr
            tags.append(to and to.tag)
    assert tags[0] == tags[1] and tags[3] == tags[4]
    assert len({*tags} - {None, ""}) == 4
