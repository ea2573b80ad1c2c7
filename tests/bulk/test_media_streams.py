from __future__ import annotations

import numpy as np
import pytest

from phone_recorder.bulk.media_streams import NEVER, NOTHING, Packets, Streams, joined


def test_a_row_has_what_it_was_given_and_0_in_the_rest() -> None:
    streams = Streams()
    number = streams.begin({"due": 5, "ssrc": 0xFFFFFFFF, "key": (1 << 64) - 1})
    row = streams.row(number)
    assert (row["due"], row["ssrc"], row["key"], row["said"], row["losing"]) == (5, 0xFFFFFFFF, (1 << 64) - 1, 0, False)
    assert len(streams) == 1


def test_rows_grow_and_keep_what_is_in_them() -> None:
    streams = Streams()
    numbers = [streams.begin({"due": n, "flow": n}) for n in range(1000)]
    assert sorted(numbers) == list(range(1000))
    assert streams.table["flow"][numbers].tolist() == list(range(1000))
    assert (streams.table["due"] == NEVER).sum() == len(streams.table) - 1000


def test_a_stream_that_is_over_leaves_nothing_behind() -> None:
    streams = Streams()
    number = streams.begin({"due": 5, "said": 7, "jitter": 9})
    streams.end(number)
    assert streams.table["due"].min() == NEVER and not streams.table["said"].any()
    assert streams.begin({"due": 6}) == number
    assert streams.row(number)["jitter"] == 0


def test_a_stream_that_is_not_there() -> None:
    streams = Streams()
    streams.end(streams.begin({}))
    for number in (-1, 0, 63, 1_000_000):
        with pytest.raises(KeyError):
            streams.row(number)
        with pytest.raises(KeyError):
            streams.end(number)


def test_packets_of_one_instant_stay_in_their_order() -> None:
    packets = Packets(np.array([3, 1, 2, 0]), np.array([0, 1, 2, 3]), np.array([9, 5, 9, 5]))
    assert packets.in_order().rows.tolist() == [1, 0, 3, 2]
    assert joined([packets, packets]).frames.tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    assert joined([]) == NOTHING
