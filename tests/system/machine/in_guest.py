#!/usr/bin/python3
"""Runs in the guest, with Debian's Python alone: what a phone's program, a finger and a stranger do there.

`send FILE PID PORT...` sends datagrams in real time: lines of JSON, [milliseconds, which of the ports, base64]. Once
the first one is sent, the file PID has its process id. `keys NAME PIPE CODE` is an input device with this key, pressed
once for each line that is written into the named pipe. `knock SOCKET` says what becomes of an attempt to connect.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path


def send(file: str, pid: str, *ports: str) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as out:
        began = time.monotonic()
        for line in Path(file).read_text().splitlines():
            at_ms, which, data = json.loads(line)
            time.sleep(max(0.0, began + at_ms / 1000 - time.monotonic()))
            out.sendto(base64.b64decode(data), ("127.0.0.1", int(ports[which])))
            if not Path(pid).exists():
                Path(pid).write_text(str(os.getpid()))


def keys(name: str, pipe: str, code: str) -> None:
    """The pipe comes to be when the device is there."""
    from evdev import UInput, ecodes

    with UInput({ecodes.EV_KEY: [int(code)]}, name=name) as device:
        os.mkfifo(pipe)
        while True:
            for _ in Path(pipe).read_text().splitlines():
                for value in (1, 0):
                    device.write(ecodes.EV_KEY, int(code), value)
                    device.syn()


def knock(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        try:
            door.connect(path)
        except OSError as error:
            print(type(error).__name__)
        else:
            print("open")


COMMANDS: dict[str, Callable[..., None]] = {"send": send, "keys": keys, "knock": knock}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
