"""Requests of ours: the timers of RFC 3261 section 17.1 and RFC 6026, UDP and TCP; ACK, breaks, which answers count."""

from __future__ import annotations

from itertools import accumulate

import pytest

from phone_recorder.errors import SipTimeout, SipUnreachable
from phone_recorder.sip.hop import Hop
from tests.sip.transaction_bench import PEER, PEER_TCP, US, Bench, Listener, answer, ours

HOPS = pytest.mark.parametrize("hop", [PEER, PEER_TCP], ids=["UDP", "TCP"])
METHODS = pytest.mark.parametrize("method", ["INVITE", "REGISTER", "BYE", "INFO"])


def begun(method: str, hop: Hop = PEER) -> tuple[Bench, Listener, bytes]:
    """A request has just left: the bench, its listener, and its bytes."""
    bench, listener = Bench(), Listener()
    bench.layer.send_request(ours(method), hop, listener)
    return bench, listener, bench.sent[0].data


@HOPS
@METHODS
def test_a_request_leaves_as_it_was_made_under_a_via_of_its_own(method: str, hop: Hop) -> None:
    bench, listener = Bench(), Listener()
    made = ours(method, "Content-Type: text/plain", body=b"body")
    before = bytes(made)
    transaction = bench.layer.send_request(made, hop, listener)
    via = f"Via: SIP/2.0/{hop.transport} 192.0.2.1:5070;branch=z9hG4bKtoken2;rport\r\n".encode()
    start, _, rest = before.partition(b"Via: SIP/2.0/UDP 0.0.0.0;branch=z9hG4bKtobereplaced\r\n")
    assert [(sent.data, sent.hop) for sent in bench.sent] == [(start + via + rest, hop)]
    assert bytes(transaction.request) == bench.sent[0].data
    assert transaction.hop == hop
    assert bytes(made) == before


def test_an_ipv6_address_has_its_brackets() -> None:
    class Six(Bench):
        def local(self, hop: Hop) -> tuple[str, int]:
            return "2001:db8::1", 5060

    bench = Six()
    bench.layer.send_request(ours("OPTIONS"), Hop("TLS", "2001:db8::9", 5061), Listener())
    assert b"Via: SIP/2.0/TLS [2001:db8::1]:5060;branch=z9hG4bKtoken2;rport\r\n" in bench.sent[0].data


def test_an_invite_is_sent_again_after_twice_the_time_until_timer_b() -> None:
    bench, listener, data = begun("INVITE")
    bench.timers.advance(31.999)
    assert {sent.data for sent in bench.sent} == {data}
    assert [sent.at for sent in bench.sent] == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert listener.heard == []
    bench.timers.advance(0.001)
    assert listener.heard == ["SipTimeout"]
    assert isinstance(listener.errors[0], SipTimeout)
    assert str(listener.errors[0]) == "192.0.2.9:5060 over UDP does not answer INVITE"
    assert bench.at_rest()


def test_another_request_is_sent_again_after_twice_the_time_t2_at_most_until_timer_f() -> None:
    bench, listener, _ = begun("INFO")
    bench.timers.advance(31.999)
    assert [sent.at for sent in bench.sent] == [0, *accumulate([0.5, 1, 2, 4, 4, 4, 4, 4, 4, 4])]
    assert listener.heard == []
    bench.timers.advance(0.001)
    assert listener.heard == ["SipTimeout"]
    assert bench.at_rest()


@METHODS
def test_over_tcp_nothing_is_sent_twice_but_it_is_given_up_at_the_same_time(method: str) -> None:
    bench, listener, _ = begun(method, PEER_TCP)
    bench.timers.advance(31.999)
    assert (bench.story(), listener.heard) == ([f"0 {method}"], [])
    bench.timers.advance(0.001)
    assert (bench.story(), listener.heard) == ([], ["SipTimeout"])
    assert bench.at_rest()


@HOPS
def test_a_provisional_answer_ends_the_copies_and_the_wait_of_an_invite(hop: Hop) -> None:
    bench, listener, data = begun("INVITE", hop)
    bench.timers.advance(0.1)
    bench.hear(answer(data, 100), hop)
    bench.hear(answer(data, 180), hop)
    bench.timers.advance(10_000)
    bench.hear(answer(data, 183), hop)
    assert (bench.story(), listener.heard) == (["0 INVITE"], ["100", "180", "183"])
    assert bench.layer.running == 1


