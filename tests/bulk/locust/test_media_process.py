"""The media process as greenlets see it: real processes, and what becomes of calls when one dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.bulk.fleet.media_child_messages import Second
from phone_recorder.bulk.fleet.plan import FleetPlan
from tests.bulk.locust.child import PATIENCE_S, Ear
from tests.peers import need_module

if TYPE_CHECKING:
    from phone_recorder.bulk.locust.media_process import Media, MediaProcess


@pytest.fixture(autouse=True)
def gevent_is_there() -> None:
    need_module("gevent")


@pytest.fixture
def ear() -> Iterator[Ear]:
    with Ear() as open_ear:
        yield open_ear


PLAN = FleetPlan(("127.0.0.1", 1))


@contextmanager
def running(
    told: Callable[[Second], object] = id, voice: str = "pattern", command: list[str] | None = None
) -> Iterator[MediaProcess]:
    from phone_recorder.bulk.locust.media_process import COMMAND, MediaProcess

    process = MediaProcess(PLAN, voice, told, command or COMMAND)
    try:
        yield process
    finally:
        process.close()


@contextmanager
def media_at(clock: VirtualClock) -> Iterator[Media]:
    from phone_recorder.bulk.locust.media_process import Media, MediaProcess

    media = Media(lambda: MediaProcess(PLAN, "pattern"), clock)
    try:
        yield media
    finally:
        media.close()


def test_calls_are_sent_at_once_and_each_ends_by_itself(ear: Ear) -> None:
    from tests.bulk.locust.rig import CALL

    calls = [replace(CALL, flow=flow, ssrc=flow) for flow in range(5)]
    with running() as process:
        for call in calls:
            process.begin(ear.address, call)
        ear.hear(50)
        said = {call.flow: process.end(call.flow).said for call in calls}
    ear.drain()
    assert sorted(ear.frames()) == [(flow, frame) for flow, count in said.items() for frame in range(count)]


@pytest.mark.live
def test_its_seconds_are_told(ear: Ear) -> None:
    from tests.bulk.locust.rig import CALL, until

    seconds: list[Second] = []
    with running(seconds.append) as process:
        process.begin(ear.address, CALL)
        until(lambda: seconds, "a second")
    assert seconds[0].octets == 160 * seconds[0].packets > 0


def test_a_call_that_cannot_be_sent_fails_alone(ear: Ear) -> None:
    from phone_recorder.bulk.locust.media_process import MediaFailed
    from tests.bulk.locust.rig import CALL

    with running() as process:
        with pytest.raises(MediaFailed, match="::1"):
            process.begin(("::1", 9), CALL)
        process.begin(ear.address, CALL)
        ear.hear(1)
        assert process.end(CALL.flow).said >= 1


@pytest.mark.parametrize(
    ("voice", "command", "reason"),
    [
        ("/nowhere/voice.wav", None, "there is no such file"),
        ("pattern", ["/nowhere/program"], "the media process cannot be begun: No such file or directory"),
        ("pattern", [sys.executable, "-c", "raise SystemExit(3)"], "the media process has ended: exit code 3"),
        (
            "pattern",
            [sys.executable, "-c", "import os, time; os.write(0, b'{}\\n'); time.sleep(60)"],
            "the media process cannot be understood: ",
        ),
    ],
)
def test_one_that_cannot_begin_says_why(voice: str, command: list[str] | None, reason: str) -> None:
    from phone_recorder.bulk.locust.media_process import MediaFailed

    with pytest.raises(MediaFailed, match=reason), running(voice=voice, command=command):
        pass


def test_when_it_is_killed_every_call_fails_with_the_reason(ear: Ear) -> None:
    from phone_recorder.bulk.locust.media_process import MediaFailed
    from tests.bulk.locust.rig import CALL, until

    killed = "the media process has ended: killed by SIGKILL"
    with media_at(VirtualClock()) as media:
        streams = [media.begin(ear.address, replace(CALL, flow=flow)) for flow in range(3)]
        os.kill(media.pid, signal.SIGKILL)
        until(lambda: streams[0].over, "it is noticed")
        for stream in streams:
            assert stream.over == killed
            with pytest.raises(MediaFailed, match=killed):
                stream.end()


def test_after_a_while_another_is_begun_in_its_place(ear: Ear) -> None:
    from phone_recorder.bulk.locust.media_process import AGAIN_AFTER, MediaFailed
    from tests.bulk.locust.rig import CALL, until

    clock = VirtualClock()
    with media_at(clock) as media:
        first = media.begin(ear.address, CALL)
        pid = media.pid
        os.kill(pid, signal.SIGKILL)
        until(lambda: first.over, "it is noticed")
        clock.advance(AGAIN_AFTER - 1)
        for _ in range(2):
            with pytest.raises(MediaFailed, match="killed by SIGKILL"):
                media.begin(ear.address, CALL)
        clock.advance(1)
        second = media.begin(ear.address, CALL)
        assert media.pid not in (0, pid)
        assert (second.over, second.end().said >= 0) == ("", True)


def test_calls_that_begin_together_share_one_process(ear: Ear) -> None:
    import gevent

    from tests.bulk.locust.rig import CALL

    with media_at(VirtualClock()) as media:
        begun = [gevent.spawn(media.begin, ear.address, replace(CALL, flow=flow)) for flow in range(10)]
        gevent.joinall(begun, timeout=PATIENCE_S, raise_error=True)
        assert all(greenlet.value.end() is not None for greenlet in begun)


def test_a_call_that_is_killed_while_it_begins_is_sent_no_more(ear: Ear) -> None:
    import gevent

    from tests.bulk.locust.rig import CALL

    with media_at(VirtualClock()) as media:
        process = media.ready()
        beginning = gevent.spawn(media.begin, ear.address, CALL)
        gevent.sleep(0)
        assert not beginning.ready()
        beginning.kill()
        other = replace(CALL, flow=CALL.flow + 1)
        media.begin(ear.address, other)
        ear.hear(1)
        while (other.flow, 10) not in ear.frames():
            ear.hear(1)
        assert process.end(CALL.flow).said == 0, "it is known no more"


def test_closed_it_leaves_no_process_and_fails_whoever_asks() -> None:
    from phone_recorder.bulk.locust.media_process import MediaFailed

    with running() as process:
        pid = process.pid
        process.close()
        assert not Path(f"/proc/{pid}").exists()
        with pytest.raises(MediaFailed, match="the media process was ended"):
            process.end(1)


def test_it_does_not_outlive_a_locust_that_is_killed() -> None:
    code = (
        "import time\nfrom tests.bulk.locust.test_media_process import running\n"
        "with running() as process:\n    print(process.pid, flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + PATIENCE_S
    while runs(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def runs(pid: int) -> bool:
    """Whether there is such a process; one that nobody has waited for yet runs no more."""
    with suppress(OSError):
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False
