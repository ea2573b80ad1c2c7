"""What a server finds when it starts: recordings that nobody ended, files of others, a catalogue that lags behind."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from phone_recorder.adapters.drive_errors import drive_errors
from phone_recorder.adapters.record_repair import Repair, Result, repair, sweep
from phone_recorder.errors import DriveError, UsageError, WireError
from phone_recorder.recording.drive_names import record_order
from phone_recorder.server.catalogue import Catalogue, discard
from phone_recorder.server.entry import Entry
from phone_recorder.server.folder import Folder, regular
from phone_recorder.server.sidecar import MAX_SIZE, decode, encode, is_name, sidecar_file, wav_file
from phone_recorder.wire.printable import printable
from phone_recorder.wire.record_file import HEAD_SIZE, examine

KILLED = "the server was killed, or its machine lost power; packets were not counted"
CATALOGUE = "catalogue.sqlite"


class Deed(StrEnum):
    """What was done about something."""

    COMPLETED = "it was being recorded, and is cut short"
    MENDED = "its header was made true"
    ADOPTED = "it had no sidecar, and has one now"
    UNREADABLE = "its sidecar cannot be read"
    SET_ASIDE = "what stood in its sidecar's place was renamed"
    UNSAVED = "its sidecar could not be written"
    READ = "its files have changed, and were read"
    REMOVED = "its sidecar had no record file, and was removed"
    FORGOTTEN = "its record file is gone"
    LEFT = "it was left as it is"


@dataclass(frozen=True, slots=True)
class Done:
    """One line for the log: `name` of the recording or the file, `detail` for people. Both are safe to show."""

    name: str
    deed: Deed
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a record file tells of itself: `codec` is "" if it is none; it is `whole` if its header is true."""

    size: int
    codec: str
    duration_s: float
    whole: bool


def measure(folder: Folder, name: str) -> Measured:
    """Look at a record file; DriveError if it cannot be read."""
    status = folder.status(wav_file(name))
    found = examine(folder.read(wav_file(name), HEAD_SIZE), status.st_size if status else 0)
    codec, duration = (found.header.codec.name, found.header.duration_s) if found.header else ("", 0.0)
    return Measured(found.file_size, codec, duration, found.complete)


def measured(entry: Entry, name: str, facts: Measured) -> Entry:
    """The entry of that name with what its file says."""
    return msgspec.structs.replace(entry, name=name, size=facts.size, duration_s=facts.duration_s)


def stamp(folder: Folder, name: str) -> str:
    """What tells whether the files of a recording have changed since."""
    return _stamp(folder.status(wav_file(name)), folder.status(sidecar_file(name)))


def recover(folder: Folder, catalogue: Catalogue) -> list[Done]:
    """Complete what nobody ended, and make the catalogue say what the files say. What was done, oldest recording first.

    The folder's lock is held, so nobody is recording. Only files that have changed since they were catalogued are read.
    """
    return _Recovery(folder, catalogue).run()


def reindex(path: Path) -> list[Done]:
    """Make the catalogue of a storage directory anew; UsageError while a server has it."""
    with Folder(path) as folder:
        discard(folder.own / CATALOGUE)
        catalogue = Catalogue(folder.own / CATALOGUE)
        try:
            return recover(folder, catalogue)
        finally:
            catalogue.close()


