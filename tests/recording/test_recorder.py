"""EDGE-CASES C1 to C5 from the recorder's side: keys and ticks in, recordings and their accounts out."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import DestinationError, DriveFull, DriveGone, ServerLost
from phone_recorder.recording.account import Account, Gap, StreamCounts
from phone_recorder.recording.destination import State
from phone_recorder.recording.placement import Told
from phone_recorder.recording.record_key import Action, Event, Key
from phone_recorder.recording.recorder import REFUSED, Recorder, Status
from phone_recorder.recording.session import Session
from phone_recorder.recording.tally import Tally
from phone_recorder.recording.timeline import Timeline
from phone_recorder.wire.payload import PCMU
from tests.recording.sink import Sink
from tests.recording.streams import FRAME, MS, SECOND, rtp

TICK = 100 * MS
MIX_DELAY = 10 * FRAME
"""How late the mix comes."""


class CountedLegs:
    """Legs whose packets the test makes: each tally is noted `received` of them, 20 ms apart."""

    def __init__(self) -> None:
        self.open: list[dict[str, Tally]] = []

    def tally(self, start: int) -> dict[str, Tally]:
        self.open.append({"near": Tally(start), "far": Tally(start)})
        return self.open[-1]

    def drop(self, tallies: dict[str, Tally]) -> None:
        self.open.remove(tallies)

    def hear(self, number: int) -> None:
        """Frame `number` of each leg has come."""
        for tallies in self.open:
            for tally in tallies.values():
                if tally.start <= number * FRAME < tally.end:
                    tally.note("laid", 7, number)


class Rig:
    """A recorder, and a mix that comes late, whose frame n holds the code n % 96; the sinks given are used in order."""

    def __init__(self, *sinks: Sink) -> None:
        self.sinks: list[Sink] = []
        self.ready = list(sinks)
        self.legs = CountedLegs()
        self.recorder = Recorder(self._begin, self.legs)
        self.now = 0
        self._sent = 0
        self._ids = count(1)

    def _begin(self, now: int) -> Session:
        number = now // FRAME
        line = Timeline(FRAME, 2 * SECOND, Told(number * FRAME))
        line.expect(7, number * FRAME, 0)
        sink = self.ready.pop(0) if self.ready else Sink()
        self.sinks.append(sink)
        return Session(number * FRAME, line, sink, Account(str(next(self._ids)), "test", "PCMU"), PCMU)

    def press(self, event: Event, at: int) -> None:
        self.until(at)
        self.recorder.press(at, event)

    def until(self, now: int) -> None:
        """The ticks until then."""
        for instant in range((self.now // TICK + 1) * TICK, now + 1, TICK):
            self.tick(instant)
        self.now = max(now, self.now)

    def tick(self, instant: int) -> None:
        packets = []
        while self._sent * FRAME + MIX_DELAY <= instant:
            n, self._sent = self._sent, self._sent + 1
            self.legs.hear(n)
            packets.append((instant, rtp(n, n * FRAME, bytes([n % 96]) * FRAME, 7)))
        # As the phone does: a mix that nobody wants is not sent.
        self.recorder.receive(packets if self.recorder.wanted_from is not None else [])
        self.recorder.advance(instant)

    def states(self) -> list[str]:
        return [account.state for account in self.recorder.accounts]

    def kept(self, recording: int) -> list[int]:
        return [frame[0] for frame in self.sinks[recording].frames]


def frames(first: int, end: int) -> list[int]:
    return [n % 96 for n in range(first, end)]


def test_a_press_records_and_a_second_press_ends_it() -> None:
    rig = Rig()
    rig.press(Event.PRESS, SECOND)
    rig.press(Event.PRESS, 3 * SECOND)
    rig.until(5 * SECOND)
    assert (rig.states(), rig.kept(0)) == (["recorded"], frames(50, 150))
    assert rig.recorder.accounts[0].reason == "record key"
    assert rig.recorder.wanted_from is None


@pytest.mark.parametrize(
    ("event", "reason"), [(Event.PRESS, "record key"), (Event.STOP, "stopped"), (Event.CALL_ENDED, "call ended")]
)
@pytest.mark.parametrize("paused", [False, True])
def test_whatever_ends_it_is_its_reason(event: Event, reason: str, paused: bool) -> None:
    rig = Rig()
    rig.press(Event.PRESS, 0)
    if paused:
        rig.press(Event.PAUSE, SECOND)
    rig.press(event, 2 * SECOND)
    rig.until(4 * SECOND)
    account = rig.recorder.accounts[0]
    assert (account.state, account.reason, rig.sinks[0].reason) == ("recorded", reason, reason)
    assert account.recorded == (1 if paused else 2) * SECOND


def test_c1_a_stop_while_the_start_is_pending_is_a_clean_cancel() -> None:
    rig = Rig(Sink(pending=True))
    rig.press(Event.PRESS, 0)
    rig.press(Event.PRESS, 150 * MS)
    rig.until(SECOND)
    assert (rig.states(), rig.recorder.key, rig.recorder.wanted_from) == (["cancelled"], Key.IDLE, None)
    assert rig.recorder.status.destination is State.CANCELLED


def test_c2_start_stop_start_within_a_second_are_two_recordings_and_no_orphan() -> None:
    rig = Rig()
    for event, at in ((Event.PRESS, 0), (Event.PRESS, 300 * MS), (Event.PRESS, 700 * MS)):
        rig.press(event, at)
    rig.press(Event.CALL_ENDED, 2 * SECOND)
    rig.until(4 * SECOND)
    assert rig.states() == ["recorded", "recorded"]
    assert [rig.kept(0), rig.kept(1)] == [frames(0, 15), frames(35, 100)]
    assert rig.recorder.wanted_from is None


@pytest.mark.parametrize("seam", [SECOND, SECOND + 77])
def test_recordings_that_overlap_at_their_seam_have_each_their_own(seam: int) -> None:
    """The first still waits for its last frames of the mix when the second begins."""
    rig = Rig()
    rig.press(Event.PRESS, 0)
    rig.press(Event.PRESS, seam)
    rig.press(Event.PRESS, seam)
    assert rig.states() == ["recording", "recording"]
    assert rig.recorder.wanted_from == 0
    rig.press(Event.CALL_ENDED, 2 * SECOND)
    rig.until(4 * SECOND)
    assert [rig.kept(0), rig.kept(1)] == [frames(0, 50), frames(50, 100)]
    mixed = [account.streams["mixed"] for account in rig.recorder.accounts]
    assert mixed == [StreamCounts(received=50), StreamCounts(received=50)]


def test_the_legs_are_counted_from_the_recordings_start_to_its_end() -> None:
    rig = Rig()
    rig.press(Event.PRESS, 2 * SECOND)
    rig.press(Event.PRESS, 4 * SECOND)
    # It finishes at 4.2 s, and what comes till then is not its own.
    rig.until(6 * SECOND)
    assert rig.recorder.accounts[0].streams["far"] == StreamCounts(received=100)
    assert set(rig.recorder.accounts[0].streams) == {"mixed", "near", "far"}
    assert rig.legs.open == []


@pytest.mark.parametrize("event", [Event.STOP, Event.PAUSE, Event.RESUME])
def test_c3_a_key_without_a_recording_is_refused(event: Event) -> None:
    rig = Rig()
    rig.press(event, 0)
    assert rig.recorder.status == Status(Key.IDLE, refused=Action.REFUSE_NOT_RECORDING)
    assert rig.recorder.accounts == []


@pytest.mark.parametrize("event", [None, Event.START])
def test_what_a_key_has_asked_for_in_vain_is_told_for_a_while(event: Event | None) -> None:
    rig = Rig()
    if event:
        rig.press(event, 0)
    rig.press(event or Event.STOP, SECOND)
    rig.recorder.advance(SECOND + REFUSED - 1)
    told = [rig.recorder.status.refused is not None]
    rig.recorder.advance(SECOND + REFUSED)
    told.append(rig.recorder.status.refused is not None)
    assert (told, rig.recorder.refused_until) == ([True, False], None)


@pytest.mark.parametrize("paused", [False, True])
def test_c3_a_second_start_is_refused_and_the_first_goes_on(paused: bool) -> None:
    rig = Rig()
    rig.press(Event.START, 0)
    if paused:
        rig.press(Event.PAUSE, SECOND)
    rig.press(Event.START, 2 * SECOND)
    assert rig.recorder.status.refused is Action.REFUSE_RECORDING
    assert rig.recorder.key is (Key.PAUSED if paused else Key.RECORDING)
    rig.press(Event.RESUME, 2 * SECOND)
    assert rig.recorder.status.refused is None
    rig.press(Event.CALL_ENDED, 3 * SECOND)
    rig.until(5 * SECOND)
    assert (len(rig.sinks), rig.states()) == (1, ["recorded"])
    assert rig.kept(0) == (frames(0, 50) + frames(100, 150) if paused else frames(0, 150))


def test_c4_a_pause_stays_in_the_same_recording() -> None:
    rig = Rig()
    rig.press(Event.PRESS, 0)
    rig.press(Event.PAUSE, SECOND)
    rig.press(Event.RESUME, 2 * SECOND)
    rig.press(Event.PRESS, 3 * SECOND)
    rig.until(5 * SECOND)
    assert (len(rig.sinks), rig.kept(0)) == (1, frames(0, 50) + frames(100, 150))
    assert rig.recorder.accounts[0].paused == SECOND


def test_c5_each_call_has_its_own_recordings() -> None:
    first, second = Rig(), Rig()
    for rig, at in ((first, 0), (second, SECOND)):
        rig.press(Event.PRESS, at)
    for rig in (first, second):
        rig.press(Event.CALL_ENDED, 2 * SECOND)
        rig.until(4 * SECOND)
    assert [rig.states() for rig in (first, second)] == [["recorded"]] * 2
    assert (first.kept(0), second.kept(0)) == (frames(0, 100), frames(50, 100))


@pytest.mark.parametrize(
    "error", [DriveFull("full"), DriveGone("gone"), ServerLost("lost"), DestinationError("broken")]
)
@pytest.mark.parametrize("paused", [False, True])
def test_a_destination_that_fails_ends_the_recording_and_the_key_is_idle(error: DestinationError, paused: bool) -> None:
    rig = Rig(Sink("advance", error, after=10))
    rig.press(Event.PRESS, 0)
    if paused:
        rig.press(Event.PAUSE, 500 * MS)
    rig.until(2 * SECOND)
    assert (rig.recorder.key, rig.recorder.wanted_from) == (Key.IDLE, None)
    assert (rig.recorder.accounts[0].state, rig.recorder.accounts[0].reason) == ("cut short", str(error))
    rig.press(Event.PRESS, 2 * SECOND)
    rig.press(Event.PRESS, 3 * SECOND)
    rig.until(5 * SECOND)
    assert (rig.states(), rig.kept(1)) == (["cut short", "recorded"], frames(100, 150))


def test_an_older_recording_that_fails_at_the_seam_does_not_end_the_newer() -> None:
    rig = Rig(Sink("advance", after=11, slow=20))
    rig.press(Event.PRESS, 0)
    rig.press(Event.PRESS, SECOND)
    rig.press(Event.PRESS, SECOND)
    rig.until(2 * SECOND)
    assert (rig.states(), rig.recorder.key) == (["cut short", "recording"], Key.RECORDING)
    assert rig.recorder.status.account is rig.recorder.accounts[1]


def test_c10_the_status_tells_the_destinations_state_and_not_the_keys() -> None:
    rig = Rig(Sink(pending=True))
    assert rig.recorder.status == Status(Key.IDLE)
    rig.press(Event.PRESS, 0)
    status = rig.recorder.status
    assert (status.key, status.destination, status.account) == (Key.RECORDING, State.OPENING, rig.recorder.accounts[0])


def test_gaps_of_legs_go_to_each_recording_they_are_in() -> None:
    rig = Rig()
    rig.press(Event.PRESS, 0)
    rig.press(Event.PRESS, SECOND)
    rig.press(Event.PRESS, SECOND)
    rig.recorder.note_gap("far", SECOND - FRAME, 2 * FRAME)
    gaps = [account.gaps.gaps for account in rig.recorder.accounts]
    assert gaps == [[Gap("far", SECOND - FRAME, FRAME)], [Gap("far", 0, FRAME)]]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(keys=st.lists(st.tuples(st.integers(0, 4 * SECOND), st.sampled_from([*Event][:5])), max_size=12))
def test_whatever_is_pressed_the_recordings_are_those_of_the_keys(keys: list[tuple[int, Event]]) -> None:
    rig = Rig()
    spans: list[tuple[int, int]] = []
    began: int | None = None
    for at, event in [*sorted(keys, key=lambda item: item[0]), (4 * SECOND, Event.CALL_ENDED)]:
        rig.press(event, at)
        if began is None and event in (Event.PRESS, Event.START):
            began = at // FRAME
        elif began is not None and event in (Event.PRESS, Event.STOP, Event.CALL_ENDED):
            spans.append((began, at // FRAME))
            began = None
    rig.until(7 * SECOND)
    assert rig.states() == ["recorded"] * len(spans)
    for number, (account, (first, end)) in enumerate(zip(rig.recorder.accounts, spans, strict=True)):
        assert account.recorded + account.paused == (end - first) * FRAME
        assert account.gaps.count == 0
        # In order, and nothing of another recording.
        positions = [(code - first) % 96 for code in rig.kept(number)]
        assert len(rig.kept(number)) * FRAME == account.recorded
        assert end - first > 96 or positions == sorted(set(positions))


def test_what_is_abandoned_is_closed_at_its_destination() -> None:
    rig = Rig()
    rig.press(Event.PRESS, 0)
    rig.until(SECOND)
    rig.recorder.abandon(SECOND)
    assert rig.sinks[0].state is State.CLOSED
    assert rig.kept(0) == list(range(41))


def test_an_error_of_ours_as_a_recording_begins_leaves_the_key_where_it_was() -> None:
    def fail(now: int) -> Session:
        raise ZeroDivisionError

    recorder = Recorder(fail, CountedLegs())
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            recorder.press(0, Event.PRESS)
        assert (recorder.key, recorder.wanted_from) == (Key.IDLE, None)
