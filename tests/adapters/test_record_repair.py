from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from phone_recorder.adapters.record_reader import open_record
from phone_recorder.adapters.record_repair import Repair, Result, record_files, repair
from phone_recorder.errors import UsageError
from tests.record_bytes import record, rtp, speech

SILENCE = {b"PCMU": b"\xff", b"PCMA": b"\xd5", b"G722": b"\xfa"}
PACKETS = 3
NOBODY = 65534


def numbers(content: bytes) -> tuple[int, ...]:
    """rtpLen, increment, dataSize."""
    return struct.unpack_from("<iiI", content, 64)


def repair_bytes(path: Path, content: bytes) -> tuple[Repair, bytes]:
    """What became of a file of these bytes, once and twice."""
    path.write_bytes(content)
    first = repair(path)
    once = path.read_bytes()
    second = repair(path)
    assert path.read_bytes() == once
    assert second.result is (Result.FAILED if first.result is Result.FAILED else Result.GOOD)
    return first, once


@pytest.mark.parametrize("codec", SILENCE)
def test_a_good_file_cut_at_every_byte_keeps_every_byte_of_its_audio(tmp_path: Path, codec: bytes) -> None:
    path = tmp_path / "Record_20240131120000.wav"
    good = record(speech(80 * PACKETS), codec)
    for cut in range(len(good)):
        done, content = repair_bytes(path, good[:cut])
        if cut < 76:
            assert (done.result, content) == (Result.FAILED, good[:cut])
            continue
        packets = -(-(cut - 76) // 80)
        padding = packets * 80 - (cut - 76)
        assert (done.result, done.padding) == (Result.MENDED, padding)
        assert content[76:] == good[76:cut] + SILENCE[codec] * padding
        assert numbers(content) == (80, 80, packets * 80)
        with open_record(path) as reader:
            assert reader.header.duration_s == packets / 100


def test_a_file_of_rtp_packets_cut_at_every_byte_goes_on_as_a_file_of_rtp_packets(tmp_path: Path) -> None:
    path = tmp_path / "Record_20240131120000.wav"
    sequences = range(65534, 65534 + PACKETS)
    good = record(b"".join(rtp(s, speech(80)) for s in sequences), rtp_len=92)
    for cut in range(76 + 92, len(good)):
        done, content = repair_bytes(path, good[:cut])
        assert done.result is Result.MENDED
        packets = -(-(cut - 76) // 92)
        whole = b"".join(rtp(s, speech(80)) for s in sequences[:packets])
        assert content[:64] == good[:64]
        assert numbers(content) == (92, 80, packets * 92)
        assert content[76:cut] == whole[: cut - 76]
        # What was missing of the last RTP header is there again, all else is silence.
        lost_header = max(0, 12 - (cut - 76) % 92) if (cut - 76) % 92 else 0
        assert content[cut : cut + lost_header] == whole[cut - 76 :][:lost_header]
        assert content[cut + lost_header :] == b"\xff" * (packets * 92 - (cut - 76) - lost_header)
        with open_record(path) as reader:
            assert [len(payload) for payload in reader.payloads()] == [80] * packets


def test_less_than_one_rtp_packet_cannot_be_told_and_is_left_alone(tmp_path: Path) -> None:
    cut = record(rtp(1, speech(80))[:50], rtp_len=92)
    done, content = repair_bytes(tmp_path / "cut.wav", cut)
    assert (done.result, content) == (Result.FAILED, cut)
    assert "do not belong together" in done.why


@pytest.mark.parametrize("data_size", [0, 1, 80, 239, 241, 2**31, 2**32 - 1])
def test_the_data_size_becomes_what_is_there(tmp_path: Path, data_size: int) -> None:
    done, content = repair_bytes(tmp_path / "r.wav", record(speech(240), data_size=data_size))
    assert content == record(speech(240), data_size=240)
    assert done.result is Result.MENDED
    assert done.problems == (
        f"dataSize is {data_size}, but {'only ' if data_size > 240 else ''}240 bytes follow the header",
    )


@pytest.mark.parametrize(
    ("rtp_len", "increment", "deduced"), [(0, 240, 240), (240, 0, 240), (-1, 80, 80), (0, 0, 160), (-160, -160, 160)]
)
def test_lengths_that_cannot_be_are_deduced(tmp_path: Path, rtp_len: int, increment: int, deduced: int) -> None:
    _, content = repair_bytes(tmp_path / "r.wav", record(speech(480), rtp_len=rtp_len, increment=increment))
    assert content == record(speech(480), rtp_len=deduced, increment=deduced)


def test_the_name_of_the_codec_stays_as_it_was_written(tmp_path: Path) -> None:
    name = b"pcma/8000\0left over from before"
    _, content = repair_bytes(tmp_path / "r.wav", record(speech(81), name, data_size=0))
    assert content == record(speech(81) + b"\xd5" * 79, name)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "fewer than its header"),
        (record(b"")[:75], "fewer than its header"),
        (record(speech(80), b"OPUS", data_size=0), "the codec 'OPUS' is none of"),
        (record(speech(80), b"P" * 64, data_size=0), "not ended by a NUL"),
        (record(speech(160), rtp_len=80, increment=160), "do not belong together"),
        (record(speech(80), rtp_len=2**31 - 1, increment=2**31 - 1), "more than any RTP packet holds"),
        (b"RIFF" + bytes(100), "RIFF WAV"),
        (record(rtp(1, speech(80)) * 2, b"OPUS", rtp_len=0), "OPUS"),
        (record(rtp(1, speech(80)) + rtp(2, speech(80)) + b"\xa0", rtp_len=92), "does not go on from"),
    ],
)
def test_what_cannot_be_mended_is_said_and_left_alone(tmp_path: Path, content: bytes, why: str) -> None:
    done, after = repair_bytes(tmp_path / "r.wav", content)
    assert (done.result, after) == (Result.FAILED, content)
    assert why in done.why
    assert done.failed


