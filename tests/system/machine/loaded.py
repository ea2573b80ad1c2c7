"""Runs in the guest: the program, loaded once and forked, because to load it takes seconds in an emulated machine.

Each of the processes waits for its words in a named pipe, N.words, and then is `phone-recorder` with these words; its
output goes to the pipes N.out and N.err, and its exit code to N.code.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil
import shlex
import sys
from pathlib import Path

import phone_recorder

DIRECTORY = Path("/run/programs")
COUNT = 3


def load() -> None:
    """All of the package, but for what needs a sound card."""
    for module in pkgutil.walk_packages(phone_recorder.__path__, "phone_recorder."):
        with contextlib.suppress(ImportError):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def be(number: int) -> None:
    """The program, when there are words for it."""
    sys.argv = ["phone-recorder", *shlex.split((DIRECTORY / f"{number}.words").read_text())]
    for name, descriptor in (("out", 1), ("err", 2)):
        os.dup2(os.open(DIRECTORY / f"{number}.{name}", os.O_WRONLY), descriptor)
    from phone_recorder.cli.main import main

    main()


def command(number: int, words: list[str]) -> str:
    """For the guest's shell: give it its words, and wait for all that comes of them."""
    there = DIRECTORY / str(number)
    return (
        f"echo {shlex.quote(shlex.join(words))} > {there}.words; cat {there}.err >&2 & cat {there}.out; wait;"
        f" read code < {there}.code; exit $code"
    )


def main() -> None:
    load()
    DIRECTORY.mkdir()
    for number in range(COUNT):
        for name in ("words", "out", "err", "code"):
            os.mkfifo(DIRECTORY / f"{number}.{name}")
    numbers = {}
    for number in range(COUNT):
        if not (process := os.fork()):
            return be(number)
        numbers[process] = number
    while numbers:
        process, status = os.wait()
        (DIRECTORY / f"{numbers.pop(process)}.code").write_text(f"{os.waitstatus_to_exitcode(status)}\n")
    return None


if __name__ == "__main__":
    main()
