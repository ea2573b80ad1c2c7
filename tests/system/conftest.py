"""What the system tests share: figures of what a fault has cost, for the table of tests/reliability.py."""

from __future__ import annotations

from typing import Protocol

import pytest

from tests.reliability import MARKER, Case, keep


class Reliability(Protocol):
    """Told once for each run of a case (`runs` for many at once): what was lost, how soon the screen said so.

    `lost_s`: seconds of audio that the recorder was given before the fault, and no file has after `repair`. `seen_s`:
    seconds from the fault to the screen that shows it; None where there is no screen any more. `files_lost`: files
    that were begun and do not open afterwards.
    """

    def __call__(
        self,
        case: str,
        *,
        lost_s: float,
        seen_s: float | None = None,
        files_lost: int = 0,
        runs: int = 1,
        note: str = "",
    ) -> None: ...


@pytest.fixture
def reliability() -> Reliability:
    """Keeps a case's figures if somebody wants them: see tests/reliability.py."""

    def tell(
        case: str,
        *,
        lost_s: float,
        seen_s: float | None = None,
        files_lost: int = 0,
        runs: int = 1,
        note: str = "",
    ) -> None:
        keep(Case(case, lost_s, seen_s, files_lost, runs, note))

    return tell


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARKER}: measures what a fault costs, for docs/reliability.md")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if MARKER in getattr(item, "fixturenames", ()):
            item.add_marker(MARKER)
