"""Requests that have no end: which may be whole when their phone falls silent, and which will never be."""

from __future__ import annotations

from phone_recorder.errors import ControlError
from phone_recorder.wire import control
from phone_recorder.wire.payload import CODECS, RATES, find_codec


def may_be_whole(held: bytes, ids: set[str]) -> bool:
    """Whether bytes without an end may be all of a request; `ids` are of recordings that the phone may stop.

    What a slow phone has sent so far must not be taken for less than it means.
    """
    try:
        message = control.parse(held)
    except ControlError:
        return False
    match message:
        case control.StartRequest(codec=codec) if find_codec(codec) is None:
            return not any(f"{known}{RATES[-1]}".startswith(codec.upper()) for known in CODECS)
        case control.StopRequest(id=stopped):
            return stopped in ids or b"&reason=" in held
    return True


def is_hopeless(held: bytes) -> bool:
    """Whether bytes whose phone has been silent for long are a request to record that lacks something."""
    if not held.startswith(f"cmd={control.StartRequest.cmd}&".encode()):
        return False
    try:
        control.parse(held)
    except ControlError:
        return True
    return False
