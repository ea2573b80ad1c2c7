"""Messages that are made to cost: of everything that a header may have many of, only so many are read."""

from __future__ import annotations

import tracemalloc
from time import perf_counter

import pytest

from phone_recorder.errors import SipMessageError
from phone_recorder.sip.messages.message import MAX_HOPS, MAX_VALUES, BadRequest, Request, parse
from tests.sip.transaction_bench import PEER, Bench, respond, theirs

HOP = "SIP/2.0/UDP hop.example;branch=z9hG4bKhop"
SHARED = 64


def with_values(name: str, value: str, number: int, line: int = SHARED) -> bytes:
    """A request with so many values more, `line` of them in each line."""
    lines = [", ".join([value] * min(line, number - at)) for at in range(0, number, line)]
    return theirs("OPTIONS", extra=(*(f"{name}: {values}" for values in lines),))


@pytest.mark.parametrize(
    ("name", "value", "most"),
    [
        ("Via", HOP, MAX_HOPS - 1),
        ("Route", "<sip:h;lr>", MAX_HOPS),
        ("Record-Route", "<sip:h;lr>", MAX_HOPS),
        ("Contact", "<sip:h>", MAX_VALUES),
        ("m", "<sip:h>", MAX_VALUES),
        ("Supported", "x", MAX_VALUES),
    ],
)
@pytest.mark.parametrize("line", [1, SHARED, 1000])
def test_so_many_values_are_read_and_no_more(name: str, value: str, most: int, line: int) -> None:
    if most <= 128 or line > 1:
        assert isinstance(parse(with_values(name, value, most, line)), Request)
    with pytest.raises(SipMessageError, match="Too Many"):
        parse(with_values(name, value, most + 1, line))


def test_too_many_vias_are_not_answered_and_too_much_of_others_is() -> None:
    bench = Bench()
    bench.hear(with_values("Via", HOP, MAX_HOPS))
    assert (bench.story(), bench.layer.dropped) == ([], {"no SIP message": 1})
    bench.hear(with_values("Supported", "x", MAX_VALUES + 1))
    assert (bench.story(), bench.at_rest()) == (["0 400 OPTIONS"], True)


def test_of_too_many_values_only_as_many_are_kept_as_tell_that() -> None:
    with pytest.raises(BadRequest) as caught:
        parse(with_values("Supported", "x", 20000, 1000))
    assert len(caught.value.request.headers.get("supported")) == MAX_VALUES + 1


def test_a_request_of_sixty_kilobytes_of_vias_costs_some_milliseconds() -> None:
    bench = Bench()
    data = with_values("Via", HOP, 1400)
    assert len(data) > 60000
    before = perf_counter()
    for _ in range(20):
        bench.hear(data)
    # It was 53 ms for each.
    assert perf_counter() - before < 20 * 0.02


def test_what_is_answered_is_kept_without_its_body_and_its_headers() -> None:
    bench = Bench()
    extra = (*(f"X-{number}: {'x' * 1000}" for number in range(20)), "Content-Type: text/plain")
    tracemalloc.start()
    try:
        for number in range(20):
            data = theirs("INFO", f";branch=z9hG4bK{number}", extra=extra, call_id=str(number))
            bench.hear(data.replace(b"Content-Length: 0\r\n", b"Content-Length: 30000\r\n") + b"b" * 30000, PEER)
            respond(bench.requests.pop(), 200)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert bench.layer.running == 20
    # Each was of 50 KB.
    assert kept / 20 < 20_000


def test_whoever_answers_later_still_has_all_of_the_request() -> None:
    bench = Bench()
    bench.hear(theirs("INVITE", extra=("Subject: lunch",)))
    transaction = bench.requests[0]
    respond(transaction, 180)
    assert transaction.request.get_header("Subject") == "lunch"
    asked = transaction.request
    respond(transaction, 200)
    assert (transaction.request.get_header("Subject"), asked.get_header("Subject")) == (None, "lunch")
