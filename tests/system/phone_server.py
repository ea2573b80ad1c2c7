"""A record server in a process of its own, for phones that record on it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen


@dataclass(frozen=True)
class Server:
    """A record server that runs, where phones and programs find it, and where its files are."""

    process: subprocess.Popen[str]
    port: int
    page: str
    storage: Path

    def recordings(self) -> list[dict[str, Any]]:
        """What its API lists."""
        with urlopen(f"{self.page}/api/v1/recordings", timeout=20) as answer:
            entries: list[dict[str, Any]] = json.load(answer)["entries"]
        return entries


@contextmanager
def serving(storage: Path, *words: str, port: int = 0) -> Iterator[Server]:
    """`phone-recorder server` with a page."""
    storage.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "phone_recorder", "server", "--port", str(port), "--storage", str(storage)]
    with subprocess.Popen([*command, "--http", "127.0.0.1:0", *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            found = re.match(r"record server on 127\.0\.0\.1:(\d+), .* web page on (http://[^/;]+)", line)
            assert found, f"the server did not start: {line}"
            yield Server(process, int(found[1]), found[2], storage)
        finally:
            process.kill()
