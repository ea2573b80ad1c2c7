"""The on-device agent as a phone has it: systemd as init, the Debian package, a real stick, a real key, a real LED.

A call's RTP is numbered packets (tests/agent/numbered_legs.py), sent in the guest; files are read on the host, from the
image of a stick that is out. Times are the guest's.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.numbered_legs import Leg, Legs
from tests.agent.recorded_legs import Recorded, recorded
from tests.peers import need
from tests.system.aftermath import SECOND, in_order
from tests.system.machine.agent_phone import CONFIG, DEB, LONG_S, SOCKET, STICKS, UNIT, USER, AgentPhone, install
from tests.system.machine.phone_machine import Phone, booted
from tests.system.machine.stick import FileSystem, Stick
from tests.system.machine.wires import Job

pytestmark = [pytest.mark.peer, pytest.mark.live]

ROOT = Path(__file__).parents[2]
CALL_S = 60.0
"""Longer than any scene here takes."""
STOP_S = 2.0
FRAME_S = 0.02
LATE = 10
"""Frames."""


class Talking(Leg):
    """One that never pauses: what is silent in a recording of it is missing there."""

    def talks(self, number: int) -> bool:
        return True


@pytest.fixture(scope="module")
def deb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the working tree, for the guest's Python."""
    to = tmp_path_factory.mktemp("deb")
    subprocess.run([sys.executable, "packaging/build_deb.py", "--output", str(to)], cwd=ROOT, check=True)
    [deb] = to.glob("*.deb")
    return deb


@pytest.fixture(scope="module")
def installed(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Phone:
    for program in ("qemu-system-x86_64", "mmdebstrap", "depmod", "mke2fs", "mcopy", "mkfs.vfat", "sfdisk"):
        need(program)
    bare = booted(tmp_path_factory.mktemp("bare"))
    return bare.changed(tmp_path_factory.mktemp("installed"), lambda machine: install(machine, deb))


@pytest.fixture
def phone(installed: Phone) -> Iterator[AgentPhone]:
    with installed.machine() as machine:
        yield AgentPhone(machine)


@pytest.fixture
def stick(tmp_path: Path) -> Stick:
    return Stick.make(tmp_path / "stick", FileSystem("vfat"))


def test_the_package_installs_and_its_agent_runs_as_a_user_of_its_own_who_may_do_nothing(phone: AgentPhone) -> None:
    assert phone.shows(ActiveState="active", SubState="running", Type="notify", NRestarts="0", User=USER)
    status = dict(line.split(":\t", 1) for line in phone.run(f"cat /proc/{phone.pid}/status").splitlines())
    assert status["Uid"].split() == [phone.run(f"id -u {USER}")] * 4
    assert (status["NoNewPrivs"], status["Seccomp"], int(status["CapEff"], 16)) == ("1", "2", 0)
    assert phone.run("systemctl --failed --no-legend") == ""
    print(f"the agent in the guest: {status['VmRSS'].strip()}")


def test_a_key_records_a_call_to_a_stick_that_has_come_later_and_the_lamp_shows_it(
    phone: AgentPhone, stick: Stick, tmp_path: Path
) -> None:
    phone.plug(stick)
    sender = phone.send(phone.begin_call("mixed"), [Talking("mixed")], CALL_S)
    dark = phone.lamp
    phone.press()
    phone.wait_until_key_is("recording")
    phone.wait_until_recorded(2 * SECOND)
    assert (dark[1], phone.lamp) == (False, ("none", True))
    phone.press()
    phone.wait_until_key_is("idle")
    assert phone.lamp == ("none", False)
    [account] = phone.ask("record.get")["recordings"]
    assert (account["state"], account["reason"]) == ("recorded", "record key")
    assert [gap["start_s"] for gap in account["gaps"]] in ([], [0])
    end_call(phone, sender)
    unplug(phone)
    assert stick.check().returncode == 0
    assert unbroken(whole(stick, tmp_path / "read")) >= 90


def test_near_and_far_are_mixed_into_one_file(phone: AgentPhone, stick: Stick, tmp_path: Path) -> None:
    """Near talks for ten seconds, and then far does."""
    phone.plug(stick)
    legs = Legs(near_ppm=0, far_ppm=0)
    ports = phone.begin_call("legs")
    phone.ctl("press", "start")
    sender = phone.send(ports, [legs.near, legs.far], CALL_S)
    phone.wait_until_recorded(16 * SECOND)
    phone.ctl("press", "stop")
    end_call(phone, sender)
    unplug(phone)
    found = recorded(whole(stick, tmp_path / "read"))
    near, far = (found.legs[leg].numbers for leg in ("near", "far"))
    assert [found.broken, found.legs["near"].disordered, found.legs["far"].disordered] == [0, 0, 0]
    assert list(near) == list(range(475))
    assert list(far) == list(range(500, 500 + len(far)))
    assert len(far) > 50


def test_a_stick_that_is_pulled_is_missed_at_once_and_the_next_one_recorded_to(
    phone: AgentPhone, stick: Stick, tmp_path: Path
) -> None:
    phone.plug(stick)
    agent = phone.pid
    sender = phone.send(phone.begin_call("mixed"), [Talking("mixed")], CALL_S)
    phone.press()
    phone.wait_until_recorded(2 * SECOND)
    watching = phone.machine.guest.start("phone-recorder ctl watch record | sed /removed/q")
    phone.wait_until_recorded(4 * SECOND)
    _, after = phone.machine.pull()
    phone.wait_until_key_is("idle")
    [account] = phone.ask("record.get")["recordings"]
    assert (account["state"], account["reason"]) == ("cut short", "the drive was removed")
    cut = files(stick, tmp_path / "cut")
    repaired(cut)
    kept = recorded(cut)
    [(leg, length)] = in_one_piece(kept)
    assert (leg, kept.broken, length >= 100) == ("near", 0, True)
    phone.plug(stick)
    phone.press()
    phone.wait_until_recorded(SECOND, parts=2)
    end_call(phone, sender)
    seen = next(at for at, line in watching.result().lines if "the drive was removed" in line)
    assert (seen - after <= 1, phone.pid) == (True, agent)
    unplug(phone)
    first, second = whole(stick, tmp_path / "both")
    assert (recorded([first]).frames, unbroken([second]) >= 40) == (kept.frames, True)


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("kill -KILL {}", "code=killed, status=9/KILL"),
        ("kill -STOP {}", "Watchdog timeout"),
        (f"systemctl restart {UNIT}", "the agent has ended"),
        (f"dpkg --install {DEB}", "the agent has ended"),
    ],
    ids=["killed", "hung", "restarted", "upgraded"],
)
def test_an_agent_that_has_ended_in_mid_call_comes_back_and_goes_on_in_a_new_part(
    phone: AgentPhone, stick: Stick, tmp_path: Path, end: str, told: str
) -> None:
    phone.watch(2 if "STOP" in end else 60)
    phone.plug(stick)
    agent = phone.pid
    sender = phone.send(phone.begin_call("mixed"), [Talking("mixed")], CALL_S)
    phone.press()
    phone.wait_until_recorded(2 * SECOND)
    [before] = phone.ask("record.get")["recordings"]
    phone.run(end.format(agent))
    assert phone.wait_for_another(agent) != agent
    assert [entry for entry in phone.journal() if told in entry["MESSAGE"]]
    phone.wait_until_key_is("recording")
    phone.wait_until_recorded(2 * SECOND, parts=2)
    assert phone.lamp == ("none", True)
    phone.press()
    phone.wait_until_key_is("idle")
    [account] = phone.ask("record.get")["recordings"]
    end_call(phone, sender)
    unplug(phone)
    assert (account["id"], account["state"]) == (before["id"], "recorded")
    both = whole(stick, tmp_path / "read")
    assert [Path(part["path"]).name for part in account["parts"]] == [file.name for file in both]
    assert len(both) == 2
    found = recorded(both)
    near = found.legs["near"]
    assert (found.broken, near.disordered) == (0, 0)
    # What came while there was no agent is silence, as long as that was, and the account says so.
    missing = near.numbers[-1] - near.numbers[0] + 1 - len(near.numbers)
    assert 0 < found.silent == pytest.approx(missing, abs=LATE)
    assert account["gaps_s"]["mixed"] == pytest.approx(found.silent * FRAME_S, abs=2 * FRAME_S)
    assert account["duration_s"] == pytest.approx(found.frames * FRAME_S)


