from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from phone_recorder.recording.units import from_ms
from tests.agent.rtp_sender import Address, Sender, now, rtp_sender

HOST = "127.0.0.1"
PACKETS = 60


@pytest.fixture
def ports() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.socket(type=socket.SOCK_DGRAM) as near, socket.socket(type=socket.SOCK_DGRAM) as far:
        for port in (near, far):
            port.bind((HOST, 0))
            port.settimeout(10)
        yield near, far


def address(leg: str, port: socket.socket) -> Address:
    return Address(leg, *port.getsockname())


def waiting(port: socket.socket) -> list[bytes]:
    """What has come and was not read."""
    port.setblocking(False)
    packets = []
    while True:
        try:
            packets.append(port.recv(2048))
        except BlockingIOError:
            return packets


def expected(sender: Sender, leg: int, packets: int) -> list[bytes]:
    made = sender.legs()[leg]
    return [data for _, data in made.packets(made.instant(10 * packets))][:packets]


@pytest.mark.live
def test_both_legs_come_in_real_time_as_they_are_known(ports: tuple[socket.socket, socket.socket]) -> None:
    near, far = ports
    with rtp_sender(address("near", near), address("far", far), loss=0.1, ppm=(50, -50)) as sender:
        come = [(near.recv(2048), now()) for _ in range(PACKETS)]
        sender.stop()
        rest = waiting(near), waiting(far)
    assert [data for data, _ in come] == expected(sender, 0, PACKETS)
    assert come[-1][1] - sender.start >= from_ms(20 * (PACKETS - 2))
    assert min(later - earlier for (_, earlier), (_, later) in pairwise(come)) >= 0
    assert (sender.sent[0].sent, sender.sent[1].sent) == (PACKETS + len(rest[0]), len(rest[1]))
    assert rest[1] == expected(sender, 1, len(rest[1]))


@pytest.mark.live
def test_what_it_has_dropped_is_told(ports: tuple[socket.socket, socket.socket]) -> None:
    near, _ = ports
    with rtp_sender(address("mixed", near), loss=0.5, seed=3) as sender:
        near.recv(2048)
        time.sleep(0.5)
        sender.stop()
    [leg], [sent] = sender.legs(), sender.sent
    given = leg.packets(leg.instant(sent.sent + sent.dropped))
    assert (sent.sent, sent.dropped) == (len(given), len(leg.dropped))
    assert sent.dropped > 0
