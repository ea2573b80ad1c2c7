"""A web page in a process of its own, to be starved and stopped: python -m tests.web.page_process DIRECTORY MOST FILES.

Says where it is, and what it tells, in lines. `hang` in place of MOST: whoever asks for recordings waits for ever.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import threading
from functools import partial
from pathlib import Path

from phone_recorder.adapters.process import asked_to_stop
from phone_recorder.server.query import Page, Query
from phone_recorder.web.serve import MOST_CONNECTIONS, WebServer
from tests.record_bytes import record
from tests.web.site_rig import Rig, an_entry

HANG = "hang"


def hang(query: Query) -> Page:
    threading.Event().wait()
    raise AssertionError(query)


async def serve(directory: Path, most: str, files: int) -> None:
    stopped = asked_to_stop()
    rig = Rig(directory)
    rig.recordings.add(an_entry(), record(bytes(20_000_000), b"PCMU", 160, 160))
    if most == HANG:
        rig.recordings.search = hang  # type: ignore[method-assign]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    tell = partial(print, flush=True)
    many = MOST_CONNECTIONS if most == HANG else int(most)
    async with WebServer(rig.app, "127.0.0.1", 0, most=many, tell=tell) as server:
        tell(server.url)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
