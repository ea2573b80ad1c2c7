from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from phone_recorder.errors import UsageError
from phone_recorder.server.entry import Entry
from phone_recorder.server.query import Query
from phone_recorder.server.recovery import KILLED, Deed, Done, reindex, started_at
from phone_recorder.server.sidecar import decode, encode
from tests.record_bytes import record, speech
from tests.server.archive_rig import CALL, ENDED, HOSTILE, NAME, begin, call, files, keep, opened

FOREIGN = {
    "notes.txt": b"hello",
    "Record_today.wav": record(speech(160)),
    "Record_20240131120000.mp3": b"no recording",
    "Record_20240131.json": b"{}",
    ".Record_20240131120000.txt": b"hidden",
    ".other.json": b"hidden",
    "Record_20240131120099.wav": record(speech(160)),
}


@pytest.fixture
def in_shanghai(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "CST-8")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def recover(storage: Path) -> list[Done]:
    with opened(storage) as archive:
        return archive.recover()


def entries(storage: Path) -> list[Entry]:
    """What the catalogue says, oldest first; a second recovery finds nothing to do."""
    with opened(storage) as archive:
        assert archive.recover() == []
        return archive.catalogue.search(Query(descending=False, sort="name")).entries


def put(storage: Path, entry: Entry | bytes, wav: bytes | None, name: str = NAME) -> None:
    (storage / f"{name}.json").write_bytes(entry if isinstance(entry, bytes) else encode(entry))
    if wav is not None:
        (storage / f"{name}.wav").write_bytes(wav)


def sidecar(storage: Path, name: str = NAME) -> Entry:
    return decode((storage / f"{name}.json").read_bytes())


def test_an_empty_storage(tmp_path: Path) -> None:
    assert recover(tmp_path) == []
    assert entries(tmp_path) == []


def test_s1_what_was_being_recorded_is_mended_and_cut_short(tmp_path: Path) -> None:
    put(tmp_path, msgspec.structs.replace(CALL, name=NAME), record(speech(500), data_size=80))
    [done] = recover(tmp_path)
    assert (done.name, done.deed) == (NAME, Deed.COMPLETED)
    assert done.detail.startswith("dataSize is 80, but 500 bytes follow the header")
    assert (tmp_path / f"{NAME}.wav").read_bytes() == record(speech(500) + b"\xff" * 60)
    expected = msgspec.structs.replace(
        CALL, name=NAME, state="cut short", reason=KILLED, duration_s=0.07, size=76 + 560
    )
    assert entries(tmp_path) == [expected]
    assert sidecar(tmp_path) == expected


def test_what_was_being_recorded_and_had_no_audio_yet_is_kept(tmp_path: Path) -> None:
    put(tmp_path, CALL, record(b""))
    assert recover(tmp_path) == [Done(NAME, Deed.COMPLETED)]
    [entry] = entries(tmp_path)
    assert (entry.state, entry.duration_s, entry.size, entry.id) == ("cut short", 0.0, 76, CALL.id)


def test_what_cannot_be_mended_is_kept_and_said(tmp_path: Path) -> None:
    put(tmp_path, CALL, b"PCMU")
    [done] = recover(tmp_path)
    assert (done.deed, done.detail) == (Deed.COMPLETED, "the file has 4 bytes, fewer than its header of 76")
    [entry] = entries(tmp_path)
    assert (entry.state, entry.duration_s, entry.size, entry.id) == ("cut short", 0.0, 4, CALL.id)
    assert (tmp_path / f"{NAME}.wav").read_bytes() == b"PCMU"


def test_a_sidecar_whose_record_file_was_never_made_is_removed(tmp_path: Path) -> None:
    put(tmp_path, CALL, None)
    (tmp_path / f".{NAME}.wav").write_bytes(record(b"")[:40])
    assert recover(tmp_path) == [Done(NAME, Deed.REMOVED)]
    assert files(tmp_path) == []


@pytest.mark.parametrize("content", [b"", bytes(400)])
def test_a_sidecar_that_a_power_cut_has_emptied_is_removed_too(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, content, None)
    assert recover(tmp_path) == [Done(NAME, Deed.REMOVED)]
    assert files(tmp_path) == []


def test_what_has_no_record_file_and_is_no_sidecar_is_left(tmp_path: Path) -> None:
    put(tmp_path, b'{"mine": true}', None)
    [done] = recover(tmp_path)
    assert (done.name, done.deed) == (NAME, Deed.LEFT)
    assert files(tmp_path) == [f"{NAME}.json"]


