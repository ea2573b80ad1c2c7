"""A call that we make, against a phone that is text: forks, early media, refusals, routes."""

from __future__ import annotations

import pytest

from phone_recorder.sip.call.call import CallState
from phone_recorder.sip.call.ground import CallPolicy
from tests.sip.call_rig import Rig
from tests.sip.foreign import CONTACT, Foreign, sdp
from tests.sip.invite_bench import InviteBench as Bench


def test_it_rings_and_is_answered_and_acknowledged_where_the_contact_says() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 180)
    bench.advance()
    assert (bench.ear.since(), bench.call.state) == (["ringing"], CallState.RINGING)
    bench.foreign.accept(bench.invite)
    bench.advance()
    assert bench.ear.since() == ["media PCMA sendrecv", "answered"]
    ack = bench.foreign.got("ACK")
    assert (ack.uri, ack.get("cseq"), ack.param("to", "tag")) == ("sip:f@192.0.2.9:5060", "1 ACK", "f1")
    assert ack.param_of_via("branch") != bench.invite.param_of_via("branch")
    assert bench.call.plan and bench.call.plan.remote == ("192.0.2.9", 30000)


def test_it_says_who_calls_and_whom_in_whole() -> None:
    bench = Bench()
    assert bench.invite.get("from") == '"Alice" <sip:alice@192.0.2.1>;tag=alice2'
    assert bench.invite.get("to") == "<sip:f@192.0.2.9>"
    assert bench.invite.get("contact") == "<sip:alice@192.0.2.1:5060>"
    assert bench.invite.get("supported") == "timer"
    assert b"m=audio 40000 RTP/AVP 0 8 9 101" in bench.invite.body
    assert (bench.call.remote_number, bench.call.remote_uri) == ("f", "sip:f@192.0.2.9")


def test_to_says_whom_and_not_how_and_no_password_is_shown() -> None:
    rig = Rig()
    alice, foreign = rig.phone("alice", "192.0.2.1"), Foreign(rig)
    alice.call("sip:f:secret@192.0.2.9;transport=udp", foreign.port.hop())
    rig.timers.advance(0.1)
    assert foreign.got("INVITE").get("to") == "<sip:f@192.0.2.9>"
    assert alice.last.remote_uri == "sip:f@192.0.2.9"


def test_each_copy_of_the_200_gets_the_same_ack_again() -> None:
    bench = Bench()
    for _ in range(3):
        bench.foreign.accept(bench.invite)
        bench.advance()
    acks = [m for m in bench.foreign.heard if m.method == "ACK"]
    assert len(acks) == 3
    parts = [(a.uri, a.get("cseq"), a.get("to"), a.get("from"), a.get("call-id")) for a in acks]
    asked = bench.invite
    to = "<sip:f@192.0.2.9>;tag=f1"
    assert set(parts) == {("sip:f@192.0.2.9:5060", "1 ACK", to, asked.get("from"), asked.get("call-id"))}
    assert bench.ear.since() == ["media PCMA sendrecv", "answered"]


def test_of_several_forks_the_first_to_answer_wins_and_the_others_are_hung_up() -> None:
    bench = Bench()
    for tag in ("one", "two"):
        bench.foreign.answer(bench.invite, 180, f"Contact: <sip:{tag}@192.0.2.9>", tag=tag)
    bench.foreign.accept(bench.invite, tag="two")
    bench.advance()
    bench.foreign.story()
    for _ in range(2):
        bench.foreign.answer(bench.invite, 200, "Contact: <sip:one@192.0.2.9>", tag="one", body=sdp(port=30002))
        bench.advance()
    assert bench.foreign.story() == ["ACK", "BYE", "ACK"]
    assert bench.ear.heard == ["ringing", "media PCMA sendrecv", "answered"]
    assert bench.call.plan and bench.call.plan.remote == ("192.0.2.9", 30000)
    assert bench.call.state is CallState.ANSWERED