def test_a_paused_recording_has_the_kernel_blink_the_lamp(phone: AgentPhone, stick: Stick) -> None:
    phone.plug(stick)
    phone.begin_call("mixed")
    phone.press()
    phone.wait_until_recorded(SECOND)
    phone.ctl("press", "pause")
    assert phone.lamp[0] == "timer"
    phone.ctl("press", "resume")
    assert phone.lamp == ("none", True)


def test_a_jump_of_the_clock_and_full_disks_elsewhere_leave_no_trace_in_a_recording(
    phone: AgentPhone, stick: Stick, tmp_path: Path
) -> None:
    """The memory for a crash, which is in /run, has no room; the settings have none either."""
    phone.plug(stick)
    sender = phone.send(phone.begin_call("mixed"), [Talking("mixed")], CALL_S)
    phone.fill("/root", "/run")
    phone.press()
    phone.wait_until_recorded(SECOND)
    for jump in ("+3 hours", "-5 days"):
        phone.run(f"date --set='{jump}'")
        phone.wait_until_longer(SECOND)
    refused = phone.machine.guest.try_run("phone-recorder ctl settings record.tone=on")
    assert refused.code or "No space left" in refused.err, refused
    phone.press()
    phone.wait_until_key_is("idle")
    end_call(phone, sender)
    unplug(phone)
    assert unbroken(whole(stick, tmp_path / "read")) >= 140


def test_a_reload_takes_changed_settings(phone: AgentPhone) -> None:
    agent = phone.pid
    phone.run(f"sed -i 's/^lamp = .*/lamp = \"\"/' {CONFIG} && systemctl reload {UNIT}")
    phone.machine.guest.wait_for("phone-recorder ctl settings agent.lamp | grep -vq capslock")
    assert phone.ask("settings.list")["problem"] == ""
    assert phone.pid == agent


