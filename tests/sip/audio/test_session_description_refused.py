from __future__ import annotations

from functools import partial
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import SdpError
from phone_recorder.sip.audio.media_lines import MAX_SIZE
from phone_recorder.wire.payload import CODECS
from tests.sip.descriptions import AUDIO, BROWSER, ours, sdp


@pytest.mark.parametrize(
    ("description", "why"),
    [
        (b"", "does not begin with v=0"),
        (b"v=1\r\n", "does not begin with v=0"),
        (b"<xml/>", "does not begin with v=0"),
        (sdp(), "has no media in it"),
        (sdp("m=video 40000 RTP/AVP 96"), "offers no audio"),
        (sdp("m=audio 0 RTP/AVP 0"), "offers no audio"),
        (sdp("m=audio 40000 RTP/AVP 18 97"), "offers none of PCMU, PCMA, G722"),
        (sdp("m=audio 40000 RTP/SAVP 0"), "offers audio as RTP/SAVP alone: this phone speaks RTP/AVP"),
        (sdp("m=audio 40000 RTP/AVPF 0"), "offers audio as RTP/AVPF alone"),
        (BROWSER, "offers audio as UDP/TLS/RTP/SAVPF alone"),
        (sdp(AUDIO, head="v=0\n"), "is at no IP address: ''"),
        (sdp(AUDIO, "c=IN IP4 pbx.example"), "is at no IP address: 'pbx.example'"),
        (sdp(AUDIO, "c=IN IP4 239.1.2.3"), "is at 239.1.2.3, where 192.0.2.1 cannot send it"),
        (sdp(AUDIO, "c=IN IP6 2001:db8::7"), "is at 2001:db8::7, where 192.0.2.1 cannot send it"),
        (sdp(AUDIO, "c=IN IP4"), "has an address that is none: 'c=IN IP4'"),
        (sdp(AUDIO, "c=ATM x y"), "has an address that is none"),
        (sdp("m=audio 99999 RTP/AVP 0"), "has a stream that is none: 'm=audio 99999 RTP/AVP 0'"),
        (sdp("m=audio -1 RTP/AVP 0"), "has a stream that is none"),
        (sdp("m=audio 40000 RTP/AVP"), "has a stream that is none"),
        (sdp("m="), "has a stream that is none"),
        (
            sdp("m=audio 40000 RTP/AVP 0\x1b[2J"),
            "has a stream that is none: 'm=audio 40000 RTP/AVP 0\N{REPLACEMENT CHARACTER}",
        ),
        (sdp(AUDIO) + b"a=x" * 400_000, "has 1200"),
    ],
)
def test_an_offer_that_cannot_be_done_says_why(description: bytes, why: str) -> None:
    with pytest.raises(SdpError) as caught:
        ours().answer(description)
    assert why in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("description", "why"),
    [
        (sdp("m=audio 0 RTP/AVP 0"), "refuses audio"),
        (sdp("m=video 40000 RTP/AVP 96"), "has no audio where audio was offered"),
        (sdp("m=audio 40000 RTP/SAVP 0"), "has no audio where audio was offered"),
        (sdp("m=audio 40000 RTP/AVP 18"), "answers with none of PCMU, PCMA, G722"),
    ],
)
def test_an_answer_that_cannot_be_done_says_why(description: bytes, why: str) -> None:
    call = ours()
    call.offer()
    with pytest.raises(SdpError, match=why):
        call.answered(description)
    assert call.current is None


TEXT = st.text(st.sampled_from(" \r\n\t:=/0189azAP\x00\u2028\N{ARABIC-INDIC DIGIT FIVE}-+_%."), max_size=12)
LINES = st.lists(
    st.one_of(
        st.builds("m=audio {} RTP/AVP {}".format, TEXT | st.just("40000"), TEXT | st.just("0 8 101")),
        st.builds("c=IN IP4 {}".format, TEXT | st.just("192.0.2.7")),
        st.builds("a=rtpmap:{} {}/{}".format, TEXT | st.just("0"), st.just("PCMU") | TEXT, st.just("8000") | TEXT),
        st.builds("a={}:{}".format, st.sampled_from(["ptime", "maxptime", "fmtp", "sendonly"]), TEXT),
        st.builds("{}={}".format, st.sampled_from(list("abcikmoprstuvz")), TEXT),
        TEXT,
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(LINES.map(lambda lines: b"v=0\r\n" + "\r\n".join(lines).encode()) | st.binary(max_size=200))
def test_whatever_is_offered_or_answered_is_a_plan_or_an_sdp_error(description: bytes) -> None:
    call = ours()
    call.offer()
    for negotiate in (partial(call.answer, description), partial(call.answered, description)):
        try:
            negotiate()
        except SdpError as error:
            assert str(error).isprintable()
        else:
            assert call.current
            assert call.current.codec in CODECS
            # What we then say can be read again, and has as many streams.
            assert ours().answer(call.offer())[1].codec in CODECS


@pytest.mark.parametrize(
    "line", ["m=" + "a" * 16_000, "m=a 1 x" + " b" * 8000 + "\0", "m=a 1 x " + "b" * 15_000 + "\0"]
)
def test_a_long_line_takes_no_long_time(line: str) -> None:
    begun = process_time()
    with pytest.raises(SdpError):
        ours().answer(sdp(line))
    assert process_time() - begun < 0.5


def test_a_description_of_any_size_is_read_up_to_a_limit() -> None:
    description = sdp(AUDIO, "a=x:" + "y" * 10_000)
    padded = description + b"a=z\r\n" * ((MAX_SIZE - len(description)) // 5)
    assert MAX_SIZE - 5 < len(padded) <= MAX_SIZE
    assert ours().answer(padded)[1].remote
    with pytest.raises(SdpError, match="more than 16384 are not read"):
        ours().answer(padded + b"a=z\r\n")
