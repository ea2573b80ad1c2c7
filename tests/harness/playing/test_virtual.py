"""Cases played: what `call --fast` records is recorded, and steps come when they are due."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.run import run_fast
from phone_recorder.harness.evidence import Evidence, Moment
from phone_recorder.harness.playing.course import NeverOver
from phone_recorder.harness.scenario.actions import (
    ClockJump,
    Network,
    Press,
    RtpFault,
    ServerActs,
    SipActs,
    Standstill,
    Stick,
    Talk,
)
from phone_recorder.harness.scenario.case import CallPlan, PartyPlan, StickPlan
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.record import RecordSettings, ServerSettings
from tests.harness.playing.cases import FAR, NEAR, RECORD, SEED, SERVER, SIP, audio, case, played, states

SECOND = 8000
KEYS = "0.5 record, 1.011 pause, 2.017 resume, 4 stop"
PRESSES = ((0.5, Press("record")), (1.011, Press("pause")), (2.017, Press("resume")), (4, Press("stop")))


@pytest.mark.parametrize("pause", ["skip", "silence"])
@pytest.mark.parametrize("mode", ["local", "server"])
def test_the_same_call_as_call_fast_leaves_the_same_audio(tmp_path: Path, mode: Any, pause: Any) -> None:
    evidence = played(tmp_path / "case", case(*PRESSES, settings={"record.mode": mode, "record.pause": pause}))
    settings = RecordSettings(mode=mode, pause=pause)
    request = CallRequest(
        usb=tmp_path / "fast", settings=settings, near=NEAR, far=FAR, duration_s=5, keys=KEYS, seed=SEED
    )
    (tmp_path / "fast").mkdir()
    [recording] = run_fast(request, tmp_path / "fast").document()["recordings"]
    [part] = recording["parts"]
    assert audio(evidence) == Path(part["path"]).read_bytes()[76:] != b""
    [recorded] = evidence.recordings
    for key in ("state", "reason", "duration_s", "paused_s", "gaps", "streams"):
        assert recorded.account[key] == recording[key]


def test_a_recording_of_10_s_is_all_there_and_named_by_the_scenarios_clock(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, length=10))
    [recorded] = evidence.recordings
    assert [path.name for path in recorded.files] == ["Record_20260302100000.wav"]
    assert (recorded.start, len(audio(evidence)), recorded.pauses) == (0, 10 * SECOND, ())
    assert recorded.account["started_at"] == "2026-03-02T10:00:00.000+00:00"
    assert (evidence.end.key, evidence.end.call, evidence.end.recorded) == ("idle", "ended", 10 * SECOND)


FULL = case(
    RECORD,
    (0.3, Network(burst=2)),
    (1, Press("pause")),
    (1.5, Press("record")),
    (2, Talk("begin", "1003", "Other")),
    (2.5, Press("record")),
    length=2,
    looks=(0.3, 1.2, 2.7),
)


@pytest.mark.parametrize("settings", [{}, SERVER])
def test_the_same_case_and_seed_leave_the_same_evidence(tmp_path: Path, settings: dict[str, object]) -> None:
    full = replace(FULL, settings=case(settings=settings).settings, far=PartyPlan(FAR, dtx=True))
    one, same, other = (played(tmp_path / str(n), full, seed) for n, seed in enumerate((1, 1, 2)))
    assert [seen(one), said(one)] == [seen(same), said(same)]
    assert said(one) != said(other)
    assert len({recorded.account["id"] for recorded in one.recordings}) == 2


def seen(evidence: Evidence) -> list[object]:
    """All but paths, which are those of another place each time."""
    documents = [
        {key: value for key, value in recorded.account.items() if key != "parts"} for recorded in evidence.recordings
    ]
    moments = [_told(moment) for moment in (*evidence.moments.values(), evidence.end)]
    return [documents, moments, evidence.messages, evidence.screens, evidence.happened, _contents(evidence)]


def _told(moment: Moment) -> tuple[object, ...]:
    return moment.instant, moment.screen, moment.key, moment.call, moment.recorded, moment.files, moment.messages


def _contents(evidence: Evidence) -> list[bytes]:
    return [path.read_bytes() for recorded in evidence.recordings for path in recorded.files]


def said(evidence: Evidence) -> object:
    return evidence.said


def test_of_steps_and_expectations_at_one_instant_the_steps_come_first(tmp_path: Path) -> None:
    evidence = played(tmp_path, case((1.0001, Press("record")), (2, Press("pause")), looks=(1, 1.0001, 2)))
    assert [moment.key for moment in evidence.moments.values()] == ["idle", "recording", "paused"]
    assert list(evidence.moments) == [8000, 8001, 16000]


def test_pauses_are_where_the_session_has_them(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(*PRESSES))
    [recorded] = evidence.recordings
    # From the frame in which the key is pressed to the first that is wholly after the other key.
    assert (recorded.start, recorded.pauses, recorded.skips) == (4000, ((8000, 16160),), True)
    assert recorded.account["paused_s"] * SECOND == 16160 - 8000


def test_on_hold_nothing_is_heard_and_time_goes_on(tmp_path: Path) -> None:
    steps = RECORD, (2.0, Talk("hold")), (3.0, Talk("resume"))
    held = case(*steps, looks=(2.5, 3.5), near=PartyPlan("tone:440"), far=PartyPlan("tone:660"))
    evidence = played(tmp_path, held)
    assert [moment.call for moment in evidence.moments.values()] == ["held", "connected"]
    heard = audio(evidence)
    assert len(heard) == 5 * SECOND
    assert set(heard[2 * SECOND : 3 * SECOND]) == {0xFF}
    assert len(set(heard[3 * SECOND : 4 * SECOND])) > 50
    assert not any(2 * SECOND <= instant < 3 * SECOND for instant, _ in evidence.said["far"])


def test_two_calls_one_after_the_other(tmp_path: Path) -> None:
    second = (6, Talk("begin", "1003", "Other")), (7, Press("record")), (8, Talk("hang up"))
    evidence = played(tmp_path, case(RECORD, (2, Talk("hang up")), *second, looks=(2, 4, 6, 8)))
    assert [moment.call for moment in evidence.moments.values()] == ["ended", "ended", "connected", "ended"]
    assert [recorded.start for recorded in evidence.recordings] == [0, 7 * SECOND]
    assert [len(audio(evidence, number)) for number in (1, 2)] == [2 * SECOND, SECOND]
    assert evidence.moments[6 * SECOND].screen.call == "Other 1003"
    assert evidence.said["far"][-1][0] > 7 * SECOND
    assert evidence.lasted == 8 * SECOND
    calls = [(instant / SECOND, text) for instant, text in evidence.happened if text.startswith("the call")]
    assert calls == [
        (0, "the call stands"),
        (2, "the call is over"),
        (6, "the call stands"),
        (8, "the call is over"),
    ]


def test_a_call_that_comes_rings_until_it_is_taken(tmp_path: Path) -> None:
    ring = (1, Talk("begin", "1003", "Other", "in")), (2, Press("ok")), (3, Press("dss1"))
    evidence = played(tmp_path, case(*ring, call=CallPlan(5 * SECOND, first=False), looks=(0.5, 1.5, 2.5)))
    assert [moment.call for moment in evidence.moments.values()] == ["idle", "ringing", "connected"]
    assert (len(audio(evidence)), evidence.lasted) == (4 * SECOND, 7 * SECOND)


def test_a_call_that_nobody_takes_ends_with_the_scenario(tmp_path: Path) -> None:
    ring = case((1, Talk("begin", "1003", "", "in")), call=CallPlan(5 * SECOND, first=False), looks=(2,))
    assert played(tmp_path, ring).lasted == 2 * SECOND


def test_what_a_server_stores_is_the_recording(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, settings=SERVER, stick=None, looks=(1,)))
    [recorded] = evidence.recordings
    assert [path.parent for path in recorded.files] == [tmp_path / "server"]
    assert [file.name for file in evidence.end.files] == [recorded.files[0].name]
    assert [message.text.partition("&")[0] for message in evidence.messages] == [
        "cmd=RecordStartRequest",
        "cmd=RecordStartResponse",
        "cmd=RecordStopRequest",
        "cmd=RecordStopResponse",
    ]
    assert evidence.moments[SECOND].messages == 2


def test_a_server_that_refuses_is_said_on_the_screen(tmp_path: Path) -> None:
    refusing = case(RECORD, settings=SERVER, server=ServerActs("refuse", "no licence"), looks=(1,))
    evidence = played(tmp_path, refusing)
    assert "no licence" in evidence.moments[SECOND].screen.prompt
    assert (states(evidence), evidence.end.files) == (["failed"], ())


def test_a_server_that_goes_in_mid_call_ends_the_recording(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, (2, ServerActs("reset")), settings=SERVER))
    assert states(evidence) == ["cut short"]
    assert evidence.recordings[0].account["reason"].endswith("connection reset by peer")


def test_packets_of_a_stranger_are_counted_and_not_recorded(tmp_path: Path) -> None:
    clean = played(tmp_path / "clean", case(RECORD, settings=SERVER))
    strange = played(tmp_path / "strange", case(RECORD, (2, RtpFault("wrong source", number=10)), settings=SERVER))
    assert strange.recordings[0].account["foreign"] == 10
    assert audio(strange) == audio(clean)


def test_a_sip_server_is_asked_in_virtual_time(tmp_path: Path) -> None:
    asked = case((1, Press("record")), (2, Press("stop")), settings=SIP, sip=SipActs(delay=800), looks=(1.05, 1.15))
    evidence = played(tmp_path, asked)
    assert [moment.screen.icon for moment in evidence.moments.values()] == ["idle", "recording"]
    assert [(one.instant, one.sent, one.text) for one in evidence.messages] == [
        (8000, True, "INFO Record: on"),
        (8800, False, "200 OK"),
        (evidence.messages[2].instant, True, "INFO Record: off"),
        (evidence.messages[2].instant + 800, False, "200 OK"),
    ]
    assert evidence.recordings[0].files == ()


def test_faults_of_rtp_reach_the_recorder(tmp_path: Path) -> None:
    evidence = played(tmp_path, case(RECORD, (1, RtpFault("new ssrc")), (2, RtpFault("stop", "near"))))
    streams = {stream["name"]: stream for stream in evidence.recordings[0].account["streams"]}
    assert streams["far"]["ssrc_changes"] == 1
    assert streams["near"]["received"] == 100


def test_a_clock_that_leaps_names_the_next_file_and_disturbs_nothing(tmp_path: Path) -> None:
    leaping = case(RECORD, (2, ClockJump(3600 * SECOND)), (3, Press("stop")), (4, Press("record")))
    evidence = played(tmp_path, leaping)
    assert [file.name for file in evidence.end.files] == ["Record_20260302100000.wav", "Record_20260302110004.wav"]
    assert [len(audio(evidence, number)) for number in (1, 2)] == [3 * SECOND, SECOND]


@pytest.mark.parametrize("settings", [{}, SERVER])
def test_a_phone_that_stands_still_for_500_ms_loses_nothing(tmp_path: Path, settings: dict[str, object]) -> None:
    still = case(RECORD, (2.013, Standstill(4000)), (2.2, Press("dss3")), looks=(2.3, 2.6), settings=settings)
    evidence = played(tmp_path / "still", still)
    moving = played(tmp_path / "moving", case(RECORD, settings=settings))
    before, after = evidence.moments.values()
    assert before.recorded <= 2.013 * SECOND < after.recorded
    assert evidence.recordings[0].account["gaps_count"] == 0
    assert audio(evidence) == audio(moving)
    # A key is answered when the phone goes on.
    assert [instant for instant, text in evidence.happened if "dss3" in text] == [16104 + 4000]


def test_a_step_that_cannot_be_is_named(tmp_path: Path) -> None:
    plugged = case((1, Stick("plug")))
    with pytest.raises(UsageError, match=r"^case: the emulated stick is plugged in already"):
        played(tmp_path, plugged)
    [step] = plugged.steps
    with pytest.raises(UsageError, match=r"^case.scenario.yaml:12: the emulated stick"):
        played(tmp_path / "again", replace(plugged, steps=(replace(step, line=12),)))
    with pytest.raises(UsageError, match="nobody speaks now"):
        played(tmp_path / "late", case((6, RtpFault("new ssrc"))))
    with pytest.raises(UsageError, match="there is no key 'nonsense'"):
        played(tmp_path / "key", case((1, Press("nonsense"))))


def test_a_case_that_is_never_over_is_an_error(tmp_path: Path) -> None:
    patient = RecordSettings(mode="server", server=ServerSettings(timeout_ms=3_600_000))
    never = replace(case(RECORD, server=ServerActs("hang")), settings=PhoneSettings(record=patient))
    with pytest.raises(NeverOver, match="not safe 10 min after"):
        played(tmp_path, never)


def test_packets_are_kept_only_if_that_is_wanted(tmp_path: Path) -> None:
    short = case(RECORD, length=1, settings=SERVER)
    assert played(tmp_path / "none", short).carried == ()
    carried = played(tmp_path / "all", short, keep=True).carried
    assert {(one.transport, one.source[0], one.target[0]) for one in carried} == {
        ("UDP", "192.0.2.2", "192.0.2.1"),
        ("UDP", "192.0.2.3", "192.0.2.1"),
        ("UDP", "192.0.2.1", "192.0.2.4"),
        ("TCP", "192.0.2.1", "192.0.2.4"),
        ("TCP", "192.0.2.4", "192.0.2.1"),
    }


@pytest.mark.parametrize("mode", ["local", "server"])
def test_the_files_of_the_stick_and_of_the_server_are_told_apart(tmp_path: Path, mode: str) -> None:
    plan = StickPlan(files=(("Record_20260101000000.wav", 1.0),))
    evidence = played(tmp_path, case(RECORD, stick=plan, settings={"record.mode": mode}))
    end = evidence.end
    assert (len(end.on_stick), len(end.on_server)) == ((2, 0) if mode == "local" else (1, 1))
    assert end.files == (end.on_stick if mode == "local" else end.on_server)


def test_what_was_said_is_kept_only_where_somebody_may_ask_for_it(tmp_path: Path) -> None:
    looked = case(RECORD, looks=(1,))
    asked = replace(looked, expected=tuple(replace(one, line=1) for one in looked.expected))
    assert {len(sent) for sent in played(tmp_path / "one", asked).said.values()} == {0}
    assert {len(sent) for sent in played(tmp_path / "other", asked, keep=True).said.values()} == {250}
