"""A registrar that wants to know who it is, in every way that RFC 7616 has, checked by hashlib alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.sip.authentication.authentication import Credentials
from tests.sip.registration_rig import ACCOUNT, CONTACT, Rig
from tests.sip.strict_digest import Challenger


def answered(rig: Rig) -> list[str]:
    return [story.removeprefix("server>phone ") for story in rig.wire.story if story.startswith("server")]


@pytest.mark.parametrize("algorithm", ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"])
@pytest.mark.parametrize("qop", ["auth", "auth-int", "auth,auth-int"])
@pytest.mark.parametrize("proxy", [False, True])
def test_every_algorithm_and_protection_is_answered(algorithm: str, qop: str, proxy: bool) -> None:
    rig = Rig(challenger=Challenger(algorithm=algorithm, qop=qop, proxy=proxy))
    rig.registration.start()
    rig.run(1)
    assert answered(rig) == ["407 REGISTER" if proxy else "401 REGISTER", "200 REGISTER"]
    assert rig.registrar.bound == [CONTACT]
    assert rig.server.all_complaints == []


def test_a_server_of_rfc_2069_without_qop_is_answered() -> None:
    rig = Rig(challenger=Challenger(qop=""))
    rig.registration.start()
    rig.run(1)
    assert answered(rig) == ["401 REGISTER", "200 REGISTER"]
    assert rig.server.all_complaints == []


def test_a_refresh_goes_with_the_nonce_that_is_known_and_is_counted() -> None:
    rig = Rig(challenger=Challenger())
    rig.registration.start()
    rig.run(800)
    assert answered(rig) == ["401 REGISTER"] + ["200 REGISTER"] * 4
    assert ["nc=00000004" in request.get("authorization") for request in rig.server.requests][-1]
    assert rig.server.all_complaints == []


def test_a_nonce_that_has_become_stale_costs_one_more_request() -> None:
    challenger = Challenger()
    rig = Rig(challenger=challenger)
    rig.registration.start()
    rig.run(1)
    challenger.expire()
    rig.run(300)
    assert answered(rig) == ["401 REGISTER", "200 REGISTER", "401 REGISTER", "200 REGISTER"]
    assert rig.said == ["registering", "registered"]


def test_a_server_that_takes_each_nonce_once_is_satisfied_each_time() -> None:
    rig = Rig(challenger=Challenger(once=True))
    rig.registration.start()
    rig.run(600)
    assert answered(rig) == ["401 REGISTER", "200 REGISTER"] * 3
    assert rig.server.all_complaints == []


def test_a_server_that_never_has_enough_is_asked_four_times_at_most() -> None:
    rig = Rig(challenger=Challenger(once=True))
    challenger = rig.server.challengers[0]
    rig.server.handlers["REGISTER"] = lambda request, source: rig.server.reply(
        request, source, 401, (challenger.header, challenger._challenge(stale=True))
    )
    rig.registration.start()
    rig.run(1)
    assert len(rig.tries) == 4
    assert rig.said[-1] == "192.0.2.9:5060 over UDP refuses 1001: wrong user name or password"


def test_a_proxy_and_a_registrar_may_both_want_to_know() -> None:
    rig = Rig(challenger=Challenger(realm="proxy", proxy=True))
    rig.server.challengers.append(Challenger(realm="registrar"))
    rig.registration.start()
    rig.run(1)
    assert answered(rig) == ["407 REGISTER", "401 REGISTER", "200 REGISTER"]
    assert rig.server.all_complaints == []


def test_a_name_and_a_realm_with_quotes_are_hashed_as_they_are_meant() -> None:
    account = replace(ACCOUNT, credentials=Credentials('an"na\\', "sec"))
    rig = Rig(account, Challenger(user='an"na\\', password="sec"))
    rig.registration.start()
    rig.run(1)
    assert answered(rig) == ["401 REGISTER", "200 REGISTER"]
    assert rig.server.all_complaints == []
