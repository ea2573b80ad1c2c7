"""The rules of docs/timeline.md for a leg of a call, written out byte by byte: slow, and without any wrapping counter.

It knows packets by numbers and times that never wrap, lays every byte where the rules say, and looks at the result
only at the end. So it knows nothing of ticks, and of what has been given out when.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from phone_recorder.media.mixing import Piece
from phone_recorder.wire.payload import BY_PAYLOAD_TYPE, PCMA, PCMU, Codec

SECOND = 8000


@dataclass(frozen=True)
class Heard:
    """One packet as it came; `number` and `time` count on where RTP's counters wrap."""

    arrival: int
    number: int
    time: int
    payload: bytes
    payload_type: int = 0
    ssrc: int = 1


@dataclass
class Source:
    """What is known of an SSRC."""

    numbers: set[int] = field(default_factory=set)
    anchor: tuple[int, int] | None = None  # time and place
    late_since: int | None = None
    least: dict[int, int] = field(default_factory=dict)  # the least delay of each second since the anchor
    normal: int | None = None
    due: int | None = None


def is_quiet(packet: Heard) -> bool:
    """Every code within 1/256 of full scale."""
    codec = BY_PAYLOAD_TYPE[packet.payload_type]
    if codec is PCMU:
        return all(0x7F - (code & 0x7F) < 16 for code in packet.payload)
    return codec is PCMA and all((code ^ 0x55) & 0x7F < 16 for code in packet.payload)


class Reference:
    """A leg from instant 0."""

    def __init__(self, frame: int, horizon: int) -> None:
        self.frame = frame
        self.horizon = horizon
        self.sources: dict[int, Source] = {}
        self.last_end: int | None = None
        self.bytes: dict[int, tuple[Codec, int]] = {}
        self.codec_of: dict[int, Codec] = {}
        self.received = self.duplicate = self.late = self.other = self.jumps = self.drifts = self.outside = 0

    def receive(self, packet: Heard) -> None:
        source = self.sources.setdefault(packet.ssrc, Source())
        if packet.number in source.numbers:
            self.duplicate += 1
            return
        newest = not source.numbers or packet.number > max(source.numbers)
        source.numbers.add(packet.number)
        self.received += 1
        if packet.payload_type not in BY_PAYLOAD_TYPE or not packet.payload:
            self.other += 1
            return
        place = self.place(source, packet, newest)
        if place is None:
            self.late += 1
            return
        if newest:
            self.last_end = place + len(packet.payload)
        self.lay(place, packet)

    def place(self, source: Source, packet: Heard, newest: bool) -> int | None:
        if source.anchor is None:
            return self.anchor(source, packet)
        place = source.anchor[1] + packet.time - source.anchor[0]
        out_of_reason = abs(place - packet.arrival) > 2 * SECOND
        if not newest:
            return None if out_of_reason else place
        if self.over_at(place) > packet.arrival:
            source.late_since = None
        elif source.late_since is None:
            source.late_since = packet.arrival
        shifted = source.late_since is not None and packet.arrival - source.late_since >= SECOND // 2
        if out_of_reason or shifted:
            self.jumps += 1
            return self.anchor(source, packet)
        return place + self.drift(source, packet, packet.arrival - place)

    def over_at(self, place: int) -> int:
        """When the frame of a place has been over for the horizon."""
        return (place // self.frame + 1) * self.frame + self.horizon

    def anchor(self, source: Source, packet: Heard) -> int:
        place = packet.arrival - packet.arrival % self.frame
        if self.last_end is not None and abs(self.last_end - packet.arrival) <= self.frame:
            place = self.last_end
        source.anchor = packet.time, place
        source.late_since = source.normal = source.due = None
        source.least = {}
        return place

    def drift(self, source: Source, packet: Heard, delay: int) -> int:
        second = packet.arrival // SECOND
        if second not in source.least:
            self.judge(source, packet.arrival)
        source.least[second] = min(source.least.get(second, delay), delay)
        if source.due is None or not (is_quiet(packet) or packet.arrival >= source.due):
            return 0
        shift = self.called_for(source, packet.arrival)
        self.drifts += 1
        assert source.anchor is not None
        source.anchor = source.anchor[0], source.anchor[1] + shift
        source.least = {second: least - shift for second, least in source.least.items()}
        source.due = None
        self.judge(source, packet.arrival)
        return shift

    def judge(self, source: Source, arrival: int) -> None:
        """At the beginning of a second: has the delay of the last ten moved from what is normal?"""
        window = self.window(source, arrival)
        if len(window) == 10 and source.normal is None:
            source.normal = max(min(window), -SECOND // 4)
        if self.called_for(source, arrival) == 0:
            source.due = None
        elif source.due is None:
            source.due = arrival + 2 * SECOND

    def window(self, source: Source, arrival: int) -> list[int]:
        """The least delay of each of the last ten whole seconds that had packets."""
        whole = sorted(second for second in source.least if second < arrival // SECOND)
        return [source.least[second] for second in whole[-10:]]

    def called_for(self, source: Source, arrival: int) -> int:
        if source.normal is None:
            return 0
        moved = min(self.window(source, arrival)) - source.normal
        if abs(moved) < self.frame * 3 / 4:
            return 0
        return self.frame if moved > 0 else -self.frame

    def lay(self, place: int, packet: Heard) -> None:
        codec = BY_PAYLOAD_TYPE[packet.payload_type]
        laid = False
        ends = set()
        for where, code in enumerate(packet.payload, place):
            index = where // self.frame
            ends.add(index)
            if where < 0 or self.over_at(where) <= packet.arrival:
                continue
            if self.codec_of.setdefault(index, codec) is codec and where not in self.bytes:
                self.bytes[where] = codec, code
                laid = True
        if not laid:
            self.count_refused(max(ends), packet.arrival)

    def count_refused(self, last: int, arrival: int) -> None:
        if last < 0:
            self.outside += 1
        elif self.over_at(last * self.frame) <= arrival:
            self.late += 1
        else:
            self.duplicate += 1

    def frames(self, until: int) -> list[Piece | None]:
        """All the frames that end by then."""
        return [self.frame_at(index) for index in range(until // self.frame)]

    def frame_at(self, index: int) -> Piece | None:
        codec = self.codec_of.get(index)
        if codec is None:
            return None
        places = range(index * self.frame, (index + 1) * self.frame)
        silence = codec, codec.silence_byte
        return Piece(codec, bytes(self.bytes.get(place, silence)[1] for place in places))

    @property
    def lost(self) -> int:
        """Numbers between the first and the last of each SSRC that never came."""
        return sum(max(s.numbers) - min(s.numbers) + 1 - len(s.numbers) for s in self.sources.values())
