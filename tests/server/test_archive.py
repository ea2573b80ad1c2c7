from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from phone_recorder.adapters.mounted_drive import MountedDrive
from phone_recorder.errors import DriveError, DriveFull, DriveGone, UsageError
from phone_recorder.recording.drive_names import part_names, record_order
from phone_recorder.server.archive import Archive
from phone_recorder.server.core import Storage
from phone_recorder.server.entry import Entry
from phone_recorder.server.query import Query
from phone_recorder.server.recovery import Deed, Done
from phone_recorder.server.sidecar import decode
from tests.adapters.mounts import tmpfs
from tests.record_bytes import record, speech
from tests.server.archive_rig import CALL, ENDED, HOSTILE, NAME, NOON, begin, call, ended, files, finish, keep, opened


def sidecar(storage: Path, name: str) -> Entry:
    return decode((storage / f"{name}.json").read_bytes())


def listed(archive: Archive) -> list[str]:
    archive.tick()
    return [entry.name for entry in archive.catalogue.search(Query(sort="name", descending=False)).entries]


def test_a_recording_from_begin_to_end(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        part = begin(archive)
        recording = msgspec.structs.replace(CALL, name=NAME)
        assert part.path == str(tmp_path / f"{NAME}.wav")
        assert files(tmp_path) == [f"{NAME}.json", f"{NAME}.wav"]
        assert sidecar(tmp_path, NAME) == archive.catalogue.get(NAME) == recording
        assert finish(archive, part) == NAME
        kept = msgspec.structs.replace(ENDED, name=NAME, size=876, duration_s=0.1)
        assert sidecar(tmp_path, NAME) == archive.catalogue.get(NAME) == kept
        assert listed(archive) == [NAME]
        assert files(tmp_path) == [f"{NAME}.json", f"{NAME}.wav"]
        assert archive.wav_path(NAME).read_bytes() == record(speech(800))
        assert archive.fault == ""


def test_a_storage_is_a_drive(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        drive: Storage = archive.storage(CALL)
        name = keep(archive)
        part = begin(archive, call(2))
        drive.check()
        assert drive.free() > 0
        assert (drive.recordings(), drive.names) == ([], [])
        drive.delete(str(tmp_path / f"{name}.wav"))
        assert files(tmp_path) == [f"{NAME}-2.json", f"{NAME}-2.wav"]
        part.close()


def test_c5_no_call_s_truth_meets_another_s(tmp_path: Path) -> None:
    """Forty calls begin and end in each other's midst; the files say whose they are by their audio."""
    with opened(tmp_path) as archive:
        parts = []
        for number in range(40):
            parts.append((number, begin(archive, call(number))))
            if number % 3 == 2:
                ending, part = parts.pop(number % len(parts))
                finish(archive, part, ended(call(ending)), bytes([ending]) * 80)
            if number % 10 == 9:
                archive.tick()
        for ending, part in reversed(parts):
            finish(archive, part, ended(call(ending)), bytes([ending]) * 80)
        assert len(listed(archive)) == 40
        for name in listed(archive):
            number = archive.wav_path(name).read_bytes()[-1]
            expected = msgspec.structs.replace(ended(call(number)), name=name, size=156, duration_s=0.01)
            assert sidecar(tmp_path, name) == archive.catalogue.get(name) == expected


def test_s10_names_are_unique_and_in_order_whatever_the_clock_does(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}-2.wav").write_bytes(b"of another's making")
    (tmp_path / f"{NAME}-3.json").write_bytes(b"of another's making")
    (tmp_path / f".{NAME}-4.wav").write_bytes(b"of another's making")
    clock = [NOON] * 3 + [NOON + timedelta(seconds=1)] + [NOON] * 2 + [datetime(1970, 1, 1)] * 2
    with opened(tmp_path) as archive:
        names = [keep(archive, call(number), when) for number, when in enumerate(clock)]
    assert names == [
        NAME,
        f"{NAME}-5",
        f"{NAME}-6",
        "Record_20240131120001",
        f"{NAME}-7",
        f"{NAME}-8",
        "Record_19700101000000",
        "Record_19700101000000-2",
    ]
    assert (tmp_path / f"{NAME}-2.wav").read_bytes() == b"of another's making"


def test_five_hundred_in_one_second(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        names = [keep(archive, call(number)) for number in range(500)]
        orders = [record_order(f"{name}.wav") or ("", 0) for name in names]
        assert all(a < b for a, b in pairwise(orders))
        assert orders[-1] == ("20240131120000", 500)
        assert archive.catalogue.get(f"{NAME}-500") == msgspec.structs.replace(
            ended(call(499)), name=f"{NAME}-500", size=876, duration_s=0.1
        )


def test_a_recording_of_two_parts(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        first, second = begin(archive), begin(archive)
        for part, size in ((first, 800), (second, 80)):
            part.append(speech(size))
            part.seal(record(speech(size))[:76], 76 + size)
            part.close()
        archive.ended(ENDED, [NAME, f"{NAME}-2"])
        found = [sidecar(tmp_path, name) for name in (NAME, f"{NAME}-2")]
        assert [(entry.id, entry.state, entry.size, entry.duration_s) for entry in found] == [
            (CALL.id, "recorded", 876, 0.1),
            (CALL.id, "recorded", 156, 0.01),
        ]


def test_an_id_is_known_as_long_as_its_recording_is_kept(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}-9.wav").write_bytes(record(speech(160)))
    with opened(tmp_path) as archive:
        archive.recover()
        assert not archive.knows(CALL.id)
        part = begin(archive)
        assert archive.knows(CALL.id)
        archive.tick()
        assert archive.knows(CALL.id) and not archive.knows("") and not archive.knows("\ud800")
        finish(archive, part)
    with opened(tmp_path) as archive:
        assert archive.knows(CALL.id)
        archive.delete(NAME)
        assert not archive.knows(CALL.id)


@pytest.mark.parametrize("text", [*HOSTILE, "\ud800"])
def test_c6_hostile_words_name_no_file_and_are_kept(tmp_path: Path, text: str) -> None:
    said = msgspec.structs.replace(CALL, id=text, device=text, local_number=text, remote_name=text, reason=text)
    with opened(tmp_path) as archive:
        keep(archive, said)
        assert files(tmp_path) == [f"{NAME}.json", f"{NAME}.wav"]
        found = archive.catalogue.get(NAME)
        assert found == sidecar(tmp_path, NAME)
        assert found and found.remote_name == text.replace("\ud800", "\ufffd")
        assert archive.knows(text) == (text != "")


def test_what_is_asked_of_the_storage_is_asked_once_a_tick(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    storage.mkdir()
    with opened(storage) as archive:
        assert archive.free() > 0
        storage.rename(tmp_path / "elsewhere")
        archive.check()
        archive.tick()
        for _ in range(2):
            with pytest.raises(DriveGone):
                archive.check()
        (tmp_path / "elsewhere").rename(storage)
        archive.check()


def test_s4_nothing_is_written_into_a_directory_that_has_taken_the_storage_s_place(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    storage.mkdir()
    with opened(storage) as archive:
        storage.rename(tmp_path / "elsewhere")
        storage.mkdir()
        with pytest.raises(DriveGone):
            begin(archive)
        assert list(storage.iterdir()) == []
        assert files(tmp_path / "elsewhere") == []
        (storage).rmdir()
        (tmp_path / "elsewhere").rename(storage)


class Refusing(MountedDrive):
    """A drive that takes no record file."""

    def create(self, *_: object) -> None:  # type: ignore[override]
        raise DriveFull("the drive is full")


def test_a_record_file_that_cannot_be_made_leaves_no_sidecar(tmp_path: Path) -> None:
    with Archive(Refusing(tmp_path)) as archive:
        with pytest.raises(DriveFull):
            begin(archive)
        assert files(tmp_path) == []
        assert listed(archive) == []
        assert not archive.knows(CALL.id)


def test_s2_where_a_full_storage_takes_no_sidecar_it_is_written_later(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "storage", "size=256k") as storage, opened(storage) as archive:
        first, second = begin(archive), begin(archive, call(2))
        filling = storage / "filling"
        with pytest.raises(OSError, match="No space left"):
            filling.write_bytes(bytes(256 << 10))
        for part, entry in ((first, ENDED), (second, ended(call(2)))):
            part.close()
            archive.ended(entry, [Path(part.path).stem])
        assert "the drive is full" in archive.fault
        assert [sidecar(storage, name).state for name in (NAME, f"{NAME}-2")] == ["recording", "recording"]
        found = archive.catalogue.get(NAME)
        assert found and found.state == "recorded"
        filling.unlink()
        archive.tick()
        archive.tick()
        assert archive.fault == ""
        assert [sidecar(storage, name).state for name in (NAME, f"{NAME}-2")] == ["recorded", "recorded"]
    assert not storage.joinpath(NAME).exists()


def test_a_recording_that_a_failing_storage_has_ended_is_mended_at_the_next_start(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        part = begin(archive)
        part.append(speech(100))
        part.close()
        archive.ended(msgspec.structs.replace(ENDED, state="cut short", reason="the drive is full"), [NAME])
    with opened(tmp_path) as archive:
        [done] = archive.recover()
        assert (done.name, done.deed) == (NAME, Deed.MENDED)
        found = archive.catalogue.get(NAME)
        assert found and (found.state, found.reason, found.size) == ("cut short", "the drive is full", 236)


def test_a_recording_whose_file_was_deleted_meanwhile_is_none(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        part = begin(archive)
        part.close()
        (tmp_path / f"{NAME}.wav").unlink()
        archive.ended(ENDED, [NAME])
        assert (files(tmp_path), listed(archive), archive.fault) == ([], [], "")


def test_a_catalogue_that_fails_ends_no_recording(tmp_path: Path) -> None:
    def rename(old: str, new: str) -> None:
        with closing(sqlite3.connect(tmp_path / ".phone-recorder" / "catalogue.sqlite")) as other, other:
            other.execute(f"ALTER TABLE {old} RENAME TO {new}")

    with opened(tmp_path) as archive:
        rename("recordings", "elsewhere")
        assert not archive.knows(CALL.id)
        name = keep(archive)
        archive.tick()
        assert "the catalogue" in archive.fault
        assert sidecar(tmp_path, name).state == "recorded"
        rename("elsewhere", "recordings")
        archive.tick()
        assert archive.fault == ""
        assert listed(archive) == [name]


def test_a_second_server_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(UsageError, match=r"a record server has .* already"):
        opened(tmp_path)
    with opened(tmp_path) as archive:
        assert archive.recover() == []


def test_a_storage_whose_catalogue_cannot_be_is_let_go(tmp_path: Path) -> None:
    (tmp_path / ".phone-recorder" / "catalogue.sqlite").mkdir(parents=True)
    for _ in range(2):
        with pytest.raises(DriveError, match=r"catalogue\.sqlite"):
            opened(tmp_path)


def test_what_a_killed_server_was_recording_is_completed(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        part = begin(archive)
        part.append(speech(800))
        part.close()
    with opened(tmp_path) as archive:
        [done] = archive.recover()
        assert done == Done(NAME, Deed.COMPLETED, "dataSize is 0, but 800 bytes follow the header")
        assert listed(archive) == [NAME]
        assert next(part_names(NOON)) == f"{NAME}.wav"
        assert keep(archive, call(2)) == f"{NAME}-2"
