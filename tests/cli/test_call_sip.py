"""What a user can get wrong in a call over SIP: one sentence, exit code 2, nothing dialled and nothing left behind."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.call import call, document

HOST = "127.0.0.1"


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What was there before is there afterwards, and nothing else."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "usb").mkdir()
    before = sorted(tmp_path.rglob("*"))
    yield
    assert [path for path in sorted(tmp_path.rglob("*")) if path not in before and path.suffix != ".given"] == []


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    """Somebody who could be dialled."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as listening:
        listening.bind((HOST, 0))
        listening.setblocking(False)
        yield listening


def uri(peer: socket.socket) -> str:
    return f"sip:100@{HOST}:{peer.getsockname()[1]}"


def dialled(peer: socket.socket) -> bool:
    try:
        return bool(peer.recv(65536))
    except BlockingIOError:
        return False


def refused(*words: str | Path | float) -> str:
    """The sentence that a call was refused with."""
    result = call(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("phone-recorder: ")
    assert result.stderr.count("\n") == 1 and result.stderr.endswith("\n")
    return result.stderr.removeprefix("phone-recorder: ").rstrip("\n")


ALONE: list[tuple[str, ...]] = [
    ("--registrar", "sip:192.0.2.1"),
    ("--user", "1001"),
    ("--password-file", "secret"),
    ("--proxy", "sip:192.0.2.1"),
    ("--expires", "60"),
    ("--sip-listen", "127.0.0.1:5060"),
    ("--rtp-ports", "20000-20010"),
    ("--cacert", "ca.pem"),
    ("--tls-insecure",),
    ("--answer-after", "1"),
    ("--audio", "device"),
    ("--save-far", "far.wav"),
    ("--trace", "trace"),
    ("--pcap", "pcap"),
]


@pytest.mark.parametrize("words", ALONE)
def test_an_option_of_sip_calls_in_a_simulated_one(words: tuple[str, ...]) -> None:
    assert refused("--fast", *words) == f"{words[0]} goes with --to or --wait"


@pytest.mark.parametrize(
    "words",
    [
        ("--far", "tone:440"),
        ("--direction", "in"),
        ("--remote-number", "7"),
        ("--remote-name", "Eve"),
        ("--impair", "loss=1%"),
        ("--fast",),
    ],
)
@pytest.mark.parametrize("sip", [("--wait",), ("--to", "sip:100@127.0.0.1:1")])
def test_an_option_of_simulated_calls_in_a_real_one(sip: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert refused(*sip, *words) == f"{words[0]} goes with a simulated call, which has neither --to nor --wait"


NONSENSE: list[tuple[tuple[str, ...], str]] = [
    (("--wait",), "a phone cannot call and wait at once: give --to, or --wait"),
    (("--answer-after", "1"), "--answer-after goes with --wait"),
    (("--expires", "60"), "--expires goes with --registrar"),
    (("--audio", "device", "--near", "tone:440"), "--near goes with --audio files"),
    (("--audio", "device", "--repeat"), "--repeat goes with --audio files"),
    (("--audio", "radio"), "'radio' is not one of"),
    (("--registrar", ""), "--registrar is empty: write one, or leave it out"),
    (("--registrar", "sip:"), "--registrar 'sip:' is no SIP address: write one such as sip:192.0.2.1"),
    (("--registrar", "sip:a b"), "--registrar 'sip:a b' is no SIP address: write one such as sip:192.0.2.1"),
    (("--registrar", "a:b:c"), "--registrar 'sip:a:b:c' is no SIP address: write one such as sip:192.0.2.1"),
    (("--registrar", "192.0.2.1", "--expires", "9"), "9 is not in the range"),
    (("--registrar", "192.0.2.1", "--expires", "soon"), "'soon' is not a valid integer"),
    (("--user", " "), "--user is empty: write one, or leave it out"),
    (("--user", "a\nb"), "the SIP account's user has a control character in it"),
    (("--local-name", "a\x1bb"), "the SIP account's display name has a control character in it"),
    (("--local-number", ""), "a SIP account needs a user"),
    (("--proxy", ""), "--proxy is empty: write one, or leave it out"),
    (("--proxy", "sip:"), "--proxy 'sip:' is no SIP address: write one such as sip:192.0.2.1"),
    (("--proxy", "192.0.2.1:x"), "--proxy 'sip:192.0.2.1:x' is no SIP address: write one such as sip:192.0.2.1"),
    (("--proxy", "sip:192.0.2.1;transport=sctp"), "wants a transport that this phone has not: use UDP, TCP or TLS"),
    (("--password-file", "none"), "none: there is no such file"),
    (("--password-file", ""), "it is empty: name a file or directory"),
    (("--password-file", "usb"), "usb: it is a directory, not a file"),
    (("--sip-listen", "127.0.0.1:65536"), "is not HOST:PORT with a port from 0 to 65535"),
    (("--sip-listen", ""), "is not HOST:PORT"),
    (("--sip-listen", "192.0.2.77:0"), "cannot use port 0 of 192.0.2.77 for SIP: "),
    (("--sip-listen", "no-such-host.invalid:0"), "no-such-host.invalid"),
    (("--rtp-ports", "80-90"), "'80-90' is not a range from 1024 to 65535: write one such as 20000-29999"),
    (("--rtp-ports", "20010-20000"), "'20010-20000' is not a range"),
    (("--rtp-ports", "many"), "'many' is not a range"),
    (("--rtp-ports", "20001"), "--rtp-ports 20001 has no even port, which RTP goes to: write one such as 20000-29999"),
    (("--cacert", "none.pem"), "none.pem"),
    (("--cacert", "usb"), "'usb' is a directory"),
    (("--save-far", "usb"), "'usb' is a directory"),
    (("--save-far", "none/far.wav"), "cannot write none/far.wav: there is no such file"),
    (("--save-far", ""), "it is empty: name a file or directory"),
    (("--trace", "none/trace"), "cannot write none/trace: there is no such file"),
    (("--pcap", "none/pcap"), "cannot write none/pcap: there is no such file"),
    (("--trace", "same", "--pcap", "same"), "same exists already: choose another name, or remove it"),
    (("--save-far", "far.wav", "--trace", "none/trace"), "cannot write none/trace: there is no such file"),
    (("--save-far", "far.wav", "--trace", "t", "--pcap", "p", "--sip-listen", "192.0.2.77:0"), "cannot use port 0"),
    (("--near", "tone:1"), "'tone:1' is no tone"),
    (("--near", "none.wav"), "none.wav: there is no such file"),
    (("--keys", "0 dance"), "is not SECONDS and one of record, start, stop, pause, resume, hold, unhold"),
    (("--keys", "3 record", "--duration", "1"), "the call is over after 1 s"),
    (("--duration", "0"), "a call of 0 s cannot be"),
    (("--usb", "nowhere"), "there is no such file or directory"),
    (("--usb-size", "1000"), "the drive is full: 1,000 bytes are free"),
    (("--info-header", "Tape"), "--info-header goes with --mode sip-info"),
    (("--info-on", "1"), "--info-on goes with --mode sip-info"),
    (("--info-off", "0"), "--info-off goes with --mode sip-info"),
    (("--info-timeout", "1"), "--info-timeout goes with --mode sip-info"),
    (("--mode", "sip-info", "--info-header", "Via"), "the SIP header Via has a meaning of its own already"),
    (("--mode", "sip-info", "--info-header", "a b"), "'a b' can be no SIP header's name"),
    (("--mode", "sip-info", "--info-on", ""), "'' can be no SIP header's value"),
    (("--mode", "sip-info", "--info-on", "off"), "a server cannot tell on from off if both are 'off'"),
    (("--mode", "sip-info", "--info-timeout", "0"), "'0' is no time from 0.5 to 60 seconds"),
    (("--mode", "server", "--server", "127.0.0.1:1"), "no record server answers at 127.0.0.1:1"),
    (("--mode", "server", "--storage", "nowhere"), "there is no such file or directory"),
]


@pytest.mark.parametrize(("words", "why"), NONSENSE)
def test_an_option_that_makes_no_sense(peer: socket.socket, words: tuple[str, ...], why: str) -> None:
    assert why in refused("--to", uri(peer), *words)
    assert not dialled(peer)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("", "--to is empty: write one, or leave it out"),
        (" ", "--to is empty: write one, or leave it out"),
        ("100", "without a SIP server '100' is to be called as sip:100@HOST"),
        ("sip:", "'sip:' is neither a number nor a SIP address"),
        ("http://example.com", "is to be called as"),
        ("sip:100@127.0.0.1:99999", "'sip:100@127.0.0.1:99999' is neither a number nor a SIP address"),
        ("sip:100@127.0.0.1;transport=sctp", "wants a transport that this phone has not: use UDP, TCP or TLS"),
        ("sips:100@127.0.0.1;transport=udp", "wants a transport that this phone has not: use UDP, TCP or TLS"),
        ("sip:1\r\nX: 2@127.0.0.1", "neither a number nor a SIP address"),
    ],
)
def test_whom_nobody_can_call(target: str, why: str) -> None:
    assert why in refused("--to", target, "--save-far", "far.wav", "--trace", "trace", "--pcap", "pcap")


