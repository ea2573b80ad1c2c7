"""When a registrar does not take this phone: what the user reads, and when it is tried again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.sip.authentication.authentication import Credentials
from phone_recorder.sip.messages.message import parse_uri
from phone_recorder.sip.registration.registration import RegistrationState
from phone_recorder.sip.registration.setback import back_off
from tests.sip.registration_rig import ACCOUNT, CONTACT, Rig
from tests.sip.strict_digest import Challenger
from tests.sip.strict_registrar import Binding
from tests.sip.virtual_wire import clean, silent

SERVER = "192.0.2.9:5060 over UDP"


def failed(rig: Rig, *script: tuple[int, tuple[tuple[str, str], ...]] | None) -> Rig:
    rig.registrar.script = list(script)
    rig.registration.start()
    rig.run(1)
    assert rig.registration.state is RegistrationState.FAILED
    return rig


@pytest.mark.parametrize(
    ("status", "text", "pause"),
    [
        (403, f"{SERVER} does not let 1001 register (403 So): check the user name and the password", 300),
        (404, f"{SERVER} knows no user 1001 (404 So): check the user name and the server's address", 300),
        (405, f"{SERVER} is no registrar (405 So): give the address of one, or do not register", 300),
        (302, f"{SERVER} sends 1001 elsewhere (302 So), which is not followed: register there", 300),
        (400, f"{SERVER} does not register 1001: 400 So", 300),
        (603, f"{SERVER} does not register 1001: 603 So", 300),
        (408, f"no answer at {SERVER} (408 So): try again later", 2),
        (480, f"{SERVER} does not register 1001: 480 So", 2),
        (500, f"{SERVER} does not register 1001: 500 So", 2),
        (503, f"{SERVER} takes no registrations now (503 So): try again later", 2),
    ],
)
def test_a_refusal_says_what_to_do_and_is_tried_again(status: int, text: str, pause: float) -> None:
    rig = failed(Rig(), (status, ()))
    assert rig.said == ["registering", text]
    rig.run(pause - 1.1)
    assert len(rig.tries) == 1
    rig.run(0.2)
    assert rig.tries == pytest.approx([0, pause + 0.02])
    assert rig.said[2:] == ["registered"]


def test_a_wrong_password_is_said_to_be_wrong_and_not_tried_again_and_again() -> None:
    rig = failed(Rig(replace(ACCOUNT, credentials=Credentials("1001", "wrong")), Challenger()))
    assert rig.said[-1] == f"{SERVER} refuses 1001: wrong user name or password"
    assert len(rig.tries) == 2
    rig.run(298)
    assert len(rig.tries) == 2


@pytest.mark.parametrize(
    "challenges",
    [
        (),
        (("WWW-Authenticate", 'Basic realm="r"'),),
        (("WWW-Authenticate", 'Digest realm="r", nonce="n", algorithm=SHA-512-256'),),
        (("WWW-Authenticate", 'Digest realm="r", nonce="n", qop="auth-conf"'), ("WWW-Authenticate", "Negotiate")),
    ],
    ids=["nothing", "basic", "another hash", "another protection"],
)
@pytest.mark.parametrize("status", [401, 407])
def test_a_way_to_log_in_that_this_phone_has_not_is_no_wrong_password(
    challenges: tuple[tuple[str, str], ...], status: int
) -> None:
    names = {"WWW-Authenticate": "Proxy-Authenticate"} if status == 407 else {}
    rig = failed(Rig(), (status, tuple((names.get(name, name), value) for name, value in challenges)))
    assert rig.said[-1] == (
        f"{SERVER} wants 1001 to log in in a way that this phone cannot ({status} So):"
        " have it take Digest with MD5 or SHA-256"
    )
    assert len(rig.tries) == 1


def test_without_a_password_it_says_that_one_is_wanted() -> None:
    rig = failed(Rig(replace(ACCOUNT, credentials=None), Challenger()))
    assert rig.said[-1] == f"{SERVER} wants a password for 1001, and none is set"
    assert len(rig.tries) == 1


def test_the_server_is_called_by_its_name() -> None:
    rig = failed(Rig(replace(ACCOUNT, registrar=parse_uri("sip:pbx.example.com"))), (404, ()))
    assert rig.said[-1].startswith(f"pbx.example.com ({SERVER}) knows no user 1001")


def test_nobody_there_is_said_after_32_seconds_and_tried_with_longer_and_longer_pauses() -> None:
    rig = Rig()
    rig.wire.unplug(rig.place)
    rig.registration.start()
    rig.run(31.9)
    assert rig.said == ["registering"]
    rig.run(0.2)
    assert rig.said[-1] == f"no answer at {SERVER}: check its address, port and transport"
    rig.run(1000)
    firsts = [round(p.at) for p in rig.wire.log if p.data not in [q.data for q in rig.wire.log if q.at < p.at]]
    assert firsts == [0, 34, 70, 110, 158, 222, 318, 478, 766]
    rig.wire.plug(rig.place)
    rig.run(300)
    assert rig.said[2:] == ["registered"]


def test_the_back_off_is_2_4_8_and_never_more_than_300_seconds() -> None:
    assert [back_off(n) for n in range(1, 11)] == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert back_off(10**9) == 300


def test_after_a_refresh_the_back_off_begins_anew() -> None:
    rig = failed(Rig(), (500, ()), (500, ()), (500, ()), None, None, (500, ()))
    rig.run(14.1 + 255 * 2 + 4)
    pauses = [round(b - a) for a, b in zip(rig.tries, rig.tries[1:], strict=False)]
    assert pauses == [2, 4, 8, 255, 255, 2]


@pytest.mark.parametrize(
    ("said", "pause"),
    [("7", 7), ("7 (maintenance)", 7), ("7;duration=3600", 7), ("999999", 3600), ("0", 2), ("soon", 2), ("-5", 2)],
)
def test_retry_after_is_obeyed_up_to_an_hour(said: str, pause: float) -> None:
    rig = failed(Rig(), (503, (("Retry-After", said),)))
    rig.run(pause + 0.5)
    assert rig.tries == pytest.approx([0, pause + 0.02])


def test_retry_after_makes_a_long_pause_shorter_too() -> None:
    rig = failed(Rig(), (404, (("Retry-After", "20"),)))
    rig.run(20)
    assert rig.said[-1] == "registered"


def test_423_is_answered_at_once_with_what_the_registrar_wants() -> None:
    rig = Rig()
    rig.registrar.least = 1800
    rig.registration.start()
    rig.run(1)
    assert rig.said == ["registering", "registered"]
    assert [r.get("expires") for r in rig.server.requests] == ["300", "1800"]
    rig.run(1800)
    assert rig.server.requests[-1].get("expires") == "1800"
    assert rig.tries == pytest.approx([0, 0.02, 1530.04])


@pytest.mark.parametrize("least", ["", "300", "20", "86401", "4294967296", "99999999999", "long"])
def test_423_that_asks_for_nothing_that_can_be_given_is_a_failure(least: str) -> None:
    rig = failed(Rig(), (423, (("Min-Expires", least),) if least else ()))
    assert rig.said[-1] == f"{SERVER} asks for a longer registration than this phone makes (423 So)"
    assert len(rig.tries) == 1


def test_423_at_each_refresh_is_no_failure() -> None:
    rig = Rig()
    for least in range(400, 1000, 100):
        rig.registrar.script += [(423, (("Min-Expires", str(least)),)), None]
    rig.registration.start()
    rig.run(3000)
    assert rig.said == ["registering", "registered"]
    assert rig.server.requests[-1].get("expires") == "900"


def test_423_again_and_again_is_a_failure() -> None:
    rig = failed(Rig(), *[(423, (("Min-Expires", str(400 + n)),)) for n in range(9)])
    assert len(rig.tries) == 4


@pytest.mark.parametrize("grants_zero", [False, True])
def test_a_yes_that_keeps_nothing_is_a_failure(grants_zero: bool) -> None:
    rig = Rig()
    other = (("Contact", "<sip:1001@192.0.2.77>;expires=300"),)
    zero = (("Contact", f"<{CONTACT}>;expires=0"),)
    failed(rig, (200, zero if grants_zero else other))
    assert rig.said[-1] == (f"{SERVER} said yes to 1001, but keeps no address of this phone: calls cannot come in")
    assert rig.registration.expires_at is None
    rig.run(299.1)
    assert rig.said[-1] == "registered"


def test_an_expires_header_of_zero_keeps_nothing() -> None:
    assert "keeps no address" in failed(Rig(), (200, (("Expires", "0"),))).said[-1]


def test_a_broken_connection_while_registering_is_a_failure_that_is_tried_again() -> None:
    rig = Rig(transport="TCP")
    rig.wire.unplug(rig.place)
    rig.registration.start()
    rig.run(1)
    assert rig.said[-1] == "cannot register: nobody is at 192.0.2.9:5060 over TCP"
    rig.wire.plug(rig.place)
    rig.run(2)
    assert rig.said[-1] == "registered"


def test_a_refresh_that_fails_says_so_and_the_next_one_mends_it() -> None:
    rig = Rig()
    rig.registration.start()
    rig.run(250)
    rig.wire.fault = silent
    rig.run(40)
    assert rig.registration.state is RegistrationState.FAILED
    assert rig.registration.expires_at == pytest.approx(300.02)
    rig.wire.fault = clean
    rig.run(5)
    assert rig.said[2:] == [f"no answer at {SERVER}: check its address, port and transport", "registered"]


def test_the_same_failure_again_is_not_said_again() -> None:
    rig = failed(Rig(), *[(500, ())] * 4)
    rig.run(14)
    assert len(rig.tries) == 4
    assert len(rig.said) == 2


@pytest.mark.parametrize("status", [403, 500])
def test_to_stop_where_nothing_was_taken_sends_nothing(status: int) -> None:
    rig = failed(Rig(), (status, ()))
    rig.stop()
    assert (rig.finished, rig.said[-1], len(rig.tries)) == (1, "unregistered", 1)
    rig.run(400)
    assert len(rig.tries) == 1
    assert rig.layer.running == rig.timers.waiting == 0


def test_to_stop_after_a_refresh_failed_unregisters_what_is_still_kept() -> None:
    rig = Rig()
    rig.registrar.script = [None, (500, ())]
    rig.registration.start()
    rig.run(256)
    assert rig.registration.state is RegistrationState.FAILED
    rig.stop()
    rig.run(1)
    assert (rig.registrar.bound, rig.finished) == ([], 1)


def test_a_hostile_reason_cannot_steer_the_terminal() -> None:
    rig = Rig()
    rig.server.handlers["REGISTER"] = lambda request, source: None
    rig.registration.start()
    request = rig.wire.log[0].data.replace(b"REGISTER sip:192.0.2.9 SIP/2.0", b"SIP/2.0 406 \x1b[2Jowned", 1)
    rig.place.send(request, rig.port.hop())
    rig.run(1)
    assert rig.said[-1] == f"{SERVER} does not register 1001: 406 \N{REPLACEMENT CHARACTER}[2Jowned"


def test_no_password_is_in_what_it_says_or_is() -> None:
    rig = failed(Rig(challenger=Challenger(password="another")))
    assert "secret" not in repr(ACCOUNT) + str(rig.said) + repr(vars(rig.registration))


def test_without_a_registrar_there_is_nothing_to_register_with() -> None:
    with pytest.raises(UsageError, match="no SIP server to register 1001 with"):
        Rig(replace(ACCOUNT, registrar=None))


def test_others_bindings_survive_a_stop() -> None:
    rig = Rig()
    rig.registrar.bindings = {"sip:1001@192.0.2.77": Binding("", 999)}
    rig.registration.start()
    rig.run(1)
    rig.stop()
    rig.run(1)
    assert rig.registrar.bound == ["sip:1001@192.0.2.77"]
