"""A phone: the machine with systemd, on a disk of its own; booted once, changed, and started from there ever again."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.system.machine import systemd_image
from tests.system.machine.machine import BOOT_S, Machine, accelerators
from tests.system.machine.wires import MachineError

LAMP = "input0::capslock"
"""A LED of the PC keyboard that QEMU has; nobody has one that is easier to come by."""
WORDS = "systemd.show_status=false systemd.mask=systemd-vconsole-setup.service"


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that has been switched off in mid-work: its disk, and its memory if it had any."""

    disk: Path
    memory: Path | None
    accelerator: str

    @contextmanager
    def machine(self, keep: bool = False) -> Iterator[Machine]:
        """It goes on; what it does to its disk is forgotten unless it is kept."""
        kept = systemd_image.image()
        drive = f"file={self.disk},format=raw,if=virtio,cache=unsafe,snapshot={'off' if keep else 'on'}"
        machine = Machine(*(kept / "vmlinux", kept / "initrd", self.accelerator, self.memory, ("-drive", drive), WORDS))
        try:
            if self.memory:
                machine.resume()
            yield machine
        except MachineError as error:
            raise MachineError(f"{error}\n{machine.told()}") from error
        finally:
            machine.close()

    def changed(self, directory: Path, change: Callable[[Machine], None]) -> Phone:
        """Another phone, kept in `directory`: this one, after `change`, which pulls whatever it has plugged."""
        directory.mkdir(parents=True, exist_ok=True)
        disk, memory = directory / "disk", directory / "memory"
        # Most of a disk is holes.
        subprocess.run(["cp", "--sparse=always", str(self.disk), str(disk)], check=True)
        with Phone(disk, self.memory, self.accelerator).machine(keep=True) as machine:
            change(machine)
            machine.guest.run("sync")
            machine.save(memory)
        return Phone(disk, memory, self.accelerator)


def booted(directory: Path) -> Phone:
    """One whose systemd has started all that it starts, kept in `directory`."""
    disk = systemd_image.image() / "disk"
    *others, last = accelerators()
    for accelerator in others:
        try:
            return Phone(disk, None, accelerator).changed(directory, _wait_until_up(accelerator))
        except MachineError:
            continue
    return Phone(disk, None, last).changed(directory, _wait_until_up(last))


def _wait_until_up(accelerator: str) -> Callable[[Machine], None]:
    def wait(machine: Machine) -> None:
        machine.guest.wait_until_ready(BOOT_S[accelerator])
        machine.guest.wait_for(f"systemctl is-system-running && test -d /sys/class/leds/{LAMP}")

    return wait
