"""A recording whose server was lost is tried again by the recorder; the instants and the ends are the test's."""

from __future__ import annotations

from itertools import count

import pytest

from phone_recorder.errors import DestinationError, DriveFull, DriveGone, ServerLost, ServerRefused, ServerUnreachable
from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import NoDestination
from phone_recorder.recording.placement import Told
from phone_recorder.recording.record_key import Action, Event, Key
from phone_recorder.recording.recorder import NoLegs, Recorder, RetryPolicy
from phone_recorder.recording.session import Session
from phone_recorder.recording.timeline import Timeline
from phone_recorder.wire.payload import PCMU
from tests.recording.sink import Sink
from tests.recording.streams import FRAME, SECOND

LOST, UNREACHABLE = ServerLost("lost"), ServerUnreachable("unreachable")


class Rig:
    """A recorder that tries again after a second; its recordings end as the errors say, one after the other."""

    def __init__(self, attempts: int, *errors: DestinationError) -> None:
        self._errors = list(errors)
        self._ids = count(1)
        self.started: list[int] = []
        self.recorder = Recorder(self._begin, NoLegs(), RetryPolicy(attempts, SECOND))

    def _begin(self, now: int) -> Session:
        self.started.append(now)
        made = NoDestination("server", self._errors.pop(0)) if self._errors else Sink()
        account = Account(str(next(self._ids)), "server", "PCMU")
        return Session(now, Timeline(FRAME, FRAME, Told(now)), made, account, PCMU)

    def ticks(self, *instants: int) -> Rig:
        for now in instants:
            self.recorder.advance(now)
        return self

    def press(self, now: int, event: Event = Event.PRESS) -> Rig:
        self.recorder.press(now, event)
        return self


@pytest.mark.parametrize("error", [LOST, UNREACHABLE])
def test_it_waits_as_long_as_it_should_and_no_longer(error: DestinationError) -> None:
    rig = Rig(1, error).press(0).ticks(80, SECOND + 79)
    assert (rig.recorder.key, rig.started) == (Key.WAITING, [0])
    rig.ticks(SECOND + 80)
    assert (rig.recorder.key, rig.started) == (Key.RECORDING, [0, SECOND + 80])


@pytest.mark.parametrize(
    "error", [ServerRefused("no"), DriveFull("full"), DriveGone("gone"), DestinationError("broken")]
)
def test_what_is_not_worth_it_is_not_tried_again(error: DestinationError) -> None:
    rig = Rig(3, error).press(0).ticks(80, 10 * SECOND)
    assert (rig.recorder.key, rig.started) == (Key.IDLE, [0])


def test_none_is_the_guide_s_way() -> None:
    rig = Rig(0, LOST).press(0).ticks(80, 10 * SECOND)
    assert (rig.recorder.key, rig.started, rig.recorder.status.attempt) == (Key.IDLE, [0], 0)


def test_it_gives_up_after_so_many_in_a_row() -> None:
    rig = Rig(2, *[UNREACHABLE] * 9).press(0)
    numbers = [rig.ticks(now * SECOND).recorder.status.attempt for now in range(6)]
    assert numbers == [1, 2, 2, 2, 2, 2]
    assert (rig.recorder.key, len(rig.started)) == (Key.IDLE, 3)
    assert [account.state for account in rig.recorder.accounts] == ["failed"] * 3


def test_the_next_press_has_all_its_attempts() -> None:
    rig = Rig(1, *[UNREACHABLE] * 9).press(0).ticks(0, SECOND, 2 * SECOND)
    assert (rig.recorder.key, len(rig.started)) == (Key.IDLE, 2)
    rig.press(3 * SECOND).ticks(3 * SECOND)
    assert (rig.recorder.key, rig.recorder.status.attempt) == (Key.WAITING, 1)


@pytest.mark.parametrize("event", [Event.PRESS, Event.STOP, Event.CALL_ENDED])
def test_whoever_ends_it_while_it_waits_ends_it_for_good(event: Event) -> None:
    rig = Rig(3, LOST).press(0).ticks(0).press(80, event).ticks(SECOND, 10 * SECOND)
    assert (rig.recorder.key, rig.started, rig.recorder.status.attempt) == (Key.IDLE, [0], 0)
    assert rig.recorder.wanted_from is None


def test_nothing_is_refused_any_more_when_the_recording_has_failed() -> None:
    rig = Rig(1, LOST).press(0).press(0, Event.START)
    assert rig.recorder.status.refused is Action.REFUSE_RECORDING
    assert rig.ticks(80).recorder.status.refused is None


def test_a_pause_while_it_waits_is_the_next_recording_s() -> None:
    rig = Rig(1, LOST).press(0).ticks(0).press(80, Event.PAUSE).ticks(SECOND)
    assert (rig.recorder.key, len(rig.started)) == (Key.PAUSED, 2)
    rig.ticks(3 * SECOND).press(3 * SECOND, Event.STOP).ticks(4 * SECOND)
    account = rig.recorder.accounts[1]
    assert (account.state, account.recorded, account.paused) == ("recorded", 0, 2 * SECOND)
