"""The units, as systemd reads them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.packaging.programs import DEBIAN, UNIT, attempt, run
from tests.peers import need

pytestmark = pytest.mark.peer

MOST_EXPOSED = 2.5
"""Of 10, as systemd-analyze counts; from 5 on it calls a service exposed."""


def settings(unit: Path) -> list[tuple[str, str]]:
    return re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE)


def test_systemd_has_nothing_to_say_of_them(tmp_path: Path) -> None:
    """With programs that are there in place of ours, which is not installed here."""
    need("systemd-analyze")
    for unit in (UNIT, DEBIAN / "phone-recorder-stick@.service"):
        text = re.sub(r"^(Exec\w+=)/usr/(bin|libexec)/phone-recorder\S*", r"\1/bin/true", unit.read_text(), flags=re.M)
        (tmp_path / unit.name).write_text(text)
    units = [str(tmp_path / UNIT.name), str(tmp_path / "phone-recorder-stick@.service")]
    done = attempt("systemd-analyze", "verify", "--man=no", *units)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_agent_is_hardly_exposed(tmp_path: Path) -> None:
    need("systemd-analyze")
    shutil.copy(UNIT, tmp_path)
    words = ("--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", str(tmp_path / UNIT.name))
    done = attempt("systemd-analyze", "security", *words)
    assert done.returncode == 0, done.stdout[-400:]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Type", "notify"),
        ("ExecStart", "/usr/bin/phone-recorder agent --config /var/lib/phone-recorder/phone.toml"),
        ("ExecReload", "/bin/kill -HUP $MAINPID"),
        ("Restart", "always"),
        ("StartLimitIntervalSec", "0"),
        ("RuntimeDirectory", "phone-recorder"),
        ("RuntimeDirectoryPreserve", "restart"),
        ("StateDirectory", "phone-recorder"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("DeviceAllow", "char-input r"),
        ("ReadWritePaths", "-/sys/devices"),
        ("ReadWritePaths", "-/run/media -/media -/mnt"),
    ],
)
def test_the_agents_unit_says(name: str, value: str) -> None:
    assert (name, value) in settings(UNIT)


def test_it_names_no_group_that_may_be_missing() -> None:
    """systemd starts no service with a SupplementaryGroups= that is not there."""
    assert "SupplementaryGroups" not in dict(settings(UNIT))


def test_no_stick_is_mounted_where_systemd_clears_away() -> None:
    stick = dict(settings(DEBIAN / "phone-recorder-stick@.service"))
    place = stick["ExecStart"].split()[-1]
    assert place == "/run/media/phone-recorder" and place in (DEBIAN / "phone-recorder.tmpfiles").read_text()


def test_what_mounts_sticks_shares_the_machines_mounts() -> None:
    """Any of these would give it a mount table of its own, and the agent would never see the stick."""
    own_table = re.compile(
        r"Private(Tmp|Devices|Mounts|Users)|Protect(System|Home|Kernel\w+|ControlGroups|Proc)|\w+Paths"
    )
    assert [name for name, _ in settings(DEBIAN / "phone-recorder-stick@.service") if own_table.fullmatch(name)] == []


def test_compiled_callbacks_and_libudev_live_with_memory_that_is_never_written_and_executed(unpacked: Path) -> None:
    """MemoryDenyWriteExecute=, by the kernel's own means (PR_SET_MDWE is 65), for what the agent loads."""
    told = run("/usr/bin/python3", "-I", "-c", _UNDER_MDWE, str(unpacked / "usr/lib/phone-recorder")).split()
    if told == ["unknown"]:
        pytest.skip("this kernel has no PR_SET_MDWE: Linux 6.3 or later")
    assert told == ["refused", "7", "seen"]


_UNDER_MDWE = """
import ctypes, mmap, sys
sys.path.insert(0, sys.argv[1])
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):
    sys.exit(print("unknown"))
try:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
except PermissionError:
    print("refused")
print(ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 7)())
import msgspec, psutil, pyudev
pyudev.Monitor.from_netlink(pyudev.Context()).start()
print("seen")
"""