def test_whom_nobody_can_call_is_said_before_anything_registers(peer: socket.socket) -> None:
    assert "neither a number nor a SIP address" in refused("--registrar", uri(peer), "--to", "sip:")
    assert not dialled(peer)


def test_a_server_can_be_asked_to_record_in_a_real_call_alone() -> None:
    assert refused("--mode", "sip-info", "--fast") == (
        "only in a call over SIP can a SIP server be asked to record: give --to, or --wait"
    )


def test_a_simulated_call_cannot_be_put_on_hold() -> None:
    assert "only a real call can be put on hold" in refused("--fast", "--keys", "0 record, 1 hold", "--usb", "usb")


@pytest.mark.parametrize("secret", [b"", b"one\ntwo\n", b"\xff\n", b"x" * 5000])
def test_a_password_file_that_holds_none(tmp_path: Path, peer: socket.socket, secret: bytes) -> None:
    path = tmp_path / "password.given"
    path.write_bytes(secret)
    assert refused("--to", uri(peer), "--password-file", path) == (
        f"{path} must hold the secret alone, as one line of UTF-8 text"
    )
    assert not dialled(peer)


@pytest.mark.parametrize("option", ["--save-far", "--trace", "--pcap"])
def test_a_file_that_is_there_is_not_written_over(tmp_path: Path, peer: socket.socket, option: str) -> None:
    path = tmp_path / "precious.given"
    path.write_bytes(b"precious")
    link = tmp_path / "link.given"
    link.symlink_to(path)
    for place in (path, link):
        assert refused("--to", uri(peer), option, place) == f"{place} exists already: choose another name, or remove it"
    assert path.read_bytes() == b"precious"
    assert not dialled(peer)


