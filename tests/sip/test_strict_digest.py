"""The strict server's digests are those of RFC 7616, and what is wrong with a phone's is found."""

from __future__ import annotations

import hashlib

import pytest

from tests.sip.raw_message import RawMessage
from tests.sip.strict_digest import Challenger, fields

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_rfc_7616_section_3_9_1(algorithm: str, response: str) -> None:
    challenger = Challenger("Mufasa", "Circle of Life", "http-auth@example.org", algorithm)
    given = {"uri": "/dir/index.html", "nonce": NONCE, "nc": "00000001", "cnonce": CNONCE, "qop": "auth"}
    assert challenger._response(RawMessage("GET /dir/index.html SIP/2.0"), given) == response


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def authorized(nc: str = "00000001", password: str = "secret", **changes: str) -> RawMessage:
    """A BYE with credentials for nonce n1, right but for the changes."""
    uri = "sip:1@h"
    digest = md5(f"{md5(f'1001:strict:{password}')}:n1:{nc}:c:auth:{md5(f'BYE:{uri}')}")
    parts = {"username": '"1001"', "realm": '"strict"', "nonce": '"n1"', "uri": f'"{uri}"', "response": f'"{digest}"'}
    parts |= {"algorithm": "MD5", "cnonce": '"c"', "opaque": '"o\\"p"', "qop": "auth", "nc": nc} | changes
    value = "Digest " + ", ".join(f"{name}={part}" for name, part in parts.items())
    return RawMessage(f"BYE {uri} SIP/2.0", [("Authorization", value)])


def asked(**settings: bool) -> Challenger:
    challenger = Challenger(**settings)  # type: ignore[arg-type]
    refusal = challenger.refusal(RawMessage("BYE sip:1@h SIP/2.0"))
    assert refusal == (401, 'Digest realm="strict", nonce="n1", opaque="o\\"p", algorithm=MD5, qop="auth"')
    return challenger


def test_the_right_answer_passes_and_passes_again_with_the_next_count() -> None:
    challenger = asked()
    assert challenger.refusal(authorized()) is None
    assert challenger.refusal(authorized("00000002")) is None
    assert challenger.complaints == []


def test_what_needs_no_password_passes() -> None:
    assert Challenger().refusal(RawMessage("OPTIONS sip:1@h SIP/2.0")) is None


def test_a_count_that_was_there_before_is_a_complaint() -> None:
    challenger = asked()
    challenger.refusal(authorized("00000002"))
    assert challenger.refusal(authorized("00000002")) is not None
    assert challenger.complaints == ["nc 2 of n1 again"]


def test_a_count_that_was_overtaken_is_stale_and_no_complaint() -> None:
    challenger = asked()
    challenger.refusal(authorized("00000003"))
    refusal = challenger.refusal(authorized("00000002"))
    assert refusal and refusal[1].endswith(", stale=true")
    assert challenger.complaints == []


def test_a_wrong_password_is_refused_without_a_complaint_and_is_not_stale() -> None:
    challenger = asked()
    refusal = challenger.refusal(authorized(password="wrong"))
    assert refusal and "stale" not in refusal[1]
    assert challenger.complaints == []


@pytest.mark.parametrize("by_use", [False, True])
def test_a_spent_nonce_is_stale(by_use: bool) -> None:
    challenger = asked(once=by_use)
    if by_use:
        assert challenger.refusal(authorized()) is None
    else:
        challenger.expire()
    refusal = challenger.refusal(authorized("00000002"))
    assert refusal and refusal[1].endswith(", stale=true")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"opaque": '"other"'}, "opaque"),
        ({"qop": '"auth"'}, "quotes"),
        ({"algorithm": '"MD5"'}, "quotes"),
        ({"username": "1001"}, "quotes"),
        ({"algorithm": "SHA-256"}, "algorithm"),
        ({"nc": "1"}, "nc"),
    ],
)
def test_what_a_lenient_server_takes_is_a_complaint(changes: dict[str, str], complaint: str) -> None:
    challenger = asked()
    nc = changes.pop("nc", "00000001")
    assert challenger.refusal(authorized(nc, **changes)) is not None
    assert challenger.complaints[0].startswith(f"{complaint} in Digest")


def test_fields_are_unquoted_and_unescaped() -> None:
    assert fields('Digest a="x, \\"y\\"", b=z,c=""') == {"a": 'x, "y"', "b": "z", "c": ""}
