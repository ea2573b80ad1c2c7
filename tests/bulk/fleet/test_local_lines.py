"""Messages over pipes: however they are cut, and whether or not anybody reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest

from phone_recorder.bulk.fleet.local_lines import Lines
from phone_recorder.bulk.fleet.local_messages import Counts, End, Message, Said, Say
from phone_recorder.bulk.fleet.totals import Totals
from phone_recorder.bulk.spread import Spread

SAY = Say(7, 0xFFFFFFFF, 65535, 1, ("127.0.0.1", 20000), 1 << 50, 3)
COUNTS = Counts(Totals(5, 4, 1, 0, 640), Spread(4, 0.001, 0.002, 0.003, 0.003, 0.004, 0.005, 0.0025), 0.25)


@dataclass
class Pipes:
    """`ours` and what is at the other ends, which a test closes as it likes."""

    ours: Lines
    to_us: int
    from_us: int

    def read(self) -> bytes:
        return os.read(self.from_us, 1 << 20)


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    ends = [*os.pipe(), *os.pipe()]
    yield Pipes(Lines(ends[0], ends[3]), ends[1], ends[2])
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def line(message: Message) -> bytes:
    return msgspec.json.encode(message) + b"\n"


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
def test_what_is_sent_is_received_however_it_is_cut(pipes: Pipes, size: int) -> None:
    messages: list[Message] = [SAY, End((1, 2)), COUNTS, Said(7, Totals(3, 3, 0, 0, 480))]
    data = b"".join(map(line, messages))
    received = []
    for start in range(0, len(data), size):
        os.write(pipes.to_us, data[start : start + size])
        received += pipes.ours.received()
    assert received == messages
    assert not pipes.ours.ended


def test_what_is_sent_goes_out_with_the_next_flush(pipes: Pipes) -> None:
    pipes.ours.send(SAY)
    pipes.ours.flush()
    assert pipes.read() == line(SAY)


def test_nobody_waits_for_a_reader_and_nothing_is_lost(pipes: Pipes) -> None:
    for _ in range(5000):
        pipes.ours.send(SAY)
        pipes.ours.flush()
    found = b""
    while len(found) < 5000 * len(line(SAY)):
        found += pipes.read()
        pipes.ours.flush()
    assert found == line(SAY) * 5000
    assert not pipes.ours.ended


def test_the_end_of_the_other_side_is_noticed_by_reading(pipes: Pipes) -> None:
    os.write(pipes.to_us, line(SAY))
    os.close(pipes.to_us)
    assert pipes.ours.received() == [SAY]
    assert pipes.ours.ended


def test_the_end_of_the_other_side_is_noticed_by_writing(pipes: Pipes) -> None:
    os.close(pipes.from_us)
    pipes.ours.send(SAY)
    pipes.ours.flush()
    assert pipes.ours.ended


def test_waiting_ends_when_something_comes(pipes: Pipes) -> None:
    os.write(pipes.to_us, line(SAY))
    pipes.ours.wait(60.0)
    assert pipes.ours.received() == [SAY]
    pipes.ours.wait(-1.0)
