"""A recording onto a drive: record files that rotate, their headers made true again within every second."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from phone_recorder.errors import DriveError, DriveFull, FileLost, FileTooLarge, FolderFull, SyncFailed
from phone_recorder.recording.account import Fault, Health, Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.drive import Drive, PartFile
from phone_recorder.recording.drive_cover import MOST_FOR_A_FILE, DriveCover
from phone_recorder.recording.drive_names import part_names
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.units import from_ms, to_seconds
from phone_recorder.wire.record_file import HEADER_SIZE, RecordHeader

__all__ = ["Drive", "DriveDestination", "PartFile", "audio_in"]

CHECKPOINT = from_ms(800)
"""Between two true headers: with the recorder's tick of 200 ms on top, no audio is older than a second unsaved."""
MAX_FAULTS = 100
"""Faults told of one recording."""
MAX_FAILED_SAVES = 3
"""Checkpoints in a row that may fail: one bad sector is survived, a drive that keeps nothing is not."""


def audio_in(parts: Iterable[Part]) -> int:
    """Units of audio that record files hold."""
    return sum(part.bytes - HEADER_SIZE for part in parts)


class DriveDestination:
    """`system_time` turns an instant into local time, for the files' names; asked when the recording begins.

    `header` says codec and packet lengths. `room_in` tells how many bytes deleting each of these recordings would free;
    without it none are covered. `earlier` are paths of its own files of before a crash, which never are.
    """

    mode = "local"

    def __init__(
        self,
        drive: Drive,
        header: RecordHeader,
        policy: SpacePolicy,
        system_time: Callable[[int], datetime],
        room_in: Callable[[Sequence[str]], Sequence[int]] | None = None,
        earlier: Collection[str] = (),
    ) -> None:
        self.state = State.OPENING
        self.error: DriveError | None = None
        self.health = Health()
        self._drive = drive
        covers = room_in if policy.cover else None
        self._cover = DriveCover(drive, policy, covers, self._covered, self._note) if covers else None
        self._earlier = frozenset(earlier)
        self._header = header
        self._policy = policy
        self._system_time = system_time
        self._done: list[Part] = []
        self._part: PartFile | None = None
        self._begun: tuple[int, datetime] | None = None
        self._room = 0  # bytes that the open part may still take
        self._saved_at = 0
        self._saved: Part | None = None  # what is safe of the open part
        self._failed_saves = 0  # in a row

    @property
    def written(self) -> int:
        return audio_in(self._done) + (self._whole(self._part) if self._part else 0)

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self._done, *([self._account(self._part)] if self._part else []))

    @property
    def safe(self) -> tuple[Part, ...]:
        """The parts as far as they will be there even if the stick is pulled out now."""
        return (*self._done, *([self._saved] if self._saved else []))

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
        if now - self._saved_at >= CHECKPOINT:
            self.save(now)

    def save(self, now: int) -> None:
        """What `advance` does every CHECKPOINT, for who writes less often than that."""
        if self._part is None:
            return
        try:
            self._checkpoint(now, self._part)
        except DriveError as error:
            self._fail(error)

    def close(self, now: int, reason: str) -> None:
        try:
            if not self._end_part():
                raise DriveError(f"the end may be lost: {self.health.faults[-1].error}")
            if self.state is State.OPEN:
                self.state = State.CLOSED
                with suppress(DriveError):
                    # All is safe; what becomes of the drive now is no business of this recording.
                    self._look_at_space()
        except DriveError as error:
            self._fail(error)

    def _append(self, now: int, data: bytes) -> None:
        while data:
            part = self._part if self._part and self._room else self._begin_part(now)
            data = data[self._append_to(part, data[: self._room]) :]

    def _append_to(self, part: PartFile, data: bytes) -> int:
        """How many bytes of it, in whole packets, this part has taken; the rest is for another one."""
        before = part.size
        try:
            part.append(data)
        except FileLost as error:
            if before == HEADER_SIZE:
                # A new file that is lost at once would be followed by another that is.
                raise
            self._lose(error)
            return 0
        except (FileTooLarge, DriveFull) as error:
            taken = self._account(part).bytes - before
            # A new file that takes nothing would be followed by another that takes nothing.
            hopeless = before == HEADER_SIZE and not taken
            if hopeless or not (self._cover or isinstance(error, FileTooLarge)):
                raise
            self._room = 0
            return taken
        self._room -= len(data)
        return len(data)

    def _begin_part(self, now: int) -> PartFile:
        try:
            self._end_part()
        except FileLost as error:
            self._lose(error)
        self._drive.check()
        if self._cover:
            self._cover.make_room(self._header.rtp_len, self._ours)
        self._room = self._policy.room(self._drive.free(), self._header.rtp_len)
        self._part = self._place(now)
        self._saved_at, self._saved = now, self._account(self._part)
        self._look_at_space()
        return self._part

    def _place(self, now: int) -> PartFile:
        """A new file; where its folder takes no more of them an older recording gives way, and it is tried again."""
        for _ in range(MOST_FOR_A_FILE):
            try:
                return self._create(now)
            except FolderFull:
                if not (self._cover and self._cover.make_place(self._ours)):
                    raise
        return self._create(now)

    def _create(self, now: int) -> PartFile:
        for _ in range(MAX_FAILED_SAVES - 1):
            try:
                return self._drive.create(part_names(self._name_time(now)), bytes(self._header))
            except SyncFailed as error:
                self._note(str(error))
        return self._drive.create(part_names(self._name_time(now)), bytes(self._header))

    def _name_time(self, now: int) -> datetime:
        """Local time when the recording began, and what has passed since: a clock put back does not disturb parts."""
        self._begun = self._begun or (now, self._system_time(now))
        instant, time = self._begun
        return time + timedelta(seconds=to_seconds(now - instant))

    @property
    def _ours(self) -> frozenset[str]:
        """Paths of this recording's own files."""
        return self._earlier.union(part.path for part in self._done)

    def _covered(self, path: str) -> None:
        self.health = replace(self.health, covered=(*self.health.covered, path))

    def _checkpoint(self, now: int, part: PartFile) -> None:
        self._drive.check()
        header = self._true_header(part)
        try:
            # A recording that is paused has nothing to save: the drive is looked at, and left in peace.
            if not self._is_saved(header) and self._save(lambda: part.checkpoint(bytes(header))):
                self._saved = _told(part, header)
        except FileLost as error:
            self._lose(error)
        self._saved_at = now
        self._look_at_space()
        self._keep_reserve()

    def _is_saved(self, header: RecordHeader) -> bool:
        return self._saved is not None and self._saved.bytes == HEADER_SIZE + header.data_size

    def _end_part(self) -> bool:
        """Whether all of it is safe."""
        part = self._part
        if part is None:
            return True
        whole = self._account(part)
        try:
            # Given up once, the audio is not asked for again; then the header must still be made true.
            sealed = self._seal(part, whole) or self._seal(part, whole)
            self._saved = whole if sealed else self._saved
        except FileLost:
            # Unless it is the drive that is not there any more, and the file with it.
            self._saved = None if self._is_there() else whole
            raise
        finally:
            # Where the drive fails now, nothing is claimed but what was safe before.
            self._done += [self._saved] if self._saved else []
            self._saved = self._part = None
            part.close()
        return sealed

    def _is_there(self) -> bool:
        try:
            self._drive.check()
        except DriveError:
            return False
        return True

    def _seal(self, part: PartFile, whole: Part) -> bool:
        return self._save(lambda: part.seal(bytes(self._true_header(part)), whole.bytes))

    def _save(self, save: Callable[[], None]) -> bool:
        """Whether it is safe now. What a failing sync may have lost is written once more, and then given up."""
        errors = []
        for _ in range(2):
            try:
                save()
                break
            except SyncFailed as error:
                errors.append(str(error))
        saved = len(errors) < 2
        if errors:
            self._note(f"{errors[-1]}; {'it was written again' if saved else 'up to a second of audio may be lost'}")
        self._failed_saves = 0 if saved else self._failed_saves + 1
        if self._failed_saves == MAX_FAILED_SAVES:
            raise DriveError(f"the drive keeps nothing any more: {errors[-1]}")
        return saved

    def _lose(self, error: FileLost) -> None:
        """What others have taken is no part of the recording, which goes on in another file."""
        self._drive.check()
        self._note(str(error))
        part, self._part, self._saved = self._part, None, None
        if part:
            part.close()

    def _note(self, error: str) -> None:
        if len(self.health.faults) < MAX_FAULTS:
            self.health = replace(self.health, faults=(*self.health.faults, Fault(self.written, error)))

    def _look_at_space(self) -> None:
        free = self._drive.free()
        if self._cover is None:
            remaining = self._policy.remaining(free, self._header.rtp_len) * self._header.increment
            if remaining != self.health.remaining:
                self.health = self.health.with_remaining(remaining)

    def _keep_reserve(self) -> None:
        """Others may have written meanwhile. Without a reserve the drive itself says when it is full, to the byte."""
        if not self._policy.reserve:
            return
        packet = self._header.rtp_len
        left = max(self._drive.free() - self._policy.reserve, 0)
        self._room = min(self._room, left // packet * packet)

    def _account(self, part: PartFile) -> Part:
        return _told(part, self._true_header(part))

    def _true_header(self, part: PartFile) -> RecordHeader:
        """Whole packets only: of one that a full drive has cut, nothing is told."""
        header = self._header
        return RecordHeader(header.codec, header.rtp_len, header.increment, self._whole(part))

    def _whole(self, part: PartFile) -> int:
        """Bytes of its whole packets."""
        packet = self._header.rtp_len
        return (part.size - HEADER_SIZE) // packet * packet

    def _fail(self, error: DriveError) -> None:
        self.state, self.error = State.FAILED, error
        with suppress(DriveError):
            # The first error is the one to show; the file keeps its last true header.
            self._end_part()
            if isinstance(error, FolderFull):
                # There is room, and no use for it: how long could still be recorded nobody can tell.
                self.health = self.health.with_remaining(None)
            elif isinstance(error, DriveFull):
                # What is told of the room is no more than there is.
                self._look_at_space()


def _told(part: PartFile, header: RecordHeader) -> Part:
    """A file with this header, as it is told."""
    return Part(part.path, HEADER_SIZE + header.data_size, header.packets, header.duration_s)
