"""Recordings of one call that are not saved yet: each has a thread or sockets, so that there may be only so many."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.agent.call import MOST_UNSAVED
from phone_recorder.recording.record_key import Key
from tests.agent.call_rig import CallRig
from tests.recording.sink import Sink
from tests.recording.streams import FRAME

SAVES = 10_000
"""Ticks that a drive takes to close a recording."""


def with_unsaved(home: Path, number: int, streams: str = "mixed") -> tuple[CallRig, list[Sink]]:
    """A call that many recordings of which are being saved, and where each went."""
    sinks: list[Sink] = []

    def destination(_: str) -> Sink:
        sinks.append(Sink(slow=SAVES))
        return sinks[-1]

    rig = CallRig(home, streams, destination=destination)
    for at in range(number):
        rig.press(4 * at * FRAME)
        rig.press((4 * at + 2) * FRAME)
    return rig, sinks


@pytest.mark.parametrize("streams", ["mixed", "legs"])
def test_one_more_than_a_call_may_have_fails_and_says_why(tmp_path: Path, streams: str) -> None:
    rig, sinks = with_unsaved(tmp_path, MOST_UNSAVED, streams)
    assert rig.call.recorder.unsaved == MOST_UNSAVED
    rig.press(100 * FRAME)
    assert (rig.call.recorder.key, rig.account.state) == (Key.IDLE, "failed")
    assert rig.account.reason == "too many recordings are being saved at once: wait until some of them are"
    assert (sinks[-1].calls, rig.call.recorder.unsaved) == ([], MOST_UNSAVED)


def test_the_last_that_a_call_may_have_is_recorded(tmp_path: Path) -> None:
    rig, _ = with_unsaved(tmp_path, MOST_UNSAVED - 1)
    rig.press(100 * FRAME)
    assert (rig.call.recorder.key, rig.account.state) == (Key.RECORDING, "recording")


def test_once_they_are_saved_the_key_records_again(tmp_path: Path) -> None:
    rig, _ = with_unsaved(tmp_path, MOST_UNSAVED)
    rig.finish()
    rig.press(rig.clock.now())
    assert rig.call.recorder.key is Key.RECORDING
