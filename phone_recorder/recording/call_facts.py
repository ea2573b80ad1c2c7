"""Whose call is recorded: what a record server is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from phone_recorder.wire.control import StartRequest

MOST_TOLD = 100
"""Characters of a phone's name or number that a record server is told: more of them would fill a message."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """`device` is the phone's MAC, 12 hex digits; `direction` is in or out."""

    device: str
    remote_number: str
    remote_name: str
    local_number: str
    local_name: str
    direction: str

    def start_request(self, recording_id: str, codec: str) -> StartRequest:
        """Asks a record server to record the call, in the codec of that name."""
        return StartRequest(
            recording_id,
            self.device,
            self.remote_number[:MOST_TOLD],
            self.remote_name[:MOST_TOLD],
            self.local_number[:MOST_TOLD],
            self.local_name[:MOST_TOLD],
            self.direction,
            codec,
        )
