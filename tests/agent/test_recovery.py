"""A crash in mid-call: what was kept stays, what comes goes on in another part, and what is missing is silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as replace_struct

from phone_recorder.adapters.drive_errors import HANGS, REMOVED
from phone_recorder.agent.memory import Kept
from phone_recorder.agent.recovery import SILENCE, SILENT_S
from phone_recorder.errors import DriveError, DriveGone, NoDrive
from phone_recorder.recording.record_key import Event, Key
from phone_recorder.settings.record import RecordSettings, ServerSettings
from tests.agent.call_rig import files
from tests.agent.lives import AWAY, CRASH, END, Life, goes_on, recorded
from tests.recording.streams import FRAME, SECOND

SERVER: dict[str, Any] = {"mode": "server", "server": ServerSettings("192.0.2.1")}


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


def test_the_call_is_back_at_its_ports_and_its_recording_goes_on_in_another_part(stick: Path) -> None:
    life, call = recorded(stick, 10)
    identity = call.recorder.accounts[0].id
    after = life.crash(CRASH, AWAY)
    again = goes_on(after, END)
    assert (again.id, again.told(0).ports, again.told(0).number) == ("1", call.told(0).ports, "1002")
    first, second = after.parts
    # As much as a tick of it had not been written.
    lost = 200 - 10 - len(first)
    assert 0 <= lost <= 10
    assert first == [*range(10, 200 - lost)]
    assert second == [*[None] * (lost + 50), *range(250, 400)]
    account = again.recorder.accounts[0]
    assert (account.id, account.state, account.recorded) == (identity, "recorded", 390 * FRAME)
    assert [part.path for part in account.parts] == [str(path) for path in files(after.stick)]
    assert [part.packets for part in account.parts] == [len(first), len(second)]
    assert account.gaps.total == {"mixed": (lost + 50) * FRAME}
    [gap] = account.gaps.gaps
    assert gap.start == len(first) * FRAME


def deleted(life: Life) -> None:
    for path in files(life.stick):
        path.unlink()


def others_file(life: Life) -> None:
    """A text of the same name."""
    for path in files(life.stick):
        path.unlink()
        path.write_text("my diary " * 100)


@pytest.mark.parametrize("spoil", [deleted, others_file])
def test_a_file_that_is_gone_is_no_part_of_it_and_it_goes_on_from_now(
    stick: Path, spoil: Callable[[Life], None]
) -> None:
    life, _ = recorded(stick, 10)
    after = life.crash(CRASH, AWAY)
    spoil(after)
    before = {path: path.read_bytes() for path in files(after.stick)}
    call = goes_on(after, END)
    account = call.recorder.accounts[0]
    assert (account.state, account.recorded, len(account.parts)) == ("recorded", 150 * FRAME, 1)
    assert all(path.read_bytes() == data for path, data in before.items())
    assert account.parts[0].path not in map(str, before)


@pytest.mark.parametrize(
    "name", ["../other/Record_20240131120000.wav", "/etc/passwd", "..", ".", "", "a\0b", "Record_1.wav", "x" * 5000]
)
def test_no_name_in_the_state_leads_out_of_the_drives_folder(stick: Path, name: str) -> None:
    life, _ = recorded(stick, 10)
    after = life.crash(CRASH, AWAY)
    outside = stick.parent / "other" / "Record_20240131120000.wav"
    outside.parent.mkdir()
    [inside] = files(after.stick)
    outside.write_bytes(inside.read_bytes() + b"cut")
    before = outside.read_bytes()
    kept = after._before
    recording = kept.calls[0].recording
    assert recording
    calls = (replace_struct(kept.calls[0], recording=replace_struct(recording, parts=(name,))),)
    after._before = Kept(kept.boot, kept.counted, calls)
    call = goes_on(after, END)
    assert outside.read_bytes() == before
    assert [Path(part.path).parent for part in call.recorder.accounts[0].parts] == [after.stick]


def test_a_link_in_place_of_a_part_is_not_followed(stick: Path) -> None:
    life, _ = recorded(stick, 10)
    after = life.crash(CRASH, AWAY)
    outside = stick.parent / "other.wav"
    [inside] = files(after.stick)
    inside.rename(outside)
    outside.write_bytes(outside.read_bytes() + b"cut")
    before = outside.read_bytes()
    inside.symlink_to(outside)
    after.recover()
    after.hang_up(400 * FRAME, after.call)
    assert outside.read_bytes() == before
    after.close()


@pytest.mark.parametrize("error", [NoDrive("no USB drive is plugged in"), DriveGone(REMOVED), DriveError(HANGS)])
def test_without_its_drive_the_recording_has_failed_and_the_call_goes_on(stick: Path, error: DriveError) -> None:
    life, _ = recorded(stick, 10)
    after = life.crash(CRASH, AWAY)
    after.drive.error = error
    after.recover()
    assert after.call.due is None
    assert (after.account.state, after.account.reason) == ("failed", str(error))
    assert after.shown == 1
    after.drive.error = None
    after.press(300 * FRAME, after.call)
    assert after.call.recorder.accounts[-1].state == "recording"
    after.close()


def test_a_drive_that_is_full_ends_it_with_what_was_kept(stick: Path) -> None:
    life, _ = recorded(stick, 10, reserve=0)
    after = life.crash(CRASH, AWAY, reserve=0)
    after.capacity = sum(path.stat().st_size for path in files(after.stick)) + 50
    after.recover()
    account = after.account
    assert (account.state, after.call.due) == ("cut short", None)
    assert "full" in account.reason
    assert account.recorded == len(after.flat) * FRAME > 0
    after.close()


@pytest.mark.parametrize("event", ["ended", "begun anew"])
def test_what_happens_while_the_drive_is_asked_is_what_counts(stick: Path, event: str) -> None:
    life, _ = recorded(stick, 10)
    after = life.crash(CRASH, AWAY)
    now = after.clock.now()
    happens = {
        "ended": lambda: after.calls.end(after.calls.find("1"), now, ""),
        "begun anew": lambda: after.calls.find("1").press(now, Event.START),
    }
    after.drive.meanwhile = happens[event]
    call_ports = life.calls.find("1").told(0).ports
    after.recover()
    assert "its recording does not go on" in after.said.getvalue()
    if event == "ended":
        assert ([*after.calls], after.calls.due, len(files(after.stick))) == ([], None, 1)
        assert all(after.ports.opened[port].closed for port in call_ports.values())
    else:
        assert after.account.id != life.calls.find("1").recorder.accounts[0].id
    after.close()


def test_a_call_without_a_recording_is_back_and_costs_nothing(stick: Path) -> None:
    life = Life(stick)
    life.begin(rtp="legs", held=True)
    life.begin(remote_number="1003")
    life.calls.end(life.calls.find("2"), 0, "")
    after = life.crash(CRASH, AWAY)
    after.recover()
    assert (after.call.id, after.call.held, after.call.due, after.call.recorder.accounts) == ("1", True, None, [])
    assert after.call.told(after.clock.now()).seconds == pytest.approx((CRASH + AWAY) / SECOND)
    assert after.calls.next_id() == "3"
    after.close()


def test_a_call_whose_ports_are_taken_is_back_at_others_and_that_is_told(stick: Path) -> None:
    life, call = recorded(stick, 10, "legs")
    after = life.crash(CRASH, AWAY)
    taken = call.told(0).ports
    after.ports.taken.add(taken["near"])
    again = goes_on(after, END)
    ports = again.told(0).ports
    assert ports["near"] not in taken.values()
    assert ports["far"] == taken["far"]
    assert "its ports are taken: its RTP is awaited at others, see call.list" in after.said.getvalue()
    assert len(after.flat) == 390


def test_no_call_takes_the_port_of_another_that_is_back_too(stick: Path) -> None:
    life = Life(stick)
    ports = [life.begin().told(0).ports["mixed"] for _ in range(4)]
    after = life.crash(CRASH)
    after.ports.taken = {ports[0], ports[2]}
    after.recover()
    again = [call.told(0).ports["mixed"] for call in after.calls]
    assert [call.id for call in after.calls] == ["1", "2", "3", "4"]
    assert (again[1], again[3]) == (ports[1], ports[3])
    assert not {again[0], again[2]} & set(ports)
    after.close()


def test_a_call_at_an_address_that_is_no_more_is_told_and_the_others_go_on(stick: Path) -> None:
    life = Life(stick)
    for _ in range(3):
        life.begin()
    after = life.crash(CRASH)
    one, two, three = after._before.calls
    gone = replace_struct(two, told=replace_struct(two.told, host="192.0.2.9"))
    after._before = Kept("b00t", 3, (one, gone, three))
    after.recover()
    assert [call.id for call in after.calls] == ["1", "3"]
    assert "the call cannot go on: there is no 192.0.2.9 here CALL=2" in after.said.getvalue()
    after.close()


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (SERVER, SERVER, "a server takes an id once"),
        (SERVER, {}, "another mode"),
        ({}, SERVER, "another mode"),
        ({}, {"codec": "PCMA"}, "another codec"),
    ],
)
def test_what_cannot_be_the_same_recording_goes_on_in_another(
    stick: Path, before: dict[str, Any], after: dict[str, Any], why: str
) -> None:
    life, call = recorded(stick, 10, **before)
    old = call.recorder.accounts[0]
    later = life.crash(CRASH, AWAY, **after)
    later.recover()
    account = later.account
    expected = RecordSettings(**after)
    assert account.id != old.id, why
    assert (account.mode, account.codec, account.state) == (expected.mode, expected.codec, "recording")
    assert later.call.stretch is not None
    assert (later.call.stretch.instant, later.call.stretch.kept) == (CRASH + AWAY, 0)
    assert len(later.links) == (expected.mode == "server")
    later.close()


def test_paused_it_goes_on_in_another_recording_paused(stick: Path) -> None:
    life, call = recorded(stick, 10, **SERVER)
    life.press(50 * FRAME, call, Event.PAUSE)
    after = life.crash(CRASH, AWAY, **SERVER)
    after.recover()
    assert after.call.recorder.key is Key.PAUSED
    after.close()


def later(life: Life, seconds: float) -> None:
    """The reactor's timers of so much later."""
    life.reactor.skew_s += seconds
    life.reactor.soon(life.reactor.stop)
    life.reactor.run()


