"""What a SIP call tells of itself in `call --json`."""

from __future__ import annotations

from typing import Any

from phone_recorder.phone.sip_talk import SipTalk
from phone_recorder.sip.call.call_end import named


def sip_document(talk: SipTalk) -> dict[str, Any]:
    """`ended_by`: us, peer or network; `foreign_packets` came from elsewhere and were dropped."""
    # Whose BYE was not answered before the phone was switched off has hung up all the same.
    call, plan, end = talk.call, talk.plan, talk.end or named(200, "us")
    return {
        "direction": "in" if call.incoming else "out",
        "remote_uri": call.remote_uri,
        "remote_number": call.remote_number,
        "remote_name": call.remote_name,
        "codec": plan.codec.name if plan else None,
        "ptime_ms": plan.ptime_ms if plan else None,
        "status": end.status,
        "reason": end.reason,
        "ended_by": end.by,
        "foreign_packets": talk.port.foreign,
    }
