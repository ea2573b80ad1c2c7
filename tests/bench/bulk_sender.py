"""The legs of many calls, said on another core: `python -m tests.bench.bulk_sender`, told on stdin what to say."""

from __future__ import annotations

import json
import sys
import time

from phone_recorder.adapters.batches.send import BatchSender
from phone_recorder.bulk.media import Media
from phone_recorder.bulk.voices import Pattern
from phone_recorder.recording.units import from_ns

TICK_S = 0.005


def main() -> None:
    """One line of JSON: seconds, and [flow, SSRC, host, port] of each leg. One line of JSON out: what was sent."""
    told = json.loads(sys.stdin.readline())
    sender = BatchSender("127.0.0.1")
    media, voice = Media(sender), Pattern()
    begun = from_ns(time.monotonic_ns()) + 800
    legs = told["legs"]
    for number, (flow, ssrc, host, port) in enumerate(legs):
        start = begun + number * 160 // len(legs)
        media.begin(
            start,
            (host, port),
            ssrc=ssrc,
            sequence=flow & 0xFFFF,
            timestamp=flow,
            payload_type=0,
            voice=voice,
            flow=flow,
        )
    end = begun + int(told["seconds"] * 8000)
    while (now := from_ns(time.monotonic_ns())) < end:
        media.tick(now)
        time.sleep(TICK_S)
    totals, spread = media.totals, media.lateness.spread()
    report = {
        "said": totals.said,
        "sent": totals.sent,
        "unsent": totals.unsent,
        "late_p99": spread.p99,
        "late": spread.most,
    }
    print(json.dumps({**report, "cpu": time.process_time()}), flush=True)


if __name__ == "__main__":
    main()
