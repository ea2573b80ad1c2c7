"""Other people's programs, which check ours: found, or the test is skipped with the reason."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import NoReturn

import pytest


def need_module(name: str) -> None:
    """A package of an extra that is built on the machine: missing, it is as a missing program."""
    if find_spec(name) is None:
        _miss(name)


def need(program: str) -> str:
    """The program's path. Where it is missing the test is skipped, but with CI=true in the environment it fails."""
    path = shutil.which(program)
    return path or _miss(program)


def _miss(name: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed, and with CI=true no peer test may be skipped")
    pytest.skip(f"{name} is not installed")
