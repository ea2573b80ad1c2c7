"""The first packets of many streams at once: each is the anchor of its own, which is in step from there on."""

from __future__ import annotations

from functools import cache

import numpy as np

from phone_recorder.bulk.columns import WINDOW, Columns, Flags, Ints, Rows, spans
from phone_recorder.bulk.packets import Headers, Packets, headers
from phone_recorder.media.codecs import has
from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.placement import DelaysInStep
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE
from phone_recorder.wire.rtp import TIMESTAMP_MASK, plain_header

_NO_DELAYS = DelaysInStep()


def anchor(columns: Columns, packets: Packets, horizon: int) -> Flags:
    """Let what is first heard of a silent row be its anchor; which of the packets are not that.

    A first packet which is not audio of a frame's length is left to the row's timeline.
    """
    left = np.ones(len(packets.rows), np.bool_)
    first = spans(packets.rows)
    first = first[columns.silent[packets.rows[first]]]
    if len(first):
        heads, stand = headers(packets.of(first), columns.frame), _stand(columns, packets, first)
        good = heads.plain & _is_audio()[heads.types] & _has_room(columns, packets.rows[first], stand)
        first = first[good]
        left[first] = False
        _begin(columns, packets, first, heads.of(good), horizon)
    return left


def anchor_of(columns: Columns, row: int) -> tuple[int, bytes]:
    """What was first heard of a row in step that has no timeline yet: when, and a datagram that says the same."""
    back = int(columns.number[row] - columns.since[row]) * columns.frame
    timestamp = int(columns.timestamp[row]) - back & TIMESTAMP_MASK
    head = plain_header(
        int(columns.payload_type[row]), int(columns.since[row]) & 0xFFFF, timestamp, int(columns.ssrc[row])
    )
    return int(columns.start[row] + columns.place[row]) - back, head + bytes(columns.frame)


def counts_of(columns: Columns, row: int) -> StreamCounts:
    """What has come of a row that has no timeline: with its anchor, which its columns do not count."""
    if columns.silent[row]:
        return StreamCounts()
    received = int(1 + columns.laid[row] + columns.late[row])
    lost = int(columns.number[row] - columns.lowest[row]) + 1 - received
    return StreamCounts(received, lost, int(columns.late[row]), int(columns.repeated[row]))


def _stand(columns: Columns, packets: Packets, at: Ints) -> Ints:
    return packets.arrivals[at] - columns.start[packets.rows[at]]


def _has_room(columns: Columns, rows: Rows, stand: Ints) -> Flags:
    """Whether the frame that each stands in by its arrival is one of the call, and not given out."""
    frames = stand // columns.frame
    end = np.minimum(columns.mixed[rows] + columns.slots, columns.until[rows])
    room: Flags = (frames >= np.maximum(columns.opened, columns.given)[rows]) & (frames < end)
    return room


def _begin(columns: Columns, packets: Packets, at: Ints, heads: Headers, horizon: int) -> None:
    """Let these rows be in step, with these packets and no more."""
    rows, stand = packets.rows[at], _stand(columns, packets, at)
    frames = stand // columns.frame
    columns.ssrc[rows], columns.payload_type[rows], columns.timestamp[rows] = heads.ssrcs, heads.types, heads.timestamps
    columns.place[rows] = frames * columns.frame
    columns.opened[rows] = np.maximum(columns.opened[rows], (stand - horizon) // columns.frame)
    columns.silent[rows] = False
    columns.fall_in(rows, heads.numbers)
    columns.seen[rows] = False
    columns.seen[rows, columns.number[rows] & WINDOW - 1] = True
    columns.set_delays(rows, _NO_DELAYS)
    columns.put(rows, frames, packets.payloads(columns.frame, at))


@cache
def _is_audio() -> Flags:
    """By payload type."""
    return np.array([number in BY_PAYLOAD_TYPE and has(BY_PAYLOAD_TYPE[number]) for number in range(0x80)])
