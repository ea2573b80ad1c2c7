"""The thread of the phone's USB port: it follows what is plugged in and pulled out, whatever fails meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest

from phone_recorder.adapters.drive_port import PortPlan
from phone_recorder.adapters.record_repair import Result
from phone_recorder.adapters.record_writer import Syncs
from phone_recorder.adapters.usb_port import UsbPort
from phone_recorder.errors import DriveError, NoDrive
from tests.adapters.bell import Bell
from tests.adapters.sticks import CUT_SHORT, NAME, Sticks


@pytest.fixture
def sticks(tmp_path: Path) -> Sticks:
    return Sticks(tmp_path)


class Followed:
    """A port whose thread follows `sticks`."""

    def __init__(self, sticks: Sticks, **plan: object) -> None:
        self.bell = Bell()
        self.changes: list[tuple[str, str]] = []
        plan_of_it = PortPlan(**plan)  # type: ignore[arg-type]
        self.port = UsbPort(plan_of_it, Syncs.AT_END, sticks.find, lambda: self.bell, self._changed)

    def __enter__(self) -> Self:
        self.port.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.port.close()

    def _changed(self) -> None:
        """What is so by then, and on which thread that is told; an error of ours by its name."""
        try:
            news = self.port.state.news
        except ZeroDivisionError as error:
            news = str(error)
        self.changes.append((news, threading.current_thread().name))

    @property
    def news(self) -> list[str]:
        """What was told, in its order."""
        return [news for news, _ in self.changes]

    def ring(self) -> None:
        """Something has changed; until the thread has looked."""
        self.until(lambda: self.bell.waits > 0)
        waits = self.bell.waits
        self.bell.wake()
        self.until(lambda: self.bell.waits > waits)

    def until(self, true: Callable[[], bool]) -> None:
        for _ in range(10_000):
            if true():
                return
            time.sleep(0.001)
        raise AssertionError("it never came true")


def port_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "USB port"]


def test_what_is_there_at_the_start_is_ready_at_once_and_its_files_are_repaired_by_the_thread(sticks: Sticks) -> None:
    stick = sticks.plug("sda1")
    assert stick.mount
    (stick.mount / NAME).write_bytes(CUT_SHORT)
    with Followed(sticks) as followed:
        assert followed.port.state.drive is not None
        followed.until(lambda: "1 recording repaired" in followed.port.state.news)


def test_followed_a_stick_that_comes_is_ready_and_one_that_goes_is_gone(sticks: Sticks) -> None:
    with Followed(sticks) as followed:
        for name in ("sda1", "sdb1"):
            stick = sticks.plug(name)
            followed.ring()
            assert followed.port.state.news == f"the USB drive {name.upper()} is ready"
            sticks.pull(stick)
            followed.ring()
            assert isinstance(followed.port.state.error, NoDrive)


def test_at_its_end_the_thread_and_the_watch_are_gone(sticks: Sticks) -> None:
    with Followed(sticks) as followed:
        [thread] = port_threads()
    assert not thread.is_alive()
    assert followed.bell.closed


@pytest.mark.parametrize("error", [OSError(5, "it vanished"), DriveError("libudev is missing")])
def test_a_look_that_fails_does_not_end_the_thread(sticks: Sticks, error: Exception) -> None:
    with Followed(sticks) as followed:
        sticks.fails = error
        followed.ring()
        assert isinstance(followed.port.state.error, DriveError)
        sticks.fails = None
        sticks.plug("sda1")
        followed.ring()
        assert followed.port.state.drive is not None


def test_an_error_of_ours_in_the_thread_is_raised_where_the_state_is_asked_for(sticks: Sticks) -> None:
    with Followed(sticks) as followed:
        sticks.fails = ZeroDivisionError("ours")
        followed.bell.wake()
        followed.until(lambda: port_threads() == [])
        with pytest.raises(ZeroDivisionError, match="ours"):
            _ = followed.port.state
    assert followed.bell.closed


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_fifty_replugs_leave_no_thread_and_no_open_file(sticks: Sticks) -> None:
    with Followed(sticks) as followed:
        before = (threading.active_count(), open_files())
        for number in range(50):
            stick = sticks.plug(f"sd{number}")
            assert stick.mount
            (stick.mount / NAME).write_bytes(CUT_SHORT)
            followed.ring()
            assert followed.port.state.drive is not None
            sticks.pull(stick)
            followed.ring()
        assert (threading.active_count(), open_files()) == before
        assert [done.result for done in followed.port.state.earlier] == [Result.MENDED] * 50


def test_another_state_is_told_once_by_the_thread_and_what_stays_as_it_is_not_at_all(sticks: Sticks) -> None:
    stick = sticks.plug("sda1")
    with Followed(sticks) as followed:
        followed.until(lambda: followed.changes != [])
        for _ in range(3):
            followed.ring()
        sticks.pull(stick)
        followed.ring()
        followed.ring()
        none = followed.port.state.news
        sticks.plug("sdb1")
        followed.ring()
        followed.ring()
    assert followed.news == ["the USB drive SDA1 is ready", none, "the USB drive SDB1 is ready"]
    assert {thread for _, thread in followed.changes} == {"USB port"}


def test_what_is_told_of_a_drive_that_is_there_at_the_start_is_told_with_its_repairs(sticks: Sticks) -> None:
    stick = sticks.plug("sda1")
    assert stick.mount
    (stick.mount / NAME).write_bytes(CUT_SHORT)
    with Followed(sticks) as followed:
        followed.until(lambda: followed.changes != [])
    assert followed.news == ["the USB drive SDA1 is ready, 1 recording repaired"]


def test_an_error_of_ours_in_the_thread_is_a_change_too(sticks: Sticks) -> None:
    with Followed(sticks) as followed:
        followed.until(lambda: followed.bell.waits > 0)
        sticks.fails = ZeroDivisionError("ours")
        followed.bell.wake()
        followed.until(lambda: "ours" in followed.news)
    assert followed.news[-1] == "ours"
