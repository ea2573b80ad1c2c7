"""Receiving from interfaces other than loopback: a ring sees more than a socket, and must give out no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.batches.network_child import ALONE, BRIDGED
from tests.peers import need

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a network of its own"),
    pytest.mark.skipif(not Path("/dev/net/tun").exists(), reason="the kernel has no tap devices"),
]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (ALONE, ["alone", "last"]),
        (BRIDGED, ["bridged"]),
        ("0.0.0.0", ["alone", "bridged", "last"]),
    ],
)
def test_every_way_gets_what_a_socket_gets(host: str, expected: list[str]) -> None:
    need("ip")
    child = [sys.executable, "-m", "tests.adapters.batches.network_child", host, str(len(expected))]
    program = subprocess.run([need("unshare"), "--net", "--mount", *child], capture_output=True, text=True)
    if "Unknown device type" in program.stderr:
        pytest.skip("the kernel has no bridges")
    assert program.returncode == 0, program.stderr
    found = json.loads(program.stdout)
    assert found == dict.fromkeys(found, expected)
    assert "recvmmsg" in found
