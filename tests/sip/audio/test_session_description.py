from __future__ import annotations

import pytest

from phone_recorder.errors import SdpError
from phone_recorder.sip.audio.session_description import AudioPlan
from phone_recorder.wire.payload import G722, PCMA, PCMU
from tests.sip.descriptions import AUDIO, BROWSER, DESK_PHONE, EXCHANGE, SOFTPHONE, ours, sdp


def plan_of(*lines: str, direction: str = "sendrecv") -> AudioPlan:
    return ours().answer(sdp(*lines), direction)[1]


def lines_of(description: bytes) -> list[str]:
    assert description.endswith(b"\r\n")
    return description.decode().split("\r\n")[:-1]


def version(description: bytes) -> int:
    [origin] = [line for line in lines_of(description) if line.startswith("o=")]
    name, session, number, *where = origin.removeprefix("o=").split(" ")
    assert (name, session, where) == ("-", "77", ["IN", "IP4", "192.0.2.1"])
    return int(number)


def test_an_offer_has_our_codecs_in_order_and_telephone_events() -> None:
    assert ours(PCMA, G722).offer() == (
        b"v=0\r\no=- 77 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        b"m=audio 5004 RTP/AVP 8 9 101\r\n"
        b"a=rtpmap:8 PCMA/8000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
        b"a=ptime:20\r\na=sendrecv\r\n"
    )


def test_an_offer_of_an_ipv6_host() -> None:
    assert b"o=- 77 1 IN IP6 2001:db8::1\r\ns=-\r\nc=IN IP6 2001:db8::1\r\n" in ours(host="2001:db8::1").offer()


