"""Phones in Locust itself, in real time against the record server; every frame of every file is looked at."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from phone_recorder.wire.record_file import HEADER_SIZE
from tests.bulk.fleet.live_rig import PATIENCE_S, Server, serving, settled
from tests.bulk.locust.locusts import Locust, locust, master_and_workers, statistics, writes
from tests.peers import need_module

pytestmark = [pytest.mark.live, pytest.mark.peer]


@pytest.fixture(autouse=True)
def locust_is_there() -> None:
    need_module("locust")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "storage", "--max-sessions", "500", "--max-per-host", "500") as running:
        yield running


def at(server: Server) -> tuple[str, ...]:
    return ("-H", f"127.0.0.1:{server.address[1]}", "--loglevel", "INFO")


def test_a_hundred_phones_on_two_workers_are_recorded_to_the_packet(server: Server, tmp_path: Path) -> None:
    words = (*at(server), "-u", "100", "-r", "50", "-t", "10s", "--talk", "2s-4s", *writes(tmp_path))
    with master_and_workers(tmp_path, 2, *words) as (master, workers):
        # 1 where media was late: this machine has other things to do, and a call is not worse for it.
        assert master.ended() in (0, 1), master.text
        assert {worker.ended() for worker in workers} <= {0, 1}
        assert [line for worker in workers for line in complaints(worker)] == []
    made = statistics(tmp_path)
    assert made.failed == {}
    # A call that is answered as the test ends is stopped before anything is said: there is no file of it.
    assert made.counts["start"] == made.counts["stop"] >= made.counts["talk"] >= 150
    files = settled(server.storage, made.counts["talk"])
    assert len(files) == made.counts["talk"]
    assert {flow % 1024 for flow in files} == {0, 1}, "both workers have called"
    for file in files.values():
        assert (file.state, file.frames) == ("recorded", list(range(len(file.frames))))
    said = sum(len(file.frames) for file in files.values())
    assert said * 160 == made.rows["talk"]["total_content_length"]
    assert devices(server.storage) == 100


def complaints(worker: Locust) -> list[str]:
    """What it has to say of errors."""
    return [line for line in worker.text.splitlines() if "Traceback" in line or "ERROR" in line]


def devices(storage: Path) -> int:
    """How many phones have called."""
    return len({json.loads(path.read_bytes())["device"] for path in storage.glob("Record_*.json")})


def test_ctrl_c_for_all_of_them_ends_calls_in_order_and_they_are_all_told(server: Server, tmp_path: Path) -> None:
    words = (*at(server), "-u", "20", "-r", "20", "--talk", "60s", *writes(tmp_path))
    with master_and_workers(tmp_path, 2, *words) as (master, workers):
        talking(server.storage, 20)
        for one in (*workers, master):
            one.process.send_signal(signal.SIGINT)
        assert {one.ended() for one in (*workers, master)} <= {0, 1}, master.text
    made = statistics(tmp_path)
    assert (made.counts, made.failed) == ({"start": 20, "talk": 20, "stop": 20}, {})
    assert {file.state for file in settled(server.storage, 20).values()} == {"recorded"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_for_the_one_process_of_a_test_ends_calls_in_order(
    server: Server, tmp_path: Path, number: signal.Signals
) -> None:
    words = (*at(server), "--headless", "-u", "10", "-r", "10", "-t", "120s", "--talk", "60s", *writes(tmp_path))
    with locust(tmp_path, "local", *words) as running:
        talking(server.storage, 10)
        running.process.send_signal(number)
        # 1 where media was late.
        assert running.ended() in (0, 1), running.text
    made = statistics(tmp_path)
    assert (made.counts, made.failed) == ({"start": 10, "talk": 10, "stop": 10}, {})
    assert {file.state for file in settled(server.storage, 10).values()} == {"recorded"}


def test_phones_call_from_the_addresses_that_are_named(tmp_path: Path) -> None:
    # The server takes RTP from the host of its control connection alone, and no more than two of each.
    with serving(tmp_path / "storage", "--max-per-host", "2") as server:
        words = (*at(server), "--headless", "-u", "4", "-r", "4", "-t", "5s", "--talk", "60s", *writes(tmp_path))
        with locust(tmp_path, "local", *words, "--source", "198.51.100.1,127.0.0.2-127.0.0.3") as running:
            assert running.ended() in (0, 1), running.text
        assert (statistics(tmp_path).counts, statistics(tmp_path).failed) == ({"start": 4, "talk": 4, "stop": 4}, {})
        assert all(file.frames for file in settled(server.storage, 4).values())


def talking(storage: Path, count: int) -> None:
    """Wait until something of so many calls has been recorded: who has said nothing has not talked."""
    deadline = time.monotonic() + PATIENCE_S
    while sum(path.stat().st_size > HEADER_SIZE for path in storage.glob("Record_*.wav")) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_when_the_media_process_is_killed_calls_fail_and_later_ones_do_not(server: Server, tmp_path: Path) -> None:
    words = (*at(server), "--headless", "-u", "10", "-r", "10", "-t", "12s", "--talk", "2s", "--rest", "500ms")
    with locust(tmp_path, "local", *words, *writes(tmp_path)) as running:
        running.says("All users spawned")
        (child,) = running.children
        os.kill(child, signal.SIGKILL)
        assert running.ended() == 1, running.text
    made = statistics(tmp_path)
    assert made.failed.keys() == {"talk"}
    assert 0 < made.failed["talk"] < made.counts["talk"] - 10, "another process was begun"
    assert "MediaFailed('the media process has ended: killed by SIGKILL')" in made.failures
    assert made.counts["stop"] == made.counts["start"], "each recording was stopped in order all the same"
    settled(server.storage, 10)


def test_bad_phones_and_a_bad_network(server: Server, tmp_path: Path) -> None:
    words = (*at(server), "--headless", "-u", "20", "-r", "20", "-t", "6s", "--talk", "1s", "--rest", "100ms")
    badly = ("--bad", "50%", "--bad-ways", "hang-up,reset,mute,vanish", "--loss", "5%")
    with locust(tmp_path, "local", *words, *badly, *writes(tmp_path)) as running:
        assert running.ended() in (0, 1), running.text
    made = statistics(tmp_path)
    assert made.failed == {}
    assert made.counts.keys() == {"start", "talk", "stop", "hang-up", "reset", "vanish"}
    files = settled(server.storage, made.counts["talk"])
    assert {file.state for file in files.values()} == {"recorded", "cut short"}
    assert len(files) == made.counts["talk"]


def test_a_server_that_is_not_there_fails_each_start(tmp_path: Path, server: Server) -> None:
    server.process.kill()
    server.process.wait(PATIENCE_S)
    words = (*at(server), "--headless", "-u", "5", "-r", "5", "-t", "3s")
    with locust(tmp_path, "local", *words, *writes(tmp_path)) as running:
        assert running.ended() == 1
    made = statistics(tmp_path)
    assert made.counts.keys() == {"start"}
    assert made.failed == made.counts
    assert "cannot connect: connection refused (is a record server running at 127.0.0.1:" in made.failures
    assert "starts one; -H names another)" in made.failures


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-H", "nonsense:x"), "'nonsense:x' is not one: write -H HOST:PORT"),
        ((), "phones need a record server as Locust's host, and none is named: write -H HOST:PORT"),
        (("-H", "127.0.0.1:9", "--talk", "soon"), "argument --talk: 'soon' is not a time up to 7 days"),
        (("-H", "127.0.0.1:9", "--voice", "/nowhere.wav"), "cannot read /nowhere.wav: there is no such file"),
    ],
)
def test_what_makes_no_sense_ends_it_with_a_sentence(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    with locust(tmp_path, "local", *words, "--headless", "-u", "1", "-t", "60s") as running:
        assert running.ended() == 2, running.text
    assert said in running.text
    assert "Traceback" not in running.text
