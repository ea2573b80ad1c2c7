"""`server passwd` and `server token`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from phone_recorder.cli.main import cli
from phone_recorder.server.credentials import Credentials
from phone_recorder.server.credentials_file import credentials_path
from tests.cli.typed import typed

SECRET = "correct horse"


def run(*words: str | Path, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(cli, ["server", *map(str, words)], input=stdin)


def passwd(storage: Path, *words: str | Path, stdin: str | bytes = "") -> Result:
    return run("passwd", "--storage", storage, *words, stdin=stdin)


def token(storage: Path, *words: str | Path) -> Result:
    return run("token", "--storage", storage, *words)


def credentials(storage: Path) -> Credentials:
    return Credentials.load(credentials_path(storage))


def error(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    return line.removeprefix("phone-recorder: ")


def test_a_password_from_standard_input(tmp_path: Path) -> None:
    result = passwd(tmp_path, "--password-file", "-", stdin=f"{SECRET}\n")
    assert (result.exit_code, result.output) == (0, "the password of admin is set\n")
    assert credentials(tmp_path).check_password("admin", SECRET)


@pytest.mark.parametrize("data", [b"correct horse", b"correct horse\n", b"correct horse\r\n"])
def test_a_password_from_a_file(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(data)
    assert passwd(tmp_path, "--user", "lee", "--password-file", file).exit_code == 0
    assert credentials(tmp_path).check_password("lee", SECRET)
    assert credentials(tmp_path).users == ("lee",)


@pytest.mark.parametrize("data", [b"", b"two\nlines\n", b"\xff\xfe", b"x" * 5000])
def test_a_file_that_holds_no_secret(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(data)
    assert error(passwd(tmp_path, "--password-file", file)) == (
        f"{file} must hold the secret alone, as one line of UTF-8 text"
    )
    assert "standard input must hold" in error(passwd(tmp_path, "--password-file", "-", stdin=data))
    assert credentials(tmp_path).users == ()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert error(passwd(tmp_path, "--password-file", tmp_path / "no")) == (
        f"cannot read {tmp_path / 'no'}: there is no such file"
    )


def test_a_password_that_will_not_do(tmp_path: Path) -> None:
    assert error(passwd(tmp_path, "--password-file", "-", stdin="short\n")) == (
        "the password is too short: it needs 8 characters or more"
    )


def test_without_a_terminal_nobody_can_be_asked(tmp_path: Path) -> None:
    assert error(passwd(tmp_path, stdin=f"{SECRET}\n{SECRET}\n")) == (
        "a password is asked for on a terminal alone: give it with --password-file, - for this input"
    )


def test_on_a_terminal_it_is_asked_for_twice_and_not_shown(tmp_path: Path) -> None:
    answers = {"Password for admin: ": f"{SECRET}\n", "Repeat for confirmation: ": f"{SECRET}\n"}
    code, shown = typed("server", "passwd", "--storage", tmp_path, answers=answers)
    assert code == 0
    assert shown.splitlines()[-1] == "the password of admin is set"
    assert SECRET not in shown
    assert credentials(tmp_path).check_password("admin", SECRET)


def test_two_that_differ_are_asked_for_again(tmp_path: Path) -> None:
    answers = {
        "Password for admin: ": f"{SECRET}\n",
        "Repeat for confirmation: ": "battery staple\n",
        "Error: The two entered values do not match.\r\nPassword for admin: ": "\x04",
    }
    code, shown = typed("server", "passwd", "--storage", tmp_path, answers=answers)
    assert (code, "Traceback" in shown) == (130, False)
    assert credentials(tmp_path).users == ()


def test_users_are_listed_and_removed(tmp_path: Path) -> None:
    for user in ("lee", "admin"):
        passwd(tmp_path, "--user", user, "--password-file", "-", stdin=SECRET)
    assert passwd(tmp_path, "--list").output == "admin\nlee\n"
    result = passwd(tmp_path, "--user", "lee", "--remove")
    assert (result.exit_code, result.output) == (0, "the user lee is removed\n")
    assert passwd(tmp_path, "--list").output == "admin\n"
    assert error(passwd(tmp_path, "--user", "lee", "--remove")) == "there is no user 'lee': --list shows who there is"


def test_nobody_is_listed_where_nobody_is(tmp_path: Path) -> None:
    for result in (passwd(tmp_path, "--list"), token(tmp_path, "--list")):
        assert (result.exit_code, result.output) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_token_is_all_that_is_printed(tmp_path: Path) -> None:
    result = token(tmp_path, "--label", "backup")
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}\n", result.stdout)
    assert credentials(tmp_path).check_token(result.stdout.strip()) == "backup"


def test_tokens_are_listed_and_revoked(tmp_path: Path) -> None:
    first = token(tmp_path, "--label", "backup").stdout.strip()
    token(tmp_path, "--label", "a")
    listed = token(tmp_path, "--list")
    assert re.fullmatch(r"a  \d{4}-\d\d-\d\d\nbackup  \d{4}-\d\d-\d\d\n", listed.output)
    assert first not in listed.output
    result = token(tmp_path, "--label", "backup", "--revoke")
    assert (result.exit_code, result.output) == (0, "the token backup is revoked\n")
    assert credentials(tmp_path).check_token(first) is None
    assert error(token(tmp_path, "--label", "backup", "--revoke")).startswith("there is no token 'backup'")
    assert error(token(tmp_path, "--label", "a")).startswith("there is a token 'a' already")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("passwd", "--list", "--remove"), "--remove and --list cannot be used together"),
        (("passwd", "--remove", "--password-file", "-"), "--remove and --password-file cannot be used together"),
        (("token", "--list", "--revoke"), "--revoke and --list cannot be used together"),
        (("token",), "Missing option '--label'"),
        (("token", "--revoke"), "Missing option '--label'"),
        (("token", "--label", "a b"), "'a b' cannot be a label"),
        (("passwd", "--user", "../a", "--password-file", "-"), "'../a' cannot be a user's name"),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    result = CliRunner().invoke(cli, ["server", words[0], "--storage", str(tmp_path), *words[1:]], input=SECRET)
    assert error(result).startswith(sentence)
    assert not credentials_path(tmp_path).exists()


@pytest.mark.parametrize("command", ["passwd", "token"])
def test_a_storage_that_is_none(tmp_path: Path, command: str) -> None:
    assert "--storage" in error(run(command, "--list"))
    assert "does not exist" in error(run(command, "--storage", tmp_path / "none", "--list"))


@pytest.mark.parametrize("command", ["passwd", "token"])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, command: str) -> None:
    path = credentials_path(tmp_path)
    path.parent.mkdir()
    path.touch(0o600)
    assert "is damaged" in error(run(command, "--storage", tmp_path, "--list"))


@pytest.mark.parametrize("command", ["passwd", "token"])
def test_the_help_has_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.count(f"phone-recorder server {command} --storage") == 2