def test_our_unfinished_files_are_removed(tmp_path: Path) -> None:
    put(tmp_path, ENDED, record(speech(800)))
    (tmp_path / f".{NAME}.json").write_bytes(b'{"vers')
    (tmp_path / f".{NAME}-2.json").write_bytes(encode(CALL))
    assert recover(tmp_path) == []
    assert files(tmp_path) == [f"{NAME}.json", f"{NAME}.wav"]
    assert sidecar(tmp_path).id == ENDED.id


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    for name, content in FOREIGN.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / f"{NAME}.wav").mkdir()
    (tmp_path / f"{NAME}-2.json").mkdir()
    os.mkfifo(tmp_path / f".{NAME}.json")
    before = files(tmp_path)
    assert recover(tmp_path) == [Done(NAME, Deed.LEFT, f"{NAME}.wav is not a regular file")]
    assert files(tmp_path) == before
    assert all((tmp_path / name).read_bytes() == content for name, content in FOREIGN.items())


def test_a_record_file_that_was_copied_in_is_listed(tmp_path: Path, in_shanghai: None) -> None:
    (tmp_path / f"{NAME}-3.wav").write_bytes(record(speech(1600), b"g722/8000", 160, 160))
    assert recover(tmp_path) == [Done(f"{NAME}-3", Deed.ADOPTED)]
    expected = Entry(
        name=f"{NAME}-3", codec="G722", started_at=1706673600.0, duration_s=0.2, size=1676, state="recorded"
    )
    assert entries(tmp_path) == [expected]
    assert sidecar(tmp_path, f"{NAME}-3") == expected


