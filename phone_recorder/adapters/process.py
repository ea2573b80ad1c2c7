"""What the operating system lets this process have, and when it wants it to end."""

from __future__ import annotations

import asyncio
import os
import resource
import signal


def most_open_files() -> int:
    """Ask for as many open files as we may have at all; how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def keep_from_others() -> None:
    """What this process makes from now on is for its user and group alone: calls are nobody else's business."""
    os.umask(0o027)


def asked_to_stop() -> asyncio.Event:
    """Set by Ctrl-C, SIGTERM, and the end of the terminal, from now on; `nohup` still means what it says."""
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, asked.set)
    return asked
