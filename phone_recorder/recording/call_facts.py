"""Whose call is recorded: what a record server is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from phone_recorder.wire.control import StartRequest, escape

MOST_TOLD = 900
"""Bytes of a name or number on the wire: four of them, an id and the rest fit the 4 KiB of a control message."""


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
            told(self.remote_number),
            told(self.remote_name),
            told(self.local_number),
            told(self.local_name),
            self.direction,
            codec,
        )


def told(text: str) -> str:
    """As much of a name or number as a message has room for."""
    size = 0
    for index, character in enumerate(text):
        size += len(escape(character).encode(errors="replace"))
        if size > MOST_TOLD:
            return text[:index]
    return text