def test_one_that_was_cut_short_before_it_was_copied_in_stays_so(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.wav").write_bytes(record(speech(160), data_size=0))
    recover(tmp_path)
    [entry] = entries(tmp_path)
    assert (entry.state, entry.duration_s) == ("cut short", 0.02)
    assert entry.reason == "when it was found, dataSize is 0, but 160 bytes follow the header"
    reindex(tmp_path)
    assert entries(tmp_path) == [entry]


@pytest.mark.parametrize(
    "content", [b"", b"RIFF" + bytes(100), b"no recording", record(speech(160), b"OPUS")], ids=repr
)
def test_what_only_has_a_name_like_ours_is_left_alone(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, b"no sidecar", content)
    assert recover(tmp_path)[-1].deed is Deed.LEFT
    assert files(tmp_path) == [f"{NAME}.json", f"{NAME}.wav"]
    assert (tmp_path / f"{NAME}.wav").read_bytes() == content
    with opened(tmp_path) as archive:
        assert archive.catalogue.search(Query()).entries == []


def test_a_sidecar_that_is_garbage_is_kept_aside_and_the_recording_listed(tmp_path: Path) -> None:
    put(tmp_path, b'{"version":1,"id":"00', record(speech(160)))
    unreadable, adopted, aside = recover(tmp_path)
    assert (unreadable.deed, adopted.deed) == (Deed.UNREADABLE, Deed.ADOPTED)
    assert aside == Done(NAME, Deed.SET_ASIDE, f"{NAME}.json.unreadable")
    assert (tmp_path / f"{NAME}.json.unreadable").read_bytes() == b'{"version":1,"id":"00'
    [entry] = entries(tmp_path)
    assert (entry.name, entry.codec, entry.duration_s) == (NAME, "PCMU", 0.02)


def test_a_recording_whose_sidecar_was_deleted_meanwhile_is_adopted(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        begin(archive).close()
    (tmp_path / f"{NAME}.json").unlink()
    assert recover(tmp_path) == [Done(NAME, Deed.ADOPTED)]
    assert [(entry.id, entry.state) for entry in entries(tmp_path)] == [("", "recorded")]


def test_a_directory_in_a_sidecar_s_place_is_kept_aside_too(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.wav").write_bytes(record(speech(160)))
    (tmp_path / f"{NAME}.json" / "in it").mkdir(parents=True)
    recover(tmp_path)
    assert (tmp_path / f"{NAME}.json.unreadable" / "in it").is_dir()
    assert [entry.name for entry in entries(tmp_path)] == [NAME]


def test_links_are_not_followed(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    storage.mkdir()
    put(tmp_path, msgspec.structs.replace(ENDED, id="secret"), record(speech(160), data_size=0))
    for end in ("wav", "json"):
        (storage / f"{NAME}.{end}").symlink_to(tmp_path / f"{NAME}.{end}")
    (storage / f"{NAME}-2.wav").write_bytes(record(speech(160)))
    (storage / f"{NAME}-2.json").symlink_to(tmp_path / f"{NAME}.json")
    recover(storage)
    with opened(storage) as archive:
        archive.recover()
        [entry] = archive.catalogue.search(Query()).entries
        assert (entry.name, entry.id) == (f"{NAME}-2", "")
    assert (tmp_path / f"{NAME}.wav").read_bytes() == record(speech(160), data_size=0)
    assert sidecar(tmp_path).id == "secret"
    assert (storage / f"{NAME}.wav").is_symlink()


def test_a_recording_of_another_program_that_is_going_on_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}.wav"
    path.write_bytes(record(speech(160), data_size=0))
    with path.open("r+b") as recorder:
        fcntl.flock(recorder, fcntl.LOCK_EX)
        assert recover(tmp_path) == [Done(NAME, Deed.LEFT, "its recorder has it locked")]
    assert path.read_bytes() == record(speech(160), data_size=0)
    assert files(tmp_path) == [f"{NAME}.wav"]
    assert recover(tmp_path)[0].deed is Deed.ADOPTED


def test_what_was_deleted_by_hand_is_forgotten(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        first, second = keep(archive, call(1)), keep(archive, call(2))
    (tmp_path / f"{first}.wav").unlink()
    (tmp_path / f"{second}.wav").unlink()
    (tmp_path / f"{second}.json").unlink()
    assert recover(tmp_path) == [
        Done(first, Deed.REMOVED),
        Done(first, Deed.FORGOTTEN),
        Done(second, Deed.FORGOTTEN),
    ]
    assert (entries(tmp_path), files(tmp_path)) == ([], [])


def test_what_was_changed_by_hand_is_read_again_and_nothing_else(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        changed, renamed, same = (keep(archive, call(number)) for number in (1, 2, 3))
    put(tmp_path, msgspec.structs.replace(sidecar(tmp_path, changed), remote_name="Eve"), None, changed)
    (tmp_path / f"{changed}.wav").write_bytes(record(speech(1600)))
    for end in ("wav", "json"):
        (tmp_path / f"{renamed}.{end}").rename(tmp_path / f"{NAME}-77.{end}")
    # What is not read is not noticed: its size and its time are what they were.
    status = (tmp_path / f"{same}.json").stat()
    (tmp_path / f"{same}.json").write_bytes(b" " * status.st_size)
    os.utime(tmp_path / f"{same}.json", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert recover(tmp_path) == [Done(changed, Deed.READ), Done(renamed, Deed.FORGOTTEN)]
    one, three, two = entries(tmp_path)
    assert (one.remote_name, one.size, one.duration_s) == ("Eve", 1676, 0.2)
    assert (two.name, two.id) == (f"{NAME}-77", call(2).id)
    assert (three.name, three.id) == (same, call(3).id)
    assert sidecar(tmp_path, f"{NAME}-77").name == f"{NAME}-77"


def test_a_file_that_was_damaged_later_is_mended_and_keeps_its_call(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        name = keep(archive)
    path = tmp_path / f"{name}.wav"
    path.write_bytes(path.read_bytes()[:-30])
    [done] = recover(tmp_path)
    assert (done.name, done.deed) == (name, Deed.MENDED)
    [entry] = entries(tmp_path)
    assert (entry.state, entry.id, entry.size) == ("recorded", CALL.id, 876)


@pytest.mark.parametrize("text", HOSTILE)
def test_c6_whatever_a_caller_says_outlives_the_server(tmp_path: Path, text: str) -> None:
    entry = msgspec.structs.replace(CALL, remote_name=text, device=text, local_number=text)
    put(tmp_path, entry, record(speech(160)))
    recover(tmp_path)
    [found] = entries(tmp_path)
    assert (found.remote_name, found.device, found.local_number) == (text, text, text)


def rows(storage: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(storage / ".phone-recorder" / "catalogue.sqlite")) as catalogue:
        return catalogue.execute("SELECT * FROM recordings ORDER BY name").fetchall()


def test_reindex_makes_the_catalogue_that_there_was_row_for_row(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        for number, text in enumerate(HOSTILE):
            entry = msgspec.structs.replace(call(number), remote_name=text, local_name=text, device=text)
            keep(archive, entry, audio=speech(160 * (number + 1)))
    before = rows(tmp_path)
    assert len(before) == len(HOSTILE)
    assert reindex(tmp_path) == []
    assert rows(tmp_path) == before
    for path in (tmp_path / ".phone-recorder").glob("catalogue*"):
        path.unlink()
    assert recover(tmp_path) == []
    assert rows(tmp_path) == before


def test_reindex_waits_for_no_server(tmp_path: Path) -> None:
    with opened(tmp_path) as archive:
        keep(archive)
        with pytest.raises(UsageError, match=r"a record server has .* already: stop it"):
            reindex(tmp_path)
        archive.flush()
        assert archive.catalogue.search(Query()).total == 1


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("Record_20240131120000", 1706673600.0),
        ("Record_20240131120000-17", 1706673600.0),
        ("Record_19700101080000", 0.0),
        ("Record_19700101000000", -28800.0),
        ("Record_20240230120000", 0.0),
        ("Record_00000101000000", 0.0),
        ("Record_00010101000000", 0.0),
        ("other", 0.0),
    ],
)
def test_the_time_in_a_name_is_local(in_shanghai: None, name: str, seconds: float) -> None:
    assert started_at(name) == seconds
