"""Which flow a packet is for: by its port alone where that is enough, by its whole address where it is not."""

from __future__ import annotations

import socket

import numpy as np
import pytest

from phone_recorder.adapters.batches.packet_targets import Targets

NOBODY = Targets.NOBODY


def flows(made: Targets, *addresses: tuple[str, int], frame: int = 9) -> list[int]:
    targets = [int.from_bytes(socket.inet_aton(host), "big") << 16 | port for host, port in addresses]
    found: list[int] = made.flows(np.array(targets), np.full(len(targets), frame)).tolist()
    return found


def bound(*addresses: tuple[str, int]) -> Targets:
    made = Targets()
    for flow, address in enumerate(addresses):
        made.add(flow, address, 5)
    return made


@pytest.mark.parametrize("others", [[], [("127.0.0.2", 4000)], [("127.0.0.2", 4002), ("127.0.0.1", 65535)]])
def test_each_address_has_its_flow(others: list[tuple[str, int]]) -> None:
    ours = [("127.0.0.1", 4000), ("127.0.0.1", 4002), *others]
    made = bound(*ours)
    assert flows(made, *reversed(ours)) == [*reversed(range(len(ours)))]
    assert flows(made, ("127.0.0.3", 4000), ("127.0.0.1", 4001), ("127.0.0.1", 0)) == [NOBODY] * 3
    assert flows(made, ours[0], frame=4) == [NOBODY]


def test_a_port_that_two_addresses_had_and_one_of_them_gave_back() -> None:
    made = bound(("127.0.0.1", 4000), ("127.0.0.2", 4000))
    both = (("127.0.0.2", 4000), ("127.0.0.1", 4000))
    assert flows(made, *both) == [1, 0]
    made.remove(0)
    assert flows(made, *both) == [1, NOBODY]
    made.remove(1)
    assert flows(made, *both) == [NOBODY, NOBODY]


def test_a_port_of_every_address() -> None:
    made = bound(("0.0.0.0", 4000), ("127.0.0.2", 4000))
    assert flows(made, ("127.0.0.2", 4000), ("127.0.0.1", 4000), ("192.0.2.9", 4000)) == [1, 0, NOBODY]