@pytest.mark.parametrize("rtp", ["mixed", "legs"])
@pytest.mark.parametrize("is_recorded", [True, False])
def test_a_call_of_which_nothing_comes_after_a_crash_has_ended_meanwhile(
    stick: Path, rtp: str, is_recorded: bool
) -> None:
    life = Life(stick)
    call = life.begin(rtp=rtp)
    if is_recorded:
        life.press(0, call)
    after = life.crash(CRASH)
    after.reactor = type(after.reactor)()  # without the limit of a test
    after.recover()
    [call] = after.calls
    later(after, SILENT_S - 1)
    assert call.ended_at is None
    after.until(CRASH + 30 * SECOND)
    later(after, 1)
    assert call.ended_at is not None
    assert call.told(0).reason == SILENCE
    after.close()


@pytest.mark.parametrize("why", ["heard", "held", "ended"])
def test_a_call_that_is_heard_or_held_goes_on_and_one_that_has_ended_is_not_ended_again(stick: Path, why: str) -> None:
    life = Life(stick)
    life.begin(held=why == "held")
    after = life.crash(CRASH)
    after.reactor = type(after.reactor)()
    after.recover()
    [call] = after.calls
    if why == "heard":
        after.talk(call, 201, 202)
    if why == "ended":
        after.calls.end(call, after.clock.now(), "as it should")
    after.until(CRASH + 30 * SECOND)
    later(after, SILENT_S)
    assert (call.ended_at is None) == (why != "ended")
    assert SILENCE not in after.said.getvalue()
    after.close()


def test_switched_off_meanwhile_it_does_not_go_on(stick: Path) -> None:
    life, _ = recorded(stick, 10)
    after = life.crash(CRASH)
    after.recover(replace(after.settings, record=replace(after.settings.record, enabled=False)))
    assert (after.call.recorder.accounts, after.call.due) == ([], None)
    after.close()


def test_to_make_room_it_never_deletes_its_own_parts_of_before_the_crash(stick: Path) -> None:
    small: dict[str, Any] = {"size_limit": 76 + 50 * FRAME, "reserve": 0, "cover": True}
    life, _ = recorded(stick, 0, **small)
    after = life.crash(CRASH, AWAY, **small)
    before = files(after.stick)
    after.capacity = sum(path.stat().st_size for path in before) + 60 * FRAME
    call = goes_on(after, END)
    assert set(before) <= set(files(after.stick))
    assert call.recorder.accounts[0].state == "cut short"
    assert call.recorder.accounts[0].health.covered == ()
