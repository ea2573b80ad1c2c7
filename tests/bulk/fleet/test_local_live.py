"""Fleets in mode local in real time, recorded by this process; every frame of every file is looked at."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from phone_recorder.adapters.batches.best import WAYS, best
from phone_recorder.bulk.fleet.durations import Durations
from phone_recorder.bulk.fleet.live import Ended, Running
from phone_recorder.bulk.fleet.local_run import prepared, run_local
from phone_recorder.bulk.fleet.plan import FleetPlan, Local
from phone_recorder.bulk.fleet.site import Outcome
from phone_recorder.bulk.media_impairments import Impairments
from phone_recorder.errors import DriveError, UsageError
from phone_recorder.wire.record_file import examine
from tests.adapters.mounts import tmpfs

pytestmark = pytest.mark.live

SECOND = 8000
PATIENCE_S = 60.0


@dataclass
class Run:
    """What came of a run."""

    ended: Ended
    outcomes: list[Outcome] = field(default_factory=list)


def plan(storage: Path, phones: int = 20, talk: int = SECOND, shared: bool = False, **more: object) -> FleetPlan:
    local = Local(storage, shared, check_files=True)
    made = FleetPlan(local=local, phones=phones, talk=Durations.always(talk), seed=3)
    return replace(made, **more)  # type: ignore[arg-type]


def run(wanted: FleetPlan, show: Callable[[Running], object] = id, every_s: float = 0.05) -> Run:
    """Run it to its end."""
    outcomes: list[Outcome] = []
    carried_out = run_local(prepared(wanted), "pattern", show, every_s, outcomes.append)
    return Run(asyncio.run(asyncio.wait_for(carried_out, PATIENCE_S)), outcomes)


def files(storage: Path) -> Iterator[tuple[bytes, int]]:
    """The head of each file, and its size."""
    for path in storage.glob("Record_*.wav"):
        data = path.read_bytes()
        yield data[:2048], len(data)


def all_true(storage: Path) -> int:
    """How many files there are, of which each says the truth of itself."""
    found = list(files(storage))
    assert all(examine(head, size).complete for head, size in found)
    assert not list(storage.glob(".*"))
    return len(found)


@pytest.mark.parametrize("shared", [False, True], ids=["a port a leg", "one port"])
def test_a_hundred_phones_are_recorded_to_the_frame(tmp_path: Path, shared: bool) -> None:
    last = run(plan(tmp_path, 100, 3 * SECOND, shared)).ended.snapshot
    assert (last.attempted, last.started, last.ended, last.failures) == (100, 100, 100, {})
    assert (last.packets_said, last.packets_sent) == (100 * 2 * 150, 100 * 2 * 150)
    assert (last.files, last.frames_lost, last.frames_wrong) == (100, 0, 0)
    assert all_true(tmp_path) == 100


@pytest.mark.parametrize("shared", [False, True], ids=["a port a leg", "one port"])
def test_what_the_network_loses_is_silence_and_all_else_is_in_its_place(tmp_path: Path, shared: bool) -> None:
    impairments = Impairments(loss=0.05, duplicate=0.05, reorder=0.05, jitter=SECOND // 50)
    last = run(plan(tmp_path, 50, 3 * SECOND, shared, impairments=impairments)).ended.snapshot
    assert (last.ended, last.failures) == (50, {})
    assert 0.03 < last.packets_dropped / last.packets_said < 0.07
    assert (last.frames_lost, last.frames_wrong) == (0, 0)


@pytest.mark.parametrize(("codec", "ptime_ms"), [("PCMA", 10), ("PCMA", 30), ("PCMU", 60)])
def test_other_codecs_and_packet_times(tmp_path: Path, codec: str, ptime_ms: int) -> None:
    last = run(plan(tmp_path, codec=codec, ptime_ms=ptime_ms)).ended.snapshot
    assert (last.ended, last.frames_lost, last.frames_wrong) == (20, 0, 0)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_receive(tmp_path: Path, way: str) -> None:
    try:
        best(wanted=way).close()
    except UsageError as error:
        pytest.skip(str(error))
    last = run(plan(tmp_path, local=Local(tmp_path, receive=way, check_files=True))).ended.snapshot
    assert (last.ended, last.frames_lost, last.frames_wrong) == (20, 0, 0)


def test_phones_call_again_and_again(tmp_path: Path) -> None:
    again = plan(tmp_path, calls=100, ramp=100.0, rest=Durations.about(800))
    made = run(replace(again, talk=Durations(800, 4000)))
    last = made.ended.snapshot
    assert (last.ended, last.failures, last.files, last.frames_lost, last.frames_wrong) == (100, {}, 100, 0, 0)
    assert len({one.call.flow for one in made.outcomes}) == all_true(tmp_path) == 100


def test_the_checker_sees_what_is_wrong(tmp_path: Path) -> None:
    def spoil(fleet: Running) -> None:
        for path in tmp_path.glob("Record_*.wav"):
            with path.open("r+b") as file:
                # A frame that is written already, and not again.
                if file.seek(0, os.SEEK_END) > 76 + 30 * 160:
                    file.seek(76 + 20 * 160)
                    file.write(bytes(160))

    last = run(plan(tmp_path, 5, 3 * SECOND), spoil, 0.2).ended.snapshot
    assert (last.ended, last.frames_lost, last.frames_wrong) == (5, 0, 5)


def test_a_full_drive_fails_calls_with_its_reason_and_every_file_is_true(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "drive", "size=400k") as storage:
        last = run(plan(storage, 20, 3 * SECOND)).ended.snapshot
        assert last.failures == {"the drive is full": last.failed}
        assert last.failed > 5
        assert last.attempted == 20 == last.ended + last.failed
        assert (last.frames_lost, last.frames_wrong) == (0, 0)
        assert all_true(storage) == last.files


def test_a_sender_that_is_killed_ends_the_recordings_which_are_kept(tmp_path: Path) -> None:
    def kill(fleet: Running) -> None:
        if fleet.snapshot().packets_sent > 500:
            for child in children("local_sender"):
                os.kill(child, signal.SIGKILL)

    ended = run(plan(tmp_path, 20, 60 * SECOND), kill).ended
    assert ended.trouble == "the process that talks for the phones has ended before its time: killed by SIGKILL"
    assert (ended.snapshot.given_up, ended.snapshot.failures) == (20, {})
    assert all_true(tmp_path) == 20
    assert min(size for _, size in files(tmp_path)) > 76 + SECOND // 2


@pytest.mark.parametrize("times", [1, 2])
def test_interrupted_it_ends_in_order_and_twice_at_once(tmp_path: Path, times: int) -> None:
    sent: list[bool] = []

    def interrupt(fleet: Running) -> None:
        if len(sent) < times and fleet.snapshot().packets_sent > 500:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    ended = run(plan(tmp_path, 20, 60 * SECOND), interrupt).ended
    last = ended.snapshot
    assert ended.interrupted
    assert (last.ended, last.given_up) == ((20, 0) if times == 1 else (0, 20))
    assert (last.failures, last.frames_lost, last.frames_wrong) == ({}, 0, 0)
    assert all_true(tmp_path) == 20


def test_no_child_is_left(tmp_path: Path) -> None:
    run(plan(tmp_path, 1, SECOND // 2))
    assert children("local_") == []


def children(name: str) -> list[int]:
    """Processes of ours that run a module of that name."""
    found = []
    for number in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        command = Path(f"/proc/{number}/cmdline").read_bytes()
        found += [int(number)] if name.encode() in command else []
    return found


def test_what_cannot_be_is_said_before_anything_begins(tmp_path: Path) -> None:
    with pytest.raises(DriveError, match="none"):
        prepared(plan(tmp_path / "none"))
    with pytest.raises(UsageError, match=r"100000 phones need more .*--shared-port"):
        prepared(plan(tmp_path, 100_000))
    with pytest.raises(UsageError, match="there is no way to receive that is called pigeon"):
        prepared(plan(tmp_path, local=Local(tmp_path, receive="pigeon")))
