"""Our phone and sipp: its own scenarios and ours, while the call is recorded. EDGE-CASES M3, M12, M13."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.call import Document
from tests.system.sip.our_phone import OurPhone, found_in
from tests.system.sip.programs import HOST
from tests.system.sip.sipp import Part, Sipp, Spoken
from tests.system.sip.voices import taking_turns, voice

pytestmark = pytest.mark.live
HANG_UP = Part("hang_up")


def the_recording(document: Document) -> Document:
    [recording] = document["recordings"]
    assert recording["state"] == "recorded"
    found: Document = recording
    return found


def far_stream(recording: Document) -> Document:
    [stream] = [stream for stream in recording["streams"] if stream["name"] == "far"]
    found: Document = stream
    return found


def calls_us(
    tmp_path: Path, scenario: Sequence[Part] | str, *words: str, **spoken: Spoken
) -> tuple[OurPhone, Document]:
    """A call of sipp's to our phone, which records it from its beginning; it must be as the scenario has it."""
    near, _ = taking_turns(tmp_path)
    with (
        OurPhone(tmp_path, near, *words) as ours,
        Sipp(tmp_path, scenario, target=f"{HOST}:{ours.port}", voices=spoken, words=("-d", "1500")) as sipp,
    ):
        sipp.finish()
        document = ours.document()
    return ours, document


def parts_of_a_voice(directory: Path) -> tuple[Path, Path]:
    """The far party says this first, and that after something has changed."""
    first = voice("far_en", directory / "first.wav", seconds=2, skip_s=2.2)
    return first, voice("far_zh", directory / "second.wav", seconds=2, skip_s=2.5)


def talk(voice_name: str, spoken: Spoken) -> Part:
    return Part("play", VOICE=voice_name, FOR_MS=spoken.duration_ms)


def test_we_call_sipps_own_uas(tmp_path: Path) -> None:
    near, _ = taking_turns(tmp_path)
    with (
        Sipp(tmp_path, "uas") as sipp,
        OurPhone(tmp_path, near, "--duration", 3, to=sipp.uri()) as ours,
    ):
        recording = the_recording(ours.document())
        sipp.finish()
    assert found_in(recording, near).share > 0.6, "as far as it was said"
    assert abs(recording["duration_s"] - 3) < 0.2
    assert far_stream(recording)["received"] == 0


def test_sipps_own_uac_calls_us(tmp_path: Path) -> None:
    _, document = calls_us(tmp_path, "uac")
    assert abs(the_recording(document)["duration_s"] - 1.5) < 0.3
    assert document["sip"]["direction"] == "in"


CHANGES: dict[str, tuple[list[Part], dict[str, Any]]] = {
    "another port": ([Part("reinvite_port")], {}),
    "another SSRC": ([Part("reinvite", ANSWERED="a=sendrecv")], {"ssrc": 2, "sequence": 50000}),
    "another codec": (
        [Part("reinvite", PAYLOAD=8, CODEC="PCMA/8000", ANSWERED="m=audio [0-9]+ RTP/AVP 8")],
        {"codec": "PCMA"},
    ),
    "wideband": (
        [Part("reinvite", PAYLOAD=9, CODEC="G722/8000", ANSWERED="m=audio [0-9]+ RTP/AVP 9")],
        {"codec": "G722"},
    ),
    "hold": (
        [
            Part("reinvite", DIRECTION="sendonly", ANSWERED="a=recvonly"),
            Part("wait", FOR_MS=1000),
            Part("reinvite", ANSWERED="a=sendrecv"),
        ],
        {},
    ),
    "inactive": (
        [
            Part("reinvite", DIRECTION="inactive", ANSWERED="a=inactive"),
            Part("wait", FOR_MS=1000),
            Part("reinvite", ANSWERED="a=sendrecv"),
        ],
        {},
    ),
}


