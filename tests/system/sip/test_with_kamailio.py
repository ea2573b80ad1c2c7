"""Our phone at kamailio: registered, challenged, record-routed, over UDP, TCP and TLS; recorded in each mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.sip.baresip import Baresip
from tests.system.sip.kamailio import Kamailio
from tests.system.sip.our_phone import OurPhone, found_in, prompts
from tests.system.sip.sipp import Part, Sipp
from tests.system.sip.voices import taking_turns

pytestmark = pytest.mark.live
CALL_S = 5.5
ALL = ("REGISTER", "INVITE", "INFO", "BYE")


def steps(kamailio: Kamailio, method: str, user: str = "100") -> list[tuple[str, str]]:
    """How a user's requests of this method came in, and what became of them."""
    return [(seen.transport, seen.what) for seen in kamailio.seen(method) if seen.user == user]


@pytest.mark.parametrize(
    ("transport", "codec", "mode"), [("udp", "PCMU", "server"), ("tcp", "PCMA", "local"), ("tls", "G722", "local")]
)
def test_we_call_by_the_proxy_and_both_voices_are_in_the_recording(
    tmp_path: Path, transport: str, codec: str, mode: str
) -> None:
    near, far = taking_turns(tmp_path)
    with (
        Kamailio(tmp_path, challenge=ALL, once=True) as kamailio,
        Baresip(tmp_path, "102", far, kamailio=kamailio, transport=transport, codec=codec) as theirs,
        OurPhone(
            tmp_path, near, "--duration", CALL_S, to="102", kamailio=kamailio, transport=transport, mode=mode
        ) as ours,
    ):
        document = ours.document()
        theirs.until_event("CALL_CLOSED")
        assert kamailio.registered("100") == [], "it has unregistered"
        for method in ("REGISTER", "INVITE", "BYE"):
            came = steps(kamailio, method)
            assert {one for one, _ in came} == {transport}
            assert [what for _, what in came][:2] == ["challenged", "passed"]
    [recording] = document["recordings"]
    assert recording["state"] == "recorded"
    assert found_in(recording, near).share > 0.95 < found_in(recording, far).share
    assert ours.heard(far).share > 0.95 < theirs.found(near).share
    assert ours.secrets() == []


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_we_are_called_by_the_proxy(tmp_path: Path, transport: str) -> None:
    near, far = taking_turns(tmp_path)
    with (
        Kamailio(tmp_path, challenge=ALL) as kamailio,
        OurPhone(tmp_path, near, "--duration", CALL_S, kamailio=kamailio, transport=transport) as ours,
        Baresip(tmp_path, "102", far, kamailio=kamailio) as theirs,
    ):
        theirs.dial(kamailio.uri("100"))
        document = ours.document()
        theirs.until_event("CALL_CLOSED")
        assert steps(kamailio, "BYE")[0][0] == transport
    [recording] = document["recordings"]
    assert document["sip"]["direction"] == "in"
    assert found_in(recording, near).share > 0.95 < found_in(recording, far).share
    assert ours.heard(far).share > 0.95 < theirs.found(near).share


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
@pytest.mark.parametrize("stale", [True, False], ids=["stale said", "stale not said"])
def test_info_and_bye_are_challenged_inside_the_dialog(tmp_path: Path, transport: str, stale: bool) -> None:
    """Every nonce is good for one request: each INFO, and the BYE, is refused once and sent again."""
    server = [Part("answer"), Part("info", RECORD="on"), Part("info", RECORD="off"), Part("end")]
    keys = ("--keys", "0.3 record, 1.2 record", "--duration", 2)
    with (
        Sipp(tmp_path, server) as records,
        Kamailio(tmp_path, challenge=ALL, once=True, stale=stale, routes={"900": records.uri()}) as kamailio,
        OurPhone(
            tmp_path, "tone:440", *keys, to="900", kamailio=kamailio, transport=transport, mode="sip-info"
        ) as ours,
    ):
        document = ours.document()
        records.finish()
        assert steps(kamailio, "INFO") == [(transport, "challenged"), (transport, "passed")] * 2
        assert steps(kamailio, "BYE") == [(transport, "challenged"), (transport, "passed")]
    assert prompts(document)[-1] == "The SIP server has stopped recording"
    assert ours.secrets() == []


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("qop", ["", "auth"])
def test_every_kind_of_digest_that_kamailio_can_verify(tmp_path: Path, algorithm: str, qop: str) -> None:
    """It asks for auth-int too, and then refuses every answer (5.6.3): tests/sip has a server that verifies it."""
    server = [Part("answer"), Part("info", RECORD="on"), Part("end")]
    with (
        Sipp(tmp_path, server) as records,
        Kamailio(tmp_path, challenge=ALL, algorithm=algorithm, qop=qop, routes={"900": records.uri()}) as kamailio,
        OurPhone(
            tmp_path,
            "tone:440",
            "--duration",
            0.8,
            "--keys",
            "0.2 record",
            to="900",
            kamailio=kamailio,
            mode="sip-info",
        ) as ours,
    ):
        ours.document()
        records.finish()
        for method in ("REGISTER", "INVITE"):
            assert [what for _, what in steps(kamailio, method)][:2] == ["challenged", "passed"]


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_the_route_is_kept_and_the_alias_of_a_connection_too(tmp_path: Path, transport: str) -> None:
    """In the dialog the request URI is the other's Contact, as it came, and the proxy is on the way of each request."""
    near, far = taking_turns(tmp_path)
    with (
        Kamailio(tmp_path) as kamailio,
        Baresip(tmp_path, "102", far, kamailio=kamailio, transport=transport) as theirs,
        OurPhone(tmp_path, near, "--duration", 1, to="102", kamailio=kamailio, transport=transport) as ours,
    ):
        ours.document()
        theirs.until_event("CALL_CLOSED")
        traced = ours.traced()
    bye = traced[traced.index("| BYE sip:") :]
    assert (";alias=" in bye.split("\n")[0]) == (transport == "tcp")
    assert f"Route: <sip:127.0.0.1:{kamailio.port_of(transport)}" in bye