def test_a_fork_that_lost_is_left_in_its_own_dialog() -> None:
    bench = Bench()
    bench.foreign.accept(bench.invite, tag="two")
    bench.foreign.answer(bench.invite, 200, "Contact: <sip:one@192.0.2.9>", tag="one", body=sdp())
    bench.advance()
    bye = bench.foreign.got("BYE")
    assert (bye.uri, bye.get("to"), bye.get("cseq")) == ("sip:one@192.0.2.9", "<sip:f@192.0.2.9>;tag=one", "2 BYE")


def test_early_media_is_heard_and_the_200_changes_it() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 183, CONTACT, body=sdp(port=30010))
    bench.advance()
    assert (bench.ear.since(), bench.call.state) == (["media PCMA sendrecv"], CallState.CALLING)
    bench.foreign.accept(bench.invite, body=sdp(port=30020))
    bench.advance()
    assert bench.ear.since() == ["media PCMA sendrecv", "answered"]
    assert [plan.remote for plan in bench.ear.plans] == [("192.0.2.9", 30010), ("192.0.2.9", 30020)]


def test_a_200_without_a_description_is_fine_if_the_183_had_one() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 183, CONTACT, body=sdp())
    bench.foreign.accept(bench.invite, body=b"")
    bench.advance()
    assert bench.ear.since() == ["media PCMA sendrecv", "answered"]


def test_of_several_forks_with_early_media_the_one_that_answers_is_heard() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 183, CONTACT, tag="one", body=sdp(port=30010))
    bench.foreign.answer(bench.invite, 183, CONTACT, tag="two", body=sdp(port=30020, codecs="0"))
    bench.foreign.accept(bench.invite, tag="one", body=b"")
    bench.advance()
    assert bench.call.plan and bench.call.plan.remote == ("192.0.2.9", 30010)
    assert bench.ear.since() == ["media PCMA sendrecv", "media PCMU sendrecv", "media PCMA sendrecv", "answered"]


@pytest.mark.parametrize("body", [b"", b"v=9", sdp(codecs="18"), sdp(port=0)])
def test_an_answer_that_cannot_be_used_is_acknowledged_and_hung_up(body: bytes) -> None:
    bench = Bench()
    bench.foreign.accept(bench.invite, body=body)
    bench.advance()
    assert bench.foreign.story() == ["INVITE", "ACK", "BYE"]
    assert bench.ear.heard == []
    assert bench.rests()
    assert bench.ear.heard == ["ended 488 us"]


def test_what_another_fork_has_described_is_no_answer() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 183, CONTACT, tag="other", body=sdp())
    bench.foreign.accept(bench.invite, body=b"")
    bench.advance()
    assert bench.foreign.story() == ["INVITE", "ACK", "BYE"]


@pytest.mark.parametrize(
    ("status", "heard"),
    [(486, "ended 486 peer"), (603, "ended 603 peer"), (302, "ended 302 peer"), (503, "ended 503 peer")],
)
def test_a_refusal_ends_it(status: int, heard: str) -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, status, "Contact: <sip:voicemail@192.0.2.50>")
    bench.advance()
    assert bench.ear.since() == [heard]
    assert bench.foreign.got("ACK").param_of_via("branch") == bench.invite.param_of_via("branch")
    assert bench.rests()


def test_a_redirection_is_not_followed_but_named() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 302, "Contact: <sip:voicemail@192.0.2.50>")
    bench.advance()
    assert "sip:voicemail@192.0.2.50" in bench.ear.ends[0].reason


def test_nobody_answers_at_all() -> None:
    bench = Bench()
    bench.advance(40)
    assert bench.ear.since() == ["ended 408 network"]
    assert bench.rests()


def test_nobody_is_there_to_connect_to() -> None:
    rig = Rig()
    alice = rig.phone("alice", "192.0.2.1")
    foreign = Foreign(rig)
    rig.wire.unplug(foreign.port)
    ear = alice.call("sip:f@192.0.2.9;transport=tcp", foreign.port.hop("TCP"))
    rig.timers.advance(1)
    assert ear.since() == ["ended 0 network"]
    assert rig.at_rest()


