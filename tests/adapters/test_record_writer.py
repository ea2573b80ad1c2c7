from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from phone_recorder.adapters.record_writer import RecordFileWriter, Syncs
from phone_recorder.adapters.room import Room
from phone_recorder.errors import DriveError, DriveFull, DriveReadOnly, FileLost
from tests.adapters.mounts import remount, tmpfs
from tests.adapters.record_parts import end, header, open_files

ENDLESS = sys.maxsize


def names() -> Iterator[str]:
    return iter(["Record_1.wav", "Record_1-2.wav", "Record_1-3.wav"])


def writer(directory: Path, room: int = ENDLESS, syncs: Syncs = Syncs.ALWAYS) -> RecordFileWriter:
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return RecordFileWriter(directory, folder, names(), header(0), Room(room), syncs)
    finally:
        os.close(folder)


@pytest.mark.parametrize("syncs", list(Syncs))
def test_the_header_is_there_first_and_says_0(tmp_path: Path, syncs: Syncs) -> None:
    part = writer(tmp_path, syncs=syncs)
    assert part.path == str(tmp_path / "Record_1.wav")
    assert (tmp_path / "Record_1.wav").read_bytes() == header(0)
    assert part.size == 76
    end(part, header(0), 76)


@pytest.mark.parametrize("syncs", list(Syncs))
def test_at_each_checkpoint_the_header_is_true(tmp_path: Path, syncs: Syncs) -> None:
    part, path = writer(tmp_path, syncs=syncs), tmp_path / "Record_1.wav"
    part.append(b"\x01" * 160)
    assert path.read_bytes() == header(0) + b"\x01" * 160
    part.checkpoint(header(160))
    assert path.read_bytes() == header(160) + b"\x01" * 160
    part.append(b"\x02" * 320)
    assert path.read_bytes() == header(160) + b"\x01" * 160 + b"\x02" * 320
    part.checkpoint(header(480))
    assert path.read_bytes() == header(480) + b"\x01" * 160 + b"\x02" * 320
    end(part, header(480), 556)
    assert path.read_bytes() == header(480) + b"\x01" * 160 + b"\x02" * 320


def test_a_name_that_is_taken_by_anything_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "Record_1.wav").symlink_to(tmp_path / "nowhere")
    (tmp_path / "Record_1-2.wav").mkdir()
    part = writer(tmp_path)
    assert part.path == str(tmp_path / "Record_1-3.wav")
    end(part, header(0), 76)
    assert not (tmp_path / "nowhere").exists()


def test_no_name_left_is_an_error_and_nothing_is_overwritten(tmp_path: Path) -> None:
    for name in names():
        (tmp_path / name).write_bytes(b"older")
    with pytest.raises(DriveError, match="no name for a new recording is free on the drive"):
        writer(tmp_path)
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"older"}


def test_two_writers_at_once_have_a_file_each(tmp_path: Path) -> None:
    first, second = writer(tmp_path), writer(tmp_path)
    first.append(b"1" * 160)
    second.append(b"2" * 160)
    end(first, header(160), 236)
    end(second, header(160), 236)
    assert (tmp_path / "Record_1.wav").read_bytes() == header(160) + b"1" * 160
    assert (tmp_path / "Record_1-2.wav").read_bytes() == header(160) + b"2" * 160


def test_the_room_is_used_to_the_byte_and_a_packet_cut_off_is_taken_back(tmp_path: Path) -> None:
    part, path = writer(tmp_path, room=76 + 250), tmp_path / "Record_1.wav"
    part.append(b"1" * 160)
    with pytest.raises(DriveFull, match="the drive is full: there is no space left"):
        part.append(b"2" * 160)
    assert part.size == path.stat().st_size == 76 + 250
    end(part, header(160), 76 + 160)
    assert path.read_bytes() == header(160) + b"1" * 160


def test_room_that_fits_exactly_is_enough(tmp_path: Path) -> None:
    part = writer(tmp_path, room=76 + 160)
    part.append(b"1" * 160)
    with pytest.raises(DriveFull):
        part.append(b"2")
    assert part.size == 236
    end(part, header(160), 236)


@pytest.mark.parametrize("room", [75, 0, -1000])
def test_where_there_is_no_room_for_a_header_no_file_is_left(tmp_path: Path, room: int) -> None:
    with pytest.raises(DriveFull):
        writer(tmp_path, room=room)
    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) not in open_files()


def remove(path: Path) -> None:
    path.unlink()


def move(path: Path) -> None:
    path.rename(path.with_name("holiday.wav"))


def replace_(path: Path) -> None:
    path.with_name("other").write_bytes(b"other")
    path.with_name("other").rename(path)


@pytest.mark.parametrize("do", [remove, move, replace_])
def test_a_file_that_others_take_away_is_lost_at_a_checkpoint(tmp_path: Path, do: Callable[[Path], None]) -> None:
    part = writer(tmp_path)
    part.append(bytes(160))
    do(tmp_path / "Record_1.wav")
    with pytest.raises(FileLost, match=r"Record_1.wav was deleted or renamed by another program while it was"):
        part.checkpoint(header(160))
    with pytest.raises(FileLost, match="was deleted or renamed"):
        end(part, header(160), 236)
    assert str(tmp_path) not in open_files()
    assert {path.read_bytes() for path in tmp_path.iterdir()} <= {b"other", header(160) + bytes(160)}


def test_a_file_that_others_cut_is_lost_when_it_is_written_to_again(tmp_path: Path) -> None:
    part = writer(tmp_path)
    part.append(bytes(160))
    os.truncate(part.path, 0)
    with pytest.raises(FileLost, match="was cut by another program"):
        part.append(bytes(160))
    assert Path(part.path).read_bytes() == b""
    part.close()


