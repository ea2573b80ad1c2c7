"""What watchers are told: what is another thing than before, and no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from phone_recorder import control_api as api
from phone_recorder.agent.call import MOST_RECORDINGS, AgentCall
from phone_recorder.agent.daemon import Agent
from phone_recorder.agent.telling import Telling
from phone_recorder.control_api.watchers import Watchers
from phone_recorder.recording.record_key import Event
from tests.agent.lives import Life
from tests.recording.streams import FRAME, SECOND

NONE = api.DriveList([], "no USB drive is plugged in")
STICK = api.DriveList([api.Drive("STICK", used=True)])


class FakeDrive:
    """One that can be plugged in. `holds` is the list of what is on it, if that is to be the same each time."""

    def __init__(self) -> None:
        self.drives = NONE
        self.lists = 0
        self.holds: dict[str, api.RecordingList] = {}
        self.error: Exception | None = None

    async def list(self) -> api.RecordingList:
        self.lists += 1
        if self.error:
            raise self.error
        return self.holds.get(self.drives.problem, api.RecordingList([], f"list {self.lists}"))


class Rig:
    """As much of an agent as is told of, and a watcher of `events`."""

    def __init__(self, stick: Path, *events: str) -> None:
        self.life = Life(stick)
        self.calls = self.life.calls
        self.drive = FakeDrive()
        self.listed_settings = api.SettingList([])
        self.told_of: list[api.Event] = []
        self.watchers = Watchers()
        self.failures: list[BaseException] = []
        self.telling = Telling(self.watchers, self.life.reactor, self.failures.append)
        self.in_full = 0
        """How often recordings were put into words."""
        # As one that has watched before there was anything to tell.
        self.stop = self.watchers.watch(self.told_of.append, events)

    def told(self, call: AgentCall) -> api.ObservedCall:
        return call.told(self.life.clock.now(), call is self.calls.current)

    def record_state(self, brief: bool = False) -> api.RecordState:
        self.in_full += not brief
        call = self.calls.shown()
        return call.record_state(brief=brief) if call else api.RecordState("idle", "idle", "00:00", "", "off")

    def watch(self, *events: str) -> Callable[[], None]:
        return self.telling.watch(cast("Agent", self), self.told_of.append, events)

    def tell(self) -> list[Any]:
        """What is told now."""
        before = len(self.told_of)
        self.telling.tell(cast("Agent", self))
        return [event.data for event in self.told_of[before:]]


def test_each_call_is_told_when_it_is_another_and_not_as_it_gets_longer(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick", "call")
    assert rig.tell() == []
    one = rig.life.begin(remote_number="1")
    assert [(call.id, call.state, call.current) for call in rig.tell()] == [("1", "connected", True)]
    rig.life.clock.advance(5 * SECOND)
    assert rig.tell() == []
    rig.life.begin(remote_number="2")
    # The first is not the current one any more.
    assert [(call.id, call.current) for call in rig.tell()] == [("1", False), ("2", True)]
    one.change(state="held")
    assert [(call.id, call.state, call.seconds) for call in rig.tell()] == [("1", "held", 5.0)]
    rig.calls.end(one, rig.life.clock.now(), "busy")
    assert [(call.id, call.state, call.reason) for call in rig.tell()] == [("1", "ended", "busy")]
    assert rig.tell() == []


def test_the_record_key_is_told_each_second_and_not_with_each_tick(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick", "record")
    rig.tell()
    call = rig.life.begin()
    rig.life.talk(call, 0, 250)
    rig.life.press(0, call)
    told = []
    for now in range(0, 5 * SECOND, FRAME):
        rig.life.until(now)
        told += rig.tell()
    assert [state.timer for state in told] == ["00:00", "00:01", "00:02", "00:03", "00:04"]
    call.press(5 * SECOND, Event.PAUSE)
    [paused] = rig.tell()
    assert (paused.key, paused.call) == ("paused", "1")


def test_drives_and_settings_are_told_when_they_are_others(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick", "drives", "settings")
    assert rig.tell() == [rig.drive.drives, rig.listed_settings]
    assert rig.tell() == []
    rig.drive.drives = api.DriveList([api.Drive("STICK", used=True)])
    assert rig.tell() == [rig.drive.drives]
    rig.listed_settings = api.SettingList([], "the file cannot be read")
    assert rig.tell() == [rig.listed_settings]


def test_recordings_are_listed_anew_with_another_drive_and_when_one_begins_or_ends(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick", "recordings")
    assert rig.tell() == [api.RecordingList([], "list 1")]
    assert rig.tell() == []
    rig.drive.drives = api.DriveList([api.Drive("STICK", used=True)])
    assert len(rig.tell()) == 1
    # Of the same drive, with less room on it.
    rig.drive.drives = api.DriveList([api.Drive("STICK", used=True, free=5)])
    assert rig.tell() == []
    call = rig.life.begin()
    assert rig.tell() == []
    rig.life.press(0, call)
    assert len(rig.tell()) == 1
    rig.life.until(3 * SECOND)
    assert rig.tell() == []
    rig.life.hang_up(4 * SECOND, call)
    assert len(rig.tell()) == 1
    assert rig.drive.lists == 4


@pytest.mark.parametrize("event", api.AGENT_EVENTS)
def test_what_nobody_watches_is_not_looked_at(tmp_path: Path, event: str) -> None:
    rig = Rig(tmp_path / "stick", event)
    rig.stop()
    rig.life.begin()
    assert rig.tell() == []
    assert rig.drive.lists == 0


def test_what_is_told_can_be_encoded(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick", *api.AGENT_EVENTS)
    call = rig.life.begin(remote_name="Zoë")
    rig.life.press(0, call)
    rig.life.until(2 * SECOND)
    told = rig.tell()
    assert len(told) == 5
    assert all(msgspec.json.encode(data) for data in told)


def test_what_nobody_has_watched_is_no_news_to_whoever_watches_next(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick")
    one = rig.life.begin(remote_number="1")
    rig.calls.end(one, rig.life.clock.now(), "")
    assert rig.tell() == []
    rig.watch(*api.AGENT_EVENTS)
    assert rig.tell() == []
    rig.life.begin(remote_number="2")
    assert [data.id for data in rig.tell() if isinstance(data, api.ObservedCall)] == ["2"]


def test_a_state_that_has_come_back_while_nobody_watched_is_told_when_it_changes_again(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick")
    values = [api.SettingList([], problem) for problem in ("a", "b", "a", "b")]
    rig.listed_settings = values[0]
    stop = rig.watch("settings")
    rig.listed_settings = values[1]
    assert rig.tell() == [values[1]]
    stop()
    rig.listed_settings = values[2]
    assert rig.tell() == []
    rig.watch("settings")
    rig.listed_settings = values[3]
    assert rig.tell() == [values[3]]


def test_less_free_room_is_no_news_of_the_drive(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick", "drives")
    for free, told in ((1000, 1), (900, 0)):
        rig.drive.drives = api.DriveList([api.Drive("STICK", free=free, remaining_s=free / 8)])
        assert len(rig.tell()) == told
    rig.drive.drives = api.DriveList([], "the drive was removed")
    assert len(rig.tell()) == 1


def test_a_list_that_was_told_to_others_is_told_when_it_is_so_again(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick")
    rig.drive.holds = {NONE.problem: api.RecordingList([], NONE.problem), "": api.RecordingList([])}
    stop = rig.watch("recordings")
    rig.drive.drives = STICK
    rig.tell()
    rig.drive.drives = NONE
    assert rig.tell() == [rig.drive.holds[NONE.problem]]
    stop()
    rig.drive.drives = STICK
    rig.tell()
    rig.watch("recordings")
    rig.drive.drives = NONE
    assert rig.tell() == [rig.drive.holds[NONE.problem]]


def test_a_state_that_one_has_found_and_nobody_was_told_of_is_told_when_it_is_over(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick")
    rig.watch("drives")
    rig.drive.drives = STICK  # so the second finds it, before anybody is told
    rig.watch("drives")
    rig.drive.drives = NONE
    assert NONE in rig.tell()


def test_recordings_that_cannot_be_listed_by_a_bug_end_nothing(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick", "recordings")
    rig.drive.error = ZeroDivisionError("a bug")
    assert rig.tell() == []
    assert rig.failures == [rig.drive.error]
    rig.drive.error = None
    rig.telling.list_again()
    assert len(rig.tell()) == 1


def test_of_a_call_with_many_recordings_the_newest_are_told_and_only_when_one_is_another(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "stick", "record")
    call = rig.life.begin()
    for second in range(0, 2 * (MOST_RECORDINGS + 5), 2):
        rig.life.press(second * SECOND, call)
        rig.life.press((second + 1) * SECOND, call)
    [state] = rig.tell()
    newest = [account.id for account in call.recorder.accounts[-MOST_RECORDINGS:]]
    assert len(call.recorder.accounts) == MOST_RECORDINGS + 5
    assert [one["id"] for one in state.recordings] == newest
    assert rig.in_full == 1
    assert rig.tell() == [] and rig.in_full == 1
