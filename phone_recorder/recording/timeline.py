"""One RTP stream laid out in time: frames of equal length, given out once, in order. Its rules: docs/timeline.md."""

from __future__ import annotations

from phone_recorder.errors import RtpError
from phone_recorder.media.mixing import Piece
from phone_recorder.recording.account import StreamCounts
from phone_recorder.recording.placement import EVER, JUMP, Pace, Placement
from phone_recorder.recording.sequence import SequenceCounter
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, PCMA, PCMU, Codec
from phone_recorder.wire.rtp import RtpPacket

MAX_STREAMS = 4
"""SSRCs whose anchors are remembered: a packet of the last one, overtaken by the next one's, finds its place."""

_QUIET = {
    # The codes of the lowest segments: within 1/256 of full scale.
    PCMU: bytes(code for code in range(256) if code & 0x7F >= 0x70),
    PCMA: bytes(code for code in range(256) if (code ^ 0x55) & 0x7F < 0x10),
}


class Timeline:
    """Datagrams in, frames out: a Piece, or None where audio never came.

    `frame` and `horizon` are units; `pace` tells what time is. Frame 0 is at the recording's start.
    """

    def __init__(self, frame: int, horizon: int, pace: Pace) -> None:
        self.frame = frame
        self.given = 0
        """Frames given out so far."""
        self._horizon = horizon
        self._pace = pace
        self._next = 0  # the first frame not yet given out
        self._end = -EVER  # of the packet laid last in order
        self._settled = False
        self._frames: dict[int, Piece | _Partial] = {}
        self._streams: dict[int, tuple[SequenceCounter, Placement]] = {}
        self._gone = StreamCounts()  # of SSRCs no longer remembered
        self._late = self._overlaid = self._bad = self._other = 0
        self._anchors = self._jumps = self._drifts = 0

    def expect(self, ssrc: int, timestamp: int, place: int) -> None:
        """Set the anchor of a stream by what its sender, who is at hand, says of it."""
        self._streams[ssrc] = SequenceCounter(), Placement(self.frame, timestamp, place)

    def receive(self, arrival: int, data: bytes) -> None:
        """Lay a datagram, which came at this instant."""
        try:
            packet = RtpPacket.parse(data)
        except RtpError:
            self._bad += 1
            return
        sequence, placement = self._streams.get(packet.ssrc) or self._meet(arrival, packet)
        if not sequence.take(packet.sequence):
            return
        codec = BY_PAYLOAD_TYPE.get(packet.payload_type)
        if codec is None or not packet.payload:
            self._other += 1
            return
        place = self._place(arrival, packet, placement, sequence.newest)
        end = place + len(packet.payload)
        if sequence.newest:
            self._end = end
        self._pace.heard(arrival, place, end)
        self._lay(place, Piece(codec, packet.payload))
        if self._pace.follows:
            delay = self._pace.stand(arrival) - place
            self._drifts += placement.follow(arrival, delay, _is_quiet(codec, packet.payload))

    def close(self, now: int, until: int | None = None) -> list[Piece | None]:
        """The frames that are whole, or past their horizon, and over; none that ends after the place `until`.

        Drain the socket first: a frame given out takes no more packets.
        """
        if not self._settle(now):
            return []
        over = self._pace.over(now) if until is None else min(until, self._pace.over(now))
        given_up = self._pace.waited(now) - self._horizon
        out: list[Piece | None] = []
        for index in range(self._next, over // self.frame):
            found = self._frames.get(index)
            if not isinstance(found, Piece):
                if (index + 1) * self.frame > given_up:
                    break
                found = found.piece() if found else None
            self._frames.pop(index, None)
            out.append(found)
        self._next += len(out)
        self.given += len(out)
        return out

    def end(self, now: int) -> int:
        """The place where a recording that is stopped now ends."""
        return self._pace.end(now)

    def done(self, until: int) -> bool:
        """Whether all frames before the place `until` have been given out."""
        return self._settled and self._next >= until // self.frame

    @property
    def counts(self) -> StreamCounts:
        """What has come so far."""
        sequences = [sequence for sequence, _ in self._streams.values()]
        here = StreamCounts(
            received=sum(s.received for s in sequences) + self._bad,
            lost=sum(s.lost for s in sequences),
            late=self._late,
            duplicate=sum(s.duplicate for s in sequences) + self._overlaid,
            bad=self._bad,
            other=self._other,
            ssrc_changes=max(self._anchors - 1, 0),
            jumps=self._jumps,
            drifts=self._drifts,
        )
        return self._gone.plus(here)

    def _settle(self, now: int) -> bool:
        if not self._settled and self._pace.settled(now):
            self._settled = True
            self._next = self._pace.first // self.frame
        return self._settled

    def _meet(self, arrival: int, packet: RtpPacket) -> tuple[SequenceCounter, Placement]:
        if len(self._streams) == MAX_STREAMS:
            sequence, _ = self._streams.pop(next(iter(self._streams)))
            gone = StreamCounts(sequence.received, sequence.lost, duplicate=sequence.duplicate)
            self._gone = self._gone.plus(gone)
        self._anchors += 1
        stream = SequenceCounter(), Placement(self.frame, packet.timestamp, self._stand(arrival))
        self._streams[packet.ssrc] = stream
        return stream

    def _place(self, arrival: int, packet: RtpPacket, placement: Placement, newest: bool) -> int:
        place = placement.at(packet.timestamp)
        earliest, latest = self._pace.window(arrival)
        lost = not earliest - JUMP <= place <= latest + JUMP
        late = place < self._next * self.frame
        if lost or (newest and self._pace.follows and placement.stuck(arrival, late)):
            self._jumps += 1
            placement.anchor(packet.timestamp, self._stand(arrival))
            return placement.at(packet.timestamp)
        if newest:
            placement.advance(packet.timestamp)
        return place

    def _stand(self, arrival: int) -> int:
        """Where a new anchor stands: a stream that follows on another's heels goes on where that one ended."""
        place = self._pace.stand(arrival)
        return self._end if abs(self._end - place) <= self.frame else place

    def _lay(self, place: int, piece: Piece) -> None:
        index, offset = divmod(place, self.frame)
        if offset or len(piece.payload) != self.frame:
            self._cut(index, offset, piece)
        elif index < self._next:
            # Before the recording's start nothing can be late.
            self._late += index >= 0
        elif index in self._frames:
            self._overlay(index, 0, piece)
        else:
            self._frames[index] = piece

    def _cut(self, index: int, offset: int, piece: Piece) -> None:
        """Lay a packet that is not just one frame."""
        end = index * self.frame + offset + len(piece.payload)
        self._late += 0 <= end <= self._next * self.frame
        start = 0
        while start < len(piece.payload):
            size = min(self.frame - offset, len(piece.payload) - start)
            if index >= self._next:
                self._overlay(index, offset, Piece(piece.codec, piece.payload[start : start + size]))
            index, offset, start = index + 1, 0, start + size

    def _overlay(self, index: int, offset: int, piece: Piece) -> None:
        found = self._frames.setdefault(index, _Partial(self.frame, piece.codec))
        if isinstance(found, Piece) or not found.lay(offset, piece):
            self._overlaid += 1
        elif found.whole:
            self._frames[index] = found.piece()


class _Partial:
    """A frame that has come in part; what came first stays."""

    def __init__(self, frame: int, codec: Codec) -> None:
        self._codec = codec
        self._payload = bytearray(codec.silence(frame))
        self._missing = (1 << frame) - 1  # bit n: byte n has not come

    def lay(self, offset: int, piece: Piece) -> bool:
        """Put a payload where nothing is yet; false if there is no such place, or the codec is another."""
        mask = ((1 << len(piece.payload)) - 1) << offset
        if piece.codec is not self._codec or not self._missing & mask:
            return False
        for byte, code in enumerate(piece.payload, offset):
            if self._missing >> byte & 1:
                self._payload[byte] = code
        self._missing &= ~mask
        return True

    @property
    def whole(self) -> bool:
        return not self._missing

    def piece(self) -> Piece:
        return Piece(self._codec, bytes(self._payload))


def _is_quiet(codec: Codec, payload: bytes) -> bool:
    quiet = _QUIET.get(codec)
    return quiet is not None and not payload.strip(quiet)
