"""Our phone and linphone, as a second opinion: called and calling, registered or not, held, recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.sip.kamailio import Kamailio
from tests.system.sip.linphone import Linphone
from tests.system.sip.our_phone import OurPhone, found_in, prompts
from tests.system.sip.voices import taking_turns

pytestmark = pytest.mark.live
HEARD = 0.5
"""As much as its jitter buffer leaves of a voice: it drops and stretches when a call begins, and when it is late."""
CALL_S = 5.5
LENGTH = ("--duration", CALL_S)


@pytest.mark.parametrize(
    ("transport", "codec", "mode"), [("udp", "PCMU", "local"), ("tcp", "PCMA", "server"), ("tls", "G722", "local")]
)
def test_we_call_by_kamailio_and_both_voices_are_in_the_recording(
    tmp_path: Path, transport: str, codec: str, mode: str
) -> None:
    near, far = taking_turns(tmp_path)
    with (
        Kamailio(tmp_path) as kamailio,
        Linphone(tmp_path, "103", far, kamailio=kamailio, transport=transport, codec=codec) as theirs,
        OurPhone(tmp_path, near, *LENGTH, to="103", kamailio=kamailio, transport=transport, mode=mode) as ours,
    ):
        document = ours.document()
        theirs.until_ended()
    [recording] = document["recordings"]
    assert recording["state"] == "recorded"
    assert found_in(recording, near).share > 0.9 < found_in(recording, far).share
    assert ours.heard(far).share > 0.9
    assert theirs.found(near).share > HEARD


def test_it_calls_us(tmp_path: Path) -> None:
    near, far = taking_turns(tmp_path)
    with (
        OurPhone(tmp_path, near, *LENGTH) as ours,
        Linphone(tmp_path, "103", far) as theirs,
    ):
        theirs.dial(ours.uri())
        document = ours.document()
        theirs.until_ended()
    [recording] = document["recordings"]
    assert found_in(recording, near).share > 0.9 < found_in(recording, far).share
    assert ours.heard(far).share > 0.9
    assert theirs.found(near).share > HEARD


def test_it_holds_and_resumes_and_hangs_up(tmp_path: Path) -> None:
    near, far = taking_turns(tmp_path)
    with (
        Linphone(tmp_path, "103", far) as theirs,
        OurPhone(tmp_path, near, to=theirs.uri()) as ours,
    ):
        ours.until_recorded(4.6)
        theirs.hold()
        ours.program.until(lambda: ours.traced().count("| INVITE sip:") == 2, "it holds")
        theirs.program.until_said("is now paused")
        theirs.resume()
        ours.program.until(lambda: ours.traced().count("| INVITE sip:") == 3, "it resumes")
        ours.until_recorded(6)
        theirs.hang_up()
        document = ours.document()
    [recording] = document["recordings"]
    assert (recording["state"], len(recording["parts"])) == ("recorded", 1)
    assert found_in(recording, near).share > 0.9 < found_in(recording, far).share


def test_we_hold_and_resume(tmp_path: Path) -> None:
    near, far = taking_turns(tmp_path)
    keys = ("--keys", "0 record, 4.8 hold, 5.4 unhold")
    with (
        Linphone(tmp_path, "103", far) as theirs,
        OurPhone(tmp_path, near, "--duration", 6.5, *keys, to=theirs.uri()) as ours,
    ):
        document = ours.document()
        theirs.until_ended()
    [recording] = document["recordings"]
    assert abs(recording["duration_s"] - 6.5) < 0.2
    assert found_in(recording, near).share > 0.9 < found_in(recording, far).share


def test_an_info_to_linphone_is_answered_and_the_call_goes_on(tmp_path: Path) -> None:
    near, far = taking_turns(tmp_path)
    with (
        Linphone(tmp_path, "103", far) as theirs,
        OurPhone(tmp_path, near, *LENGTH, "--keys", "1 record", to=theirs.uri(), mode="sip-info") as ours,
    ):
        document = ours.document()
        theirs.until_ended()
    assert "The SIP server is recording" in prompts(document)
    assert ours.heard(far).share > 0.9
    assert theirs.found(near).share > HEARD
