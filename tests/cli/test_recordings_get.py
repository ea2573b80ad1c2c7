"""`recordings get` and `rm`, against a server that says what a test has written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.scripted_web import Script, ScriptedWeb, answer
from tests.cli.recordings_rig import (
    FIRST,
    GONE,
    HOSTILE,
    LIST,
    ORDER,
    SECOND,
    THIRD,
    WAV,
    entry,
    error,
    page,
    run,
    wav,
)
from tests.cli.typed import typed


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory to download to."""
    monkeypatch.chdir(tmp_path)


def test_a_download_is_named_after_the_recording(tmp_path: Path) -> None:
    hostile = 'Content-Disposition: attachment; filename="../../evil.sh"'
    with ScriptedWeb({wav(FIRST): answer(WAV, "200 OK", hostile)}) as web:
        result = run("get", "--server", web.url, f"{FIRST}.wav")
    assert (result.exit_code, result.output) == (0, f"{FIRST}.wav: 300 bytes\n")
    assert (tmp_path / f"{FIRST}.wav").read_bytes() == WAV
    assert list(tmp_path.iterdir()) == [tmp_path / f"{FIRST}.wav"]


def test_a_download_to_a_file_and_to_a_directory(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    with ScriptedWeb({wav(FIRST): answer(WAV), wav(SECOND): answer(WAV)}) as web:
        assert run("get", "--server", web.url, FIRST, "-o", "call.wav").output == "call.wav: 300 bytes\n"
        result = run("get", "--server", web.url, FIRST, SECOND, "-o", "calls")
    assert result.output == f"calls/{FIRST}.wav: 300 bytes\ncalls/{SECOND}.wav: 300 bytes\n"
    assert {path.read_bytes() for path in (tmp_path / "calls").iterdir()} == {WAV}
    assert (tmp_path / "call.wav").read_bytes() == WAV


def test_the_record_file_itself(tmp_path: Path) -> None:
    record = b"PCMU".ljust(76, b"\0") + bytes(160)
    with ScriptedWeb({f"GET /api/v1/recordings/{FIRST}/record": answer(record)}) as web:
        assert run("get", "--server", web.url, FIRST, "--record").exit_code == 0
    assert (tmp_path / f"{FIRST}.wav").read_bytes() == record


def test_all_that_fit_are_downloaded_but_for_those_that_are_not_done(tmp_path: Path) -> None:
    asked = f"GET /api/v1/recordings?{ORDER}&number=200&page=1"
    answers = {
        asked: page(entry(FIRST), entry(SECOND, state="recording"), entry(THIRD, state="cut short")),
        wav(FIRST): answer(WAV),
        wav(THIRD): answer(WAV),
    }
    with ScriptedWeb(dict(answers)) as web:
        result = run("get", "--server", web.url, "--all", "--number", "200")
    assert result.exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {f"{FIRST}.wav", f"{THIRD}.wav"}
    assert web.asked == list(answers)


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "Record_20240131120000/../../x", "evil", "", HOSTILE])
def test_a_name_that_a_server_makes_up_is_not_used(tmp_path: Path, name: str) -> None:
    with ScriptedWeb({LIST: page(entry(FIRST), entry(name))}) as web:
        assert "is not a recording's name" in error(run("get", "--server", web.url, "--all"))
    assert web.asked == [LIST]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["get", "rm"])
