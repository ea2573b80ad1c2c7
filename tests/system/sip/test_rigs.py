"""The rigs themselves, peers against each other: what fails here is not the phone's fault."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.system.sip.baresip import Baresip
from tests.system.sip.kamailio import Kamailio, Seen
from tests.system.sip.linphone import Linphone
from tests.system.sip.programs import HOST, Program
from tests.system.sip.sipp import PASSWORD, USER, Part, Sipp, Spoken, challenge
from tests.system.sip.voices import voice

pytestmark = pytest.mark.live
SPEECH_S = 2.0


def voices(directory: Path) -> tuple[Path, Path]:
    """Two people, two seconds each; both begin to speak at once."""
    near = voice("near_en", directory / "near.wav", seconds=SPEECH_S)
    return near, voice("far_en", directory / "far.wav", seconds=SPEECH_S, skip_s=2)


def talk_until_heard(*phones: Baresip) -> None:
    """Until each baresip has heard all that the other one says."""
    for phone in phones:
        phone.until_heard(SPEECH_S + 0.3)


@pytest.mark.parametrize(("transport", "codec"), [("udp", "PCMU"), ("tcp", "PCMA"), ("tls", "G722")])
def test_two_baresips_hear_each_other_through_kamailio(tmp_path: Path, transport: str, codec: str) -> None:
    near, far = voices(tmp_path)
    with (
        Kamailio(tmp_path, challenge=("REGISTER", "INVITE", "BYE"), once=True) as kamailio,
        Baresip(tmp_path, "101", near, kamailio=kamailio, transport=transport, codec=codec) as caller,
        Baresip(tmp_path, "102", far, kamailio=kamailio, transport=transport, codec=codec) as callee,
    ):
        caller.dial(kamailio.uri("102", transport))
        caller.until_event("CALL_ESTABLISHED")
        talk_until_heard(caller, callee)
        caller.hang_up()
        callee.until_event("CALL_CLOSED")
        for method in ("REGISTER", "INVITE", "BYE"):
            seen = [one for one in kamailio.seen(method) if one.user == "101"]
            assert seen == [Seen(method, "101", transport, "challenged"), Seen(method, "101", transport, "passed")]
    assert caller.found(far).share == callee.found(near).share == 1.0
    assert caller.found(near).share < 0.3 > callee.found(far).share, "nobody hears himself"


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
@pytest.mark.parametrize("qop", ["", "auth", "auth-int"])
def test_kamailio_challenges_as_it_is_told(tmp_path: Path, algorithm: str, qop: str) -> None:
    with Kamailio(tmp_path, algorithm=algorithm, qop=qop) as kamailio:
        answer = kamailio.ask(kamailio.request("REGISTER", "100"))
    assert answer.startswith("SIP/2.0 401 ")
    [header] = [line for line in answer.splitlines() if line.startswith("WWW-Authenticate: ")]
    assert (f'qop="{qop}"' in header) == bool(qop) == ("qop=" in header)
    assert ("algorithm=SHA-256" in header.replace('"', "")) == (algorithm == "SHA-256")


def test_hold_and_resume_are_a_reinvite_each_and_the_voice_comes_back(tmp_path: Path) -> None:
    near, far = voices(tmp_path)
    with (
        Baresip(tmp_path, "101", near) as caller,
        Baresip(tmp_path, "102", far) as callee,
    ):
        caller.dial(callee.uri())
        caller.until_event("CALL_ESTABLISHED")
        talk_until_heard(callee)
        caller.hold()
        callee.program.until_said("a=sendonly")
        caller.resume()
        callee.program.until(lambda: callee.program.text().count("a=sendrecv") > 2, "the call is resumed")
        caller.hang_up()
        callee.until_event("CALL_CLOSED")
    assert callee.found(near).share == 1.0


@pytest.mark.parametrize(("transport", "codec"), [("udp", "PCMU"), ("tls", "G722")])
def test_linphone_and_baresip_hear_each_other_through_kamailio(tmp_path: Path, transport: str, codec: str) -> None:
    near, far = voices(tmp_path)
    with (
        Kamailio(tmp_path) as kamailio,
        Linphone(tmp_path, "101", near, kamailio=kamailio, transport=transport, codec=codec) as caller,
        Baresip(tmp_path, "102", far, kamailio=kamailio, transport=transport, codec=codec) as callee,
    ):
        caller.dial(kamailio.uri("102", transport))
        caller.until_connected()
        callee.until_heard(SPEECH_S + 0.5)
        caller.hang_up()
        callee.until_event("CALL_CLOSED")
        caller.until_ended()
    assert callee.found(near).share == 1.0
    assert caller.found(far).share > 0.9


def test_linphone_is_called_and_answers(tmp_path: Path) -> None:
    near, far = voices(tmp_path)
    with (
        Linphone(tmp_path, "101", near) as callee,
        Baresip(tmp_path, "102", far) as caller,
    ):
        caller.dial(callee.uri())
        callee.until_connected()
        caller.until_heard(SPEECH_S + 0.5)
        caller.hang_up()
        callee.until_ended()
    assert caller.found(near).share == 1.0
    assert callee.found(far).share > 0.9


def calls(tmp_path: Path, server: Sequence[Part] | str, caller: Sequence[Part] | str, *words: str) -> Sipp:
    """A call of one sipp to another, over: the one that was called."""
    with (
        Sipp(tmp_path, server, name="called") as called,
        Sipp(tmp_path, caller, target=f"{HOST}:{called.port}", name="caller", words=words) as calling,
    ):
        calling.finish()
        called.finish()
    return called


def test_sipp_calls_sipp_by_its_own_scenarios(tmp_path: Path) -> None:
    assert len(calls(tmp_path, "uas", "uac").received("BYE")) == 1


INFO = Part("send_info", RECORD="on", ANSWER=200)
RECORDS = Part("info", RECORD="on")


@pytest.mark.parametrize("status", ["403 Forbidden", "481 Gone", "488 Not Acceptable Here", "500 Server Error"])
def test_an_info_is_refused(tmp_path: Path, status: str) -> None:
    server = (Part("answer"), Part("info", RECORD="on", STATUS=status), Part("end"))
    called = calls(tmp_path, server, (Part("call"), Part("send_info", RECORD="on", ANSWER=status[:3]), Part("hang_up")))
    assert len(called.received("INFO")) == 1


@pytest.mark.parametrize("status", ["401 Unauthorized", "407 Proxy Authentication Required"])
@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_an_info_is_challenged_and_the_digest_verified(tmp_path: Path, status: str, password: str) -> None:
    server = (Part("answer"), challenge(status), Part("info", RECORD="off"), Part("end"))
    asks = Part("send_info_authorized", RECORD="on", ANSWER=status[:3], USER=USER, PASSWORD=password)
    caller = (Part("call"), asks, Part("send_info", RECORD="off", ANSWER=200), Part("hang_up"))
    called = calls(tmp_path, server, caller)
    assert len(called.received("INFO")) == 3
    assert called.credentials_are_right("INFO", which=1) == (password == PASSWORD)


@pytest.mark.parametrize(
    "does",
    [
        [Part("info_ignored"), Part("end")],
        [Part("info_late", LATE_MS=200), Part("end")],
        [Part("info_then_bye")],
    ],
    ids=["ignored", "late", "bye"],
)
def test_an_info_is_ignored_answered_late_or_by_a_bye(tmp_path: Path, does: list[Part]) -> None:
    hears = {"ignored": [Part("send_info_unheard", RECORD="on"), Part("wait", FOR_MS=200), Part("hang_up")]}
    hears |= {"late": [INFO, Part("hang_up")], "bye": [Part("send_info_unheard", RECORD="on"), Part("end")]}
    kind = {"end": "late" if len(does[0].values) else "ignored"}.get(does[-1].name, "bye")
    called = calls(tmp_path, [Part("answer"), *does], [Part("call"), *hears[kind]])
    assert len(called.received("INFO")) == 1


def test_while_an_info_waits_the_call_is_put_on_hold(tmp_path: Path) -> None:
    server = (Part("answer"), Part("info_then_reinvite", DIRECTION="sendonly"), Part("end"))
    is_held = Part("answer_reinvite", OFFERED="a=sendonly", DIRECTION="recvonly")
    heard = Part("hear_status", STATUS=200)
    caller = (Part("call"), Part("send_info_unheard", RECORD="on"), is_held, heard, Part("hang_up"))
    assert len(calls(tmp_path, server, caller).received("INFO")) == 1


def test_a_wrong_header_fails_the_scenario(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="was not as the scenario has it") as failed:
        calls(
            tmp_path,
            (Part("answer"), RECORDS, Part("end")),
            (Part("call"), Part("send_info", RECORD="off", ANSWER=200), Part("hang_up")),
        )
    assert "Failed regexp match" in "".join(failed.value.__notes__), "the logs stand below a failure"


def test_a_call_is_cancelled(tmp_path: Path) -> None:
    called = calls(tmp_path, (Part("ring_until_cancelled"),), (Part("call_cancelled", AFTER_MS=50),))
    assert len(called.received("CANCEL")) == 1


def test_a_call_without_an_offer_gets_one_and_answers_it(tmp_path: Path) -> None:
    called = calls(tmp_path, (Part("answer"), Part("end")), (Part("call_without_offer"), Part("hang_up")))
    [ack] = called.received("ACK")
    assert "m=audio" in ack
    assert "m=audio" not in called.received("INVITE")[0]


def plays_to_baresip(tmp_path: Path, scenario: Sequence[Part], **spoken: Spoken) -> Baresip:
    """A call of sipp's to a baresip, over: what the scenario wants to see of its answers was there."""
    with (
        Baresip(tmp_path, "102", voices(tmp_path)[1], codec="PCMU,PCMA") as callee,
        Sipp(tmp_path, scenario, target=f"{HOST}:{callee.port}", user="102", voices=spoken) as sipp,
    ):
        sipp.finish()
        callee.until_event("CALL_CLOSED")
    return callee


