"""The files of the Debian package, laid out as they are installed."""

from __future__ import annotations

import gzip
import os
import tomllib
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import completions
import licences
import man_pages
import wheels

REPOSITORY = wheels.REPOSITORY
DEBIAN = Path(__file__).with_name("debian")

NAME = "phone-recorder"
MAINTAINER = "{} <{}>".format(
    os.environ.get("DEBFULLNAME", "The phone_recorder authors"),
    os.environ.get("DEBEMAIL", "phone-recorder@example.org"),
)
"""As Debian's own tools are told who builds."""
PRIVATE = f"usr/lib/{NAME}"
DOC = f"usr/share/doc/{NAME}"
UNIT = REPOSITORY / "phone_recorder/agent/phone-recorder-agent.service"
"""As `pip install` has it too; only there is the program somewhere else."""

PROGRAM_MODE, FILE_MODE = 0o755, 0o644

FILES: tuple[tuple[Path, str, int], ...] = (
    (DEBIAN / NAME, f"usr/bin/{NAME}", PROGRAM_MODE),
    *((DEBIAN / name, f"usr/libexec/{NAME}/{name}", PROGRAM_MODE) for name in ("has-key", "lamp", "stick")),
    (UNIT, f"lib/systemd/system/{UNIT.name}", FILE_MODE),
    (DEBIAN / "phone-recorder-stick@.service", "lib/systemd/system/phone-recorder-stick@.service", FILE_MODE),
    (DEBIAN / "70-phone-recorder.rules", "lib/udev/rules.d/70-phone-recorder.rules", FILE_MODE),
    (DEBIAN / "phone-recorder.tmpfiles", "usr/lib/tmpfiles.d/phone-recorder.conf", FILE_MODE),
    (DEBIAN / "lintian-overrides", f"usr/share/lintian/overrides/{NAME}", FILE_MODE),
    (DEBIAN / "README.Debian", f"{DOC}/README.Debian", FILE_MODE),
    (REPOSITORY / "README.md", f"{DOC}/README.md", FILE_MODE),
    (REPOSITORY / "README.zh.md", f"{DOC}/README.zh.md", FILE_MODE),
)
"""What is copied as it is: from where, to where, with which mode."""


def lay_out(root: Path, version: str, target: wheels.Target, without: tuple[str, ...], changed: int) -> None:
    """All files but the control files below `root`, of the time `changed` in seconds since 1970."""
    wheels.install(root / PRIVATE, target, without)
    for source, module in _own_modules():
        _put(root / PRIVATE / module, source.read_bytes())
    for source, place, mode in FILES:
        _put(root / place, source.read_bytes(), mode)
    for place, text in _written(root):
        _put(root / place, text.encode())
    for place, text in _packed(version, changed):
        _put(root / f"{place}.gz", gzip.compress(text.encode(), mtime=0))


def settle(root: Path, changed: int) -> None:
    """Modes and times that do not depend on who unpacks wheels, and when."""
    for path in (root, *root.rglob("*")):
        program = path.is_dir() or (path.stat().st_mode & 0o100 and PRIVATE not in str(path))
        path.chmod(PROGRAM_MODE if program else FILE_MODE)
    for path in sorted((root, *root.rglob("*")), reverse=True):
        os.utime(path, (changed, changed))


def _own_modules() -> Iterator[tuple[Path, Path]]:
    """Each file of our package, and its place: modules, and the data that pyproject.toml names."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    top = REPOSITORY / "phone_recorder"
    patterns = ("**/*.py", *project["tool"]["setuptools"]["package-data"]["phone_recorder"])
    found = {path for pattern in patterns for path in top.glob(pattern) if path.is_file()}
    yield from ((path, path.relative_to(REPOSITORY)) for path in sorted(found))


def _written(root: Path) -> Iterator[tuple[str, str]]:
    yield f"{DOC}/copyright", licences.copyright_file(root / PRIVATE, REPOSITORY / "LICENSE")
    yield from ((place, completions.script(shell)) for shell, place in completions.PLACES.items())


def _packed(version: str, changed: int) -> Iterator[tuple[str, str]]:
    yield f"{DOC}/changelog", _changelog(version, changed)
    yield f"{DOC}/CHANGELOG.md", (REPOSITORY / "CHANGELOG.md").read_text()
    yield from ((f"usr/share/man/man{man_pages.SECTION}/{name}", page) for name, page in man_pages.pages(changed))


def _changelog(version: str, changed: int) -> str:
    """Debian's own: the package changes with the program, whose changes are in CHANGELOG.md."""
    day = formatdate(changed)
    return f"{NAME} ({version}) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- {MAINTAINER}  {day}\n"


def _put(path: Path, content: bytes, mode: int = FILE_MODE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
