"""The legs of many calls, said on another core: `python -m tests.bench.bulk_sender`, told on stdin what to say."""

from __future__ import annotations

import json
import sys
import time

from phone_recorder.adapters.batches.send import BatchSender
from phone_recorder.bulk.media import Media
from phone_recorder.bulk.voices import Pattern
from phone_recorder.recording.units import SECOND, from_ns
from tests.bench.bulk_frames import FrameSender
from tests.bench.bulk_load import Leg

TICK_S = 0.005
RAMP = 2 * SECOND
"""In which all legs begin, those of a call together."""


def main() -> None:
    """A line of JSON in: seconds, legs as `Leg` has them, frames or not. A line when it begins, and what was sent."""
    told = json.loads(sys.stdin.readline())
    media = Media(FrameSender() if told["frames"] else BatchSender("127.0.0.1"))
    begun = begin(media, [Leg(*leg) for leg in told["legs"]])
    time.sleep(max(begun - from_ns(time.monotonic_ns()), 0) / SECOND)
    print("true", flush=True)
    used = time.process_time()
    end = begun + int(told["seconds"] * SECOND)
    while (now := from_ns(time.monotonic_ns())) < end:
        media.tick(now)
        time.sleep(TICK_S)
    report(media, time.process_time() - used)


def begin(media: Media, legs: list[Leg]) -> int:
    """When they begin, over a while, and not all at the same instant of a packet's time."""
    # To make thousands takes a while too.
    begun = from_ns(time.monotonic_ns()) + SECOND // 2 + len(legs)
    voice = Pattern()
    for number, leg in enumerate(legs):
        media.begin(
            begun + number // 2 * 2 * RAMP // len(legs),
            (leg.host, leg.port),
            ssrc=leg.ssrc,
            sequence=leg.flow & 0xFFFF,
            timestamp=leg.flow,
            payload_type=0,
            voice=voice,
            flow=leg.flow,
        )
    return begun


def report(media: Media, used: float) -> None:
    totals, spread = media.totals, media.lateness.spread()
    told = {"sent": totals.sent, "unsent": totals.unsent, "late_p99": spread.p99, "late": spread.most, "cpu": used}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
