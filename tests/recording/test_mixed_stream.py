"""The mix of two legs on its way to a recording: numbered packets, gaps of each leg, and the record tone."""

from __future__ import annotations

import struct

import pytest

from phone_recorder.recording.account import Account
from phone_recorder.recording.destination import State
from phone_recorder.recording.mixed_stream import MixedStream, StreamPlan
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.recorder import Status
from phone_recorder.recording.session import Session
from phone_recorder.settings.record import Pause
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.rtp import RtpSender
from tests.recording.sink import Sink
from tests.recording.streams import FRAME, SECOND, talk

START = 12_345
FIRST_SEQUENCE, FIRST_TIMESTAMP, SSRC = 65_534, 0xFFFFFF00, 77
NOBODY = "\x7f"
"""Silence, the one below zero: mixed with it, what the other leg says stays as it is."""


class Rig:
    """Its legs say letters, a frame each."""

    def __init__(self, tone: bool = False, pause: Pause = "skip", start: int = START) -> None:
        self.gaps: list[tuple[str, int, int]] = []
        plan = StreamPlan(FRAME, SECOND, PCMU, pause, tone)
        sender = RtpSender(PCMU.payload_type, SSRC, FIRST_SEQUENCE, FIRST_TIMESTAMP)
        self.start = start
        self.stream = MixedStream(plan, start, sender, lambda *gap: self.gaps.append(gap))

    def say(self, near: str, far: str) -> None:
        for leg, letters in ((self.stream.mixer.near, near), (self.stream.mixer.far, far)):
            for arrival, data in talk(letters, arrival=self.start + 1):
                leg.receive(arrival, data)

    def mix(self, frames: int, wanted: int | None = 0) -> list[tuple[int, int, int, bytes]]:
        """At the end of that frame, of frames from `wanted` on: sequence, timestamp, SSRC and letter of each packet."""
        wanted_from = None if wanted is None else self.start + wanted * FRAME
        return [opened(packet) for packet in self.stream.mix(self.start + frames * FRAME, wanted_from)]


def opened(packet: bytes) -> tuple[int, int, int, bytes]:
    sequence, timestamp, ssrc = struct.unpack_from("!HII", packet, 2)
    return sequence, timestamp, ssrc, packet[12:13]


def test_packets_are_numbered_in_a_row_and_their_time_is_that_of_the_mix_across_the_wrap() -> None:
    rig = Rig()
    rig.say("ABCD", NOBODY * 4)
    assert rig.mix(4) == [
        (65_534, 0xFFFFFF00, SSRC, b"A"),
        (65_535, 0xFFFFFFA0, SSRC, b"B"),
        (0, 0x40, SSRC, b"C"),
        (1, 0xE0, SSRC, b"D"),
    ]


def test_what_nobody_wants_is_not_sent_and_takes_its_time_nevertheless() -> None:
    rig = Rig()
    rig.say("ABCDEF", NOBODY * 6)
    assert rig.mix(2, wanted=None) == []
    assert [(packet[0], packet[1], packet[3]) for packet in rig.mix(6, wanted=4)] == [
        (65_534, (FIRST_TIMESTAMP + 4 * FRAME) % (1 << 32), b"E"),
        (65_535, (FIRST_TIMESTAMP + 5 * FRAME) % (1 << 32), b"F"),
    ]


def test_a_leg_that_says_nothing_is_a_gap_of_that_leg_at_its_instant_and_the_other_is_heard() -> None:
    rig = Rig()
    rig.say("AB D", NOBODY * 4)
    assert rig.mix(4) != []
    packets = rig.mix(4 + SECOND // FRAME)
    assert [letter for *_, letter in packets][1:2] == [b"D"]
    assert rig.gaps[0] == ("near", START + 2 * FRAME, FRAME)


def recorded(rig: Rig, key: int, stop: int, sink: Sink, account: Account, before: int = 0) -> Session:
    """A recording from an instant to another, of a mix that goes on after it."""
    session = rig.stream.begin(key, sink, account, before)
    for now in range(key + FRAME - (key - rig.start) % FRAME, stop + 3 * SECOND, FRAME):
        for packet in rig.stream.mix(now, session.start):
            session.receive(now, packet)
        if now <= stop < now + FRAME:
            session.stop(stop, "bye")
        session.advance(now)
    return session


@pytest.mark.parametrize("into", [0, 1, FRAME - 1])
def test_a_recording_begins_with_the_frame_of_the_mix_in_which_its_key_is(into: int) -> None:
    rig, sink = Rig(), Sink()
    rig.say("ABCDEFGHIJ", NOBODY * 10)
    rig.mix(3, wanted=None)
    session = recorded(rig, START + 3 * FRAME + into, START + 8 * FRAME, sink, Account("1", "test", "PCMU"))
    assert session.start == START + 3 * FRAME
    assert b"".join(frame[:1] for frame in sink.frames) == b"DEFGH"


def test_what_an_earlier_session_has_kept_goes_before_it() -> None:
    rig, account = Rig(), Account("1", "test", "PCMU")
    rig.say("AB  EF", NOBODY * 6)
    session = rig.stream.begin(START, Sink(), account, before=500 * FRAME)
    rig.stream.mix(START + 2 * SECOND, session.start)
    for leg, instant, length in rig.gaps:
        session.note_gap(leg, instant, length)
    [gap] = [gap for gap in account.gaps.gaps if gap.stream == "near" and gap.start < 506 * FRAME]
    assert (gap.start, gap.length) == (502 * FRAME, 2 * FRAME)
    assert session.kept_by(START + 2 * FRAME) == 502 * FRAME


def status(key: Key, state: State | None) -> Status:
    return Status(key, state)


@pytest.mark.parametrize(
    ("key", "state", "sounds"),
    [
        (Key.RECORDING, State.OPEN, True),
        (Key.RECORDING, State.OPENING, True),
        (Key.PAUSED, State.OPEN, False),
        (Key.IDLE, State.CLOSING, False),
        (Key.IDLE, None, False),
        (Key.WAITING, State.FAILED, False),
    ],
)
def test_the_record_tone_sounds_while_a_recording_runs(key: Key, state: State | None, sounds: bool) -> None:
    rig = Rig(tone=True)
    rig.say(NOBODY * 50, NOBODY * 50)
    rig.stream.begin(START, Sink(), Account("1", "test", "PCMU"))
    rig.stream.follow(status(key, state), START)
    heard = {packet[12:] for packet in rig.stream.mix(START + 25 * FRAME, START)}
    assert (len(heard) > 1) == sounds


def test_without_the_tone_nothing_is_added_whatever_runs() -> None:
    rig = Rig()
    rig.say(NOBODY * 50, NOBODY * 50)
    assert rig.stream.time is None
    rig.stream.begin(START, Sink(), Account("1", "test", "PCMU"))
    rig.stream.follow(status(Key.RECORDING, State.OPEN), START)
    assert {packet[12:] for packet in rig.stream.mix(START + 25 * FRAME, START)} == {b"\xff" * FRAME}
