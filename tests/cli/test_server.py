"""`server`: as its user and its phones meet it, in a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from phone_recorder.server.media import NO_NUMPY
from tests.server.rig import header, rtp

AUDIO = [bytes([n]) * 160 for n in range(50)]
FILE = header(b"PCMU", 160, 8000) + b"".join(AUDIO)


def run(*words: str | Path | int) -> Result:
    return CliRunner().invoke(cli, ["server", *map(str, words)])


def best_name() -> str:
    """How this Python's server reads RTP."""
    try:
        import numpy  # noqa: F401
    except ImportError:
        return f"one socket at a time: {NO_NUMPY}"
    return "recvmmsg over all ports"


@contextmanager
def server(storage: Path) -> Iterator[tuple[subprocess.Popen[str], tuple[str, int]]]:
    """A server process, and where it listens."""
    command = [sys.executable, "-m", "phone_recorder", "server", "--port", "0", "--storage", str(storage)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("record server on 127.0.0.1:") and line.endswith(
            f" storing in {storage}; Ctrl-C stops it\n"
        )
        assert process.stdout.readline() == f"RTP: {best_name()}\n"
        try:
            yield process, ("127.0.0.1", int(line.split(":")[1].split(",")[0]))
        finally:
            process.kill()


def record(address: tuple[str, int], recording_id: str) -> socket.socket:
    """Send a second of audio for a new recording; its control connection."""
    control = socket.create_connection(address, 10)
    control.sendall(f"cmd=RecordStartRequest&id={recording_id}&codec=PCMU\n".encode())
    answer = control.recv(4096).decode()
    assert "&result=success&" in answer
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
        for number, payload in enumerate(AUDIO):
            media.sendto(rtp(number, payload), ("127.0.0.1", int(answer.partition("&port=")[2])))
    return control


def stop(control: socket.socket, recording_id: str) -> None:
    control.sendall(f"cmd=RecordStopRequest&id={recording_id}\n".encode())
    assert control.recv(4096).endswith(b"&result=success\n")
    control.close()


@pytest.mark.live
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_leaves_whole_files(tmp_path: Path, number: signal.Signals) -> None:
    with server(tmp_path) as (process, address):
        control = record(address, "00ff")
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=10)
        control.close()
    [path] = tmp_path.glob("Record_*.wav")
    assert path.read_bytes() == FILE
    assert (process.returncode, stderr) == (0, "")
    assert stdout == f"cut short 1.00 s PCMU {path} '  out ': the server was stopped\n"


@pytest.mark.live
def test_it_goes_on_when_nobody_reads_its_lines_any_more(tmp_path: Path) -> None:
    with server(tmp_path) as (process, address):
        assert process.stdout and process.stderr
        process.stdout.close()
        first, second = record(address, "one"), record(address, "two")
        stop(first, "one")
        second.close()
        third = record(address, "three")
        process.send_signal(signal.SIGTERM)
        assert (process.wait(10), process.stderr.read()) == (0, "")
        third.close()
    assert [path.read_bytes() for path in tmp_path.glob("Record_*.wav")] == [FILE] * 3


def test_a_storage_must_be_named() -> None:
    result = run()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--storage" in result.stderr and result.stderr.count("\n") == 1


def test_a_storage_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x")
    for path, why in ((tmp_path / "none", "make it first, or name another"), (file, "is not a directory")):
        result = run("--storage", path, "--port", 0)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("phone-recorder: ") and why in result.stderr
        assert result.stderr.count("\n") == 1
    assert file.read_bytes() == b"x"


@pytest.mark.parametrize("port", ["-1", "65536", "abc", "1.5", "9" * 5000])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    result = run("--storage", tmp_path, "--port", port)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--port" in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize("host", ["192.0.2.1", "x" * 80, "::zz", ".."])
def test_a_host_that_is_not_here(tmp_path: Path, host: str) -> None:
    result = run("--storage", tmp_path, "--host", host, "--port", 0)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"phone-recorder: cannot listen on {host}")
    assert result.stderr.count("\n") == 1


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("--storage", tmp_path, "--port", taken.getsockname()[1])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "already in use" in result.stderr
