from __future__ import annotations

import pytest

from phone_recorder.harness.playing.trail import EVER, Trail
from phone_recorder.recording.account import Account
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.recorder import NoLegs, Recorder
from phone_recorder.recording.session import Session

FRAME = 160
START = 8000


def never(now: int) -> Session:
    raise AssertionError("no recording of its own begins here")


class Followed:
    """A recorder whose key is set by hand."""

    def __init__(self) -> None:
        self.recorder = Recorder(never, NoLegs())
        self.trail = Trail(self.recorder, START, FRAME)

    def key(self, instant: int, key: Key, begins: bool = False, stick: int = 0) -> None:
        if begins:
            self.recorder.accounts.append(Account("00", "local", "PCMU"))
        self.recorder.key = key
        self.trail.follow(START + instant, stick)

    @property
    def pauses(self) -> list[tuple[int, int]]:
        return [(begun - START, over - START if over < EVER else over) for begun, over in self.trail.tracks[-1].pauses]


@pytest.fixture
def followed() -> Followed:
    followed = Followed()
    followed.key(330, Key.RECORDING, begins=True)
    return followed


def test_a_recording_begins_with_the_frame_in_which_its_key_is_pressed(followed: Followed) -> None:
    assert [track.start - START for track in followed.trail.tracks] == [320]


def test_a_pause_lasts_from_its_frame_to_the_first_that_is_wholly_after_it(followed: Followed) -> None:
    followed.key(500, Key.PAUSED)
    assert followed.pauses == [(480, EVER)]
    followed.key(801, Key.RECORDING)
    assert followed.pauses == [(480, 960)]


def test_a_pause_that_ends_with_a_frame_takes_no_more(followed: Followed) -> None:
    followed.key(480, Key.PAUSED)
    followed.key(800, Key.RECORDING)
    assert followed.pauses == [(480, 800)]


def test_two_pauses_never_take_the_same_frame(followed: Followed) -> None:
    followed.key(500, Key.PAUSED)
    followed.key(801, Key.RECORDING)
    followed.key(900, Key.PAUSED)
    followed.key(1000, Key.RECORDING)
    assert followed.pauses == [(480, 960), (960, 1120)]


def test_a_recording_that_is_stopped_while_it_is_paused_is_paused_to_its_end(followed: Followed) -> None:
    followed.key(480, Key.PAUSED)
    followed.key(1600, Key.IDLE)
    assert followed.pauses == [(480, 1600)]


def test_one_that_begins_anew_after_a_loss_begins_paused(followed: Followed) -> None:
    followed.key(480, Key.PAUSED)
    followed.key(800, Key.WAITING_PAUSED)
    followed.key(1610, Key.PAUSED, begins=True, stick=1)
    assert [track.pauses for track in followed.trail.tracks] == [
        [(START + 480, START + 800)],
        [(START + 1600, EVER)],
    ]
    assert [track.stick for track in followed.trail.tracks] == [0, 1]


def test_what_changes_nothing_leaves_nothing(followed: Followed) -> None:
    followed.key(800, Key.RECORDING)
    followed.key(1600, Key.IDLE)
    assert (len(followed.trail.tracks), followed.pauses) == (1, [])
