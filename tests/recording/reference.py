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
    return codec is PCMA and all((code ^ 0x55) & 0x7F < 8 for code in packet.payload)


class Reference:
    """A leg from instant 0."""

    def __init__(self, frame: int, horizon: int) -> None:
        self.frame = frame
        self.horizon = horizon
        self.sources: dict[int, Source] = {}
        self.last_end: int | None = None
        self.bytes: dict[int, tuple[Codec, int]] = {}
        self.codec_of: dict[int, Codec] = {}
        self.received = self.duplicate = self.late = self.other = self.jumps = self.drifts = 0
        self.counted: dict[int, set[int]] = {}  # the numbers of each SSRC that are inside the recording

    def receive(self, packet: Heard) -> None:
        source = self.sources.setdefault(packet.ssrc, Source())
        if packet.number in source.numbers:
            self.duplicate += packet.arrival + (len(packet.payload) or 1) > 0
            return
        newest = not source.numbers or packet.number > max(source.numbers)
        source.numbers.add(packet.number)
        if packet.payload_type not in BY_PAYLOAD_TYPE or not packet.payload:
            self.other += self.counts(packet, packet.arrival)
            return
        place = self.place(source, packet, newest)
        if place is None:
            self.late += self.counts(packet, packet.arrival)
            return
        if newest:
            self.last_end = place + len(packet.payload)
        self.lay(place, packet, self.counts(packet, place))

    def counts(self, packet: Heard, place: int) -> bool:
        """Whether a packet is inside the recording, and is so counted."""
        if place + (len(packet.payload) or 1) <= 0:
            return False
        self.received += 1
        self.counted.setdefault(packet.ssrc, set()).add(packet.number)
        return True

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
            place = self.anchor(source, packet)
            self.jumps += place >= 0
            return place
        return place + self.drift(source, packet, place)

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

    def drift(self, source: Source, packet: Heard, place: int) -> int:
        delay = packet.arrival - place
        second = packet.arrival // SECOND
        if second not in source.least:
            self.judge(source, packet.arrival)
        source.least[second] = min(source.least.get(second, delay), delay)
        if source.due is None or not (is_quiet(packet) or packet.arrival >= source.due):
            return 0
        shift = self.called_for(source, packet.arrival)
        self.drifts += place >= 0
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
            source.normal = max(min(window[:2]), -SECOND // 4)
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

    def lay(self, place: int, packet: Heard, counts: bool) -> None:
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
        if counts and not laid:
            late = self.over_at(max(ends) * self.frame) <= packet.arrival
            self.late += late
            self.duplicate += not late

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
        return sum(max(numbers) - min(numbers) + 1 - len(numbers) for numbers in self.counted.values())
