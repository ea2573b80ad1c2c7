"""Why a registrar did not take this phone, in words that say what to do, and when it is worth another try."""

from __future__ import annotations

from dataclasses import dataclass

from phone_recorder.errors import SipError, SipTimeout
from phone_recorder.sip.authentication.authentication import can_be_answered
from phone_recorder.sip.messages.message import Response
from phone_recorder.sip.registration.bindings import seconds
from phone_recorder.wire.printable import printable

LONG_PAUSE_S = 300.0
"""After what will not mend itself; a registrar locks out whoever asks with a wrong password too often."""
LONGEST_RETRY_AFTER_S = 3600.0
MOST_BACK_OFF_S = 300.0

PASSING = {408, 480, 500, 502, 503, 504}
"""These may be over in a moment."""

TEXTS = {
    401: "{server} refuses {user}: wrong user name or password",
    403: "{server} does not let {user} register ({answer}): check the user name and the password",
    404: "{server} knows no user {user} ({answer}): check the user name and the server's address",
    405: "{server} is no registrar ({answer}): give the address of one, or do not register",
    408: "no answer at {server} ({answer}): try again later",
    423: "{server} asks for a longer registration than this phone makes ({answer})",
    501: "{server} is no registrar ({answer}): give the address of one, or do not register",
    503: "{server} takes no registrations now ({answer}): try again later",
}
NO_PASSWORD = "{server} wants a password for {user}, and none is set"
OTHER_PROOF = (
    "{server} wants {user} to log in in a way that this phone cannot ({answer}):"
    " have it take Digest with MD5 or SHA-256"
)
ELSEWHERE = "{server} sends {user} elsewhere ({answer}), which is not followed: register there"
OTHERWISE = "{server} does not register {user}: {answer}"
NOT_KEPT = "{server} said yes to {user}, but keeps no address of this phone: calls cannot come in"
NO_ANSWER = "no answer at {server}: check its address, port and transport"


@dataclass(frozen=True, slots=True)
class Setback:
    """`pause_s` before the next try; None: as the back-off has it."""

    text: str
    pause_s: float | None = None


def of_answer(response: Response, server: str, user: str, has_password: bool) -> Setback:
    """A final answer other than 2xx. `server` is what to call the registrar."""
    status = response.status_code
    text = _template(response, has_password)
    answer = printable(f"{status} {response.reason_phrase}".rstrip())
    pause = None if status in PASSING else LONG_PAUSE_S
    wanted = seconds(response.get_header("Retry-After"), 0)
    if wanted:
        pause = min(float(wanted), LONGEST_RETRY_AFTER_S)
    return Setback(text.format(server=server, user=printable(user), answer=answer), pause)


def of_error(error: SipError, server: str) -> Setback:
    """No answer at all."""
    text = NO_ANSWER.format(server=server) if isinstance(error, SipTimeout) else f"cannot register: {error}"
    return Setback(text)


def not_kept(server: str, user: str) -> Setback:
    """A 2xx without our binding."""
    return Setback(NOT_KEPT.format(server=server, user=printable(user)), LONG_PAUSE_S)


def back_off(failures: int) -> float:
    """Seconds before the next try after so many failures on end: 2, 4, 8 ... 300."""
    return float(min(2 ** min(failures, 9), MOST_BACK_OFF_S))


def _template(response: Response, has_password: bool) -> str:
    status = response.status_code
    if status in (401, 407):
        refused = TEXTS[401] if can_be_answered(response) else OTHER_PROOF
        return refused if has_password else NO_PASSWORD
    if status < 400:
        return ELSEWHERE
    return TEXTS.get(status, OTHERWISE)
