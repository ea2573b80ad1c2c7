"""The phone's player while nothing goes wrong."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from math import inf, nan
from pathlib import Path

import pytest

from phone_recorder.adapters.record_player import PlaybackView, RecordPlayer
from phone_recorder.adapters.silent_sink import open_silence
from phone_recorder.errors import UsageError
from phone_recorder.media.time_stretch import TimeStretch
from tests.adapters.player_rig import AUDIO, DEADLINE_S, NAME, PACKETS, Rig, a_file, packets
from tests.adapters.record_parts import open_files
from tests.record_bytes import record
from tests.signals import joined


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return a_file(tmp_path, record(AUDIO, b"PCMU", 160, 160))


@pytest.fixture
def rig(path: Path) -> Iterator[Rig]:
    rig = Rig(path)
    yield rig
    rig.sink.let_go()
    assert rig.player.close()


def test_it_plays_every_packet_to_the_end(rig: Rig) -> None:
    assert rig.sink.next() == packets(0, 1)[0]
    assert rig.view == PlaybackView(NAME, 0.0, 20.0, False, 1.0, False, "")
    assert rig.sink.next() == packets(1, 1)[0]
    assert rig.view == PlaybackView(NAME, 0.02, 20.0, False, 1.0, False, "")
    assert rig.end() == packets(2, PACKETS - 2)
    assert rig.view == PlaybackView(NAME, 20.0, 20.0, False, 1.0, True, "")
    assert (rig.sink.rate, rig.sink.closed.is_set()) == (8000, True)


def test_it_starts_where_and_as_fast_as_it_is_told_to(path: Path) -> None:
    rig = Rig(path, 10.0, 2.0)
    assert 10.0 <= rig.view.position_s < 10.1
    assert rig.view.speed == 2.0
    stretch = TimeStretch(8000, 2.0)
    assert joined(rig.end()) == stretch.feed(joined(packets(500, 500))) + stretch.rest()


@pytest.mark.parametrize(("start_s", "position_s"), [(-1.0, 0.0), (20.0, 20.0), (1e9, 20.0), (inf, 20.0), (nan, 0.0)])
def test_a_start_outside_the_recording_is_its_start_or_its_end(path: Path, start_s: float, position_s: float) -> None:
    rig = Rig(path, start_s)
    assert rig.view.position_s == position_s
    rig.end()
    assert rig.view.ended


def test_paused_it_is_silent_and_then_goes_on_where_it_was(rig: Rig) -> None:
    rig.sink.next()
    rig.player.pause()
    assert rig.view.paused
    assert rig.sink.next() == rig.sink.next() == array("h", bytes(320))
    assert (rig.view.position_s, rig.view.paused) == (0.02, True)
    rig.player.resume()
    assert not rig.view.paused
    assert rig.sink.next() == packets(1, 1)[0]


def test_a_seek_is_seen_at_once_and_heard_with_the_next_packet(rig: Rig) -> None:
    rig.sink.next()
    rig.player.seek(7.0)
    assert rig.view.position_s == 7.0
    assert rig.sink.next() == packets(350, 1)[0]
    assert rig.view.position_s == 7.0
    assert rig.sink.next() == packets(351, 1)[0]
    assert rig.view.position_s == 7.02


def test_of_several_seeks_in_one_packet_the_last_counts(rig: Rig) -> None:
    rig.sink.next()
    for position_s in (1.0, 19.0, -4.0, 5.0):
        rig.player.seek(position_s)
    assert rig.sink.next() == packets(250, 1)[0]
    assert rig.sink.next() == packets(251, 1)[0]


def test_a_seek_while_paused_is_heard_after_the_pause(rig: Rig) -> None:
    rig.player.pause()
    rig.sink.next()
    rig.player.seek(3.0)
    rig.sink.next()
    assert (rig.view.position_s, rig.view.paused) == (3.0, True)
    rig.player.resume()
    writes = [rig.sink.next() for _ in range(2)]
    assert next(write for write in writes if write and any(write)) == packets(150, 1)[0]


def test_a_seek_past_the_end_ends_it(rig: Rig) -> None:
    rig.sink.next()
    rig.player.seek(1e9)
    assert rig.view.position_s == 20.0
    assert rig.sink.next() is None
    assert rig.player.wait(DEADLINE_S)
    assert (rig.view.ended, rig.view.position_s, rig.view.problem) == (True, 20.0, "")


def test_a_speed_counts_from_the_next_packet_and_the_time_is_the_recordings(path: Path) -> None:
    rig = Rig(path)
    first = rig.sink.next()
    rig.player.set_speed(1.5)
    assert rig.view.speed == 1.5
    stretch = TimeStretch(8000, 1.5)
    rest = stretch.feed(joined(packets(1, PACKETS - 1))) + stretch.rest()
    assert (first, joined(rig.end())) == (packets(0, 1)[0], rest)
    assert rig.view.position_s == 20.0


@pytest.mark.parametrize("speed", [0.49, 2.01, nan])
def test_a_speed_out_of_range_is_refused_to_whoever_asks(rig: Rig, path: Path, speed: float) -> None:
    with pytest.raises(UsageError, match="is not possible"):
        rig.player.set_speed(speed)
    with pytest.raises(UsageError, match="is not possible"):
        RecordPlayer(path, rig.sink.open, speed=speed)
    assert rig.view.speed == 1.0


def test_stopped_it_has_ended_at_once_and_sends_nothing_more(rig: Rig) -> None:
    rig.sink.next()
    rig.player.stop()
    assert rig.view.ended
    assert rig.sink.next() is None
    assert rig.player.wait(DEADLINE_S)
    assert rig.sink.closed.is_set()


def test_closed_it_has_let_file_and_sink_go(path: Path) -> None:
    rig = Rig(path)
    rig.sink.next()
    rig.sink.let_go()
    assert rig.player.close()
    assert rig.sink.closed.is_set()
    assert str(path) not in open_files()
    assert rig.player.close()


def test_a_recording_without_audio_ends_at_once(tmp_path: Path) -> None:
    rig = Rig(a_file(tmp_path, record(b"", b"PCMU", 160, 160)))
    assert rig.end() == []
    assert rig.view == PlaybackView(NAME, 0.0, 0.0, False, 1.0, True, "")


@pytest.mark.live
def test_without_a_sound_device_a_silent_one_sets_the_pace(tmp_path: Path) -> None:
    player = RecordPlayer(a_file(tmp_path, record(AUDIO[:1600], b"PCMU", 160, 160)), open_silence)
    assert not player.wait(0.1)
    assert player.wait(DEADLINE_S)
    assert (player.view.position_s, player.view.problem) == (0.2, "")
