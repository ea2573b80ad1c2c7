"""Which files belong together: of two directories, and of a list."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phone_recorder.bulk.offline.pair import Pair
from phone_recorder.bulk.offline.pairs import listed, paired
from phone_recorder.errors import UsageError
from tests.signals import write


def tree(place: Path, *names: str) -> Path:
    """A directory with empty files."""
    for name in names:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).touch()
    return place


def of_list(place: Path, text: str) -> list[Pair]:
    return list(listed(write(place / "list.csv", text.encode()), Path("out")).pairs)


def test_files_of_one_name_are_paired_below_too(tmp_path: Path) -> None:
    a = tree(tmp_path / "a", "2.wav", "1.WAV", "may/1.wav", "only_a.wav", "notes.txt", ".hidden.wav")
    b = tree(tmp_path / "b", "1.WAV", "2.wav", "may/1.wav", "june/1.wav", "notes.txt", ".hidden.wav")
    archive = paired(a, b, tmp_path / "out")
    names = ["1.WAV", "2.wav", "may/1.wav"]
    assert list(archive.pairs) == [Pair(a / name, b / name, tmp_path / "out" / name) for name in names]
    assert archive.alone == (a / "only_a.wav", b / "june/1.wav")


def test_what_links_lead_to_and_the_output_are_none_of_them(tmp_path: Path) -> None:
    a = tree(tmp_path / "a", "1.wav", "out/1.wav")
    b = tree(tmp_path / "b", "1.wav", "2.wav")
    (a / "2.wav").symlink_to(b / "2.wav")
    (a / "again").symlink_to(a)
    archive = paired(a, b, a / "out")
    assert [pair.a for pair in archive.pairs] == [a / "1.wav"]
    assert (archive.alone, archive.odd) == ((), (a / "2.wav",))


def test_what_is_no_file_is_told_and_its_other_side_is_not_blamed(tmp_path: Path) -> None:
    a, b = tree(tmp_path / "a", "1.wav", "2.wav", "3.wav"), tree(tmp_path / "b", "1.wav", "5.wav")
    os.mkfifo(b / "2.wav")
    (b / "3.wav").symlink_to("nowhere")
    (a / "4.wav").symlink_to(b)
    archive = paired(a, b, tmp_path / "out")
    assert [pair.a for pair in archive.pairs] == [a / "1.wav"]
    assert archive.alone == (b / "5.wav",)
    assert archive.odd == (a / "4.wav", b / "2.wav", b / "3.wav")


@pytest.mark.parametrize("missing", ["a", "b"])
def test_a_directory_that_cannot_be_read_is_named(missing: str, tmp_path: Path) -> None:
    tree(tmp_path / ("b" if missing == "a" else "a"), "1.wav")
    with pytest.raises(UsageError, match=f"cannot read {tmp_path / missing}: there is no such file"):
        paired(tmp_path / "a", tmp_path / "b", tmp_path / "out")


def test_a_line_is_two_files_and_perhaps_a_name(tmp_path: Path) -> None:
    text = '\ufeffA, B, Out\n\nx/1.wav,y/1.wav\n "x/a, b.wav", y/2.wav, may/2.wav\r\nx/3.wav,y/3.wav,\n'
    assert of_list(tmp_path, text) == [
        Pair(Path("x/1.wav"), Path("y/1.wav"), Path("out/1.wav")),
        Pair(Path("x/a, b.wav"), Path("y/2.wav"), Path("out/may/2.wav")),
        Pair(Path("x/3.wav"), Path("y/3.wav"), Path("out/3.wav")),
    ]


def test_names_that_are_no_utf_8_stay_as_they_are(tmp_path: Path) -> None:
    pairs = listed(write(tmp_path / "list.csv", b"\xe9.wav,b.wav"), Path("out")).pairs
    assert [bytes(path) for path in pairs[0]] == [b"\xe9.wav", b"b.wav", b"out/\xe9.wav"]


WRONG = {
    "one file": ("a,b\nx.wav", 2, "two files are needed"),
    "four": ("x,y,z,w", 1, "two files are needed"),
    "an empty one": ("x,", 1, "two files are needed"),
    "twice": ("x/1.wav,y/1.wav\nz/1.wav,y/1.wav", 2, "out/1.wav is written by an earlier line"),
    "out of the directory": ("x,y,../z.wav", 1, "no name inside"),
    "somewhere else": ("x,y,/tmp/z.wav", 1, "no name inside"),
    "a directory": ("x,y,.", 1, "no name inside"),
    "a directory that is to be": ("x,y,z/", 1, "z/ names a directory: name a file"),
    "a quote that does not end": ('x,"y', 1, "a quotation mark is not closed"),
}


@pytest.mark.parametrize(("text", "line", "why"), WRONG.values(), ids=WRONG)
def test_a_line_that_makes_no_sense_is_named(text: str, line: int, why: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"list.csv, line {line}: .*{why}"):
        of_list(tmp_path, text)


def test_a_list_in_utf_16_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"list.csv is no text in UTF-8"):
        listed(write(tmp_path / "list.csv", "a,b".encode("utf-16")), tmp_path)


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        listed(tmp_path / "list.csv", tmp_path)
