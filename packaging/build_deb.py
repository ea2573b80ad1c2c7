"""Builds the Debian package with dpkg-deb alone. Run: python packaging/build_deb.py --output DIRECTORY

The same files give the same bytes: times are those of the last commit, owners root, versions those of constraints.txt.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import deb_tree  # noqa: E402
import wheels  # noqa: E402

from phone_recorder import __version__  # noqa: E402

SCRIPTS = ("postinst", "prerm", "postrm")
G722 = "G722"

CONTROL = """\
Package: {name}
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {size}
Depends: python3 (>= {python}), python3 (<< {next_python}), libc6 (>= 2.{glibc}), libudev1, adduser, acl, mount
Recommends: python3-evdev, libportaudio2
Suggests: sox
Section: comm
Priority: optional
Description: call recording side of a desk IP phone
 An agent beside a phone's own program records its calls to a USB stick or to a
 record server, driven by a record key or over a Unix socket. The same program
 emulates the whole phone, runs a record server, and shows, plays, converts and
 mends record files.
 .
 The Python packages that it needs are in a directory of its own. Its web pages
 are not part of this package.
"""
"""python is tied to one version: the wheels have compiled modules of it."""


def main() -> None:
    words = _arguments()
    target = wheels.Target(words.python or _debian_python(), words.architecture or _architecture())
    words.output.mkdir(parents=True, exist_ok=True)
    print(build(words.output, target, words.without_g722))


def build(output: Path, target: wheels.Target, without_g722: bool = False) -> Path:
    """The package's file in `output`."""
    changed = source_date()
    os.environ["SOURCE_DATE_EPOCH"] = str(changed)
    deb = output / f"{deb_tree.NAME}_{__version__}_{target.architecture}.deb"
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "root"
        deb_tree.lay_out(root, __version__, target, (G722,) if without_g722 else (), changed)
        _write_control(root, target)
        deb_tree.settle(root, changed)
        _run("dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(deb))
    return deb


def source_date() -> int:
    """Seconds since 1970: as asked for, or of the last commit, or of the change log where there is no git."""
    if asked := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(asked)
    git = ("git", "-C", str(wheels.REPOSITORY), "log", "-1", "--format=%ct")
    told = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    return int(told) if told else int((wheels.REPOSITORY / "CHANGELOG.md").stat().st_mtime)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Builds the Debian package.")
    parser.add_argument("--output", type=Path, default=wheels.REPOSITORY / "dist", help="directory of the package")
    parser.add_argument("--python", help="Debian's Python there, such as 3.13; without it, this Debian's")
    parser.add_argument("--architecture", help="such as arm64; without it, this machine's")
    parser.add_argument("--without-g722", action="store_true", help="where its wheel cannot be had")
    return parser.parse_args()


def _write_control(root: Path, target: wheels.Target) -> None:
    files = sorted(path for path in root.rglob("*") if path.is_file())
    sums = "".join(f"{_md5(path)}  {path.relative_to(root)}\n" for path in files)
    size = sum(path.stat().st_size for path in files) // 1024 + len(files)
    control = root / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(_control(target, size))
    (control / "md5sums").write_text(sums)
    for name in SCRIPTS:
        (control / name).write_bytes((deb_tree.DEBIAN / name).read_bytes())
        (control / name).chmod(deb_tree.PROGRAM_MODE)


def _control(target: wheels.Target, size: int) -> str:
    major, minor = target.python.split(".")
    return CONTROL.format(
        name=deb_tree.NAME,
        version=__version__,
        architecture=target.architecture,
        maintainer=deb_tree.MAINTAINER,
        size=size,
        python=target.python,
        next_python=f"{major}.{int(minor) + 1}",
        glibc=wheels.GLIBC,
    )


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _debian_python() -> str:
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    return _run("/usr/bin/python3", "-c", ask)


def _architecture() -> str:
    return _run("dpkg", "--print-architecture")


def _run(*words: str) -> str:
    try:
        return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    except FileNotFoundError:
        raise SystemExit(f"{words[0]} is missing: the package is built on Debian, with python3 and dpkg") from None


if __name__ == "__main__":
    main()
