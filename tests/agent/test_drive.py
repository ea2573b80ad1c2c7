"""The drive as the agent asks it: whoever asks waits, and of a drive that hangs is told why."""

from __future__ import annotations

import threading
from collections.abc import Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from phone_recorder.adapters.clock import VirtualClock
from phone_recorder.adapters.drive_errors import HANGS, HANGS_AFTER_S
from phone_recorder.agent.drive import AgentDrive
from phone_recorder.agent.plan import AgentPlan
from phone_recorder.errors import DriveError, DriveGone, UsageError
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.record import RecordSettings
from tests.adapters.reactors import PATIENCE_S, too_long
from tests.agent.call_rig import BEGINS_AT
from tests.agent.lives import Clock
from tests.record_bytes import record, speech

NAMES = ["Record_20240131120000.wav", "Record_20240131120001.wav"]


class Rig:
    """A directory that stands for the drive, and a reactor whose time can be moved on."""

    def __init__(self, directory: Path) -> None:
        self.stick = directory / "stick"
        self.stick.mkdir()
        self.reactor = Clock()
        self.reactor.later(PATIENCE_S, too_long)
        self.happened: list[str] = []
        plan = AgentPlan(PhoneSettings(), None, directory / "run", self.stick)
        clock = VirtualClock(BEGINS_AT)
        changed, begun = (partial(self.happened.append, what) for what in ("changed", "remembered"))
        self.drive = AgentDrive(plan, RecordSettings(), clock, self.reactor, changed, begun)

    def asked(self, work: Coroutine[Any, Any, Any]) -> Any:
        """What it gives, or raises."""
        found: list[Any] = []

        def done(result: object, error: BaseException | None) -> None:
            found.extend([result, error])
            self.reactor.stop()

        self.reactor.start(work, done)
        self.reactor.run()
        if found[1]:
            raise found[1]
        return found[0]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.drive.close()
    made.reactor.close()


@pytest.fixture
def kept(rig: Rig) -> Rig:
    """With two recordings on it."""
    for name in NAMES:
        (rig.stick / name).write_bytes(record(speech(1600), b"PCMU", 160, 160))
    return rig


class Hanging:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self.let_go = self._over.set

    def __call__(self) -> None:
        self._over.wait(PATIENCE_S)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    made = Hanging()
    yield made
    made.let_go()


def test_recordings_are_listed_newest_first_and_one_of_them_deleted(kept: Rig) -> None:
    assert [one.name for one in kept.asked(kept.drive.list()).recordings] == NAMES[::-1]
    left = kept.asked(kept.drive.delete(NAMES[0]))
    assert [one.name for one in left.recordings] == NAMES[1:]
    assert [path.name for path in kept.stick.iterdir()] == NAMES[1:]


def test_one_is_exported_beside_it(kept: Rig) -> None:
    exported = kept.asked(kept.drive.export(NAMES[0]))
    assert Path(exported.path).parent == kept.stick
    assert Path(exported.path).read_bytes()[:4] == b"RIFF"


@pytest.mark.parametrize("name", ["../Record_20240131120000.wav", "Record_20991231235959.wav", "notes.txt"])
def test_what_is_no_recording_there_is_neither_deleted_nor_exported(kept: Rig, name: str) -> None:
    outside = kept.stick.parent / NAMES[0]
    outside.write_bytes(b"of somebody else")
    for ask in (kept.drive.delete, kept.drive.export):
        with pytest.raises(UsageError):
            kept.asked(ask(name))
    assert outside.read_bytes() == b"of somebody else"
    assert sorted(path.name for path in kept.stick.iterdir()) == NAMES


def gone(rig: Rig) -> None:
    """The stick was pulled out."""
    rig.drive.mounted.present = lambda: False


def test_of_a_drive_that_is_gone_all_that_is_asked_says_so_and_the_agent_goes_on(kept: Rig) -> None:
    gone(kept)
    with pytest.raises(DriveGone, match="the drive was removed"):
        _ = kept.drive.mounted
    listed = kept.asked(kept.drive.list())
    assert (listed.recordings, listed.problem) == ([], "the drive was removed")
    for ask in (kept.drive.delete(NAMES[0]), kept.drive.export(NAMES[0]), kept.drive.ask(lambda: None)):
        with pytest.raises(DriveGone):
            kept.asked(ask)


def test_who_asks_a_drive_that_hangs_is_told_after_five_seconds(kept: Rig, hanging: Hanging) -> None:
    kept.reactor.later(0, lambda: setattr(kept.reactor, "skew_s", HANGS_AFTER_S))
    with pytest.raises(DriveError, match=HANGS):
        kept.asked(kept.drive.ask(hanging))


def test_what_waits_behind_a_hanging_drive_is_told_too_and_never_done(kept: Rig, hanging: Hanging) -> None:
    answers: list[BaseException | None] = []
    done: list[int] = []
    for work in (hanging, lambda: done.append(1), lambda: done.append(2)):
        kept.reactor.start(kept.drive.ask(work), lambda result, error: answers.append(error))
    kept.reactor.skew_s = HANGS_AFTER_S
    kept.reactor.later(0, kept.reactor.stop)
    kept.reactor.run()
    kept.reactor.soon(kept.reactor.stop)
    kept.reactor.run()
    assert [str(error) for error in answers] == [HANGS] * 3
    # When the drive comes back, what nobody waits for any more is passed over.
    hanging.let_go()
    kept.reactor.skew_s = 0
    assert kept.asked(kept.drive.ask(lambda: 7)) == 7
    assert done == []


def test_an_error_of_the_work_is_raised_where_it_was_asked_for(kept: Rig) -> None:
    def fails() -> None:
        raise DriveError("a bad sector")

    with pytest.raises(DriveError, match="a bad sector"):
        kept.asked(kept.drive.ask(fails))
    assert kept.asked(kept.drive.ask(lambda: 7)) == 7


def test_recordings_that_begin_later_go_by_the_settings_of_their_call(rig: Rig) -> None:
    for codec in ("PCMA", "PCMU"):
        made = rig.drive.recorded_to(RecordSettings(codec=codec)).destination()
        made.open(0)
        made.write(0, [b"a" * 160])
        made.close(0, "bye")
    rig.drive.close()
    heads = [path.read_bytes()[:4] for path in sorted(rig.stick.iterdir())]
    assert sorted(heads) == [b"PCMA", b"PCMU"]
    # Nobody is told of a file before a crash would know of it.
    assert sorted(rig.happened) == ["changed", "changed", "remembered", "remembered"]
    assert (rig.happened[0], rig.happened[-1]) == ("remembered", "changed")


def test_it_is_the_one_drive_that_is_shown(rig: Rig) -> None:
    [shown] = rig.drive.drives.drives
    assert (shown.name, shown.used) == (str(rig.stick), True)
    assert rig.drive.view.ready


def test_a_directory_that_cannot_be_recorded_to_is_refused(tmp_path: Path) -> None:
    plan = AgentPlan(PhoneSettings(), None, tmp_path, tmp_path / "none")
    with pytest.raises(DriveError):
        AgentDrive(plan, RecordSettings(), VirtualClock(), Clock(), lambda: None, lambda: None)
