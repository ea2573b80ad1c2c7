"""What a case says of a disk that fails below it: nothing about the recorder."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from phone_recorder.errors import NotConforming, UsageError
from phone_recorder.harness.playing.disk import DiskFailed, demand_disk
from phone_recorder.harness.scenario.actions import Stick
from phone_recorder.harness.scenario.case import StickPlan
from tests.adapters.file_limit import no_file_above
from tests.harness.playing.cases import RECORD, SERVER, STICK, case, played, states

LIMIT = 20_000


@pytest.mark.parametrize("stick", [STICK, replace(STICK, delay_ms=10)])
def test_a_disk_that_fails_below_the_stick_is_no_fault_of_the_stick(tmp_path: Path, stick: StickPlan) -> None:
    with no_file_above(LIMIT), pytest.raises(DiskFailed) as caught:
        played(tmp_path, case(RECORD, stick=stick))
    failed = f"the disk of {tmp_path} has failed, not the stick of the scenario"
    limit = "a file may have no more than 20,000 bytes on this machine: raise `ulimit -f`"
    assert str(caught.value) == f"{failed}: {limit}"
    assert not isinstance(caught.value, UsageError | NotConforming)


def test_a_disk_that_fails_below_the_server_is_told_as_well(tmp_path: Path) -> None:
    # Its catalogue, which is made first, has about 100 KB.
    with no_file_above(250_000), pytest.raises(DiskFailed, match="no more than 250,000 bytes"):
        played(tmp_path, case(RECORD, length=40, settings=SERVER))


def test_a_file_that_is_on_the_stick_already_and_that_the_disk_does_not_take_is_the_disk_s_too(tmp_path: Path) -> None:
    full = replace(STICK, files=(("Record_20260101000000.wav", 30),))
    with no_file_above(LIMIT), pytest.raises(DiskFailed, match="file too large: raise `ulimit -f`"):
        played(tmp_path, case(RECORD, stick=full))


def test_what_the_stick_itself_says_is_none_of_the_disk_s(tmp_path: Path) -> None:
    limited = replace(STICK, largest_file=LIMIT)
    assert states(played(tmp_path / "large", case(RECORD, stick=limited))) == ["recorded"]
    for number, what in enumerate(["fill", "lock", "bad", "pull"]):
        assert states(played(tmp_path / str(number), case(RECORD, (2, Stick(what))))) == ["cut short"]  # type: ignore[arg-type]


def test_a_disk_that_has_not_failed_is_passed_over(tmp_path: Path) -> None:
    demand_disk(tmp_path, None)
    advice = "the device reports an I/O error: make room there, or name another directory with TMPDIR or --keep"
    with pytest.raises(DiskFailed, match=advice):
        demand_disk(tmp_path, OSError(errno.EIO, "broken"))