def test_it_stops_within_two_seconds_in_mid_recording_and_the_file_is_whole(
    phone: AgentPhone, stick: Stick, tmp_path: Path
) -> None:
    """The lamp is then as if nobody had ever used it."""
    phone.plug(stick)
    phone.send(phone.begin_call("mixed"), [Talking("mixed")], CALL_S)
    phone.press()
    phone.wait_until_recorded(2 * SECOND)
    done = phone.machine.guest.try_run(f"systemctl stop {UNIT}")
    assert (done.code, done.ended - done.began < STOP_S) == (0, True), done
    assert phone.shows(ActiveState="inactive", Result="success", NRestarts="0")
    assert phone.lamp == ("kbd-capslock", False)
    unplug(phone)
    assert stick.check().returncode == 0
    assert unbroken(whole(stick, tmp_path / "read")) >= 90


def test_a_second_user_is_refused_unless_in_the_group(phone: AgentPhone) -> None:
    knock = f"in-guest knock {SOCKET}"
    assert phone.as_stranger(knock).out == "PermissionError"
    refused = phone.as_stranger("phone-recorder ctl status")
    assert (refused.code, len(refused.err.splitlines())) == (2, 1)
    assert phone.as_stranger(knock, group=USER).out == "open"


def test_the_journal_has_fields_and_no_lines_of_a_callers_own(phone: AgentPhone) -> None:
    forged = "Bob\r\nMESSAGE=forged\nPRIORITY=0"
    phone.begin_call("mixed", "--remote-name", forged, "--remote-number", "1002")
    phone.ctl("call", "end", "--reason", forged)
    ours = [entry for entry in phone.journal() if entry["SYSLOG_IDENTIFIER"] == "phone-recorder"]
    assert [(entry["CALL"], entry["DIRECTION"]) for entry in ours if entry.get("REMOTE_NUMBER") == "1002"] == [
        ("1", "out")
    ]
    told = [value for entry in ours for key, value in entry.items() if not key.startswith("_")]
    assert not [text for text in told if "\n" in text or "\r" in text]
    assert not [entry for entry in ours if entry["MESSAGE"] == "forged" or entry["PRIORITY"] == "0"]
    assert phone.run(f"journalctl -u {UNIT} -o cat --no-pager | grep -c ^MESSAGE=; true") == "0"


def test_purged_nothing_of_it_is_left_running_and_sticks_are_left_alone(phone: AgentPhone, stick: Stick) -> None:
    phone.plug(stick)
    phone.machine.guest.run("dpkg --purge phone-recorder", LONG_S)
    assert phone.run(f"pgrep -u {USER}; grep {STICKS} /proc/mounts; systemctl --failed --no-legend; true") == ""
    phone.machine.pull()
    phone.machine.plug(stick.image)
    phone.machine.guest.wait_for("test -b /dev/sda1 && udevadm settle")
    assert phone.run("systemctl list-units --no-legend 'phone-recorder*'; grep /dev/sd /proc/mounts; true") == ""


def end_call(phone: AgentPhone, sender: Job) -> None:
    """As the phone's program does; what it would still have sent it sends nowhere."""
    phone.ctl("call", "end")
    phone.stop_sending()
    sender.result()


def unplug(phone: AgentPhone) -> None:
    """As a careful user does."""
    phone.run(f"systemctl stop 'phone-recorder-stick@*.service' && ! grep {STICKS} /proc/mounts")
    phone.machine.pull()


def files(stick: Stick, to: Path) -> list[Path]:
    """The record files of a stick that is out, oldest first."""
    stick.read(to)
    return in_order(to)


def whole(stick: Stick, to: Path) -> list[Path]:
    """Those files; none is in need of repair."""
    found = files(stick, to)
    assert all(facts["complete"] for facts in json.loads(program("inspect", "--json", *map(str, found))))
    return found


def repaired(found: list[Path]) -> None:
    program("repair", *map(str, found))


def in_one_piece(found: Recorded) -> list[tuple[str, int]]:
    """Runs of frames that follow each other as their packets did, each with its leg and length."""
    runs: list[tuple[str, int]] = []
    for leg, packets in found.legs.items():
        last = None
        for number, frame in zip(packets.numbers, packets.frames, strict=True):
            runs = [*runs[:-1], (leg, runs[-1][1] + 1)] if last == (number - 1, frame - 1) else [*runs, (leg, 1)]
            last = (number, frame)
    return runs


def unbroken(found: list[Path]) -> int:
    """The frames of a recording of a mixed stream, in which none is missing behind the first.

    Some may be before it: the key comes between two packets, and in an emulated machine the next one comes late.
    """
    frames = recorded(found)
    [(leg, length)] = in_one_piece(frames)
    first = frames.legs[leg].frames[0]
    assert (first <= LATE, first + length) == (True, frames.frames)
    return length


def program(*words: str) -> str:
    command = [sys.executable, "-m", "phone_recorder", *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