def test_sipp_speaks_and_goes_on_from_another_port_with_another_ssrc_in_another_codec(tmp_path: Path) -> None:
    near, far = voices(tmp_path)
    # Another SSRC's timestamps must go on from the first one's: baresip drops what is older, whoever sent it.
    first, second = Spoken(near), Spoken(far, "PCMA", ssrc=2, sequence=2000)
    scenario = (
        Part("call"),
        Part("play", VOICE="first", FOR_MS=first.duration_ms),
        Part("reinvite_port", PAYLOAD=8, CODEC="PCMA/8000"),
        Part("play", VOICE="second", FOR_MS=second.duration_ms + 100),
        Part("hang_up"),
    )
    callee = plays_to_baresip(tmp_path, scenario, first=first, second=second)
    assert callee.found(near).share > 0.95
    assert callee.found(far).share > 0.95


def test_sipp_holds_and_resumes(tmp_path: Path) -> None:
    scenario = (
        Part("call"),
        Part("reinvite", DIRECTION="sendonly", ANSWERED="a=recvonly"),
        Part("reinvite", DIRECTION="inactive", ANSWERED="a=inactive"),
        Part("reinvite", ANSWERED="a=sendrecv"),
        Part("hang_up"),
    )
    assert plays_to_baresip(tmp_path, scenario).program.text().count("got re-INVITE") == 3


def test_sipp_answers_behind_kamailio_and_stays_on_the_route(tmp_path: Path) -> None:
    near, _ = voices(tmp_path)
    with (
        Sipp(tmp_path, (Part("answer"), Part("end"))) as called,
        Kamailio(tmp_path, routes={"900": called.uri()}) as kamailio,
        Baresip(tmp_path, "101", near, kamailio=kamailio) as caller,
    ):
        caller.dial(kamailio.uri("900"))
        caller.until_event("CALL_ESTABLISHED")
        caller.hang_up()
        called.finish()
        assert [seen.what for seen in kamailio.seen("BYE")] == ["passed"]
        assert f"Record-Route: <sip:{HOST}:{kamailio.port}" in called.received("INVITE")[0]


def test_a_program_that_dies_is_noticed_and_its_log_shown(tmp_path: Path) -> None:
    with (
        pytest.raises(AssertionError, match="ended with 3") as failed,
        Program("brief", ["sh", "-c", "echo last words; exit 3"], tmp_path) as brief,
    ):
        brief.until(lambda: False, "something that never is")
    assert "last words" in "".join(failed.value.__notes__)
