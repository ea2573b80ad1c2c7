from __future__ import annotations

import pytest

from phone_recorder.adapters.udp import UdpPort
from phone_recorder.agent.local_ports import LocalPorts
from phone_recorder.agent.rtp_input import Port
from phone_recorder.errors import UsageError

HOST = "127.0.0.1"


def free_span() -> int:
    """The first of some even ports that are free just now."""
    for first in range(45000, 60000, 20):
        ports: list[Port] = []
        try:
            ports = [UdpPort(HOST, first + number) for number in range(0, 6, 2)]
        except UsageError:
            continue
        finally:
            for port in ports:
                port.close()
        return first
    raise AssertionError("no ports are free")


def test_any_port_will_do_where_none_is_set() -> None:
    port = LocalPorts().open(HOST, None, "")
    assert port.address[0] == HOST
    assert port.address[1] > 0
    port.close()


def test_a_certain_port_is_that_one_or_an_error() -> None:
    one = LocalPorts().open(HOST, None, "")
    number = one.address[1]
    with pytest.raises(UsageError, match=f"cannot use UDP port {number}"):
        LocalPorts().open(HOST, number, "")
    one.close()
    again = LocalPorts().open(HOST, number, "40000-40001")
    assert again.address == (HOST, number)
    again.close()


def test_a_range_gives_its_even_ports_in_turn_and_then_none() -> None:
    first = free_span()
    local, span = LocalPorts(), f"{first}-{first + 5}"
    ports = [local.open(HOST, None, span) for _ in range(3)]
    assert [port.address[1] for port in ports] == [first, first + 2, first + 4]
    with pytest.raises(UsageError, match="no even UDP port"):
        local.open(HOST, None, span)
    for port in ports:
        port.close()
    # The one that was given back last is used last.
    again = local.open(HOST, None, span)
    assert again.address[1] == first
    again.close()
