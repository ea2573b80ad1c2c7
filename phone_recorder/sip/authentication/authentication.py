"""Who answers the challenges of servers and proxies (RFC 3261 section 22), and when it is of no use to answer again.

A challenge is remembered, so that the next request to the same server is authorised before it is asked for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from phone_recorder.errors import SipMessageError
from phone_recorder.sip.authentication.digest import (
    Credentials,
    Params,
    answer,
    answerable,
    challenges,
    parameters,
    strongest,
)
from phone_recorder.sip.messages.message import Request, Response, Tokens, parse_uri, token

__all__ = ["Authenticator", "Credentials"]

_ANSWERED_BY = {"WWW-Authenticate": "Authorization", "Proxy-Authenticate": "Proxy-Authorization"}
"""A response that several servers had a hand in may hold both (RFC 3261 section 22.3)."""
_TOLD_BY = {"Authentication-Info": "Authorization", "Proxy-Authentication-Info": "Proxy-Authorization"}
MAX_REALMS = 16
"""So many are remembered, the latest: each makes every request longer."""

Key = tuple[str, str]
"""The header that answers, and the realm."""


@dataclass(slots=True)
class _Known:
    """A challenge, the hosts of the requests that it came for, and how often its nonce was used."""

    challenge: Params
    cnonce: str
    hosts: frozenset[str]
    uses: int = 0
    ahead: bool = False
    """The nonce was given for the next request, without asking for it."""


class Authenticator:
    """One phone's answers; `cnonce` gives a nonce of ours for each of a server's."""

    def __init__(self, credentials: Credentials | None, cnonce: Tokens = token) -> None:
        self._credentials = credentials
        self._cnonce = cnonce
        self._known: dict[Key, _Known] = {}

    def authorize(self, request: Request) -> None:
        """Answer all that is remembered and meant for this request: what its host asked for, and every proxy's."""
        for header in _ANSWERED_BY.values():
            request.remove_header(header)
        host = _host(request)
        for (header, _), known in self._known.items():
            if self._credentials and (header == "Proxy-Authorization" or host in known.hosts):
                request.add_header(header, _answer(self._credentials, request, known))

    def learn(self, request: Request, response: Response) -> bool:
        """Take the challenges of a 401 or 407; whether it may help to send the request again, authorised.

        It cannot without credentials, if the server takes nothing that we have, or if it has refused these very
        credentials: they are forgotten then, so that a later request starts anew.
        """
        asked = _asked(response) if self._credentials else {}
        refused = {key for key, challenge in asked.items() if self._refused(request, key, challenge)}
        for key in refused:
            self._known.pop(key, None)
        for key, challenge in asked.items():
            if key not in refused:
                self._remember(key, challenge, _host(request))
        return asked.keys() != refused

    def heard(self, response: Response) -> None:
        """Use the nonce that a server gives for the next request (RFC 7616 section 3.5)."""
        for info, header in _TOLD_BY.items():
            for params in map(parameters, response.get_header_values(info)):
                known = self._told(header, params)
                if known and params.get("nextnonce"):
                    known.challenge = {**known.challenge, "nonce": params["nextnonce"]}
                    known.cnonce, known.uses, known.ahead = self._cnonce(), 0, True

    def _remember(self, key: Key, challenge: Params, host: str) -> None:
        before = self._known.pop(key, None)
        hosts = before.hosts if before else frozenset()
        self._known[key] = _Known(challenge, self._cnonce(), hosts | {host})
        if len(self._known) > MAX_REALMS:
            del self._known[next(iter(self._known))]

    def _refused(self, request: Request, key: Key, challenge: Params) -> bool:
        """Whether the request bore the right answer already. A nonce that was in use before may just have grown old."""
        ours = next((given for given in _given(request, key[0]) if given.get("realm", "") == key[1]), None)
        if ours is None:
            return False
        if ours.get("nonce") == challenge["nonce"]:
            return True
        known = self._known.get(key)
        same = known is not None and known.challenge["nonce"] == ours.get("nonce")
        ahead = known is not None and same and known.ahead
        uses = int(ours["nc"], 16) if "nc" in ours else known.uses if known and same else 1
        return uses == 1 and not ahead and challenge.get("stale", "").lower() != "true"

    def _told(self, header: str, params: Params) -> _Known | None:
        """Whose nonce it is. The realm is not said, so the cnonce says it, or there is no other."""
        ours = [known for (answered_by, _), known in self._known.items() if answered_by == header]
        if "cnonce" in params:
            ours = [known for known in ours if known.cnonce == params["cnonce"]]
        return ours[0] if len(ours) == 1 else None


def _asked(response: Response) -> dict[Key, Params]:
    """For each realm the challenge to answer, of those that can be answered."""
    offered: dict[Key, list[Params]] = {}
    for header, answered_by in _ANSWERED_BY.items():
        for challenge in (each for value in response.get_header_values(header) for each in challenges(value)):
            if answerable(challenge):
                offered.setdefault((answered_by, challenge.get("realm", "")), []).append(challenge)
    return {key: strongest(of_realm) for key, of_realm in offered.items()}


def _given(request: Request, header: str) -> list[Params]:
    return [params for value in request.get_header_values(header) for params in challenges(value)]


def _answer(credentials: Credentials, request: Request, known: _Known) -> str:
    known.uses += 1
    return answer(known.challenge, credentials, request.method, request.uri, request.body, known.cnonce, known.uses)


def _host(request: Request) -> str:
    try:
        return parse_uri(request.uri).host.lower()
    except SipMessageError:
        # A target without a host, from the command line, is refused elsewhere; here it is nobody's.
        return ""
