"""How a call ended, and what that is called in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from phone_recorder.errors import CallFailed, SipError, SipTimeout
from phone_recorder.sip.messages.message import REASONS, Message, Response, stringify_uri
from phone_recorder.wire.printable import printable

Ender = Literal["us", "peer", "network"]


@dataclass(frozen=True, slots=True)
class CallEnd:
    """Why a call is over. `status` is 200 if it was answered and then hung up, 0 if the peer could not be reached.

    `reason` is safe to show. `by`: who ended it; "network" if nobody wanted that.
    """

    status: int
    reason: str
    by: Ender

    @property
    def failed(self) -> bool:
        """Whether it ended as nobody wanted, or before it was answered."""
        return self.status != 200 or self.by == "network"

    def error(self, target: str) -> CallFailed:
        """The end of a call to `target` that did not come about, as a sentence."""
        meaning = MEANINGS.get(self.status)
        words = f"{self.status} {self.reason}" if self.status else self.reason
        return CallFailed(
            f"{printable(target)} {meaning} ({words})" if meaning else f"the call failed: {words}", self.status
        )


MEANINGS = {
    401: "wants a user name and a password, and does not take ours",
    403: "is not for us to call",
    404: "is not known to the SIP server",
    407: "is reached through a proxy that does not take our user name and password",
    408: "does not answer",
    410: "is not there any more",
    480: "cannot be reached just now",
    484: "is not a whole number",
    486: "is busy",
    487: "was not called any longer",
    488: "and this phone have no codec in common",
    600: "is busy",
    603: "does not want to answer",
    604: "does not exist",
    606: "and this phone have no codec in common",
}
"""What the final answers that a user is likely to see say of whom was called (RFC 3261 section 21)."""


def named(status: int, by: Ender, reason: str = "") -> CallEnd:
    """An end with the usual words for its status."""
    return CallEnd(status, reason or REASONS.get(status, "no reason given"), by)


def refused(response: Response) -> CallEnd:
    """A final answer that is no 2xx; of a 3xx it says where to, since this phone does not follow it."""
    words = printable(response.reason_phrase) or REASONS.get(response.status_code, "no reason given")
    if response.status_code < 400:
        places = ", ".join(printable(stringify_uri(contact.uri)) for contact in response.contact[:3])
        words += f": the call is sent on to {places or 'nowhere'}, which this phone does not follow"
    return CallEnd(response.status_code, words, "peer")


def unanswered(error: SipError) -> CallEnd:
    """No final answer: 408 where time ran out (RFC 3261 section 8.1.3.1), 0 where there was no way."""
    return CallEnd(408 if isinstance(error, SipTimeout) else 0, printable(str(error)), "network")


def hung_up(bye: Message) -> CallEnd:
    """The peer's BYE; its Reason, where it gives one (RFC 3326)."""
    return CallEnd(200, printable(bye.get_header("Reason") or "the other phone hung up"), "peer")
