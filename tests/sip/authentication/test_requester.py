"""A challenged request is sent again; what cannot be answered, and everything else, is given to whoever asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phone_recorder.errors import SipError, SipTimeout
from phone_recorder.sip.authentication.authentication import Authenticator, Credentials
from phone_recorder.sip.authentication.home import Home
from phone_recorder.sip.authentication.requester import OnFinal, Requester, Sending
from phone_recorder.sip.hop import Hop
from phone_recorder.sip.messages.message import Request, Response

HOP = Hop("UDP", "192.0.2.9", 5060)
ASKED = ("WWW-Authenticate", 'Digest realm="r", nonce="{nonce}", qop="auth"')


class Transaction:
    """A transaction that does nothing by itself."""

    def __init__(self, request: Request, listener: Sending) -> None:
        self.request, self.listener = request, listener
        self.cancels = 0

    def cancel(self) -> None:
        self.cancels += 1


class Layer:
    """Keeps what is sent; the test answers. `at_once` is done while it is being sent."""

    def __init__(self) -> None:
        self.sent: list[Transaction] = []
        self.at_once: Callable[[Sending], None] = lambda listener: None

    def send_request(self, request: Request, hop: Hop, listener: Sending) -> Transaction:
        assert hop == HOP
        self.sent.append(Transaction(request, listener))
        transaction = self.sent[-1]
        self.at_once(listener)
        return transaction


class Asker:
    """Makes INVITEs, and hears what comes."""

    def __init__(self, credentials: Credentials | None = Credentials("u", "p")) -> None:  # noqa: B008
        self.layer = Layer()
        self.requester = Requester(self.layer, Authenticator(credentials, Home(HOP)))  # type: ignore[arg-type]
        self.made = 0
        self.heard: list[int | str] = []
        self.left: list[int] = []

    def send(self) -> Sending:
        return self.requester.send(self.make, HOP, self, self.on_sent)

    def make(self) -> Request:
        self.made += 1
        request = Request(method="INVITE", uri="sip:2@192.0.2.9")
        request.add_header("CSeq", f"{self.made} INVITE")
        return request

    def on_sent(self, request: Request) -> None:
        assert request.cseq is not None
        self.left.append(request.cseq.seq)
        assert len(self.layer.sent) < len(self.left)

    def response(self, response: Response) -> None:
        self.heard.append(response.status_code)

    def failed(self, error: SipError) -> None:
        self.heard.append(str(error))

    def answer(self, status: int, *headers: tuple[str, str]) -> None:
        response = Response(status_code=status)
        for name, value in headers:
            response.add_header(name, value)
        self.layer.sent[-1].listener.response(response)

    def challenge(self, nonce: str, status: int = 401, more: str = "") -> None:
        self.answer(status, (ASKED[0], ASKED[1].format(nonce=nonce) + more))


def authorization(asker: Asker, number: int = -1) -> str:
    return asker.layer.sent[number].request.get_header("Authorization") or ""


def test_a_challenge_is_answered_by_a_fresh_request_and_is_not_heard() -> None:
    asker = Asker()
    sending = asker.send()
    assert authorization(asker) == ""
    asker.answer(180)
    asker.challenge("n1")
    asker.answer(200)
    assert (asker.heard, asker.left, asker.made) == ([180, 200], [1, 2], 2)
    assert 'nonce="n1"' in authorization(asker)
    assert sending.request is asker.layer.sent[1].request


def test_the_next_request_is_authorised_before_it_is_asked() -> None:
    asker = Asker()
    asker.send()
    asker.challenge("n1")
    asker.answer(200)
    asker.send()
    assert "nc=00000002" in authorization(asker)
    assert asker.made == 3


def test_a_challenge_is_answered_three_times_and_the_fourth_is_handed_on() -> None:
    asker = Asker()
    asker.send()
    for number in range(4):
        asker.challenge(f"n{number}", more=", stale=true")
    assert (asker.heard, asker.made) == ([401], 4)


@pytest.mark.parametrize("status", [401, 407])
def test_without_credentials_a_challenge_is_handed_on(status: int) -> None:
    asker = Asker(None)
    asker.send()
    asker.challenge("n1", status)
    assert (asker.heard, asker.made) == ([status], 1)


def test_a_refused_password_is_handed_on() -> None:
    asker = Asker()
    asker.send()
    asker.challenge("n1")
    asker.challenge("n2")
    assert (asker.heard, asker.made) == ([401], 2)


def test_the_nonce_that_a_final_answer_gives_is_used_next() -> None:
    asker = Asker()
    asker.send()
    asker.challenge("n1")
    asker.answer(200, ("Authentication-Info", 'nextnonce="n9"'))
    asker.send()
    assert 'nonce="n9"' in authorization(asker)


def test_failures_and_other_refusals_are_handed_on() -> None:
    asker = Asker()
    asker.send()
    asker.answer(404)
    asker.layer.sent[-1].listener.failed(SipTimeout("nobody"))
    assert asker.heard == [404, "nobody"]


def test_a_cancel_goes_to_the_transaction_that_runs() -> None:
    asker = Asker()
    sending = asker.send()
    asker.challenge("n1")
    sending.cancel()
    assert [transaction.cancels for transaction in asker.layer.sent] == [0, 1]


def test_after_a_cancel_a_challenge_is_not_answered_but_handed_on() -> None:
    asker = Asker()
    asker.send().cancel()
    asker.challenge("n1")
    assert (asker.heard, asker.made) == ([401], 1)


def test_a_cancel_while_it_is_being_sent_reaches_the_transaction() -> None:
    asker = Asker()
    asker.layer.at_once = lambda listener: listener.cancel()
    asker.send()
    assert asker.layer.sent[-1].cancels == 1


def test_a_challenge_while_it_is_being_sent_leaves_the_newer_transaction_to_be_cancelled() -> None:
    asker = Asker()

    def answer_first(listener: Sending) -> None:
        asker.layer.at_once = lambda listener: None
        asker.challenge("n1")

    asker.layer.at_once = answer_first
    sending = asker.send()
    sending.cancel()
    assert [transaction.cancels for transaction in asker.layer.sent] == [0, 1]


def test_on_final_speaks_once_and_of_final_answers_alone() -> None:
    heard: list[int] = []
    listener = OnFinal(lambda outcome: heard.append(outcome.status_code if isinstance(outcome, Response) else 0))
    for status in (180, 200, 200):
        listener.response(Response(status_code=status))
    listener.failed(SipTimeout("late"))
    assert heard == [200]
