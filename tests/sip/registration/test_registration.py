"""A registration is made, kept, made again and removed, at a registrar that lets nothing pass (RFC 3261 section 10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.registration.registration import RegistrationState
from tests.sip.raw_message import RawMessage
from tests.sip.registration_rig import ACCOUNT, CONTACT, INSTANCE, SERVER, Rig
from tests.sip.strict_digest import Challenger
from tests.sip.strict_registrar import Binding
from tests.sip.virtual_wire import drop_first, losing, silent, spoilt_first, twice

OLD = "sip:1001@192.0.2.1:40000"
OURS = f';+sip.instance="<{INSTANCE}>"'


def registered(rig: Rig) -> Rig:
    rig.registration.start()
    rig.run(1)
    assert rig.registration.state is RegistrationState.REGISTERED
    return rig


def last(rig: Rig) -> RawMessage:
    return rig.server.requests[-1]


def test_the_first_register_is_this_to_the_byte() -> None:
    rig = Rig(replace(ACCOUNT, display_name='Anna "B"'))
    rig.registration.start()
    lines = rig.wire.log[0].data.split(b"\r\n")
    assert lines[0] == b"REGISTER sip:192.0.2.9 SIP/2.0"
    assert sorted(line for line in lines[1:] if not line.startswith(b"Via")) == [
        b"",
        b"",
        b"CSeq: 1 REGISTER",
        b"Call-ID: t1",
        b'Contact: <sip:1001@192.0.2.1:5060>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-001122334455>"',
        b"Content-Length: 0",
        b"Expires: 300",
        b'From: "Anna \\"B\\"" <sip:1001@192.0.2.9>;tag=t2',
        b"Max-Forwards: 70",
        b'To: "Anna \\"B\\"" <sip:1001@192.0.2.9>',
    ]


def test_it_registers_and_says_so_once() -> None:
    rig = registered(Rig())
    assert rig.said == ["registering", "registered"]
    assert rig.registrar.bound == [CONTACT]
    assert rig.registration.expires_at == pytest.approx(300.02)
    assert rig.server.all_complaints == []


def test_it_refreshes_at_85_percent_with_one_call_id_and_rising_cseq() -> None:
    rig = registered(Rig())
    rig.run(300 * 0.85 * 3)
    assert rig.tries == pytest.approx([0, 255.02, 510.04, 765.06])
    assert [r.cseq[0] for r in rig.server.requests] == [1, 2, 3, 4]
    assert rig.registrar.call_ids == 1
    assert rig.said == ["registering", "registered"]
    assert rig.server.all_complaints == []


@pytest.mark.parametrize(("spread", "at"), [(0.0, 240.02), (1.0, 270.02)])
def test_a_refresh_is_at_80_to_90_percent(spread: float, at: float) -> None:
    rig = Rig()
    rig.registration._spread = lambda: spread
    registered(rig).run(300)
    assert rig.tries[1] == pytest.approx(at)


def test_what_the_registrar_grants_is_what_counts() -> None:
    rig = Rig()
    rig.registrar.grants = 60
    registered(rig).run(119)
    assert rig.tries == pytest.approx([0, 51.02, 102.04])


def test_an_expires_header_counts_where_no_contact_is_listed() -> None:
    rig = Rig()
    rig.registrar.script = [(200, (("Expires", "40"),))]
    registered(rig).run(39)
    assert rig.tries[1] == pytest.approx(34.02)


def test_among_other_phones_bindings_it_finds_its_own() -> None:
    rig = Rig()
    rig.registrar.grants = 100
    rig.registrar.bindings = {
        "sip:1001@192.0.2.77": Binding(';+sip.instance="<urn:uuid:other>"', 20),
        "sip:1001@192.0.2.1:7000": Binding("", 30),
    }
    registered(rig).run(90)
    assert rig.tries[1] == pytest.approx(85.02)
    assert len(rig.registrar.bindings) == 3


@pytest.mark.parametrize("fault", [drop_first, twice, spoilt_first])
@pytest.mark.parametrize("challenger", [None, Challenger(once=True)], ids=["open", "each nonce once"])
def test_it_registers_and_unregisters_over_a_bad_network(fault: object, challenger: Challenger | None) -> None:
    rig = Rig(challenger=replace(challenger, complaints=[]) if challenger else None)
    rig.wire.fault = fault  # type: ignore[assignment]
    rig.registration.start()
    rig.run(6)
    assert rig.registrar.bound == [CONTACT]
    rig.stop()
    rig.run(6)
    assert rig.registrar.bound == []
    assert (rig.said, rig.finished) == (["registering", "registered", "unregistered"], 1)
    assert [c for c in rig.server.all_complaints if "unreadable" not in c] == []
    rig.run(60)
    assert rig.layer.running == rig.timers.waiting == 0


def test_to_unregister_takes_one_request_and_leaves_nothing_behind() -> None:
    rig = registered(Rig())
    rig.stop()
    assert rig.finished == 0
    rig.run(1)
    assert rig.finished == 1
    assert (last(rig).get("expires"), last(rig).get("contact")) == ("0", f"<{CONTACT}>{OURS};expires=0")
    assert rig.registration.state is RegistrationState.UNREGISTERED
    assert rig.registration.expires_at is None
    rig.run(600)
    assert len(rig.tries) == 2
    assert rig.layer.running == rig.timers.waiting == 0


def test_to_unregister_where_nobody_answers_ends_after_5_seconds() -> None:
    rig = registered(Rig())
    rig.wire.fault = silent
    rig.stop()
    rig.run(4.9)
    assert rig.finished == 0
    rig.run(0.2)
    assert (rig.finished, rig.said[-1]) == (1, "unregistered")


def test_a_stop_while_registering_waits_for_the_answer_and_then_unregisters() -> None:
    rig = Rig()
    rig.registration.start()
    rig.stop()
    rig.run(1)
    assert rig.wire.story == ["phone>server REGISTER", "server>phone 200 REGISTER"] * 2
    assert (rig.registrar.bound, rig.finished, rig.said) == ([], 1, ["registering", "unregistered"])


def test_a_stop_before_the_start_and_a_second_stop_just_finish() -> None:
    rig = Rig()
    rig.stop()
    assert (rig.finished, rig.said, rig.tries) == (1, [], [])
    registered(rig)
    rig.stop()
    rig.stop()
    rig.run(1)
    assert (rig.finished, len(rig.tries)) == (3, 2)


def test_after_a_stop_it_can_be_started_again() -> None:
    rig = registered(Rig())
    rig.stop()
    rig.run(1)
    registered(rig)
    assert rig.registrar.bound == [CONTACT]
    assert [r.cseq[0] for r in rig.server.requests] == [1, 2, 3]
    assert rig.server.all_complaints == []


def test_a_late_answer_to_an_earlier_life_is_not_heard() -> None:
    rig = registered(Rig())
    rig.wire.fault = losing("200 REGISTER")
    rig.stop()
    rig.run(5.1)
    rig.registration.start()
    rig.wire.fault = drop_first
    rig.run(2.5)
    assert rig.said == ["registering", "registered", "unregistered", "registering", "registered"]
    assert rig.registrar.bound == [CONTACT]


def test_an_answer_to_a_register_of_an_earlier_life_is_not_heard() -> None:
    rig = Rig()
    rig.server.handlers["REGISTER"] = lambda request, source: (
        rig.server.reply(request, source, 403) if request.cseq[0] == 1 else None
    )
    rig.wire.fault = silent
    rig.registration.start()
    rig.stop()
    rig.run(5.1)
    rig.wire.fault = drop_first
    rig.registration.start()
    rig.run(10)
    assert "server>phone 403 REGISTER" in rig.wire.story
    assert rig.said == ["registering", "unregistered", "registering"]


def test_what_this_phone_left_in_an_earlier_life_is_removed_and_others_are_not() -> None:
    rig = Rig()
    other = "sip:1001@192.0.2.1:7000"
    rig.registrar.bindings = {OLD: Binding(OURS, 250), other: Binding('+sip.instance="<urn:uuid:other>"', 250)}
    registered(rig)
    assert rig.registrar.bound == [other, CONTACT]
    assert last(rig).get("contact") == f"<{OLD}>;expires=0"
    rig.run(600)
    assert rig.server.all_complaints == []


def test_a_stale_binding_that_does_not_go_is_asked_to_go_once() -> None:
    rig = Rig()
    rig.registrar.bindings = {OLD: Binding(OURS, 99999)}
    rig.registrar.script = [None, (403, ()), None, None]
    registered(rig).run(600)
    assert [r.get("contact").count("expires=0") for r in rig.server.requests] == [0, 1, 0, 0]


def test_a_new_contact_takes_the_old_one_away() -> None:
    rig = registered(Rig(replace(ACCOUNT, instance="")))
    rig.contact = "sip:1001@192.0.2.1:50123"
    rig.run(256)
    assert rig.registrar.bound == ["sip:1001@192.0.2.1:50123"]
    rig.stop()
    rig.run(1)
    assert rig.registrar.bound == []
    assert last(rig).all("contact") == ["<sip:1001@192.0.2.1:50123>;expires=0"]


def test_a_contact_that_comes_and_goes_is_taken_away_each_time() -> None:
    rig = registered(Rig(replace(ACCOUNT, instance="")))
    for contact in ("sip:1001@192.0.2.1:50123", CONTACT, "sip:1001@192.0.2.1:50123", CONTACT):
        rig.contact = contact
        rig.run(256)
        assert rig.registrar.bound == [contact]


def test_a_contact_that_has_moved_by_the_time_of_the_answer_is_corrected_at_once_and_once() -> None:
    rig = Rig(replace(ACCOUNT, instance=""))
    contacts = iter([CONTACT, *(f"sip:1001@192.0.2.1:{port}" for port in range(50000, 50099))])
    rig.registration._contact = lambda: next(contacts)
    registered(rig)
    assert [r.get("contact") for r in rig.server.requests] == [
        f"<{CONTACT}>",
        "<sip:1001@192.0.2.1:50001>",
        f"<{CONTACT}>;expires=0",
    ]
    assert rig.registrar.bound == ["sip:1001@192.0.2.1:50001"]
    assert rig.said == ["registering", "registered"]


def test_a_binding_that_the_registrar_rewrote_for_a_nat_is_ours() -> None:
    rig = Rig(replace(ACCOUNT, instance=""))
    rig.contact = "sip:1001@10.0.0.5:5062"
    rig.registrar.rewrites = "192.0.2.1:5060"
    rig.registrar.grants = 100
    registered(rig).run(90)
    assert rig.tries == pytest.approx([0, 85.02])


def test_a_broken_connection_is_made_again_by_registering() -> None:
    rig = registered(Rig(transport="TCP"))
    rig.wire.break_connection(rig.port, Hop("TCP", "192.0.2.9", 5060))
    rig.run(1.9)
    assert rig.said == ["registering", "registered", "registering"]
    rig.run(0.2)
    assert rig.said[-1] == "registered"
    assert rig.tries == pytest.approx([0, 3])


def test_a_connection_that_breaks_while_it_refreshes_or_leaves_is_told_by_the_request() -> None:
    rig = registered(Rig(transport="TCP"))
    rig.server.handlers["REGISTER"] = lambda request, source: None
    rig.run(255)
    assert len(rig.tries) == 2
    rig.registration.broken(rig.registration.hop, SipUnreachable("reset"))
    assert rig.said == ["registering", "registered"]
    rig.wire.break_connection(rig.port, rig.registration.hop)
    rig.run(0)
    assert rig.said[2:] == ["cannot register: the connection was reset"]
    rig.stop()
    rig.registration.broken(rig.registration.hop, SipUnreachable("reset"))
    rig.run(10)
    assert rig.said[3:] == ["unregistered"]


def test_connections_to_others_are_not_its_concern() -> None:
    rig = registered(Rig(transport="TCP"))
    rig.wire.break_connection(rig.port, SERVER)
    rig.wire.break_connection(rig.port, Hop("TCP", "192.0.2.10", 5060))
    rig.run(10)
    assert len(rig.tries) == 1


def test_a_server_that_ends_each_connection_is_not_asked_every_two_seconds_for_ever() -> None:
    rig = registered(Rig(transport="TCP"))
    for _ in range(4):
        rig.wire.break_connection(rig.port, Hop("TCP", "192.0.2.9", 5060))
        rig.run(40)
    pauses = [round(b - a) for a, b in zip(rig.tries, rig.tries[1:], strict=False)]
    assert pauses == [3, 42, 44, 48]


def test_everything_goes_through_the_proxy_that_is_set() -> None:
    rig = registered(Rig(replace(ACCOUNT, proxy="proxy.example.com:5070")))
    assert last(rig).get("route") == "<sip:proxy.example.com:5070;lr>"
