"""Rows of arrays: what is plainly next, told of all packets of a batch at once."""

from __future__ import annotations

import pytest

pytest.importorskip("numpy")

from phone_recorder.adapters.batches.batch import Batch
from phone_recorder.recording.sender_timeline import Next, SenderPace
from phone_recorder.server.batch_rows import ROOM, Rows
from phone_recorder.server.media_port import Expected
from phone_recorder.server.recording import HORIZON
from phone_recorder.wire.rtp import RtpSender
from tests.server.batch_rig import batch
from tests.server.rig import PHONE

FRAME = 160
AT = 50_000


def expected(first: int = 65530, heard_at: int = AT, credit: int = 0) -> Expected:
    return Expected(PHONE, 0, FRAME, Next(9, first, (1 << 32) - 1000, 8000), heard_at, credit)


def payload(number: int) -> bytes:
    return bytes([number % 256]) * FRAME


def stream(arrivals: list[int], row: int = 0, source: str = PHONE) -> list[tuple[int, int, bytes, str]]:
    sender = RtpSender(0, 9, 65530, (1 << 32) - 1000)
    return [(row, arrival, sender.packet(payload(number)), source) for number, arrival in enumerate(arrivals)]


def rows(*expectations: Expected) -> Rows:
    made = Rows()
    for row, one in enumerate(expectations):
        made.expect(row, one)
    return made


def left(made: Rows, waiting: Batch) -> list[bytes]:
    """What is handed out one by one of that batch."""
    other, full = made.take(waiting)
    assert full == []
    return [data[:size].tobytes() for data, size in zip(other.data, other.sizes, strict=True)]


def datagrams(packets: list[tuple[int, int, bytes, str]]) -> list[bytes]:
    return [data for _, _, data, _ in packets]


@pytest.mark.parametrize(
    "gaps", [[160] * 20, [160, 5000, 160], [4001, 160], [3999, 1], [-30, 400, 100_000], [4100, 160, 4500]]
)
@pytest.mark.parametrize("split", [1, 2, 100])
def test_late_is_what_the_pace_would_have_told(gaps: list[int], split: int) -> None:
    pace = SenderPace(HORIZON)
    pace.heard(AT, 8000 - FRAME, 8000)
    arrivals: list[int] = []
    worst: list[int] = []
    for number, gap in enumerate(gaps):
        arrivals.append((arrivals[-1] if arrivals else AT) + gap)
        worst.append(pace.late(arrivals[-1], HORIZON))
        pace.heard(arrivals[-1], 8000 + number * FRAME, 8000 + (number + 1) * FRAME)
    made, packets = rows(expected()), stream(arrivals)
    for first in range(0, len(packets), split):
        assert left(made, batch(packets[first : first + split])) == []
    run = made.run(0)
    assert run == (b"".join(map(payload, range(len(gaps)))), pace.heard_at, max(worst))
    assert made.run(0) is None


