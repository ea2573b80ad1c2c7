"""Who can reach an address, and so whether a login has to be asked for."""

from __future__ import annotations

from ipaddress import ip_address

from phone_recorder.errors import UsageError
from phone_recorder.web.ports import Credentials


def needed_credentials(host: str, credentials: Credentials, command: str) -> Credentials | None:
    """What a page on `host` has to ask for: None where this machine alone can reach it.

    UsageError if others can, and there is nobody who may log in; `command` is what adds users.
    """
    if is_loopback(host):
        return None
    if not credentials.users and not credentials.tokens:
        raise UsageError(
            f"others can reach {host}, and nobody may log in yet: add a user with `{command}`, or listen on 127.0.0.1"
        )
    return credentials


def is_loopback(host: str) -> bool:
    """Whether this machine alone can reach that address; a name may mean anything, but for localhost."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
