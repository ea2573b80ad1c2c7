"""What is written into a Via, and where answers go (RFC 3261 section 18.2, RFC 3581): never to any but the sender."""

from __future__ import annotations

import pytest

from phone_recorder.sip.hop import Hop
from tests.sip.transaction_bench import Bench, respond, theirs

BRANCH = ";branch=z9hG4bKa"


@pytest.mark.parametrize(
    ("via", "source", "answered", "hop"),
    [
        # The sender is where his Via says.
        ("UDP 192.0.2.9:5060;branch=z9hG4bKa", ("UDP", "192.0.2.9", 5060), "", ("192.0.2.9", 5060)),
        # Another port than in the Via: of old that is where answers go.
        ("UDP 192.0.2.9:5080;branch=z9hG4bKa", ("UDP", "192.0.2.9", 40000), "", ("192.0.2.9", 5080)),
        ("UDP 192.0.2.9;branch=z9hG4bKa", ("UDP", "192.0.2.9", 40000), "", ("192.0.2.9", 5060)),
        # Another address: behind a NAT, or a name.
        ("UDP 10.0.0.1:5080;branch=z9hG4bKa", ("UDP", "192.0.2.9", 40000), ";received=192.0.2.9", ("192.0.2.9", 5080)),
        ("UDP pbx.example;branch=z9hG4bKa", ("UDP", "192.0.2.9", 40000), ";received=192.0.2.9", ("192.0.2.9", 5060)),
        # It asks for the port it sent from.
        (
            "UDP 10.0.0.1:5080;branch=z9hG4bKa;rport",
            ("UDP", "192.0.2.9", 40000),
            "=40000;received=192.0.2.9",
            ("192.0.2.9", 40000),
        ),
        (
            "UDP 192.0.2.9:40000;branch=z9hG4bKa;rport",
            ("UDP", "192.0.2.9", 40000),
            "=40000;received=192.0.2.9",
            ("192.0.2.9", 40000),
        ),
        # IPv6.
        ("UDP [2001:DB8::9]:5080;branch=z9hG4bKa", ("UDP", "2001:db8::9", 5080), "", ("2001:db8::9", 5080)),
        (
            "UDP [fd00::1]:5080;branch=z9hG4bKa;rport",
            ("UDP", "2001:db8::9", 40000),
            "=40000;received=2001:db8::9",
            ("2001:db8::9", 40000),
        ),
        # A connection is answered over itself.
        ("TCP 10.0.0.1:5080;branch=z9hG4bKa", ("TCP", "192.0.2.9", 40000), ";received=192.0.2.9", ("192.0.2.9", 40000)),
        (
            "TLS 10.0.0.1;branch=z9hG4bKa;rport",
            ("TLS", "192.0.2.9", 40000),
            "=40000;received=192.0.2.9",
            ("192.0.2.9", 40000),
        ),
    ],
)
def test_the_via_comes_back_with_where_the_request_came_from_and_the_answer_goes_there(
    via: str, source: tuple[str, str, int], answered: str, hop: tuple[str, int]
) -> None:
    bench, transport = Bench(), via.split()[0]
    came_from = Hop(transport, *source[1:])  # type: ignore[arg-type]
    below = ("Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKb;rport", "Via: SIP/2.0/UDP  odd.example ; Branch=z9hG4bKc")
    bench.hear(theirs("OPTIONS", "", via=f"SIP/2.0/{via}", extra=below), came_from)
    respond(bench.requests[0], 200)
    sent = bench.sent[0]
    assert (sent.hop.transport, sent.hop.host, sent.hop.port) == (transport, *hop)
    vias = sent.message.headers.get("via")
    assert vias[0] == f"SIP/2.0/{via}{answered}"
    assert vias[1:] == [line.removeprefix("Via: ") for line in below]


@pytest.mark.parametrize(
    "params", [";maddr=198.51.100.66", ";received=198.51.100.66", ";received=198.51.100.66;rport=99", ";ttl=1;rport=99"]
)
def test_a_via_cannot_send_the_answer_to_somebody_else(params: str) -> None:
    bench = Bench()
    source = Hop("UDP", "192.0.2.9", 5060)
    bench.hear(theirs("OPTIONS", f"{BRANCH}{params}"), source)
    respond(bench.requests[0], 200)
    assert bench.sent[0].hop == source
    top = bench.sent[0].message.via[0]
    assert (top.received, top.rport) in ((None, None), ("192.0.2.9", "5060"))


def test_only_the_first_via_of_a_line_is_written_into() -> None:
    bench = Bench()
    bench.hear(theirs("OPTIONS", f"{BRANCH};rport, SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKb;rport"))
    respond(bench.requests[0], 200)
    assert bench.sent[0].message.headers.get("via") == [
        "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKa;rport=5060;received=192.0.2.9",
        "SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKb;rport",
    ]
