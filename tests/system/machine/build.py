"""What the machine boots: Debian's kernel and a first file system with Python and udev, built once and kept.

Only packages from the machine's own apt sources go in, and the wheels that pyproject.toml names. What is under test,
the package itself, is an archive of its own, made anew each time.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.peers import need
from tests.system.machine import agent, cpio

REPOSITORY = Path(__file__).parents[3]
CACHE = REPOSITORY / ".machine"
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
FETCH_KERNEL = """
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: //p' | grep '^linux-image-' | head -n 1)
cd "$KERNEL" && apt-get -o APT::Sandbox::User=root -qq download "$kernel"
"""
"""Run where mmdebstrap's own package lists are: the machine's may be old, or none."""


def base() -> Path:
    """A directory with `vmlinux` and `base.cpio`; built now if the kept one was built from something else."""
    kept = CACHE / _key()
    if not kept.exists():
        CACHE.mkdir(exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=CACHE))
        try:
            _build(made)
            with suppress(OSError):  # somebody else was faster
                made.rename(kept)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return kept


def write_program(path: Path) -> None:
    """The archive with the package as it is now in the working tree."""
    package = REPOSITORY / "phone_recorder"
    with path.open("wb") as out:
        cpio.write_tree(out, [(f"usr/lib/python3/dist-packages/{n}", p) for n, p in _tree(package, REPOSITORY)])
        cpio.write_tree(out, [(LOADED.lstrip("/"), Path(__file__).with_name("loaded.py"))])


def _key() -> str:
    """Changes with everything that the build depends on but the packages' versions."""
    inputs = [Path(__file__).read_bytes(), Path(agent.__file__).read_bytes(), " ".join(_requirements()).encode()]
    return hashlib.sha256(b"\0".join(inputs)).hexdigest()[:16]


def _requirements() -> list[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    return [line for line in project["dependencies"] if not line.startswith(NOT_IN_GUEST)]


def _build(directory: Path) -> None:
    root, fetched, kernel = (directory / name for name in ("root", "fetched", "kernel"))
    fetched.mkdir()
    include = ",".join(PACKAGES)
    _run(
        *(need("mmdebstrap"), "--quiet", "--variant=extract", "--format=directory", f"--include={include}"),
        *(f"--extract-hook={FETCH_KERNEL}", _release(), str(root), *map(str, _sources())),
        KERNEL=str(fetched),
    )
    _run("dpkg-deb", "-x", *map(str, fetched.glob("*.deb")), str(kernel))
    (directory / "vmlinux").write_bytes(_uncompressed(next(kernel.glob("boot/vmlinuz-*")).read_bytes()))
    _install_modules(kernel, root)
    _install_wheels(root)
    # Python finds libraries by name in ldconfig's list.
    _run("ldconfig", "-r", str(root))
    shutil.copy(agent.__file__, root / "init")
    (root / "init").chmod(0o755)
    with (directory / "base.cpio").open("wb") as out:
        cpio.write_console(out)
        cpio.write_tree(out, _tree(root, root, LEFT_OUT))
    for used in (root, fetched, kernel):
        shutil.rmtree(used)


def _release() -> str:
    """This Debian's code name."""
    words = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return words["VERSION_CODENAME"]


def _sources() -> list[Path]:
    """The machine's own apt sources of this Debian."""
    found = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    usable = [p for p in found if p.suffix in (".list", ".sources") and p.is_file() and _release() in p.read_text()]
    return [path for path in usable if "debian" in path.read_text()]


def _uncompressed(image: bytes) -> bytes:
    """The ELF file in a bzImage (x86/boot.rst), which QEMU boots at once: unpacking it in the guest takes seconds."""
    start = (image[0x1F1] + 1) * 512
    offset, length = struct.unpack_from("<II", image, 0x248)
    payload = image[start + offset :][:length]
    if payload.startswith(b"\xfd7zXZ"):
        return lzma.LZMADecompressor().decompress(payload)
    return subprocess.run([need("zstd"), "-dcq"], input=payload[:-4], stdout=subprocess.PIPE, check=True).stdout


def _install_modules(kernel: Path, root: Path) -> None:
    """The modules of MODULES and those that they need, no others: a first file system lives in memory."""
    version = next(kernel.glob("lib/modules/*")).name
    source, target = (top / "lib/modules" / version for top in (kernel, root))
    _run("depmod", "-b", str(kernel), version)
    needs = {}
    for line in (source / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        needs[Path(path).name.split(".")[0].replace("-", "_")] = [path, *others.split()]
    for path in {path for name in MODULES for path in needs.get(name, ())}:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / path, target / path)
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        shutil.copy(source / name, target / name)
    _run("depmod", "-b", str(root), version)


def _install_wheels(root: Path) -> None:
    """For the guest's Python, which need not be ours."""
    version = (root / "usr/bin/python3").readlink().name.removeprefix("python")
    target = root / "usr/lib/python3/dist-packages"
    _run(
        *(sys.executable, "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--only-binary=:all:", f"--python-version={version}", f"--target={target}", *_requirements()),
    )


def _tree(top: Path, above: Path, left_out: tuple[str, ...] = ()) -> Iterator[tuple[str, Path]]:
    """Everything under `top`, by name under `above`, directories first; not what Python has compiled."""
    for path in (top, *sorted(top.rglob("*"))):
        name = path.relative_to(above).as_posix()
        if "__pycache__" not in path.parts and not name.startswith(left_out):
            yield name, path


def _run(*command: str, **environment: str) -> None:
    done = subprocess.run(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"building the machine, {command[0]} ended with {done.returncode}:\n{done.stdout}")
