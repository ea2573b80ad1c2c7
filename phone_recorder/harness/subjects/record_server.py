"""Any record server by its address, ours or another's, taken through the control cases."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from phone_recorder.errors import UsageError
from phone_recorder.harness.conformance.run import conform, conformance_cases
from phone_recorder.harness.conformance.server import Server
from phone_recorder.harness.runner.result import Result
from phone_recorder.harness.runner.running import NOT_PASSED, RunOptions
from phone_recorder.harness.runner.seeds import seed_of
from phone_recorder.harness.scenario.case import Case
from phone_recorder.harness.subjects.places import shown_address
from phone_recorder.wire.payload import BY_NAME

AGAIN = " #"
"""Between a case's name and the number of its repetition."""


class RecordServer:
    """`stored` is the directory in which its recordings come to be, None if nobody here can look into it."""

    refused: ClassVar[Mapping[str, str]] = {
        "jobs": "the cases of a server are played one after the other",
        "keep": "a server leaves nothing here that could be kept",
        "live": "a server is always played in real time",
        "explain": "the cases of a server are said in full by --list",
    }

    def __init__(self, address: tuple[str, int], stored: Path | None = None, codecs: str = "") -> None:
        self._server = Server(address, codecs=codecs_of(codecs) or Server(address).codecs, stored=stored)
        named = f"--server={shown_address(address)}"
        self._place = Path(named)
        said = {"--stored": stored, "--codecs": codecs}
        self.words = (named, *(f"{option}={value}" for option, value in said.items() if value))

    def cases(self, paths: Sequence[Path]) -> tuple[Case, ...]:
        """All control cases; their path is what names the server on the command line."""
        if paths:
            raise UsageError("--server brings its own cases: name no scenarios, and choose with -k")
        return tuple(replace(case, path=self._place) for case in conformance_cases())

    def run(self, cases: Sequence[Case], options: RunOptions) -> Iterator[Result]:
        """One after the other: what one leaves in the storage must not be another's."""
        for case in cases:
            result = self._result(case, seed_of(case, options.seed), options.debug)
            yield result
            if options.stop and result.outcome in NOT_PASSED:
                return

    def _result(self, case: Case, seed: int, debug: bool) -> Result:
        named = replace(case, name=case.name.partition(AGAIN)[0])
        try:
            return replace(next(conform(self._server, (named,), seed)), case=case)
        except Exception as error:
            if debug:
                traceback.print_exception(error, file=sys.stderr)
            return Result(case, "trouble", seed, why=" ".join(f"{type(error).__name__}: {error}".split()))


def codecs_of(text: str) -> tuple[str, ...]:
    """The codecs of `PCMU,PCMA`, none of an empty text; UsageError for one that there is not."""
    names = tuple(name.strip().upper() for name in text.split(",") if name.strip())
    for name in names:
        if name not in BY_NAME:
            raise UsageError(f"--codecs {text}: there is no codec {name!r}: choose from {', '.join(BY_NAME)}")
    return names
