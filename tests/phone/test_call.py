"""A whole call on a link in memory: scripted parties, a drive in memory, and a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from phone_recorder.errors import DriveGone, NotSupported
from phone_recorder.phone.party import Datagram, Nobody, Party
from phone_recorder.recording.destination import NoDestination
from phone_recorder.recording.drive_view import DriveView
from tests.phone.rig import SECOND, SILENCE, START, Rig, far_party, near_party, said


def frames(first: int, end: int) -> bytes:
    return b"".join(map(said, range(first, end)))


def test_press_and_the_end_of_the_call() -> None:
    rig = Rig("0 record").run()
    assert rig.recorded == [frames(0, 50)]
    [account] = rig.accounts
    assert (account.state, account.reason, account.recorded) == ("recorded", "call ended", SECOND)
    assert account.gaps.count == 0
    assert rig.indicators == [
        (0, "idle", "off", ""),
        (10, "recording", "on", "Recording"),
        (1000, "idle", "off", "Recording saved: 1 file"),
    ]


def test_press_pause_resume_press() -> None:
    rig = Rig("0.2 record, 0.4 pause, 0.6 resume, 0.8 record").run()
    assert rig.recorded == [frames(10, 20) + frames(30, 40)]
    [account] = rig.accounts
    assert (account.recorded, account.paused, account.reason) == (3200, 1600, "record key")
    assert [screen[1:3] for screen in rig.indicators] == [
        ("idle", "off"),
        ("recording", "on"),
        ("paused", "blinking"),
        ("recording", "on"),
        ("idle", "off"),
    ]


def test_c4_a_pause_as_silence_is_in_the_same_file() -> None:
    rig = Rig("0.2 record, 0.4 pause, 0.6 resume, 0.8 record", pause="silence").run()
    assert rig.recorded == [frames(10, 20) + SILENCE * 10 + frames(30, 40)]


def test_a_recording_starts_with_the_frame_of_the_press_and_ends_in_whole_frames() -> None:
    rig = Rig("0.19 record, 0.35 record").run()
    assert rig.recorded == [frames(9, 17)]


def test_what_is_said_while_a_pause_begins_or_ends_is_not_kept() -> None:
    rig = Rig("0 record, 0.21 pause, 0.41 resume").run()
    assert rig.recorded == [frames(0, 10) + frames(21, 50)]


def test_m10_a_recording_is_never_longer_than_the_call() -> None:
    rig = Rig("0 record", duration_s=0.333).run(step=1600)
    assert rig.recorded == [frames(0, 16)]


@pytest.mark.parametrize("size_limit", [76 + 160, 76 + 1600, 76 + 1601])
def test_m15_parts_joined_are_the_stream(size_limit: int) -> None:
    rig = Rig("0 record", size_limit=size_limit).run()
    assert b"".join(rig.recorded) == frames(0, 50)
    assert {len(part) for part in rig.recorded} == {(size_limit - 76) // 160 * 160}
    assert sum(part.packets for part in rig.accounts[0].parts) == 50


@pytest.mark.parametrize("step", [80, 160, 1600])
def test_c2_two_recordings_in_a_second(step: int) -> None:
    rig = Rig("0.1 record, 0.3 record, 0.3 record, 0.5 record, 0.61 record, 0.67 record").run(step)
    assert rig.recorded == [frames(5, 15), frames(15, 25), frames(30, 33)]
    assert [account.state for account in rig.accounts] == ["recorded"] * 3
    assert len(rig.drive.files) == 3


def test_c2_the_second_begins_while_the_first_still_waits_for_what_is_late() -> None:
    rig = Rig("0.1 record, 0.3 record, 0.5 record, 0.7 record", far=Nobody()).run()
    assert rig.recorded == [frames(5, 15), frames(25, 35)]
    assert [account.gaps.total for account in rig.accounts] == [{"far": 1600}, {"far": 1600}]


def test_m11_one_way_audio_is_recorded_with_the_gap_told() -> None:
    rig = Rig("0 record", far=Nobody()).run()
    assert rig.recorded == [frames(0, 50)]
    [account] = rig.accounts
    assert (account.state, account.gaps.total) == ("recorded", {"far": SECOND})
    assert (account.streams["far"].received, account.streams["near"].received) == (0, 50)


def test_m11_no_rtp_at_all_is_a_file_of_silence_and_an_account_that_says_so() -> None:
    rig = Rig("0 record", near=Nobody(), far=Nobody()).run()
    assert rig.recorded == [SILENCE * 50]
    [account] = rig.accounts
    assert account.gaps.total == {"near": SECOND, "far": SECOND}
    assert account.document()["gaps"] == [
        {"stream": "near", "start_s": 0.0, "duration_s": 1.0},
        {"stream": "far", "start_s": 0.0, "duration_s": 1.0},
    ]


@pytest.mark.parametrize(
    ("keys", "prompt"),
    [
        ("0.1 pause", "Nothing is being recorded"),
        ("0.1 resume", "Nothing is being recorded"),
        ("0.1 stop", "Nothing is being recorded"),
        ("0 record, 0.1 start", "A recording is already running"),
    ],
)
def test_a_key_in_vain_is_told(keys: str, prompt: str) -> None:
    rig = Rig(keys).run()
    assert (100, prompt) in [(screen[0], screen[3]) for screen in rig.indicators]
    assert len(rig.accounts) == ("record" in keys)


def test_a_key_that_does_nothing_leaves_the_recording_whole() -> None:
    rig = Rig("0 record, 0.1 start, 0.2 resume, 0.3 pause, 0.3 pause, 0.5 resume").run()
    assert rig.recorded == [frames(0, 15) + frames(25, 50)]


def test_no_key_no_recording() -> None:
    rig = Rig("").run()
    assert (rig.accounts, rig.drive.files) == ([], {})
    assert rig.indicators == [(0, "idle", "off", "")]


def test_hanging_up_ends_the_recording_there() -> None:
    rig = Rig("0 record, 0.8 record").run(until_s=0.5)
    rig.call.hang_up(rig.now)
    rig.run()
    assert rig.recorded == [frames(0, 25)]
    assert rig.accounts[0].reason == "call ended"
    rig.call.hang_up(rig.now)
    assert rig.call.over


def test_a_key_pressed_before_hanging_up_counts_although_no_tick_has_seen_it() -> None:
    rig = Rig("0 record, 0.5 record, 0.7 record").run(until_s=0.4)
    rig.call.hang_up(START + round(0.6 * SECOND))
    rig.run()
    assert rig.recorded == [frames(0, 25)]
    assert [account.reason for account in rig.accounts] == ["record key"]


def test_hanging_up_before_anything_was_recorded() -> None:
    rig = Rig("0.5 record").run(until_s=0.2)
    rig.call.hang_up(rig.now)
    assert (rig.run().accounts, rig.call.over) == ([], True)


def test_c8_s3_the_call_goes_on_when_the_drive_goes_and_another_recording_may_start() -> None:
    rig = Rig("0 record, 1.5 record", duration_s=2).run(until_s=0.5)
    rig.drive.fails["append"] = DriveGone("it is gone")
    rig.run(until_s=1)
    assert rig.indicators[-1] == (520, "failed", "off", "Recording failed: it is gone, what came before is kept")
    assert not rig.call.over
    rig.drive.fails.clear()
    rig.run()
    assert rig.now == START + 2 * SECOND
    assert rig.recorded[1] == frames(75, 100)
    assert [account.state for account in rig.accounts] == ["cut short", "recorded"]


def test_another_drive_is_news_only_when_the_end_of_the_recording_has_been_shown() -> None:
    rig = Rig("0 record", duration_s=8).run(until_s=0.5)
    rig.drive.fails["append"] = DriveGone("it is gone")
    rig.view = DriveView(True, news="the USB drive TWO is ready")
    rig.run(until_s=7)
    shown = [(at, icon, prompt) for at, icon, _, prompt in rig.indicators[-2:]]
    assert shown == [
        (520, "failed", "Recording failed: it is gone, what came before is kept"),
        (3510, "idle", "The USB drive TWO is ready"),
    ]


def test_news_of_before_a_recording_are_none_after_it() -> None:
    rig = Rig("1 record, 2 record", duration_s=8).run(until_s=0.5)
    rig.view = DriveView(True, news="it is ready")
    rig.run()
    assert rig.indicators[1][3] == "It is ready"
    assert rig.indicators[-1][3] == "Recording saved: 1 file"


def test_a_drive_that_goes_after_a_recording_was_saved_is_news() -> None:
    rig = Rig("0 record, 1 record", duration_s=8).run(until_s=2)
    rig.view = DriveView(news="no USB drive is plugged in")
    assert rig.run(until_s=3).indicators[-1][3] == "Recording saved: 1 file"
    assert rig.run(until_s=7).indicators[-1][3] == "No USB drive is plugged in"


@pytest.mark.parametrize("keys", ["0 record", "0 record, 0.5 pause, 0.7 record"])
def test_a_phone_that_cannot_record_says_so_and_the_call_goes_on(keys: str) -> None:
    error = NotSupported("BX3S cannot record to USB")
    rig = Rig(keys, nowhere=NoDestination("local", error)).run()
    assert rig.indicators[1] == (10, "failed", "off", "Recording failed: BX3S cannot record to USB")
    assert {account.state for account in rig.accounts} == {"failed"}
    assert not any(screen[1] == "recording" for screen in rig.indicators)
    assert rig.now == START + SECOND


def late(party: Callable[[], Party]) -> Party:
    """The party's packets, every third one 300 ms late."""
    packets = party().packets(START + SECOND)
    moved = sorted((at + 2400 * (n % 3 == 0), data) for n, (at, data) in enumerate(packets))
    return Scripted(moved)