def test_the_first_codec_of_theirs_that_we_have_is_answered_with_their_number_of_events() -> None:
    answer, plan = ours(PCMU, G722).answer(DESK_PHONE)
    assert answer == (
        b"v=0\r\no=- 77 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        b"m=audio 5004 RTP/AVP 0 101\r\n"
        b"a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    )
    assert plan == AudioPlan(PCMU, 0, 101, 20, ("192.0.2.7", 40000), True, True, {0: 0, 9: 9})


def test_what_an_exchange_offers_with_video_and_what_we_do_not_know() -> None:
    answer, plan = ours().answer(EXCHANGE)
    assert lines_of(answer)[5:] == [
        "m=audio 5004 RTP/AVP 9 96",
        "a=rtpmap:9 G722/8000",
        "a=rtpmap:96 telephone-event/8000",
        "a=fmtp:96 0-15",
        "a=ptime:30",
        "a=sendrecv",
        "m=video 0 RTP/AVP 34",
    ]
    assert plan == AudioPlan(G722, 9, 96, 30, ("198.51.100.3", 17342), True, True, {9: 9})


@pytest.mark.parametrize(
    "line", ["a=rtpmap:x PCMU/8000", "a=rtpmap:", "a=rtpmap", "a=rtpmap:111 foo/x", "a=rtpmap:0 PCMU/" + "9" * 30]
)
def test_one_codec_that_cannot_be_read_does_not_spoil_the_others(line: str) -> None:
    plan = plan_of("m=audio 40000 RTP/AVP 0 111 101", line, "a=rtpmap:101 telephone-event/8000")
    assert (plan.codec, plan.event_type) == (PCMU, 101)


def test_static_payload_types_need_no_rtpmap_and_events_need_not_be_offered() -> None:
    answer, plan = ours().answer(sdp("m=audio 40000 RTP/AVP 18 8 0"))
    assert (plan.codec, plan.payload_type, plan.event_type) == (PCMA, 8, None)
    assert "m=audio 5004 RTP/AVP 8" in lines_of(answer)


def test_m2_the_clock_of_g722_is_8000() -> None:
    assert plan_of("m=audio 40000 RTP/AVP 97", "a=rtpmap:97 g722/8000").codec is G722
    with pytest.raises(SdpError, match="none of PCMU, PCMA, G722"):
        plan_of("m=audio 40000 RTP/AVP 97", "a=rtpmap:97 G722/16000")


def test_a_codec_under_a_dynamic_number_is_sent_and_taken_under_it() -> None:
    answer, plan = ours().answer(sdp("m=audio 40000 RTP/AVP 97 98", "a=rtpmap:97 PCMA/8000/1", "a=rtpmap:98 PCMU/8000"))
    assert (plan.codec, plan.payload_type, plan.accepts) == (PCMA, 97, {97: 8, 98: 0})
    assert "a=rtpmap:97 PCMA/8000" in lines_of(answer)


def test_a_codec_of_two_channels_is_another_codec() -> None:
    with pytest.raises(SdpError, match="offers none of"):
        plan_of("m=audio 40000 RTP/AVP 97", "a=rtpmap:97 PCMA/8000/2")


def test_the_answer_to_our_offer() -> None:
    call = ours(PCMU, PCMA)
    call.offer()
    plan = call.answered(
        sdp("m=audio 40002 RTP/AVP 96 100", "a=rtpmap:96 PCMA/8000", "a=rtpmap:100 telephone-event/8000")
    )
    assert plan == AudioPlan(PCMA, 96, 100, 20, ("192.0.2.7", 40002), True, True, {96: 8, 0: 0, 8: 8})
    assert call.current == plan


def test_one_offer_has_several_answers_when_a_call_forks() -> None:
    call = ours()
    call.offer()
    call.answered(sdp("m=audio 40002 RTP/AVP 0"))
    plan = call.answered(sdp("m=audio 40004 RTP/AVP 8"))
    assert (plan.codec, plan.remote) == (PCMA, ("192.0.2.7", 40004))


@pytest.mark.parametrize(
    ("theirs", "sends", "receives", "answer"),
    [
        ("sendrecv", True, True, "sendrecv"),
        ("sendonly", False, True, "recvonly"),
        ("recvonly", True, False, "sendonly"),
        ("inactive", False, False, "inactive"),
    ],
)
@pytest.mark.parametrize("level", ["media", "session"])
def test_m12_hold_by_direction(theirs: str, sends: bool, receives: bool, answer: str, level: str) -> None:
    lines = (AUDIO, f"a={theirs}") if level == "media" else (f"a={theirs}", AUDIO)
    description, plan = ours().answer(sdp(*lines))
    assert (plan.sends, plan.receives, plan.peer_holds) == (sends, receives, not sends)
    assert lines_of(description)[-1] == f"a={answer}"
    call = ours()
    call.offer()
    answered = call.answered(sdp(*lines))
    assert (answered.sends, answered.receives, answered.peer_holds) == (sends, receives, not sends)


@pytest.mark.parametrize("host", ["IP4 0.0.0.0", "IP6 ::"])
def test_m12_hold_by_an_address_of_zeros(host: str) -> None:
    description, plan = ours().answer(sdp(AUDIO, f"c=IN {host}", "a=sendrecv"))
    assert (plan.remote, plan.sends, plan.receives, plan.peer_holds) == (None, False, True, True)
    assert lines_of(description)[-1] == "a=recvonly"


@pytest.mark.parametrize(
    ("wish", "theirs", "answer"),
    [
        ("sendonly", "sendrecv", "sendonly"),
        ("sendonly", "recvonly", "sendonly"),
        ("sendonly", "sendonly", "inactive"),
        ("inactive", "sendrecv", "inactive"),
    ],
)
def test_who_holds_sends_no_voice_and_hears_none(wish: str, theirs: str, answer: str) -> None:
    description, plan = ours().answer(sdp(AUDIO, f"a={theirs}"), wish)
    assert (plan.sends, plan.receives) == (False, False)
    assert lines_of(description)[-1] == f"a={answer}"


def test_holding_and_taking_back_by_offers_of_ours() -> None:
    call = ours()
    call.offer()
    call.answered(sdp(AUDIO))
    hold = call.offer("sendonly")
    assert lines_of(hold)[-1] == "a=sendonly"
    plan = call.answered(sdp(AUDIO, "a=recvonly"))
    assert (plan.sends, plan.receives, plan.peer_holds) == (False, False, False)
    assert version(call.offer()) == 3
    plan = call.answered(sdp(AUDIO))
    assert (plan.sends, plan.receives) == (True, True)


def test_the_version_goes_up_with_what_is_said_and_not_else() -> None:
    call = ours()
    assert [version(call.offer()) for _ in range(3)] == [1, 1, 1]
    call.answered(sdp(AUDIO))
    assert version(call.repeat()) == version(call.repeat()) == 1
    assert [version(call.offer(wish)) for wish in ("sendonly", "sendonly", "sendrecv")] == [2, 2, 3]


def test_the_answers_version_goes_up_when_the_answer_is_another() -> None:
    call = ours()
    offers = (DESK_PHONE, DESK_PHONE, sdp(AUDIO), sdp(AUDIO, "a=sendonly"))
    assert [version(call.answer(offer)[0]) for offer in offers] == [1, 1, 2, 3]


def test_an_offer_that_was_refused_leaves_what_was_agreed() -> None:
    call = ours()
    call.offer()
    agreed = call.answered(sdp(AUDIO))
    call.offer("sendonly")
    # 488 or 491: nobody calls answered.
    assert call.current == agreed
    refresh = call.repeat()
    assert lines_of(refresh)[-1] == "a=sendrecv"
    assert version(refresh) == 3, "the other phone has seen version 2 for something else"
    assert call.answered(sdp(AUDIO)).sends


@pytest.mark.parametrize("offer", [BROWSER, b"", sdp("m=audio 40000 RTP/AVP 18"), sdp(AUDIO, "c=IN IP4 pbx.example")])
def test_an_offer_that_we_refuse_leaves_what_was_agreed(offer: bytes) -> None:
    call = ours()
    _, agreed = call.answer(DESK_PHONE)
    before = call.repeat()
    with pytest.raises(SdpError):
        call.answer(offer, "sendonly")
    with pytest.raises(SdpError):
        call.answered(offer)
    assert (call.current, call.repeat()) == (agreed, before)


def test_a_refresh_after_an_answer_says_the_same_again() -> None:
    call = ours()
    answer, _ = call.answer(sdp(AUDIO, "a=recvonly"))
    assert call.repeat() == answer
    assert call.answered(sdp(AUDIO, "a=recvonly")).sends, "that the other phone only listens is no hold of ours"


def test_a_description_can_be_repeated_before_anything_is_agreed() -> None:
    call = ours()
    assert call.repeat() == call.offer() == call.repeat()


def test_m3_an_offer_of_ours_keeps_the_codec_that_is_spoken_first_and_the_numbers_as_they_are() -> None:
    call = ours()
    call.answer(sdp("m=audio 40000 RTP/AVP 97 101", "a=rtpmap:97 G722/8000", "a=rtpmap:101 opus/48000/2", "a=ptime:30"))
    hold = lines_of(call.offer("sendonly"))
    assert "m=audio 5004 RTP/AVP 97 0 8 96" in hold
    assert {"a=rtpmap:97 G722/8000", "a=rtpmap:96 telephone-event/8000", "a=ptime:30"} <= {*hold}


def test_m3_a_hold_offers_first_what_the_other_phone_has_chosen() -> None:
    call = ours()
    call.offer()
    call.answered(sdp("m=audio 40000 RTP/AVP 9"))
    assert "m=audio 5004 RTP/AVP 9 0 8 101" in lines_of(call.offer("sendonly"))


def test_every_stream_of_theirs_keeps_its_place_in_what_we_say() -> None:
    call = ours()
    streams = (
        "m=video 40010 RTP/AVP 96",
        "m=audio 40020 RTP/SAVP 0",
        "m=audio 40000 RTP/AVP 0",
        "m=audio 40030 RTP/AVP 8",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "m=image 40040/2 udptl t38",
    )
    answer, plan = call.answer(sdp(*streams))
    assert plan.remote == ("192.0.2.7", 40000)
    places = [line.rpartition(" 101")[0] or line for line in lines_of(answer) if line.startswith("m=")]
    assert places == [
        "m=video 0 RTP/AVP 96",
        "m=audio 0 RTP/SAVP 0",
        "m=audio 5004 RTP/AVP 0",
        "m=audio 0 RTP/AVP 8",
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
        "m=image 0 udptl t38",
    ]
    offered = [line for line in lines_of(call.offer("sendonly")) if line.startswith("m=")]
    assert offered == [*places[:2], "m=audio 5004 RTP/AVP 0 8 9 101", *places[3:]]
    assert call.answered(sdp(*streams[:2], "m=audio 40050 RTP/AVP 0")).remote == ("192.0.2.7", 40050)


def test_a_stream_that_is_taken_away_and_given_back() -> None:
    call = ours()
    call.answer(sdp(AUDIO))
    answer, plan = call.answer(sdp("m=audio 0 RTP/AVP 0"))
    assert (plan.codec, plan.remote, plan.sends, plan.receives) == (PCMU, None, False, False)
    assert lines_of(answer)[5:] == ["m=audio 0 RTP/AVP 0"]
    assert "m=audio 5004 RTP/AVP 0 8 9 101" in lines_of(call.offer())
    assert call.answered(sdp(AUDIO)).sends


def test_of_streams_that_are_off_ours_is_the_one_that_was_on() -> None:
    call = ours()
    with pytest.raises(SdpError, match="offers no audio"):
        call.answer(sdp("m=audio 0 RTP/AVP 0"))
    call.answer(sdp("m=audio 0 RTP/AVP 0", AUDIO))
    call.answer(sdp("m=audio 0 RTP/AVP 0", "m=audio 0 RTP/AVP 0"))
    offered = [line for line in lines_of(call.offer()) if line.startswith("m=")]
    assert offered == ["m=audio 0 RTP/AVP 0", "m=audio 5004 RTP/AVP 0 8 9 101"]


@pytest.mark.parametrize(
    ("said", "ptime"),
    [
        ((), 20),
        (("a=ptime:30",), 30),
        (("a=ptime:60",), 60),
        (("a=ptime:25",), 20),
        (("a=ptime:200",), 60),
        (("a=ptime:5",), 10),
        (("a=ptime:0",), 20),
        (("a=ptime:20.5",), 20),
        (("a=ptime:-1",), 20),
        (("a=ptime:" + "9" * 5000,), 20),
        (("a=maxptime:10",), 10),
        (("a=ptime:40", "a=maxptime:30"), 30),
    ],
)
def test_packets_are_as_long_as_they_wish_or_shorter(said: tuple[str, ...], ptime: int) -> None:
    assert plan_of(AUDIO, *said).ptime_ms == ptime


@pytest.mark.parametrize(
    ("head", "host"),
    [
        ("v=0\nc=IN IP4 198.51.100.9\n", "198.51.100.9"),
        ("v=0\n", "203.0.113.5"),
        ("v=0\nc=IN IP4 198.51.100.9\n", "203.0.113.5"),
    ],
)
def test_the_address_is_that_of_the_stream_or_of_the_session(head: str, host: str) -> None:
    lines = (AUDIO, f"c=IN IP4 {host}") if host == "203.0.113.5" else (AUDIO,)
    assert ours().answer(sdp(*lines, head=head))[1].remote == (host, 40000)


def test_ipv6_addresses_in_whatever_spelling() -> None:
    call = ours(host="2001:db8::1")
    assert call.answer(sdp(AUDIO, "c=IN IP6 2001:0DB8:0:0::7"))[1].remote == ("2001:db8::7", 40000)


def test_what_ice_bundles_and_bandwidth_say_is_left_alone() -> None:
    answer, plan = ours().answer(SOFTPHONE)
    assert (plan.codec, plan.remote, plan.event_type) == (PCMU, ("192.0.2.7", 7078), None)
    assert lines_of(answer)[5:] == ["m=audio 5004 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=ptime:20", "a=sendrecv"]


def test_two_of_us_come_to_the_same() -> None:
    caller, callee = ours(G722, PCMU), ours(PCMU, G722)
    for wish, there in (
        ("sendrecv", "sendrecv"),
        ("sendonly", "sendrecv"),
        ("inactive", "sendonly"),
        ("sendrecv",) * 2,
    ):
        answer, theirs = callee.answer(caller.offer(wish), there)
        mine = caller.answered(answer)
        assert (mine.codec, theirs.codec) == (G722, G722)
        assert mine.sends == mine.receives == theirs.sends == (wish == there == "sendrecv")
