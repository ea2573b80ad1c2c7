"""What the record settings come to, each one where it belongs."""

from __future__ import annotations

import pytest

from phone_recorder.recording.from_settings import codec_of, header_of, retry_of, server_of, space_of, stream_of
from phone_recorder.recording.mixed_stream import StreamPlan
from phone_recorder.recording.recorder import NO_RETRY, RetryPolicy
from phone_recorder.recording.rotation import SpacePolicy
from phone_recorder.recording.server_destination import ServerPolicy
from phone_recorder.settings.record import MIB, Mode, RecordSettings, ServerSettings
from phone_recorder.wire.payload import CODECS, G722, PCMU, Codec
from phone_recorder.wire.record_file import RecordHeader

MS = 8
SECOND = 8000


@pytest.mark.parametrize("codec", CODECS, ids=str)
def test_codec_and_packet_length_are_those_of_files_and_of_the_mix(codec: Codec) -> None:
    settings = RecordSettings(codec=codec.name, ptime_ms=30)
    assert codec_of(settings) is codec
    assert header_of(settings) == RecordHeader(codec, 240, 240)
    assert (stream_of(settings).codec, stream_of(settings).frame) == (codec, 240)


@pytest.mark.parametrize(("mode", "horizon"), [("local", SECOND), ("server", 60 * MS), ("sip_info", 60 * MS)])
def test_a_file_waits_longer_for_a_late_packet_than_who_listens_live(mode: Mode, horizon: int) -> None:
    assert stream_of(RecordSettings(mode=mode)) == StreamPlan(160, horizon, PCMU, "skip", False)


def test_pause_and_tone_are_those_of_the_mix() -> None:
    settings = RecordSettings(codec="G722", ptime_ms=60, pause="silence", tone=True)
    assert stream_of(settings) == StreamPlan(480, SECOND, G722, "silence", True)


def test_the_room_on_the_drive() -> None:
    assert space_of(RecordSettings()) == SpacePolicy(8 * MIB, MIB, False)
    assert space_of(RecordSettings(size_limit=1, reserve=2, cover=True)) == SpacePolicy(1, 2, True)


@pytest.mark.parametrize(("name", "terminator"), [("none", b""), ("LF", b"\n"), ("CRLF", b"\r\n")])
def test_how_a_server_is_spoken_to(name: str, terminator: bytes) -> None:
    server = ServerSettings(terminator=name, foreign_media=True, timeout_ms=1500)  # type: ignore[arg-type]
    assert server_of(RecordSettings(server=server)) == ServerPolicy(terminator, True, 1500 * MS)  # type: ignore[arg-type]


def test_a_lost_server_is_tried_again_if_that_is_set() -> None:
    assert retry_of(RecordSettings()) == NO_RETRY
    settings = RecordSettings(server=ServerSettings(retries=3, retry_after_ms=500))
    assert retry_of(settings) == RetryPolicy(3, 500 * MS)