@pytest.mark.parametrize("name", ["../x", "call.wav", f"calls/{FIRST}", f"{FIRST}?x", f"{FIRST}.wav.wav", HOSTILE])
def test_what_is_no_name_of_a_recording(command: str, name: str) -> None:
    with ScriptedWeb({}) as web:
        sentence = error(run(command, "--server", web.url, FIRST, name))
    assert sentence.endswith("is not a recording's name, such as Record_20240131120000")
    assert web.asked == []


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (answer(WAV)[:-1], "has cut its answer off after 299 of 300 bytes: try again"),
        (answer("<html>"), "does not answer as a record server does (this is no such file): check --server"),
        (answer("", "302 Found", "Location: http://elsewhere.example/"), "sends us on to 'http://elsewhere.example/'"),
    ],
)
def test_a_download_that_fails_leaves_what_was_there(tmp_path: Path, script: Script, why: str) -> None:
    (tmp_path / "call.wav").write_bytes(b"old")
    with ScriptedWeb({wav(FIRST): script}) as web:
        assert why in error(run("get", "--server", web.url, FIRST, "-o", "call.wav", "--force"))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_a_file_that_is_there_needs_force(tmp_path: Path) -> None:
    (tmp_path / f"{FIRST}.wav").write_bytes(b"old")
    with ScriptedWeb({wav(FIRST): answer(WAV), wav(SECOND): answer(WAV)}) as web:
        result = run("get", "--server", web.url, FIRST, SECOND)
        assert (
            error(result) == f"{FIRST}: {FIRST}.wav exists already: choose another name, or add --force to replace it"
        )
        assert result.stdout == f"{SECOND}.wav: 300 bytes\n"
        assert (tmp_path / f"{FIRST}.wav").read_bytes() == b"old"
        assert run("get", "--server", web.url, FIRST, "--force").exit_code == 0
    assert (tmp_path / f"{FIRST}.wav").read_bytes() == WAV


def test_one_that_is_not_there_leaves_the_others(tmp_path: Path) -> None:
    with ScriptedWeb({wav(SECOND): answer(WAV)}) as web:
        result = run("get", "--server", web.url, FIRST, SECOND)
    assert error(result) == f"{FIRST}: {web.url} says: there is no such recording"
    assert [path.name for path in tmp_path.iterdir()] == [f"{SECOND}.wav"]


def test_deleting_without_a_question(tmp_path: Path) -> None:
    answers = {f"DELETE /api/v1/recordings/{name}": GONE for name in (FIRST, THIRD)}
    with ScriptedWeb(dict(answers)) as web:
        result = run("rm", "--server", web.url, "--yes", FIRST, SECOND, f"{THIRD}.wav")
    assert error(result) == f"{SECOND}: {web.url} says: there is no such recording"
    assert result.stdout == f"{FIRST}: deleted\n{THIRD}: deleted\n"
    assert len(web.asked) == 3


def test_one_that_is_being_recorded_is_not_deleted() -> None:
    busy = answer('{"error": "it is being recorded: stop it first"}', "409 Conflict")
    with ScriptedWeb({f"DELETE /api/v1/recordings/{FIRST}": busy}) as web:
        result = run("rm", "--server", web.url, "--yes", FIRST)
    assert error(result) == f"{FIRST}: {web.url} says: it is being recorded: stop it first"
    assert result.stdout == ""


def test_without_a_terminal_nothing_is_deleted_unasked() -> None:
    with ScriptedWeb({f"DELETE /api/v1/recordings/{FIRST}": GONE}) as web:
        assert "add --yes to delete without a question" in error(run("rm", "--server", web.url, FIRST))
    assert web.asked == []


@pytest.mark.parametrize(
    ("names", "question", "typed_in", "code", "deleted"),
    [
        ((FIRST,), f"Delete {FIRST} for ever? [y/N]: ", "y\n", 0, 1),
        ((FIRST, SECOND), "Delete these 2 recordings for ever? [y/N]: ", "y\n", 0, 2),
        ((FIRST,), f"Delete {FIRST} for ever? [y/N]: ", "\n", 1, 0),
        ((FIRST,), f"Delete {FIRST} for ever? [y/N]: ", "\x04", 130, 0),
    ],
)
def test_deleting_is_asked_about(names: tuple[str, ...], question: str, typed_in: str, code: int, deleted: int) -> None:
    with ScriptedWeb({f"DELETE /api/v1/recordings/{name}": GONE for name in names}) as web:
        done, shown = typed("recordings", "rm", "--server", web.url, *names, answers={question: typed_in})
    assert (done, len(web.asked), shown.count(": deleted\n")) == (code, deleted, deleted)
    assert ("nothing was deleted" in shown) == (code == 1)
