"""A fleet in mode local in real time: the recorder in this process, those who talk and those who look in others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial

from phone_recorder.adapters.batches.batch import Receiver
from phone_recorder.adapters.batches.best import best
from phone_recorder.adapters.clock import LiveClock
from phone_recorder.adapters.group_sync import GroupSync
from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.adapters.process import most_open_files
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.bulk.fleet.bottleneck import check_local_room
from phone_recorder.bulk.fleet.interrupts import Interrupts
from phone_recorder.bulk.fleet.live import Ended, Running, carry_out, undisturbed
from phone_recorder.bulk.fleet.local import LocalFleet
from phone_recorder.bulk.fleet.local_child import Child
from phone_recorder.bulk.fleet.local_drive import CountingDrive
from phone_recorder.bulk.fleet.local_messages import Files as FilesOf
from phone_recorder.bulk.fleet.local_messages import Talk
from phone_recorder.bulk.fleet.plan import FleetPlan, Local
from phone_recorder.bulk.fleet.site import Outcome
from phone_recorder.bulk.fleet.snapshot import Snapshot
from phone_recorder.bulk.live import Files, LiveRecorder
from phone_recorder.bulk.mixed_frames import LEGS
from phone_recorder.bulk.recorder import BulkPlan
from phone_recorder.bulk.voices import PATTERN
from phone_recorder.recording.account import Account
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.units import SECOND

OnEnd = Callable[[int, Account], object]
HORIZON = SECOND
"""So long a packet may be late."""
_PACKAGE = __name__.rpartition(".")[0]


def prepared(plan: FleetPlan) -> FleetPlan:
    """The plan, which then knows what receives; UsageError or DriveError if it cannot be carried out."""
    local = _local(plan)
    check_local_room(plan, most_open_files())
    MountedDrive(local.storage, syncs=Syncs.BY_OTHERS)
    with closing(_receiver(plan)) as receiver:
        return replace(plan, local=replace(local, receiver=receiver.name))


async def run_local(
    plan: FleetPlan,
    voice: str = PATTERN,
    show: Callable[[Running], object] = id,
    every_s: float = 1.0,
    told: Callable[[Outcome], object] = id,
    interrupts: Interrupts | None = None,
) -> Ended:
    """Run it to its end, as `run_fleet` does; when it is `prepared`. UsageError if a process cannot be started."""
    local = _local(plan)
    with ExitStack() as opened:
        drive = CountingDrive(MountedDrive(local.storage, syncs=Syncs.BY_OTHERS))
        sync = opened.enter_context(closing(GroupSync(local.storage)))
        receiver = opened.enter_context(closing(_receiver(plan)))
        sender = opened.enter_context(_sender(plan, voice))
        checker = opened.enter_context(_checker(plan)) if local.check_files else None
        opened.enter_context(undisturbed())
        make = partial(_recorder, plan, receiver, Files(drive, SpacePolicy(0), LiveClock().system_time, sync))
        fleet = LocalFleet(plan, make, lambda: drive.files, sender, checker, LiveClock(), told)
        ended = await carry_out(fleet, show, every_s, interrupts)
    ended = replace(ended, trouble=fleet.trouble)
    return replace(ended, snapshot=_not_safe(ended.snapshot, sync.error)) if sync.error else ended


def _receiver(plan: FleetPlan) -> Receiver:
    """With room for what all calls say in a second, during which nobody may read."""
    local = _local(plan)
    return best(local.shared_port, wanted=local.receive, waiting=plan.phones * LEGS * SECOND // plan.frame)


def _not_safe(last: Snapshot, why: str) -> Snapshot:
    """The last sync came after all recordings had ended: it tells of none of them, and fails the run."""
    sentence = f"what was written last may not be on the drive: {why}"
    return replace(last, failed=last.failed + 1, failures={**last.failures, sentence: 1})


def _recorder(plan: FleetPlan, receiver: Receiver, files: Files, on_end: OnEnd) -> LiveRecorder:
    bulk = BulkPlan(plan.phones, plan.frame, HORIZON, plan.payload)
    return LiveRecorder(bulk, receiver, files, _local(plan).shared_port, on_end)


@contextmanager
def _sender(plan: FleetPlan, voice: str) -> Iterator[Child]:
    first = Talk(plan.frame, plan.payload.name, voice, plan.impairments)
    with Child(f"{_PACKAGE}.local_sender", "talks for the phones", first) as child:
        child.wait_until_ready()
        yield child


@contextmanager
def _checker(plan: FleetPlan) -> Iterator[Child]:
    with Child(f"{_PACKAGE}.local_checker", "looks at the files", FilesOf(plan.frame, plan.payload.name)) as child:
        child.wait_until_ready()
        yield child


def _local(plan: FleetPlan) -> Local:
    assert plan.local, "a plan of mode server has no drive"
    return plan.local
