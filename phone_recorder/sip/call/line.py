"""What we send within one dialog: each request with the next CSeq, along the dialog's path."""

from __future__ import annotations

from collections.abc import Callable

from phone_recorder.sip.authentication.requester import OnFinal, Outcome, Sending
from phone_recorder.sip.call.dialog import Dialog
from phone_recorder.sip.call.ground import Ground, Headers
from phone_recorder.sip.call.path import Path
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request


def nothing(outcome: Outcome) -> None:
    """For those who do not want to know."""


class Line:
    """A dialog, and its path. `known` is the hop that the dialog began with."""

    def __init__(self, ground: Ground, dialog: Dialog, known: Hop) -> None:
        self.dialog = dialog
        self.ground = ground
        self._path = Path(ground.locate, known)
        self._asked: dict[int, Sending] = {}  # what has no final answer, by our first CSeq of it

    @property
    def known(self) -> Hop:
        """The hop that the dialog began with."""
        return self._path.known

    def send(self, send: Callable[[Hop], None]) -> None:
        """Call `send` when it is its turn, with the hop that the dialog's requests now go to."""
        self._path.send(self.dialog.next_uri, send)

    def ask(self, method: str, done: Callable[[Outcome], None], headers: Headers = ()) -> None:
        """A request without a body; `done` hears of its end, challenges answered."""
        self.send(lambda hop: self._ask(method, headers, hop, done))

    def bye(self, done: Callable[[Outcome], None] = nothing) -> None:
        """Leave (RFC 3261 section 15). What is challenged from now on is not sent again: nothing follows a BYE."""
        for sending in self._asked.values():
            sending.cancel()
        self.ask("BYE", done)

    def acknowledge(self, invite: Request) -> Callable[[], None]:
        """Send the ACK of a 2xx, and give what sends the same again for each copy of the 2xx (section 13.2.2.4)."""
        ack = self.dialog.ack(invite)
        copies: list[Callable[[], None]] = []
        self.send(lambda hop: copies.append(self.ground.layer.send_ack(ack, hop)))

        def again() -> None:
            # There is none as long as its hop is being looked up: then the first is still to come.
            for send_copy in copies:
                send_copy()

        return again

    def _ask(self, method: str, headers: Headers, hop: Hop, done: Callable[[Outcome], None]) -> None:
        def make() -> Request:
            request = self.dialog.request(method)
            for name, value in headers:
                request.add_header(name, value)
            return request

        def ended(outcome: Outcome) -> None:
            self._asked.pop(number, None)
            done(outcome)

        number = self.dialog.local_sequence + 1
        self._asked[number] = self.ground.requester.send(make, hop, OnFinal(ended))
