"""`server` with its options: each does what its help says, in a process of its own."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from tests.adapters.certificates import certificate
from tests.server.rig import header, rtp

pytestmark = pytest.mark.live

Process = subprocess.Popen[str]


def run(*words: str | Path | int) -> Result:
    return CliRunner().invoke(cli, ["server", *map(str, words)])


@contextmanager
def server(storage: Path, *words: str | Path) -> Iterator[tuple[Process, str]]:
    """A server process, and the line that says where it is; it must end in order, without a complaint."""
    command = [sys.executable, "-m", "phone_recorder", "server", "--port", "0", "--storage", str(storage)]
    with subprocess.Popen(
        [*command, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline()
        finally:
            process.terminate()
            _, err = process.communicate(timeout=10)
        assert (process.returncode, err) == (0, "")


def control(line: str, source: str = "127.0.0.1") -> socket.socket:
    """A connection to the server that this line tells of."""
    port = int(line.partition("record server on 127.0.0.1:")[2].partition(",")[0])
    return socket.create_connection(("127.0.0.1", port), 10, (source, 0))


def start(connection: socket.socket, recording_id: str, device: str = "0c1105aabbcc") -> bytes:
    connection.sendall(f"cmd=RecordStartRequest&id={recording_id}&device={device}&codec=PCMU\n".encode())
    return connection.recv(4096)


def url(line: str) -> str:
    found = re.search(r"web page on (https?://127\.0\.0\.1:[0-9]+);", line)
    assert found
    return found[1]


def get(address: str, context: ssl.SSLContext | None = None) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=10, context=context) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_web_page_on_loopback_asks_for_no_login(tmp_path: Path) -> None:
    with server(tmp_path, "--http", "127.0.0.1:0") as (_, line):
        assert get(f"{url(line)}/healthz") == (200, '{"status":"ok"}')
        with control(line) as connection:
            assert b"&result=success&" in start(connection, "00ff")
            status, live = get(f"{url(line)}/api/v1/live")
            assert (status, '"id":"00ff"' in live) == (200, True)
            status, metrics = get(f"{url(line)}/metrics")
            assert (status, "phone_recorder_control_connections 1.0\n" in metrics) == (200, True)


def test_on_an_address_that_others_can_reach_somebody_must_be_able_to_log_in(tmp_path: Path) -> None:
    refused = run("--storage", tmp_path, "--port", 0, "--http", "0.0.0.0:0")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "nobody may log in yet" in refused.stderr and "server passwd" in refused.stderr
    secret = tmp_path / "secret"
    secret.write_text("correct horse\n")
    assert run("passwd", "--storage", tmp_path, "--user", "lee", "--password-file", secret).exit_code == 0
    with server(tmp_path, "--http", "0.0.0.0:0") as (_, line):
        port = line.partition("web page on http://0.0.0.0:")[2].partition(";")[0]
        address = f"http://127.0.0.1:{port}"
        status, page = get(f"{address}/")
        assert (status, 'name="password"' in page) == (200, True)
        assert get(f"{address}/api/v1/recordings")[0] == 401
        assert get(f"{address}/healthz")[0] == 200


@pytest.mark.peer
def test_tls(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    storage = tmp_path / "storage"
    storage.mkdir()
    with server(storage, "--http", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key) as (_, line):
        assert url(line).startswith("https://")
        context = ssl.create_default_context(cafile=str(cert))
        assert get(f"{url(line)}/healthz", context) == (200, '{"status":"ok"}')


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--tls-cert", "x", "--http", "127.0.0.1:0"], "--tls-cert and --tls-key go together"),
        (["--tls-cert", "x", "--tls-key", "y"], "--tls-cert goes with --http"),
        (
            ["--http", "127.0.0.1:0", "--tls-cert", "none", "--tls-key", "none"],
            "cannot read none: there is no such file",
        ),
        (["--http", "127.0.0.1:65536"], "port from 0 to 65535"),
        (["--allow", "10.0.0.1/8"], "10.0.0.1/8 is an address within 10.0.0.0/8"),
        (["--allow", "here"], "'here' is not a network"),
        (["--allow-device", "phone"], "'phone' is not a device"),
        (["--rtp-ports", "5-3"], "is not a range from 1 to 65535"),
        (["--rtp-ports", "0-3"], "is not a range from 1 to 65535"),
        (["--keep-days", "nan"], "'nan' is no time from 0 to 100000 days"),
        (["--rtp-idle", "-1"], "'-1' is no time from 0 to 1e+06 seconds"),
        (["--keep-size", "much"], "'much' is not a size"),
        (["--max-sessions", "0"], "--max-sessions"),
        (["--host", ""], "it is empty: name an address"),
        (["--storage", ""], "it is empty: name a file or directory"),
        (["--keep-free", "100000000G"], "bytes can never be free on a disk of"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    result = run("--storage", tmp_path, "--port", 0, *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_networks_and_devices_that_are_allowed(tmp_path: Path) -> None:
    allowed = ("--allow", "127.0.0.1", "--allow", "10.0.0.0/8", "--allow-device", "0C:11:05:AA:BB:CC")
    with server(tmp_path, *allowed) as (_, line):
        with control(line) as friend:
            assert b"this%20device%20may%20not%20record%20here" in start(friend, "1", "001122334455")
            assert b"&result=success&" in start(friend, "2", "0c1105aabbcc")
        # Refused, perhaps before it was looked at.
        with control(line, "127.0.0.2") as stranger, suppress(ConnectionResetError):
            assert stranger.recv(10) == b""


def test_how_many_at_a_time(tmp_path: Path) -> None:
    limits = ("--max-sessions", "2", "--max-per-device", "1", "--max-per-host", "2", "--rtp-ports", "41400-41409")
    with server(tmp_path, *limits) as (_, line), control(line) as connection:
        port = int(start(connection, "1", "a").rpartition(b"=")[2])
        assert 41400 <= port <= 41409
        assert b"too%20many%20recordings%20of%20this%20device:%201%20run%20already" in start(connection, "2", "a")
        assert b"&result=success&" in start(connection, "3", "b")
        assert b"too%20many%20recordings:%202%20run%20already" in start(connection, "4", "c")
        with control(line), control(line) as third, suppress(ConnectionResetError):
            assert third.recv(10) == b""


def test_rtp_that_does_not_come_ends_a_recording(tmp_path: Path) -> None:
    with server(tmp_path, "--rtp-idle", "1") as (process, line), control(line) as connection:
        answer = start(connection, "1")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
            media.sendto(rtp(0, b"\x11" * 160), ("127.0.0.1", int(answer.rpartition(b"=")[2])))
        assert connection.recv(10) == b""
        assert process.stdout
        assert [process.stdout.readline()[:9] for _ in range(2)] == ["RTP: recv", "cut short"]
    [sidecar] = tmp_path.glob("Record_*.json")
    assert '"reason":"no RTP came for 1 s"' in sidecar.read_text()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--keep-days", "1"), "it is older than 1 day"),
        (("--keep-size", "100"), "all recordings together had more than 100 bytes"),
    ],
)
def test_old_recordings_give_way(tmp_path: Path, words: tuple[str, str], why: str) -> None:
    record = tmp_path / "Record_20200101000000.wav"
    record.write_bytes(header(b"PCMU", 160, 160) + bytes(160))
    with server(tmp_path, *words) as (process, first):
        assert process.stdout
        lines = [first, *(process.stdout.readline() for _ in range(3))]
    [deleted] = [line for line in lines if "was deleted" in line]
    assert deleted.startswith("Record_20200101000000 was deleted: ") and why in deleted
    assert not record.exists()


def test_reindex(tmp_path: Path) -> None:
    (tmp_path / "Record_20200101000000.wav").write_bytes(header(b"PCMU", 160, 160) + bytes(160))
    result = run("reindex", "--storage", tmp_path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Record_20200101000000: it had no sidecar, and has one now")
    with server(tmp_path) as (_, line):
        refused = run("reindex", "--storage", tmp_path)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "a record server has" in refused.stderr
        assert line.startswith("record server on ")
