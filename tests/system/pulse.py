"""A sound server of the test's own, with no sound card: what is played to it can be captured."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.peers import need

PATIENCE_S = 20
ALSA_CONFIG = """
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


@contextmanager
def sound_server(directory: Path, rate: int) -> Iterator[dict[str, str]]:
    """The environment of a process whose default sound device is a null sink of `rate` Hz, mono."""
    socket = directory / "pulse.socket"
    config = directory / "asound.conf"
    config.write_text(ALSA_CONFIG)
    environment = {
        **os.environ,
        "HOME": str(directory),
        "XDG_RUNTIME_DIR": str(directory),
        "PULSE_SERVER": f"unix:{socket}",
        "ALSA_CONFIG_PATH": str(config),
    }
    server = [
        *(need("pulseaudio"), "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes"),
        *("-L", f"module-null-sink rate={rate} channels=1 format=s16le"),
        *("-L", f"module-native-protocol-unix auth-anonymous=1 socket={socket}"),
    ]
    with _running(server, environment):
        until(socket.exists, "the sound server opens its socket")
        yield environment


@contextmanager
def captured(directory: Path, environment: dict[str, str], rate: int) -> Iterator[Path]:
    """A file of what is played to the sink meanwhile: mono samples of 16 bits. It is whole when this is left."""
    path = directory / "captured.raw"
    command = [
        need("parec"),
        "-d",
        "@DEFAULT_MONITOR@",
        f"--rate={rate}",
        "--channels=1",
        "--format=s16le",
        "--latency-msec=50",
    ]
    with ExitStack() as stack:
        stack.enter_context(_running([*command, "--raw", str(path)], environment))
        until(lambda: path.exists() and path.stat().st_size > 0, "the capture begins")
        yield path
        # What was played is still on its way through the server: as much again as its longest delay.
        size = path.stat().st_size
        until(lambda: path.stat().st_size > size + 2 * rate, "a second more of silence is captured")


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for somebody else's process, which tells nobody when it is ready."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
