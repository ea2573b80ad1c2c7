"""Sticks for the machine: images made with the file systems' own programs, and read with programs of others."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.peers import need

MIB = 1 << 20
FIRST = 1 * MIB
"""Where a first partition begins, as on sticks that are bought."""
MAKE = {
    "vfat": ("mkfs.vfat", "-n"),
    "exfat": ("mkfs.exfat", "-L"),
    "ext4": ("mkfs.ext4", "-q", "-F", "-m", "0", "-L"),
}
CHECK = {"vfat": ("fsck.fat", "-n"), "exfat": ("fsck.exfat", "-n"), "ext4": ("e2fsck", "-fn")}
TYPES = {"vfat": "c", "exfat": "7", "ext4": "83"}
"""In a partition table."""


@dataclass(frozen=True, slots=True)
class FileSystem:
    """One to be made: bytes, and the label."""

    kind: str
    size: int = 64 * MIB
    label: str = "STICK"
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stick:
    """An image with these file systems, in partitions or, without a table, the one over all of it."""

    image: Path
    systems: tuple[FileSystem, ...]
    table: bool = True

    @classmethod
    def make(cls, image: Path, *systems: FileSystem, table: bool = True) -> Stick:
        stick = cls(image, systems, table)
        with image.open("wb") as file:
            file.truncate(stick._start(len(systems)))
        if table:
            lines = [
                f"start={stick._start(number) // 512}, size={system.size // 512}, type={TYPES[system.kind]}"
                for number, system in enumerate(systems)
            ]
            _run("sfdisk", "--quiet", str(image), told="label: dos\n" + "\n".join(lines))
        for number, system in enumerate(systems):
            part = stick._part(number)
            with part.open("wb") as file:
                file.truncate(system.size)
            program, *options = MAKE[system.kind]
            _run(program, *system.options, *options, system.label, str(part))
            stick.put_back(part, number)
        return stick

    def extract(self, number: int = 0) -> Path:
        """A copy of a partition, beside the image."""
        part = self._part(number)
        start, size = self._start(number), self.systems[number].size
        _run(
            *("dd", f"if={self.image}", f"of={part}", "bs=1M", "conv=sparse", "status=none"),
            *(f"skip={start // MIB}", f"count={size // MIB}"),
        )
        return part

    def put_back(self, part: Path, number: int = 0) -> None:
        """The copy of a partition takes its place in the image."""
        seek = f"seek={self._start(number) // MIB}"
        _run("dd", f"if={part}", f"of={self.image}", "bs=1M", "conv=notrunc", "status=none", seek)

    def check(self, number: int = 0) -> subprocess.CompletedProcess[str]:
        """What the file system's own program finds, which mends nothing."""
        program, *options = CHECK[self.systems[number].kind]
        return subprocess.run([need(program), *options, str(self.extract(number))], capture_output=True, text=True)

    def read(self, to: Path, number: int = 0) -> list[Path]:
        """Copy every file in the root by mtools or debugfs; exFAT has no such program."""
        part, kind = self.extract(number), self.systems[number].kind
        shutil.rmtree(to, ignore_errors=True)
        to.mkdir()
        if kind == "vfat":
            subprocess.run([need("mcopy"), "-n", "-m", "-i", str(part), "::*", str(to)], capture_output=True)
        else:
            # A pulled stick's journal holds what was synced; mounting it would play that back, and so does this.
            subprocess.run([need("e2fsck"), "-fy", str(part)], capture_output=True)
            _run("debugfs", "-R", f"rdump / {to}", str(part))
            shutil.rmtree(to / "lost+found", ignore_errors=True)
        return sorted(path for path in to.iterdir() if path.is_file())

    def fill(self, free: int, number: int = 0) -> None:
        """Put a file on a FAT stick that leaves this many bytes."""
        listing = _run("mdir", "-i", str(self.extract(number)), "::")
        left = int("".join(c for c in listing.strip().splitlines()[-1] if c.isdigit()))
        filler = self.image.with_name("FILLER.BIN")
        filler.write_bytes(bytes(left - free))
        self.write(filler, number)

    def write(self, path: Path, number: int = 0) -> None:
        """Put a file into the root of a FAT stick, in the place of an older one."""
        part = self.extract(number)
        _run("mcopy", "-D", "o", "-i", str(part), str(path), f"::{path.name}")
        self.put_back(part, number)

    def _part(self, number: int) -> Path:
        return self.image.with_suffix(f".part{number}")

    def _start(self, number: int) -> int:
        """Where a partition begins, in bytes; of the one after the last, where the stick ends."""
        return FIRST * self.table + sum(system.size for system in self.systems[:number])


def _run(program: str, *words: str, told: str | None = None) -> str:
    done = subprocess.run([need(program), *words], input=told, stdout=-1, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(f"{program} {' '.join(words)} ended with {done.returncode}: {done.stdout}")
    return done.stdout
