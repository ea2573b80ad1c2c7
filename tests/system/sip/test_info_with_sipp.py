"""The phone asks a SIP server to record: sipp takes it, challenges, refuses, ignores it, is late, or gone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.call import Document
from tests.system.sip.our_phone import OurPhone, prompts
from tests.system.sip.sipp import PASSWORD, USER, Part, Sipp, challenge

pytestmark = pytest.mark.live
ASKING = "Asking the SIP server to record"
RUNNING = "The SIP server is recording"
STOPPING = "Asking the SIP server to stop recording"
STOPPED = "The SIP server has stopped recording"
REFUSED = "Recording failed: the SIP server refused to record: "
ON, OFF, END = Part("info", RECORD="on"), Part("info", RECORD="off"), Part("end")


def asked(
    tmp_path: Path, server: Sequence[Part], *words: str, keys: str, duration_s: float = 2.0, code: int = 0
) -> tuple[Document, Sipp, OurPhone]:
    """A call to a server, which must find all as its scenario has it: what the phone tells of it."""
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    account = ("--user", USER, "--password-file", str(password), "--keys", keys, "--duration", str(duration_s))
    with (
        Sipp(tmp_path, [Part("answer"), *server]) as sipp,
        OurPhone(tmp_path, "tone:440", *account, *words, to=sipp.uri(), mode="sip-info") as ours,
    ):
        document = ours.document(code)
        sipp.finish()
    return document, sipp, ours


def last(document: Document) -> tuple[str, str, str]:
    """What the screen shows at the end."""
    screen = document["screen"][-1]
    return screen["icon"], screen["lamp"], screen["prompt"]


def seconds_of(document: Document, prompt: str) -> float:
    """When this came to the screen."""
    return next(float(screen["t"]) for screen in document["screen"] if screen["prompt"].startswith(prompt))


def test_on_and_off_are_acknowledged_and_shown(tmp_path: Path) -> None:
    document, sipp, _ = asked(tmp_path, [ON, OFF, END], keys="0.3 record, 1.3 record")
    assert [prompt for prompt in prompts(document) if prompt] == [ASKING, RUNNING, STOPPING, STOPPED]
    [recording] = document["recordings"]
    assert (recording["state"], recording["mode"], recording["parts"]) == ("recorded", "sip_info", [])
    assert 0.8 <= recording["duration_s"] <= 1.1
    messages = sipp.messages()
    assert messages.index("\nACK sip:") < messages.index("\nINFO sip:"), "not before the ACK has left"


def test_at_the_end_of_the_call_nothing_more_is_sent(tmp_path: Path) -> None:
    document, sipp, _ = asked(tmp_path, [ON, END], keys="0.3 record")
    assert len(sipp.received("INFO")) == 1
    assert last(document) == ("idle", "off", STOPPED)


@pytest.mark.parametrize("status", ["401 Unauthorized", "407 Proxy Authentication Required"])
def test_a_challenge_is_answered_and_nobody_sees_it(tmp_path: Path, status: str) -> None:
    document, sipp, ours = asked(tmp_path, [challenge(status), OFF, END], keys="0.3 record, 1.3 record")
    assert [prompt for prompt in prompts(document) if prompt] == [ASKING, RUNNING, STOPPING, STOPPED]
    assert sipp.credentials_are_right("INFO", which=1)
    assert PASSWORD not in ours.program.text() + ours.traced()
    assert 'response="***"' in ours.traced() or "response=***" in ours.traced()


@pytest.mark.parametrize(
    "status",
    ["403 Forbidden", "481 Call/Transaction Does Not Exist", "488 Not Acceptable Here", "500 Server Error", "503 Busy"],
)
def test_a_refusal_is_shown_with_the_servers_words_and_the_call_goes_on(tmp_path: Path, status: str) -> None:
    server = [Part("info", RECORD="on", STATUS=status), END]
    document, sipp, _ = asked(tmp_path, server, keys="0.3 record", code=1)
    assert last(document) == ("failed", "off", REFUSED + status)
    assert document["duration_s"] == pytest.approx(2.0, abs=0.1)
    assert len(sipp.received("INFO")) == 1
    assert RUNNING not in prompts(document)


def test_after_a_refusal_the_next_press_asks_anew(tmp_path: Path) -> None:
    server = [Part("info", RECORD="on", STATUS="403 Forbidden"), ON, END]
    document, _, _ = asked(tmp_path, server, keys="0.3 record, 1 record", code=1)
    assert [recording["state"] for recording in document["recordings"]] == ["failed", "recorded"]


def test_a_server_that_says_nothing_is_shown_in_time_and_the_call_goes_on(tmp_path: Path) -> None:
    server = [Part("info_ignored"), END]
    document, _, _ = asked(tmp_path, server, "--info-timeout", "1", keys="0.3 record", duration_s=3, code=1)
    assert last(document) == ("failed", "off", "Recording failed: the SIP server does not answer")
    assert 1.2 <= seconds_of(document, "Recording failed") <= 1.6


def test_an_answer_that_is_late_counts_from_when_it_comes(tmp_path: Path) -> None:
    server = [Part("info_late", LATE_MS=900), OFF, END]
    document, _, _ = asked(tmp_path, server, keys="0.2 record, 2 record", duration_s=2.5)
    assert 1.0 <= seconds_of(document, RUNNING) <= 1.5
    [recording] = document["recordings"]
    assert 0.5 <= recording["duration_s"] <= 1.0


def test_an_answer_that_comes_after_we_have_given_up_is_taken_back(tmp_path: Path) -> None:
    """A server that records after all, when nobody shows it, is told off."""
    server = [Part("info_late", LATE_MS=1800), OFF, END]
    document, _, _ = asked(tmp_path, server, "--info-timeout", "1", keys="0.3 record", duration_s=3.5, code=1)
    assert last(document) == ("failed", "off", "Recording failed: the SIP server does not answer")


def test_a_second_press_before_the_answer_takes_it_back(tmp_path: Path) -> None:
    server = [Part("info_late", LATE_MS=700), OFF, END]
    document, sipp, _ = asked(tmp_path, server, keys="0.3 record, 0.5 record", code=1)
    assert len({message.split("CSeq:")[1].split()[0] for message in sipp.received("INFO")}) == 2
    assert [recording["state"] for recording in document["recordings"]] == ["cancelled"]
    assert RUNNING not in prompts(document)


def test_the_call_ends_while_the_server_is_asked(tmp_path: Path) -> None:
    document, sipp, _ = asked(tmp_path, [Part("info_then_bye")], keys="0.3 record", duration_s=10, code=1)
    assert document["duration_s"] < 2
    assert len(sipp.received("INFO")) == 1
    assert [recording["state"] for recording in document["recordings"]] in (["cancelled"], ["failed"])


def test_the_call_is_put_on_hold_while_the_server_is_asked(tmp_path: Path) -> None:
    server = [Part("info_then_reinvite", DIRECTION="sendonly"), OFF, END]
    document, _, _ = asked(tmp_path, server, keys="0.3 record, 1.3 record")
    assert [prompt for prompt in prompts(document) if prompt] == [ASKING, RUNNING, STOPPING, STOPPED]


def test_we_hold_while_the_server_records(tmp_path: Path) -> None:
    held = Part("answer_reinvite", OFFERED="a=sendonly", DIRECTION="recvonly")
    server = [ON, held, Part("answer_reinvite", OFFERED="a=sendrecv"), OFF, END]
    document, _, _ = asked(tmp_path, server, keys="0.2 record, 0.6 hold, 1 unhold, 1.5 record")
    assert last(document) == ("idle", "off", STOPPED)


def test_a_server_cannot_pause(tmp_path: Path) -> None:
    document, sipp, _ = asked(tmp_path, [ON, END], keys="0.3 record, 1 pause")
    assert "The SIP server cannot pause a recording" in prompts(document)
    assert len(sipp.received("INFO")) == 1


def test_the_headers_words_are_settings(tmp_path: Path) -> None:
    words = ("--info-header", "X-Record-Me", "--info-on", "yes", "--info-off", "no")
    server = [Part("info_any"), Part("info_any"), END]
    _, sipp, _ = asked(tmp_path, server, *words, keys="0.3 record, 1 record")
    first, second = sipp.received("INFO")
    assert "\nX-Record-Me: yes\n" in first
    assert "\nX-Record-Me: no\n" in second
