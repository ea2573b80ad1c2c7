"""Who may use the control port: an allow list of networks, and one of devices. What is not limited is open to all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from phone_recorder.errors import UsageError
from phone_recorder.wire.printable import printable

Network = IPv4Network | IPv6Network

_MAPPED = IPv6Network("::ffff:0:0/96")
"""IPv4 addresses as an IPv6 socket shows them (RFC 4291 section 2.5.5.2)."""
_SITE_BITS = 64
"""Whoever has one IPv6 address has all of its /64, and could be a new host with each connection."""
_SEPARATORS = re.compile(r"[\s:._-]")
_DEVICE = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Access:
    """`networks` that may connect, and `devices` that may record: 12 hex digits, small. Empty: all."""

    networks: tuple[Network, ...] = ()
    devices: frozenset[str] = frozenset()

    def may_connect(self, host: str) -> bool:
        """Whether a phone at this IP address may open a control connection."""
        if not self.networks:
            return True
        address = host_address(host)
        return address is not None and any(address in network for network in self.networks)

    def may_record(self, device: str) -> bool:
        """Whether a phone that calls itself so may record. A phone can call itself anything: this is no proof."""
        return not self.devices or plain_device(device) in self.devices


def host_address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address of a socket's peer, an IPv4 one as itself on an IPv6 socket too; None if it is none."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def site_of(host: str) -> str:
    """What stands for a host: its IPv4 address, the /64 of its IPv6 address, or what it is called."""
    address = host_address(host)
    if address is None or address.version == 4:
        return str(address or host)
    return str(IPv6Network((int(address), _SITE_BITS), strict=False))


def parse_network(text: str) -> Network:
    """A network such as `192.168.1.0/24`, or one address; UsageError if it is neither."""
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise UsageError(
            f"{printable(text)!r} is not a network: write one such as 192.168.1.0/24, fd00::/8 or 192.168.1.20"
        ) from error
    if ip_address(text.strip().partition("/")[0]) != network.network_address:
        raise UsageError(f"{text.strip()} is an address within {network}: write {network} to allow all of it")
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        return IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - _MAPPED.prefixlen))
    return network


def parse_device(text: str) -> str:
    """A device's MAC address as 12 small hex digits, whatever separates them; UsageError if it is none."""
    digits = plain_device(text)
    if not _DEVICE.fullmatch(digits):
        raise UsageError(f"{printable(text)!r} is not a device: write its MAC address, such as 00:1f:c1:20:30:40")
    return digits


def mac_or_text(device: str) -> str:
    """A MAC address as 12 small hex digits, however it is spelt (WIRE.md); what is none as it came."""
    digits = plain_device(device)
    return digits if _DEVICE.fullmatch(digits) else device


def plain_device(device: str) -> str:
    """What a device calls itself, without separators and in small letters: however it is spelt, one device."""
    return _SEPARATORS.sub("", device).lower()
