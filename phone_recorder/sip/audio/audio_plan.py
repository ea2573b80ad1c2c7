"""What offer and answer have come to (RFC 3264), as this phone sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phone_recorder.wire.payload import Codec


@dataclass(frozen=True, slots=True)
class AudioPlan:
    """How audio goes, each way. What is sent is `codec` under the number `payload_type`, `ptime_ms` a packet.

    `event_type` is the number of telephone-events, None without. `remote` is where audio goes: None for a stream that
    is off (port 0), or held by the address 0.0.0.0. `sends`: this phone's user is heard, which nobody is who is held or
    who holds. `receives`: the other phone is heard. `accepts` leads from a payload type that may come to the static one
    of its codec. `peer_holds`: the other phone does not listen.
    """

    codec: Codec
    payload_type: int
    event_type: int | None
    ptime_ms: int
    remote: tuple[str, int] | None
    sends: bool
    receives: bool
    accepts: Mapping[int, int]
    peer_holds: bool = False
