"""The phone's player with drives, files and sound devices that fail."""

from __future__ import annotations

import os
import threading
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from phone_recorder.adapters.record_player import RecordPlayer
from phone_recorder.errors import RecordFileError, SpeakerError, UsageError
from phone_recorder.media import g711
from phone_recorder.wire.payload import PCMU
from tests.adapters.player_rig import AUDIO, DEADLINE_S, NAME, PACKETS, HeldSink, Rig, a_file, packets
from tests.adapters.record_parts import descriptors, open_files
from tests.record_bytes import record
from tests.signals import joined


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return a_file(tmp_path, record(AUDIO, b"PCMU", 160, 160))


def behind(path: Path, other: int) -> None:
    """Put another open file behind the reader's descriptor: the drive does from now on what that does."""
    for fd, name in descriptors().items():
        if name == str(path):
            os.dup2(other, fd)


def break_the_drive(path: Path) -> None:
    """Every read is an I/O error from now on: as that of the memory at address 0 is."""
    memory = os.open("/proc/self/mem", os.O_RDONLY)
    behind(path, memory)
    os.close(memory)


def test_a_drive_that_hangs_does_not_hang_who_closes(path: Path) -> None:
    read_end, write_end = os.pipe()
    rig = Rig(path)
    rig.sink.next()
    behind(path, read_end)
    freed = threading.Thread(target=rig.sink.let_go, daemon=True)
    freed.start()
    assert not rig.player.wait(0.05)
    assert not rig.player.close(0.05)
    assert rig.view.ended
    # What is asked of it meanwhile is not waited for either.
    rig.player.seek(1.0)
    rig.player.pause()
    os.close(write_end)
    assert rig.player.wait(DEADLINE_S)
    os.close(read_end)


def test_a_drive_that_cannot_be_read_any_more_ends_it_with_a_sentence(path: Path) -> None:
    rig = Rig(path)
    rig.sink.next()
    break_the_drive(path)
    assert len(rig.end()) < PACKETS - 1
    assert rig.view.ended
    assert rig.view.problem == f"cannot read {path}: the device reports an I/O error"
    assert 0 < rig.view.position_s < 20


def test_a_drive_that_fails_and_is_not_there_any_more_was_removed(path: Path) -> None:
    there = threading.Event()
    there.set()
    rig = Rig(path, present=there.is_set)
    rig.sink.next()
    break_the_drive(path)
    there.clear()
    rig.end()
    assert (rig.view.ended, rig.view.problem) == (True, "the drive was removed")


def test_a_drive_that_is_pulled_ends_it_whatever_could_still_be_read(path: Path) -> None:
    there = threading.Event()
    there.set()
    rig = Rig(path, present=there.is_set)
    rig.sink.next()
    there.clear()
    assert rig.sink.next() is None
    assert rig.player.wait(DEADLINE_S)
    assert (rig.view.ended, rig.view.problem) == (True, "the drive was removed")


def test_a_damaged_file_is_played_as_far_as_it_goes_and_says_so_from_the_start(tmp_path: Path) -> None:
    rig = Rig(a_file(tmp_path, record(AUDIO[:1000], b"PCMU", 160, 160, 0)))
    damage = (
        "damaged, what is there is played: "
        "dataSize is 0, but 1000 bytes follow the header; the last block has 40 of 160 bytes"
    )
    assert (rig.view.problem, rig.view.ended) == (damage, False)
    assert joined(rig.end()) == g711.decode(PCMU, AUDIO[:1000])
    assert (rig.view.problem, rig.view.ended) == (damage, True)


def test_a_packet_that_lasts_for_hours_is_stopped_in_its_middle(tmp_path: Path) -> None:
    rig = Rig(a_file(tmp_path, record(AUDIO, b"PCMU", 1 << 30, 1 << 30)))
    assert rig.sink.next() == joined(packets(0, 5))
    assert rig.sink.next() == joined(packets(5, 5))
    rig.player.stop()
    assert rig.sink.next() is None


@pytest.mark.parametrize(
    ("content", "error", "why"),
    [
        (None, UsageError, "there is no such file"),
        (b"short", RecordFileError, "fewer than its header"),
        (record(b"", b"OPUS"), RecordFileError, "is none of PCMU, PCMA, G722"),
    ],
)
def test_what_cannot_be_played_at_all_is_refused_at_once(
    tmp_path: Path, content: bytes | None, error: type[Exception], why: str
) -> None:
    path = tmp_path / NAME if content is None else a_file(tmp_path, content)
    sink = HeldSink()
    with pytest.raises(error, match=why):
        RecordPlayer(path, sink.open)
    assert sink.rate == 0
    assert str(path) not in open_files()


def test_without_a_sound_device_it_ends_and_says_why(path: Path) -> None:
    @contextmanager
    def open_none(rate: int) -> Iterator[HeldSink]:
        raise SpeakerError("cannot open the default sound device: none is there")
        yield HeldSink()

    player = RecordPlayer(path, open_none)
    assert player.wait(DEADLINE_S)
    assert player.view.ended
    assert player.view.problem == "cannot open the default sound device: none is there"


def test_a_sound_device_that_fails_ends_it_and_says_why(path: Path) -> None:
    class Failing:
        def write(self, samples: array[int]) -> None:
            raise SpeakerError("the sound device failed: it broke")

    @contextmanager
    def open_failing(rate: int) -> Iterator[Failing]:
        yield Failing()

    player = RecordPlayer(path, open_failing)
    assert player.wait(DEADLINE_S)
    assert (player.view.ended, player.view.problem) == (True, "the sound device failed: it broke")