@pytest.mark.parametrize(
    ("change", "mode"), [*((change, "local") for change in CHANGES), ("another codec", "server"), ("hold", "server")]
)
def test_a_reinvite_does_not_break_the_recording(tmp_path: Path, change: str, mode: str) -> None:
    """Another port, SSRC or codec, or a hold in between: one recording, with all of what was said before and after."""
    parts, changed = CHANGES[change]
    first, second = parts_of_a_voice(tmp_path)
    before, after = Spoken(first), Spoken(second, **{"sequence": 2000} | changed)
    scenario = [Part("call"), talk("before", before), *parts, talk("after", after), HANG_UP]
    near = voice("near_en", tmp_path / "near.wav", seconds=0.3)
    with (
        OurPhone(tmp_path, near, mode=mode) as ours,
        Sipp(tmp_path, scenario, target=f"{HOST}:{ours.port}", voices={"before": before, "after": after}) as sipp,
    ):
        sipp.finish()
        document = ours.document()
    recording = the_recording(document)
    held_s = 1.0 if change in ("hold", "inactive") else 0.0
    assert abs(recording["duration_s"] - 4 - held_s) < 0.3
    earlier, later = found_in(recording, first), found_in(recording, second)
    assert earlier.share > 0.9 < later.share
    assert abs(later.at_s - earlier.at_s - 2 - held_s) < 0.15, "what was said later stands so much later"
    assert abs(earlier.drift_s) + abs(later.drift_s) < 0.021, "speed stays"
    assert ours.heard(first).share > 0.9 < ours.heard(second).share
    assert far_stream(recording)["bad"] == 0


def test_a_call_without_an_offer_is_recorded(tmp_path: Path) -> None:
    _, far = taking_turns(tmp_path)
    spoken = Spoken(far)
    _, document = calls_us(tmp_path, [Part("call_without_offer"), talk("far", spoken), HANG_UP], far=spoken)
    assert found_in(the_recording(document), far).share > 0.95


def test_a_call_that_is_cancelled_is_none_and_the_next_one_is_taken(tmp_path: Path) -> None:
    near, far = taking_turns(tmp_path)
    spoken = Spoken(far)
    with OurPhone(tmp_path, near, "--answer-after", 1) as ours:
        target = f"{HOST}:{ours.port}"
        with Sipp(tmp_path, [Part("call_cancelled", AFTER_MS=200)], target=target, name="cancels") as first:
            first.finish()
        scenario = [Part("call"), talk("far", spoken), HANG_UP]
        with Sipp(tmp_path, scenario, target=target, voices={"far": spoken}) as second:
            second.finish()
        recording = the_recording(ours.document())
    assert found_in(recording, far).share > 0.95


def test_a_second_call_meanwhile_finds_us_busy(tmp_path: Path) -> None:
    near, _ = taking_turns(tmp_path)
    with OurPhone(tmp_path, near) as ours:
        target = f"{HOST}:{ours.port}"
        talks = [Part("call"), Part("wait", FOR_MS=1500), HANG_UP]
        with Sipp(tmp_path, talks, target=target) as first:
            first.program.until(lambda: "ACK sip" in first.messages(), "the first call")
            with Sipp(tmp_path, [Part("call_refused", STATUS=486)], target=target, name="second") as second:
                second.finish()
            first.finish()
        assert abs(the_recording(ours.document())["duration_s"] - 1.5) < 0.3


def test_what_is_said_before_the_answer_is_not_recorded(tmp_path: Path) -> None:
    first, second = parts_of_a_voice(tmp_path)
    early, late = Spoken(first), Spoken(second, sequence=2000)
    scenario = [
        Part("answer_early", VOICE="early", FOR_MS=early.duration_ms),
        talk("late", late),
        Part("answerer_hangs_up"),
    ]
    with (
        Sipp(tmp_path, scenario, voices={"early": early, "late": late}) as sipp,
        OurPhone(tmp_path, "silence", to=sipp.uri()) as ours,
    ):
        recording = the_recording(ours.document())
        sipp.finish()
    assert found_in(recording, second).share > 0.9
    assert found_in(recording, first).share < 0.3
    assert abs(recording["duration_s"] - 2) < 0.3


def test_a_call_that_nobody_takes_is_an_error_with_its_reason(tmp_path: Path) -> None:
    with (
        Sipp(tmp_path, [Part("refuse", STATUS="486 Busy Here")]) as sipp,
        OurPhone(tmp_path, "silence", to=sipp.uri()) as ours,
    ):
        assert "is busy (486 Busy Here)" in ours.refusal(2)
        sipp.finish()
