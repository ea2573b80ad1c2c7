"""Errors of ours as a test shows them: the sentence alone, at the test's own line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from phone_recorder.errors import PhoneRecorderError

Given = TypeVar("Given")

__tracebackhide__ = True
"""pytest shows the test, and not what raises here."""


def plainly(do: Callable[[], Given]) -> Given:
    """What it gives; an error of ours forgets where in this program it was raised, and which others led to it."""
    try:
        return do()
    except PhoneRecorderError as error:
        raise error.with_traceback(None) from None
