"""A recording onto a drive: record files that rotate, their headers made true again within every second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from phone_recorder.errors import DriveError
from phone_recorder.recording.account import Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.rotation import SpacePolicy, part_names
from phone_recorder.recording.units import from_ms
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader

CHECKPOINT = from_ms(800)
"""Between two true headers: with the recorder's tick of 200 ms on top, no audio is older than a second unsaved."""


class PartFile(Protocol):
    """One open record file on a drive. Each method raises a DriveError when the drive fails."""

    path: str

    @property
    def size(self) -> int:
        """Bytes that were written, the header included."""

    def append(self, data: bytes) -> None:
        """Write at the end. After an error `size` tells how much was still written."""

    def checkpoint(self, header: bytes) -> None:
        """Put what was appended, and then this header, safely on the drive."""

    def close(self, header: bytes, size: int) -> None:
        """The last checkpoint, the file cut to `size`."""


class Drive(Protocol):
    """A mounted USB file system that can take record files."""

    def check(self) -> None:
        """DriveGone, DriveReadOnly ... if it can take nothing now."""

    def free(self) -> int:
        """Bytes left for us."""

    def create(self, names: Iterator[str], header: bytes) -> PartFile:
        """A new file under the first name that is not taken, beginning with the header."""


class DriveDestination:
    """`system_time` turns an instant into local time, for the files' names. `header` says codec and packet lengths."""

    mode = "local"

    def __init__(
        self, drive: Drive, header: RecordHeader, policy: SpacePolicy, system_time: Callable[[int], datetime]
    ) -> None:
        self.state = State.OPENING
        self.error: DriveError | None = None
        self._drive = drive
        self._header = header
        self._policy = policy
        self._system_time = system_time
        self._done: list[Part] = []
        self._part: PartFile | None = None
        self._room = 0  # bytes that the open part may still take
        self._saved_at = 0
        self._saved: Part | None = None  # what is safe of the open part

    @property
    def written(self) -> int:
        return sum(part.bytes - HEADER_SIZE for part in self.parts)

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self._done, *([self._account(self._part)] if self._part else []))

    def open(self, now: int) -> None:
        try:
            self._begin_part(now)
            self.state = State.OPEN
        except DriveError as error:
            self._fail(error)

    def write(self, now: int, frames: list[bytes]) -> None:
        if self.state is not State.OPEN or not frames:
            return
        try:
            self._append(now, b"".join(frames))
        except DriveError as error:
            self._fail(error)

    def advance(self, now: int) -> None:
        if self._part is None or now - self._saved_at < CHECKPOINT:
            return
        try:
            self._drive.check()
            self._part.checkpoint(bytes(self._true_header(self._part)))
            self._saved_at, self._saved = now, self._account(self._part)
        except DriveError as error:
            self._fail(error)

    def close(self, now: int, reason: str) -> None:
        try:
            self._end_part()
            if self.state is State.OPEN:
                self.state = State.CLOSED
        except DriveError as error:
            self._fail(error)

    def _append(self, now: int, data: bytes) -> None:
        while data:
            part = self._part if self._part and self._room else self._begin_part(now)
            fits = data[: self._room]
            part.append(fits)
            self._room -= len(fits)
            data = data[len(fits) :]

    def _begin_part(self, now: int) -> PartFile:
        self._end_part()
        self._drive.check()
        self._room = self._policy.room(self._drive.free(), self._header.rtp_len)
        self._part = self._drive.create(part_names(self._system_time(now)), bytes(self._header))
        self._saved_at, self._saved = now, self._account(self._part)
        return self._part

    def _end_part(self) -> None:
        part, self._part = self._part, None
        if part is None:
            return
        whole, saved = self._account(part), self._saved
        try:
            part.close(bytes(self._true_header(part)), whole.bytes)
            saved = whole
        finally:
            # Where the drive fails now, nothing is claimed but what was safe before.
            self._done += [saved] if saved else []

    def _account(self, part: PartFile) -> Part:
        header = self._true_header(part)
        return Part(part.path, HEADER_SIZE + header.data_size, header.packets, header.duration_s)

    def _true_header(self, part: PartFile) -> RecordHeader:
        """Whole packets only: of one that a full drive has cut, nothing is told."""
        packet = self._header.rtp_len
        return replace(self._header, data_size=(part.size - HEADER_SIZE) // packet * packet)

    def _fail(self, error: DriveError) -> None:
        self.state, self.error = State.FAILED, error
        try:
            self._end_part()
        except DriveError:
            # The first error is the one to show; the file keeps its last true header.
            return
