"""One RTP stream laid out in time: frames of equal length, given out once, in order. Its rules: docs/timeline.md."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from phone_recorder.errors import RtpError
from phone_recorder.media.codecs import has
from phone_recorder.media.mixing import Piece
from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.partial_frame import PartialFrame
from phone_recorder.recording.placement import EVER, JUMP, Pace, Placement
from phone_recorder.recording.sequence import SequenceCounter
from phone_recorder.recording.tally import MAX_STREAMS, Fate, Tally
from phone_recorder.recording.units import SECOND
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, PCMA, PCMU, Codec
from phone_recorder.wire.rtp import HEADER_SIZE, SEQUENCE_MASK, TIMESTAMP_MASK, RtpPacket, plain_header

MOST_AT_ONCE = 60 * SECOND
"""Of what a call of `close` gives out: hours of silence, which a leap of timestamps can be, must not stop the rest."""
_NOTHING: deque[tuple[int, Fate, int, int]] = deque(maxlen=0)
"""Keeps nothing: one for all, as each takes 700 bytes."""
RECENT = 128
"""Packets that a tally which begins in mid-stream still hears of: it begins with a frame, and its key comes later."""

_QUIET = {
    # The codes of the lowest segments: within 1/256 of full scale.
    PCMU.payload_type: bytes(code for code in range(256) if code & 0x7F >= 0x70),
    PCMA.payload_type: bytes(code for code in range(256) if (code ^ 0x55) & 0x7F < 0x08),
}


@dataclass(slots=True)
class Stream:
    """One SSRC. It has no place before its first audio."""

    sequence: SequenceCounter = field(default_factory=SequenceCounter)
    placement: Placement | None = None


class Timeline:
    """Datagrams in, frames out: a Piece, or None where audio never came.

    `frame` and `horizon` are units; `pace` tells what time is. Frame 0 is at the recording's start. A stream that lasts
    longer than a recording is not `counted` as a whole, but by the `tally` of each.
    """

    def __init__(self, frame: int, horizon: int, pace: Pace, counted: bool = True) -> None:
        self.frame = frame
        self.given = 0
        """Frames given out so far."""
        self._horizon = horizon
        self._pace = pace
        self._next = 0  # the first frame not yet given out
        self._at_once = MOST_AT_ONCE // frame
        self._open = -EVER  # the first frame not yet given up
        self._until = EVER  # the frame at which the recording ends
        self._stopped_at = EVER
        self._end = -EVER  # of the packet laid last in order
        self._settled = False
        self._frames: dict[int, Piece | PartialFrame] = {}
        self._streams: dict[int, Stream] = {}  # the one heard last is the last
        self._ssrc = -1  # and this is it
        self._stream = Stream()
        self._whole = Tally()
        self._tallies = [self._whole] if counted else []
        self._recent = _NOTHING if counted else deque[tuple[int, Fate, int, int]](maxlen=RECENT)

    def expect(self, ssrc: int, timestamp: int, place: int) -> None:
        """Set the anchor of a stream by what its sender, who is at hand, says of it."""
        self._turn_to(ssrc).placement = Placement(self.frame, timestamp, place)

    def tally(self, start: int) -> Tally:
        """Count from the place `start` on, what has come already too, until the tally is dropped."""
        self._tallies.append(tally := Tally(start))
        for end, fate, ssrc, sequence in self._recent:
            if end > start:
                tally.note(fate, ssrc, sequence)
        return tally

    def drop(self, tally: Tally) -> None:
        """Count no more for this tally."""
        self._tallies.remove(tally)

    def receive(self, arrival: int, data: bytes) -> None:
        """Lay a datagram, which came at this instant."""
        try:
            packet = RtpPacket.parse(data)
        except RtpError:
            for tally in self._covering(self._pace.stand(arrival)):
                tally.note_bad()
            return
        stream = self._stream if packet.ssrc == self._ssrc else self._turn_to(packet.ssrc)
        fate, place = self._receive(arrival, packet, stream)
        end = place + (len(packet.payload) or 1)
        self._recent.append((end, fate, packet.ssrc, packet.sequence))
        for tally in self._tallies:
            if place < tally.end and end > tally.start:
                tally.note(fate, packet.ssrc, packet.sequence)

    def _receive(self, arrival: int, packet: RtpPacket, stream: Stream) -> tuple[Fate, int]:
        """What becomes of a packet, and its place: that of its arrival where it has none of its own."""
        if not stream.sequence.take(packet.sequence):
            return "repeated", self._pace.stand(arrival)
        codec = BY_PAYLOAD_TYPE.get(packet.payload_type)
        if codec is None or not packet.payload or not has(codec):
            return "other", self._pace.stand(arrival)
        if self._settled or self._settle(arrival):
            self._give_up(self._pace.late(arrival, self._horizon))
        place = self._place(arrival, packet, stream)
        if place is None:
            return "late", self._pace.stand(arrival)
        end = place + len(packet.payload)
        if stream.sequence.newest:
            self._end = end
        self._pace.heard(arrival, place, end)
        return self._lay(place, Piece(codec, packet.payload)), place

    def receive_run(self, datagrams: Sequence[tuple[int, bytes]], codec: Codec, start: int = 0) -> int:
        """How many of these (arrival, datagram), from number `start` on, are plainly next in order: those are laid.

        They are what nearly every datagram is, and cost a fraction of `receive`, which does the same to each of them.
        """
        stream, frame, begin = self._stream, self.frame, self._end
        if not (stream.placement and self._flows(datagrams[start][0], begin)):
            return 0
        place, index, size = begin, begin // frame, HEADER_SIZE + frame
        sequence, timestamp = stream.sequence.next, stream.placement.timestamp_at(begin)
        for number in range(start, len(datagrams)):
            arrival, data = datagrams[number]
            head = plain_header(codec.payload_type, sequence, timestamp, self._ssrc)
            if len(data) != size or not data.startswith(head) or index in self._frames:
                break
            self._give_up(self._pace.late(arrival, self._horizon))
            self._frames[index] = Piece(codec, data[HEADER_SIZE:])
            index, place = index + 1, place + frame
            self._pace.heard(arrival, place - frame, place)
            sequence, timestamp = (sequence + 1) & SEQUENCE_MASK, (timestamp + frame) & TIMESTAMP_MASK
        return self._went(stream, stream.placement, place)

    def _flows(self, arrival: int, place: int) -> bool:
        """Whether what comes next in order is certain to stand there, in a frame of its own that is still open."""
        index, offset = divmod(place, self.frame)
        return (
            self._settled
            and not self._pace.follows
            and (self._pace.told or self._pace.stand(arrival) == place)
            and not offset
            and index >= self._next
            and index >= self._open
            and self._until == EVER
            and self._tallies == [self._whole]
        )

    def _went(self, stream: Stream, placement: Placement, place: int) -> int:
        """Note a run that ends here; of how many packets it was."""
        packets = (place - self._end) // self.frame
        if packets:
            self._whole.note_run(self._ssrc, stream.sequence.next, packets)
            stream.sequence.take_run(packets)
            placement.advance(placement.timestamp_at(place - self.frame), place - self.frame)
            self._end = place
        return packets

    def close(self, now: int) -> list[Piece | None]:
        """The frames that are whole, or past their horizon, and over; of a long silence a minute at a time.

        Drain the socket first: a frame given out takes no more packets.
        """
        if not self._settle(now):
            return []
        self._give_up(self._pace.given_up(now, self._horizon))
        if now - self._stopped_at >= self._horizon:
            # Whatever a sender who was told to stop still sends, it ends.
            self._give_up(self._until * self.frame)
        out: list[Piece | None] = []
        end = min(self._pace.over(now) // self.frame, self._until, self._next + self._at_once)
        for index in range(self._next, end):
            found = self._frames.get(index)
            if not isinstance(found, Piece):
                if index >= self._open:
                    break
                found = found.piece() if found else None
            self._frames.pop(index, None)
            out.append(found)
        self._next += len(out)
        self.given += len(out)
        if out and not self._frames:
            # A dict keeps the room that it once had: of those that waited at the beginning, 4 kB a stream.
            self._frames = {}
        return out

    def stop(self, now: int) -> int:
        """End with the last frame that is whole by now: the place where that is."""
        self._until = self._pace.end(now) // self.frame
        self._stopped_at = now
        self._whole.end = self._until * self.frame
        return self._whole.end

    @property
    def done(self) -> bool:
        """Whether it was stopped and all its frames have been given out."""
        return max(self._next, self._pace.first // self.frame) >= self._until

    @property
    def counts(self) -> StreamCounts:
        """What has come so far, from start to end."""
        return self._whole.counts

    def _settle(self, now: int) -> bool:
        if not self._settled and self._pace.settled(now):
            self._settled = True
            self._next = self._pace.first // self.frame
        return self._settled

    def _give_up(self, end: int) -> None:
        """Frames that end here or before take no more packets."""
        if end // self.frame > self._open:
            self._open = end // self.frame

    def _turn_to(self, ssrc: int) -> Stream:
        """Another SSRC than the last one; the one not heard for longest makes room."""
        stream = self._streams.pop(ssrc, None)
        if stream is None and len(self._streams) == MAX_STREAMS:
            del self._streams[next(iter(self._streams))]
        self._ssrc, self._stream = ssrc, stream or Stream()
        self._streams[ssrc] = self._stream
        return self._stream

    def _covering(self, place: int) -> list[Tally]:
        return [tally for tally in self._tallies if tally.start <= place < tally.end]

    def _place(self, arrival: int, packet: RtpPacket, stream: Stream) -> int | None:
        """Where a packet stands; None if its time is out of all reason, and it is not the next in order."""
        placement = stream.placement
        if placement is None:
            place = self._stand(arrival)
            stream.placement = Placement(self.frame, packet.timestamp, place)
            return place
        place = placement.at(packet.timestamp)
        earliest, latest = self._pace.window(arrival)
        lost = not earliest - JUMP <= place <= latest + JUMP
        if not stream.sequence.newest:
            return None if lost else place
        late = place < self._open * self.frame
        if lost or (self._pace.follows and placement.stuck(arrival, late)):
            place = self._stand(arrival)
            placement.anchor(packet.timestamp, place)
            for tally in self._covering(place):
                tally.jumps += 1
            return place
        placement.advance(packet.timestamp, place)
        return place + self._follow(arrival, place, placement, packet) if self._pace.follows else place

    def _follow(self, arrival: int, place: int, placement: Placement, packet: RtpPacket) -> int:
        """How far drift moves the anchor with this packet."""
        if not placement.note(arrival, self._pace.stand(arrival) - place):
            return 0
        if placement.patient(arrival) and not _is_quiet(packet):
            return 0
        for tally in self._covering(place):
            tally.drifts += 1
        return placement.shift(arrival)

    def _stand(self, arrival: int) -> int:
        """Where a new anchor stands: a stream that follows on another's heels goes on where that one ended."""
        place = self._pace.stand(arrival)
        return self._end if abs(self._end - place) <= self.frame else place // self.frame * self.frame

    def _lay(self, place: int, piece: Piece) -> Fate:
        index, offset = divmod(place, self.frame)
        if offset or len(piece.payload) != self.frame or index in self._frames or not self._takes(index):
            return self._cut(index, offset, piece)
        self._frames[index] = piece
        return "laid"

    def _takes(self, index: int) -> bool:
        return index >= self._next and self._open <= index < self._until

    def _cut(self, index: int, offset: int, piece: Piece) -> Fate:
        """Lay a packet that is not just one free frame."""
        start, laid = 0, False
        while start < len(piece.payload):
            size = min(self.frame - offset, len(piece.payload) - start)
            if self._takes(index):
                laid |= self._overlay(index, offset, Piece(piece.codec, piece.payload[start : start + size]))
            index, offset, start = index + 1, 0, start + size
        if laid:
            return "laid"
        return "late" if index <= self._open else "taken"

    def _overlay(self, index: int, offset: int, piece: Piece) -> bool:
        """Lay a part of a frame; false if all of it is taken."""
        found = self._frames.get(index)
        if found is None:
            found = self._frames[index] = PartialFrame(self.frame, piece.codec)
        if isinstance(found, Piece) or not found.lay(offset, piece):
            return False
        if found.whole:
            self._frames[index] = found.piece()
        return True


def _is_quiet(packet: RtpPacket) -> bool:
    quiet = _QUIET.get(packet.payload_type)
    return quiet is not None and not packet.payload.strip(quiet)
