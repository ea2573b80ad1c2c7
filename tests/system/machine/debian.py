"""What machines are made of: Debian's packages, from the machine's own apt sources, and its kernel."""

from __future__ import annotations

import lzma
import os
import shutil
import struct
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.peers import need

FETCH = """
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: //p' | grep '^linux-image-' | head -n 1)
cd "$FETCHED" && apt-get -o APT::Sandbox::User=root -qq download "$kernel" $FETCH_TOO
"""
"""Run where mmdebstrap's own package lists are: the machine's may be old, or none."""


def install(variant: str, packages: Iterable[str], root: Path, fetched: Path, *options: str, too: str = "") -> None:
    """Packages into a new directory `root`, as much as mmdebstrap's `variant` does.

    `fetched` gets Debian's kernel, and what else `too` names (words), unpacked and not installed.
    """
    debs = fetched.with_name(f"{fetched.name}-debs")
    debs.mkdir()
    run(
        *(need("mmdebstrap"), "--quiet", f"--variant={variant}", "--format=directory"),
        *(f"--include={','.join(packages)}", f"--extract-hook={FETCH}", *options),
        *(_release(), str(root), *map(str, _sources())),
        FETCHED=str(debs),
        FETCH_TOO=too,
    )
    for deb in debs.glob("*.deb"):
        run("dpkg-deb", "-x", str(deb), str(fetched))
    shutil.rmtree(debs)


def _release() -> str:
    """This Debian's code name."""
    words = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    return words["VERSION_CODENAME"]


def _sources() -> list[Path]:
    """The machine's own apt sources of this Debian."""
    found = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    usable = [p for p in found if p.suffix in (".list", ".sources") and p.is_file() and _release() in p.read_text()]
    return [path for path in usable if "debian" in path.read_text()]


def vmlinux(kernel: Path) -> bytes:
    """The ELF file in a bzImage (x86/boot.rst), which QEMU boots at once: unpacking it in the guest takes seconds."""
    image = next(kernel.glob("boot/vmlinuz-*")).read_bytes()
    start = (image[0x1F1] + 1) * 512
    offset, length = struct.unpack_from("<II", image, 0x248)
    payload = image[start + offset :][:length]
    if payload.startswith(b"\xfd7zXZ"):
        return lzma.LZMADecompressor().decompress(payload)
    return subprocess.run([need("zstd"), "-dcq"], input=payload[:-4], stdout=subprocess.PIPE, check=True).stdout


def install_modules(kernel: Path, root: Path, modules: Sequence[str]) -> None:
    """These modules and those that they need, no others: there are thousands."""
    version = next(kernel.glob("lib/modules/*")).name
    source, target = (top / "lib/modules" / version for top in (kernel, root))
    run("depmod", "-b", str(kernel), version)
    needs = {}
    for line in (source / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        needs[Path(path).name.split(".")[0].replace("-", "_")] = [path, *others.split()]
    for path in {path for name in modules for path in needs.get(name, ())}:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / path, target / path)
    for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
        shutil.copy(source / name, target / name)
    run("depmod", "-b", str(root), version)


def run(*command: str, **environment: str) -> None:
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
