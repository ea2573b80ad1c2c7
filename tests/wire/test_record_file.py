"""The record file's header against literal bytes, and the judgement of every file in fixtures/record_files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phone_recorder.errors import RecordFileError
from phone_recorder.wire.payload import CODECS, G722, PCMA, PCMU, Codec
from phone_recorder.wire.record_file import HEAD_SIZE, RecordHeader, examine, payloads, shown_name

FIXTURES = Path(__file__).parents[2] / "fixtures" / "record_files"
MILLIWATT = bytes.fromhex("1e0b0b1e9e8b8b9e")

LITERAL = b"PCMU" + bytes(60) + bytes.fromhex("a0000000 a0000000 80130000")
"""PCMU, 160, 160, 4992."""

GOOD = {
    "pcmu_20ms": (PCMU, 160, 160, 3200),
    "pcma_30ms": (PCMA, 240, 240, 2400),
    "g722_20ms": (G722, 160, 160, 800),
    "rtp_blocks": (PCMU, 172, 160, 2064),
    "codec_with_rate": (PCMU, 160, 160, 1600),
    "codec_lower_case": (PCMA, 160, 160, 1600),
    "codec_after_nul": (PCMU, 160, 160, 1600),
    "header_only": (PCMU, 160, 160, 0),
    # The defect is in a block that is not looked at before it is played.
    "rtp_one_block_bad": (PCMU, 172, 160, 2064),
}

# File to what a true header would say, or None, and to the problems.
BROKEN = {
    "data_size_zero": ((160, 160, 1600), ["dataSize is 0, but 1600 bytes follow the header"]),
    "data_size_short": ((160, 160, 1600), ["dataSize is 1440, but 1600 bytes follow the header"]),
    "data_size_past_end": ((160, 160, 1600), ["dataSize is 3200, but only 1600 bytes follow the header"]),
    "data_size_max": ((160, 160, 1600), ["dataSize is 4294967295, but only 1600 bytes follow the header"]),
    "last_block_short": ((160, 160, 1500), ["the last block has 60 of 160 bytes"]),
    "rtp_last_block_short": ((172, 160, 697), ["the last block has 9 of 172 bytes"]),
    "rtp_len_zero": ((160, 160, 1600), ["rtpLen is 0"]),
    "rtp_len_negative": ((160, 160, 1600), ["rtpLen is -160"]),
    "increment_zero": ((160, 160, 1600), ["increment is 0"]),
    "increment_negative": ((160, 160, 1600), ["increment is -1"]),
    "lengths_both_zero": ((160, 160, 1600), ["rtpLen is 0", "increment is 0"]),
    "rtp_lengths_both_zero": ((172, 160, 2064), ["rtpLen is 0", "increment is 0"]),
    "lengths_disagree": ((160, 160, 1600), ["rtpLen 160 and increment 240 do not belong together"]),
    "lengths_big_endian": (
        (160, 160, 1600),
        [
            "rtpLen is -1610612736",
            "increment is -1610612736",
            "dataSize is 1074135040, but only 1600 bytes follow the header",
        ],
    ),
    "codec_unknown": (None, ["the codec 'OPUS' is none of PCMU, PCMA, G722"]),
    "codec_empty": (None, ["the codec '' is none of PCMU, PCMA, G722"]),
    "codec_unterminated": (None, ["the codec's name is not ended by a NUL"]),
    "codec_garbage": (None, ["the codec '\ufffd[2J\ufffd\ufffd\ufffd\ufffd\ufffd%s/../' is none of PCMU, PCMA, G722"]),
    "header_truncated": (None, ["the file has 50 bytes, fewer than its header of 76"]),
    "header_without_data_size": (None, ["the file has 72 bytes, fewer than its header of 76"]),
    "empty": (None, ["the file has 0 bytes, fewer than its header of 76"]),
}

# Files of which only the first problem is fixed: the rest of what such a header says is chance.
HOPELESS = {
    "rtp_len_huge": "rtpLen 2147483647 and increment 160 do not belong together",
    "zeros": "the codec '' is none of PCMU, PCMA, G722",
    "riff_wav": "it is a RIFF WAV, not a record file",
}


def fixture(name: str) -> bytes:
    return (FIXTURES / f"{name}.wav").read_bytes()


def audio(data: bytes) -> bytes:
    """All the audio of a record file."""
    examination = examine(data[:HEAD_SIZE], len(data))
    assert examination.header
    size = examination.header.rtp_len
    blocks = (data[i : i + size] for i in range(76, len(data), size))
    return b"".join(payloads(blocks, examination.rtp_blocks))


def test_every_fixture_has_a_judgement_here() -> None:
    assert {path.stem for path in FIXTURES.iterdir()} == {*GOOD, *BROKEN, *HOPELESS}


def test_a_literal_header_parses_and_is_written_back() -> None:
    header = RecordHeader.parse(LITERAL)
    assert header == RecordHeader(PCMU, 160, 160, 4992)
    assert bytes(header) == LITERAL
    assert len(LITERAL) == 76


@pytest.mark.parametrize("codec", CODECS, ids=str)
@pytest.mark.parametrize("data_size", [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_a_header_comes_back_as_it_was_written(codec: Codec, data_size: int) -> None:
    header = RecordHeader(codec, 240, 240, data_size)
    assert RecordHeader.parse(bytes(header)) == header


def test_playing_time_is_packets_times_increment() -> None:
    assert RecordHeader(PCMU, 160, 160, 8000).duration_s == 1.0
    assert RecordHeader(PCMA, 240, 240, 2400).duration_s == pytest.approx(0.3)
    assert RecordHeader(G722, 160, 160, 800).duration_s == pytest.approx(0.1)
    assert RecordHeader(PCMU, 172, 160, 2064).duration_s == pytest.approx(0.24)
    # A short last block is not a packet.
    assert RecordHeader(PCMU, 160, 160, 1500).packets == 9


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_says_what_it_is(name: str) -> None:
    data = fixture(name)
    examination = examine(data[:HEAD_SIZE], len(data))
    assert examination.problems == ()
    assert examination.complete
    assert examination.header == RecordHeader(*GOOD[name]) == RecordHeader.parse(data)
    assert examination.rtp_blocks == name.startswith("rtp_")
    assert examination.payload_size == GOOD[name][2]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_says_what_is_wrong(name: str) -> None:
    data = fixture(name)
    truth, problems = BROKEN[name]
    examination = examine(data[:HEAD_SIZE], len(data))
    assert list(examination.problems) == problems
    assert not examination.complete
    header = examination.header
    assert (header and (header.rtp_len, header.increment, header.data_size)) == truth
    assert examination.rtp_blocks == (truth is not None and truth[0] == 172)


@pytest.mark.parametrize("name", HOPELESS)
def test_a_file_of_another_kind_is_told_first(name: str) -> None:
    data = fixture(name)
    assert examine(data[:HEAD_SIZE], len(data)).problems[0].startswith(HOPELESS[name])


@pytest.mark.parametrize("name", [name for name, (truth, _) in BROKEN.items() if truth and "short" not in name])
def test_no_audio_of_a_broken_file_is_lost(name: str) -> None:
    assert audio(fixture(name)) == (240 if name.startswith("rtp_lengths") else 200) * MILLIWATT


def test_rtp_headers_are_stripped_and_nothing_else() -> None:
    assert audio(fixture("rtp_blocks")) == 240 * MILLIWATT


def test_a_damaged_rtp_header_costs_no_audio() -> None:
    assert audio(fixture("rtp_one_block_bad")) == 240 * MILLIWATT


def test_a_short_last_block_is_played() -> None:
    assert audio(fixture("last_block_short")) == (200 * MILLIWATT)[:1500]


def test_a_last_packet_cut_inside_its_header_has_no_audio() -> None:
    assert audio(fixture("rtp_last_block_short")) == 80 * MILLIWATT


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (LITERAL[:75], "75 bytes are too few for a record file's header of 76"),
        (LITERAL[:64] + bytes.fromhex("00000000 a0000000 00000000"), "rtpLen 0 and increment 160 must both be above 0"),
        (
            LITERAL[:64] + bytes.fromhex("a0000000 ffffffff 00000000"),
            "rtpLen 160 and increment -1 must both be above 0",
        ),
        (b"opus".ljust(64, b"\0") + LITERAL[64:], "the codec 'opus' is none of PCMU, PCMA, G722"),
        (b"P" * 64 + LITERAL[64:], "the codec's name is not ended by a NUL"),
    ],
)
def test_an_unusable_header_is_refused_with_the_reason(data: bytes, message: str) -> None:
    with pytest.raises(RecordFileError) as caught:
        RecordHeader.parse(data)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["pcma_30ms", "rtp_blocks"])
def test_s1_a_file_cut_anywhere_opens(name: str) -> None:
    whole = fixture(name)
    for size in range(len(whole)):
        examination = examine(whole[:size][:HEAD_SIZE], size)
        assert examination.problems
        assert (examination.header is None) == (size < 76)
        if examination.header:
            assert examination.header.data_size == size - 76


@settings(max_examples=300, deadline=None)
@given(
    name=st.binary(max_size=64) | st.sampled_from([b"PCMU", b"g722", b"RIFF"]),
    numbers=st.binary(min_size=12, max_size=12),
    data=st.binary(max_size=600),
    beyond=st.integers(0, 2**40),
)
def test_no_head_makes_an_examination_fail(name: bytes, numbers: bytes, data: bytes, beyond: int) -> None:
    head = name.ljust(64, b"\0") + numbers + data
    examination = examine(head, len(head) + beyond)
    assert all(examination.problems)
    assert examination.codec.isprintable()
    header = examination.header
    if header:
        # What it says instead is a header that can be used.
        assert RecordHeader.parse(bytes(header)) == header


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=180), max_size=8), st.booleans())
def test_no_block_makes_a_reader_fail(blocks: list[bytes], rtp_blocks: bool) -> None:
    out = list(payloads(iter(blocks), rtp_blocks))
    assert all(out)
    if not rtp_blocks:
        assert out == blocks


def test_a_name_is_shown_without_its_control_characters() -> None:
    assert shown_name(b"PCMU\x1b[31m\r\n\x07\0hidden") == "PCMU\ufffd[31m\ufffd\ufffd\ufffd"
