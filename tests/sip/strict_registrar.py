"""A registrar that keeps what RFC 3261 section 10.3 says, or less if a test wants it so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from phone_recorder.sip.hop import Hop
from tests.sip.raw_message import RawMessage
from tests.sip.strict_server import StrictServer

CONTACT = re.compile(r"<([^>]*)>([^,<]*(?:<[^>]*>[^,<]*)*)")


@dataclass
class Binding:
    """`params` as they came, but for expires. `until` in seconds."""

    params: str
    until: float


@dataclass
class StrictRegistrar:
    """`script`: answers to the next requests instead of the true ones, after authentication. None: the true one.

    `grants`: no more seconds than that. `lists`: whether its answers have Contacts. `keeps`: whether it keeps anything.
    `rewrites`: the address it puts into every binding, `host:port`, as some do for phones behind a NAT.
    """

    server: StrictServer
    grants: int = 3600
    least: int = 1
    lists: bool = True
    keeps: bool = True
    rewrites: str = ""
    script: list[tuple[int, tuple[tuple[str, str], ...]] | None] = field(default_factory=list)
    bindings: dict[str, Binding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server.handlers["REGISTER"] = self._register
        self._call_ids: set[str] = set()

    @property
    def bound(self) -> list[str]:
        """Contacts that are alive."""
        return [uri for uri, binding in self.bindings.items() if binding.until > self.server.timers.now()]

    def _register(self, request: RawMessage, source: Hop) -> None:
        self._check(request)
        scripted = self.script.pop(0) if self.script else None
        contacts = [found for line in request.all("contact") for found in CONTACT.findall(line)]
        asked = [self._asked(request, params) for _, params in contacts]
        if scripted:
            self.server.reply(request, source, scripted[0], *scripted[1])
        elif any(0 < seconds < self.least for seconds in asked):
            self.server.reply(request, source, 423, ("Min-Expires", str(self.least)))
        else:
            for (uri, params), seconds in zip(contacts, asked, strict=True):
                self._bind(uri, params, seconds)
            self.server.reply(request, source, 200, *self._listed())

    def _bind(self, uri: str, params: str, seconds: int) -> None:
        kept = re.sub(r"(?<=@)[^;]+", self.rewrites, uri) if self.rewrites else uri
        if seconds and self.keeps:
            until = self.server.timers.now() + min(seconds, self.grants)
            self.bindings[kept] = Binding(re.sub(r";expires=\d+", "", params.strip()), until)
        else:
            self.bindings.pop(kept, None)

    def _listed(self) -> list[tuple[str, str]]:
        now = self.server.timers.now()
        contacts = [f"<{u}>;expires={round(self.bindings[u].until - now)}{self.bindings[u].params}" for u in self.bound]
        return [("Contact", ", ".join(contacts))] if self.lists and contacts else []

    def _asked(self, request: RawMessage, params: str) -> int:
        own = re.search(r";expires=(\d+)", params)
        return int(own[1] if own else request.get("expires") or "3600")

    def _check(self, request: RawMessage) -> None:
        self._call_ids.add(request.get("call-id"))
        wrong = {
            "a user in the request URI": "@" in request.uri,
            "a To tag": bool(request.param("to", "tag")),
            "From is not To": request.uri_of("from") != request.uri_of("to"),
        }
        for what, bad in wrong.items():
            if bad:
                self.server.complain(f"REGISTER: {what}")

    @property
    def call_ids(self) -> int:
        """How many Call-IDs were used: one a life of the phone."""
        return len(self._call_ids)
