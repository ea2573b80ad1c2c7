"""`recordings list`, and what its commands share, against a server that says what a test has written down."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from phone_recorder.cli.main import cli
from tests.adapters.certificates import certificate, server_tls
from tests.adapters.scripted_web import Script, ScriptedWeb, answer
from tests.cli.recordings_rig import (
    ENTRY,
    FIRST,
    HOSTILE,
    LIST,
    ORDER,
    SECOND,
    THIRD,
    entry,
    error,
    page,
    run,
)


@pytest.fixture(autouse=True)
def environment(tmp_path: Path) -> Iterator[None]:
    """A directory to download to, UTC, and no token."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("TZ", "UTC")
        monkeypatch.delenv("PHONE_RECORDER_TOKEN", raising=False)
        monkeypatch.chdir(tmp_path)
        time.tzset()
        yield
    time.tzset()


def test_a_list_is_a_table() -> None:
    cut = entry(SECOND, direction="out", duration_s=9, remote_name="", codec="G722", state="cut short")
    with ScriptedWeb({LIST: page(ENTRY, cut)}) as web:
        result = run("list", "--server", web.url)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [" ".join(line.split()) for line in result.stdout.splitlines()] == [
        "name started length dir near party far party device codec state",
        "Record_20240131120000 2024-01-31 12:00:00 1:02:05 in 100 Lee 200 王小明 001fc1203040 PCMU recorded",
        "Record_20240131120000-2 2024-01-31 12:00:00 0:00:09 out 100 Lee 200 001fc1203040 G722 cut short",
    ]


def test_an_empty_list_is_no_error() -> None:
    with ScriptedWeb({LIST: page()}) as web:
        for words, printed in (((), ""), (("--json",), "[]\n")):
            result = run("list", "--server", web.url, *words)
            assert (result.exit_code, result.output) == (0, printed)


def test_all_pages_are_one_list() -> None:
    second = LIST.removesuffix("1") + "2"
    pages = {
        LIST: page(entry(FIRST), entry(SECOND), pages=2, total=3),
        # A recording that was deleted meanwhile has moved the others up: one is there again.
        second: page(entry(SECOND), entry(THIRD), number=2, pages=2, total=3),
    }
    with ScriptedWeb(dict(pages)) as web:
        result = run("list", "--server", web.url, "--json")
    assert [found["name"] for found in json.loads(result.stdout)] == [FIRST, SECOND, THIRD]
    assert web.asked == [LIST, second]


def test_a_json_list_is_what_the_server_knows() -> None:
    with ScriptedWeb({LIST: page(ENTRY | {"added_later": True})}) as web:
        assert json.loads(run("list", "--server", web.url, "--json").stdout) == [ENTRY]


def test_filters_are_query_parameters() -> None:
    filters = "text=a%26b&number=20&name=%E7%8E%8B&device=001f&codec=G722&direction=in&state=cut+short"
    asked = f"GET /api/v1/recordings?{ORDER}&{filters}&since=1706659200&until=1706713200&page=1"
    words = ["--text", "a&b", "--number", "20", "--name", "王", "--device", "001f", "--codec", "G722"]
    words += ["--direction", "in", "--state", "cut short", "--since", "2024-01-31", "--until", "2024-01-31 15:00"]
    with ScriptedWeb({asked: page()}) as web:
        assert run("list", "--server", web.url, *words).exit_code == 0
    assert web.asked == [asked]


def test_callers_cannot_steer_the_terminal() -> None:
    texts = ("device", "local_number", "local_name", "remote_number", "remote_name", "codec", "reason", "id", "name")
    with ScriptedWeb({LIST: page(ENTRY | dict.fromkeys(texts, HOSTILE), ENTRY)}) as web:
        plain = run("list", "--server", web.url)
        as_json = run("list", "--server", web.url, "--json")
    lines = plain.stdout.splitlines()
    assert len(lines) == 3 and all(line.isprintable() and len(line) < 400 for line in lines)
    assert as_json.stdout.isascii() and "\x1b" not in as_json.stdout
    assert json.loads(as_json.stdout)[0]["remote_name"] == HOSTILE


