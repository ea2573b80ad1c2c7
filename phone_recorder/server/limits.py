"""How much a record server takes upon itself, and how long it waits."""

from __future__ import annotations

from dataclasses import dataclass, replace

from phone_recorder.recording.units import SECOND

OTHER_FILES = 100
"""Open files of a server that are nobody's in particular."""
BURST = 4
"""Times as many at once as a second are taken for ever."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`sessions` recordings at a time, `per_device` of one phone; `connections` open control connections, and
    `connections_per_host` of one address.

    `connection_rate` new connections a second of one host, and `message_rate` messages a second of one connection, are
    taken for ever, BURST times as many at once.

    `ports` is the range of UDP ports for RTP, both ends included; (0, 0) takes any that is free. Units: `rtp_idle`
    without a packet ends a recording, `control_idle` without a message ends a connection that has no recording; 0 waits
    for ever.
    """

    sessions: int = 2000
    per_device: int = 16
    connections: int = 4000
    connections_per_host: int = 1000
    connection_rate: int = 50
    message_rate: int = 100
    ports: tuple[int, int] = (0, 0)
    rtp_idle: int = 3600 * SECOND
    control_idle: int = 60 * SECOND

    def within(self, open_files: int) -> Limits:
        """As much of it as a process can hold that may have so many open files.

        A recording has a connection, a UDP port and a file. What does not fit is refused in good order.
        """
        left = max(open_files - OTHER_FILES, 3)
        sessions = min(self.sessions, left // 3)
        return replace(self, sessions=sessions, connections=min(self.connections, left - 2 * sessions))
