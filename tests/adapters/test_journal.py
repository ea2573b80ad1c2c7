from __future__ import annotations

import io
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

import pytest

from phone_recorder.adapters.journal import JOURNAL, Level, Log, entry, open_log

_LOGS: list[Log] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Every log of a test is closed after it."""
    yield
    while _LOGS:
        _LOGS.pop().close()


def new_log(stream: TextIO | None, journal: Path | None = None) -> Log:
    _LOGS.append(Log(stream, journal))
    return _LOGS[-1]


def found_log(environ: Mapping[str, str], stream: TextIO, journal: Path = JOURNAL) -> Log:
    _LOGS.append(open_log(environ, stream, journal))
    return _LOGS[-1]


@pytest.fixture
def journald(tmp_path: Path) -> Iterator[socket.socket]:
    """The journal's end of its socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as ours:
        ours.bind(str(tmp_path / "socket"))
        yield ours


@pytest.fixture
def file(tmp_path: Path) -> Iterator[TextIO]:
    """A file that is stderr."""
    with (tmp_path / "stderr").open("w", encoding="utf-8") as opened:
        yield opened


def written(file: TextIO) -> str:
    return Path(file.name).read_text("utf-8")


def connected(file: TextIO) -> dict[str, str]:
    """What systemd says when it has connected this stream to the journal."""
    found = os.fstat(file.fileno())
    return {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}


@pytest.mark.parametrize(("level", "priority"), [("error", "3"), ("warning", "4"), ("notice", "5"), ("info", "6")])
def test_under_systemd_an_entry_is_one_datagram_of_fields(
    journald: socket.socket, file: TextIO, tmp_path: Path, level: Level, priority: str
) -> None:
    log = found_log(connected(file), file, tmp_path / "socket")
    log(level, "a call has begun", call=3, remote_number="1002", duration_s=1.5)
    assert journald.recv(4096).decode().splitlines() == [
        "MESSAGE=a call has begun",
        f"PRIORITY={priority}",
        "CALL=3",
        "REMOTE_NUMBER=1002",
        "DURATION_S=1.5",
        "SYSLOG_IDENTIFIER=phone-recorder",
    ]
    assert written(file) == ""


def test_what_callers_write_makes_no_field_and_no_line(journald: socket.socket, file: TextIO, tmp_path: Path) -> None:
    for log in (new_log(file, tmp_path / "socket"), new_log(file)):
        log("notice", "a call\r\nPRIORITY=0", name="Bob\n\nPRIORITY=0\x1b[2J\x00\u2028\udcff")
    assert journald.recv(4096).decode().split("\n") == [
        "MESSAGE=a call��PRIORITY=0",
        "PRIORITY=5",
        "NAME=Bob��PRIORITY=0�[2J���",
        "SYSLOG_IDENTIFIER=phone-recorder",
        "",
    ]
    assert written(file) == 'notice: a call��PRIORITY=0 NAME="Bob��PRIORITY=0�[2J���"\n'


@pytest.mark.parametrize("name", ["message", "priority", "PRIORITY", "syslog_identifier", "_pid", "é", "a b", "x" * 65])
def test_names_that_the_journal_keeps_to_itself_are_left_out(file: TextIO, name: str) -> None:
    new_log(file)("info", "a call has ended", **{name: "1"}, call=3)
    assert written(file) == "info: a call has ended CALL=3\n"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1002", "1002"),
        ("Bob", "Bob"),
        ("李雷", "李雷"),
        ("", '""'),
        ("Bob CALL=2", '"Bob CALL=2"'),
        ("CALL=2", '"CALL=2"'),
        ('B" CALL="2', r'"B\" CALL=\"2"'),
        ("B\\", r'"B\\"'),
        (-1.5, "-1.5"),
    ],
)
def test_a_line_has_each_value_once_and_whole(file: TextIO, value: str | float, shown: str) -> None:
    new_log(file)("notice", "a call has begun", name=value)
    assert written(file) == f"notice: a call has begun NAME={shown}\n"


def test_a_long_text_is_cut(file: TextIO) -> None:
    new_log(file)("notice", "m" * 1000, name="李" * 1000)
    assert written(file) == f"notice: {'m' * 200}... NAME={'李' * 200}...\n"


def test_a_line_of_very_many_fields_is_cut_and_ends(file: TextIO) -> None:
    new_log(file)("notice", "m", **{f"f{number}": "x" * 200 for number in range(100)})
    assert len(written(file)) == 4096 and written(file).endswith("x\n")


def test_a_value_of_more_lines_has_its_length_before_it() -> None:
    assert entry({"A": "1", "B": "2\n李"}) == b"A=1\nB\n\x05\0\0\0\0\0\0\x002\n\xe6\x9d\x8e\n"