def test_too_short_a_session_is_asked_for_again_as_long_as_it_has_to_be() -> None:
    bench = Bench(CallPolicy(session_s=100))
    assert bench.invite.get("session-expires") == "100"
    bench.foreign.answer(bench.invite, 422, "Min-SE: 500")
    bench.advance()
    again = bench.foreign.got("INVITE")
    assert (again.get("session-expires"), again.get("min-se"), again.get("cseq")) == ("500", "500", "2 INVITE")
    assert again.get("call-id") == bench.invite.get("call-id")
    bench.foreign.answer(again, 422, "Min-SE: 500")
    bench.advance()
    assert bench.ear.since() == ["ended 422 peer"]


def test_a_peer_that_speaks_rfc_2543_has_no_tag() -> None:
    bench = Bench()
    bench.foreign.answer(bench.invite, 180, tag="")
    bench.foreign.accept(bench.invite, tag="")
    bench.advance()
    assert bench.ear.since() == ["ringing", "media PCMA sendrecv", "answered"]
    bench.call.hang_up()
    bench.advance()
    bench.foreign.answer(bench.foreign.got("BYE"), 200, tag="")
    bench.advance()
    assert bench.ear.since() == ["ended 200 us"]


def test_of_a_thousand_forks_only_some_are_remembered() -> None:
    bench = Bench()
    for number in range(1000):
        bench.foreign.answer(bench.invite, 180, CONTACT, tag=f"t{number}")
    bench.foreign.accept(bench.invite, tag="t999")
    for number in range(999):
        bench.foreign.accept(bench.invite, tag=f"t{number}")
    bench.advance()
    assert bench.ear.since() == ["ringing", "media PCMA sendrecv", "answered"]
    assert bench.foreign.story().count("BYE") == 31


def test_a_listener_may_hang_up_at_the_first_ring() -> None:
    bench = Bench()
    bench.ear.then["ringing"] = bench.call.hang_up
    bench.foreign.answer(bench.invite, 180)
    bench.advance()
    assert bench.foreign.got("CANCEL")


def test_a_listener_may_hang_up_as_soon_as_audio_comes() -> None:
    bench = Bench()
    bench.ear.then["media PCMA sendrecv"] = bench.call.hang_up
    bench.foreign.accept(bench.invite)
    bench.advance()
    assert bench.foreign.story() == ["INVITE", "ACK", "BYE"]
    assert "answered" not in bench.ear.heard


@pytest.mark.parametrize("strict", [False, True])
def test_the_route_goes_with_every_request_and_decides_the_hop(strict: bool) -> None:
    bench = Bench()
    proxy = Foreign(bench.rig, "192.0.2.20", "proxy")
    lr = "" if strict else ";lr"
    bench.foreign.accept(bench.invite, "Record-Route: <sip:192.0.2.9;lr>", f"Record-Route: <sip:192.0.2.20{lr}>")
    bench.advance()
    ack = proxy.got("ACK")
    if strict:
        assert (ack.uri, ack.all("route")) == ("sip:192.0.2.20", ["<sip:192.0.2.9;lr>", "<sip:f@192.0.2.9:5060>"])
    else:
        assert (ack.uri, ack.all("route")) == ("sip:f@192.0.2.9:5060", ["<sip:192.0.2.20;lr>", "<sip:192.0.2.9;lr>"])
    bench.call.hang_up()
    bench.advance()
    assert proxy.got("BYE").all("route") == ack.all("route")


def test_a_contact_with_a_name_that_nobody_knows_leads_back_to_where_the_call_went() -> None:
    bench = Bench()
    bench.rig.slow_s = 0.05
    bench.foreign.answer(bench.invite, 200, "Contact: <sip:f@nowhere.example>", body=sdp())
    bench.advance()
    bench.call.hang_up()
    bench.advance()
    assert bench.foreign.story() == ["INVITE", "ACK", "BYE"]
