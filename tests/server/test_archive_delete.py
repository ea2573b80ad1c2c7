from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from phone_recorder.errors import DriveError, UsageError
from phone_recorder.server.archive import Archive
from phone_recorder.server.entry import Entry
from phone_recorder.server.query import Query, Totals
from phone_recorder.server.retention import GivesWay, Retention
from phone_recorder.server.sidecar import decode
from tests.adapters.mounts import tmpfs
from tests.record_bytes import record, speech
from tests.server.archive_rig import CALL, ENDED, NAME, NOON, begin, call, files, finish, keep, opened

DAY = 86400


def sidecar(storage: Path, name: str) -> Entry:
    return decode((storage / f"{name}.json").read_bytes())


def listed(archive: Archive) -> list[str]:
    archive.tick()
    return [entry.name for entry in archive.catalogue.search(Query(sort="name", descending=False)).entries]


def test_delete(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        first, second = keep(archive, call(1)), keep(archive, call(2))
        archive.delete(first)
        assert files(tmp_path) == [f"{second}.json", f"{second}.wav"]
        assert archive.catalogue.search(Query()).total == 1
        with pytest.raises(UsageError, match=f"there is no recording '{first}'"):
            archive.delete(first)
    with opened(tmp_path) as archive:
        assert archive.recover() == []


def test_what_is_being_recorded_is_not_deleted(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        part = begin(archive)
        with pytest.raises(UsageError, match=f"{NAME} is being recorded"):
            archive.delete(NAME)
        finish(archive, part)
        archive.delete(NAME)
        assert files(tmp_path) == []


def test_what_is_deleted_before_its_sidecar_could_be_written_does_not_come_back(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        part = begin(archive)
        part.close()
        (tmp_path / f".{NAME}.json").mkdir()
        archive.ended(ENDED, [NAME])
        assert archive.fault != ""
        archive.delete(NAME)
        (tmp_path / f".{NAME}.json").rmdir()
        assert files(tmp_path) == []
        # The hour repeats, and another call is given the name.
        keep(archive, call(1), NOON + timedelta(seconds=1))
        part = begin(archive, call(2))
        assert listed(archive) == [NAME, "Record_20240131120001"]
        assert sidecar(tmp_path, NAME) == msgspec.structs.replace(call(2), name=NAME)
        part.close()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../secret", "/etc/passwd", f"{NAME}.wav", f"{NAME}/../secret", f"{NAME}\0", "secret", "l"]
)
def test_a_name_that_is_none_leads_nowhere(tmp_path: Path, name: str) -> None:
    storage = tmp_path / "storage"
    storage.mkdir()
    (tmp_path / "secret.wav").write_bytes(record(b""))
    (storage / "secret.wav").write_bytes(record(b""))
    with opened(storage) as archive:
        keep(archive)
        for act in (archive.wav_path, archive.delete):
            with pytest.raises(UsageError, match="there is no recording"):
                act(name)
        assert (storage / "secret.wav").exists() and (tmp_path / "secret.wav").exists()


def test_a_link_is_no_recording(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    storage.mkdir()
    (tmp_path / "secret.wav").write_bytes(record(b""))
    (storage / f"{NAME}.wav").symlink_to(tmp_path / "secret.wav")
    with opened(storage) as archive:
        for act in (archive.wav_path, archive.delete):
            with pytest.raises(UsageError, match="there is no recording"):
                act(NAME)
    assert (storage / f"{NAME}.wav").is_symlink()


def test_retention_by_age(tmp_path: Path) -> None:
    with opened(tmp_path, Retention(max_age_s=30 * DAY)) as archive:
        now = CALL.started_at + 30 * DAY
        names = [
            keep(archive, msgspec.structs.replace(call(number), started_at=CALL.started_at + number))
            for number in range(3)
        ]
        begin(archive, msgspec.structs.replace(call(9), started_at=1e9)).close()
        assert archive.retain(now) == []
        assert archive.retain(now + 1.5) == [GivesWay(name, "it is older than 30 days") for name in names[:2]]
        assert archive.retain(now + 1.5) == []
        assert listed(archive) == [names[2], f"{NAME}-4"]


def test_retention_by_size(tmp_path: Path) -> None:
    with opened(tmp_path, Retention(max_bytes=2000)) as archive:
        names = [
            keep(archive, msgspec.structs.replace(call(number), started_at=CALL.started_at - number))
            for number in range(4)
        ]
        assert [gone.name for gone in archive.retain(0.0)] == [names[3], names[2]]
        assert archive.catalogue.totals() == {"recorded": Totals(count=2, bytes=1752, seconds=0.2)}


def test_retention_by_what_is_free(tmp_path: Path) -> None:
    retention = Retention(min_free=600 << 10)
    with tmpfs(tmp_path / "storage", "size=1m") as storage, opened(storage, retention) as archive:
        names = []
        for number in range(3):
            entry = msgspec.structs.replace(call(number), started_at=CALL.started_at + number)
            names.append(keep(archive, entry, audio=speech(200 << 10)))
        gone = archive.retain(0.0)
        assert 0 < len(gone) < 3
        assert [gives_way.name for gives_way in gone] == names[: len(gone)]
        assert archive.retain(0.0) == []


def test_nothing_gives_way_by_default(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        keep(archive)
        assert archive.retain(1e12) == []
        assert len(listed(archive)) == 1


def test_what_cannot_be_deleted_is_told_and_the_others_give_way_all_the_same(tmp_path: Path) -> None:
    with opened(tmp_path, Retention(max_bytes=1)) as archive:
        stuck, *others = [
            keep(archive, msgspec.structs.replace(call(number), started_at=CALL.started_at + number))
            for number in range(3)
        ]
        (tmp_path / f"{stuck}.wav").unlink()
        (tmp_path / f"{stuck}.wav").mkdir()
        assert [gone.name for gone in archive.retain(0.0)] == others
        assert listed(archive) == [stuck]


def test_a_recording_whose_file_others_have_deleted_can_be_deleted_and_gives_way(tmp_path: Path) -> None:
    with opened(tmp_path, Retention(max_bytes=1)) as archive:
        by_hand, by_itself = keep(archive, call(1)), keep(archive, call(2))
        (tmp_path / f"{by_hand}.wav").unlink()
        archive.delete(by_hand)
        assert listed(archive) == [by_itself]
        (tmp_path / f"{by_itself}.wav").unlink()
        assert [gone.name for gone in archive.retain(0.0)] == [by_itself]
        assert (listed(archive), files(tmp_path), archive.fault) == ([], [], "")


def test_retention_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with opened(tmp_path, Retention(max_bytes=1)) as archive:
        names = [keep(archive, call(number)) for number in range(3)]
        answers = iter([True, False, False])
        assert len(archive.retain(0.0, lambda: next(answers))) == 1
        assert len(listed(archive)) == len(names) - 1


def test_what_is_late_is_not_stored_yet(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        part = begin(archive)
        part.close()
        (tmp_path / f".{NAME}.json").mkdir()
        archive.ended(ENDED, [NAME])
        assert (archive.stored([NAME]), archive.stored([]), archive.stored(["another"])) == (False, True, True)
        (tmp_path / f".{NAME}.json").rmdir()
        archive.tick()
        assert archive.stored([NAME])


def test_after_the_end_nothing_is_touched_any_more(tmp_path: Path) -> None:
    """Whoever still holds the archive must not meet what the system gave its descriptor to."""
    storage = tmp_path / "storage"
    storage.mkdir()
    with opened(storage) as archive:
        name = keep(archive)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / f"{name}.wav").write_bytes(b"x")
    held = [os.open(elsewhere, os.O_RDONLY) for _ in range(20)]
    with pytest.raises(DriveError):
        archive.wav_path(name)
    for fd in held:
        os.close(fd)
