"""What the record settings come to: the plans that recorder, files and server link go by."""

from __future__ import annotations

from phone_recorder.recording.mixed_stream import StreamPlan
from phone_recorder.recording.recorder import RetryPolicy
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.server_destination import TERMINATORS, ServerPolicy
from phone_recorder.recording.units import from_ms
from phone_recorder.settings.record import RecordSettings
from phone_recorder.wire.payload import BY_NAME, Codec
from phone_recorder.wire.record_file import RecordHeader


def codec_of(settings: RecordSettings) -> Codec:
    """The recording's codec."""
    return BY_NAME[settings.codec]


def header_of(settings: RecordSettings) -> RecordHeader:
    """The head of a record file."""
    frame = from_ms(settings.ptime_ms)
    return RecordHeader(codec_of(settings), frame, frame)


def space_of(settings: RecordSettings) -> SpacePolicy:
    """What is done with the room on the drive."""
    return SpacePolicy(settings.size_limit, settings.reserve, settings.cover)


def server_of(settings: RecordSettings) -> ServerPolicy:
    """How a record server is spoken to."""
    server = settings.server
    return ServerPolicy(TERMINATORS[server.terminator], server.foreign_media, from_ms(server.timeout_ms))


def retry_of(settings: RecordSettings) -> RetryPolicy:
    """What becomes of a recording whose server was lost."""
    return RetryPolicy(settings.server.retries, from_ms(settings.server.retry_after_ms))


def stream_of(settings: RecordSettings) -> StreamPlan:
    """How a call is mixed and recorded."""
    frame, horizon = from_ms(settings.ptime_ms), from_ms(settings.horizon_ms)
    return StreamPlan(frame, horizon, codec_of(settings), settings.pause, settings.tone)