class _Recovery:
    def __init__(self, folder: Folder, catalogue: Catalogue) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._done: list[Done] = []

    def run(self) -> list[Done]:
        files = self._swept()
        known = self._catalogue.stamps()
        kept = {name for name in _names(files) if self._keep(name, files, known.get(name))}
        for name in sorted(known.keys() - kept):
            self._catalogue.forget(name)
            self._tell(name, Deed.FORGOTTEN)
        self._catalogue.flush()
        return self._done

    def _swept(self) -> dict[str, os.stat_result]:
        """What is there, without what we had not finished when we were killed."""
        with drive_errors(self._folder.path):
            sweep(self._folder.path)
        files = self._folder.files()
        for file, status in files.items():
            sidecar = file.startswith(".") and file.endswith(".json") and is_name(file[1:-5])
            if sidecar and regular(status):
                self._folder.remove(file)
        return files

    def _keep(self, name: str, files: dict[str, os.stat_result], known: str | None) -> bool:
        """Whether there is a recording of that name for the catalogue."""
        wav, sidecar = files.get(wav_file(name)), files.get(sidecar_file(name))
        if wav is None:
            self._remove_sidecar(name, sidecar)
            return False
        if not regular(wav):
            self._tell(name, Deed.LEFT, f"{wav_file(name)} is not a regular file")
            return False
        unchanged = bool(known) and known == _stamp(wav, sidecar)
        return unchanged or self._read(name, sidecar, known is not None)

    def _remove_sidecar(self, name: str, status: os.stat_result | None) -> None:
        """Of a call whose record file was never made, or was deleted."""
        file = sidecar_file(name)
        try:
            # A machine that loses power may leave a file without its content.
            if regular(status) and (data := self._folder.read(file, MAX_SIZE)).strip(b"\0"):
                decode(data)
        except (WireError, DriveError) as error:
            self._tell(name, Deed.LEFT, f"{file} has no record file beside it: {error}")
            return
        if regular(status):
            self._folder.remove(file)
            self._tell(name, Deed.REMOVED)

    def _read(self, name: str, status: os.stat_result | None, catalogued: bool) -> bool:
        """Read a recording's files, make them true, and put it into the catalogue, if it is one."""
        try:
            mended = repair(self._folder.path / wav_file(name))
            facts = measure(self._folder, name)
        except (UsageError, DriveError) as error:
            self._tell(name, Deed.LEFT, str(error))
            return False
        found = self._sidecar(name, status)
        if mended.result is Result.RECORDING or not (found or facts.codec):
            # Another recorder's, or what only has a name like ours.
            self._tell(name, Deed.LEFT, mended.why)
            return False
        entry, deed = _judge(name, found, facts, mended)
        if deed is not Deed.READ or catalogued:
            self._tell(name, deed, mended.why or "; ".join(mended.problems))
        self._save(entry, found, status)
        return True

    def _sidecar(self, name: str, status: os.stat_result | None) -> Entry | None:
        """What the sidecar says; None if there is none that can be read."""
        if not regular(status):
            return None
        try:
            return decode(self._folder.read(sidecar_file(name), MAX_SIZE))
        except (WireError, DriveError) as error:
            self._tell(name, Deed.UNREADABLE, str(error))
            return None

    def _save(self, entry: Entry, found: Entry | None, status: os.stat_result | None) -> None:
        """Make the sidecar say this, and the catalogue."""
        file = sidecar_file(entry.name)
        try:
            if status and not found:
                self._tell(entry.name, Deed.SET_ASIDE, self._folder.set_aside(file))
            if entry != found:
                self._folder.replace(file, encode(entry))
            self._catalogue.put(entry, stamp(self._folder, entry.name))
        except DriveError as error:
            self._tell(entry.name, Deed.UNSAVED, str(error))
            self._catalogue.put(entry, "")

    def _tell(self, name: str, deed: Deed, detail: str = "") -> None:
        self._done.append(Done(name, deed, printable(detail)))


def _judge(name: str, found: Entry | None, facts: Measured, mended: Repair) -> tuple[Entry, Deed]:
    """The entry of a recording, and what was done to have it."""
    if found is None:
        return _adopted(name, facts, mended), Deed.ADOPTED
    entry = measured(found, name, facts)
    if entry.state == "recording":
        return msgspec.structs.replace(entry, state="cut short", reason=KILLED), Deed.COMPLETED
    return entry, Deed.MENDED if mended.result is Result.MENDED else Deed.READ


def _adopted(name: str, facts: Measured, mended: Repair) -> Entry:
    """The entry of a record file that nothing else is known of."""
    whole = mended.result is Result.GOOD
    entry = Entry(
        name=name,
        codec=facts.codec,
        started_at=started_at(name),
        state="recorded" if whole else "cut short",
        reason="" if whole else f"when it was found, {'; '.join(mended.problems)}",
    )
    return measured(entry, name, facts)


def started_at(name: str) -> float:
    """Seconds since 1970, UTC, of the local time in a recording's name; 0 if there was no such time."""
    order = record_order(wav_file(name))
    try:
        return datetime.strptime(order[0], "%Y%m%d%H%M%S").timestamp() if order else 0.0
    except (ValueError, OverflowError):
        return 0.0


def _names(files: Iterable[str]) -> list[str]:
    """Of the recordings that the files are of, oldest first."""
    stems = {Path(file).stem for file in files if file.endswith((".wav", ".json"))}
    orders = {stem: record_order(wav_file(stem)) for stem in stems}
    return [stem for _, stem in sorted((order, stem) for stem, order in orders.items() if order)]


def _stamp(wav: os.stat_result | None, sidecar: os.stat_result | None) -> str:
    if not (wav and sidecar):
        return ""
    return f"{wav.st_size} {wav.st_mtime_ns} {sidecar.st_size} {sidecar.st_mtime_ns}"
