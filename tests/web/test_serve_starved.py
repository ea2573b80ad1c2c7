"""A web page that gets more connections than it may have descriptors, and one whose storage hangs."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.web.page_process import HANG
from tests.web.site_rig import FIRST

pytestmark = pytest.mark.live
PATIENCE_S = 15.0
CROWD = 100
"""Fewer than the kernel keeps waiting: others would try again after seconds."""
AUDIO = f"GET /api/v1/recordings/{FIRST}/audio.wav HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
LIST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class PageProcess:
    """The page's process; `lines` is what it has said, `complaints` what it has written on stderr, once it is over."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert process.stdout
        self.port = int(process.stdout.readline().rpartition(":")[2])
        self.descriptors_at_rest = self.descriptors()
        self.lines: list[str] = []
        self.complaints = ""

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self._process.pid}/fd").iterdir()))

    def busy_s(self) -> float:
        """Seconds of processor time so far."""
        times = psutil.Process(self._process.pid).cpu_times()
        return float(times.user + times.system)

    def stop(self) -> int:
        self._process.terminate()
        said, self.complaints = self._process.communicate(timeout=PATIENCE_S)
        self.lines = said.splitlines()
        return self._process.returncode


@contextmanager
def page_process(directory: Path, most: str, files: int) -> Iterator[PageProcess]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.web.page_process", str(directory), most, str(files)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield PageProcess(process)
    finally:
        process.kill()
        process.communicate()


async def crowd(port: int, request: bytes = b"") -> list[Connection]:
    """Very many who ask for something, and read nothing of it."""
    connections = [await asyncio.open_connection("127.0.0.1", port, limit=1024) for _ in range(CROWD)]
    for _, writer in connections:
        writer.write(request)
    return connections


async def leave(connections: list[Connection]) -> None:
    for _, writer in connections:
        writer.transport.abort()
    await asyncio.sleep(0)


async def healthy(port: int) -> None:
    """Ask until the answer is that all is well."""
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(HEALTH)
            answer = await reader.read()
            writer.close()
            if b'{"status":"ok"}' in answer:
                return
        await asyncio.sleep(0.02)


def test_when_no_descriptor_is_left_it_says_so_now_and_then_and_comes_back(tmp_path: Path) -> None:
    async def scenario(page: PageProcess) -> None:
        async with asyncio.timeout(PATIENCE_S):
            connections = await crowd(page.port)
            while page.descriptors() < 64:
                await asyncio.sleep(0.02)
            before = page.busy_s()
            await asyncio.sleep(1.5)
            assert page.busy_s() - before < 0.5  # it waits, and does not spin
            await leave(connections)
            await healthy(page.port)

    with page_process(tmp_path, "1000", 64) as page:
        asyncio.run(scenario(page))
        assert page.stop() == 0
        assert 1 <= len(page.lines) <= PATIENCE_S
        assert set(page.lines) == {"the web page lets nobody in for now: too many open files"}
        assert page.complaints == ""


@pytest.mark.parametrize(("said", "unanswered", "least"), [(b"", 32, 32), (AUDIO, 0, 2 * 24)])
def test_no_crowd_takes_more_descriptors_than_twice_the_most(
    tmp_path: Path, said: bytes, unanswered: int, least: int
) -> None:
    """Of those who say nothing 32 stay; of those who download 24, each with a file."""

    async def scenario(page: PageProcess) -> None:
        async with asyncio.timeout(PATIENCE_S):
            connections = await crowd(page.port, said)
            answered = connections[unanswered:]
            await asyncio.gather(*(reader.readline() for reader, _ in answered), return_exceptions=True)
            while (taken := page.descriptors() - page.descriptors_at_rest) < least:
                await asyncio.sleep(0.02)  # a file is opened after its head is sent
            assert taken <= 64
            await leave(connections)
            await healthy(page.port)

    with page_process(tmp_path, "32", 1024) as page:
        asyncio.run(scenario(page))
        assert page.stop() == 0
        assert page.complaints == ""
        assert page.lines == []


def test_a_storage_that_hangs_does_not_keep_the_process_from_ending(tmp_path: Path) -> None:
    async def scenario(page: PageProcess) -> None:
        async with asyncio.timeout(PATIENCE_S):
            waiting = [await asyncio.open_connection("127.0.0.1", page.port) for _ in range(20)]
            for _, writer in waiting:
                writer.write(LIST)
            await healthy(page.port)

    with page_process(tmp_path, HANG, 1024) as page:
        asyncio.run(scenario(page))
        assert page.stop() == 0
        assert page.complaints == ""
