"""What a call of this phone is recorded by: its settings, as the stage takes them."""

from __future__ import annotations

import secrets

from phone_recorder.control_api import StartCall
from phone_recorder.harness.call.request import MAX_DURATION_S, CallRequest
from phone_recorder.models import find_model
from phone_recorder.settings.phone import PhoneSettings
from phone_recorder.settings.table import with_texts


def request_of(settings: PhoneSettings, start: StartCall) -> CallRequest:
    """A call that lasts until somebody hangs up, unless its time is told; SettingError if a voice can be none."""
    settings = with_texts(settings, {key: text for key, text in _voices(start) if text})
    record, call = settings.record, settings.call
    return CallRequest(
        model=find_model(settings.model),
        settings=record,
        call_codec=call.codec or record.codec,
        near=call.near,
        far=call.far,
        repeat=call.repeat,
        duration_s=start.duration_s or MAX_DURATION_S,
        keys="",
        direction=start.direction,
        remote_number=start.number,
        remote_name=start.name,
        local_number=settings.local_number,
        local_name=settings.local_name,
        device=settings.device,
        seed=secrets.randbits(32),
    )


def _voices(start: StartCall) -> tuple[tuple[str, str], ...]:
    return ("call.near", start.near), ("call.far", start.far)