def test_a_file_longer_than_data_size_can_say_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    path.write_bytes(record(b"", data_size=0))
    os.truncate(path, 76 + 2**32)
    done = repair(path)
    assert (done.result, done.why) == (Result.FAILED, "it is longer than dataSize can say")
    assert path.stat().st_size == 76 + 2**32


def test_a_good_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    path.write_bytes(record(speech(240)))
    os.utime(path, ns=(1, 2))
    assert repair(path) == Repair(path, Result.GOOD)
    assert path.stat().st_mtime_ns == 2


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    path.write_bytes(record(speech(100), data_size=0))
    os.utime(path, ns=(1, 2))
    planned = repair(path, dry_run=True)
    assert (planned.result, planned.padding) == (Result.MENDABLE, 60)
    assert path.read_bytes() == record(speech(100), data_size=0)
    assert path.stat().st_mtime_ns == 2
    done = repair(path)
    assert (done.problems, done.padding) == (planned.problems, planned.padding)


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_file_that_is_being_recorded_is_left_alone_until_it_is_not(tmp_path: Path, dry_run: bool) -> None:
    path = tmp_path / "r.wav"
    path.write_bytes(record(speech(100), data_size=0))
    with path.open("r+b") as recorder:
        fcntl.flock(recorder, fcntl.LOCK_EX)
        done = repair(path, dry_run)
        assert (done.result, done.failed) == (Result.RECORDING, True)
        assert path.read_bytes() == record(speech(100), data_size=0)
    assert repair(path).result is Result.MENDED


@pytest.fixture
def as_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The test in its own directory, without root's right to write everywhere."""
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o755)
    euid = os.geteuid()
    if euid == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(euid)