class Scripted:
    """Datagrams at given instants."""

    def __init__(self, datagrams: list[Datagram]) -> None:
        self._datagrams = datagrams

    def packets(self, until: int) -> list[Datagram]:
        out = [datagram for datagram in self._datagrams if datagram[0] < until]
        self._datagrams = self._datagrams[len(out) :]
        return out


SCRIPTS = ["0 record", "0.111 record, 0.2 pause, 0.333 resume, 0.555 record, 0.6 record"]


@pytest.mark.parametrize("keys", SCRIPTS)
@pytest.mark.parametrize("step", [33, 160, 800, 1600, 1601])
def test_the_steps_of_the_clock_make_no_difference(keys: str, step: int) -> None:
    def run(step: int) -> tuple[list[bytes], list[object]]:
        rig = Rig(keys, near=late(near_party), far=late(far_party)).run(step)
        return rig.recorded, [(a.state, a.recorded, a.paused, a.gaps.total, a.reason) for a in rig.accounts]

    assert run(step) == run(80)


@pytest.mark.parametrize("step", [80, 160, 1600, 8000])
def test_a_recording_counts_what_came_since_its_key_whatever_the_clocks_steps(step: int) -> None:
    streams = Rig("0.5 record").run(step).accounts[0].streams
    assert {name: streams[name].received for name in ("near", "far")} == {"near": 25, "far": 25}


def test_the_call_gives_its_link_back() -> None:
    rig = Rig("0 record").run()
    assert not rig.link.closed
    rig.call.close(rig.now)
    assert rig.link.closed


def test_screens_are_kept_by_change_and_not_by_tick() -> None:
    rig = Rig("0 record", duration_s=20).run()
    assert len(rig.indicators) == 3
    assert rig.call.indicators[-1][1].timer == "00:20"
