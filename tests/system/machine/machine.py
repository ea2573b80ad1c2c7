"""The machine: booted once, kept as a snapshot, started from it as often as wanted; sticks go in and out."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.peers import need
from tests.system.machine import build, loaded
from tests.system.machine.agent import PORT
from tests.system.machine.wires import Guest, Job, MachineError, Monitor, Wire

ACCELERATOR = "MACHINE_ACCEL"
"""Set to `tcg` it keeps a machine that could have KVM from using it."""
KVM_GET_API_VERSION = 0xAE00
KVM_API_VERSION = 12
PATIENCE_S = 60.0
BOOT_S = {"kvm": 20.0, "tcg": 120.0}
"""A machine in a machine may have a KVM that opens and then hangs: found out soon."""
KERNEL_WORDS = (
    "console=ttyS0 loglevel=4 panic=-1 nokaslr mitigations=off audit=0 tsc=reliable no_timer_check"
    # A stick is looked at when it comes, not a second later.
    " usb_storage.delay_use=0"
)


def accelerators() -> list[str]:
    """What to try, best first. A device that is there and opens is not yet one that works."""
    if os.environ.get(ACCELERATOR):
        return [os.environ[ACCELERATOR]]
    try:
        with Path("/dev/kvm").open("rb") as device:
            usable = fcntl.ioctl(device, KVM_GET_API_VERSION) == KVM_API_VERSION
    except OSError:
        usable = False
    return ["kvm", "tcg"] if usable else ["tcg"]


class Machine:
    """A running QEMU. `monitor` and `guest` are its two wires."""

    def __init__(
        self,
        kernel: Path,
        initrd: Path,
        accelerator: str,
        incoming: Path | None = None,
        options: Sequence[str] = (),
        words: str = "",
    ) -> None:
        """`incoming` is a snapshot to go on from; `options` are QEMU's, `words` the kernel's, more than are usual."""
        # Not under a test's own directory: a socket's path must be short.
        self._directory = Path(tempfile.mkdtemp(prefix="machine-"))
        self._process = subprocess.Popen(
            [*self._command(kernel, initrd, accelerator, f"{KERNEL_WORDS} {words}", incoming), *options],
            stdin=subprocess.DEVNULL,
            stdout=(self._directory / "qemu.log").open("wb"),
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + PATIENCE_S
            self._wires = [Wire(self._directory / name, deadline) for name in ("monitor", "guest")]
            self.monitor = Monitor(self._wires[0])
            self.guest = Guest(self._wires[1])
            self._programs = 0
        except MachineError as error:
            told = self.told()
            self.close()
            raise MachineError(f"{error}\n{told}") from error

    def _command(self, kernel: Path, initrd: Path, accelerator: str, words: str, incoming: Path | None) -> list[str]:
        there = self._directory
        return [
            # It ends with us, however we end.
            *("setpriv", "--pdeathsig", "KILL", need("qemu-system-x86_64")),
            *("-M", "q35", "-accel", {"tcg": "tcg,thread=multi"}.get(accelerator, accelerator), "-cpu", "max"),
            *("-smp", "2", "-m", "640", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
            *("-kernel", str(kernel), "-initrd", str(initrd), "-append", words),
            *("-serial", f"file:{there / 'console.log'}", "-qmp", f"unix:{there / 'monitor'},server=on,wait=off"),
            *("-device", "virtio-serial-pci", "-chardev", f"socket,id=guest,path={there / 'guest'},server=on,wait=off"),
            *("-device", f"virtserialport,chardev=guest,name={PORT}", "-device", "qemu-xhci,id=xhci"),
            *(("-incoming", f"exec:cat '{incoming}'") if incoming else ()),
        ]

    def load_programs(self) -> None:
        """Before the snapshot; see loaded.py."""
        self.guest.start(f"exec python3 {build.LOADED}")
        self.guest.wait_for(f"test -p {loaded.DIRECTORY}/{loaded.COUNT - 1}.code")

    def program(self, *words: str) -> Job:
        """`phone-recorder` with these words."""
        self._programs += 1
        return self.guest.start(loaded.command(self._programs - 1, list(words)))

    def plug(self, image: Path, name: str = "stick", over: Sequence[Mapping[str, Any]] = (), **options: Any) -> None:
        """A stick with this image as its flash. `over` are QEMU's filters between the two, lowest first."""
        locked = bool(options.pop("read_only", False))
        top = f"{name}-0"
        self.monitor("blockdev-add", driver="file", filename=str(image), node_name=top, read_only=locked)
        for level, filter_ in enumerate(over, 1):
            below = {"image" if filter_["driver"] == "blkdebug" else "file": top}
            top = f"{name}-{level}"
            self.monitor("blockdev-add", node_name=top, read_only=locked, **below, **filter_)
        options.setdefault("serial", name.upper())
        self.monitor("device_add", driver="usb-storage", id=name, drive=top, removable=True, **options)

    def pull(self, name: str = "stick") -> tuple[float, float]:
        """At once, whatever it is doing; afterwards the image holds what had arrived, and may be read.

        It was pulled between these two times of the guest's clock.
        """
        before = self.guest.now
        self.monitor("device_del", id=name)
        after = self.guest.now
        mine = [node["node-name"] for node in self.monitor("query-named-block-nodes")]
        for node in sorted((node for node in mine if node.startswith(f"{name}-")), reverse=True):
            self._delete(node)
        return before, after

    def _delete(self, node: str) -> None:
        """A device lets go of its node some time after it was pulled."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.monitor("blockdev-del", node_name=node)
                return
            except MachineError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def save(self, path: Path) -> None:
        """Keep its whole state, and stop."""
        self.monitor("stop")
        self.monitor("migrate-set-parameters", max_bandwidth=1 << 40)
        self.monitor("migrate", uri=f"exec:cat > '{path}'")
        self._wait("query-migrate", {"completed"}, {"failed", "cancelled"})

    def resume(self) -> None:
        """Go on from the state that it was started with."""
        self._wait("query-status", {"paused", "running"}, {"internal-error", "shutdown"})
        self.monitor("cont")

    def _wait(self, question: str, good: set[str], bad: set[str]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while (status := self.monitor(question).get("status")) not in good:
            if status in bad or time.monotonic() > deadline:
                raise MachineError(f"{question}: {status}\n{self.told()}")
            time.sleep(0.01)

    def wait_until_told(self, what: str) -> None:
        """Until QEMU or the guest's kernel says this."""
        deadline = time.monotonic() + PATIENCE_S
        while what not in self.told():
            if time.monotonic() > deadline:
                raise MachineError(f"in vain for {PATIENCE_S:.0f} s: {what}")
            time.sleep(0.01)

    def told(self) -> str:
        """The end of what QEMU and the guest's kernel have said."""
        logs = [self._directory / name for name in ("qemu.log", "console.log")]
        return "".join(log.read_text(errors="replace")[-4000:] for log in logs if log.exists())

    def close(self) -> None:
        """Pull the mains plug."""
        self._process.kill()
        self._process.wait()
        for wire in getattr(self, "_wires", ()):
            wire.close()
        shutil.rmtree(self._directory, ignore_errors=True)