def test_a_provisional_answer_to_another_request_slows_its_copies_down_and_no_more() -> None:
    bench, listener, data = begun("REGISTER")
    bench.timers.advance(0.6)
    bench.hear(answer(data, 100))
    bench.timers.advance(31.3)
    # The timer that runs already is let run.
    assert [sent.at for sent in bench.sent] == [0, 0.5, 1.5, 5.5, 9.5, 13.5, 17.5, 21.5, 25.5, 29.5]
    bench.timers.advance(0.1)
    assert listener.heard == ["100", "SipTimeout"]
    assert bench.at_rest()


@HOPS
@pytest.mark.parametrize("status", [200, 301, 401, 486, 503, 603])
def test_another_requests_final_answer_is_told_once_and_copies_are_absorbed_for_t4_over_udp(
    status: int, hop: Hop
) -> None:
    bench, listener, data = begun("BYE", hop)
    for _ in range(3):
        bench.hear(answer(data, status), hop)
    assert listener.heard == [str(status)]
    assert bench.layer.running == (0 if hop.reliable else 1)
    bench.timers.advance(4.999)
    assert bench.layer.running == (0 if hop.reliable else 1)
    bench.timers.advance(0.001)
    assert bench.at_rest()
    assert bench.story() == ["0 BYE"]


def test_a_refused_invite_is_acknowledged_by_the_transaction_each_time_until_timer_d() -> None:
    bench, listener, data = begun("INVITE")
    bench.hear(answer(data, 486))
    for _ in range(3):
        bench.timers.advance(10)
        bench.hear(answer(data, 486))
    assert bench.story() == ["0 INVITE", "0 ACK", "10 ACK", "20 ACK", "30 ACK"]
    assert listener.heard == ["486"]
    bench.timers.advance(2)
    assert bench.at_rest()
    bench.hear(answer(data, 486))
    assert (bench.story(), listener.heard) == ([], ["486"])


def test_over_tcp_a_refused_invite_is_acknowledged_and_over() -> None:
    bench, listener, data = begun("INVITE", PEER_TCP)
    bench.hear(answer(data, 486), PEER_TCP)
    assert (bench.story(), listener.heard) == (["0 INVITE", "0 ACK"], ["486"])
    assert bench.at_rest()


def test_that_ack_has_the_invites_via_route_and_number_and_the_answers_to() -> None:
    bench, _, data = begun("INVITE")
    bench.hear(answer(data, 486))
    assert bench.sent[1].hop == PEER
    assert bench.sent[1].data == (
        b"ACK sip:200@192.0.2.9 SIP/2.0\r\n"
        b"Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKtoken2;rport\r\n"
        b"Route: <sip:192.0.2.9;lr>\r\n"
        b"From: <sip:100@192.0.2.9>;tag=we\r\n"
        b"To: <sip:200@192.0.2.9>;tag=they\r\n"
        b"Call-ID: ours\r\n"
        b"CSeq: 7 ACK\r\n"
        b"Max-Forwards: 69\r\n"
        b"Content-Length: 0\r\n\r\n"
    )


@HOPS
def test_each_2xx_of_an_invite_is_told_for_64_t1_also_of_other_forks_and_none_is_acknowledged_here(hop: Hop) -> None:
    bench, listener, data = begun("INVITE", hop)
    bench.hear(answer(data, 180), hop)
    for tag in ("one", "one", "other"):
        bench.hear(answer(data, 200, tag=tag), hop)
    bench.timers.advance(31.9)
    bench.hear(answer(data, 200, tag="one"), hop)
    assert listener.heard == ["180", "200", "200", "200", "200"]
    bench.hear(answer(data, 486), hop)
    bench.hear(answer(data, 180), hop)
    bench.timers.advance(0.1)
    assert bench.at_rest()
    bench.hear(answer(data, 200, tag="one"), hop)
    assert listener.heard == ["180", "200", "200", "200", "200"]
    assert bench.story() == ["0 INVITE"]


def test_after_a_refusal_neither_a_2xx_nor_a_provisional_answer_is_told() -> None:
    bench, listener, data = begun("INVITE")
    for status in (486, 200, 180):
        bench.hear(answer(data, status))
    assert listener.heard == ["486"]