def test_a_longer_registration_is_asked_for_when_the_registrar_wants_one(tmp_path: Path) -> None:
    with (
        Kamailio(tmp_path, min_expires=120) as kamailio,
        OurPhone(tmp_path, "silence", "--expires", 60, kamailio=kamailio) as ours,
    ):
        kamailio.until_registered("100")
        assert "expires=120" in ours.traced().lower() or "Expires: 120" in ours.traced()


def test_a_wrong_password_is_said_so_and_is_nowhere_to_be_read(tmp_path: Path) -> None:
    with (
        Kamailio(tmp_path) as kamailio,
        OurPhone(tmp_path, "silence", to="102", kamailio=kamailio, password="Wrong-one") as ours,
    ):
        told = ours.refusal(2)
        assert "password" in told
        assert "Wrong-one" not in told + ours.traced() + " ".join(ours.command)
        assert kamailio.seen("INVITE") == []
        assert len(kamailio.seen("REGISTER")) == 2, "it is not tried again and again"


def test_a_number_that_is_not_there(tmp_path: Path) -> None:
    with Kamailio(tmp_path) as kamailio, OurPhone(tmp_path, "silence", to="199", kamailio=kamailio) as ours:
        assert "404" in ours.refusal(2)


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with Kamailio(tmp_path) as kamailio, Kamailio(elsewhere) as other:
        words = ("--cacert", str(other.cacert))
        with OurPhone(tmp_path, "silence", *words, to="102", kamailio=kamailio, transport="tls") as ours:
            assert "certificate" in ours.refusal(2)
        assert kamailio.seen("REGISTER") == []


def test_a_call_without_a_registrar_by_way_of_a_proxy(tmp_path: Path) -> None:
    """`--proxy` alone: nothing is registered, and the request still goes there first."""
    near, far = taking_turns(tmp_path)
    with (
        Kamailio(tmp_path, challenge=()) as kamailio,
        Baresip(tmp_path, "102", far, kamailio=kamailio) as theirs,
        OurPhone(
            tmp_path, near, "--duration", 1, "--proxy", kamailio.uri(transport="tcp"), to=kamailio.uri("102", "tcp")
        ) as ours,
    ):
        ours.document()
        theirs.until_event("CALL_CLOSED")
        assert steps(kamailio, "REGISTER") == []
        assert steps(kamailio, "INVITE") == [("tcp", "passed")]
