"""Who answers the challenges of servers and proxies (RFC 3261 section 22), and when it is of no use to answer again.

A challenge is remembered, so that the next request to the same hop is authorised before it is asked for it. Only those
that the account belongs to are answered, and what one has asked for is told to no other.
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
from phone_recorder.sip.authentication.home import Home
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request, Response, Tokens, parse_uri, token

__all__ = ["Authenticator", "Credentials", "can_be_answered"]

_ANSWERED_BY = {"WWW-Authenticate": "Authorization", "Proxy-Authenticate": "Proxy-Authorization"}
"""A response that several servers had a hand in may hold both (RFC 3261 section 22.3)."""
_TOLD_BY = {"Authentication-Info": "Authorization", "Proxy-Authentication-Info": "Proxy-Authorization"}
MAX_REALMS = 16
"""So many are remembered, the latest: each makes every request longer."""

Key = tuple[Hop, str, str]
"""Who asked, the header that answers, and the realm."""


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
    """One phone's answers, to those at `home`; `cnonce` gives a nonce of ours for each of a server's."""

    def __init__(self, credentials: Credentials | None, home: Home, cnonce: Tokens = token) -> None:
        self._credentials = credentials
        self._home = home
        self._cnonce = cnonce
        self._known: dict[Key, _Known] = {}

    def authorize(self, request: Request, hop: Hop) -> None:
        """Answer what this hop has asked for, as a proxy or for the host that this request is meant for."""
        for header in _ANSWERED_BY.values():
            request.remove_header(header)
        host = _host(request)
        for (asker, header, _), known in self._known.items():
            if self._credentials and asker == hop and (header == "Proxy-Authorization" or host in known.hosts):
                request.add_header(header, _answer(self._credentials, request, known))

    def learn(self, request: Request, response: Response, hop: Hop) -> bool:
        """Take the challenges of a 401 or 407 from `hop`; whether it may help to send the request again, authorised.

        It cannot without credentials, if they are not meant for that hop, if the server takes nothing that we have, or
        if it has refused these very credentials: they are forgotten then, so that a later request starts anew.
        """
        asked = _asked(response, hop) if self._credentials and hop in self._home else {}
        refused = {key for key, challenge in asked.items() if self._refused(request, key, challenge)}
        for key in refused:
            self._known.pop(key, None)
        for key, challenge in asked.items():
            if key not in refused:
                self._remember(key, challenge, _host(request))
        return asked.keys() != refused

    def heard(self, response: Response, hop: Hop) -> None:
        """Use the nonce that this hop gives for the next request, if it has asked before (RFC 7616 section 3.5)."""
        for info, header in _TOLD_BY.items():
            for params in map(parameters, response.get_header_values(info)):
                known = self._told(hop, header, params)
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
        ours = next((given for given in _given(request, key[1]) if given.get("realm", "") == key[2]), None)
        if ours is None:
            return False
        if ours.get("nonce") == challenge["nonce"]:
            return True
        known = self._known.get(key)
        same = known is not None and known.challenge["nonce"] == ours.get("nonce")
        ahead = known is not None and same and known.ahead
        uses = int(ours["nc"], 16) if "nc" in ours else known.uses if known and same else 1
        return uses == 1 and not ahead and challenge.get("stale", "").lower() != "true"

    def _told(self, hop: Hop, header: str, params: Params) -> _Known | None:
        """Whose nonce it is. The realm is not said, so the cnonce says it, or there is no other."""
        ours = [known for key, known in self._known.items() if key[:2] == (hop, header)]
        if "cnonce" in params:
            ours = [known for known in ours if known.cnonce == params["cnonce"]]
        return ours[0] if len(ours) == 1 else None


def can_be_answered(response: Response) -> bool:
    """Whether a 401 or 407 wants something that this phone can do, be the password right or wrong."""
    values = (value for header in _ANSWERED_BY for value in response.get_header_values(header))
    return any(answerable(challenge) for value in values for challenge in challenges(value))


def _asked(response: Response, hop: Hop) -> dict[Key, Params]:
    """For each realm the challenge to answer, of those that can be answered."""
    offered: dict[Key, list[Params]] = {}
    for header, answered_by in _ANSWERED_BY.items():
        for challenge in (each for value in response.get_header_values(header) for each in challenges(value)):
            if answerable(challenge):
                offered.setdefault((hop, answered_by, challenge.get("realm", "")), []).append(challenge)
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
