"""Ending with one's parent, even if that is killed: the kernel tells it (prctl(2), PR_SET_PDEATHSIG)."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)
"""Loaded here: between a fork and an exec there should be little to do."""


def end_with_parent(parent: int) -> bool:
    """From now on SIGTERM comes when the thread ends that has made this process; whether `parent` is there still.

    It holds over an exec. One that is gone already will not be told of.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    return os.getppid() == parent
