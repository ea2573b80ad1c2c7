"""A phone's disk: Debian with systemd, installed and configured, as an ext4 image; built once and kept.

A first file system in memory, with busybox and a few modules, finds the disk and hands the machine over to systemd.
In the image nothing is under test: the package is installed from its .deb while the machine runs.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.peers import need
from tests.system.machine import agent, cache, cpio, debian

PACKAGES = (
    *("systemd", "systemd-sysv", "udev", "kmod", "adduser", "mount", "util-linux", "procps", "acl"),
    *("python3", "python3-evdev"),
)
DISK_MODULES = ("virtio_pci", "virtio_blk", "ext4", "crc32c_generic")
MODULES = (
    *agent.MODULES,
    *("nls_cp850", "nls_iso8859_15", "autofs4", "evdev", "uinput", "ledtrig_timer"),
)
"""udev and the kernel load them when their time comes, as on any Debian; but for LOADED."""
LOADED = ("virtio_console", "ledtrig_timer")
"""At boot; a phone's kernel has the LED trigger built in."""
MASKED = (
    *("getty.target", "getty-static.service", "console-getty.service", "apt-daily.timer", "apt-daily-upgrade.timer"),
    *("dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer"),
    *("systemd-networkd-wait-online.service", "systemd-pstore.service", "systemd-random-seed.service"),
    *("proc-sys-fs-binfmt_misc.automount", "systemd-firstboot.service", "ldconfig.service"),
)
"""Slow in an emulated machine, and no part of what is looked at."""
SIZE = "640M"
LEFT_OUT = ("doc", "man", "locale", "info")
GUEST = "usr/local/lib/machine.py"
FILES = {
    "etc/fstab": "",
    "etc/hostname": "phone\n",
    # Empty, it would be a first boot, which asks questions.
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/modules-load.d/machine.conf": "\n".join(LOADED) + "\n",
    "etc/systemd/journald.conf.d/machine.conf": "[Journal]\nStorage=volatile\nRateLimitIntervalSec=0\n",
    "etc/systemd/system/machine.service": f"""\
[Unit]
Description=Runs what the host of this machine asks for
[Service]
ExecStart=/usr/bin/python3 -ES /{GUEST}
KillMode=process
""",
}
INIT = f"""\
#!/bin/busybox sh
busybox mount -t devtmpfs devtmpfs /dev
busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
busybox modprobe -a {" ".join(DISK_MODULES)}
until busybox test -b /dev/vda; do busybox usleep 10000; done
busybox mount -t ext4 /dev/vda /root
busybox umount /proc /sys /dev
exec busybox switch_root /root /sbin/init
"""


def image() -> Path:
    """A directory with `vmlinux`, `initrd` and `disk`; built now if the kept one was built from something else."""
    return cache.kept(cache.sources(__file__, agent.__file__, debian.__file__), _build)


def _build(directory: Path) -> None:
    root, fetched = (directory / name for name in ("root", "fetched"))
    without = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in LEFT_OUT]
    debian.install("essential", PACKAGES, root, fetched, *without, too="busybox-static")
    (directory / "vmlinux").write_bytes(debian.vmlinux(fetched))
    debian.install_modules(fetched, root, MODULES)
    _furnish(root)
    debian.run(need("mke2fs"), "-q", "-t", "ext4", "-d", str(root), str(directory / "disk"), SIZE)
    _write_initrd(fetched, directory)
    for used in (root, fetched):
        shutil.rmtree(used)


def _furnish(root: Path) -> None:
    """What makes a phone of a bare Debian, and what lets the host in."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    shutil.copy(agent.__file__, root / GUEST)
    units = root / "etc/systemd/system"
    wanted = units / "multi-user.target.wants"
    wanted.mkdir(exist_ok=True)
    (wanted / "machine.service").symlink_to("../machine.service")
    for name in MASKED:
        (units / name).unlink(missing_ok=True)
        (units / name).symlink_to("/dev/null")


def _write_initrd(fetched: Path, directory: Path) -> None:
    first = directory / "first"
    for name in ("bin", "dev", "proc", "sys", "root"):
        (first / name).mkdir(parents=True)
    shutil.copy(next(fetched.glob("**/bin/busybox")), first / "bin/busybox")
    debian.install_modules(fetched, first, DISK_MODULES)
    (first / "init").write_text(INIT)
    (first / "init").chmod(0o755)
    with (directory / "initrd").open("wb") as out:
        cpio.write_console(out)
        cpio.write_tree(out, _tree(first))
    shutil.rmtree(first)


def _tree(top: Path) -> Iterator[tuple[str, Path]]:
    """Everything in a directory, by name, directories first."""
    for path in sorted(top.rglob("*")):
        yield path.relative_to(top).as_posix(), path
