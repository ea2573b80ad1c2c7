"""Other people's programs, which check ours: found, or the test is skipped with the reason."""

from __future__ import annotations

import os
import shutil

import pytest


def need(program: str) -> str:
    """The program's path. Where it is missing the test is skipped, but with CI=true in the environment it fails."""
    path = shutil.which(program)
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(f"{program} is not installed, and with CI=true no peer test may be skipped")
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path
