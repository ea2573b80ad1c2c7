"""The Python packages that ours needs, from wheels, in one directory; for a Python that need not be this one."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
CONSTRAINTS = Path(__file__).with_name("constraints.txt")

GLIBC = 28
"""Minor version of glibc 2: wheels for a newer one are not taken, and the package depends on it."""

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
"""Debian's architectures as wheels call them: those for which all of the wheels are there."""

_OLDEST_GLIBC = 5
_NOT_SHIPPED = ("tests", "__pycache__", "bin")
_NOT_USED = ("G722_debug.*.so", "**/*.pyi")
_NOT_METADATA = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json", "top_level.txt")


@dataclass(frozen=True, slots=True)
class Target:
    """What the wheels are for: `python` is major and minor version (3.11), `architecture` Debian's word."""

    python: str
    architecture: str

    def pip_words(self) -> Iterator[str]:
        """How pip is told. SystemExit for an architecture that has no wheels."""
        yield from ("--implementation=cp", f"--python-version={self.python}")
        yield from (f"--abi={abi}" for abi in (f"cp{self.python.replace('.', '')}", "abi3", "none"))
        if self.architecture not in MACHINES:
            raise SystemExit(f"there are no wheels for {self.architecture}: build for one of {', '.join(MACHINES)}")
        machine = MACHINES[self.architecture]
        levels = [f"manylinux_2_{minor}" for minor in range(GLIBC, _OLDEST_GLIBC - 1, -1)]
        levels += ["manylinux2014", "manylinux2010", "manylinux1", "linux"]
        yield from (f"--platform={level}_{machine}" for level in levels)


def requirements(without: tuple[str, ...] = ()) -> list[str]:
    """What pyproject.toml asks for, less those whose names are in `without`."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    return [line for line in project["dependencies"] if not line.startswith(without or ("\0",))]


def install(directory: Path, target: Target, without: tuple[str, ...] = ()) -> None:
    """The wheels of `requirements`, and of what they need, in `directory`; no trace of pip."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check"),
            *("--no-compile", "--only-binary=:all:", f"--constraint={CONSTRAINTS}", f"--target={directory}"),
            *(*target.pip_words(), *requirements(without)),
        ],
        check=True,
    )
    _clean(directory)


def _clean(directory: Path) -> None:
    """Without tests, scripts, what debuggers, type checkers and pip read. Licences and descriptions stay."""
    for path in [path for name in _NOT_SHIPPED for path in directory.rglob(name) if path.is_dir()]:
        shutil.rmtree(path, ignore_errors=True)
    patterns = (*_NOT_USED, *(f"*.dist-info/{name}" for name in _NOT_METADATA))
    for path in [path for pattern in patterns for path in directory.glob(pattern)]:
        path.unlink()
