"""The archive of the record server: record files, their sidecars, and the catalogue of all, kept in step.

Files are the truth. A recording's sidecar is there before its record file, and is the last to go: so a record file
never is without its call, whenever we are killed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import msgspec

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveError, UsageError
from phone_recorder.recording.drive_destination import PartFile
from phone_recorder.server.catalogue import Catalogue
from phone_recorder.server.entry import Entry
from phone_recorder.server.folder import Folder, hidden, regular
from phone_recorder.server.recovery import CATALOGUE, Done, measure, measured, recover, stamp
from phone_recorder.server.retention import KEEP_ALL, GivesWay, Retention, Space, giving_way
from phone_recorder.server.sidecar import encode, is_name, sidecar_file, storable_text, wav_file


class Archive:
    """The storage on `drive`, locked for us: UsageError if another server has it. Use as `with Archive(...)`.

    All of it but `storage`, `ended` and `tick` may be called by any thread. `fault` says why something of what has been
    asked for is not stored yet, and is "" when all is.
    """

    def __init__(self, drive: MountedDrive, retention: Retention = KEEP_ALL) -> None:
        self.retention = retention
        self._drive = drive
        self._folder = Folder(drive.directory)
        try:
            self.catalogue = Catalogue(self._folder.own / CATALOGUE)
        except DriveError:
            self._folder.close()
            raise
        self._names = _Names(self._folder)
        self._free: int | None = None
        self._running: set[str] = set()
        self._late: dict[str, Entry] = {}  # ended, and not yet in their sidecars
        self._late_lock = threading.Lock()
        self._faults: dict[str, str] = {}  # what cannot be done, and why

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        """Store what is left to store, and let another server have the storage."""
        self.tick()
        self.catalogue.close()
        self._folder.close()

    @property
    def fault(self) -> str:
        return "; ".join(self._faults.values())

    def recover(self) -> list[Done]:
        """Complete what a killed server was recording, and read what has changed; call once, before anything else."""
        return recover(self._folder, self.catalogue)

    def tick(self) -> None:
        """Time has passed: ask the storage anew, and store what is queued. Call it every 50 to 100 ms."""
        self._free = None
        with self._late_lock:
            for name in list(self._late):
                if not self._save(name):
                    break
        self.flush()

    def flush(self) -> None:
        """Commit the catalogue. What fails stays queued: recordings do not end for it."""
        with self._noting("catalogue"):
            self.catalogue.flush()

    def knows(self, recording_id: str) -> bool:
        """Whether a recording that is kept has this id. Record files of others' making have none."""
        with self._noting("catalogue"):
            return bool(recording_id) and self.catalogue.knows(storable_text(recording_id))
        # Recordings do not end for a catalogue, and so they begin without one.
        return False

    def stored(self, names: Sequence[str]) -> bool:
        """Whether the last truth of these recordings is in their sidecars."""
        with self._late_lock:
            return not self._late.keys() & set(names)

    def storage(self, entry: Entry) -> Storage:
        """Where one recording goes, whose call is `entry`'s; its name is given to it there."""
        return Storage(self, entry, [])

    def check(self) -> None:
        """DriveError if the storage can take nothing now; asked anew at each tick."""
        self.free()

    def free(self) -> int:
        """Bytes left; asked anew at each tick."""
        free = self._free
        if free is None:
            self._drive.check()
            free = self._free = self._drive.free()
        return free

    def create(self, entry: Entry, names: Iterator[str], header: bytes) -> tuple[str, PartFile]:
        """A new record file, its sidecar first, both under the first of `names` that is free; with its name."""
        entry = self._names.claim(entry, names)
        try:
            part = self._drive.create(iter([wav_file(entry.name)]), header)
        except DriveError:
            # Where it cannot be removed either, recovery will see that it has no record file.
            with suppress(DriveError):
                self._folder.remove(sidecar_file(entry.name))
            raise
        self._running.add(entry.name)
        self.catalogue.put(entry, "")
        return entry.name, part

    def ended(self, entry: Entry, names: Sequence[str]) -> None:
        """Each of these recordings, whose files are closed, has become this; size and duration are its file's."""
        for name in names:
            with self._late_lock:
                self._late[name] = msgspec.structs.replace(entry, name=name)
                self._save(name)
            self._running.discard(name)

    def delete(self, name: str) -> None:
        """Delete a recording; UsageError if there is none of that name, or it is being recorded."""
        if name in self._running:
            raise UsageError(f"{name} is being recorded: it can be deleted when it has ended")
        if self.catalogue.get(name) is None or not self._is_gone(name):
            self.wav_path(name)
        # With the record file goes the recording: a sidecar alone is none, whereas a record file alone would be one.
        self._folder.remove(wav_file(name))
        with self._late_lock:
            self._forget(name)
        self.flush()

    def _is_gone(self, name: str) -> bool:
        """Whether somebody else has deleted its record file."""
        return self._folder.status(wav_file(name)) is None

    def wav_path(self, name: str) -> Path:
        """The record file of a recording, a regular file; UsageError if there is none."""
        if not is_name(name) or not regular(self._folder.status(wav_file(name))):
            raise UsageError(f"there is no recording {name[:40]!a}")
        return self._folder.path / wav_file(name)

    def retain(self, now: float, go_on: Callable[[], bool] = lambda: True) -> list[GivesWay]:
        """Delete what must give way at `now` (seconds since 1970, UTC), while `go_on`; what was deleted, and why.

        What cannot be deleted stays, and the others go all the same.
        """
        if self.retention.off:
            return []
        self.flush()
        used = sum(total.bytes for total in self.catalogue.totals().values())
        with closing(self.catalogue.oldest()) as entries:
            plan = list(giving_way(entries, self.retention, now, Space(used, self._drive.free())))
        return [gone for gone in plan if go_on() and self._gave_way(gone.name)]

    def _gave_way(self, name: str) -> bool:
        if self.catalogue.get(name) is None:
            return False  # somebody has deleted it meanwhile
        with self._noting("retention"):
            self.delete(name)
            return True
        return False

    def _save(self, name: str) -> bool:
        """Write the last truth of a recording into its sidecar, and the catalogue; whether it is there."""
        entry = self._late.pop(name)
        with self._noting("sidecar"):
            if self._folder.status(wav_file(name)) is None:
                # Others may delete files too.
                self._forget(name)
                return True
            facts = measure(self._folder, name)
            entry = measured(entry, name, facts)
            self._folder.replace(sidecar_file(name), encode(entry))
            # What is not whole, because the storage has failed, is for recovery to mend.
            self.catalogue.put(entry, stamp(self._folder, name) if facts.whole else "")
            return True
        # Behind those that have not been tried yet.
        self._late[name] = entry
        self.catalogue.put(entry, "")
        return False

    def _forget(self, name: str) -> None:
        """A recording without its record file is none."""
        self._late.pop(name, None)
        self._folder.remove(sidecar_file(name))
        self.catalogue.forget(name)

    @contextmanager
    def _noting(self, what: str) -> Iterator[None]:
        """An error in here is the `fault` until the same succeeds."""
        try:
            yield
            self._faults.pop(what, None)
        except (DriveError, UsageError) as error:
            self._faults[what] = str(error)


