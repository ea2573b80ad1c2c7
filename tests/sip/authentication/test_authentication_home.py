"""Whose challenges are answered, and that one hop hears nothing of what another has asked for."""

from __future__ import annotations

import pytest

from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Response
from tests.sip.authentication.test_authentication import HOP, authenticator, both, challenge, request, sent

OTHER_PORT = Hop("TCP", "192.0.2.9", 5080)
STRANGER = Hop("UDP", "203.0.113.66", 5060)


@pytest.mark.parametrize("proxy", [False, True])
def test_a_stranger_is_not_answered(proxy: bool) -> None:
    ours = authenticator()
    assert not ours.learn(request(), challenge("n1", proxy=proxy), STRANGER)
    for hop in (STRANGER, HOP):
        once = request()
        ours.authorize(once, hop)
        assert b"uthorization" not in bytes(once)


def test_what_one_hop_has_asked_for_no_other_is_told() -> None:
    ours = authenticator()
    assert ours.learn(request(), both(challenge("n1"), challenge("n2", "proxy", proxy=True)), HOP)
    for hop in (STRANGER, OTHER_PORT):
        once = request()
        ours.authorize(once, hop)
        assert b"uthorization" not in bytes(once)


def test_another_port_at_home_is_answered_when_it_asks_and_each_has_its_own_nonce() -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1"), HOP)
    assert ours.learn(request(), challenge("n2"), OTHER_PORT)
    assert [sent(ours, request(), hop=hop)[0]["nonce"] for hop in (HOP, OTHER_PORT)] == ["n1", "n2"]


@pytest.mark.parametrize("hop", [STRANGER, OTHER_PORT])
def test_no_other_hop_gives_the_next_nonce(hop: Hop) -> None:
    ours = authenticator()
    ours.learn(request(), challenge("n1"), HOP)
    answer = Response(status_code=200)
    answer.add_header("Authentication-Info", 'nextnonce="n2"')
    ours.heard(answer, hop)
    assert [given["nonce"] for given in sent(ours, request())] == ["n1"]
