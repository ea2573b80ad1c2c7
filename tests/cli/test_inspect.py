from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from tests.record_bytes import record, rtp, speech


def inspect(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, ["inspect", *map(str, args)])


def test_a_good_file_for_people(tmp_path: Path) -> None:
    path = tmp_path / "Record_20240131120000.wav"
    path.write_bytes(record(speech(12000), b"G722", 160, 160))
    result = inspect(path)
    assert result.exit_code == 0
    assert (
        result.stdout
        == f"""{path}
  codec      G722
  rtpLen     160 bytes
  increment  160 units of the RTP clock
  dataSize   12000 bytes
  packets    75 payloads
  duration   1.500 s
  file size  12076 bytes
  complete   yes
"""
    )


def test_a_damaged_file_for_programs(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(record(speech(200), b"pcma/8000", 80, 0, 7))
    result = inspect("--json", path)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == [
        {
            "path": str(path),
            "codec": "PCMA",
            "rtp_len": 80,
            "increment": 0,
            "data_size": 7,
            "packets": 2,
            "duration_s": 0.02,
            "complete": False,
            "problems": [
                "increment is 0",
                "dataSize is 7, but 200 bytes follow the header",
                "the last block has 40 of 80 bytes",
            ],
            "rtp_blocks": False,
            "file_size": 276,
        }
    ]


def test_the_problems_are_shown_to_people_too(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(record(speech(80), b"OPUS\x1b[2J", data_size=0))
    lines = inspect(path).stdout.splitlines()
    assert lines[1:] == [
        "  file size  156 bytes",
        "  complete   no",
        "  problem    the codec 'OPUS\N{REPLACEMENT CHARACTER}[2J' is none of PCMU, PCMA, G722",
        "  problem    dataSize is 0, but 80 bytes follow the header",
    ]


def test_g722_plays_for_as_long_as_g711_of_the_same_size(tmp_path: Path) -> None:
    for codec in (b"PCMU", b"PCMA", b"G722"):
        path = tmp_path / codec.decode()
        path.write_bytes(record(speech(8000), codec, 160, 160))
        assert json.loads(inspect(path, "--json").stdout)[0]["duration_s"] == 1.0


def test_a_file_of_rtp_packets_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rtp.wav"
    path.write_bytes(record(b"".join(rtp(i, speech(160)) for i in range(50)), rtp_len=172, increment=160))
    facts = json.loads(inspect(path, "--json").stdout)[0]
    assert (facts["rtp_blocks"], facts["packets"], facts["duration_s"], facts["problems"]) == (True, 50, 1.0, [])
    assert "packets    50 RTP packets" in inspect(path).stdout


def test_a_riff_file_is_sent_to_import(tmp_path: Path) -> None:
    path = tmp_path / "riff.wav"
    path.write_bytes(b"RIFF" + bytes(200))
    result = inspect(path, "--json")
    assert result.exit_code == 0
    [facts] = json.loads(result.stdout)
    assert "RIFF WAV" in facts["problems"][0] and "import" in facts["problems"][0]
    assert (facts["codec"], facts["packets"], facts["duration_s"], facts["complete"]) == ("", 0, 0.0, False)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_cannot_be_read_is_said_and_the_others_are_shown(tmp_path: Path, options: tuple[str, ...]) -> None:
    first, last = tmp_path / "a.wav", tmp_path / "z.wav"
    first.write_bytes(record(speech(80)))
    last.write_bytes(record(speech(80)))
    result = inspect(first, tmp_path / "none.wav", tmp_path, last, *options)
    assert result.exit_code == 2
    assert str(first) in result.stdout and str(last) in result.stdout
    assert result.stderr == (
        f"phone-recorder: cannot read {tmp_path / 'none.wav'}: there is no such file\n"
        f"phone-recorder: cannot read {tmp_path}: it is a directory, not a file\n"
    )
    if options:
        assert [facts["path"] for facts in json.loads(result.stdout)] == [str(first), str(last)]


def test_several_files_are_blocks_with_a_line_between(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(record(speech(80)))
    one = inspect(path).stdout
    assert inspect(path, path).stdout == f"{one}\n{one}"
