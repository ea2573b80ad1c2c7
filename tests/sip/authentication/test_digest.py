"""Digests against the examples of RFC 2617 and 7616, and against what md5sum and sha256sum make of the same strings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.sip.authentication.digest import (
    Credentials,
    Params,
    answer,
    answerable,
    challenges,
    parameters,
    qop_of,
    strongest,
)

PHONE = Credentials("1001", "secret")
INVITE = ("INVITE", "sip:1002@example.net")


def answered(challenge: Params, who: Credentials = PHONE, body: bytes = b"", count: int = 1) -> Params:
    return challenges(answer(challenge, who, *INVITE, body, "c1", count))[0]


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_answer_is_that_of_rfc_7616_section_3_9_1(algorithm: str, response: str) -> None:
    challenge = {
        "realm": "http-auth@example.org",
        "qop": "auth, auth-int",
        "algorithm": algorithm,
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    }
    who = Credentials("Mufasa", "Circle of Life")
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    given = challenges(answer(challenge, who, "GET", "/dir/index.html", b"", cnonce, 1))[0]
    assert given["response"] == response
    assert given["opaque"] == challenge["opaque"]


def test_the_answer_is_that_of_rfc_2617_section_3_5() -> None:
    challenge = {"realm": "testrealm@host.com", "qop": "auth,auth-int", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"}
    who = Credentials("Mufasa", "Circle Of Life")
    assert answer(challenge, who, "GET", "/dir/index.html", b"", "0a4f113b", 1) == (
        'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1"'
    )


@pytest.mark.parametrize(
    ("algorithm", "qop", "count", "body", "response"),
    [
        ("MD5", "auth", 1, b"v=0", "8e181b27bc0b6264b9994d072c52e4c8"),
        ("MD5", "auth-int", 10, b"v=0", "16e6d9dcf2e07290111ba0423b803aaf"),
        ("MD5-sess", "auth", 2, b"", "6936afc4991f301735d47225b7b10d34"),
        ("MD5-sess", "", 1, b"", "5fc41bf2df1ecd474f92af781ddf4497"),
        ("SHA-256", "auth", 1, b"", "3bbf7f32ba3dfa9a28ca9261ad3cca81c12a3d449a6e23acf1d0cfc54f9ee527"),
        ("sha-256-SESS", "auth", 1, b"", "baaa90c3b4865f28bf5f67dd6500026ef9cd36c9f1c670127a0a07b0d0ef0773"),
        ("SHA-256-sess", "auth-int", 1, b"", "954d4419515f6646e39f0cdc9f134a408fe01504171e5cc9d04e235898ce55bf"),
    ],
)
def test_every_algorithm_and_protection_gives_what_other_programs_give(
    algorithm: str, qop: str, count: int, body: bytes, response: str
) -> None:
    given = answered({"realm": "strict", "nonce": "n1", "algorithm": algorithm, "qop": qop}, body=body, count=count)
    assert given["response"] == response
    assert given["algorithm"] == algorithm
    assert given.get("qop", "") == qop
    assert given.get("nc") == (f"{count:08x}" if qop else None)


def test_a_password_that_is_not_ascii_is_utf_8() -> None:
    given = answered({"realm": "strict", "nonce": "n1"}, Credentials("张三", "密码"))
    assert (given["username"], given["response"]) == ("张三", "728b881bd07fbaafac2c8900ddd44401")


def test_quotes_and_backslashes_are_escaped_when_sent_and_hashed_as_they_are() -> None:
    challenge = challenges('Digest realm="re\\"alm", nonce="n1", opaque="\\\\o\\""')[0]
    assert challenge == {"realm": 're"alm', "nonce": "n1", "opaque": '\\o"'}
    value = answer(challenge, Credentials('al"ice', "p\\w"), "REGISTER", "sip:example.net", b"", "c1", 1)
    assert value == (
        'Digest username="al\\"ice", realm="re\\"alm", nonce="n1", opaque="\\\\o\\"", uri="sip:example.net", '
        'response="6b4736b410c2e8ba0c2cb40f76fa6696"'
    )


def test_the_algorithm_is_named_only_to_a_server_that_named_it() -> None:
    assert "algorithm" not in answered({"realm": "strict", "nonce": "n1", "qop": "auth"})


def test_several_challenges_may_stand_in_one_header_among_other_schemes() -> None:
    value = (
        'Negotiate YWJj==, Digest realm="a, b", nonce=n1,qop="auth,auth-int" , Basic realm="b", '
        'digest REALM = "c" , nonce="n2", stale=TRUE'
    )
    assert challenges(value) == [
        {"realm": "a, b", "nonce": "n1", "qop": "auth,auth-int"},
        {"realm": "c", "nonce": "n2", "stale": "TRUE"},
    ]


def test_a_header_without_a_scheme_gives_its_parameters() -> None:
    assert parameters('nextnonce="n2", cnonce="c1", nc=00000001') == {
        "nextnonce": "n2",
        "cnonce": "c1",
        "nc": "00000001",
    }


@pytest.mark.parametrize(
    ("challenge", "possible"),
    [
        ({"nonce": "n1"}, True),
        ({"nonce": "n1", "algorithm": "md5"}, True),
        ({"nonce": "n1", "algorithm": "SHA-256-sess", "qop": "auth-int"}, True),
        ({"nonce": "n1", "qop": ""}, True),
        ({}, False),
        ({"nonce": ""}, False),
        ({"nonce": "n1", "algorithm": "SHA-512-256"}, False),
        ({"nonce": "n1", "algorithm": "AKAv1-MD5"}, False),
        ({"nonce": "n1", "qop": "auth-conf"}, False),
    ],
)
def test_only_what_there_is_a_way_to_answer_can_be_answered(challenge: Params, possible: bool) -> None:
    assert answerable(challenge) is possible


def test_auth_is_taken_before_auth_int_wherever_it_stands() -> None:
    assert qop_of({"qop": "auth-int, AUTH"}) == "auth"
    assert qop_of({"qop": "auth-conf,auth-int"}) == "auth-int"


def test_the_strongest_hash_is_taken_and_of_equals_the_first() -> None:
    md5, sha, sess = ({"algorithm": name} for name in ("MD5", "SHA-256", "SHA-256-sess"))
    assert strongest([md5, sess, sha]) is sess
    assert strongest([{}, md5]) == {}


def test_the_password_is_in_no_repr() -> None:
    assert "secret" not in repr(PHONE)
    assert "1001" in repr(PHONE)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80) | st.text(alphabet='Digest ,="\\nonce', max_size=80))
def test_any_text_is_challenges_or_none(text: str) -> None:
    for challenge in challenges("Digest " + text):
        if answerable(challenge):
            answer(challenge, PHONE, *INVITE, b"", "c1", 1)
    parameters(text)


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_realm_and_opaque_come_back_as_they_were(realm: str, opaque: str) -> None:
    given = answered({"realm": realm, "nonce": "n1", "opaque": opaque})
    assert (given["realm"], given["opaque"]) == (realm, opaque)
