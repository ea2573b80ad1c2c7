"""Who this phone is to a SIP server: its address of record, where it registers, and the name it gives itself."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

from phone_recorder.errors import UsageError
from phone_recorder.sip.authentication.authentication import Credentials
from phone_recorder.sip.hop import Transport
from phone_recorder.sip.messages.address import quoted
from phone_recorder.sip.messages.message import SipUri, parse_uri, stringify_uri

DEFAULT_EXPIRES_S = 300
USER_SAFE = "-_.!~*'()&=+$,;?/"
"""What stands for itself in a SIP URI's user part, beside letters and digits (RFC 3261 section 25.1)."""


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the phone.

    `host` is this machine's address, of use only without a registrar. `expires_s` is asked for at each registration.
    `proxy` is the outbound proxy that all requests go through: `host`, `host:port` or a SIP URI. `instance` tells this
    phone from others of the same user, whatever its address is (RFC 5626 section 4.1): no two that run at once may
    share it. UsageError: a name with a control character, no user, or no time to be registered for.
    """

    user: str
    display_name: str = ""
    registrar: SipUri | None = None
    transport: Transport | None = None
    credentials: Credentials | None = None
    expires_s: int = DEFAULT_EXPIRES_S
    proxy: str = ""
    instance: str = ""
    host: str = ""

    def __post_init__(self) -> None:
        if not self.user:
            raise UsageError("a SIP account needs a user")
        if self.expires_s < 1:
            raise UsageError(f"a registration cannot last {self.expires_s} s")
        for what, text in (("user", self.user), ("display name", self.display_name), ("proxy", self.proxy)):
            if not text.isprintable():
                raise UsageError(f"the SIP account's {what} has a control character in it")

    @property
    def aor(self) -> str:
        """The address of record, `sip:1001@example.com`: at the registrar as it was named, else at our own host.

        The port stays where one was named: a server that goes by an IP address knows itself only with it.
        """
        at = self.registrar or SipUri(host=self.host)
        return stringify_uri(SipUri(at.scheme, quote(self.user, safe=USER_SAFE), at.host, at.port))

    @property
    def name_addr(self) -> str:
        """What From says, without the tag: `"Anna" <sip:1001@example.com>` (RFC 3261 section 25.1)."""
        return f"{quoted(self.display_name)} <{self.aor}>" if self.display_name else f"<{self.aor}>"

    @property
    def registrar_uri(self) -> str:
        """What a REGISTER is sent to: no user in it (RFC 3261 section 10.2). UsageError without a registrar."""
        if self.registrar is None:
            raise UsageError(f"there is no SIP server to register {self.user} with")
        uri = self.registrar
        return stringify_uri(SipUri(scheme=uri.scheme, host=uri.host, port=uri.port, params=uri.params))

    @property
    def route(self) -> str:
        """The Route of a request outside a dialog; empty without a proxy."""
        if not self.proxy:
            return ""
        uri = self.proxy if self.proxy.lower().startswith(("sip:", "sips:")) else f"sip:{self.proxy}"
        return f"<{uri}>" if ";lr" in uri.lower() else f"<{uri};lr>"

    @property
    def servers(self) -> tuple[SipUri, ...]:
        """The proxy and the registrar, as far as there are any. SipMessageError: the proxy is no SIP URI."""
        proxy = (parse_uri(self.route.strip("<>")),) if self.proxy else ()
        return (*proxy, *((self.registrar,) if self.registrar else ()))


def new_instance() -> str:
    """The instance of a phone that is emulated for this one run: another run may be a second phone at the same time."""
    return uuid4().urn
