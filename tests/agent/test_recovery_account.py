"""After a crash the account of a recording goes on from what it had counted before."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from phone_recorder.agent.memory import Kept
from phone_recorder.errors import NoDrive
from phone_recorder.recording.account import Account, Fault
from phone_recorder.recording.record_key import Event
from phone_recorder.settings.record import ServerSettings
from tests.agent.call_rig import STRANGER, packet, said
from tests.agent.lives import AWAY, CRASH, END, Life, goes_on, recorded
from tests.recording.streams import FRAME

BAD = (5 * FRAME, "a bad sector")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


def with_fault(life: Life) -> Life:
    """What is kept for it has a fault of the drive as well."""
    kept = life._before
    recording = kept.calls[0].recording
    assert recording
    so_far = replace(recording.so_far, faults=(BAD,))
    recording = replace(recording, so_far=so_far)
    life._before = Kept(kept.boot, kept.counted, (replace(kept.calls[0], recording=recording),))
    return life


def cut(stick: Path) -> Life:
    """A recording of which 10 frames never came and 30 were paused, with 3 datagrams of a stranger, is cut."""
    life = Life(stick)
    call = life.begin()
    life.talk(call, 0, 50)
    life.talk(call, 60, 300)
    port = life.ports.opened[call.told(0).ports["mixed"]]
    for number in range(3):
        port.send(80 * FRAME, packet(number, said(number)), STRANGER)
    life.press(10 * FRAME, call)
    life.press(100 * FRAME, call, Event.PAUSE)
    life.press(130 * FRAME, call, Event.RESUME)
    return with_fault(life.crash(CRASH, AWAY))


def told(account: Account) -> tuple[int, int, int, tuple[Fault, ...]]:
    gaps = account.gaps
    return account.paused, account.foreign, gaps.count, account.health.faults


def test_what_was_counted_before_counts_with_what_comes(stick: Path) -> None:
    after = cut(stick)
    account = goes_on(after, END).recorder.accounts[0]
    assert told(account) == (30 * FRAME, 3, 2, (Fault(*BAD),))
    # Of the earlier gaps only the length is known.
    [gap] = account.gaps.gaps
    assert account.gaps.total == {"mixed": 10 * FRAME + gap.length}
    assert gap.length >= AWAY
    assert account.document()["gaps_s"] == {"mixed": account.gaps.total["mixed"] / 8000}


def test_and_after_a_second_crash_too(stick: Path) -> None:
    second = cut(stick)
    second.recover()
    second.talk(second.call, 250, 300)
    third = second.crash(300 * FRAME, AWAY)
    account = goes_on(third, END).recorder.accounts[0]
    assert told(account) == (30 * FRAME, 3, 3, (Fault(*BAD),))


def test_without_its_drive_it_still_says_what_was(stick: Path) -> None:
    after = cut(stick)
    after.drive.error = NoDrive("no USB drive is plugged in")
    after.recover()
    assert after.account.state == "failed"
    assert told(after.account) == (30 * FRAME, 3, 1, (Fault(*BAD),))
    after.close()


def test_another_recording_begins_at_nothing(stick: Path) -> None:
    life, _ = recorded(stick, 10)
    after = with_fault(life.crash(CRASH, AWAY, mode="server", server=ServerSettings("192.0.2.1")))
    after.recover()
    assert told(after.account) == (0, 0, 0, ())
    after.close()