@pytest.mark.parametrize("stream", ["", "1:2", "nonsense", "0:0:0"])
def test_without_the_journal_lines_go_to_the_stream(
    journald: socket.socket, file: TextIO, tmp_path: Path, stream: str
) -> None:
    found_log({"JOURNAL_STREAM": stream}, file, tmp_path / "socket")("notice", "here")
    found_log({}, file, tmp_path / "socket")("notice", "and here")
    assert written(file) == "notice: here\nnotice: and here\n"
    with pytest.raises(BlockingIOError):
        journald.recv(4096)


def test_a_journal_that_is_not_there_is_replaced_by_the_stream(file: TextIO, tmp_path: Path) -> None:
    log = new_log(file, tmp_path / "nobody")
    log("error", "the drive is full")
    assert written(file) == "error: the drive is full\n"


def test_a_journal_that_starts_anew_is_found_again(file: TextIO, tmp_path: Path) -> None:
    log = new_log(file, tmp_path / "socket")
    log("info", "not yet")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as ours:
        ours.bind(str(tmp_path / "socket"))
        log("info", "now")
        assert ours.recv(4096).startswith(b"MESSAGE=now\n")


def test_a_journal_that_does_not_read_holds_nobody_up(journald: socket.socket, file: TextIO, tmp_path: Path) -> None:
    log = new_log(file, tmp_path / "socket")
    for number in range(5000):
        log("info", "a call has begun", call=number)
    assert journald.recv(4096).startswith(b"MESSAGE=a call has begun\nPRIORITY=6\nCALL=0\n")
    assert written(file).endswith("info: a call has begun CALL=4999\n")


def test_a_pipe_that_nobody_reads_holds_nobody_up_and_has_whole_lines() -> None:
    end, ours = os.pipe()
    with open(end, "rb") as reader, open(ours, "w") as stream:  # noqa: PTH123
        log = new_log(stream)
        for number in range(20_000):
            log("info", "a call has begun", call=number)
        assert os.get_blocking(ours)
        log.close()
        stream.close()
        lines = reader.read().splitlines()
    assert len(lines) > 100
    assert lines == [f"info: a call has begun CALL={number}".encode() for number in range(len(lines))]


def test_a_socket_that_nobody_reads_holds_nobody_up() -> None:
    reader, ours = socket.socketpair()
    with reader, ours, ours.makefile("w") as stream:
        log = new_log(stream)
        for number in range(20_000):
            log("info", "a call has begun", call=number)
        assert ours.getblocking()
        assert reader.recv(34) == b"info: a call has begun CALL=0\ninfo"


def test_a_pipe_whose_reader_has_gone_is_no_error() -> None:
    end, ours = os.pipe()
    os.close(end)
    with open(ours, "w") as stream:  # noqa: PTH123
        new_log(stream)("notice", "nobody reads this")


def test_a_full_disk_is_no_error() -> None:
    with open("/dev/full", "w") as stream:  # noqa: PTH123
        new_log(stream)("notice", "there is no room for this")


def test_a_stream_that_is_closed_later_does_not_become_another_file(file: TextIO, tmp_path: Path) -> None:
    log, fd = new_log(file), file.fileno()
    file.close()
    recording = os.open(tmp_path / "recording", os.O_WRONLY | os.O_CREAT)
    os.dup2(recording, fd)
    log("notice", "not into the recording")
    for number in {recording, fd}:
        os.close(number)
    assert (tmp_path / "recording").read_bytes() == b""
    assert written(file) == "notice: not into the recording\n"


def test_a_stream_that_is_closed_already_or_missing_is_no_error(file: TextIO) -> None:
    file.close()
    for stream in (file, None):
        new_log(stream)("notice", "nobody reads this")
    found_log({}, file)("notice", "nobody reads this")
    assert written(file) == ""


def test_a_stream_without_a_file_is_written_too() -> None:
    stream = io.StringIO()
    found_log({"JOURNAL_STREAM": ""}, stream)("notice", "a call has begun", call=1)
    assert stream.getvalue() == "notice: a call has begun CALL=1\n"


def test_after_the_end_nothing_is_logged(journald: socket.socket, file: TextIO, tmp_path: Path) -> None:
    log = new_log(file, tmp_path / "socket")
    log.close()
    log.close()
    log("notice", "too late")
    assert written(file) == ""
    with pytest.raises(BlockingIOError):
        journald.recv(4096)


def test_lines_of_several_threads_are_whole(file: TextIO) -> None:
    log = new_log(file)
    threads = [
        threading.Thread(target=lambda: [log("info", "x" * 100) for _ in range(200)])  # type: ignore[func-returns-value]
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(written(file).splitlines()) == {f"info: {'x' * 100}"} and written(file).count("\n") == 800