def test_streams_that_are_mixed() -> None:
    made = rows(expected(), expected())
    first, second = stream([AT] * 30, row=1), stream([AT + 1] * 20, row=0)
    mixed = [one for pair in zip(first[:20], second, strict=True) for one in pair] + first[20:]
    assert left(made, batch(mixed)) == []
    found = made.run(0), made.run(1)
    assert [len(run.payloads) // FRAME for run in found if run] == [20, 30]
    assert [run.payloads[-1] for run in found if run] == [19, 29]


def test_whoever_gets_anything_else_gets_all_from_there_on_one_by_one_until_it_is_told_again() -> None:
    made = rows(expected(), expected())
    packets = stream([AT] * 5)
    bad = [*packets[:2], (0, AT, b"junk", PHONE), *packets[2:], *stream([AT] * 3, row=1)]
    assert left(made, batch(bad)) == [b"junk", *datagrams(packets[2:])]
    assert (made.told(0), made.told(1)) == (False, True)
    assert left(made, batch(packets)) == datagrams(packets)
    run = made.run(0)
    assert run and run.payloads == payload(0) + payload(1)
    made.expect(0, expected())
    assert left(made, batch(packets)) == []
    assert made.told(0)


def test_of_what_is_late_only_what_is_taken_counts() -> None:
    made = rows(expected())
    packets = stream([AT + 160, AT + 320, AT + 320 + 9 * HORIZON])
    made.take(batch([*packets[:2], (0, AT + 400, b"junk", PHONE), packets[2]]))
    pace = SenderPace(HORIZON)
    pace.heard(AT, 8000 - FRAME, 8000)
    worst = pace.late(AT + 160, HORIZON)
    pace.heard(AT + 160, 8000, 8000 + FRAME)
    worst = max(worst, pace.late(AT + 320, HORIZON))
    assert made.run(0) == (payload(0) + payload(1), AT + 320, worst)


def test_a_row_holds_so_much_and_no_more() -> None:
    made = rows(expected())
    most = ROOM // FRAME
    packets = stream([AT] * (most + 1))
    for split in (most + 1, most, 7):
        made.expect(0, expected())
        for first in range(0, most + 1, split):
            waiting, full = made.take(batch(packets[first : first + split]))
        assert (full, waiting.data[:, :172].tobytes()) == ([0], packets[most][2])
        run = made.run(0)
        assert run is not None
        assert run.payloads == b"".join(map(payload, range(most)))
        assert left(made, waiting) == []
        run = made.run(0)
        assert run is not None
        assert run.payloads == payload(most)


def test_there_is_no_more_credit_than_was_given() -> None:
    made = rows(expected(credit=3 * FRAME - AT))
    assert left(made, batch(stream([AT] * 4))) == datagrams(stream([AT] * 4))
    made.expect(0, expected(credit=3 * FRAME - AT))
    packets = stream([AT] * 5)
    assert left(made, batch(packets[:3])) == []
    later = [(row, AT + FRAME, data, source) for row, _, data, source in packets]
    assert left(made, batch(later[3:4])) == []
    assert left(made, batch(later[4:])) == datagrams(later[4:])


@pytest.mark.parametrize(
    ("place", "byte"), [(0, 0x90), (0, 0xA0), (1, 0x80), (1, 8), (2, 0xFE), (3, 0xFB), (7, 1), (8, 1), (11, 8)]
)
def test_each_byte_of_a_header_matters(place: int, byte: int) -> None:
    [(row, arrival, data, source)] = stream([AT])
    other = data[:place] + bytes([byte]) + data[place + 1 :]
    assert other != data
    assert left(rows(expected()), batch([(row, arrival, other, source)])) == [other]


@pytest.mark.parametrize("size", [0, 11, 12, 171, 173, 332])
def test_the_length_matters(size: int) -> None:
    [(row, arrival, data, source)] = stream([AT])
    other = data.ljust(size, b"x")[:size]
    assert left(rows(expected()), batch([(row, arrival, other, source)])) == [other]


@pytest.mark.parametrize("source", ["192.0.2.2", "2001:db8::1", "0.0.0.0"])
def test_the_host_matters(source: str) -> None:
    assert left(rows(expected()), batch(stream([AT], source=source))) == datagrams(stream([AT]))


def test_rows_that_are_added_leave_those_that_are_there_alone() -> None:
    made = rows(expected())
    left(made, batch(stream([AT] * 3)[:2]))
    before = len(made)
    made.grow()
    assert len(made) == 2 * before
    made.expect(before, expected())
    assert left(made, batch(stream([AT] * 3)[2:] + stream([AT] * 4, row=before))) == []
    found = made.run(0), made.run(before)
    assert [len(run.payloads) // FRAME for run in found if run] == [3, 4]


def test_what_was_cleared_holds_and_expects_nothing() -> None:
    made = rows(expected())
    packets = stream([AT] * 3)
    left(made, batch(packets[:2]))
    made.clear(0)
    assert (made.told(0), made.run(0), left(made, batch(packets[2:]))) == (False, None, datagrams(packets[2:]))
