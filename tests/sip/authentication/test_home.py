"""Which hops an account belongs to."""

from __future__ import annotations

import pytest

from phone_recorder.sip.authentication.home import Home
from phone_recorder.sip.hop import Hop


@pytest.mark.parametrize(
    ("known", "host", "inside"),
    [
        ("192.0.2.9", "192.0.2.9", True),
        ("192.0.2.9", "192.0.2.99", False),
        ("2001:db8:0:0::9", "2001:DB8::9", True),
        ("2001:db8::9", "2001:db8::8", False),
        ("fe80::9%eth0", "fe80::9%2", True),
        ("pbx.example.com", "192.0.2.9", False),
    ],
)
def test_an_address_is_the_same_however_it_is_written(known: str, host: str, inside: bool) -> None:
    assert (Hop("UDP", host, 5060) in Home(Hop("UDP", known, 5060))) is inside


def test_port_and_transport_are_no_matter() -> None:
    assert Hop("TLS", "192.0.2.9", 5061) in Home(Hop("UDP", "192.0.2.9", 5060))


def test_it_is_empty_until_a_hop_is_added() -> None:
    home = Home()
    assert not home
    home.add(Hop("UDP", "192.0.2.9", 5060))
    assert home
    assert Hop("UDP", "192.0.2.9", 5060) in home
