from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.media import g711
from phone_recorder.media.codecs import decoder
from phone_recorder.recording.account import Account, Gap
from phone_recorder.recording.placement import BySender, Told
from phone_recorder.recording.session import Session
from phone_recorder.recording.timeline import Timeline
from phone_recorder.settings.record import Pause
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU, Codec
from tests.recording.session_rig import LETTERS, SSRC, TICK, Rig
from tests.recording.sink import Sink
from tests.recording.streams import FRAME, SECOND, rtp


def played(*keys: tuple[int, str], stop: int, pause: Pause = "skip", start: int = 0, frame: int = FRAME) -> Rig:
    """A session with keys at instants."""
    rig = Rig(pause=pause, start=start, frame=frame)
    now = start
    for instant, key in [*keys, (stop, "stop")]:
        for tick in range((now // TICK + 1) * TICK, instant, TICK):
            rig.send(tick)
            rig.session.advance(tick)
        now = max(now, instant - 1)
        if key == "stop":
            rig.session.stop(instant, "record key")
        else:
            getattr(rig.session, key)(instant)
    rig.finish(stop)
    return rig


def test_every_frame_until_the_stop_is_written_once_in_order() -> None:
    rig = played(stop=15 * FRAME + 5)
    assert rig.kept == [*range(15)]
    assert (rig.account.state, rig.account.reason, rig.sink.reason) == ("recorded", "record key", "record key")
    assert (rig.account.recorded, rig.account.paused) == (15 * FRAME, 0)
    assert rig.account.parts == rig.sink.parts
    assert rig.account.streams["mixed"].received == 15


@pytest.mark.parametrize("pause", ["skip", "silence"])
@pytest.mark.parametrize(
    ("keys", "paused"),
    [
        ([(5 * FRAME, "pause"), (10 * FRAME, "resume")], range(5, 10)),
        ([(5 * FRAME + 1, "pause"), (10 * FRAME + 1, "resume")], range(5, 11)),
        ([(6 * FRAME - 1, "pause"), (10 * FRAME - 1, "resume")], range(5, 10)),
        ([(5 * FRAME + 1, "pause"), (5 * FRAME + 2, "resume")], range(5, 6)),
        ([(5 * FRAME, "pause"), (5 * FRAME, "resume")], range(0)),
        ([(0, "pause"), (3 * FRAME, "resume")], range(3)),
        ([(5 * FRAME, "pause")], range(5, 20)),
        ([(5 * FRAME, "pause"), (7 * FRAME, "pause"), (9 * FRAME, "resume")], range(5, 9)),
        ([(5 * FRAME, "pause"), (7 * FRAME, "resume"), (7 * FRAME, "pause"), (9 * FRAME, "resume")], range(5, 9)),
        ([(800, "pause"), (850, "resume"), (900, "pause"), (1119, "resume")], range(5, 7)),
    ],
)
def test_a_pause_keeps_nothing_from_its_frame_to_the_first_wholly_after_it(
    pause: Pause, keys: list[tuple[int, str]], paused: range
) -> None:
    rig = played(*keys, stop=20 * FRAME, pause=pause)
    kept = [-1 if n in paused else n for n in range(20)]
    assert rig.kept == ([n for n in kept if n >= 0] if pause == "skip" else kept)
    assert rig.account.paused == len(paused) * FRAME
    assert rig.account.gaps.count == 0


@pytest.mark.parametrize("pause", ["skip", "silence"])
def test_pauses_that_are_over_are_told_at_once_and_with_those_of_before(pause: Pause) -> None:
    account = Account("id", "test", "PCMU", paused=7 * FRAME)
    session = Session(800, Timeline(FRAME, SECOND, Told(800)), Sink(), account, PCMU, pause)
    session.pause(800 + 5 * FRAME)
    assert session.paused_by(800 + 9 * FRAME) == 7 * FRAME
    session.resume(800 + 9 * FRAME + 1)
    assert [session.paused_by(800 + number * FRAME) for number in (5, 9, 10, 20)] == [
        *(7 * FRAME, 7 * FRAME, 12 * FRAME, 12 * FRAME)
    ]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    keys=st.lists(st.integers(0, 4000), max_size=6),
    stop=st.integers(0, 4500),
    start=st.sampled_from([0, 480, 96_000]),
    frame=st.sampled_from([80, 160, 480]),
    pause=st.sampled_from(["skip", "silence"]),
)
def test_it_is_as_long_as_from_start_to_end_less_what_was_paused(
    keys: list[int], stop: int, start: int, frame: int, pause: Pause
) -> None:
    instants = sorted(min(key, stop) for key in keys)
    named = [(start + at, ("pause", "resume")[n % 2]) for n, at in enumerate(instants)]
    rig = played(*named, stop=start + stop, pause=pause, start=start, frame=frame)
    spans = [*zip(instants[::2], [*instants[1::2], 1 << 20], strict=False)]
    kept = [n for n in range(stop // frame) if not any(a < (n + 1) * frame and n * frame < b for a, b in spans)]
    # A pause of no length at a frame's edge takes nothing, one within a frame takes the frame.
    assert [n for n in rig.kept if n >= 0] == [n % 119 for n in kept]
    assert rig.account.paused == (stop // frame - len(kept)) * frame
    assert rig.account.recorded == (len(kept) if pause == "skip" else stop // frame) * frame


@pytest.mark.parametrize("stop", [0, 1, FRAME - 1])
def test_stopped_before_its_first_frame_it_ends_at_once_and_empty(stop: int) -> None:
    rig = Rig()
    rig.session.stop(stop, "record key")
    rig.session.advance(stop)
    assert rig.session.finished
    assert (rig.account.state, rig.kept, rig.account.parts) == ("recorded", [], ())


def test_a_server_that_heard_nothing_ends_too() -> None:
    account, sink = Account("id", "server", "PCMU"), Sink()
    session = Session(0, Timeline(FRAME, SECOND, BySender(SECOND)), sink, account, PCMU, stream="rtp")
    session.stop(50, "bye")
    session.advance(50)
    assert (session.finished, account.state, sink.frames) == (True, "recorded", [])
    assert list(account.streams) == ["rtp"]


def test_what_is_still_on_its_way_when_it_stops_is_waited_for() -> None:
    rig = Rig()
    rig.until(SECOND)
    rig.session.stop(SECOND + 3 * FRAME, "call ended")
    rig.session.advance(SECOND + 3 * FRAME)
    assert not rig.session.finished
    rig.finish(2 * SECOND)
    assert rig.kept == [*range(53)]


def test_the_first_stop_is_the_one_that_counts() -> None:
    rig = Rig()
    rig.until(SECOND)
    rig.session.stop(SECOND, "record key")
    rig.session.stop(2 * SECOND, "call ended")
    rig.finish(SECOND)
    assert (len(rig.kept), rig.account.reason) == (50, "record key")


def test_what_never_came_is_silence_and_a_gap() -> None:
    rig = Rig()
    for n in (0, 1, 4, 5):
        rig.session.receive(0, rtp(n, n * FRAME, bytes([LETTERS[n]]) * FRAME, SSRC))
    rig.session.stop(7 * FRAME, "call ended")
    for now in range(0, 4 * SECOND, TICK):
        rig.session.advance(now)
    assert rig.kept == [0, 1, -1, -1, 4, 5, -1]
    assert rig.account.gaps.gaps == [Gap("mixed", 320, 320), Gap("mixed", 960, 160)]


def test_what_never_came_in_a_pause_is_no_gap() -> None:
    rig = Rig()
    rig.session.pause(0)
    rig.session.stop(7 * FRAME, "call ended")
    rig.session.advance(3 * SECOND)
    assert (rig.session.finished, rig.account.gaps.count, rig.account.paused) == (True, 0, 7 * FRAME)


def test_m3_a_payload_type_that_changes_in_mid_call_is_transcoded() -> None:
    rig = Rig(codec=PCMU)
    for n, payload_type in enumerate([0, 0, 8, 8, 0]):
        rig.session.receive(0, rtp(n, n * FRAME, bytes([LETTERS[n]]) * FRAME, SSRC, payload_type))
    rig.session.stop(5 * FRAME, "call ended")
    rig.session.advance(SECOND)
    table = g711.transcode_table(PCMA, PCMU)
    expected = [LETTERS[0], LETTERS[1], table[LETTERS[2]], table[LETTERS[3]], LETTERS[4]]
    assert rig.sink.frames == [bytes([code]) * FRAME for code in expected]


@pytest.mark.parametrize("codec", CODECS, ids=str)
@pytest.mark.parametrize("source", CODECS, ids=str)
def test_m2_m3_whatever_comes_is_as_long_in_the_recordings_codec(codec: Codec, source: Codec) -> None:
    rig = Rig(codec=codec)
    for n in range(5):
        rig.session.receive(0, rtp(n, n * FRAME, bytes([LETTERS[n]]) * FRAME, SSRC, source.payload_type))
    rig.session.stop(5 * FRAME, "call ended")
    rig.session.advance(SECOND)
    assert [len(frame) for frame in rig.sink.frames] == [FRAME] * 5
    unchanged = [bytes([LETTERS[n]]) * FRAME for n in range(5)]
    assert (rig.sink.frames == unchanged) == (codec is source)


def test_silence_is_that_of_the_recordings_codec() -> None:
    for codec in (PCMU, PCMA, G722):
        rig = Rig(codec=codec, pause="silence")
        rig.session.pause(FRAME)
        rig.session.stop(2 * FRAME, "call ended")
        rig.session.advance(4 * SECOND)
        samples = decoder(codec, SECOND).decode(b"".join(rig.sink.frames))
        assert len(samples) == 2 * FRAME and max(map(abs, samples)) <= 64
        assert (rig.sink.frames == [codec.silence(FRAME)] * 2) == (codec is not G722)


@pytest.mark.parametrize(
    ("gap", "noted"),
    [
        ((1000, 160), [(0, 160)]),
        ((1160, 320), [(160, 320)]),
        ((900, 160), [(0, 60)]),
        ((840, 160), []),
        ((500, 160), []),
        ((1000 + 780, 160), [(780, 20)]),
        ((1000 + 800, 160), []),
        ((500, 5000), [(0, 800)]),
    ],
)
def test_a_gap_of_a_leg_is_noted_as_far_as_it_is_within_the_recording(
    gap: tuple[int, int], noted: list[tuple[int, int]]
) -> None:
    rig = Rig(start=1000)
    # Five frames of it are whole.
    rig.session.stop(1000 + 5 * FRAME + 99, "record key")
    rig.session.note_gap("far", *gap)
    assert [(g.start, g.length) for g in rig.account.gaps.gaps if g.stream == "far"] == noted


BEFORE = 700 * FRAME


def kept_frames(keys: list[int], instant: int, pause: Pause) -> int:
    """How many of the frames that are over by then are kept, each looked at by itself."""
    spans = [*zip(keys[::2], [*keys[1::2], 1 << 20], strict=False)]
    whole = range(instant // FRAME)
    paused = [n for n in whole if any(a < (n + 1) * FRAME and n * FRAME < b for a, b in spans)]
    return len(whole) - (len(paused) if pause == "skip" else 0)


@pytest.mark.parametrize("pause", ["skip", "silence"])
@pytest.mark.parametrize("start", [0, 12_345])
@pytest.mark.parametrize(
    "keys",
    [
        [],
        [5 * FRAME],
        [5 * FRAME, 10 * FRAME],
        [5 * FRAME + 1, 10 * FRAME + 1],
        [5 * FRAME + 1, 5 * FRAME + 2],
        [5 * FRAME + 1, 5 * FRAME + 2, 5 * FRAME + 3, 8 * FRAME],
        [5 * FRAME + 1, 5 * FRAME + 2, 5 * FRAME + 3, 5 * FRAME + 4],
        [0, 3 * FRAME, 4 * FRAME, 9 * FRAME - 1, 11 * FRAME],
    ],
)
def test_what_is_kept_of_before_an_instant_is_told_to_the_frame(keys: list[int], start: int, pause: Pause) -> None:
    account = Account("id", "test", "PCMU")
    timeline = Timeline(FRAME, SECOND, Told(start))
    session = Session(start, timeline, Sink(), account, PCMU, pause, before=BEFORE)
    for number, key in enumerate(keys):
        (session.pause, session.resume)[number % 2](start + key)
    # While it is paused what is over of the pause is not known to be skipped: it is asked at the pause's beginning.
    ends = 5 * FRAME if len(keys) == 1 else 11 * FRAME if len(keys) == 5 else 20 * FRAME
    for instant in range(0, ends + 1, FRAME):
        if not any(begun < instant < over for begun, over in zip(keys[::2], keys[1::2], strict=False)):
            assert session.kept_by(start + instant) == BEFORE + kept_frames(keys, instant, pause) * FRAME


def test_gaps_stand_after_what_an_earlier_session_has_kept() -> None:
    account = Account("id", "test", "PCMU")
    timeline = Timeline(FRAME, SECOND, Told(0))
    timeline.expect(SSRC, 0, 0)
    session = Session(0, timeline, Sink(), account, PCMU, before=BEFORE)
    for number in (0, 1, 4):
        session.receive(number * FRAME, rtp(number, number * FRAME, b"a" * FRAME, SSRC))
    session.note_gap("far", 3 * FRAME, FRAME)
    session.stop(5 * FRAME, "bye")
    session.advance(5 * FRAME + SECOND)
    assert account.gaps.gaps == [Gap("far", BEFORE + 3 * FRAME, FRAME), Gap("mixed", BEFORE + 2 * FRAME, 2 * FRAME)]


def test_what_an_earlier_session_has_kept_is_not_counted_by_it_but_by_its_destination() -> None:
    account, sink = Account("id", "test", "PCMU"), Sink()
    session = Session(0, Timeline(FRAME, SECOND, Told(0)), sink, account, PCMU, before=BEFORE)
    session.stop(3 * FRAME, "bye")
    session.advance(3 * FRAME + SECOND)
    assert (len(sink.frames), account.recorded) == (3, 3 * FRAME)
