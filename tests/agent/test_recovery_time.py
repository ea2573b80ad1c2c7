"""After a crash: the parts of a recording are together as long as the time that has passed, less its pauses."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.agent.recovery import MOST_SILENCE
from phone_recorder.recording.record_key import Event, Key
from tests.agent.call_rig import files, frames
from tests.agent.lives import AWAY, CRASH, END, goes_on, recorded
from tests.recording.streams import FRAME, SECOND


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return tmp_path / "stick"


@pytest.mark.parametrize("crash", range(CRASH, CRASH + 11 * FRAME, 333))
@pytest.mark.parametrize("away", [0, 1, 77 * FRAME + 5, 70 * SECOND + 3])
@pytest.mark.parametrize("rtp", ["mixed", "legs"])
def test_the_parts_are_as_long_as_the_time_that_has_passed_to_the_frame(
    stick: Path, crash: int, away: int, rtp: str
) -> None:
    life, _ = recorded(stick, 10, rtp)
    after = life.crash(crash, away)
    end = crash + away + 3 * SECOND + 11
    call = goes_on(after, end)
    assert len(after.flat) == end // FRAME - 10
    assert call.recorder.accounts[0].recorded == (end // FRAME - 10) * FRAME


def test_it_goes_on_after_a_second_crash_too_and_after_a_third_at_once(stick: Path) -> None:
    life, _ = recorded(stick, 10)
    second = life.crash(CRASH, AWAY)
    second.recover()
    second.talk(second.call, 250, 330)
    third = second.crash(300 * FRAME, AWAY)
    third.recover()
    fourth = third.crash(350 * FRAME + 3, AWAY)
    call = goes_on(fourth, 500 * FRAME)
    assert len(fourth.flat) == 490
    assert [number for number in fourth.flat if number is not None][-100:] == [*range(400, 500)]
    assert call.recorder.accounts[0].parts[0].path.endswith(files(fourth.stick)[0].name)
    assert len(call.recorder.accounts[0].parts) == len(fourth.parts) == 4


def test_parts_that_a_crash_has_cut_are_mended_and_counted(stick: Path) -> None:
    """As far as its last header is behind: up to a second, and half a packet of it."""
    life, _ = recorded(stick, 0, size_limit=76 + 150 * FRAME, reserve=0)
    after = life.crash(CRASH, AWAY)
    first, second = files(after.stick)
    data = second.read_bytes()
    second.write_bytes(data[:72] + b"\0\0\0\0" + data[76:] + b"\xff" * 100)
    call = goes_on(after, END)
    assert len(frames(first)) == 150
    found = after.flat
    assert len(found) == 400
    assert found[:190] == [*range(190)]
    assert sum(part.packets for part in call.recorder.accounts[0].parts) == 400


@pytest.mark.parametrize("pause", ["skip", "silence"])
@pytest.mark.parametrize(("keys", "resumed"), [([], 0), ([120], 0), ([120, 180], 180), ([30, 60, 120, 199], 199)])
def test_pauses_before_the_crash_count_as_they_would_have(
    stick: Path, pause: str, keys: list[int], resumed: int
) -> None:
    life, call = recorded(stick, 10, pause=pause)
    for key, event in zip(keys, (Event.PAUSE, Event.RESUME) * 2, strict=False):
        life.press(key * FRAME, call, event)
    after = life.crash(CRASH, AWAY, pause=pause)
    after.recover()
    call = after.call
    after.talk(call, 250, 400)
    is_paused = len(keys) % 2 == 1
    assert call.recorder.key is (Key.PAUSED if is_paused else Key.RECORDING)
    if is_paused:
        after.press(300 * FRAME, call, Event.RESUME)
        keys = [*keys, 300]
    after.hang_up(400 * FRAME, call)
    paused = {number for begin, end in zip(keys[::2], keys[1::2], strict=True) for number in range(begin, end)}
    found = after.flat
    assert len(found) == 390 - (len(paused) if pause == "skip" else 0)
    assert not paused & set(found)
    heard = [number for number in range(10, 400) if number not in paused and not 190 <= number < 250]
    assert set(heard) <= set(found)
    assert call.recorder.accounts[0].recorded == len(found) * FRAME
    after.close()


def test_resumed_and_cut_before_anything_of_that_was_written_it_lacks_no_time(stick: Path) -> None:
    life, call = recorded(stick, 0)
    life.press(100 * FRAME + 5, call, Event.PAUSE)
    life.press(195 * FRAME, call, Event.RESUME)
    after = life.crash(195 * FRAME + 1, AWAY)
    # And not even all that was said before the pause has reached the drive.
    [path] = files(after.stick)
    path.write_bytes(path.read_bytes()[: 76 + 90 * FRAME])
    goes_on(after, 300 * FRAME)
    assert len(after.flat) == 100 + 105


def test_a_pause_in_silence_is_paused_from_where_it_began(stick: Path) -> None:
    life, call = recorded(stick, 0, pause="silence")
    life.press(150 * FRAME, call, Event.PAUSE)
    after = life.crash(CRASH, AWAY, pause="silence")
    call = goes_on(after, 300 * FRAME)
    account = call.recorder.accounts[0]
    assert after.flat == [*range(150), *[None] * 150]
    assert account.paused == 150 * FRAME


def test_a_pause_that_is_cut_again_and_again_is_counted_once(stick: Path) -> None:
    life, call = recorded(stick, 0)
    life.press(50 * FRAME, call, Event.PAUSE)
    life.press(70 * FRAME, call, Event.RESUME)
    life.press(100 * FRAME, call, Event.PAUSE)
    for instant in (150 * FRAME, CRASH, 290 * FRAME):
        life = life.crash(instant, AWAY // 2)
        life.recover()
        life.talk(life.call, instant // FRAME, 2000)
    life.press(350 * FRAME, life.call, Event.RESUME)
    life.hang_up(400 * FRAME, life.call)
    assert life.calls.known[0].recorder.accounts[0].paused == 270 * FRAME
    life.close()


def test_away_for_hours_it_makes_up_for_ten_minutes_and_no_more(stick: Path) -> None:
    life, _ = recorded(stick, 0)
    after = life.crash(CRASH, 8 * 3600 * SECOND)
    end = after.clock.now() + 10 * SECOND
    call = goes_on(after, end)
    first, second = after.parts
    assert len(second) * FRAME == MOST_SILENCE + 10 * SECOND
    assert call.recorder.accounts[0].recorded == (len(first) + len(second)) * FRAME
