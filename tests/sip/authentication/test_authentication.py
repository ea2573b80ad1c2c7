"""Who is answered, when, and when it is of no use any more (RFC 3261 section 22)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from phone_recorder.sip.authentication.authentication import MAX_REALMS, Authenticator, Credentials
from phone_recorder.sip.authentication.digest import Params, challenges
from phone_recorder.sip.authentication.home import Home
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request, Response

PHONE = Credentials("1001", "secret")
HOP = Hop("UDP", "192.0.2.9", 5060)


def request(method: str = "REGISTER", uri: str = "sip:example.net", body: bytes = b"") -> Request:
    return Request(method=method, uri=uri, body=body)


def challenge(nonce: str, realm: str = "strict", more: str = ', qop="auth"', proxy: bool = False) -> Response:
    response = Response(status_code=407 if proxy else 401)
    name = "Proxy-Authenticate" if proxy else "WWW-Authenticate"
    response.add_header(name, f'Digest realm="{realm}", nonce="{nonce}"{more}')
    return response


def both(*responses: Response) -> Response:
    """One response with the challenges of all."""
    joined = Response(status_code=401)
    for response in responses:
        for name, values in response.headers.items():
            for value in values:
                joined.add_header(name, value)
    return joined


def numbered() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"c{next(numbers)}"


def authenticator(credentials: Credentials | None = PHONE) -> Authenticator:
    return Authenticator(credentials, Home(HOP), numbered())


def sent(ours: Authenticator, of: Request, header: str = "Authorization", hop: Hop = HOP) -> list[Params]:
    """What the request bears when it is sent there."""
    ours.authorize(of, hop)
    return [params for value in of.get_header_values(header) for params in challenges(value)]


def test_nothing_is_said_before_it_is_asked_for() -> None:
    first = request()
    assert sent(authenticator(), first) == []
    assert b"uthorization" not in bytes(first)


def test_a_challenge_is_answered() -> None:
    ours = authenticator()
    assert ours.learn(request(), challenge("n1"), HOP)
    (given,) = sent(ours, request())
    assert (given["username"], given["realm"], given["nonce"], given["uri"]) == (
        "1001",
        "strict",
        "n1",
        "sip:example.net",
    )
    assert (given["qop"], given["nc"], given["cnonce"]) == ("auth", "00000001", "c1")


def test_a_proxys_challenge_is_answered_in_its_own_header() -> None:
    ours = authenticator()
    assert ours.learn(request(), challenge("n1", proxy=True), HOP)
    assert [given["nonce"] for given in sent(ours, request(), "Proxy-Authorization")] == ["n1"]
    assert sent(ours, request()) == []


def test_the_next_request_is_authorised_at_once_and_counted() -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1"), HOP)
    counts = [sent(ours, request())[0]["nc"] for _ in range(11)]
    assert (counts[0], counts[1], counts[10]) == ("00000001", "00000002", "0000000b")


def test_each_count_gives_another_response_and_the_session_key_stays() -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1", more=', qop="auth", algorithm=MD5-sess'), HOP)
    first, second = sent(ours, request())[0], sent(ours, request())[0]
    assert first["cnonce"] == second["cnonce"]
    assert first["response"] != second["response"]


def test_the_same_request_authorised_twice_bears_one_answer() -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1"), HOP)
    once = request()
    ours.authorize(once, HOP)
    assert [given["nc"] for given in sent(ours, once)] == ["00000002"]


def test_auth_int_protects_the_body() -> None:
    ours = authenticator()
    ours.learn(request("INVITE"), challenge("n1", more=', qop="auth-int"'), HOP)
    one = sent(ours, request("INVITE", body=b"v=0"))[0]
    ours.learn(request("INVITE"), challenge("n1", more=', qop="auth-int"'), HOP)
    other = sent(ours, request("INVITE", body=b"v=1"))[0]
    assert one["qop"] == other["qop"] == "auth-int"
    assert one["nc"] == other["nc"]
    assert one["response"] != other["response"]


def test_without_qop_there_is_neither_count_nor_nonce_of_ours() -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1", more=""), HOP)
    assert sent(ours, request())[0].keys() == {"username", "realm", "nonce", "uri", "response"}


def test_other_hosts_behind_a_hop_hear_nothing_until_they_ask_but_its_proxy_does() -> None:
    ours = authenticator()
    ours.learn(request(), both(challenge("n1"), challenge("n2", "proxy", proxy=True)), HOP)
    elsewhere = request("INFO", "sip:1002@192.0.2.7:5070")
    assert sent(ours, elsewhere) == []
    assert elsewhere.get_header("Proxy-Authorization")
    assert sent(ours, request("INVITE", "sip:1002@EXAMPLE.net;user=phone"))
    assert ours.learn(elsewhere, challenge("n3"), HOP)
    assert [given["nonce"] for given in sent(ours, elsewhere)] == ["n3"]
    assert [given["nonce"] for given in sent(ours, request())] == ["n3"]


def test_a_target_that_is_no_uri_is_nobodys() -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1"), HOP)
    assert sent(ours, request("INVITE", "nobody")) == []


def test_realms_are_answered_each_with_its_own_header_line() -> None:
    ours = authenticator()
    assert ours.learn(
        request(), both(challenge("n1", "a"), challenge("n2", "b"), challenge("n3", "c", proxy=True)), HOP
    )
    once = request()
    assert [(given["realm"], given["nonce"]) for given in sent(ours, once)] == [("a", "n1"), ("b", "n2")]
    assert bytes(once).count(b"\r\nAuthorization: ") == 2
    assert bytes(once).count(b"\r\nProxy-Authorization: ") == 1


def test_of_several_algorithms_of_a_realm_the_strongest_is_answered_alone() -> None:
    ours = authenticator()
    offers = [challenge(f"n-{name}", more=f", algorithm={name}") for name in ("MD5", "SHA-512-256", "SHA-256", "md5")]
    assert ours.learn(request(), both(*offers), HOP)
    assert [given["nonce"] for given in sent(ours, request())] == ["n-SHA-256"]


@pytest.mark.parametrize(
    "response",
    [
        Response(status_code=401),
        challenge("n1", more=", algorithm=SHA-512-256"),
        challenge("n1", more=', qop="auth-conf"'),
        challenge(""),
    ],
    ids=["no challenge", "unknown algorithm", "unknown protection", "no nonce"],
)
def test_what_cannot_be_answered_is_not_tried(response: Response) -> None:
    ours = authenticator()
    assert not ours.learn(request(), response, HOP)
    assert sent(ours, request()) == []


def test_without_credentials_nothing_is_tried() -> None:
    ours = authenticator(None)
    assert not ours.learn(request(), challenge("n1"), HOP)
    assert sent(ours, request()) == []


def test_a_wrong_password_is_tried_once_a_new_nonce_or_not() -> None:
    for again in ("n1", "n2"):
        ours = authenticator()
        ours.learn(request(), challenge("n1"), HOP)
        refused = request()
        ours.authorize(refused, HOP)
        assert not ours.learn(refused, challenge(again), HOP)


@pytest.mark.parametrize("more", [', qop="auth"', ""], ids=["qop", "none"])
def test_what_was_refused_is_forgotten_so_that_the_next_request_is_asked_anew(more: str) -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1", more=more), HOP)
    refused = request()
    ours.authorize(refused, HOP)
    assert not ours.learn(refused, challenge("n2", more=more), HOP)
    later = request()
    assert sent(ours, later) == []
    assert ours.learn(later, challenge("n3", more=more), HOP)


def test_a_stale_nonce_is_replaced_however_young() -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1"), HOP)
    late = request()
    ours.authorize(late, HOP)
    assert ours.learn(late, challenge("n2", more=', qop="auth", stale=TRUE'), HOP)
    assert [(given["nonce"], given["nc"]) for given in sent(ours, request())] == [("n2", "00000001")]


def test_the_same_nonce_is_not_tried_again_even_if_it_is_called_stale() -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1"), HOP)
    late = request()
    ours.authorize(late, HOP)
    assert not ours.learn(late, challenge("n1", more=', qop="auth", stale=true'), HOP)


@pytest.mark.parametrize("more", [', qop="auth"', ""], ids=["qop", "none"])
def test_a_nonce_that_was_good_before_may_be_replaced_without_being_called_stale(more: str) -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1", more=more), HOP)
    ours.authorize(request(), HOP)
    second = request()
    ours.authorize(second, HOP)
    assert ours.learn(second, challenge("n2", more=more), HOP)
    third = request()
    ours.authorize(third, HOP)
    assert not ours.learn(third, challenge("n3", more=more), HOP)


def test_a_new_realm_helps_though_another_has_refused() -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1", "a"), HOP)
    refused = request()
    ours.authorize(refused, HOP)
    assert ours.learn(refused, both(challenge("n2", "a"), challenge("n3", "b")), HOP)
    assert [given["realm"] for given in sent(ours, request())] == ["b"]


def test_a_server_gives_the_next_nonce() -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1"), HOP)
    ours.authorize(request(), HOP)
    answer = Response(status_code=200)
    answer.add_header("Authentication-Info", 'nextnonce="n2", qop=auth, cnonce="c1", nc=00000001')
    ours.heard(answer, HOP)
    last = request()
    assert [(given["nonce"], given["nc"]) for given in sent(ours, last)] == [("n2", "00000001")]
    # That one was not asked for: if it is no good, that says nothing about the password.
    assert ours.learn(last, challenge("n3"), HOP)


def test_of_two_realms_the_cnonce_says_whose_the_next_nonce_is() -> None:
    ours = authenticator()
    ours.learn(request(), both(challenge("n1", "a"), challenge("n2", "b")), HOP)
    for told in ('nextnonce="n9"', 'nextnonce="n9", cnonce="c7"', 'cnonce="c2"', 'nextnonce="n3", cnonce="c2"'):
        answer = Response(status_code=200)
        answer.add_header("Authentication-Info", told)
        ours.heard(answer, HOP)
    assert [given["nonce"] for given in sent(ours, request())] == ["n1", "n3"]


def test_a_proxy_gives_the_next_nonce_in_its_own_header() -> None:
    ours = authenticator()
    ours.learn(request(), both(challenge("n1"), challenge("n2", proxy=True)), HOP)
    answer = Response(status_code=200)
    answer.add_header("Proxy-Authentication-Info", 'nextnonce="n3"')
    ours.heard(answer, HOP)
    assert [given["nonce"] for given in sent(ours, request(), "Proxy-Authorization")] == ["n3"]
    assert [given["nonce"] for given in sent(ours, request())] == ["n1"]


def test_a_server_with_a_realm_a_minute_does_not_make_requests_longer_and_longer() -> None:
    ours = authenticator()
    for number in range(3 * MAX_REALMS):
        assert ours.learn(request(), challenge("n1", f"realm {number}"), HOP)
    given = sent(ours, request())
    assert len(given) == MAX_REALMS
    assert given[-1]["realm"] == f"realm {3 * MAX_REALMS - 1}"


def test_nonces_of_ours_are_random_unless_told_otherwise() -> None:
    given = []
    for _ in range(2):
        ours = Authenticator(PHONE, Home(HOP))
        ours.learn(request(), challenge("n1"), HOP)
        given.append(sent(ours, request())[0]["cnonce"])
    assert given[0] != given[1]
    assert "secret" not in repr(ours)
