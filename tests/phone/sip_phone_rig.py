"""A phone on loopback that keeps what it tells; whatever goes wrong behind its back is an error."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Coroutine
from contextlib import closing
from random import Random
from typing import Any

from phone_recorder.errors import UsageError
from phone_recorder.phone.sip_phone import SipPhone
from phone_recorder.phone.sip_talk import SipTalk
from phone_recorder.settings.record import SipInfoSettings
from phone_recorder.sip.account import Account
from phone_recorder.sip.messages.message import parse_uri
from phone_recorder.sip.transport.tls import TlsSettings
from phone_recorder.wire.payload import PCMU
from tests.phone.raw_peer import HOST, PATIENCE_S


class Phone(SipPhone):
    """A phone that keeps what it tells, and the talks that it makes."""

    def __init__(self, target: str = "", port: int = 0, **account: Any) -> None:
        self.told: list[str] = []
        self.talks: list[SipTalk] = []
        self.without_ports = False
        registrar = account.pop("registrar", None)
        who = Account(account.pop("user", "1001"), registrar=parse_uri(registrar) if registrar else None, **account)
        super().__init__(who, (HOST, port), TlsSettings(), self._make, self.told.append, target=target)

    @property
    def uri(self) -> str:
        host, port = self.address
        return f"sip:100@{host}:{port}"

    async def until_told(self, text: str) -> None:
        while not any(text in told for told in self.told):
            await asyncio.sleep(0.005)

    def _make(self, host: str, peer_host: str) -> SipTalk:
        if self.without_ports:
            raise UsageError("no even UDP port is free")
        talk = SipTalk(host, peer_host, (PCMU,), 20, SipInfoSettings(), Random(1), self.told.append)
        self.talks.append(talk)
        return talk


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """In bounded time, and nothing goes wrong behind its back."""
    raised: list[dict[str, Any]] = []

    async def bounded() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: raised.append(context))
        async with asyncio.timeout(PATIENCE_S):
            await scenario

    asyncio.run(bounded())
    assert raised == []


def is_free(address: tuple[str, int], kind: socket.SocketKind = socket.SOCK_DGRAM) -> bool:
    with closing(socket.socket(socket.AF_INET, kind)) as trying:
        try:
            trying.bind(address)
        except OSError:
            return False
        return True


def lasting_port() -> int:
    """A free port that the kernel gives to nobody who asks for any: once given back, it is free later too."""
    first = 20000 + os.getpid() % 10000
    return next(
        port for port in range(first, 32768) if is_free((HOST, port)) and is_free((HOST, port), socket.SOCK_STREAM)
    )