@pytest.mark.parametrize("json_too", [(), ("--json",)])
def test_without_the_sound_library(
    peer: socket.socket, monkeypatch: pytest.MonkeyPatch, json_too: tuple[str, ...]
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    why = refused("--to", uri(peer), "--audio", "device", "--save-far", "far.wav", *json_too)
    assert "without the Python package sounddevice: pip install sounddevice" in why
    assert not dialled(peer)


def test_a_wave_file_of_certificates_is_no_trust(tmp_path: Path, peer: socket.socket) -> None:
    path = tmp_path / "ca.given"
    path.write_bytes(b"RIFF")
    assert "ca.given" in refused("--to", uri(peer), "--cacert", path)
    assert not dialled(peer)


def test_a_simulated_call_says_that_there_was_no_sip() -> None:
    assert document("--fast", "--usb", "usb", "--keys", "", "--duration", 1, exit_code=1)["sip"] is None


def test_what_goes_wrong_in_json_is_no_document(peer: socket.socket) -> None:
    assert refused("--to", uri(peer), "--json", "--rtp-ports", "20001").startswith("--rtp-ports 20001 has no even port")
    with pytest.raises(json.JSONDecodeError):
        json.loads(call("--to", "", "--json").stdout)


def test_the_secret_is_in_no_sentence(tmp_path: Path) -> None:
    path = tmp_path / "password.given"
    path.write_text("Open-Sesame\n")
    result = call("--to", "100", "--password-file", path, "--user", "bob")
    assert result.exit_code == 2
    assert "Open-Sesame" not in result.output
