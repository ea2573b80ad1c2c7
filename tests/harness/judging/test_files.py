"""Expectations of the record files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.harness.evidence import FileSeen, Recorded
from phone_recorder.harness.scenario.bound import Bound
from phone_recorder.harness.scenario.expected import FilesAre
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from tests.harness.judging.evidence import NAME, account, around, evidence, exactly, file, moment, told, told_of

SECOND_NAME = "Record_20260302100010.wav"
ONE = (file(),)
TWO = (file(), file(SECOND_NAME, 4))
HEADLESS = file(header=False, problem="the file has 0 bytes, fewer than its header of 76")
CUT = replace(file(more=7), header=RecordHeader(PCMU, 160, 160, 80_007))
G722_30_MS = replace(file(), header=RecordHeader(PCMU, 240, 480, 80_000 // 240 * 240))
SHORT = replace(file(), size=file(seconds=4).size)
"""Ten seconds by its header, of which six are not there."""
TEN_SECONDS = around(10 * SECOND, 160, "10 s ± 20 ms")
FOURTEEN = around(14 * SECOND, 0, "14 s")


@pytest.mark.parametrize(
    ("what", "files"),
    [
        (FilesAre(count=exactly(0)), ()),
        (FilesAre(count=exactly(2)), TWO),
        (FilesAre(count=Bound(1, text="at least 1")), TWO),
        (FilesAre(names=(NAME, SECOND_NAME)), TWO),
        (FilesAre(names=("Record_*.wav", "*10.wav")), TWO),
        (FilesAre(names=()), ()),
        (FilesAre(size=exactly(80_076)), ONE),
        (FilesAre(duration=TEN_SECONDS), ONE),
        (FilesAre(duration=around(333 * 480, 0, "19.98 s")), (G722_30_MS,)),
        (FilesAre(total=FOURTEEN), TWO),
        (FilesAre(total=exactly(0)), ()),
        (FilesAre(codec="PCMU"), TWO),
        (FilesAre(whole=True), TWO),
        (FilesAre(whole=False), (file(), HEADLESS)),
        (FilesAre(count=exactly(0), whole=True, duration=TEN_SECONDS), ()),
        (FilesAre(count=Bound(high=1, text="< 1", open=True), whole=True), ()),
        (FilesAre(names=(), codec="PCMU"), ()),
    ],
)
def test_they_are_as_expected(what: FilesAre, files: tuple[FileSeen, ...]) -> None:
    assert told_of(what, files=files) == []


@pytest.mark.parametrize(
    ("what", "files", "line"),
    [
        (FilesAre(count=exactly(1)), (), "files count 1: there is none"),
        (FilesAre(count=exactly(1)), TWO, f"files count 1: there are 2: {NAME}, {SECOND_NAME}"),
        (FilesAre(names=(NAME,)), (), f"files names {NAME}: there is none"),
        (FilesAre(names=()), ONE, f"files names none: there is 1: {NAME}"),
        (
            FilesAre(names=(SECOND_NAME, "Record_*")),
            TWO,
            f"files names {SECOND_NAME}, Record_*: {NAME} is not {SECOND_NAME}",
        ),
        (FilesAre(size=exactly(76)), ONE, f"files size 76: {NAME} has 80,076 bytes"),
        (FilesAre(duration=TEN_SECONDS), TWO, f"files duration 10 s ± 20 ms: {SECOND_NAME} lasts 4 s"),
        (
            FilesAre(duration=TEN_SECONDS),
            (HEADLESS,),
            f"files duration 10 s ± 20 ms: {NAME} cannot be played: the file has 0 bytes, fewer than its header of 76",
        ),
        (FilesAre(total=FOURTEEN), ONE, "files total 14 s: it is 10 s"),
        (FilesAre(codec="PCMA"), ONE, f"files codec PCMA: {NAME} is PCMU"),
        (FilesAre(codec="PCMA"), (HEADLESS,), f"files codec PCMA: {NAME} is of no codec"),
        (FilesAre(whole=True), (file(problem="it is odd"),), f"files whole: {NAME} is not: it is odd"),
        (
            FilesAre(whole=True),
            (file(more=160),),
            f"files whole: {NAME} is not: its header says 80,000 bytes of audio, and 80,160 are there",
        ),
        (FilesAre(whole=True), (CUT,), f"files whole: {NAME} is not: its last packet has 7 bytes of 160"),
        (FilesAre(whole=False), ONE, f"files not whole: nothing is wrong with {NAME}"),
        (FilesAre(size=exactly(76)), (), "files size 76: there is none"),
        (FilesAre(duration=TEN_SECONDS), (), "files duration 10 s ± 20 ms: there is none"),
        (FilesAre(codec="PCMU"), (), "files codec PCMU: there is none"),
        (FilesAre(whole=True), (), "files whole: there is none"),
        (FilesAre(whole=False), (), "files not whole: there is none"),
        (FilesAre(total=FOURTEEN), (), "files total 14 s: there is none"),
        (FilesAre(total=Bound(high=SECOND, text="at most 1 s")), (), "files total at most 1 s: there is none"),
        (FilesAre(duration=TEN_SECONDS), (SHORT,), f"files duration 10 s ± 20 ms: {NAME} lasts 4 s"),
    ],
)
def test_it_says_which_are_otherwise(what: FilesAre, files: tuple[FileSeen, ...], line: str) -> None:
    assert told_of(what, files=files) == [f"at the end, {line}"]


@pytest.mark.parametrize(
    ("what", "line"),
    [
        (FilesAre(count=Bound(0, 2, "0 to 2"), whole=True), "files whole: there is none"),
        (FilesAre(count=Bound(high=3, text="at most 3"), size=exactly(76)), "files size 76: there is none"),
        (FilesAre(count=Bound(high=3, text="at most 3"), codec="PCMU"), "files codec PCMU: there is none"),
        (
            FilesAre(count=Bound(high=3, text="at most 3"), duration=TEN_SECONDS),
            "files duration 10 s ± 20 ms: there is none",
        ),
    ],
)
def test_where_there_may_be_no_file_what_is_wanted_of_each_wants_one(what: FilesAre, line: str) -> None:
    assert told_of(what, files=()) == [f"at the end, {line}"]


BEHIND = replace(file(), header=RecordHeader(PCMU, 160, 160, 72_000), running=True)
GOES_ON = {"files": (file(SECOND_NAME, 4), BEHIND)}
STILL = f"; {NAME} is still being recorded, its header is behind its audio"


@pytest.mark.parametrize(
    ("what", "line"),
    [
        (
            FilesAre(whole=True),
            f"files whole: {NAME} is not: its header says 72,000 bytes of audio, and 80,000 are there{STILL}",
        ),
        (FilesAre(whole=False), f"files not whole: nothing is wrong with {SECOND_NAME}, {NAME}{STILL}"),
        (FilesAre(total=FOURTEEN), f"files total 14 s: it is 13 s{STILL}"),
        (FilesAre(codec="PCMA"), f"files codec PCMA: {SECOND_NAME} is PCMU, {NAME} is PCMU"),
    ],
)
def test_of_a_file_that_is_being_recorded_it_is_told_that_it_is_not_final(what: FilesAre, line: str) -> None:
    assert told_of(what, **GOES_ON) == [f"at the end, {line}"]


def test_where_its_header_has_come_after_its_audio_nothing_is_said_of_it() -> None:
    [line] = told_of(FilesAre(size=exactly(76)), files=(replace(file(), running=True),))
    assert line == f"at the end, files size 76: {NAME} has 80,076 bytes; {NAME} is still being recorded"


def test_a_file_that_is_done_is_final_though_its_recording_goes_on() -> None:
    done, goes_on = replace(BEHIND, running=False), (account(state="recording", parts=[]),)
    [line] = told_of(FilesAre(whole=True), files=(done,), accounts=goes_on)
    assert line.endswith("80,000 are there")
    assert told_of(FilesAre(whole=False), files=(done,), accounts=goes_on) == []


def test_of_several_that_are_being_recorded_each_is_told() -> None:
    [line] = told_of(
        FilesAre(count=exactly(2), size=exactly(76)), files=(replace(file(SECOND_NAME, 4), running=True), BEHIND)
    )
    assert line.endswith(f"; {SECOND_NAME} is still being recorded{STILL}")


def test_of_many_files_the_first_are_named() -> None:
    many = tuple(file(f"Record_2026030210000{n}.wav", 1) for n in range(6))
    [line] = told_of(FilesAre(duration=TEN_SECONDS), files=many)
    assert line.endswith("Record_20260302100002.wav lasts 1 s and 3 more")


def test_a_recordings_own_files_can_be_meant() -> None:
    parts = [{"path": f"/stick/{SECOND_NAME}"}]
    end = moment(files=TWO, accounts=(account(), account(parts=parts)))
    seen = evidence(end)
    assert told(FilesAre(duration=around(4 * SECOND, 0, "4 s")), seen, recording=2) == []
    line = f"at the end, recording 1, files duration 4 s: {NAME} lasts 10 s"
    assert told(FilesAre(duration=around(4 * SECOND, 0, "4 s")), seen, recording=1) == [line]
    assert told(FilesAre(count=exactly(1)), seen, 3) == ["at the end, recording 3, files: there are 2 recordings"]


def test_a_servers_files_belong_to_their_recording() -> None:
    recorded = (Recorded(account(), 0, (Path("/storage/a.wav"),)), Recorded(account(), 0, (Path("/storage/b.wav"),)))
    end = moment(files=(file("a.wav", 1), file("b.wav", 2)), accounts=(account(parts=[]), account(parts=[])))
    assert told(FilesAre(names=("b.wav",)), evidence(end, recordings=recorded), recording=2) == []
