"""Thousands of calls recorded as they are held: UDP ports in, record files on a drive out, all on one tick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from phone_recorder.adapters.batches.batch import Batch, Receiver
from phone_recorder.adapters.group_sync import GroupSync
from phone_recorder.adapters.udp import LOOPBACK, Address
from phone_recorder.bulk.columns import Rows
from phone_recorder.bulk.demultiplexer import NOBODY, Demultiplexer
from phone_recorder.bulk.mixed_frames import LEGS
from phone_recorder.bulk.placing import Packets
from phone_recorder.bulk.recorder import BulkPlan, BulkRecorder
from phone_recorder.bulk.shared_drive import SharedDrive
from phone_recorder.errors import UsageError
from phone_recorder.recording.account import Account
from phone_recorder.recording.drive import Drive
from phone_recorder.recording.drive_destination import DriveDestination
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.units import SECOND, from_ms
from phone_recorder.wire.record_file import RecordHeader

TICK = from_ms(200)
"""Between two looks at the ports."""
_STALL = 2 * TICK
"""What has come for longer than this is mixed before more of it is taken."""
LOOK = SECOND
"""Between two looks at the drive, and two syncs."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A call that is recorded: its number, and where its legs are received."""

    call: int
    near: Address
    far: Address


@dataclass(frozen=True, slots=True)
class Files:
    """Where recordings go, and how; `sync` forces what was written to the medium, all of it together."""

    drive: Drive
    policy: SpacePolicy
    system_time: Callable[[int], datetime]
    sync: GroupSync | None = None


class LiveRecorder:
    """`shared` ports: all legs come to one, and are told apart by their SSRCs; else each has a port of its own."""

    def __init__(
        self,
        plan: BulkPlan,
        receiver: Receiver,
        files: Files,
        shared: bool = False,
        on_end: Callable[[int, Account], object] = lambda call, account: None,
        host: str = LOOPBACK,
    ) -> None:
        self.foreign = 0
        """Datagrams that were of no call."""
        self.received = 0
        self._receiver = receiver
        self._files = files
        self._host = host
        self._drive = SharedDrive(files.drive)
        self._looked_at = 0
        self._advanced = 0
        self._on_end = on_end
        self._recorder = BulkRecorder(plan, self._ended)
        self._header = RecordHeader(plan.codec, plan.frame, plan.frame)
        self._streams = Demultiplexer() if shared else None
        self._shared = receiver.add(0, host) if shared else None

    @property
    def running(self) -> int:
        """Calls that are recorded now."""
        return self._recorder.running

    @property
    def fault(self) -> str:
        """Why what was written may not be on the medium; "" if it is."""
        return self._files.sync.error if self._files.sync else ""

    @property
    def dropped(self) -> int:
        """Datagrams for which the kernel had no room."""
        return self._receiver.dropped

    def begin(self, now: int, account: Account, near_ssrc: int = 0, far_ssrc: int = 0) -> Begun:
        """A call begins. Its SSRCs matter at a shared port alone. UsageError if no port can be had for it."""
        files, call = self._files, self._recorder.next
        try:
            addresses = [self._open(LEGS * call + leg, ssrc) for leg, ssrc in enumerate((near_ssrc, far_ssrc))]
        except UsageError:
            self._let_go(call)
            raise
        destination = DriveDestination(self._drive, self._header, files.policy, files.system_time)
        self._recorder.begin(now, destination, account)
        return Begun(call, *addresses)

    def stop(self, call: int, now: int, reason: str) -> None:
        """The call is over."""
        self._recorder.stop(call, now, reason)

    def tick(self, now: int) -> None:
        """Take what has come, and write what is due: every TICK. After a stall of ours nothing is missing."""
        if now - self._looked_at >= LOOK:
            self._look(now)
        for batch in self._receiver.receive():
            self._take(batch)
            if self._receiver.ordered and batch.arrivals[-1] - self._advanced >= _STALL:
                self._advance(int(batch.arrivals[-1]))
        self._advance(now)

    def close(self) -> None:
        """Give the ports back."""
        self._receiver.close()

    def _look(self, now: int) -> None:
        """At the drive."""
        self._looked_at = now
        self._drive.look()
        if self._files.sync and self.running:
            self._files.sync.ask()

    def _advance(self, now: int) -> None:
        """All has been taken that came until now."""
        # While a long tick was read, more came than was there at its instant.
        self._advanced = max(self._advanced, now)
        self._recorder.advance(self._advanced)

    def _open(self, row: int, ssrc: int) -> Address:
        if self._streams is None or self._shared is None:
            return self._receiver.add(row, self._host)
        self._streams.expect(ssrc, row)
        return self._shared

    def _take(self, batch: Batch) -> None:
        self.received += len(batch.flows)
        rows = self._streams.rows(batch) if self._streams else batch.flows.astype(np.int64)
        ours = rows != NOBODY
        if not ours.all():
            self.foreign += int((~ours).sum())
        self._recorder.receive(in_order(rows, batch, np.flatnonzero(ours)))

    def _ended(self, call: int, account: Account) -> None:
        self._let_go(call)
        self._on_end(call, account)

    def _let_go(self, call: int) -> None:
        """Of the ports of a call."""
        for row in range(LEGS * call, LEGS * call + LEGS):
            if self._streams:
                self._streams.forget(row)
            else:
                self._receiver.remove(row)


def in_order(rows: Rows, batch: Batch, wanted: Rows) -> Packets:
    """Those wanted of a batch, one row's after another's."""
    kept = rows[wanted]
    # Ports that are read one after another are in order already.
    if len(kept) and (np.diff(kept) < 0).any():
        # Few enough for the sort that counts instead of comparing.
        order = np.argsort(kept.astype(np.uint16) if kept.max() < 1 << 16 else kept, kind="stable")
        wanted, kept = wanted[order], kept[order]
    return Packets(kept, batch.arrivals[wanted], batch.sizes[wanted].astype(np.int64), wanted, batch.data)
