"""A process as a terminal starts it, whatever has started the tests."""

from __future__ import annotations

import signal


def hears_ctrl_c() -> None:
    """For `preexec_fn`: in the background of a script, where CI may be, Ctrl-C is ignored, and by all children too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
