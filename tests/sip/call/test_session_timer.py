"""Session timers (RFC 4028): what is asked for, what is agreed, and what then happens when."""

from __future__ import annotations

import pytest

from phone_recorder.sip.call.session_timer import SessionTimer, Terms, accepting, asking, granted, min_se, too_brief
from phone_recorder.sip.messages.message import Request, Response
from phone_recorder.sip.timers import VirtualTimers


def request(expires: str, *supported: str) -> Request:
    made = Request(method="INVITE")
    for option in supported:
        made.add_header("Supported", option)
    if expires:
        made.set_header("Session-Expires", expires)
    return made


def response(**headers: str) -> Response:
    made = Response(status_code=200)
    for name, value in headers.items():
        made.set_header(name.replace("_", "-"), value)
    return made


@pytest.mark.parametrize(
    ("interval", "least", "terms", "headers"),
    [
        (0, 90, None, ()),
        (1800, 90, None, (("Session-Expires", "1800"),)),
        (1800, 3600, None, (("Session-Expires", "3600"), ("Min-SE", "3600"))),
        (1800, 90, Terms(1800, True), (("Session-Expires", "1800;refresher=uac"),)),
        (1800, 90, Terms(1800, False), (("Session-Expires", "1800;refresher=uas"),)),
    ],
)
def test_an_invite_of_ours_asks(
    interval: int, least: int, terms: Terms | None, headers: tuple[tuple[str, str], ...]
) -> None:
    assert asking(interval, least, terms) == headers


@pytest.mark.parametrize(
    ("said", "terms"),
    [
        ("1800;refresher=uac", Terms(1800, True)),
        ("1800 ; refresher = UAS", Terms(1800, False)),
        ("1800", Terms(1800, True)),
        ("1;refresher=uac", Terms(20, True)),
        ("0", None),
        ("soon", None),
        ("", None),
        ("9" * 400, None),
    ],
)
def test_a_2xx_grants(said: str, terms: Terms | None) -> None:
    assert granted(response(Session_Expires=said)) == terms
    assert granted(Response(status_code=200)) is None


def test_a_2xx_that_requires_the_timer_is_of_a_peer_that_wants_it() -> None:
    said = response(Session_Expires="1800;refresher=uac", Require="100rel")
    assert granted(said) == Terms(1800, True, wanted=False)
    said.add_header("Require", "Timer")
    assert granted(said) == Terms(1800, True, wanted=True)


@pytest.mark.parametrize(
    ("asked", "terms", "headers"),
    [
        (
            request("1800", "100rel", "timer"),
            Terms(1800, False, wanted=True),
            [("Session-Expires", "1800;refresher=uac"), 1],
        ),
        (
            request("90;refresher=uas", "TIMER"),
            Terms(90, True, wanted=True),
            [("Session-Expires", "90;refresher=uas"), 1],
        ),
        (
            request("90;refresher=uac", "timer"),
            Terms(90, False, wanted=True),
            [("Session-Expires", "90;refresher=uac"), 1],
        ),
        # A proxy has put it there for a caller who knows of no timers: then we have to refresh (table 2).
        (request("1800"), Terms(1800, True), [("Session-Expires", "1800;refresher=uas")]),
        (request("1800;refresher=uac"), Terms(1800, True), [("Session-Expires", "1800;refresher=uas")]),
        (request("5"), None, []),
        (request("", "timer"), None, []),
    ],
)
def test_we_accept_what_is_asked(asked: Request, terms: Terms | None, headers: list[object]) -> None:
    required = [("Require", "timer") if header == 1 else header for header in headers]
    assert accepting(asked) == (terms, tuple(required))


def test_only_who_knows_of_timers_is_told_that_his_is_too_brief() -> None:
    assert too_brief(request("89", "timer"))
    assert not too_brief(request("90", "timer"))
    assert not too_brief(request("89"))
    assert not too_brief(request("", "timer"))
    assert (min_se(response(Min_SE="120;x=y")), min_se(response(Min_SE="x")), min_se(response())) == (120, 0, 0)


class Bench:
    def __init__(self, terms: Terms) -> None:
        self.timers = VirtualTimers()
        self.heard: list[tuple[str, float]] = []
        self.timer = SessionTimer(self.timers, lambda: self.hear("refresh"), lambda: self.hear("expired"))
        self.timer.agree(terms)

    def hear(self, what: str) -> None:
        self.heard.append((what, self.timers.now()))


@pytest.mark.parametrize(
    ("terms", "heard"),
    [
        (Terms(1800, True), [("refresh", 900), ("expired", 1768)]),
        (Terms(1800, False), [("expired", 1768)]),
        (Terms(90, True), [("refresh", 45), ("expired", 60)]),
    ],
)
def test_the_refresher_refreshes_at_half_and_both_give_up_before_the_end(
    terms: Terms, heard: list[tuple[str, float]]
) -> None:
    bench = Bench(terms)
    bench.timers.advance(4000)
    assert bench.heard == heard


def test_a_refresh_begins_it_anew_and_without_terms_there_is_no_timer() -> None:
    bench = Bench(Terms(90, False))
    bench.timers.advance(59)
    bench.timer.agree(Terms(90, False))
    bench.timers.advance(59)
    assert bench.heard == []
    bench.timer.agree(None)
    assert bench.timers.waiting == 0
    bench.timer.agree(Terms(90, True))
    bench.timer.stop()
    assert bench.timers.waiting == 0
