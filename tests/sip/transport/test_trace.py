"""The trace of a call: literal text, no secrets, nothing that steers a terminal or passes for the trace's own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.sip.transport.trace import MessageTrace
from tests.adapters.file_limit import no_file_above

NEAR, FAR = ("192.0.2.1", 5060), ("2001:db8::2", 5061)
WHEN = datetime(2025, 1, 2, 3, 4, 5, 678_900)
REQUEST = b'OPTIONS sip:b SIP/2.0\r\nAuthorization: Digest username="alice", response="SECRET"\r\nl: 3\r\n\r\nhi\n'


def trace(path: Path, notes: list[str] | None = None, force: bool = False) -> MessageTrace:
    return MessageTrace(path, (notes if notes is not None else []).append, lambda: WHEN, force)


def traced(path: Path, *messages: bytes) -> str:
    tracing = trace(path)
    for data in messages:
        tracing.packet("TLS", NEAR, FAR, data)
    tracing.close()
    return path.read_text("utf-8")


def test_a_message_is_written_with_its_time_its_way_and_without_secrets(tmp_path: Path) -> None:
    assert traced(tmp_path / "trace", REQUEST, b"SIP/2.0 200 OK\r\n\r\n") == (
        "2025-01-02 03:04:05.678  192.0.2.1:5060 -> [2001:db8::2]:5061  TLS, 93 bytes\n"
        "  | OPTIONS sip:b SIP/2.0\n"
        '  | Authorization: Digest username="alice", response="***"\n'
        "  | l: 3\n"
        "  |\n"
        "  | hi\n"
        "\n"
        "2025-01-02 03:04:05.678  192.0.2.1:5060 -> [2001:db8::2]:5061  TLS, 18 bytes\n"
        "  | SIP/2.0 200 OK\n"
        "  |\n"
        "\n"
    )


def test_what_steers_a_terminal_or_ends_a_line_is_replaced(tmp_path: Path) -> None:
    text = traced(tmp_path / "trace", "X: \x1b[31m\x07\r\x85\u2028é\t\xff\r\n".encode("latin-1", "ignore") + b"\x00")
    lines = text.split("\n")[1:-2]
    assert all(line.startswith("  |") for line in lines)
    assert all(line.isprintable() for line in lines)


def test_a_message_cannot_pass_for_the_traces_own_words(tmp_path: Path) -> None:
    text = traced(tmp_path / "trace", b"X: 1\n2025-01-02 03:04:05.678  9.9.9.9:1 -> 9.9.9.9:2  UDP, 1 bytes\n")
    assert [line for line in text.splitlines() if line.startswith("2025")] == [text.splitlines()[0]]


@pytest.mark.parametrize("data", [b"", b"\x80\0\0\1audio", b"\0\1\0\0", b"\xff"])
def test_media_is_not_traced(data: bytes, tmp_path: Path) -> None:
    assert traced(tmp_path / "trace", data) == ""


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    traced(path, REQUEST)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_not_written_over_unless_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    path.write_text("mine" * 1000)
    path.chmod(0o666)
    with pytest.raises(UsageError, match="exists already"):
        trace(path)
    trace(path, force=True).close()
    assert path.read_text() == ""
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_error_of_the_file_ends_the_trace_with_one_note(tmp_path: Path) -> None:
    notes: list[str] = []
    tracing = trace(tmp_path / "trace", notes)
    with no_file_above(300):
        for _ in range(5):
            tracing.packet("UDP", NEAR, FAR, REQUEST)
    tracing.close()
    assert notes == [f"the SIP trace {tmp_path / 'trace'} ends here: file too large"]