@HOPS
@pytest.mark.parametrize(("method", "status"), [("INVITE", 0), ("INVITE", 180), ("INFO", 0), ("INFO", 100)])
def test_a_broken_hop_ends_what_waits_for_it_with_the_wires_own_error(method: str, status: int, hop: Hop) -> None:
    bench, listener, data = begun(method, hop)
    other = Listener()
    bench.layer.send_request(ours(method), Hop("UDP", "192.0.2.77", 5060), other)
    if status:
        bench.hear(answer(data, status), hop)
    error = SipUnreachable("the connection was reset")
    bench.layer.broken(hop, error)
    assert listener.errors == []
    bench.timers.advance(0)
    assert listener.errors == [error]
    assert bench.breaks == [(hop, error)]
    assert other.heard == []
    assert bench.layer.running == 1


@pytest.mark.parametrize(("method", "status"), [("INVITE", 200), ("INVITE", 486), ("INFO", 200)])
def test_a_hop_that_breaks_after_the_final_answer_is_no_failure(method: str, status: int) -> None:
    bench, listener, data = begun(method)
    bench.hear(answer(data, status))
    bench.layer.broken(PEER, SipUnreachable("the connection was reset"))
    bench.timers.advance(40)
    assert listener.heard == [str(status)]
    assert bench.at_rest()


def test_a_wire_that_breaks_while_it_sends_tells_when_the_transaction_is_there() -> None:
    class Breaking(Bench):
        def send(self, data: bytes, hop: Hop) -> None:
            self.layer.broken(hop, SipUnreachable("the network is down"))

    bench, listener = Breaking(), Listener()
    transaction = bench.layer.send_request(ours("INVITE"), PEER, listener)
    assert listener.heard == []
    bench.timers.advance(0)
    assert listener.heard == ["SipUnreachable"]
    transaction.cancel()
    assert bench.at_rest()


def test_what_is_sent_anew_when_told_of_the_break_is_not_broken_by_it() -> None:
    bench, second = Bench(), Listener()

    class Again(Listener):
        def failed(self, error: object) -> None:
            bench.layer.send_request(ours("INFO"), PEER_TCP, second)

    bench.layer.send_request(ours("INFO"), PEER_TCP, Again())
    bench.layer.broken(PEER_TCP, SipUnreachable("the connection was reset"))
    bench.timers.advance(1)
    assert (second.heard, bench.layer.running) == ([], 1)


def test_answers_with_another_branch_cseq_call_id_tag_or_sent_by_or_with_two_vias_are_dropped_and_counted() -> None:
    bench, listener, data = begun("INVITE")
    good = answer(data, 200)
    for spoilt in (
        good.replace(b"z9hG4bKtoken2", b"z9hG4bKtoken9"),
        good.replace(b"7 INVITE", b"7 INFO"),
        good.replace(b"7 INVITE", b"8 INVITE"),
        good.replace(b"Call-ID: ours", b"Call-ID: others"),
        good.replace(b";tag=we", b";tag=they"),
        good.replace(b"192.0.2.1:5070", b"192.0.2.1:5071"),
        good.replace(b"192.0.2.1:5070", b"192.0.2.1"),
        good.replace(b"192.0.2.1:5070", b"192.0.2.2:5070"),
        good.replace(b"\r\nFrom:", b"\r\nVia: SIP/2.0/UDP 192.0.2.66;branch=z9hG4bKother\r\nFrom:"),
    ):
        assert spoilt != good
        bench.hear(spoilt)
    assert listener.heard == []
    assert bench.layer.dropped == {"answer to nothing that was asked": 9}
    bench.hear(good.replace(b";rport", b";rport=5070;received=198.51.100.1"))
    assert listener.heard == ["200"]


def test_the_ack_of_a_2xx_leaves_once_with_a_branch_of_its_own() -> None:
    bench = Bench()
    bench.layer.send_ack(ours("ACK"), PEER)
    bench.layer.send_ack(ours("ACK"), PEER)
    bench.timers.advance(40)
    assert [sent.at for sent in bench.sent] == [0, 0]
    assert [sent.message.via[0].branch for sent in bench.sent] == ["z9hG4bKtoken2", "z9hG4bKtoken3"]
    assert {(via.host, via.port) for sent in bench.sent for via in sent.message.via} == {US}
    assert bench.at_rest()
