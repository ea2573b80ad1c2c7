"""The way that a dialog's requests take: each to the hop that its next URI names, none before an earlier one.

A name may have to be looked up; an ACK that waits for that must not be overtaken by a BYE.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from phone_recorder.errors import SipUnreachable
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.address import SIP_SCHEMES
from phone_recorder.sip.messages.message import SipUri

Send = Callable[[Hop], None]
Locate = Callable[[SipUri, Callable[[Hop], None], Callable[[SipUnreachable], None]], None]
"""Finds the hop of a URI: calls back with it, or with why there is none, at once where it is known."""


class Path:
    """`known` is where the dialog's first message went or came from: it takes what has no hop of its own.

    A Contact may bear a name that only the peer's own network knows.
    """

    def __init__(self, locate: Locate, known: Hop) -> None:
        self.known = known
        self._locate = locate
        self._waiting: deque[tuple[SipUri, Send]] = deque()

    def send(self, uri: SipUri, send: Send) -> None:
        """Call `send` with the hop of `uri`, at once if it can be."""
        self._waiting.append((uri, send))
        if len(self._waiting) == 1:
            self._look_up()

    def _look_up(self) -> None:
        uri, _ = self._waiting[0]
        if uri.scheme in SIP_SCHEMES:
            self._locate(uri, self._found, lambda error: self._found(self.known))
        else:
            self._found(self.known)

    def _found(self, hop: Hop) -> None:
        _, send = self._waiting.popleft()
        send(hop)
        if self._waiting:
            self._look_up()