class Snapshot:
    """A machine that has just booted, kept in `directory`, to start from again and again."""

    def __init__(self, directory: Path) -> None:
        kept = build.base()
        self._kernel, self._state, self._initrd = kept / "vmlinux", directory / "state", directory / "initrd"
        program = directory / "program.cpio"
        build.write_program(program)
        with self._initrd.open("wb") as out:
            for part in (kept / "base.cpio", program):
                out.write(part.read_bytes())
        self.accelerator = self._boot(accelerators())

    def _boot(self, candidates: list[str]) -> str:
        """Boot with the first that works, warm up, save."""
        accelerator, *others = candidates
        try:
            with self._machine(accelerator) as machine:
                machine.guest.wait_until_ready(BOOT_S[accelerator])
                machine.load_programs()
                machine.save(self._state)
        except MachineError:
            if not others:
                raise
            return self._boot(others)
        return accelerator

    @contextmanager
    def machine(self) -> Iterator[Machine]:
        """One that goes on from the snapshot, as if nothing had ever been plugged."""
        with self._machine(self.accelerator, self._state) as machine:
            machine.resume()
            yield machine

    @contextmanager
    def _machine(self, accelerator: str, incoming: Path | None = None) -> Iterator[Machine]:
        machine = Machine(self._kernel, self._initrd, accelerator, incoming)
        try:
            yield machine
        except MachineError as error:
            raise MachineError(f"{error}\n{machine.told()}") from error
        finally:
            machine.close()
