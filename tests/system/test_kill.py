"""`kill -9` while recording: every file opens, has all that was written into it, and lacks less than a second."""

from __future__ import annotations

import errno
import mmap
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from phone_recorder.harness.call.request import CallRequest
from phone_recorder.harness.call.run import run_fast
from phone_recorder.settings.record import RecordSettings
from phone_recorder.wire.record_file import HEADER_SIZE
from tests.system.aftermath import SECOND, has_begun, in_order, look, until
from tests.system.conftest import Reliability
from tests.system.fault_fs import CHANGES, FaultyDrive, fault_fs, stalled_for_ever
from tests.system.loop_fs import MIB, LoopDrive, loop_fs
from tests.system.numbered import FRAME, PER_TICK, TICK, Recording, audio, destination

RUNS, SEED = 200, 20240131
LONGEST_S = 0.04
"""So long after its first byte a recording is killed at the latest; meanwhile a fast call records half a minute."""
KINDS = tuple(product(("PCMU", "PCMA", "G722"), (0, 20_000)))
"""Codec and size limit."""


@pytest.fixture(scope="module")
def ext4(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopDrive]:
    with loop_fs(tmp_path_factory.mktemp("ext4"), 64 * MIB) as drive:
        yield drive


def forked(run: Callable[[], object]) -> int:
    """A child of this process, which is warm already, that does nothing else; its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        run()
    finally:
        os._exit(0)


def kill(pid: int) -> None:
    """It must not have ended by itself."""
    os.kill(pid, signal.SIGKILL)
    assert os.waitpid(pid, 0)[1] == signal.SIGKILL, "the recording was over before it was killed"


def asked(directory: Path, kind: tuple[str, int], duration_s: float) -> CallRequest:
    directory.mkdir()
    codec, size_limit = kind
    settings = replace(RecordSettings(), codec=codec, size_limit=size_limit, reserve=0)
    return CallRequest(settings=settings, usb=directory, duration_s=duration_s, seed=1, far="tone:660")


def test_kill_9_at_200_random_moments(ext4: LoopDrive, reliability: Reliability) -> None:
    print(f"seed {SEED}")
    draw = random.Random(SEED)
    whole = {}
    for number, kind in enumerate(KINDS):
        directory = ext4.path / f"whole{number}"
        run_fast(asked(directory, kind, 60), directory)
        whole[kind] = look(in_order(directory)).audio
        shutil.rmtree(directory)
    most, unopened = 0, []
    for run in range(RUNS):
        kind, delay = KINDS[run % len(KINDS)], draw.uniform(0, LONGEST_S)
        directory = ext4.path / str(run)
        request = asked(directory, kind, 6000)
        pid = forked(partial(run_fast, request, directory))
        until(partial(has_begun, directory))
        time.sleep(delay)
        kill(pid)
        files = in_order(directory)
        unopened += [(run, kind, delay) for path in files if path.stat().st_size < HEADER_SIZE]
        left = look([path for path in files if path.stat().st_size >= HEADER_SIZE])
        shared = min(len(left.audio), len(whole[kind]))
        assert left.audio[:shared] == whole[kind][:shared], (run, kind, delay)
        assert left.lost <= SECOND, (run, kind, delay)
        most = max(most, left.lost)
        shutil.rmtree(directory)
    assert most > 0, "no kill has come between a header and the next"
    name = "kill -9 at a random moment, before repair"
    reliability(name, lost_s=most / SECOND, runs=RUNS, files_lost=len(unopened))
    assert unopened == [], f"files without a header are left by a kill in {len(unopened)} of {RUNS} runs"


FRAMES = 100
PER_PART = 60


def record_by_hand(stick: Path, given: mmap.mmap) -> None:
    """Two seconds in two parts, each synced as on a phone; `given` counts the packets that the recorder has taken."""
    recording = Recording(destination(stick, per_part=PER_PART))
    for first in range(0, FRAMES, PER_TICK):
        struct.pack_into("<I", given, 0, first + PER_TICK)
        recording.go_on(TICK)
    recording.close()
    assert recording.made.error is None


def changes(drive: FaultyDrive) -> list[str]:
    return [call.name for call in drive.calls if call.name in CHANGES]


def empty(drive: FaultyDrive) -> None:
    for path in drive.behind.iterdir():
        path.unlink()


def test_kill_9_at_each_call_that_changes_the_drive(tmp_path: Path, reliability: Reliability) -> None:
    """The process is killed while the file system holds the call, which is then not done."""
    with fault_fs(tmp_path) as drive, mmap.mmap(-1, 4) as given:
        record_by_hand(drive.path, given)
        names = changes(drive)
        assert {"create", "write", "fsync", "fsyncdir"} <= set(names)
        most, unopened = 0, []
        for number, name in enumerate(names):
            empty(drive)
            struct.pack_into("<I", given, 0, 0)
            drive.set(stalled_for_ever(" ".join(CHANGES), after=number, error=errno.EIO))
            pid = forked(lambda: record_by_hand(drive.path, given))
            drive.wait_for_fault()
            os.kill(pid, signal.SIGKILL)
            drive.clear()
            assert os.waitpid(pid, 0)[1] == signal.SIGKILL
            files = in_order(drive.behind)
            unopened += [(number, name) for path in files if path.stat().st_size < HEADER_SIZE]
            left = look([path for path in files if path.stat().st_size >= HEADER_SIZE])
            taken = struct.unpack_from("<I", given)[0]
            assert audio(taken).startswith(left.audio)
            most = max(most, taken * FRAME - len(left.audio) + left.lost)
    reliability("kill -9 at each call to the drive", lost_s=most / SECOND, runs=len(names), files_lost=len(unopened))
    assert most <= SECOND
    assert unopened == [], f"files without a header are left by a kill at these calls of {names}"


LINE = "[recording]"
TOLD_EVERY_S = 0.1
"""The screen's times are told in tenths of a second."""


class Screens:
    """The screens of a program in a live call, read as they come: `began` on the monotonic clock."""

    def __init__(self, stick: Path) -> None:
        command = [sys.executable, "-m", "phone_recorder", "call", "--usb", str(stick), "--duration", "60"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.began: float | None = None
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            if LINE in line and self.began is None:
                self.began = time.monotonic() - float(line.split()[1])

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()


def test_kill_9_of_the_program_several_at_once(ext4: LoopDrive, reliability: Reliability) -> None:
    draw = random.Random(SEED)
    lasted, sticks = {}, [ext4.path / f"live{number}" for number in range(4)]
    for stick in sticks:
        stick.mkdir()
    screens = {stick: Screens(stick) for stick in sticks}
    try:
        until(lambda: all(screen.began is not None for screen in screens.values()))
        moments = {stick: draw.uniform(1, 3.5) + (screen.began or 0.0) for stick, screen in screens.items()}
        for stick, moment in sorted(moments.items(), key=lambda item: item[1]):
            time.sleep(max(0.0, moment - time.monotonic()))
            screens[stick].process.kill()
            lasted[stick] = time.monotonic() - (screens[stick].began or 0.0)
    finally:
        for screen in screens.values():
            screen.end()
    for stick in sticks:
        left = look(in_order(stick))
        assert left.lost <= SECOND
        lost_s = lasted[stick] - len(left.audio) / SECOND
        # Nor more than there was: else the figure is of another moment than the kill's.
        assert -2 * TOLD_EVERY_S <= lost_s <= 1.0
        reliability("kill -9 of the live program, after repair", lost_s=max(lost_s, 0.0))
