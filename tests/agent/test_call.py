"""When a call costs nothing, what its keys keep to the frame, and what is left to do when it has ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.agent.call import Rest, Stretch
from phone_recorder.errors import ServerLost, ServerUnreachable
from phone_recorder.recording.account import Account
from phone_recorder.recording.record_key import Event, Key
from phone_recorder.recording.recorder import REFUSED, RetryPolicy
from phone_recorder.settings.record import Pause
from tests.agent.call_rig import STRANGER, TICK, CallRig, packet, said
from tests.recording.sink import Sink
from tests.recording.streams import FRAME, MS, SECOND

EVENTS = [Event.STOP, Event.PAUSE, Event.RESUME]


@pytest.mark.parametrize("streams", ["mixed", "legs"])
def test_a_call_that_is_not_recorded_is_never_due_and_nobody_looks_at_its_ports(tmp_path: Path, streams: str) -> None:
    rig = CallRig(tmp_path, streams)
    assert rig.call.due is None
    rig.until(100 * SECOND)
    for event in EVENTS:
        rig.press(rig.clock.now() + SECOND, event)
        # Once, when that the key was in vain has been told for long enough.
        assert rig.call.due == rig.clock.now() + REFUSED
        looked = [port.looked for port in rig.ports.values()]
        rig.until(rig.clock.now() + 100 * SECOND)
        assert rig.call.due is None
        assert [port.looked for port in rig.ports.values()] == looked
    rig.end(rig.clock.now())
    assert rig.call.due is None
    assert rig.call.over


@pytest.mark.parametrize("streams", ["mixed", "legs"])
def test_once_its_recording_is_saved_it_is_due_no_more(tmp_path: Path, streams: str) -> None:
    rig = CallRig(tmp_path, streams)
    rig.press(SECOND)
    assert rig.call.due == SECOND + FRAME
    rig.until(2 * SECOND)
    # Each tick finds whole frames.
    assert rig.call.due == SECOND + FRAME + 5 * TICK
    rig.press(2 * SECOND)
    assert rig.call.due is not None
    rig.finish()
    assert rig.call.due is None
    assert rig.account.state == "recorded"


@pytest.mark.parametrize("streams", ["mixed", "legs"])
def test_where_recording_is_switched_off_a_key_makes_it_no_due_call(tmp_path: Path, streams: str) -> None:
    rig = CallRig(tmp_path, streams, enabled=False)
    rig.press(SECOND)
    assert (rig.call.due, rig.accounts) == (SECOND + REFUSED, [])
    rig.until(10 * SECOND)
    assert (rig.call.due, rig.accounts) == (None, [])


@pytest.mark.parametrize("streams", ["mixed", "legs"])
@pytest.mark.parametrize(("into", "first"), [(0, 50), (MS - 1, 50), (MS + 1, 51), (FRAME - 1, 51)])
def test_a_recording_begins_with_the_first_packet_that_comes_after_its_key_and_has_none_of_before(
    tmp_path: Path, streams: str, into: int, first: int
) -> None:
    rig = CallRig(tmp_path, streams)
    for leg in rig.ports:
        rig.talk(leg, range(200), silent=leg == "near")
    rig.press(50 * FRAME + into)
    rig.press(100 * FRAME + into)
    rig.finish()
    assert rig.kept == [*range(first, first + 50)]
    assert rig.account.gaps.count == 0


def test_a_call_of_an_hour_that_nobody_recorded_leaves_nothing_in_what_is_recorded_then(tmp_path: Path) -> None:
    rig = CallRig(tmp_path)
    rig.talk("mixed", range(2000))  # what the kernel has kept of it
    rig.talk("mixed", range(180_000, 180_050))
    rig.press(180_000 * FRAME)
    rig.end(180_050 * FRAME)
    assert rig.kept == [*range(50)]
    assert rig.account.streams["mixed"].received == 50


@pytest.mark.parametrize("pause", ["skip", "silence"])
@pytest.mark.parametrize("into", [0, 1, FRAME - 1])
def test_the_stretch_says_to_the_frame_what_is_kept_since_the_last_key(tmp_path: Path, pause: Pause, into: int) -> None:
    rig = CallRig(tmp_path, pause=pause)
    rig.talk("mixed", range(400))
    start = 10 * FRAME
    rig.press(start)
    assert rig.call.stretch == Stretch(start, 0)
    rig.press(start + 30 * FRAME + into, Event.PAUSE)
    assert rig.call.stretch == Stretch(start + 30 * FRAME, 30 * FRAME)
    rig.press(start + 90 * FRAME + into, Event.RESUME)
    late = 1 if into else 0
    skipped = 60 + late if pause == "skip" else 0
    assert rig.call.stretch == Stretch(start + (90 + late) * FRAME, (90 + late - skipped) * FRAME)
    rig.press(start + 150 * FRAME)
    rig.finish()
    silence = [] if pause == "skip" else [None] * (60 + late)
    assert rig.kept == [*range(10, 40), *silence, *range(100 + late, 160)]
    assert rig.account.paused == (60 + late) * FRAME


@pytest.mark.parametrize("streams", ["mixed", "legs"])
def test_stop_and_start_at_once_are_two_recordings_and_no_packet_is_in_both(tmp_path: Path, streams: str) -> None:
    """EDGE-CASES C2."""
    rig = CallRig(tmp_path, streams)
    for leg in rig.ports:
        rig.talk(leg, range(300), silent=leg == "near")
    rig.press(0)
    rig.press(50 * FRAME)
    rig.press(50 * FRAME)
    rig.press(75 * FRAME)
    rig.press(76 * FRAME)
    rig.end(100 * FRAME)
    assert [account.state for account in rig.accounts] == ["recorded"] * 3
    assert [account.recorded for account in rig.accounts] == [50 * FRAME, 25 * FRAME, 24 * FRAME]
    assert rig.kept == [*range(75), *range(76, 100)]


def test_a_recording_runs_while_an_earlier_one_is_still_being_saved(tmp_path: Path) -> None:
    sinks = [Sink(slow=20), Sink()]
    made = iter(sinks)
    rig = CallRig(tmp_path, "legs", destination=lambda _: next(made))
    rig.talk("near", range(400), silent=True)
    rig.talk("far", range(400))
    rig.press(0)
    rig.press(50 * FRAME)
    rig.press(60 * FRAME)
    rig.until(110 * FRAME)
    assert [account.state for account in rig.accounts] == ["recording", "recording"]
    assert rig.call.recorder.key is Key.RECORDING
    rig.end(120 * FRAME)
    assert sinks[0].frames == [said(n) for n in range(50)]
    assert sinks[1].frames == [said(n) for n in range(60, 120)]


def test_a_call_that_ends_while_its_recording_is_saved_is_over_when_that_is_done(tmp_path: Path) -> None:
    rig = CallRig(tmp_path, destination=lambda _: Sink(slow=20))
    rig.talk("mixed", range(100))
    rig.press(0)
    rig.press(50 * FRAME)
    rig.until(51 * FRAME)
    rig.call.end(51 * FRAME, "the other side hung up")
    assert not rig.call.over
    assert rig.call.told(60 * FRAME).seconds == pytest.approx(51 * 0.02)
    rig.finish()
    assert rig.call.over
    assert (rig.account.state, rig.account.reason) == ("recorded", "record key")
    assert (rig.call.told(0).state, rig.call.told(0).reason) == ("ended", "the other side hung up")


def test_a_key_after_the_end_and_a_second_end_do_nothing(tmp_path: Path) -> None:
    rig = CallRig(tmp_path)
    rig.end(SECOND)
    rig.call.press(2 * SECOND, Event.PRESS)
    rig.call.end(3 * SECOND, "again")
    assert (rig.call.ended_at, rig.accounts, rig.call.due) == (SECOND, [], None)
    assert rig.call.told(0).reason == ""


def test_an_end_in_mid_recording_ends_it_with_the_frame_that_is_whole(tmp_path: Path) -> None:
    rig = CallRig(tmp_path)
    rig.talk("mixed", range(100))
    rig.press(0)
    rig.end(50 * FRAME + 7)
    assert (rig.account.state, rig.account.reason) == ("recorded", "call ended")
    assert rig.kept == [*range(50)]


def test_datagrams_of_strangers_are_counted_in_the_recording_during_which_they_came(tmp_path: Path) -> None:
    rig = CallRig(tmp_path, "legs")
    rig.talk("near", range(300))
    rig.talk("far", range(300))
    for leg, numbers in (("near", range(50)), ("far", range(60, 67))):
        for at in numbers:
            rig.ports[leg].send(at * FRAME + 9, packet(at, said(9)), STRANGER)
    rig.press(55 * FRAME)
    rig.press(100 * FRAME)
    rig.finish()
    rig.press(200 * FRAME)
    rig.end(250 * FRAME)
    assert [account.foreign for account in rig.accounts] == [7, 0]


def test_a_lost_server_is_tried_again_and_what_comes_then_is_recorded_from_the_same_streams(tmp_path: Path) -> None:
    sinks = [Sink("write", ServerLost("it is gone"), after=3), Sink()]
    made = iter(sinks)
    rig = CallRig(tmp_path, "legs", destination=lambda _: next(made), retry=RetryPolicy(1, SECOND))
    rig.talk("near", range(400), silent=True)
    rig.talk("far", range(400))
    rig.press(0)
    rig.until(2 * SECOND)
    assert [account.state for account in rig.accounts] == ["cut short", "recording"]
    rig.end(200 * FRAME)
    [second] = rig.accounts[1:]
    first = 200 - second.recorded // FRAME
    assert sinks[1].frames == [said(n) for n in range(first, 200)]
    assert 50 <= first <= 90


@pytest.mark.parametrize("event", [Event.CALL_ENDED, Event.STOP, Event.PRESS])
def test_a_call_that_waits_for_its_server_is_due_until_nobody_wants_that_any_more(tmp_path: Path, event: Event) -> None:
    def lost(_: str) -> Sink:
        return Sink("open", ServerUnreachable("nobody is there"))

    rig = CallRig(tmp_path, destination=lost, retry=RetryPolicy(3, 100 * SECOND))
    rig.press(0)
    assert rig.call.recorder.key is Key.WAITING
    assert rig.call.due == rig.call.recorder.waits_until == 100 * SECOND
    rig.end(SECOND) if event is Event.CALL_ENDED else rig.press(SECOND, event)
    assert rig.call.due is None


def rest(instant: int = 0, paused_from: int | None = None) -> Rest:
    return Rest(Sink(), Account("1", "test", "PCMU"), instant, 0, paused_from)


def test_the_rest_of_a_recording_has_what_came_while_the_drive_was_asked(tmp_path: Path) -> None:
    rig = CallRig(tmp_path)
    rig.talk("mixed", range(10, 100))
    rig.until(30 * FRAME)
    the_rest = rest()
    assert rig.call.go_on(30 * FRAME, the_rest)
    rig.end(60 * FRAME)
    assert isinstance(the_rest.destination, Sink)
    assert the_rest.destination.frames == [b"\xff" * FRAME] * 10 + [said(n) for n in range(10, 60)]


def test_a_recording_that_is_begun_after_the_rest_of_another_is_a_new_one(tmp_path: Path) -> None:
    rig = CallRig(tmp_path)
    rig.until(SECOND)
    the_rest = rest()
    rig.call.go_on(SECOND, the_rest)
    rig.press(2 * SECOND)
    rig.press(3 * SECOND)
    assert [account.id for account in rig.accounts] == ["1", "1.1"]
    assert rig.call.stretch == Stretch(3 * SECOND, 0)


@pytest.mark.parametrize("reason", ["ended", "begun", "begun and stopped", "switched off"])
def test_a_recording_does_not_go_on_against_what_was_wanted_since(tmp_path: Path, reason: str) -> None:
    rig = CallRig(tmp_path, enabled=reason != "switched off")
    if reason == "ended":
        rig.end(SECOND)
    for _ in range({"begun": 1, "begun and stopped": 2}.get(reason, 0)):
        rig.press(rig.clock.now() + SECOND)
    before = list(rig.accounts)
    rig.until(4 * SECOND)
    assert not rig.call.go_on(4 * SECOND, rest())
    assert rig.accounts == before
    if reason != "ended":
        # And nothing of it comes up with a later key.
        rig.call.recorder.enabled = True
        rig.press(5 * SECOND, Event.STOP)
        rig.press(6 * SECOND, Event.START)
        assert rig.account.id == f"1.{len(rig.accounts)}"
        assert rig.call.stretch == Stretch(6 * SECOND, 0)


def test_a_rest_that_is_paused_keeps_nothing_until_it_is_resumed(tmp_path: Path) -> None:
    rig = CallRig(tmp_path)
    rig.talk("mixed", range(300))
    rig.until(50 * FRAME)
    the_rest = rest(50 * FRAME, 50 * FRAME)
    rig.call.go_on(50 * FRAME, the_rest)
    assert rig.call.recorder.key is Key.PAUSED
    rig.press(100 * FRAME, Event.RESUME)
    assert rig.call.stretch == Stretch(100 * FRAME, 0)
    rig.end(150 * FRAME)
    assert isinstance(the_rest.destination, Sink)
    assert the_rest.destination.frames == [said(n) for n in range(100, 150)]


def test_whether_anything_came_of_it_is_known_whether_or_not_it_is_recorded(tmp_path: Path) -> None:
    silent, heard = CallRig(tmp_path), CallRig(tmp_path)
    heard.talk("mixed", range(3))
    silent.ports["mixed"].send(5, b"no RTP at all")
    for rig in (silent, heard):
        rig.until(SECOND)
    assert (silent.call.listen(), heard.call.listen()) == (False, True)


def test_closing_gives_the_ports_back_and_ends_what_runs(tmp_path: Path) -> None:
    rig = CallRig(tmp_path, "legs")
    for leg in rig.ports:
        rig.talk(leg, range(100), silent=leg == "near")
    rig.press(0)
    rig.until(SECOND)
    rig.call.close(SECOND)
    assert all(port.closed for port in rig.ports.values())
    assert rig.kept == [*range(41)]
