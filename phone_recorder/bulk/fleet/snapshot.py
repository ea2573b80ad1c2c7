"""What a fleet has done so far: what the dashboard draws, the summary tells, and thresholds are held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from phone_recorder.bulk.spread import Spread


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Counts are of the whole run so far, but for `connecting`, `talking` and `ending`, which are phones just now.

    `at_s` is seconds since the first phone was to start, until the last call is over.
    """

    at_s: float = 0.0
    phones: int = 0
    """That there are to be at once."""
    connecting: int = 0
    talking: int = 0
    ending: int = 0
    attempted: int = 0
    """Recordings that were asked for."""
    started: int = 0
    ended: int = 0
    """Recordings that came to their end as they should."""
    cut: int = 0
    """Those that a phone has cut off on purpose, since it was told to stop badly."""
    given_up: int = 0
    """Those that the end of the run overtook: not answered yet, or broken off."""
    failed: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    """By reason, in words; their sum is `failed`."""
    packets_said: int = 0
    packets_sent: int = 0
    packets_dropped: int = 0
    """On purpose, by the impairments asked for."""
    packets_unsent: int = 0
    """That the kernel did not take."""
    octets_sent: int = 0
    start_latency: Spread = field(default_factory=Spread)
    """From the wish to record until the first packet may leave: connected, asked, answered. Mode local: until there is
    a file with its header."""
    stop_latency: Spread = field(default_factory=Spread)
    """From the stop until its answer. Mode local: until the file is whole."""
    lateness: Spread = field(default_factory=Spread)
    """Of packets: from when each was due until it was given to the kernel."""
    loop_lag: Spread = field(default_factory=Spread)
    """Of this process: by how much its ticks came late."""
    cpu_share: float = 0.0
    """Of a core, of this process since the last snapshot."""
    bottleneck: str = ""
    """Why this process is itself what limits the run; "" while it is not."""
    files: int = 0
    """Mode local: record files written."""
    frames_lost: int = 0
    """Mode local: packets that were sent to the recorder and are not in a recording: they did not come, or too late."""
    frames_wrong: int = 0
    """Mode local, with every file checked: frames that are not what was said."""
    frames_late: int = 0
    """Mode local: those of `frames_lost` that came, and came too late."""
    files_looked_at: int = 0
    """Mode local, with every file checked: those that are."""

    @property
    def wrong_if_known(self) -> int | None:
        """`frames_wrong`, unless there may be some in a file that nobody has looked at."""
        return self.frames_wrong if self.frames_wrong or self.files_looked_at >= self.files else None


STATES = ("connecting", "talking", "ending")
"""Fields that are phones just now."""
RECORDINGS = ("attempted", "started", "ended", "cut", "given_up", "failed")
PACKETS = ("packets_said", "packets_sent", "packets_dropped", "packets_unsent", "octets_sent")
FILES = ("files", "frames_lost", "frames_wrong", "frames_late", "files_looked_at")
LOOKED_AT = ("frames_wrong", "files_looked_at")
"""Fields that are counts of the run so far; FILES where a fleet records by itself, LOOKED_AT where it looks at them."""
SPREADS: Mapping[str, str] = {
    "start_latency": "start",
    "stop_latency": "stop",
    "lateness": "lateness",
    "loop_lag": "loop lag",
}
"""Fields that are durations; what they are called for people."""
