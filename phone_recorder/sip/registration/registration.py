"""This phone's binding at its registrar: made, kept alive, made again when lost, and removed (RFC 3261 section 10).

One REGISTER at a time, all of one Call-ID with the CSeq going up (section 10.2). What comes after each final answer:

    2xx that keeps us     REGISTERED; refreshed at 80 to 90 % of what was granted; leftovers of an earlier life go
    2xx that does not     FAILED, and again after a long pause
    423                   again at once, for as long as Min-Expires says
    3xx, 4xx, 6xx         FAILED, and again after a long pause: a wrong password does not become right
    408, 480, 5xx, none   FAILED, and again after 2, 4, 8 ... 300 s, or as Retry-After says
"""

from __future__ import annotations

import random
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Protocol

from phone_recorder.errors import RegistrationFailed, SipError, SipUnreachable
from phone_recorder.sip.account import Account
from phone_recorder.sip.authentication.requester import OnFinal, Outcome, Requester
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request, Response, Tokens
from phone_recorder.sip.registration import setback as setbacks
from phone_recorder.sip.registration.bindings import Kept, kept, seconds
from phone_recorder.sip.registration.setback import Setback
from phone_recorder.sip.timers import Timer, Timers

REFRESH_AT = 0.8
REFRESH_SPREAD = 0.1
"""Of what was granted: phones that were switched on together do not refresh together."""
MOST_EXPIRES_S = 86400
"""A longer registration than this is not asked for, whatever a 423 says."""
MOST_TOO_BRIEF = 3
"""Answers of 423 on end."""
PATIENCE_S = 5.0
"""So long `stop` waits for the registrar: time for a challenge, and for the first copy of each message to be lost."""


class RegistrationState(Enum):
    """Whether calls can come in."""

    UNREGISTERED = "unregistered"
    REGISTERING = "registering"
    REGISTERED = "registered"
    FAILED = "failed"


class RegistrationListener(Protocol):
    """Whoever shows it."""

    def registration_changed(self, registration: Registration) -> None:
        """Its `state` or its `error` is another one. A refresh changes neither."""


def _nothing() -> None:
    pass


