from __future__ import annotations

from array import array
from collections.abc import Iterator
from math import inf, nan

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.media.codecs import decoder
from phone_recorder.media.time_stretch import TimeStretch
from phone_recorder.recording.playback import FASTEST, SLOWEST, Playback
from phone_recorder.wire.payload import G722, PCMA, PCMU, Codec
from phone_recorder.wire.record_file import RecordHeader
from tests.record_bytes import speech
from tests.signals import joined

PACKET = 160
PACKETS = 500
"""10 s."""


class Sink:
    def __init__(self) -> None:
        self.written: list[array[int]] = []

    def write(self, samples: array[int]) -> None:
        self.written.append(samples)


class Player:
    """A playback of a file of speech, its sink, and what it must have sent."""

    def __init__(self, codec: Codec = PCMU, size: int = PACKET * PACKETS) -> None:
        self.codec = codec
        self.audio = speech(size)
        self.sink = Sink()
        self.playback = Playback(RecordHeader(codec, PACKET, PACKET, size), self.payloads, self.sink)

    def payloads(self, first: int) -> Iterator[bytes]:
        return (self.audio[i : i + PACKET] for i in range(first * PACKET, len(self.audio), PACKET))

    def steps(self, count: int) -> None:
        for _ in range(count):
            self.playback.step()

    def decoded(self, first: int, count: int) -> list[array[int]]:
        """The packets' samples, decoded from `first` on by a decoder that has heard nothing before."""
        fresh = decoder(self.codec, self.codec.sample_rate)
        packets = [self.audio[i * PACKET : (i + 1) * PACKET] for i in range(first, first + count)]
        return [fresh.decode(packet) for packet in packets]

    def stretched(self, speed: float, first: int, count: int) -> array[int]:
        """The same packets at a speed, as a whole."""
        stretch = TimeStretch(self.codec.sample_rate, speed)
        return stretch.feed(joined(self.decoded(first, count))) + stretch.rest()

    def to_the_end(self) -> None:
        while not self.playback.ended:
            self.playback.step()


@pytest.mark.parametrize("codec", [PCMU, PCMA, G722])
def test_every_packet_is_sent_once_in_order_and_then_it_has_ended(codec: Codec) -> None:
    player = Player(codec)
    player.steps(PACKETS)
    assert not player.playback.ended
    player.steps(2)
    assert player.playback.ended
    assert player.sink.written == player.decoded(0, PACKETS)
    assert sum(map(len, player.sink.written)) == 10 * codec.sample_rate


def test_the_position_is_of_what_was_sent() -> None:
    playback = Player().playback
    positions = []
    while not playback.ended:
        positions.append(playback.position_s)
        playback.step()
    assert positions[:3] == [0.0, 0.02, 0.04]
    assert (positions[-1], playback.position_s, playback.duration_s) == (10.0, 10.0, 10.0)


def test_a_short_last_packet_is_played_and_the_position_stays_within_the_duration() -> None:
    player = Player(size=2 * PACKET + 5)
    player.steps(3)
    assert [len(samples) for samples in player.sink.written] == [160, 160, 5]
    assert not player.playback.ended
    assert player.playback.position_s == player.playback.duration_s == 0.04


def test_paused_it_sends_silence_at_the_same_pace_and_then_goes_on_where_it_was() -> None:
    player = Player(G722)
    player.steps(3)
    player.playback.toggle_pause()
    player.steps(2)
    assert player.playback.position_s == 0.06
    assert player.sink.written[3:] == [array("h", bytes(2 * 320))] * 2
    player.playback.toggle_pause()
    player.steps(2)
    assert player.sink.written[:3] + player.sink.written[5:] == player.decoded(0, 5)


@pytest.mark.parametrize("codec", [PCMU, PCMA, G722])
@pytest.mark.parametrize(
    ("position_s", "packet"), [(0.0, 0), (-3.0, 0), (0.019, 0), (0.02, 1), (2.999, 149), (7.51, 375), (9.98, 499)]
)
def test_seeking_goes_on_from_the_packet_with_a_decoder_that_forgot(
    codec: Codec, position_s: float, packet: int
) -> None:
    player = Player(codec)
    player.steps(5)
    player.playback.seek(position_s)
    assert player.playback.position_s == packet / 50
    player.steps(1)
    assert player.sink.written[5:] == player.decoded(packet, 1)


def test_g722_remembers_so_that_the_test_of_seeking_tells_something() -> None:
    player = Player(G722)
    assert player.decoded(0, 2)[1] != player.decoded(1, 1)[0]


@pytest.mark.parametrize(
    ("at", "by", "to"), [(0.0, -5, 0.0), (4.0, -5, 0.0), (7.0, -5, 2.0), (2.0, 5, 7.0), (8.0, 5, 10.0), (10.0, 5, 10.0)]
)
def test_moving_stays_within_the_recording(at: float, by: float, to: float) -> None:
    playback = Player().playback
    playback.seek(at)
    playback.move(by)
    assert playback.position_s == to
    assert not playback.ended


def test_moving_by_nothing_moves_by_nothing_wherever_it_is() -> None:
    playback = Player().playback
    for packet in range(PACKETS):
        playback.seek(packet * PACKET / 8000)
        playback.move(0)
        assert playback.position_s == packet / 50


def test_moving_past_the_end_ends_it_without_a_sound() -> None:
    player = Player()
    player.playback.move(60)
    player.steps(1)
    assert player.playback.ended
    assert player.sink.written == []