@pytest.mark.parametrize(("field", "value"), [("started_at", 1e300), ("started_at", -1e18), ("duration_s", -1.0)])
def test_a_time_that_is_none_is_shown_as_unknown(field: str, value: float) -> None:
    with ScriptedWeb({LIST: page(ENTRY | {field: value})}) as web:
        result = run("list", "--server", web.url)
    assert result.exit_code == 0 and " ? " in result.stdout


def test_a_terminal_without_such_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedWeb({LIST: page(ENTRY)}) as web:
        result = CliRunner(charset="ascii").invoke(cli, ["recordings", "list", "--server", web.url])
    assert result.exit_code == 0 and r"200 \u738b\u5c0f\u660e" in result.stdout


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "null",
        "[]",
        "{}",
        '{"entries": [{}], "total": 1, "page": 1, "pages": 1}',
        '{"entries": [{"name": "x", "state": "no such"}], "total": 1, "page": 1, "pages": 1}',
        '{"entries": [], "total": 1e999, "page": 1, "pages": 1}',
        '{"later": ' + "[" * 100_000,
    ],
)
def test_what_is_no_list(body: str) -> None:
    with ScriptedWeb({LIST: answer(body)}) as web:
        sentence = error(run("list", "--server", web.url))
    assert sentence == (
        f"{web.url} does not answer as a record server does (this is no list of recordings): check --server"
    )


def test_a_list_without_an_end() -> None:
    pages: dict[str, Script] = {
        f"{LIST.removesuffix('1')}{number}": page(entry(FIRST), number=number, pages=10**9) for number in range(1, 9)
    }
    with ScriptedWeb(pages) as web:
        assert "(its list never ends)" in error(run("list", "--server", web.url))
    assert len(web.asked) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("get",), "Name the recordings, or give --all"),
        (("get", "--all", FIRST), "Name the recordings, or give --all"),
        (("get", FIRST, "--number", "2"), "--number needs --all"),
        (("get", "--all", "-o", "none"), "none is not a directory: make it first, or name one recording alone"),
        (("get", FIRST, SECOND, "-o", "x.wav"), "x.wav is not a directory: make it first, or name one recording alone"),
        (
            ("get", FIRST, "-o", "none/x.wav"),
            f"{FIRST}: cannot write none/x.wav: there is no directory none: make it first",
        ),
        (("rm",), "Missing argument 'NAME...'"),
        (("list", "--since", "yesterday"), "Invalid value for '--since'"),
        (("list", "--since", "0001-01-01"), "Invalid value for '--since'"),
        (("list", "--state", "lost"), "Invalid value for '--state'"),
        (("list", "--server", "recorder"), "'recorder' is not a server's URL"),
        (("list", "--server", "http://192.0.2.1", "--token-file", "token"), "others could read the token on its way"),
        (("list", "--token-file", "none"), "cannot read none: there is no such file"),
        ((), "Missing command"),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "token").write_text("secret\n")
    result = run(*words)
    assert error(result).startswith(sentence)
    assert result.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["token"]


def test_a_token_from_a_file_or_the_environment(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    with ScriptedWeb({LIST: page()}) as web:
        run("list", "--server", web.url)
        run("list", "--server", web.url, PHONE_RECORDER_TOKEN="from-environment")
        run("list", "--server", web.url, "--token-file", "token", PHONE_RECORDER_TOKEN="from-environment")
    heads = [head.splitlines() for head in web.requests]
    assert [[line for line in head if line.startswith("Authorization")] for head in heads] == [
        [],
        ["Authorization: Bearer from-environment"],
        ["Authorization: Bearer from-file"],
    ]


def test_a_server_that_wants_a_token() -> None:
    with ScriptedWeb({LIST: answer('{"error": "log in"}', "401 Unauthorized")}) as web:
        sentence = error(run("list", "--server", web.url))
    assert sentence.startswith(f"{web.url} wants a token: make one where it runs with `phone-recorder server token")


@pytest.mark.peer
def test_a_certificate_to_trust(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    with ScriptedWeb({LIST: page()}, server_tls(cert, key)) as web:
        assert error(run("list", "--server", web.url)).endswith("give the one to trust with --cacert")
        assert run("list", "--server", web.url, "--cacert", cert).exit_code == 0


@pytest.mark.parametrize("command", ["list", "get", "rm"])
def test_the_help_has_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.count(f"  phone-recorder recordings {command} ") >= 2