def test_a_file_that_may_not_be_written_is_one_sentence(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    content = record(speech(100), data_size=0)
    (tmp_path / "r.wav").write_bytes(content)
    (tmp_path / "r.wav").chmod(0o444)
    request.getfixturevalue("as_nobody")
    done = repair(Path("r.wav"))
    assert (done.result, done.why) == (Result.FAILED, "you have no permission")
    assert Path("r.wav").read_bytes() == content


def test_a_full_disk_is_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: both refuse the padding."""
    import resource
    import signal

    content = record(speech(100), data_size=0)
    path = tmp_path / "r.wav"
    path.write_bytes(content)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    on_limit = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(content), limits[1]))
    try:
        done = repair(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, on_limit)
    assert (done.result, done.why) == (Result.FAILED, os.strerror(errno.EFBIG).lower())
    assert path.read_bytes() == content
    assert repair(path).result is Result.MENDED


def test_the_record_files_of_a_directory_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in (
        "Record_2.wav",
        "Record_1.wav",
        "Record_1-2.wav",
        "other.wav",
        "Record_3.txt",
        ".Record_4.wav.partial",
    ):
        (tmp_path / name).touch()
    (tmp_path / "Record_5.wav").mkdir()
    assert [path.name for path in record_files(tmp_path)] == ["Record_1-2.wav", "Record_1.wav", "Record_2.wav"]
    assert record_files(tmp_path / "other.wav") == [tmp_path / "other.wav"]


def test_a_directory_that_may_not_be_read_is_one_sentence(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "locked").mkdir(mode=0)
    request.getfixturevalue("as_nobody")
    for path in (Path("locked"), Path("locked/below")):
        with pytest.raises(UsageError, match=f"cannot read {path}: you have no permission"):
            record_files(path)


def test_a_missing_file_is_for_the_user_to_name_again(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        repair(tmp_path / "none.wav")


LENGTHS = st.one_of(st.sampled_from([0, -1, 80, 92, 160, 172, 2**31 - 1, -(2**31)]), st.integers(-(2**31), 2**31 - 1))


@given(
    codec=st.one_of(st.sampled_from([b"PCMU", b"PCMA", b"g722/8000", b""]), st.binary(max_size=64)),
    rtp_len=LENGTHS,
    increment=LENGTHS,
    data_size=st.integers(0, 2**32 - 1),
    data=st.one_of(st.binary(max_size=400), st.integers(0, 500).map(lambda n: (rtp(65535, speech(80)) * 6)[:n])),
)
@example(codec=b"PCMU", rtp_len=92, increment=80, data_size=0, data=b"".join(rtp(i, bytes(80)) for i in range(5)))
@example(codec=b"PCMU", rtp_len=0, increment=0, data_size=0, data=rtp(1, bytes(80)) + rtp(2, bytes(80)) + b"\xa0")
@settings(max_examples=300, deadline=None, derandomize=True)
def test_whatever_a_header_says_nothing_is_lost(
    codec: bytes, rtp_len: int, increment: int, data_size: int, data: bytes
) -> None:
    with TemporaryDirectory() as directory:
        content = record(data, codec, rtp_len, increment, data_size)
        done, after = repair_bytes(Path(directory) / "r.wav", content)
    assert after[76:].startswith(data)
    assert after[:64] == content[:64]
    if done.result is Result.MENDED:
        block, units, size = numbers(after)
        assert size == len(after) - 76 and size % block == 0 and len(after) - len(content) < block
        assert block in (units, units + 12)
    else:
        assert after == content


@pytest.mark.parametrize("codec", SILENCE)
@pytest.mark.parametrize(("before", "blank"), [(0, 692), (100, 32), (5, 80 * 5)])
def test_zeros_behind_the_true_header_were_never_stored_and_become_silence(
    tmp_path: Path, codec: bytes, before: int, blank: int
) -> None:
    vouched, tail = speech(800), bytes(byte or 1 for byte in speech(before))
    after = b"\x01" * (-(before + blank) % 80)
    whole = record(vouched, codec)
    done, content = repair_bytes(tmp_path / "Record_20240131120000.wav", whole + tail + bytes(blank) + after)
    assert (done.result, done.blank) == (Result.MENDED, blank)
    assert content[76:] == vouched + tail + SILENCE[codec] * blank + after


def test_zeros_that_a_true_header_vouches_for_are_audio(tmp_path: Path) -> None:
    path = tmp_path / "Record_20240131120000.wav"
    done, content = repair_bytes(path, record(bytes(800), b"PCMU") + speech(80))
    assert (done.result, done.blank) == (Result.MENDED, 0)
    assert content[76:] == bytes(800) + speech(80)


def test_a_few_zeros_may_be_a_loud_voice(tmp_path: Path) -> None:
    tail = b"\x01" * 20 + bytes(31) + b"\x01" * 29
    done, content = repair_bytes(tmp_path / "Record_20240131120000.wav", record(b"", b"PCMU") + tail)
    assert (done.blank, content[76:]) == (0, tail)


def test_a_dry_run_counts_what_was_never_stored_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "Record_20240131120000.wav"
    content = record(speech(80), b"PCMU") + bytes(160)
    path.write_bytes(content)
    done = repair(path, dry_run=True)
    assert (done.result, done.blank, path.read_bytes()) == (Result.MENDABLE, 160, content)
