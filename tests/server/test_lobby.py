"""Of thousands of connections only those are advanced at each tick that wait for something."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from datetime import datetime

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.server.control import AtOnce
from phone_recorder.server.control_socket import ROUND, ControlSocket, Lobby
from tests.server.rig import START, STOP, Rig


class Transport(asyncio.Transport):
    """Where nothing is read; `closed` when it is let go of."""

    def __init__(self, stands_for: socket.socket) -> None:
        names = {"peername": ("192.0.2.1", 5000), "sockname": ("192.0.2.7", 10000)}
        super().__init__(names | {"socket": stands_for})
        self.closed = False

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: object) -> None:
        """It is gone."""

    def close(self) -> None:
        self.closed = True


class Counted(ControlSocket):
    """A connection that counts how often it was `advanced`."""

    advanced = 0

    def advance(self, now: int) -> None:
        self.advanced += 1
        super().advance(now)


class Door:
    """A lobby with one connection in it."""

    def __init__(self, stands_for: socket.socket) -> None:
        self.rig = Rig()
        self.lobby = Lobby(self.rig.core, VirtualClock(datetime(2024, 1, 31, 12)), AtOnce())
        self.transport = Transport(stands_for)
        self.socket = Counted(self.lobby)
        self.socket.connection_made(self.transport)
        self.tick()

    def tick(self, units: int = 400) -> int:
        """Time passes; how often the connection was advanced."""
        before = self.socket.advanced
        self.rig.now += units
        self.lobby.advance(self.rig.now)
        return self.socket.advanced - before


@pytest.fixture
def door() -> Iterator[Door]:
    with socket.socket() as stands_for:
        yield Door(stands_for)


def test_one_that_waits_for_nothing_is_advanced_once_a_round(door: Door) -> None:
    door.socket.data_received(START)
    assert [door.tick() for _ in range(ROUND // 400)] == [0] * (ROUND // 400 - 1) + [1]


@pytest.mark.parametrize("said", [START[:50], START + STOP])
def test_one_that_waits_is_advanced_at_each_tick(door: Door, said: bytes) -> None:
    door.socket.data_received(said)
    assert [door.tick() for _ in range(3)] == [1, 1, 1]


def test_when_a_recording_has_failed_all_are(door: Door) -> None:
    door.socket.data_received(START)
    door.rig.recording.stop("cut short", "the test says so")
    door.rig.finish()
    assert door.tick() == 0
    door.lobby.look_at_all()
    assert door.tick() == 1
    assert door.transport.closed


def test_one_that_is_gone_is_not(door: Door) -> None:
    door.socket.data_received(START[:50])
    door.socket.connection_lost(None)
    assert door.tick(ROUND) == 0
