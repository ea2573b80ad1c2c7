from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import PCMU
from phone_recorder.wire.record_file import RecordHeader
from phone_recorder.wire.rtp import RtpPacket
from tests.agent.numbered_legs import FRAME, TURN, Leg
from tests.agent.recorded_legs import Packets, Recorded, Span, dropped_in, missing, recorded

SILENCE = PCMU.silence(FRAME)
BEGUN = 3 * SECOND


def sent(leg: Leg, until: int) -> list[bytes]:
    return [RtpPacket.parse(data).payload for _, data in leg.packets(until)]


def record_file(path: Path, frames: Iterable[bytes], told: int = 0) -> Path:
    """One whose header tells so many bytes too many."""
    audio = b"".join(frames)
    path.write_bytes(bytes(RecordHeader(PCMU, FRAME, FRAME, len(audio) + told)) + audio)
    return path


def of(*frames: bytes) -> Recorded:
    found = Recorded()
    for frame in frames:
        found.take(frame)
    return found


def test_parts_are_read_as_one_recording(tmp_path: Path) -> None:
    frames = sent(Leg("near"), SECOND)
    files = [record_file(tmp_path / "1", frames[:20]), record_file(tmp_path / "2", [SILENCE, *frames[20:]])]
    found = recorded(files)
    assert (found.frames, found.silent, found.broken, found.units) == (51, 1, 0, 51 * FRAME)
    assert [*found.legs["near"].numbers] == [*range(50)]
    assert [*found.legs["near"].frames] == [*range(20), *range(21, 51)]
    assert not found.legs["far"].numbers


@pytest.mark.parametrize("told", [-FRAME, FRAME])
def test_a_header_that_is_not_true_is_an_error(tmp_path: Path, told: int) -> None:
    with pytest.raises(ValueError, match="its header tells"):
        recorded([record_file(tmp_path / "1", [SILENCE, SILENCE], told)])


def test_frames_that_were_never_sent_are_counted() -> None:
    first, second = sent(Leg("near"), 2 * FRAME)
    assert of(first[80:] + second[:80], SILENCE, second).broken == 1


@pytest.mark.parametrize(("order", "disordered"), [((0, 1, 3), 0), ((0, 1, 1, 2), 1), ((0, 2, 1, 3), 1)])
def test_packets_that_are_doubled_or_out_of_order_are_counted(order: tuple[int, ...], disordered: int) -> None:
    frames = sent(Leg("near"), SECOND)
    assert of(*(frames[number] for number in order)).legs["near"].disordered == disordered


def test_packets_that_came_and_were_not_kept_are_missing() -> None:
    leg = Leg("near", BEGUN, loss=0.2)
    arrived = [number for number in range(leg.number, TURN // FRAME) if leg.packets(leg.instant(number) + 1)]
    talked = [number for number in arrived if leg.talks(number)]
    gone = talked[100:103]
    kept = Packets()
    kept.numbers.extend(number for number in talked if number not in gone)
    whole = Span(BEGUN, BEGUN + TURN)
    assert missing(leg, kept, [whole]) == 3
    assert missing(leg, kept, [Span(whole.begun, leg.instant(gone[1])), Span(leg.instant(gone[1]), whole.over)]) == 0


def test_where_packets_stand_is_measured_by_when_they_were_sent() -> None:
    leg = Leg("near", BEGUN)
    frames = sent(leg, BEGUN + 5 * FRAME)
    packets = of(SILENCE, *frames[1:3], SILENCE, *frames[3:]).legs["near"]
    assert packets.off_by(leg, BEGUN) == [0, 0, FRAME, FRAME]
    assert packets.off_by(leg, BEGUN - FRAME) == [-FRAME, -FRAME, 0, 0]


def test_what_is_dropped_in_a_span_is_known_but_for_its_edges() -> None:
    leg = Leg("far", BEGUN, loss=0.5)
    leg.packets(BEGUN + 10 * SECOND)
    span = Span(BEGUN + SECOND, BEGUN + 9 * SECOND)
    least, most = dropped_in(leg, span)
    exactly = sum(span.begun <= leg.instant(number) < span.over for number in leg.dropped)
    assert least <= exactly <= most
    assert least > 150
    assert most - least <= 12
