"""Our phone and baresip: audio both ways, recorded in each mode, both voices found again in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.call import Document
from tests.system.sip.baresip import Baresip
from tests.system.sip.our_phone import OurPhone, found_in, prompts
from tests.system.sip.voices import find, samples_of, taking_turns, write_wav

pytestmark = pytest.mark.live
CALL_S = 5.5
LENGTH = ("--duration", CALL_S)


def assert_all_heard(ours: OurPhone, document: Document, theirs: Baresip, near: Path, far: Path) -> None:
    """Each has heard the other, and the recording has both."""
    [recording] = document["recordings"]
    assert recording["state"] == "recorded"
    assert found_in(recording, near).share > 0.95
    assert found_in(recording, far).share > 0.95
    assert ours.heard(far).share > 0.95
    assert theirs.found(near).share > 0.95


@pytest.mark.parametrize(
    ("mode", "codec"), [("local", "PCMU"), ("local", "PCMA"), ("local", "G722"), ("server", "PCMU"), ("server", "G722")]
)
def test_we_call_and_both_voices_are_in_the_recording(tmp_path: Path, mode: str, codec: str) -> None:
    near, far = taking_turns(tmp_path)
    with (
        Baresip(tmp_path, "102", far, codec=codec) as theirs,
        OurPhone(tmp_path, near, *LENGTH, "--codec", codec, to=theirs.uri(), mode=mode) as ours,
    ):
        document = ours.document()
        theirs.until_event("CALL_CLOSED")
    assert_all_heard(ours, document, theirs, near, far)
    assert document["sip"]["direction"] == "out"
    [recording] = document["recordings"]
    assert abs(recording["duration_s"] - CALL_S) < 0.2
    [stream] = [stream for stream in recording["streams"] if stream["name"] == "far"]
    assert (stream["lost"], stream["late"], stream["bad"]) == (0, 0, 0)


@pytest.mark.parametrize("mode", ["local", "server"])
def test_we_are_called(tmp_path: Path, mode: str) -> None:
    near, far = taking_turns(tmp_path)
    with (
        OurPhone(tmp_path, near, *LENGTH, mode=mode) as ours,
        Baresip(tmp_path, "102", far) as theirs,
    ):
        theirs.dial(ours.uri())
        document = ours.document()
        theirs.until_event("CALL_CLOSED")
    assert_all_heard(ours, document, theirs, near, far)


def test_a_recording_in_another_codec_than_the_calls(tmp_path: Path) -> None:
    near, far = taking_turns(tmp_path)
    with (
        Baresip(tmp_path, "102", far, codec="G722") as theirs,
        OurPhone(tmp_path, near, *LENGTH, "--codec", "PCMA", to=theirs.uri()) as ours,
    ):
        document = ours.document()
        theirs.until_event("CALL_CLOSED")
    assert_all_heard(ours, document, theirs, near, far)
    assert document["recordings"][0]["codec"] == "PCMA"


def test_they_hang_up_and_the_recording_is_whole(tmp_path: Path) -> None:
    near, far = taking_turns(tmp_path)
    with (
        Baresip(tmp_path, "102", far) as theirs,
        OurPhone(tmp_path, near, to=theirs.uri()) as ours,
    ):
        theirs.until_heard(CALL_S - 0.5)
        theirs.hang_up()
        document = ours.document()
    assert_all_heard(ours, document, theirs, near, far)


def test_they_hold_and_resume_and_the_recording_goes_on(tmp_path: Path) -> None:
    """M12: the hold is in the file, as their silence; ours goes on from where it was."""
    near, far = taking_turns(tmp_path)
    with (
        Baresip(tmp_path, "102", far) as theirs,
        OurPhone(tmp_path, near, "--duration", 7, to=theirs.uri()) as ours,
    ):
        theirs.until_heard(4.5)
        theirs.hold()
        theirs.program.until_said("^a=recvonly")
        theirs.resume()
        document = ours.document()
    [recording] = document["recordings"]
    assert (recording["state"], len(recording["parts"])) == ("recorded", 1)
    assert abs(recording["duration_s"] - 7) < 0.2
    assert found_in(recording, near).share > 0.95
    assert found_in(recording, far).share > 0.95


def test_we_hold_and_resume_and_the_recording_goes_on(tmp_path: Path) -> None:
    near, far = taking_turns(tmp_path)
    keys = ("--keys", "0 record, 4.8 hold, 5.8 unhold")
    with (
        Baresip(tmp_path, "102", far) as theirs,
        OurPhone(tmp_path, near, "--duration", 7, *keys, to=theirs.uri()) as ours,
    ):
        document = ours.document()
        theirs.until_event("CALL_CLOSED")
        log = theirs.program.text()
    [recording] = document["recordings"]
    assert (recording["state"], len(recording["parts"])) == ("recorded", 1)
    assert abs(recording["duration_s"] - 7) < 0.2
    assert log.index("a=sendonly") < log.rindex("a=sendrecv")
    assert found_in(recording, near).share > 0.95
    assert found_in(recording, far).share > 0.95


def test_a_bodyless_info_that_baresip_refuses_is_shown_and_the_call_goes_on(tmp_path: Path) -> None:
    near, far = taking_turns(tmp_path)
    with (
        Baresip(tmp_path, "102", far) as theirs,
        OurPhone(tmp_path, near, *LENGTH, "--keys", "1 record", to=theirs.uri(), mode="sip-info") as ours,
    ):
        document = ours.document(1)
        theirs.until_event("CALL_CLOSED")
    assert "Recording failed: the SIP server refused to record: 488" in prompts(document)[-1]
    assert ours.heard(far).share > 0.95
    assert theirs.found(near).share > 0.95


def test_what_baresip_says_is_found_nowhere_else(tmp_path: Path) -> None:
    """That a voice is not found where it is not: without it all of the above would prove nothing."""
    near, far = taking_turns(tmp_path)
    path = tmp_path / "silence.wav"
    write_wav(path, samples_of(near), 8000)
    assert find(samples_of(far), samples_of(path)).share < 0.3
