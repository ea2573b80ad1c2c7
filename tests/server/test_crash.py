"""A server that is killed before any single change of a file: what was acknowledged is there, and nothing is half."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from phone_recorder.server.entry import Entry
from phone_recorder.server.query import Query
from phone_recorder.server.sidecar import decode, encode
from tests.record_bytes import record, speech
from tests.server.archive_rig import CALL, NAME, call, ended, files, keep, opened

FIRST, SECOND = f"{NAME}-2", f"{NAME}-3"


def crashes(task: str, template: Path, directory: Path) -> list[tuple[Path, str]]:
    """The storages that the runs have left, and what each had told."""
    directory.mkdir()
    words = [sys.executable, "-m", "tests.server.crash", task, str(template), str(directory)]
    ran = subprocess.run(words, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    runs = [directory / f"{number}" for number in range(int(ran.stdout))]
    return [(run, run.with_suffix(".told").read_text("utf-8")) for run in runs]


def recovered(storage: Path) -> dict[str, Entry]:
    """What there is after the next start, by name; catalogue, sidecars and record files agree, and nothing is left."""
    with opened(storage) as archive:
        archive.recover()
    with opened(storage) as archive:
        assert archive.recover() == []
        found = {entry.name: entry for entry in archive.catalogue.search(Query()).entries}
    assert files(storage) == sorted(f"{name}.{end}" for name in found for end in ("json", "wav"))
    for name, entry in found.items():
        assert decode((storage / f"{name}.json").read_bytes()) == entry
        content = (storage / f"{name}.wav").read_bytes()
        assert content == record(content[76:])
        assert (entry.size, entry.duration_s) == (len(content), (len(content) - 76) / 8000)
    return found


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[str, Entry], str, Path]]:
    """What each run of a server's life has left, has told, and where."""
    template = tmp_path_factory.mktemp("template")
    with opened(template) as archive:
        keep(archive, call(0))
    runs = crashes("record_two_and_delete_one", template, tmp_path_factory.mktemp("life") / "runs")
    assert len(runs) > 40
    return [(recovered(storage), told, storage) for storage, told in runs]


def test_every_recording_has_its_own_call(life: list[tuple[dict[str, Entry], str, Path]]) -> None:
    numbers = {NAME: 0, FIRST: 1, SECOND: 2}
    for found, _, _ in life:
        assert {name: entry.id for name, entry in found.items()} == {name: call(numbers[name]).id for name in found}
        assert all(entry.remote_name == f"caller {numbers[name]}" for name, entry in found.items())


def test_what_was_safe_is_there(life: list[tuple[dict[str, Entry], str, Path]]) -> None:
    safe = [(found, storage) for found, told, storage in life if "safe" in told]
    assert len(safe) > 10
    for found, storage in safe:
        assert (storage / f"{FIRST}.wav").read_bytes()[76:876] == speech(800)
        assert found[FIRST].duration_s >= 0.1


def test_what_was_told_as_ended_is_as_it_was_told(life: list[tuple[dict[str, Entry], str, Path]]) -> None:
    told_so = [found[FIRST] for found, told, _ in life if "ended" in told]
    assert len(told_so) > 5
    for entry in told_so:
        assert entry == msgspec.structs.replace(ended(call(1)), name=FIRST, size=876, duration_s=0.1)


def test_what_nobody_has_ended_is_cut_short(life: list[tuple[dict[str, Entry], str, Path]]) -> None:
    assert {found[SECOND].state for found, _, _ in life if SECOND in found} == {"cut short"}
    # A kill may come after the sidecar is written, and before anybody is told so.
    assert {found[FIRST].state for found, told, _ in life if FIRST in found and "ended" not in told} >= {"cut short"}


def test_what_is_deleted_stays_deleted_and_what_is_not_is_whole(
    life: list[tuple[dict[str, Entry], str, Path]],
) -> None:
    assert {NAME in found for found, told, _ in life if "deleted" in told} == {False}
    before = [found for found, told, _ in life if "ended" not in told]
    assert before and all(found[NAME].state == "recorded" for found in before)


def test_a_start_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.mkdir()
    audio = speech(320)
    for name, entry, data_size in ((NAME, call(0), 80), (FIRST, ended(call(1)), 320), (SECOND, None, 0)):
        (template / f"{name}.wav").write_bytes(record(audio, data_size=data_size))
        if entry:
            (template / f"{name}.json").write_bytes(encode(entry))
    (template / f"{NAME}-4.json").write_bytes(encode(CALL))
    (template / f".{NAME}-5.json").write_bytes(b"{")
    (template / f"{NAME}-6.wav").write_bytes(record(audio))
    (template / f"{NAME}-6.json").write_bytes(b"garbage")
    runs = crashes("recover", template, tmp_path / "runs")
    assert len(runs) > 20
    for storage, _ in runs:
        found = recovered_with_aside(storage)
        # Once it has been mended, nothing tells that it ever was cut short.
        assert found[SECOND].state in ("cut short", "recorded")
        assert {name: (entry.id, entry.state) for name, entry in found.items() if name != SECOND} == {
            NAME: (call(0).id, "cut short"),
            FIRST: (call(1).id, "recorded"),
            f"{NAME}-6": ("", "recorded"),
        }
        assert all((storage / f"{name}.wav").read_bytes() == record(audio) for name in found)


def recovered_with_aside(storage: Path) -> dict[str, Entry]:
    """As `recovered`, once the garbage that must still be there is out of the way."""
    with opened(storage) as archive:
        archive.recover()
    [garbage] = storage.glob("*.unreadable*")
    assert garbage.read_bytes() == b"garbage"
    garbage.unlink()
    return recovered(storage)
