"""A phone with the package installed: its agent, its record key and lamp, its phone program's RTP, from the host."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.agent.numbered_legs import Leg
from tests.system.machine.machine import Machine
from tests.system.machine.phone_machine import LAMP
from tests.system.machine.stick import FileSystem, Stick
from tests.system.machine.wires import Done, Job

DEB = "/root/phone-recorder.deb"
LONG_S = 300.0
UNIT = "phone-recorder-agent.service"
USER = "phone-recorder"
SOCKET = "/run/phone-recorder/agent.sock"
CONFIG = "/var/lib/phone-recorder/phone.toml"
STICKS = "/run/media/phone-recorder"
LAST = f"set -- {STICKS}/*/Record_*; shift"
"""For the guest's shell, with how many files come before: makes $1 a file on a stick, by the order of their names."""
KEYS, PIPE, KEY_RECORD = "Test Keys", "/run/keys", 167
HELPER, SENDER = "/usr/bin/in-guest", "/run/sender.pid"
WORD = 60_000
"""Bytes at once: a word of a command line has 128 KiB at most (execve(2), "MAX_ARG_STRLEN")."""
UNITS_PER_MS = 8
"""Of the legs' instants (phone_recorder/recording/units.py)."""


@dataclass(frozen=True, slots=True)
class AgentPhone:
    """A machine whose agent runs."""

    machine: Machine

    def run(self, command: str) -> str:
        """Its output in the guest."""
        return self.machine.guest.run(command)

    def put(self, path: str, data: bytes) -> None:
        """A file in the guest."""
        self.run(f": > {path}")
        for at in range(0, len(data), WORD):
            text = base64.b64encode(data[at : at + WORD]).decode()
            self.run(f"echo {text} | base64 -d >> {path}")

    def ctl(self, *words: str) -> str:
        """What `phone-recorder ctl` with these words prints."""
        return self.run(shlex.join(["phone-recorder", "ctl", *words]))

    def ask(self, method: str, **params: Any) -> Any:
        """What the agent answers."""
        return json.loads(self.ctl("ask", method, json.dumps(params)))

    def shows(self, **facts: str) -> bool:
        """Whether systemd says this of the agent's unit."""
        names = [word for name in facts for word in ("-p", name)]
        told = self.run(f"systemctl show {UNIT} {shlex.join(names)}")
        return dict(line.split("=", 1) for line in told.splitlines()) == facts

    @property
    def pid(self) -> int:
        """The agent's."""
        return int(self.run(f"systemctl show {UNIT} -p MainPID --value"))

    def wait_for_another(self, pid: int) -> int:
        """Until systemd has started it anew, and it is ready; its new process id."""
        ready = f'test "$(systemctl show {UNIT} -p ActiveState --value)" = active'
        other = f'test "$(systemctl show {UNIT} -p MainPID --value)" -ne {pid}'
        self.machine.guest.wait_for(f"{other} && {ready}")
        return self.pid

    def plug(self, stick: Stick, name: str = "stick") -> None:
        """Plug it in; the agent has it when this returns."""
        self.machine.plug(stick.image, name)
        self.machine.guest.wait_for("phone-recorder ctl drives --json | grep -q '\"used\": *true'")

    def begin_call(self, rtp: str, *words: str) -> list[int]:
        """A call begins; the ports for its RTP, near first."""
        told = json.loads(self.ctl("call", "start", "--rtp", rtp, "--json", *words))
        return [told["ports"][name] for name in ("near", "far", "mixed") if name in told["ports"]]

    def send(self, ports: Sequence[int], legs: Sequence[Leg], seconds: float) -> Job:
        """The call's RTP sets in, and goes on for so long."""
        packets = sorted(
            (instant // UNITS_PER_MS, which, base64.b64encode(data).decode())
            for which, leg in enumerate(legs)
            for instant, data in leg.packets(int(seconds * 1000) * UNITS_PER_MS)
        )
        self.put("/run/packets", "".join(json.dumps(packet) + "\n" for packet in packets).encode())
        words = ["send", "/run/packets", SENDER, *map(str, ports)]
        job = self.machine.guest.start(shlex.join(["exec", HELPER, *words]))
        self.machine.guest.wait_for(f"test -s {SENDER}")
        return job

    def stop_sending(self) -> None:
        self.run(f"kill $(cat {SENDER})")

    def press(self) -> None:
        """The record key, with a finger."""
        self.run(f"echo press > {PIPE}")

    def wait_until_key_is(self, state: str) -> None:
        """As `ctl status` has it."""
        self.machine.guest.wait_for(f'phone-recorder ctl ask record.get | grep -q \'"key": "{state}"\'')

    @property
    def lamp(self) -> tuple[str, bool]:
        """Its trigger, and whether it shines."""
        there = f"/sys/class/leds/{LAMP}"
        triggers, brightness = self.run(f"cat {there}/trigger {there}/brightness").splitlines()
        [chosen] = [word.strip("[]") for word in triggers.split() if word.startswith("[")]
        return chosen, brightness != "0"

    def wait_until_recorded(self, size: int, parts: int = 1) -> None:
        """Until the last of so many files on a stick is so long."""
        self.machine.guest.wait_for(f'{LAST} {parts - 1} && test "$(stat -c %s "$1")" -ge {size}')

    def wait_until_longer(self, by: int) -> None:
        """Until the first file on a stick has grown by so much."""
        self.wait_until_recorded(by + int(self.run(f'{LAST} 0 && stat -c %s "$1"')))

    def fill(self, *directories: str) -> None:
        """Their file systems have no room left."""
        for directory in directories:
            self.run(f"head -c 1T /dev/zero > {directory}/filler 2>/dev/null; ! echo x > {directory}/more")

    def journal(self) -> list[dict[str, str]]:
        """The agent's entries, with their fields."""
        told = self.run(f"journalctl -u {UNIT} -o json --no-pager")
        return [{key: _text(value) for key, value in json.loads(line).items()} for line in told.splitlines()]

    def watch(self, seconds: int) -> None:
        """The agent, started anew, is taken for dead after so long."""
        drop_in = f"/run/systemd/system/{UNIT}.d"
        self.run(f"mkdir -p {drop_in} && printf '[Service]\\nWatchdogSec={seconds}\\n' > {drop_in}/watchdog.conf")
        self.run(f"systemctl daemon-reload && systemctl restart {UNIT}")

    def as_stranger(self, command: str, group: str = "4321") -> Done:
        """What becomes of a command of a user who has nothing to do with the agent, but for the group."""
        return self.machine.guest.try_run(f"setpriv --reuid 4321 --regid {group} --clear-groups {command}")


def _text(value: str | list[int]) -> str:
    """A field; journalctl gives the bytes of one that has control characters."""
    return value if isinstance(value, str) else bytes(value).decode()


def install(machine: Machine, deb: Path) -> None:
    """The package, as an administrator does it, from a stick; and this phone's key and lamp."""
    phone = AgentPhone(machine)
    phone.put(HELPER, Path(__file__).with_name("in_guest.py").read_bytes())
    machine.guest.run(f"chmod +x {HELPER}")
    machine.guest.start(f"exec {HELPER} keys '{KEYS}' {PIPE} {KEY_RECORD}")
    stick = Stick.make(deb.with_suffix(".stick"), FileSystem("vfat", label="DEB"))
    stick.write(deb)
    machine.plug(stick.image, "deb")
    machine.guest.wait_for("test -b /dev/sda1 && udevadm settle")
    machine.guest.run("mount /dev/sda1 /mnt")
    machine.guest.run(f"cp /mnt/{deb.name} {DEB} && umount /mnt")
    machine.guest.run(f"dpkg --install {DEB}", LONG_S)
    machine.pull("deb")
    phone.ctl("settings", f"agent.lamp={LAMP}", f"agent.key_device={KEYS}")
