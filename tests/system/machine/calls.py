"""The program under test in the guest: a live call that records to the stick that is plugged in."""

from __future__ import annotations

import base64
import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.cli.call import Document
from tests.system.aftermath import SECOND
from tests.system.live_calls import began_at
from tests.system.machine.machine import Machine
from tests.system.machine.stick import Stick
from tests.system.machine.wires import Done, Job

MOUNTS = "/run/phone-recorder"
SEED = "5"
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class GuestCall:
    """A call of `duration_s` with recordings as `keys` say."""

    machine: Machine
    job: Job
    duration_s: float

    @classmethod
    def begin(cls, machine: Machine, duration_s: float, keys: str = "0 record", *words: str) -> GuestCall:
        usual = (
            "--usb",
            "auto",
            "--automount",
            "--json",
            "--seed",
            SEED,
            "--duration",
            str(duration_s),
            "--keys",
            keys,
        )
        return cls(machine, machine.program("call", *usual, *words), duration_s)

    def wait_until_recorded(self, seconds: float) -> None:
        """Until the guest's file has so much audio."""
        grown = f'test "$(stat -c %s {MOUNTS}/*/Record_* 2>/dev/null || echo 0)" -ge {int(76 + seconds * SECOND)}'
        done = self.machine.guest.try_run(f"until {grown}; do sleep 0.05; done", PATIENCE_S)
        assert done.code == 0, done.err

    def ended(self) -> Done:
        return self.job.result(self.duration_s + PATIENCE_S)

    def end(self, code: int, told: str = "") -> Document:
        """Its JSON document; it must end with this code, having lasted as long as planned, and have told just this."""
        done = self.ended()
        assert (done.code, done.err) == (code, told), done.out
        found: Document = json.loads(done.out)
        assert done.ended - began_at(found) >= self.duration_s
        assert found["duration_s"] == self.duration_s
        return found


def plug(machine: Machine, stick: Stick, udev: bool = True) -> None:
    """Plug it in, and wait until it is known."""
    machine.plug(stick.image)
    device = f"/dev/sda{1 if stick.table else ''}"
    machine.guest.wait_for(f"test -b {device}{' && udevadm settle' if udev else ''}")


def stop_udev(machine: Machine) -> None:
    """From now on only the kernel tells of devices."""
    machine.guest.run("udevadm control --exit && rm -rf /run/udev")


def left_in_memory(machine: Machine) -> list[str]:
    """Record files that the guest sees: with no stick in, they would have been written to the bare directory."""
    listed = machine.guest.run(f"ls -AR {MOUNTS} /tmp /root /mnt 2>/dev/null; true")
    return [line for line in listed.splitlines() if "Record_" in line]


def mounts(machine: Machine) -> list[str]:
    """What is mounted of sticks."""
    return [line for line in machine.guest.run("cat /proc/mounts").splitlines() if line.startswith("/dev/sd")]


def read_in_guest(machine: Machine, stick: Stick, to: Path) -> None:
    """Copy all files in the root of a stick that is out: for what no program on the host reads."""
    guest, label = machine.guest, f"/dev/disk/by-label/{stick.systems[0].label}"
    machine.plug(stick.image, "reader", read_only=True)
    guest.wait_for(f"udevadm settle && test -b {label}")
    guest.run(f"mkdir -p /mnt && mount -o ro {label} /mnt")
    packed = base64.b64decode(guest.run("tar -C /mnt -c . | base64"))
    guest.run("umount /mnt")
    machine.pull("reader")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(to, filter="data")
