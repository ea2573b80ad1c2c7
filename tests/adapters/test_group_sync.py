"""One sync for many: what is safe when, with a sync that the test holds, and a real one."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phone_recorder.adapters.group_sync import GroupSync, sync_file_system
from phone_recorder.errors import DriveError

PATIENCE_S = 10


class Medium:
    """A medium that takes as long as the test wants; `error` is what it fails with."""

    def __init__(self) -> None:
        self.error = 0
        self.syncs = 0
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)

    def sync(self, directory: int) -> None:
        assert os.fstat(directory)
        self.syncs += 1
        self.begun.release()
        assert self.go_on.acquire(timeout=PATIENCE_S)
        if self.error:
            raise OSError(self.error, os.strerror(self.error))


@pytest.fixture
def medium() -> Medium:
    return Medium()


@pytest.fixture
def group(tmp_path: Path, medium: Medium) -> Iterator[GroupSync]:
    group = GroupSync(tmp_path, medium.sync)
    yield group
    for _ in range(100):
        medium.go_on.release()
    group.close()


def until(condition: Callable[[], object]) -> None:
    """The thread tells nothing when it is done; what it did is there within moments."""
    deadline = threading.Event()
    for _ in range(PATIENCE_S * 1000):
        if condition():
            return
        deadline.wait(0.001)
    raise AssertionError("it never came")


def test_what_was_asked_for_before_a_sync_began_is_safe_after_it_and_nothing_else(
    group: GroupSync, medium: Medium
) -> None:
    first = group.ask()
    assert medium.begun.acquire(timeout=PATIENCE_S)
    second, third = group.ask(), group.ask()
    assert (group.outcome(first, 0), group.outcome(second, 0)) == (None, None)
    medium.go_on.release()
    assert medium.begun.acquire(timeout=PATIENCE_S)
    assert (group.outcome(first, 0), group.outcome(second, 0), group.outcome(third, 0)) == (True, None, None)
    medium.go_on.release()
    until(lambda: group.outcome(third, 0))
    assert (group.outcome(second, 0), medium.syncs) == (True, 2)


def test_what_a_failed_sync_has_lost_no_later_one_brings_back(group: GroupSync, medium: Medium) -> None:
    before = group.mark()
    medium.error = errno.EIO
    lost = group.ask()
    medium.go_on.release()
    until(lambda: group.outcome(lost, before) is not None)
    assert (group.outcome(lost, before), group.error) == (False, "the device reports an I/O error")
    medium.error = 0
    since = group.mark()
    kept = group.ask()
    medium.go_on.release()
    until(lambda: group.outcome(kept, since) is not None)
    assert (group.outcome(kept, since), group.error) == (True, "")
    # Of what had begun before, a part may be gone.
    assert group.outcome(kept, before) is False


def test_what_begins_while_a_sync_runs_may_be_lost_with_it(group: GroupSync, medium: Medium) -> None:
    medium.error = errno.EIO
    number = group.ask()
    assert medium.begun.acquire(timeout=PATIENCE_S)
    since = group.mark()
    medium.go_on.release()
    until(lambda: group.outcome(number, since) is not None)
    assert group.outcome(number, since) is False


def test_the_end_syncs_once_more(tmp_path: Path) -> None:
    synced: list[int] = []
    GroupSync(tmp_path, synced.append).close()
    assert len(synced) == 1


def test_a_real_file_system(tmp_path: Path) -> None:
    group = GroupSync(tmp_path)
    (tmp_path / "file").write_bytes(b"x")
    number = group.ask()
    until(lambda: group.outcome(number, 0))
    group.close()


def test_what_is_no_open_file_cannot_be_synced() -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        sync_file_system(-1)


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DriveError, match=r"^cannot store in .*none: there is no such file$"):
        GroupSync(tmp_path / "none")
