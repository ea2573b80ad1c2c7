"""`call --auto-record` and `call --record-tone`."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest

from phone_recorder.media.codecs import decoder
from phone_recorder.wire.payload import BY_NAME
from tests.cli.call import audio, call, document
from tests.signals import level_at

QUIET = ("--near", "silence", "--far", "silence")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    path = tmp_path / "stick"
    path.mkdir()
    return path


def heard(pcm: array[int], hz: int, second: float) -> bool:
    """Whether that tone is in the tenth of a second from there on."""
    return level_at(hz, pcm[round(second * 8000) :][:800], 8000) > 0.1


def tone_in(data: bytes, codec: str = "PCMU") -> list[int]:
    """The tenths of a second in which the record tone is."""
    pcm = decoder(BY_NAME[codec], 8000).decode(data)
    return [n for n in range(len(pcm) // 800) if heard(pcm, 440, n / 10)]


@pytest.mark.parametrize(
    ("keys", "lengths"),
    [
        ((), [16_000]),
        (("--keys", ""), [16_000]),
        (("--keys", "1.5 record"), [12_000]),
        (("--keys", "0.5 pause, 1 resume"), [12_000]),
        (("--keys", "1 record, 1.5 record"), [8000, 4000]),
        (("--keys", "0 record, 1.5 record"), [0, 4000]),
    ],
)
def test_a_recording_starts_with_the_call_and_a_script_is_obeyed_as_written(
    stick: Path, keys: tuple[str, ...], lengths: list[int]
) -> None:
    found = document("--fast", "--usb", stick, "--duration", 2, "--auto-record", *keys)
    assert [len(audio(recording)) for recording in found["recordings"]] == lengths
    assert {recording["state"] for recording in found["recordings"]} <= {"recorded", "cancelled"}


def test_it_starts_by_itself_as_by_a_key(stick: Path) -> None:
    by_itself, by_key = (
        document("--fast", "--usb", stick, "--seed", 1, "--duration", 1, *words)
        for words in (("--auto-record",), ("--keys", "0 record"))
    )
    [ours], [keys] = by_itself["recordings"], by_key["recordings"]
    assert audio(ours) == audio(keys)
    assert by_itself["screen"] == by_key["screen"]


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722"])
def test_the_tone_is_recorded_every_5_s(stick: Path, codec: str) -> None:
    words = ("--fast", "--usb", stick, "--duration", 7, "--codec", codec, *QUIET)
    [toned], [plain] = (document(*words, *more)["recordings"] for more in (("--record-tone",), ()))
    assert tone_in(audio(toned), codec) == [*range(5), *range(50, 55)]
    assert tone_in(audio(plain), codec) == []


@pytest.mark.live
@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "G722"])
def test_live_and_fast_it_is_the_same_to_the_byte(stick: Path, codec: str) -> None:
    words = ("--usb", stick, "--seed", 7, "--duration", 0.8, "--codec", codec, "--auto-record", "--record-tone")
    keys = ("--keys", "0.31 pause, 0.4 resume, 0.65 record, 0.65 record")
    live, fast = (document(*words, *keys, *more)["recordings"] for more in ((), ("--fast",)))
    assert list(map(audio, live)) == list(map(audio, fast))
    assert tone_in(audio(fast[1]), codec) == [0]


def test_on_a_server_too(tmp_path: Path) -> None:
    words = ("--mode", "server", "--storage", tmp_path, "--duration", 6, *QUIET, "--auto-record", "--record-tone")
    result = call("--fast", *words)
    assert result.exit_code == 0
    [path] = tmp_path.glob("*.wav")
    assert tone_in(path.read_bytes()[76:]) == [*range(5), *range(50, 55)]