class Registration:
    """One account at one registrar.

    `contact` gives our URI as the registrar reaches us, `hop` is where the registrar is: both may change, the next
    REGISTER uses them. `error` is why it FAILED, `expires_at` until when the registrar keeps us, on the timers' clock.
    """

    def __init__(
        self,
        account: Account,
        requester: Requester,
        timers: Timers,
        contact: Callable[[], str],
        hop: Hop,
        listener: RegistrationListener,
        tokens: Tokens,
        spread: Callable[[], float] = random.random,
    ) -> None:
        self.state = RegistrationState.UNREGISTERED
        self.error: RegistrationFailed | None = None
        self.expires_at: float | None = None
        self.hop = hop
        self._account = account
        self._requester = requester
        self._timers = timers
        self._contact = contact
        self._listener = listener
        self._spread = spread
        self._call_id, self._tag = tokens(), tokens()
        self._uri = account.registrar_uri
        self._cseq = 0
        self._asked_s = account.expires_s
        self._told = ""  # the contact of the last REGISTER
        self._bound: set[str] = set()  # contacts of ours that the registrar may keep
        self._dropped: set[str] = set()  # stale ones that it was asked to remove: once is enough
        self._too_brief = 0
        self._failures = 0
        self._pending = False
        self._moved = False  # whether this registration has been corrected already
        self._life = 0  # counts stops: what is answered to an earlier life is not heard
        self._timer: Timer | None = None
        self._finished: Callable[[], None] | None = None

    def start(self) -> None:
        """Register, and stay registered."""
        if self.state is RegistrationState.UNREGISTERED and not self._finished:
            self._change(RegistrationState.REGISTERING)
            self._register()

    def stop(self, finished: Callable[[], None] = _nothing) -> None:
        """Unregister; `finished` is called once, when that has been answered or has been waited for long enough."""
        if self._finished or self.state is RegistrationState.UNREGISTERED:
            finished()
            return
        self._finished = finished
        self._set_timer(PATIENCE_S, self._end)
        if not self._pending:
            self._unregister()

    def broken(self, hop: Hop, error: SipUnreachable) -> None:
        """Nothing can be sent to `hop` any more: calls over that connection do not come in, so it is made again."""
        if hop == self.hop and self.state is RegistrationState.REGISTERED and not self._pending and not self._finished:
            self._change(RegistrationState.REGISTERING)
            # Counted until a refresh is due: some servers take every registration and then end every connection.
            self._failures += 1
            self._moved = False
            self._try_later(setbacks.back_off(self._failures))

    def _register(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._told = self._contact()
        self._bound.add(self._told)
        self._dropped.discard(self._told)
        self._pending = True
        self._send([self._binding(self._told)], self._asked_s, partial(self._settled, self._life))

    def _refresh(self) -> None:
        self._failures = 0
        self._moved = False
        self._register()

    def _settled(self, life: int, outcome: Outcome) -> None:
        if life != self._life:
            return
        self._pending = False
        taken = isinstance(outcome, Response) and outcome.status_code < 300
        if not taken and (self.expires_at is None or self.expires_at <= self._timers.now()):
            self._bound.clear()
        if self._finished:
            self._unregister()
        elif isinstance(outcome, SipError):
            self._set_back(setbacks.of_error(outcome, self._server))
        elif taken:
            self._answered(kept(outcome, self._told, self._account.instance, self._asked_s))
        elif outcome.status_code == 423 and self._longer(outcome):
            self._register()
        else:
            has_password = self._account.credentials is not None
            self._set_back(setbacks.of_answer(outcome, self._server, self._account.user, has_password))

    def _longer(self, response: Response) -> bool:
        """Whether to ask again at once (RFC 3261 section 10.2.8)."""
        least = seconds(response.get_header("Min-Expires"), 0)
        self._too_brief += 1
        if not self._asked_s < least <= MOST_EXPIRES_S or self._too_brief > MOST_TOO_BRIEF:
            return False
        self._asked_s = least
        return True

    def _answered(self, found: Kept) -> None:
        self._too_brief = 0
        if not found.expires_s:
            self._bound.clear()
            self.expires_at = None
            self._set_back(setbacks.not_kept(self._server, self._account.user))
            return
        self.expires_at = self._timers.now() + found.expires_s
        self._set_timer(found.expires_s * (REFRESH_AT + REFRESH_SPREAD * self._spread()), self._refresh)
        self._drop({*found.stale, *self._bound} - {self._told})
        self._change(RegistrationState.REGISTERED)
        self._follow()

    def _follow(self) -> None:
        """A connection has its own port only when it stands: the REGISTER that made it could not name that yet."""
        if self._contact() != self._told and not (self._moved or self._pending or self._finished):
            self._moved = True
            self._register()

    def _drop(self, stale: set[str]) -> None:
        """Remove bindings of our own that lead nowhere; whether it works changes nothing for us."""
        self._bound = {self._told}
        stale -= self._dropped
        if stale:
            self._dropped |= stale
            self._send([f"<{uri}>;expires=0" for uri in sorted(stale)], 0, lambda outcome: None)

    def _set_back(self, setback: Setback) -> None:
        self._failures += 1
        self._too_brief = 0
        pause = setbacks.back_off(self._failures) if setback.pause_s is None else setback.pause_s
        self._try_later(pause)
        self._change(RegistrationState.FAILED, RegistrationFailed(setback.text))

    def _try_later(self, pause: float) -> None:
        self._set_timer(pause, self._register)

    def _unregister(self) -> None:
        """What may be bound, every contact of ours, is removed."""
        if not self._bound:
            self._end()
            return
        life = self._life
        contacts = [self._binding(contact, ";expires=0") for contact in sorted(self._bound)]
        self._send(contacts, 0, lambda outcome: self._end() if life == self._life else None)

    def _end(self) -> None:
        self._life += 1
        self._pending = False
        self._failures = self._too_brief = 0
        self._bound.clear()
        self.expires_at = None
        finished, self._finished = self._finished, None
        if self._timer:
            self._timer.cancel()
        self._change(RegistrationState.UNREGISTERED)
        if finished:
            finished()

    def _send(self, contacts: list[str], expires_s: int, done: Callable[[Outcome], None]) -> None:
        self._requester.send(lambda: self._make(contacts, expires_s), self.hop, OnFinal(done))

    def _make(self, contacts: list[str], expires_s: int) -> Request:
        self._cseq += 1
        request = Request(method="REGISTER", uri=self._uri)
        address = self._account.name_addr
        if self._account.route:
            request.add_header("Route", self._account.route)
        for name, value in (
            ("Max-Forwards", "70"),
            ("From", f"{address};tag={self._tag}"),
            ("To", address),
            ("Call-ID", self._call_id),
            ("CSeq", f"{self._cseq} REGISTER"),
            *(("Contact", contact) for contact in contacts),
            ("Expires", str(expires_s)),
        ):
            request.add_header(name, value)
        return request

    def _binding(self, contact: str, params: str = "") -> str:
        instance = f';+sip.instance="<{self._account.instance}>"' if self._account.instance else ""
        return f"<{contact}>{instance}{params}"

    @property
    def _server(self) -> str:
        registrar = self._account.registrar
        named = registrar is not None and registrar.host.strip("[]") != self.hop.host
        return f"{registrar.host} ({self.hop})" if registrar and named else str(self.hop)

    def _set_timer(self, delay: float, callback: Callable[[], None]) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._timers.call_later(delay, callback)

    def _change(self, state: RegistrationState, error: RegistrationFailed | None = None) -> None:
        changed = state is not self.state or str(error) != str(self.error)
        self.state, self.error = state, error
        if changed:
            self._listener.registration_changed(self)
