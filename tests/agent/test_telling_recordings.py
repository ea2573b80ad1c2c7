"""Whoever watches the recordings on the drive hears of each file when it is there, and when it is not any more."""

from __future__ import annotations

from pathlib import Path

from phone_recorder import control_api as api
from tests.agent.daemon_rig import Rig, plan_in, rigged


class Told:
    """The lists that one who watches is told."""

    def __init__(self, rig: Rig) -> None:
        self.events: list[api.Event] = []
        rig.agent.watch(self.events.append, ["recordings"])

    @property
    def names(self) -> list[str]:
        """Of the list that was told last."""
        return [one.name for one in self.events[-1].data.recordings] if self.events else []


def on_drive(rig: Rig) -> list[str]:
    """Newest first, as they are told."""
    return [path.name for path in reversed(rig.files)]


def record_one(rig: Rig, packets: int = 10) -> None:
    call = rig.begin()
    rig.press("start")
    rig.send(call, packets)
    rig.press("stop")
    rig.ask(api.FinishCall())
    rig.until(lambda: rig.ask(api.GetRecording()).recordings[-1]["state"] == "recorded")
    rig.settle()


def test_a_file_is_told_as_soon_as_it_is_there_although_another_thread_makes_it(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        told = Told(rig)
        rig.begin()
        rig.press("start")
        rig.until(lambda: told.names)
        assert told.names == on_drive(rig)
        assert told.events[-1].data.recordings[0].running


def test_each_new_part_is_told(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path, "record.size_limit=1K")) as rig:
        told = Told(rig)
        call = rig.begin()
        rig.press("start")
        rig.send(call, 30)
        rig.until(lambda: len(told.names) > 3)
        assert set(told.names) <= set(on_drive(rig))


def test_what_is_deleted_is_told_to_the_others_too(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        record_one(rig)
        told = Told(rig)
        [name] = on_drive(rig)
        assert rig.ask(api.DeleteRecording(name)).recordings == []
        rig.until(lambda: told.events)
        assert told.names == []


def test_an_export_is_no_recording_and_no_news(tmp_path: Path) -> None:
    with rigged(plan_in(tmp_path)) as rig:
        record_one(rig)
        told = Told(rig)
        rig.ask(api.ExportRecording(on_drive(rig)[0]))
        rig.settle()
        assert told.events == []
