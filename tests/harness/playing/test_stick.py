from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from phone_recorder.adapters.medium import Access
from phone_recorder.errors import UsageError
from phone_recorder.harness.playing.clock import ScenarioClock
from phone_recorder.harness.playing.stick import ScenarioStick
from phone_recorder.harness.scenario.actions import Stick
from phone_recorder.harness.scenario.case import BEGINS_AT, StickPlan
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader
from tests.harness.playing.cases import STICK, case

MIB = 1 << 20


def stick(tmp_path: Path, plan: StickPlan | None = STICK, **settings: object) -> ScenarioStick:
    of = case(stick=plan, settings={key.replace("_", ".", 1): value for key, value in settings.items()})
    return ScenarioStick(of, tmp_path / "stick", ScenarioClock(BEGINS_AT))


def act(on: ScenarioStick, *steps: Stick) -> None:
    for step in steps:
        on.act(step, lambda: None)


def test_a_stick_is_plugged_in_as_its_plan_says(tmp_path: Path) -> None:
    made = stick(tmp_path, StickPlan(size=16 * MIB, left=2 * MIB))
    assert made.state.error is None
    assert (made.state.found and made.state.found.size, made.state.free) == (16 * MIB, 2 * MIB)


def test_without_a_stick_none_is_there_until_one_is_plugged_in(tmp_path: Path) -> None:
    made = stick(tmp_path, None)
    assert made.state.drive is None
    act(made, Stick("plug", 8 * MIB))
    assert made.state.free == 8 * MIB


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (StickPlan(plugged=False), "no USB drive is plugged in"),
        (StickPlan(locked=True), "write-protected"),
        (StickPlan(file_system="NTFS"), "format it with FAT32 or exFAT"),
        (StickPlan(locked=True, left=MIB), "write-protected"),
    ],
)
def test_a_stick_that_cannot_be_used_says_why(tmp_path: Path, plan: StickPlan, why: str) -> None:
    assert why in str(stick(tmp_path, plan).state.error)


def test_it_comes_back_as_large_as_before_with_its_switch_as_it_was(tmp_path: Path) -> None:
    made = stick(tmp_path, StickPlan(size=8 * MIB))
    act(made, Stick("lock"), Stick("pull"), Stick("plug"))
    assert "write-protected" in str(made.state.error)
    act(made, Stick("unlock"))
    assert made.state.free == 8 * MIB


def test_another_stick_is_empty_and_the_first_ones_files_are_kept_aside(tmp_path: Path) -> None:
    made = stick(tmp_path, StickPlan(files=(("Record_20260101000000.wav", 1.0),)), usb_folder="a/b")
    path = made.folder / "Record_20260101000000.wav"
    assert path.stat().st_size == 76 + 8000
    noticed: list[bool] = []
    made.act(Stick("swap"), lambda: noticed.append(made.state.drive is None))
    assert noticed == [True]
    assert made.state.error is None
    assert (made.number, list(made.directory.iterdir())) == (1, [])
    assert made.place_of(str(path), 0) == tmp_path / "stick-0" / "a" / "b" / path.name
    assert made.place_of(str(path), 0).exists()
    assert made.place_of(str(path), 1) == path


def test_a_sync_fails_once_and_no_other_access(tmp_path: Path) -> None:
    made = stick(tmp_path)
    act(made, Stick("bad once"))
    drive = made.state.drive
    assert drive is not None
    for access in (Access.LOOK, Access.CHANGE, Access.WRITE):
        drive.medium.ask(access)
    with pytest.raises(OSError, match="Input/output error"):
        drive.medium.ask(Access.SYNC)
    drive.medium.ask(Access.SYNC)
    drive.medium.closed()


def test_a_stick_that_is_good_again_fails_no_more(tmp_path: Path) -> None:
    made = stick(tmp_path)
    for bad in (Stick("bad once"), Stick("bad")):
        act(made, bad, Stick("good"))
        assert made.state.drive is not None
        made.state.drive.medium.ask(Access.SYNC)


def test_a_step_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    made = stick(tmp_path, None)
    for step, why in ((Stick("pull"), "no emulated stick"), (Stick("swap"), "no emulated"), (Stick("fill"), "filled")):
        with pytest.raises(UsageError, match=why):
            act(made, step)


def test_a_file_that_no_phone_would_have_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no record file is called 'a\.wav'"):
        stick(tmp_path, StickPlan(files=(("a.wav", 1.0),)))


def test_a_file_that_is_on_it_is_silence_and_is_never_held_as_a_whole(tmp_path: Path) -> None:
    tracemalloc.start()
    stick(tmp_path, StickPlan(size=1 << 30, files=(("Record_20260101000000.wav", 3600.01),)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    path = tmp_path / "stick" / "Record_20260101000000.wav"
    assert path.stat().st_size == HEADER_SIZE + 3600 * 8000
    assert most < 5 << 20
    data = path.read_bytes()
    assert RecordHeader.parse(data).data_size == 3600 * 8000
    assert set(data[HEADER_SIZE:]) == {0xFF}
