"""Limits that a process can keep."""

from __future__ import annotations

import pytest

from phone_recorder.server.limits import Limits


@pytest.mark.parametrize(
    ("open_files", "sessions", "connections"),
    [(1_000_000, 2000, 4000), (1024, 308, 308), (6100, 2000, 2000), (8100, 2000, 4000), (100, 1, 1)],
)
def test_what_does_not_fit_into_the_open_files_is_not_promised(
    open_files: int, sessions: int, connections: int
) -> None:
    limits = Limits(sessions=2000, connections=4000).within(open_files)
    assert (limits.sessions, limits.connections) == (sessions, connections)
