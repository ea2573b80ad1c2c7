"""A call of eight hours whose legs drift apart by 150 ppm, more than four seconds in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from phone_recorder.recording.record_key import Event
from phone_recorder.recording.units import SECOND, from_ms
from tests.agent.long_call import LongCall
from tests.agent.numbered_legs import FRAME, Legs
from tests.agent.recorded_legs import Recorded, Span, missing, recorded
from tests.system.aftermath import in_order

HOURS = 8 * 3600 * SECOND
PPM = 75
BEGUN, OVER = 10_037, 10_037 + HOURS + 71
"""The keys come anywhere within a frame."""
MS = from_ms(1)


class Done:
    """The call, when it is over."""

    def __init__(self, stick: Path) -> None:
        self.legs = Legs(0, PPM, -PPM)
        self.call = LongCall(stick, self.legs)
        self.call.press(BEGUN, Event.START)
        self.call.press(OVER, Event.STOP)
        self.call.finish()
        self.found: Recorded = recorded(in_order(stick))

    def off_by(self, leg: str) -> list[int]:
        return self.found.legs[leg].off_by(self.legs[leg], BEGUN)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    return Done(tmp_path_factory.mktemp("eight-hours"))


def test_the_files_are_as_long_as_it_took_to_20_ms(done: Done) -> None:
    assert abs(done.found.units - (OVER - BEGUN)) <= from_ms(20)
    assert (done.call.account.state, done.call.account.recorded) == ("recorded", done.found.units)
    assert len(done.call.account.parts) == len({part.path for part in done.call.account.parts}) == 28


def test_each_leg_stays_within_a_frame_all_the_time(done: Done) -> None:
    """But for what drifts while a correction waits for silence."""
    for leg in done.found.legs:
        off = done.off_by(leg)
        assert max(off) - min(off) <= FRAME + MS
        assert max(map(abs, off)) <= FRAME * 5 // 4 + MS


def test_nothing_is_lost_or_doubled_but_what_gives_way_to_a_clock(done: Done) -> None:
    account, frames = done.call.account, HOURS * PPM // 1_000_000 // FRAME
    assert done.found.broken == 0
    for name, packets in done.found.legs.items():
        counts = account.streams[name]
        assert (counts.lost, counts.late, counts.jumps) == (0, 0, 0)
        assert abs(counts.drifts - frames) <= 1
        assert packets.disordered == 0
        assert missing(done.legs[name], packets, [Span(BEGUN, OVER)]) <= counts.drifts
    assert account.gaps.total == {"far": account.streams["far"].drifts * FRAME}
