"""The media of a fleet: thousands of streams that talk, each a packet a frame, all that are due sent at once on a tick.

A packet is a function of its stream's row and its own number. So one that goes out late, twice, or after those that
follow it, is not kept but made when it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import add
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from phone_recorder.adapters.batches.send import BatchSender
from phone_recorder.adapters.batches.send_numbers import Numbers
from phone_recorder.adapters.udp import Address
from phone_recorder.bulk.media_impairments import NONE, Impairments, impaired
from phone_recorder.bulk.media_lateness import Lateness
from phone_recorder.bulk.media_streams import NEVER, NOTHING, Packets, Streams, Table, joined
from phone_recorder.bulk.rtp_rows import write_headers
from phone_recorder.bulk.voices import Voices
from phone_recorder.recording.units import from_ms
from phone_recorder.wire.rtp import HEADER_SIZE

_AT_ONCE = 4096
"""Packets that are made before they are sent: so many fit a processor's cache."""


_COUNTS = ("said", "dropped", "duplicated", "delayed", "unsent")
"""The columns of a stream that are counts."""


class Sent(NamedTuple):
    """Of one stream, or of all. When nothing is held back any more, said + duplicated = sent + dropped + unsent."""

    said: int
    """Packets of which each is a frame, whatever became of them."""
    sent: int
    """Given to the kernel, copies too."""
    octets: int
    """Of those, the payload (RFC 3550 section 6.4.1)."""
    dropped: int
    duplicated: int
    delayed: int
    """Sent later than they were due, by jitter or another order."""
    unsent: int
    """That the kernel did not take."""


class Media:
    """Streams of one packet time. `frame` is units, which are bytes too.

    Voices are few, and one that several streams have is one object. Instants are units, of any clock.
    """

    def __init__(self, sender: BatchSender, frame: int = from_ms(20)) -> None:
        self._sender = sender
        self._frame = frame
        self._streams = Streams()
        self._voices: Numbers[Voices] = Numbers()
        self._impaired = 0
        self._held = NOTHING
        self._room: NDArray[np.uint8] = np.empty((_AT_ONCE, HEADER_SIZE + frame), np.uint8)
        self._ended = Sent(0, 0, 0, 0, 0, 0, 0)
        self.lateness = Lateness()

    def __len__(self) -> int:
        """Streams that have begun and not ended."""
        return len(self._streams)

    def begin(
        self,
        now: int,
        address: Address,
        *,
        ssrc: int,
        sequence: int,
        timestamp: int,
        payload_type: int,
        voice: Voices,
        flow: int = 0,
        impairments: Impairments = NONE,
        key: int = 0,
    ) -> int:
        """The number of a new stream to this address, whose first packet is due now; UsageError as of `route`.

        `flow` is its number to the voice. `key`, 64 bits, decides what the impairments do to each of its packets: the
        same to those of another stream that has it too. A number is used again after `end`.
        """
        columns = {
            **impairments.columns(self._frame),
            "due": now,
            "flow": flow,
            "ssrc": ssrc,
            "sequence": sequence,
            "timestamp": timestamp,
            "payload_type": payload_type,
            "route": self._sender.route(address),
            "voice": self._voices.take(voice),
            "key": key,
            "impaired": impairments != NONE,
        }
        self._impaired += impairments != NONE
        return self._streams.begin(columns)

    def fall_silent(self, stream: int) -> None:
        """It says nothing from now on, and tells nobody; KeyError as of `end`."""
        self._streams.row(stream)["due"] = NEVER

    def end(self, stream: int) -> Sent:
        """What came of it, after what was held back of it was sent. KeyError if there is no such stream."""
        row = self._streams.row(stream)
        if row["impaired"]:
            self._impaired -= 1
            self._flush(stream)
        sent = self._sent([int(row[name]) for name in _COUNTS])
        self._ended = _sum(self._ended, sent)
        self._sender.release(int(row["route"]))
        self._voices.give_back(int(row["voice"]))
        self._streams.end(stream)
        return sent

    def tick(self, now: int) -> None:
        """Send all that is due by now, of each stream in order, what a stall of ours has kept back too."""
        if not self._impaired:
            # Round by round: what is made up for after a long stall need not all be held.
            for said in self._say(now):
                self._send(said)
            return
        packets = joined([self._held, *self._say(now)]).in_order()
        out = int(np.searchsorted(packets.at, now, side="right"))
        self._held = packets.only(slice(out, None))
        self._send(packets.only(slice(out)))

    def backlog(self, now: int) -> int:
        """Packets that are due by now and not yet said: while there are any after a tick, it is late itself."""
        due = self._streams.table["due"]
        return int(((now - due[due <= now]) // self._frame + 1).sum())

    @property
    def totals(self) -> Sent:
        """Of all streams that there are and have been."""
        now = self._sent([int(self._streams.table[name].sum()) for name in _COUNTS], len(self._held.rows))
        return _sum(self._ended, now)

    def _say(self, now: int) -> Iterator[Packets]:
        """In rounds, of each stream that is due its next packet: when each goes out, if it does."""
        table = self._streams.table
        rows = np.flatnonzero(table["due"] <= now)
        while len(rows):
            said = Packets(rows, table["said"][rows], table["due"][rows])
            self.lateness.note(now - said.at)
            table["said"][rows] += 1
            table["due"][rows] += self._frame
            yield impaired(table, said) if self._impaired else said
            rows = rows[table["due"][rows] <= now]

    def _flush(self, stream: int) -> None:
        """Send what was held back of it."""
        mine = self._held.rows == stream
        if mine.any():
            late, self._held = self._held.only(mine), self._held.only(~mine)
            self._send(late.in_order())

    def _send(self, packets: Packets) -> None:
        for start in range(0, len(packets.rows), _AT_ONCE):
            part = packets.only(slice(start, start + _AT_ONCE))
            # `take` of whole rows is many times as fast as an index.
            of = self._streams.table.take(part.rows)
            out = self._room[: len(of)]
            self._make(out, of, part.frames)
            if self._sender.send(out, out.shape[1], of["route"]) < len(of):
                np.add.at(self._streams.table["unsent"], part.rows[self._sender.missed], 1)

    def _make(self, out: NDArray[np.uint8], of: Table, frames: NDArray[np.int64]) -> None:
        """The packets [n, header and frame] of these streams and numbers."""
        sequences, timestamps = of["sequence"] + frames, of["timestamp"] + frames * self._frame
        write_headers(out, of["payload_type"], sequences, timestamps, of["ssrc"])
        payloads = out[:, HEADER_SIZE:]
        voices = self._voices.held()
        if len(voices) == 1:
            payloads[:] = voices[0][1].payloads(of["flow"], frames, self._frame)
            return
        for number, voice in voices:
            which = np.flatnonzero(of["voice"] == number)
            if len(which):
                payloads[which] = voice.payloads(of["flow"][which], frames[which], self._frame)

    def _sent(self, counts: list[int], held: int = 0) -> Sent:
        """Of _COUNTS, where so many packets are held back."""
        said, dropped, duplicated, delayed, unsent = counts
        sent = said + duplicated - dropped - unsent - held
        return Sent(said, sent, sent * self._frame, dropped, duplicated, delayed, unsent)


def _sum(a: Sent, b: Sent) -> Sent:
    return Sent(*map(add, a, b))
