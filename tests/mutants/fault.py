"""A fault: a text of one file of the package, and what stands there instead."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """In `file`, `right` is replaced by `wrong`. `seen_by`: names and tags of scenarios, an expression as -k has it."""

    name: str
    file: str
    right: str
    wrong: str
    seen_by: str

    def made(self, package: Path, copy: Path) -> None:
        """A copy of the package that has it; all other files are links."""
        for path in package.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                there = copy / path.relative_to(package)
                there.parent.mkdir(parents=True, exist_ok=True)
                there.symlink_to(path)
        there = copy / self.file
        text = there.read_text()
        assert text.count(self.right) == 1, f"{self.file} has not once what the fault is to take the place of"
        there.unlink()
        there.write_text(text.replace(self.right, self.wrong))
