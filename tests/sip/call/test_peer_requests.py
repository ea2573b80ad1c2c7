"""What a foreign phone asks for in a call: INFO, OPTIONS, BYE, what we do not have, and what comes too late."""

from __future__ import annotations

import pytest

from phone_recorder.sip.call.call import CallState
from tests.sip.call_bench import CallBench as Bench
from tests.sip.foreign import sdp


def test_info_is_answered_and_nothing_is_done_about_it() -> None:
    bench = Bench()
    assert bench.ask("INFO", 1, "Record: on") == ["200 INFO"]
    assert bench.ask("INFO", 2, "Content-Type: application/dtmf-relay", body=b"Signal=1") == ["200 INFO"]
    assert bench.ask("INFO", 3, "Content-Type: text/plain", body=b"hello") == ["415 INFO"]
    assert bench.ask("INFO", 4, "Info-Package: foo") == ["469 INFO"]
    assert bench.call.state is CallState.ANSWERED


def test_options_say_what_this_phone_can() -> None:
    bench = Bench()
    bench.ask("OPTIONS", 1)
    answer = bench.foreign.got("200 OPTIONS")
    assert answer.get("allow") == "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"
    assert (answer.get("accept"), answer.get("supported")) == ("application/sdp", "timer")


@pytest.mark.parametrize(
    ("method", "answer"), [("REFER", "405 REFER"), ("PRACK", "405 PRACK"), ("NOTIFY", "405 NOTIFY"), ("FOO", "501 FOO")]
)
def test_what_this_phone_cannot_is_refused(method: str, answer: str) -> None:
    bench = Bench()
    assert bench.ask(method, 1) == [answer]
    assert bench.foreign.got(answer).get("allow").startswith("INVITE, ACK")


def test_an_extension_that_it_does_not_have_is_refused_by_name() -> None:
    bench = Bench()
    assert bench.ask("INVITE", 1, "Require: timer, 100rel", body=sdp()) == ["420 INVITE"]
    assert bench.foreign.got("420 INVITE").get("unsupported") == "100rel"


def test_an_old_cseq_is_refused_and_a_gap_is_not() -> None:
    bench = Bench()
    assert bench.ask("INFO", 10) == ["200 INFO"]
    assert bench.ask("INFO", 9) == ["500 INFO"]
    assert bench.ask("INFO", 400) == ["200 INFO"]


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("Require: novelty",),
        ("Contact: <sip:f@192.0.2.9>;",),
        ("Content-Type: application/x", "Content-Encoding: gzip"),
    ],
)
@pytest.mark.parametrize("number", [5, 11, 4294967295])
def test_a_bye_always_ends_the_call_whatever_is_wrong_with_it(lines: tuple[str, ...], number: int) -> None:
    bench = Bench()
    bench.ask("INFO", 10)
    assert bench.ask("BYE", number, *lines, body=b"why") == ["200 BYE"]
    assert bench.ear.since() == ["ended 200 peer"]


def test_a_cseq_that_leaves_no_room_is_refused_and_not_remembered() -> None:
    bench = Bench()
    assert bench.ask("OPTIONS", 4294967295) == ["500 OPTIONS"]
    assert bench.ask("OPTIONS", 2147483648) == ["500 OPTIONS"]
    assert bench.ask("INFO", 3) == ["200 INFO"]
    assert bench.ask("INFO", 2147483647) == ["200 INFO"]


@pytest.mark.parametrize("what", ["to tag", "from tag", "call-id", "after the end"])
def test_what_belongs_to_no_dialog_is_refused(what: str) -> None:
    bench = Bench()
    if what == "after the end":
        bench.ask("BYE", 1)
    elif what == "to tag":
        bench.foreign.theirs = "other"
    elif what == "from tag":
        bench.foreign.tag = "other"
    else:
        bench.foreign.call_id = "other"
    for number, method in enumerate(("INVITE", "UPDATE", "INFO", "OPTIONS", "BYE"), start=2):
        assert bench.ask(method, number) == [f"481 {method}"]


def test_while_our_bye_is_open_only_a_bye_is_taken() -> None:
    bench = Bench()
    bench.call.hang_up()
    bench.advance()
    assert bench.ask("INVITE", 1, body=sdp())[-1] == "481 INVITE"
    assert bench.ask("INFO", 2)[-1] == "481 INFO"
    assert bench.ask("BYE", 3)[-1] == "200 BYE"
    assert bench.ear.since() == ["ended 200 us"]
    bench.advance(120)
    assert bench.rig.at_rest()


def test_a_bye_says_why() -> None:
    bench = Bench()
    bench.ask("BYE", 1, 'Reason: Q.850;cause=16;text="Terminated"')
    assert bench.ear.ends[0].reason == 'Q.850;cause=16;text="Terminated"'
    assert bench.ear.since() == ["ended 200 peer"]
