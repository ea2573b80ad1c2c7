"""Kills itself before the first file operation of a task, before the second, and so on, each in a directory of its own.

    python -m tests.server.crash TASK TEMPLATE DIRECTORY

In DIRECTORY each run leaves its storage, called after the operation that did not come about (0, 1, ...), which began
as a copy of TEMPLATE, and a file `N.told` with what the task had said by then. The last run has come to its end.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TextIO

from tests.record_bytes import record, speech
from tests.server.archive_rig import NAME, begin, call, ended, finish, opened

CHANGES = {
    "posix": {"open", "write", "pwrite", "rename", "unlink", "mkdir", "ftruncate", "truncate"},
    "_io": {"write", "flush"},
    "sqlite3": {"execute", "executemany", "close"},
}
Tell = Callable[[str], object]


def record_two_and_delete_one(storage: Path, tell: Tell) -> None:
    """A server's life; NAME is of an earlier one."""
    with opened(storage) as archive:
        archive.recover()
        tell("recovered")
        first, second = begin(archive, call(1)), begin(archive, call(2))
        first.append(speech(800))
        first.checkpoint(record(speech(800))[:76])
        tell("a second is safe")
        archive.tick()
        finish(archive, first, ended(call(1)))
        tell("ended")
        archive.tick()
        archive.delete(NAME)
        tell("deleted")
        second.append(speech(160))
        archive.tick()


def recover(storage: Path, tell: Tell) -> None:
    """The start of a server."""
    with opened(storage) as archive:
        archive.recover()
        tell("recovered")


TASKS = {task.__name__: task for task in (record_two_and_delete_one, recover)}


def die_before(number: int, told: TextIO) -> Callable[[FrameType, str, object], None]:
    """A profile function that lets so many changes of files happen."""
    left = number

    def profile(frame: FrameType, event: str, function: object) -> None:
        nonlocal left
        owner = getattr(function, "__self__", None)
        module = getattr(function, "__module__", None) or type(owner).__module__
        if event == "c_call" and owner is not told and getattr(function, "__name__", "") in CHANGES.get(module, ()):
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    return profile


def run(task: Callable[[Path, Tell], None], storage: Path, number: int) -> bool:
    """Whether the task has come to its end, in a process of its own."""
    child = os.fork()
    if child:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code not in (0, -signal.SIGKILL):
            raise SystemExit(f"the task itself has failed in {storage}")
        return code == 0
    with storage.with_suffix(".told").open("w", buffering=1) as told:
        sys.setprofile(die_before(number, told))
        task(storage, lambda line: told.write(f"{line}\n"))
        sys.setprofile(None)
    os._exit(0)


def main(task: str, template: str, directory: str) -> None:
    number, done = 0, False
    while not done:
        storage = Path(directory) / f"{number}"
        shutil.copytree(template, storage, symlinks=True)
        done = run(TASKS[task], storage, number)
        number += 1
    print(number)


if __name__ == "__main__":
    main(*sys.argv[1:])
