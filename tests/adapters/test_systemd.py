from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.adapters.systemd import Notifier


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """systemd's end, and NOTIFY_SOCKET for it."""
    named = str(tmp_path / "notify") if request.param == "path" else f"@phone-recorder-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as ours:
        ours.bind(named.replace("@", "\0"))
        yield ours, named


def test_each_state_is_one_datagram(manager: tuple[socket.socket, str]) -> None:
    ours, named = manager
    notifier = Notifier({"NOTIFY_SOCKET": named})
    before = time.monotonic_ns() // 1000
    notifier.ready("no call")
    notifier.reloading()
    notifier.status("1 call, recording")
    notifier.watchdog()
    notifier.stopping()
    told = [ours.recv(4096).decode() for _ in range(5)]
    stamp = told[1].removeprefix("RELOADING=1\nMONOTONIC_USEC=")
    assert told[0] == "READY=1\nSTATUS=no call"
    assert before <= int(stamp) <= time.monotonic_ns() // 1000
    assert told[2:] == ["STATUS=1 call, recording", "WATCHDOG=1", "STOPPING=1"]


def test_a_status_cannot_become_another_state(manager: tuple[socket.socket, str]) -> None:
    ours, named = manager
    Notifier({"NOTIFY_SOCKET": named}).status("a call of \r\nMAINPID=1\udcff")
    assert ours.recv(4096).decode() == "STATUS=a call of ��MAINPID=1�"


def test_after_the_end_nothing_is_told(manager: tuple[socket.socket, str]) -> None:
    ours, named = manager
    notifier = Notifier({"NOTIFY_SOCKET": named})
    notifier.close()
    notifier.close()
    notifier.ready("no call")
    with pytest.raises(BlockingIOError):
        ours.recv(4096)


@pytest.mark.parametrize(
    "named", ["", "/nobody/is/here", "/" + "x" * 200, "@phone-recorder-nobody", "vsock:2:1234", "notify"]
)
def test_where_nobody_listens_nothing_happens(named: str) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": named})
    notifier.ready("no call")
    notifier.watchdog()
    assert Notifier({}).watchdog_s is None


def test_a_manager_that_does_not_read_holds_nobody_up(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind(str(tmp_path / "notify"))
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        for _ in range(5000):
            notifier.watchdog()
        assert ours.recv(4096) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_called_twice_as_often_as_systemd_asks(environ: dict[str, str], expected: float | None) -> None:
    assert Notifier({"NOTIFY_SOCKET": "/nobody/is/here", **environ}).watchdog_s == expected


def test_a_watchdog_that_nobody_hears_is_none() -> None:
    assert Notifier({"WATCHDOG_USEC": "30000000"}).watchdog_s is None
