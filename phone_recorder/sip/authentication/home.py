"""The machines that an account belongs to: they alone may ask for its password (RFC 3261 section 26), or send calls.

A hash of a password is enough to guess it by: a stranger's challenge must not be answered. What counts is the IP
address, since one server often has several ports and transports.
"""

from __future__ import annotations

from ipaddress import ip_address

from phone_recorder.sip.hop import Hop


class Home:
    """Begins with these hops, and knows those that are added."""

    def __init__(self, *hops: Hop) -> None:
        self._addresses = {_address(hop) for hop in hops}

    def add(self, hop: Hop) -> None:
        """This hop is the account's registrar or proxy, or whom the user dialled."""
        self._addresses.add(_address(hop))

    def __contains__(self, hop: Hop) -> bool:
        return _address(hop) in self._addresses

    def __bool__(self) -> bool:
        return bool(self._addresses)


def _address(hop: Hop) -> str:
    """An address that was typed may be written in another way than one that a message came from."""
    host = hop.host.partition("%")[0].lower()
    try:
        return str(ip_address(host))
    except ValueError:
        return host