def test_moving_while_paused_stays_paused() -> None:
    player = Player()
    player.playback.toggle_pause()
    player.playback.move(5)
    player.steps(1)
    assert player.playback.paused
    assert not any(player.sink.written[0])
    player.playback.toggle_pause()
    player.steps(1)
    assert player.sink.written[1:] == player.decoded(250, 1)


@pytest.mark.parametrize("paused", [False, True])
def test_stopped_it_sends_nothing_more(paused: bool) -> None:
    player = Player()
    player.steps(2)
    player.playback.paused = paused
    player.playback.stop()
    player.steps(3)
    assert player.playback.ended
    assert len(player.sink.written) == 2


def test_a_recording_without_audio_ends_at_once() -> None:
    player = Player(size=0)
    player.steps(1)
    assert player.playback.ended
    assert (player.playback.position_s, player.playback.duration_s) == (0.0, 0.0)


@pytest.mark.parametrize("codec", [PCMU, G722])
@pytest.mark.parametrize("speed", [0.5, 0.75, 1.25, 1.5, 2.0])
def test_at_another_speed_all_is_sent_in_so_much_less_or_more_time(codec: Codec, speed: float) -> None:
    player = Player(codec)
    player.playback.set_speed(speed)
    player.to_the_end()
    sent = joined(player.sink.written)
    assert sent == player.stretched(speed, 0, PACKETS)
    assert len(sent) == pytest.approx(10 * codec.sample_rate / speed, rel=0.01)
    assert all(player.sink.written)


def test_the_position_is_of_the_recording_at_every_speed() -> None:
    playback = Player().playback
    playback.set_speed(2.0)
    positions = []
    while not playback.ended:
        positions.append(playback.position_s)
        playback.step()
    assert positions[:3] == [0.0, 0.02, 0.04]
    assert (positions[-1], playback.position_s, playback.duration_s) == (10.0, 10.0, 10.0)


def test_a_speed_counts_from_the_next_packet_and_nothing_is_left_out_between() -> None:
    player = Player()
    player.steps(100)
    player.playback.set_speed(1.5)
    player.steps(100)
    player.playback.set_speed(0.5)
    player.steps(100)
    player.playback.set_speed(1.0)
    player.steps(1)
    expected = joined(player.decoded(0, 100)) + player.stretched(1.5, 100, 100) + player.stretched(0.5, 200, 100)
    assert joined(player.sink.written) == expected + player.decoded(300, 1)[0]
    player.steps(1)
    assert player.sink.written[-1] == player.decoded(301, 1)[0]


def test_the_same_speed_again_changes_nothing() -> None:
    player = Player()
    player.playback.set_speed(1.5)
    for _ in range(PACKETS):
        player.playback.set_speed(1.5)
        player.playback.step()
    player.steps(1)
    assert joined(player.sink.written) == player.stretched(1.5, 0, PACKETS)


def test_a_speed_set_while_paused_is_heard_after_it() -> None:
    player = Player()
    player.playback.set_speed(2.0)
    player.steps(50)
    player.playback.toggle_pause()
    player.playback.set_speed(0.5)
    before = len(player.sink.written)
    player.steps(2)
    assert not any(joined(player.sink.written[before:]))
    player.playback.toggle_pause()
    player.to_the_end()
    heard = joined(player.sink.written[:before] + player.sink.written[before + 2 :])
    assert heard == player.stretched(2.0, 0, 50) + player.stretched(0.5, 50, PACKETS - 50)


def test_seeking_keeps_the_speed_and_drops_what_was_not_sent_yet() -> None:
    player = Player()
    player.playback.set_speed(0.5)
    player.steps(50)
    player.playback.seek(7.0)
    assert player.playback.speed == 0.5
    before = len(player.sink.written)
    player.to_the_end()
    assert joined(player.sink.written[before:]) == player.stretched(0.5, 350, 150)


def test_a_speed_set_just_before_a_seek_leaves_nothing_of_the_old_place() -> None:
    player = Player()
    player.playback.set_speed(0.5)
    player.steps(50)
    player.playback.set_speed(1.0)
    player.playback.seek(7.0)
    player.steps(1)
    assert player.sink.written[-1] == player.decoded(350, 1)[0]


def test_stopped_at_another_speed_it_sends_nothing_more() -> None:
    player = Player()
    player.playback.set_speed(0.5)
    player.steps(10)
    before = len(player.sink.written)
    player.playback.stop()
    player.steps(3)
    assert len(player.sink.written) == before


def test_the_speed_is_1_at_first_and_what_it_was_set_to_then() -> None:
    playback = Player().playback
    assert playback.speed == 1.0
    for speed in (SLOWEST, FASTEST, 1.0):
        playback.set_speed(speed)
        assert playback.speed == speed


@pytest.mark.parametrize("speed", [0.0, 0.49, 2.01, -1.0, nan, inf])
def test_a_speed_out_of_range_is_refused_and_the_old_one_stays(speed: float) -> None:
    player = Player()
    player.playback.set_speed(1.5)
    with pytest.raises(UsageError, match="is not possible"):
        player.playback.set_speed(speed)
    assert player.playback.speed == 1.5
    player.to_the_end()
    assert joined(player.sink.written) == player.stretched(1.5, 0, PACKETS)


@pytest.mark.parametrize(("position_s", "packet"), [(inf, PACKETS), (-inf, 0), (nan, 0), (1e300, PACKETS)])
def test_seeking_to_no_place_at_all_is_the_start_or_the_end(position_s: float, packet: int) -> None:
    playback = Player().playback
    playback.seek(position_s)
    assert playback.position_s == packet / 50
