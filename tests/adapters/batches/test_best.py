from __future__ import annotations

import os
import subprocess
import sys

import pytest

from phone_recorder.adapters.batches.best import WAYS, best
from phone_recorder.errors import UsageError
from tests.adapters.batches.receivers import made

UNPRIVILEGED = """
import os
from phone_recorder.adapters.batches.best import best
from phone_recorder.errors import UsageError
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
receiver = best()
print(receiver.name)
receiver.add(1)
receiver.close()
try:
    best(wanted="packet-ring")
except UsageError as error:
    print(error)
"""


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("name", WAYS)
def test_the_one_that_is_asked_for(name: str, shared: bool) -> None:
    way = WAYS[name]
    wanted = made(way.shared if shared else way.many)
    found = best(shared, wanted=name)
    assert type(found) is type(wanted)
    wanted.close()
    found.close()


def test_one_that_is_not_known() -> None:
    with pytest.raises(UsageError, match="called pigeon: choose one of packet-ring, recvmmsg, io_uring"):
        best(wanted="pigeon")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::1", "::"])
def test_what_sees_around_a_firewall_is_not_chosen_for_a_network(host: str) -> None:
    found = best(host=host)
    assert found.name == "recvmmsg"
    found.close()


def test_for_loopback_it_is() -> None:
    wanted = made(WAYS["packet-ring"].many)
    wanted.close()
    found = best()
    assert found.name == wanted.name
    found.close()


def test_a_user_without_rights_gets_the_next_best_and_is_told_why() -> None:
    program = subprocess.run([sys.executable, "-c", UNPRIVILEGED], capture_output=True, text=True, check=True)
    name, why = program.stdout.splitlines()
    assert name == "recvmmsg"
    assert why.startswith("an AF_PACKET ring cannot be had (it needs CAP_NET_RAW): it is not permitted")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may set aside so much")
def test_a_shared_port_has_a_large_buffer() -> None:
    receiver = best(shared=True, wanted="recvmmsg")
    receiver.add(1)
    assert getattr(receiver, "buffer_size") >= 64 << 20  # noqa: B009
    receiver.close()


def test_a_shared_port_is_one() -> None:
    receiver = best(shared=True, wanted="recvmmsg")
    address = receiver.add(1)
    with pytest.raises(UsageError, match="one for all streams"):
        receiver.add(2)
    receiver.remove(1)
    assert receiver.add(2, *address) == address
    receiver.close()
