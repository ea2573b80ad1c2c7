"""Everything that a user can get wrong in `call`: one sentence, exit code 2, nothing written and nothing lost."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.adapters.mounts import remount, tmpfs
from tests.cli.call import call
from tests.record_bytes import record, rtp, speech
from tests.signals import wav
from tests.wire import captures


def refused(*words: str | Path | float) -> str:
    """The sentence that a call was refused with."""
    result = call(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("phone-recorder: ")
    assert result.stderr.count("\n") == 1 and result.stderr.endswith("\n")
    return result.stderr.removeprefix("phone-recorder: ").rstrip("\n")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    path = tmp_path / "stick"
    path.mkdir()
    return path


OPTIONS: list[tuple[tuple[str, ...], str]] = [
    (("--model", "BX9000"), "there is no model 'BX9000': choose one of BX3S, BX4"),
    (("--codec", "OPUS"), "'OPUS' is not one of"),
    (("--call-codec", "G729"), "'G729' is not one of"),
    (("--mode", "tape"), "'tape' is not one of"),
    (("--ptime", "25"), "'25' is not one of"),
    (("--direction", "up"), "'up' is not one of"),
    (("--pause", "beep"), "'beep' is not one of"),
    (("--duration", "0"), "a call of 0 s cannot be"),
    (("--duration", "-1"), "a call of -1 s cannot be"),
    (("--duration", "nan"), "a call of nan s cannot be"),
    (("--duration", "inf"), "a call of inf s cannot be"),
    (("--duration", "1e300"), "a call of 1e+300 s cannot be"),
    (("--duration", "long"), "'long' is not a valid float"),
    (("--seed", "-1"), "-1 is not in the range"),
    (("--seed", "x"), "'x' is not a valid integer"),
    (("--size-limit", "1"), "--size-limit 1 holds no packet: make it at least 236, or 0"),
    (("--size-limit", "235"), "--size-limit 235 holds no packet: make it at least 236, or 0"),
    (("--size-limit", "555", "--ptime", "60"), "make it at least 556, or 0"),
    (("--size-limit", "-8M"), "'-8M' is not a size"),
    (("--size-limit", "eight"), "'eight' is not a size"),
    (("--usb-size", "-1"), "'-1' is not a size"),
    (("--usb-size", "9" * 5000), "is not a size"),
    (("--usb-size", "0"), "the drive is full: 0 bytes are free"),
    (("--usb-size", "1000"), "the drive is full: 1,000 bytes are free"),
    (("--reserve", "999999999999G"), "are kept in reserve"),
    (("--reserve", "-1"), "'-1' is not a size"),
    (("--usb-folder", "a:b"), "the folder 'a:b' cannot be on a USB drive"),
    (("--usb-folder", "../etc"), "'..' leads elsewhere"),
    (("--usb-drive", "BACKUP"), "--usb-drive goes with --usb auto"),
    (("--automount",), "--automount goes with --usb auto"),
    (("--no-repair",), "--no-repair goes with --usb auto"),
    (("--usb", "auto", "--usb-size", "8M"), "--usb-size is the size of a directory"),
    (("--keys", "record"), "'record' is not SECONDS and one of"),
    (("--keys", "0 dance"), "'0 dance' is not SECONDS and one of"),
    (("--keys", "x record"), "'x' in the key script is not a time"),
    (("--keys", "-1 record"), "'-1' in the key script is not a time"),
    (("--keys", "nan record"), "'nan' in the key script is not a time"),
    (("--keys", "2 record, 1 record"), "goes back in time, to 1 s"),
    (("--keys", "11 record"), "the call is over after 10 s"),
    (("--keys", "2 record", "--duration", "1"), "the call is over after 1 s"),
    (("--impair", "rain"), "there is no impairment 'rain'"),
    (("--impair", "loss"), "loss= is not a share"),
    (("--impair", "loss=2"), "loss=2 is not a share"),
    (("--impair", "loss=-1%"), "loss=-1% is not a share"),
    (("--impair", "loss=nan"), "loss=nan is not a share"),
    (("--impair", "jitter=abc"), "jitter=abc is not a time"),
    (("--impair", "jitter=99999ms"), "jitter=99999ms is not a time"),
    (("--impair", "loss=1%;jitter=1ms"), "loss=1%;jitter=1ms is not a share"),
    (("--near", "tone:"), "'tone:' is no tone"),
    (("--near", "tone:9999"), "'tone:9999' is no tone"),
    (("--near", "tone:abc"), "'tone:abc' is no tone"),
    (("--near", "tone:440:7"), "'tone:440:7' is no tone"),
    (("--server", "127.0.0.1"), "--server goes with --mode server"),
    (("--server-timeout", "5"), "--server-timeout goes with --mode server"),
    (("--server-dead-after", "10"), "--server-dead-after goes with --mode server"),
    (("--server-retry", "3"), "--server-retry goes with --mode server"),
    (("--server-retry-after", "2"), "--server-retry-after goes with --mode server"),
    (("--terminator", "LF"), "--terminator goes with --mode server"),
    (("--allow-foreign-media",), "--allow-foreign-media goes with --mode server"),
    (("--mode", "server", "--terminator", "CR"), "'CR' is not one of"),
    *(
        (("--mode", "server", "--server-timeout", text), f"'{text}' is no time from 0.5 to 60 seconds")
        for text in ("0", "0.4", "60.1", "-5", "nan", "inf", "5s", "")
    ),
    (("--mode", "server", "--server-retry-after", "nan"), "'nan' is no time from 0.1 to 3600 seconds"),
    (("--mode", "server", "--server-retry-after", "0"), "'0' is no time from 0.1 to 3600 seconds"),
    (("--mode", "server", "--server-retry", "-1"), "-1 is not in the range"),
    (("--mode", "server", "--server-retry", "many"), "'many' is not a valid integer"),
    (("--mode", "server", "--server-dead-after", "1"), "1 is not in the range"),
    (("--mode", "server", "--server-dead-after", "2.5"), "'2.5' is not a valid integer"),
    (("--mode", "server", "--server", "127.0.0.1:0"), "is not HOST:PORT"),
    (("--mode", "server", "--server", "127.0.0.1:99999"), "is not HOST:PORT"),
    (("--mode", "server", "--server", ""), "is not HOST:PORT"),
    (("--mode", "server", "--server", "127.0.0.1"), "leave out --fast, or --server"),
]


@pytest.mark.parametrize(("words", "why"), OPTIONS)
def test_an_option_that_makes_no_sense(stick: Path, words: tuple[str, ...], why: str) -> None:
    assert why in refused("--fast", "--usb", stick, *words)
    assert list(stick.iterdir()) == []


def test_json_changes_nothing_about_it(stick: Path) -> None:
    assert refused("--fast", "--usb", stick, "--json", "--model", "none")


WAV = wav(speech(1600), 8000)
RTP = [captures.ethernet(captures.ipv4(rtp(number, speech(160)))) for number in range(3)]
CAPTURE = captures.pcap([(number, 0, frame) for number, frame in enumerate(RTP)])
FILES = {
    "empty": b"",
    "one_byte": b"R",
    "text": b"not a voice at all\n" * 100,
    "wav_head_alone": WAV[:12],
    "wav_cut_in_fmt": WAV[:30],
    "wav_without_data": WAV[:36],
    "wav_without_samples": wav(b"", 8000),
    "wav_no_channels": wav(b"", 8000, channels=1)[:22] + bytes(2) + WAV[24:],
    "wav_rate_0": WAV[:24] + bytes(4) + WAV[28:],
    "wav_of_mp3": wav(bytes(100), 8000, tag=0x55),
    "capture_magic_alone": CAPTURE[:4],
    "capture_head_alone": CAPTURE[:24],
    "capture_cut_in_first_packet": CAPTURE[:60],
    "capture_of_other_things": captures.pcap([(0, 0, captures.ethernet(captures.ipv4(b"dns")))]),
    "record_of_nothing": record(b""),
    "record_of_opus": record(speech(160), b"OPUS"),
    "record_cut_in_header": record(speech(160))[:50],
}


@pytest.mark.parametrize("option", ["--near", "--far"])
@pytest.mark.parametrize("name", FILES)
def test_a_voice_that_is_none(stick: Path, tmp_path: Path, name: str, option: str) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name])
    assert str(path) in refused("--fast", "--usb", stick, option, path)
    assert list(stick.iterdir()) == []
    assert path.read_bytes() == FILES[name]


@pytest.mark.parametrize("option", ["--near", "--far"])
def test_a_voice_that_cannot_be_read(stick: Path, tmp_path: Path, option: str) -> None:
    assert refused("--fast", "--usb", stick, option, tmp_path / "none").endswith("none: there is no such file")
    assert refused("--fast", "--usb", stick, option, stick).endswith("it is a directory, not a file")
    assert refused("--fast", "--usb", stick, option, "")
    assert refused("--fast", "--usb", stick, option, "/dev/zero").endswith("it is not a regular file")
    assert refused("--fast", "--usb", stick, option, "x" * 300).endswith("its name is too long")
    assert list(stick.iterdir()) == []


def test_a_capture_that_would_last_for_years(stick: Path, tmp_path: Path) -> None:
    path = tmp_path / "years.pcap"
    path.write_bytes(captures.pcap([(0, 0, RTP[0]), (400_000_000, 0, RTP[1])]))
    assert refused("--fast", "--usb", stick, "--far", path) == (
        "the voices last 400000000 s, a call at most 1000000 s: give --duration"
    )
    assert call("--fast", "--usb", stick, "--far", path, "--duration", 1).exit_code == 0


def test_a_stick_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"precious")
    assert "there is no such file" in refused("--fast", "--usb", tmp_path / "none")
    assert "is not a directory" in refused("--fast", "--usb", file)
    assert file.read_bytes() == b"precious"
    assert not (tmp_path / "none").exists()


def test_a_default_stick_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "usb").write_bytes(b"precious")
    assert refused("--fast").startswith("cannot make the directory usb: ")
    assert (tmp_path / "usb").read_bytes() == b"precious"


def test_a_stick_that_is_full(stick: Path) -> None:
    (stick / "music").write_bytes(bytes(5000))
    assert "the drive is full: 0 bytes are free" in refused("--fast", "--usb", stick, "--usb-size", 5000)
    assert [path.name for path in stick.iterdir()] == ["music"]


def test_a_stick_that_is_really_full_or_read_only(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "small", "size=64k") as small:
        assert "the drive is full: 65,536 bytes are free" in refused("--fast", "--usb", small)
        remount(small, "ro")
        assert "is write-protected" in refused("--fast", "--usb", small, "--reserve", 0)


def test_a_stick_that_really_fills_up_keeps_what_fitted(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "small", "size=64k") as small:
        result = call("--fast", "--usb", small, "--reserve", 0, "--duration", 20)
        assert result.exit_code == 1
        [path] = small.iterdir()
        size = path.stat().st_size
        assert 65_536 - 160 < size <= 65_536
        assert int.from_bytes(path.read_bytes()[72:76], "little") == size - 76


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 80, ".."])
def test_a_server_that_is_no_host(tmp_path: Path, host: str) -> None:
    why = refused("--mode", "server", "--server", host, "--duration", 1)
    assert why == f"there is no host {host!r}: check --server"


def test_a_server_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    why = refused("--mode", "server", "--server", f"127.0.0.1:{port}", "--duration", 1)
    assert why.startswith(f"no record server answers at 127.0.0.1:{port} (connection refused): start one with")


def test_a_storage_that_is_none(tmp_path: Path) -> None:
    for live in ([], ["--fast"]):
        why = refused("--mode", "server", "--storage", tmp_path / "none", "--duration", 1, *live)
        assert "there is no such file" in why


def test_c10_a_storage_that_is_full_is_a_recording_that_failed(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "small", "size=64k") as small:
        result = call("--fast", "--mode", "server", "--storage", small, "--duration", 1, "--json")
        assert result.exit_code == 1
        assert "the record server refused: nothing can be stored: the drive is full" in result.stdout
        assert list(small.rglob("*.wav")) == []
