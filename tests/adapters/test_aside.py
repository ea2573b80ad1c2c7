"""Work beside the event loop: its result, its errors, and a thread that hangs for ever."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from phone_recorder.adapters.aside import aside
from phone_recorder.errors import DriveGone


def test_what_the_work_gives_comes_back() -> None:
    async def run() -> tuple[int, bool]:
        here = threading.get_ident()
        return await aside(lambda: 42), await aside(threading.get_ident) != here

    assert asyncio.run(run()) == (42, True)


def test_what_the_work_raises_is_raised_here() -> None:
    def fail() -> None:
        raise DriveGone("the drive was removed")

    with pytest.raises(DriveGone, match="removed"):
        asyncio.run(aside(fail))


def test_whoever_gives_up_waits_no_longer() -> None:
    hangs = threading.Event()

    async def run() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(aside(hangs.wait), 0.01)

    asyncio.run(run())
    hangs.set()


def test_a_thread_that_hangs_does_not_hold_up_the_end_of_the_process() -> None:
    program = (
        "import asyncio, threading\n"
        "from phone_recorder.adapters.aside import aside\n"
        "async def run():\n"
        "    asyncio.get_running_loop().create_task(aside(threading.Event().wait))\n"
        "    await asyncio.sleep(0)\n"
        "asyncio.run(run())\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=20, check=False).returncode == 0
