from __future__ import annotations

import os
from pathlib import Path

import pytest

from phone_recorder.adapters.record_reader import open_record
from phone_recorder.errors import RecordFileError, UsageError
from tests.record_bytes import record, rtp, speech


def test_a_good_file_is_read_a_packet_at_a_time_from_any_packet(tmp_path: Path) -> None:
    path = tmp_path / "good.wav"
    path.write_bytes(record(speech(240), b"PCMA"))
    with open_record(path) as reader:
        assert reader.header.codec.name == "PCMA"
        assert reader.header.duration_s == 0.03
        assert list(reader.payloads()) == [speech(240)[:80], speech(240)[80:160], speech(240)[160:]]
        assert list(reader.payloads(2)) == [speech(240)[160:]]
        assert list(reader.payloads(3)) == []


def test_two_readings_do_not_need_to_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "good.wav"
    path.write_bytes(record(speech(240)))
    with open_record(path) as reader:
        abandoned = reader.payloads()
        next(abandoned)
        assert b"".join(reader.payloads(1)) == speech(240)[80:]


def test_a_short_last_packet_and_a_wrong_data_size_hide_no_audio(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(record(speech(200), data_size=0))
    with open_record(path) as reader:
        assert b"".join(reader.payloads()) == speech(200)
        assert not reader.examination.complete


def test_rtp_headers_are_stripped_and_the_rest_of_a_header_is_not_audio(tmp_path: Path) -> None:
    path = tmp_path / "rtp.wav"
    blocks = b"".join(rtp(65534 + i, speech(80)) for i in range(4))
    path.write_bytes(record(blocks + rtp(65538, b"")[:7], rtp_len=92))
    with open_record(path) as reader:
        assert list(reader.payloads()) == [speech(80)] * 4
        assert reader.last_rtp_block() == blocks[-92:]


def test_a_damaged_packet_in_a_stream_of_rtp_packets_is_played_over(tmp_path: Path) -> None:
    path = tmp_path / "rtp.wav"
    blocks = [rtp(i, speech(80)) for i in range(7)]
    blocks[5] = b"\x00" + blocks[5][1:]
    path.write_bytes(record(b"".join(blocks), rtp_len=92))
    with open_record(path) as reader:
        assert list(reader.payloads()) == [speech(80)] * 7


def test_an_unknown_codec_is_told_when_audio_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "opus.wav"
    path.write_bytes(record(speech(80), b"OPUS"))
    with open_record(path) as reader, pytest.raises(RecordFileError, match=r"opus\.wav: the codec 'OPUS' is none of"):
        reader.payloads().__next__()


@pytest.mark.parametrize(("name", "why"), [("none.wav", "there is no such file"), (".", "it is a directory")])
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(UsageError, match=why), open_record(tmp_path / name):
        pass


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(UsageError, match="not a regular file"), open_record(tmp_path / "pipe.wav"):
        pass


def test_a_riff_file_is_sent_to_import(tmp_path: Path) -> None:
    path = tmp_path / "riff.wav"
    path.write_bytes(b"RIFF\x24\0\0\0WAVEfmt ")
    with open_record(path) as reader:
        assert reader.examination.problems == (
            "it is a RIFF WAV, not a record file: `phone-recorder import` makes it one",
        )
        assert reader.examination.header is None


@pytest.mark.parametrize(
    ("rtp_len", "increment", "units"), [(0, 160, 160), (172, -1, 160), (0, 0, 160), (-5, 0, 80), (92, 0, 80)]
)
def test_lost_lengths_of_a_file_of_rtp_packets_are_found_again(
    tmp_path: Path, rtp_len: int, increment: int, units: int
) -> None:
    path = tmp_path / "rtp.wav"
    blocks = b"".join(rtp(i, speech(units)) for i in range(3))
    path.write_bytes(record(blocks, rtp_len=rtp_len, increment=increment))
    with open_record(path) as reader:
        assert (reader.header.rtp_len, reader.header.increment) == (units + 12, units)
        assert list(reader.payloads()) == [speech(units)] * 3
