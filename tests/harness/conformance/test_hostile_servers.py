"""Servers that mean harm: each case fails in a line, in time, and neither is trouble nor leaves anything on stderr."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from phone_recorder.errors import NotConforming
from phone_recorder.harness.conformance.answers import Address
from phone_recorder.harness.conformance.client import Phone
from phone_recorder.harness.conformance.run import CASES, conform, conformance_cases
from phone_recorder.harness.conformance.server import Server
from phone_recorder.harness.runner.result import Result
from tests.cli.foreground import hears_ctrl_c
from tests.harness.conformance.hostile_server import (
    Answers,
    agree,
    agree_and_reset,
    close,
    drip,
    hostile_server,
    never_end,
    read_no_more,
    reset,
    say,
)

pytestmark = pytest.mark.live

ANSWER_S = 0.6
IN_TIME_S = 20.0
PATIENCE_S = 30
LONGEST = 500
MUCH = 32 << 20
"""More than any kernel holds for one who does not read."""
LONG = b"a" * 60_000
START = b"cmd=RecordStartResponse&id="

SERVERS: dict[str, tuple[Answers, str]] = {
    "closes": (close, "the connection was closed instead of an answer"),
    "resets": (reset, "the connection was reset instead of an answer"),
    "says nothing": (say(), "no answer comes within 0.6 s"),
    "says garbage": (say(bytes(range(128, 256))), "an answer lacks its cmd"),
    "drips": (drip(0.02), "an answer has no end within 0.6 s"),
    "answers for another": (agree(recording_id=b"0" * 32), f"the answer has id={'0' * 32} instead of "),
    "goes on for ever": (never_end(LONG, START), "an answer has more than 65536 bytes"),
    "ends no empty line": (never_end(b"\r\n" * 1000), " within 0.6 s"),
    "says a million lines": (never_end(START + b"1&result=success\r\n"), "the answer has id=1 instead of "),
    "is no UTF-8": (agree(recording_id=b"\xff\xfe"), "the answer has id=\N{REPLACEMENT CHARACTER}"),
    "steers the terminal": (say(b"cmd=%1b[31m%0a\n"), "the answer has cmd=\N{REPLACEMENT CHARACTER}[31m"),
    "has a long name": (say(b"cmd=" + LONG + b"\n"), "... (59,700 more characters) instead of RecordStartResponse"),
    "has a long reason": (say(START + b"1&reason=" + LONG + b"\n"), "... (59,700 more characters))"),
    "has a long port": (agree(b"port=" + b"9" * 5000), "... (4,700 more characters)', which is none"),
    "has a port in other digits": (agree("port=١٢٣".encode()), "the answer to a start names the port "),
    "has a long host": (agree(b"port=9&server=" + b"a" * 70), f"names the server '{'a' * 70}', which is no IP address"),
    "has a host with NUL": (agree(b"port=9&server=%00x"), "the answer to a start names the server "),
    "has a host by name": (agree(b"port=9&server=nohost.invalid"), "'nohost.invalid', which is no IP address"),
    "is anywhere": (agree(b"port=9&server=0.0.0.0"), "names the server '0.0.0.0', at which no server is"),
    "is many": (agree(b"port=9&server=224.0.0.1"), "names the server '224.0.0.1', at which no server is"),
}
"""What each does, and what a case says of it."""
RTP: dict[str, tuple[bytes, str]] = {
    "a closed port": (b"server=127.0.0.1&port=9", "nobody listens at port 9, where RTP was to go"),
    "its own closed port": (b"port=9", "nobody listens at port 9, where RTP was to go"),
    "a broadcast": (b"server=255.255.255.255&port=9", "no RTP can go to 255.255.255.255, port 9"),
    "a zone of its own": (b"server=fe80::1%25none&port=9", "no RTP can go to fe80::1, port 9"),
}


def taken_through(answers: Answers, *names: str) -> list[Result]:
    wanted = tuple(case for case in conformance_cases() if case.name.removeprefix("server/") in names)
    with hostile_server(answers) as address:
        return list(conform(Server(address, answer_s=ANSWER_S), wanted, seed=1))


def seen_by(result: Result) -> str:
    [failure] = result.failures
    return failure.seen


@pytest.mark.parametrize("kind", SERVERS)
def test_what_it_does_is_told_in_a_line_that_can_be_read(kind: str) -> None:
    answers, told = SERVERS[kind]
    [result] = taken_through(answers, "takes a recording")
    assert told in seen_by(result)
    assert len(seen_by(result)) < LONGEST and seen_by(result).isprintable()


@pytest.mark.parametrize("where", RTP)
def test_rtp_that_can_go_nowhere_is_told(where: str) -> None:
    more, told = RTP[where]
    [result] = taken_through(agree(more), "takes rtp")
    assert seen_by(result) == told


def test_an_answer_too_many_is_the_answer_to_what_is_asked_next() -> None:
    [result] = taken_through(agree(times=2), "stops what was silent")
    assert seen_by(result) == "the answer has cmd=RecordStartResponse instead of RecordStopResponse"


def test_what_nobody_reads_is_told_in_time() -> None:
    async def send(address: Address) -> None:
        async with Phone(address, ANSWER_S) as phone:
            await phone.send(*[bytes(MUCH)] * 2)

    with hostile_server(read_no_more) as address, pytest.raises(NotConforming, match="what is sent is not read within"):
        asyncio.run(send(address))


@pytest.mark.parametrize(
    "answers", [close, reset, agree(), agree_and_reset, agree(b"port=x"), never_end(b"\xff" * 100)], ids=range(6)
)
def test_no_case_is_trouble_or_takes_long_or_leaves_anything_to_be_said(
    answers: Answers, capfd: pytest.CaptureFixture[str]
) -> None:
    began = monotonic()
    results = taken_through(answers, *CASES)
    assert {result.outcome for result in results} <= {"failed", "skipped", "passed"}
    assert "failed" in {result.outcome for result in results}
    assert monotonic() - began < IN_TIME_S
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("answers", [say(), never_end(b"\r\n" * 1000), drip(0.2)], ids=["silent", "endless", "slow"])
def test_ctrl_c_in_the_midst_of_it_ends_it_at_once(answers: Answers, tmp_path: Path) -> None:
    with hostile_server(answers) as (host, port):
        run = subprocess.Popen(
            [sys.executable, "-m", "phone_recorder", "test", "--server", f"{host}:{port}", "-k", "takes"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hears_ctrl_c,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert run.stdout and run.stdout.readline().startswith("failed   server/takes a recording")
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=PATIENCE_S)
    assert (run.returncode, err) == (130, "phone-recorder: interrupted: not all cases have been played\n")
