"""The phone's line on SIP, for as long as it is switched on: registered, or trying to be; it calls and is called."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Literal

from phone_recorder.adapters.udp import PortRange
from phone_recorder.errors import SipError, SipMessageError, SipUnreachable, UsageError
from phone_recorder.media.codecs import usable
from phone_recorder.phone.sip_phone import SipPhone
from phone_recorder.phone.sip_talk import SipTalk, Tell
from phone_recorder.settings.phone import AccountSettings, PhoneSettings
from phone_recorder.sip.account import Account, new_instance
from phone_recorder.sip.authentication.authentication import Credentials
from phone_recorder.sip.messages.message import SipUri, parse_uri
from phone_recorder.sip.registration.registration import Registration, RegistrationState
from phone_recorder.sip.tap import Tap
from phone_recorder.sip.transport.tls import TlsSettings
from phone_recorder.wire.payload import Codec

RETRY_S = 10.0
"""Until a phone whose SIP server cannot be reached at all tries again."""
SIP_PORT = 5060

Registered = Literal["no", "trying", "yes", "failed"]
_STATES: dict[RegistrationState, Registered] = {
    RegistrationState.UNREGISTERED: "no",
    RegistrationState.REGISTERING: "trying",
    RegistrationState.REGISTERED: "yes",
    RegistrationState.FAILED: "failed",
}


class SipLine:
    """`offered` is given each call that rings, `changed` is called when `registered` or `problem` is another one."""

    def __init__(
        self,
        settings: Callable[[], PhoneSettings],
        offered: Callable[[SipTalk], None],
        changed: Callable[[], None],
        tell: Tell,
        tap: Callable[[Callable[[], int]], Tap],
        busy: bool = False,
    ) -> None:
        self.registered: Registered = "trying"
        self.problem = ""
        self.account = account_of(settings())
        self._settings = settings
        self._account = settings().account
        self._offered = offered
        self._changed = changed
        self._tell = tell
        self._tap = tap(lambda: self._phone.address[1] if self._phone else 0)
        self._phone: SipPhone | None = None
        self._busy = busy
        self._task = asyncio.get_running_loop().create_task(self._run())

    def busy(self, busy: bool) -> None:
        """Whether calls that come are turned away."""
        self._busy = busy
        if self._phone:
            self._phone.waits = not busy

    async def call(self, target: str) -> SipTalk:
        """Begin to call a number, or a SIP URI; SipError or UsageError if that cannot be."""
        if self._phone is None:
            raise SipUnreachable(self.problem or "the phone has not reached its SIP server yet: try again in a while")
        return await self._phone.call(target)

    async def close(self) -> None:
        """Hang up and take the registration back."""
        self._task.cancel()
        await asyncio.wait({self._task})

    @property
    def crash(self) -> BaseException | None:
        """An error of ours that has ended it."""
        return self._task.exception() if self._task.done() and not self._task.cancelled() else None

    async def _run(self) -> None:
        while True:
            try:
                await self._serve()
            except (SipError, UsageError) as error:
                self._set("failed", str(error))
            await asyncio.sleep(RETRY_S)

    async def _serve(self) -> None:
        account = self._account
        tls = TlsSettings(Path(account.cacert) if account.cacert else None, not account.tls_insecure)
        first, dash, last = account.rtp_ports.partition("-")
        # One for all calls: a port is used again as late as can be.
        ports = PortRange(int(first), int(last)) if dash else None
        make = partial(_talk, self._settings, self._tell, ports)
        phone = SipPhone(self.account, _listen(account), tls, make, self._tell, (self._tap,))
        phone.on_registration = self._registration
        try:
            async with phone:
                self._phone = phone
                phone.waits = not self._busy
                registering = asyncio.get_running_loop().create_task(self._register(phone))
                try:
                    while True:
                        self._offered(await phone.offered_call())
                finally:
                    registering.cancel()
        finally:
            self._phone = None

    async def _register(self, phone: SipPhone) -> None:
        if not self.account.registrar:
            self._set("no", "")
            return
        with suppress(SipError):  # told by `on_registration`, which also hears of the next attempts
            await phone.register()

    def _registration(self, registration: Registration) -> None:
        state = _STATES[registration.state]
        self._set(state, str(registration.error) if state == "failed" and registration.error else "")

    def _set(self, registered: Registered, problem: str) -> None:
        self.registered, self.problem = registered, problem
        self._changed()


def has_line(settings: PhoneSettings) -> bool:
    """Whether this phone is on SIP at all: it has a registrar, or an address to be called at."""
    return bool(settings.account.registrar or settings.account.listen)


def account_of(settings: PhoneSettings) -> Account:
    """Who this phone is to a SIP server; UsageError if that cannot be."""
    account = settings.account
    user = account.user or settings.local_number
    return Account(
        user=user,
        display_name=settings.local_name,
        registrar=_uri(account.registrar) if account.registrar else None,
        credentials=Credentials(user, account.password) if account.password else None,
        expires_s=account.expires_s,
        proxy=account.proxy,
        instance=new_instance(),
    )


def same_line(before: PhoneSettings, after: PhoneSettings) -> bool:
    """Whether the line is the same by both."""
    names = (before.local_number, before.local_name), (after.local_number, after.local_name)
    return names[0] == names[1] and before.account == after.account


def _uri(text: str) -> SipUri:
    text = text if text.lower().startswith(("sip:", "sips:")) else f"sip:{text}"
    try:
        return parse_uri(text)
    except SipMessageError as error:
        raise UsageError(f"account.registrar {text!r} is no SIP address: write one such as sip:192.0.2.1") from error


def _listen(account: AccountSettings) -> tuple[str, int]:
    host, colon, port = account.listen.rpartition(":")
    if not colon or not port.isdecimal():
        return account.listen.strip("[]"), 0 if account.registrar else SIP_PORT
    return host.strip("[]"), int(port)


def _talk(
    settings: Callable[[], PhoneSettings], tell: Tell, ports: PortRange | None, host: str, peer_host: str
) -> SipTalk:
    """As the settings are when the call is made, or comes."""
    record = settings().record
    wanted = settings().call.codec or record.codec
    return SipTalk(host, peer_host, _codecs(wanted), record.ptime_ms, record.sip_info, Random(), tell, ports)


def _codecs(wanted: str) -> tuple[Codec, ...]:
    """All that this phone has, the one that is wanted first."""
    return tuple(sorted(usable(), key=lambda codec: codec.name != wanted))
