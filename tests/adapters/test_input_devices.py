from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from phone_recorder.adapters.input_devices import InputDevices, bit_map, listen_for, monitors, open_device
from tests.peers import need_module


@pytest.fixture(autouse=True, scope="module")
def evdev() -> None:
    need_module("evdev")


@pytest.fixture
def devices(tmp_path: Path) -> InputDevices:
    """Three devices, two of one name."""
    for event, name in (("event0", "Power Button\n"), ("event2", "gpio-keys\n"), ("event10", "gpio-keys\n")):
        (tmp_path / "class" / event / "device").mkdir(parents=True)
        (tmp_path / "class" / event / "device/name").write_text(name)
    (tmp_path / "class/event7").mkdir()  # it is going just now
    (tmp_path / "class/mouse0/device").mkdir(parents=True)
    (tmp_path / "class/mouse0/device/name").write_text("gpio-keys\n")
    return InputDevices(classes=tmp_path / "class", folder=Path("/dev/input"))


@pytest.mark.parametrize(
    ("name", "nodes"),
    [
        ("Power Button", {"/dev/input/event0"}),
        ("gpio-keys", {"/dev/input/event2", "/dev/input/event10"}),
        ("gpio", set()),
        ("", set()),
        ("/dev/null", {"/dev/null"}),
        ("/dev/input/by-path/nothing-event", set()),
    ],
)
def test_a_device_is_found_by_name_or_path(devices: InputDevices, name: str, nodes: set[str]) -> None:
    assert set(devices.nodes(name)) == nodes


def test_a_machine_without_input_devices_has_none(tmp_path: Path) -> None:
    assert InputDevices(classes=tmp_path / "none").nodes("gpio-keys") == []


@pytest.mark.parametrize("path", ["/dev/null", "/etc/hostname", "/nothing/here"])
def test_what_is_no_input_device_is_an_os_error(path: str) -> None:
    with pytest.raises(OSError):
        open_device(path)


@pytest.mark.parametrize(
    ("codes", "count", "value"), [([1], 32, 2), ([0, 167, 767], 768, 1 | 1 << 167 | 1 << 767), ([], 768, 0)]
)
def test_a_mask_has_a_bit_for_each_code_in_whole_words(codes: list[int], count: int, value: int) -> None:
    words = bit_map(codes, count)
    assert len(words) == -(-count // (8 * words.itemsize))
    assert sum(word << 8 * words.itemsize * at for at, word in enumerate(words)) == value


def test_a_file_that_takes_no_mask_is_read_without() -> None:
    end, ours = os.pipe()
    listen_for(end, [167])
    for fd in (end, ours):
        os.close(fd)


def test_news_of_input_devices_can_be_waited_for() -> None:
    heard = monitors()
    assert len(heard) == 2
    assert len({monitor.fileno() for monitor in heard}) == 2
    assert all(os.get_blocking(monitor.fileno()) is False for monitor in heard)


LOADED = """
import sys
from phone_recorder.adapters import record_keys
assert "evdev" not in sys.modules
assert record_keys.key_code("167") == 167
assert "evdev" not in sys.modules
assert record_keys.key_code("KEY_RECORD") == 167
assert "evdev" in sys.modules
print(*sorted({"asyncio", "ssl", "evdev.eventio_async"} & sys.modules.keys()))
"""


def test_evdev_is_loaded_for_a_named_key_and_without_asyncio() -> None:
    ran = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert ran.stdout == "\n"


def test_who_needs_evdev_with_asyncio_still_gets_it() -> None:
    code = LOADED + "import evdev.eventio_async\nassert 'asyncio' in sys.modules\n"
    subprocess.run([sys.executable, "-c", code], check=True)


MISSING = """
import sys
sys.modules["evdev"] = None
from phone_recorder.adapters.record_keys import key_code
from phone_recorder.errors import UsageError
try:
    key_code("KEY_RECORD")
except UsageError as error:
    print(error)
"""


def test_without_evdev_it_is_said_what_to_install() -> None:
    ran = subprocess.run([sys.executable, "-c", MISSING], capture_output=True, text=True, check=True)
    assert (
        ran.stdout == "a record key needs the package evdev: install phone-recorder[keys], or python3-evdev of Debian\n"
    )