def test_a_file_system_that_says_of_each_name_that_it_is_taken_is_not_asked_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise FileExistsError

    asked = count()
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(DriveError, match="no name for a new recording is free"):
        RecordFileWriter(tmp_path, folder, (str(next(asked)) for _ in count()), header(0))
    assert next(asked) == 10_000
    os.close(folder)


def test_the_file_is_locked_until_it_is_closed(tmp_path: Path) -> None:
    part = writer(tmp_path)
    with (tmp_path / "Record_1.wav").open("r+b") as other:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        end(part, header(0), 76)
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_drive_that_is_really_full_keeps_whole_packets(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "stick", "size=64k") as stick:
        part, packet = writer(stick), b"1" * 160
        with pytest.raises(DriveFull, match="there is no space left"):
            for _ in range(1000):
                part.append(packet)
        assert part.size == (64 << 10)
        whole = (part.size - 76) // 160 * 160
        end(part, header(whole), 76 + whole)
        assert (stick / "Record_1.wav").read_bytes() == header(whole) + b"1" * whole


def test_a_really_full_drive_takes_no_file_and_none_is_left(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "stick", "size=64k") as stick:
        (stick / "full").write_bytes(bytes(64 << 10))
        with pytest.raises(DriveFull, match="there is no space left"):
            writer(stick)
        assert [path.name for path in stick.iterdir()] == ["full"]


def test_a_drive_without_room_for_a_name_takes_no_file(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "stick", "size=64k,nr_inodes=1") as stick, pytest.raises(DriveFull):
        writer(stick)


def test_a_read_only_drive_takes_no_file(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "stick", "size=64k") as stick:
        remount(stick, "ro")
        with pytest.raises(DriveReadOnly, match="the file system is read-only"):
            writer(stick)


def run_traced(script: str, directory: Path) -> list[str]:
    """The calls on files that a script makes, from its first record file on: `pwrite64(3, 1600)` and the like."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    log = directory / "calls"
    calls = "openat,write,pwrite64,fdatasync,fsync,ftruncate,close"
    command = [strace, "-e", f"trace={calls}", "-o", str(log), sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True)
    if not log.exists() or "ptrace" in done.stderr:
        pytest.skip("this machine permits no tracing")
    assert done.returncode == 0, done.stderr
    lines = log.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if "Record_1.wav" in line)
    return lines[first:]


SCRIPT = """
import os
from pathlib import Path
from phone_recorder.adapters.record_writer import RecordFileWriter, Syncs
folder = os.open({directory!r}, os.O_DIRECTORY)
part = RecordFileWriter(Path({directory!r}), folder, iter(["Record_1.wav"]), b"H" * 76, None, Syncs.{syncs})
os.close(folder)
part.append(b"a" * 1600)
part.checkpoint(b"I" * 76)
part.append(b"b" * 160)
part.seal(b"J" * 76, 1836)
part.append(b"c" * 100)
part.seal(b"K" * 76, 1836)
part.close()
os.write(2, b"")
"""
SEALED = [
    ("fdatasync", ""),
    ("pwrite64", "J"),
    ("fdatasync", ""),
    ("pwrite64", "c"),
    ("ftruncate", ""),
    ("fdatasync", ""),
    ("pwrite64", "K"),
    ("fdatasync", ""),
    ("close", ""),
]
ON_FILE = re.compile(r"(\w+)\((\d+)(?:, \"(.))?")


def calls_on_file(directory: Path, syncs: Syncs) -> list[tuple[str, str]]:
    """Each call on the record file or its directory: its name, and the first byte that it writes."""
    lines = run_traced(SCRIPT.format(directory=str(directory), syncs=syncs.name), directory)
    opened, *lines = lines
    fd = opened.rsplit(" ", 1)[1]
    other = opened.split("(")[1].split(",")[0]
    found = [match for line in lines if (match := ON_FILE.match(line)) and match[2] in (fd, other)]
    mine = [("directory " if match[2] == other else "") + match[1] for match in found]
    end = mine.index("close", mine.index("ftruncate"))
    return [(name, match[3] or "") for name, match in zip(mine, found, strict=True)][: end + 1]


def test_audio_is_synced_before_the_header_that_vouches_for_it(tmp_path: Path) -> None:
    assert calls_on_file(tmp_path, syncs=Syncs.ALWAYS) == [
        ("pwrite64", "H"),
        ("fsync", ""),
        ("directory fsync", ""),
        ("directory close", ""),
        ("pwrite64", "a"),
        ("fdatasync", ""),
        ("pwrite64", "I"),
        ("fdatasync", ""),
        ("pwrite64", "b"),
        *SEALED,
    ]


def test_a_writer_that_need_not_last_syncs_at_its_end_alone(tmp_path: Path) -> None:
    assert calls_on_file(tmp_path, syncs=Syncs.AT_END) == [
        ("pwrite64", "H"),
        ("directory close", ""),
        ("pwrite64", "a"),
        ("pwrite64", "I"),
        ("pwrite64", "b"),
        *SEALED,
    ]


def test_a_writer_whose_file_system_others_sync_syncs_nothing(tmp_path: Path) -> None:
    assert calls_on_file(tmp_path, syncs=Syncs.BY_OTHERS) == [
        ("pwrite64", "H"),
        ("directory close", ""),
        ("pwrite64", "a"),
        ("pwrite64", "I"),
        ("pwrite64", "b"),
        *(call for call in SEALED if call[0] != "fdatasync"),
    ]