class _Names:
    """Gives each recording a name that no other has, and holds it with the sidecar."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._first = ""
        self._rest: Iterator[str] = iter(())

    def claim(self, entry: Entry, names: Iterator[str]) -> Entry:
        """The entry with the name that it has now, that of the first of the files `names` that is free."""
        first = next(names)
        if first != self._first:
            # Of one second's names, each is tried once: with 500 starts in it, the disk could not be asked for all.
            self._first, self._rest = first, chain([first], names)
        for file in self._rest:
            named = msgspec.structs.replace(entry, name=Path(file).stem)
            if self._is_free(file) and self._folder.claim(sidecar_file(named.name), encode(named)):
                return named
        raise DriveError("there is no free name for the recording")

    def _is_free(self, file: str) -> bool:
        """Whether no record file has the name, nor is about to."""
        return self._folder.status(file) is None and self._folder.status(hidden(file)) is None


@dataclass(frozen=True, slots=True)
class Storage:
    """The archive as one recording's drive (recording.drive_destination.Drive): all that it makes is of this call.

    `names` are those of the files that it has made.
    """

    archive: Archive
    entry: Entry
    names: list[str]

    def check(self) -> None:
        self.archive.check()

    def free(self) -> int:
        return self.archive.free()

    def create(self, names: Iterator[str], header: bytes) -> PartFile:
        name, part = self.archive.create(self.entry, names, header)
        self.names.append(name)
        return part

    def recordings(self) -> list[str]:
        """None gives way to this one: that is for the retention to say."""
        return []

    def delete(self, path: str) -> None:
        self.archive.delete(Path(path).stem)
