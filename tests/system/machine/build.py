"""What the machine boots: Debian's kernel and a first file system with Python and udev, built once and kept.

Only packages from the machine's own apt sources go in, and the wheels that pyproject.toml names. What is under test,
the package itself, is an archive of its own, made anew each time.
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.system.machine import agent, cache, cpio, debian
from tests.system.machine.cache import REPOSITORY

PACKAGES = ("python3", "udev", "kmod", "mount", "util-linux", "coreutils", "libc-bin", "dash", "tar", "procps")
MODULES = (*agent.MODULES, "nls_cp850", "nls_iso8859_15", "crc32c_generic")
"""What the agent loads, and what file systems load by themselves."""
LEFT_OUT = (
    *(f"usr/share/{name}" for name in ("doc", "man", "locale", "zoneinfo", "info", "perl", "i18n")),
    *("usr/bin/perl", "usr/lib/x86_64-linux-gnu/perl", "usr/lib/x86_64-linux-gnu/libperl", "lib/udev/hwdb.d"),
    "usr/lib/x86_64-linux-gnu/gconv",
)
"""By how their names begin: what nothing in the guest reads, and would only take memory."""
LOADED = "/loaded.py"
NOT_IN_GUEST = ("sounddevice",)
"""Wheels that the machine does without: it has no sound card."""


def base() -> Path:
    """A directory with `vmlinux` and `base.cpio`; built now if the kept one was built from something else.

    What it is built from is everything but the packages' versions.
    """
    return cache.kept(
        [*cache.sources(__file__, agent.__file__, debian.__file__), " ".join(_requirements()).encode()], _build
    )


def write_program(path: Path) -> None:
    """The archive with the package as it is now in the working tree."""
    package = REPOSITORY / "phone_recorder"
    with path.open("wb") as out:
        cpio.write_tree(out, [(f"usr/lib/python3/dist-packages/{n}", p) for n, p in _tree(package, REPOSITORY)])
        cpio.write_tree(out, [(LOADED.lstrip("/"), Path(__file__).with_name("loaded.py"))])


def _requirements() -> list[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    return [line for line in project["dependencies"] if not line.startswith(NOT_IN_GUEST)]


def _build(directory: Path) -> None:
    root, kernel = (directory / name for name in ("root", "kernel"))
    debian.install("extract", PACKAGES, root, kernel)
    (directory / "vmlinux").write_bytes(debian.vmlinux(kernel))
    debian.install_modules(kernel, root, MODULES)
    _install_wheels(root)
    # Python finds libraries by name in ldconfig's list.
    debian.run("ldconfig", "-r", str(root))
    shutil.copy(agent.__file__, root / "init")
    (root / "init").chmod(0o755)
    with (directory / "base.cpio").open("wb") as out:
        cpio.write_console(out)
        cpio.write_tree(out, _tree(root, root, LEFT_OUT))
    for used in (root, kernel):
        shutil.rmtree(used)


def _install_wheels(root: Path) -> None:
    """For the guest's Python, which need not be ours."""
    version = (root / "usr/bin/python3").readlink().name.removeprefix("python")
    target = root / "usr/lib/python3/dist-packages"
    debian.run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--only-binary=:all:", f"--python-version={version}", f"--target={target}", *_requirements()),
    )


def _tree(top: Path, above: Path, left_out: tuple[str, ...] = ()) -> Iterator[tuple[str, Path]]:
    """Everything under `top`, by name under `above`, directories first; not what Python has compiled."""
    for path in (top, *sorted(top.rglob("*"))):
        name = path.relative_to(above).as_posix()
        if "__pycache__" not in path.parts and not name.startswith(left_out):
            yield name, path
