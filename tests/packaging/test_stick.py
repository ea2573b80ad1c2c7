"""The program that mounts a stick: with which options, whose the files are, and what it leaves alone."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.packaging.programs import DEBIAN, PATH, attempt, need_root, run
from tests.peers import need

STICK = str(DEBIAN / "stick")
USER = "nobody"

STUBS = {
    "blkid": 'echo "$TYPE"',
    "findmnt": 'exit "$FOUND"',
    "mount": 'echo "$@" >>"$SAID"; case "$*" in *nosymfollow*) exit "$KNOWN" ;; esac',
    "stat": 'echo "$TYPE"',
    "chgrp": 'echo chgrp "$@" >>"$SAID"',
    "chmod": 'echo chmod "$@" >>"$SAID"',
}
"""In place of programs that need devices; they write down how they were called."""


@pytest.fixture
def stubs(tmp_path: Path) -> Path:
    directory = tmp_path / "stubs"
    directory.mkdir()
    for name, body in STUBS.items():
        (directory / name).write_text(f"#!/bin/sh\n{body}\n")
        (directory / name).chmod(0o755)
    return directory


def mounting(stubs: Path, **told: str) -> list[str]:
    """The calls of mount, chgrp and chmod for a stick in /dev/sdz9."""
    said = stubs.parent / "said"
    said.touch()
    names = {"TYPE": "vfat", "FOUND": "1", "KNOWN": "0", "SAID": str(said), "PATH": f"{stubs}:{PATH}", **told}
    run(STICK, "mount", "sdz9", USER, str(stubs.parent / "base"), **names)
    return said.read_text().splitlines()


def options(line: str) -> set[str]:
    words = line.split()
    return set(words[words.index("-o") + 1].split(","))


@pytest.mark.parametrize("kind", ["vfat", "exfat", "ntfs", "ext4", "ext2"])
def test_nothing_on_a_stick_is_run_or_trusted(stubs: Path, kind: str) -> None:
    assert options(mounting(stubs, TYPE=kind)[0]) >= {"nosuid", "nodev", "noexec", "noatime", "nosymfollow"}


@pytest.mark.parametrize("kind", ["vfat", "exfat", "ntfs"])
def test_what_knows_no_owners_is_the_recorders(stubs: Path, kind: str) -> None:
    number, group = run("id", "-u", USER).strip(), run("id", "-g", USER).strip()
    assert options(mounting(stubs, TYPE=kind)[0]) >= {f"uid={number}", f"gid={group}", "umask=0007"}


def test_ntfs_is_the_kernels_own(stubs: Path) -> None:
    assert mounting(stubs, TYPE="ntfs")[0].startswith("-t ntfs3 ")


def test_the_root_directory_of_ext_is_opened_to_the_group(stubs: Path) -> None:
    _, group, mode = mounting(stubs, TYPE="ext4")
    assert group.startswith("chgrp ") and mode.startswith("chmod g+rwx ")


def test_a_type_that_is_none_of_those_is_not_mounted_and_leaves_nothing(stubs: Path) -> None:
    with pytest.raises(AssertionError, match="stick: iso9660 is no file system for recordings"):
        mounting(stubs, TYPE="iso9660")
    assert (stubs.parent / "said").read_text() == ""
    assert list((stubs.parent / "base").iterdir()) == []


def test_a_damaged_ext_is_made_read_only_whatever_it_says_itself(stubs: Path) -> None:
    assert "errors=remount-ro" in options(mounting(stubs, TYPE="ext3")[0])


def test_where_links_cannot_be_forbidden_it_is_mounted_without(stubs: Path) -> None:
    first, second = mounting(stubs, KNOWN="1")
    assert options(first) - options(second) == {"nosymfollow"}


def test_what_somebody_else_mounts_is_left_to_them(stubs: Path) -> None:
    assert mounting(stubs, FOUND="0") == []
    assert not (stubs.parent / "base").exists()


def test_a_word_that_it_does_not_know_is_refused() -> None:
    assert attempt(STICK, "eject", "sdz9", USER, "/nowhere").returncode == 2


@contextmanager
def on_loop_device(image: Path) -> Iterator[str]:
    """Name of a loop device with an ext4 file system."""
    image.write_bytes(b"")
    run("truncate", "--size=16M", str(image))
    run("mkfs.ext4", "-q", str(image))
    device = run("losetup", "--find", "--show", str(image)).strip()
    try:
        yield device.removeprefix("/dev/")
    finally:
        subprocess.run(["losetup", "--detach", device], check=False)


@pytest.mark.peer
def test_the_user_writes_to_a_real_file_system_while_it_is_mounted(tmp_path: Path) -> None:
    need_root("mounting")
    need("mkfs.ext4")
    # Not below tmp_path, which nobody else may enter.
    base = Path(tempfile.mkdtemp(dir="/run"))
    base.chmod(0o755)
    with on_loop_device(tmp_path / "image") as name:
        run(STICK, "mount", name, USER, str(base))
        try:
            # Whoever may write to it is asked as the agent would be: by the user, not by root.
            run("setpriv", f"--reuid={USER}", "--regid=nogroup", "--clear-groups", "touch", str(base / name / "file"))
            run(STICK, "mount", name, USER, str(tmp_path / "again"))
            assert not (tmp_path / "again").exists()
        finally:
            run(STICK, "unmount", name, USER, str(base))
    assert not (base / name).exists()
    base.rmdir()


@pytest.mark.peer
def test_a_stick_in_use_goes_when_its_last_user_does(tmp_path: Path) -> None:
    need_root("mounting")
    need("mkfs.ext4")
    base = tmp_path / "base"
    with on_loop_device(tmp_path / "image") as name:
        run(STICK, "mount", name, USER, str(base))
        with (base / name / "file").open("w") as file:
            run(STICK, "unmount", name, USER, str(base))
            assert not (base / name).exists()
            file.write("still there")


@pytest.mark.peer
def test_what_cannot_be_mounted_leaves_no_directory(tmp_path: Path) -> None:
    need_root("mounting")
    done = attempt(STICK, "mount", "null", USER, str(tmp_path))
    assert done.returncode != 0 and list(tmp_path.iterdir()) == []
