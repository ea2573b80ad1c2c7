from __future__ import annotations

from ipaddress import ip_network

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.server.access import Access, mac_or_text, parse_device, parse_network


def networks(*texts: str) -> Access:
    return Access(networks=tuple(map(parse_network, texts)))


def devices(*texts: str) -> Access:
    return Access(devices=frozenset(map(parse_device, texts)))


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "no address"])
def test_without_a_list_all_may_connect(host: str) -> None:
    assert Access().may_connect(host)


@pytest.mark.parametrize("device", ["001fc1203040", "", "no device"])
def test_without_a_list_all_may_record(device: str) -> None:
    assert Access().may_record(device)


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("192.168.1.0", True),
        ("192.168.1.255", True),
        ("192.168.2.0", False),
        ("::ffff:192.168.1.7", True),
        ("::ffff:192.168.2.7", False),
        ("10.0.0.5", True),
        ("10.0.0.6", False),
        ("fd00::1", True),
        ("fd00::1%eth0", True),
        ("fe00::1", False),
        ("::192.168.1.7", False),
        ("", False),
        ("192.168.1", False),
        ("localhost", False),
    ],
)
def test_who_may_connect(host: str, may: bool) -> None:
    assert networks("192.168.1.0/24", "10.0.0.5", "fd00::/8").may_connect(host) is may


@pytest.mark.parametrize(
    ("device", "may"),
    [
        ("001fc1203040", True),
        ("00:1F:C1:20:30:40", True),
        ("00-1f-c1-20-30-40", True),
        ("001f.c120.3040", True),
        (" 001fc1203040\n", True),
        ("001fc1203041", False),
        ("001fc12030400", False),
        ("001fc120304", False),
        ("00/1f/c1/20/30/40", False),
        ("", False),
    ],
)
def test_who_may_record(device: str, may: bool) -> None:
    assert devices("00:1f:c1:20:30:40", "aabbccddeeff").may_record(device) is may


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("192.168.1.0/24", "192.168.1.0/24"),
        (" 192.168.1.0/255.255.255.0 ", "192.168.1.0/24"),
        ("192.168.1.20", "192.168.1.20/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::ffff:192.168.1.0/120", "192.168.1.0/24"),
        ("::ffff:192.168.1.20", "192.168.1.20/32"),
    ],
)
def test_a_network(text: str, network: str) -> None:
    assert parse_network(text) == ip_network(network)


@pytest.mark.parametrize("text", ["", "phones", "192.168.1.0/33", "192.168.1", "192.168.1.256", "1.2.3.4/x", "\x1b[2J"])
def test_what_is_no_network(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a network: write one such as 192\.168\.1\.0/24") as caught:
        parse_network(text)
    assert str(caught.value).isprintable()


def test_an_address_with_the_mask_of_its_network_could_mean_either() -> None:
    with pytest.raises(UsageError) as caught:
        parse_network("192.168.1.20/24")
    assert (
        str(caught.value)
        == "192.168.1.20/24 is an address within 192.168.1.0/24: write 192.168.1.0/24 to allow all of it"
    )


@pytest.mark.parametrize("text", ["00:1F:C1:20:30:40", "001FC1203040", "001f.c120.3040", "00 1f c1 20 30 40"])
def test_a_device(text: str) -> None:
    assert parse_device(text) == "001fc1203040"


@pytest.mark.parametrize(
    "text", ["", "001fc120304", "001fc12030400", "001fc120304g", "\N{FULLWIDTH DIGIT ZERO}01fc1203040", "\x1b[2J"]
)
def test_what_is_no_device(text: str) -> None:
    with pytest.raises(UsageError, match="is not a device: write its MAC address, such as") as caught:
        parse_device(text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "spelt", ["0c1105aabbcc", "0C:11:05:AA:BB:CC", "0c-11-05-aa-bb-cc", "0C11.05AA.BBCC", "0c 11 05 aa bb cc"]
)
def test_a_mac_address_is_one_however_it_is_spelt(spelt: str) -> None:
    assert mac_or_text(spelt) == "0c1105aabbcc"


@pytest.mark.parametrize("device", ["", "Softphone 1.0", "0c1105aabbc", "0c:11:05:aa:bb:cg", "a-b"])
def test_what_is_no_mac_address_stays_as_it_came(device: str) -> None:
    assert mac_or_text(device) == device
