from __future__ import annotations

import hashlib
import json
import re
import time
from pathlib import Path

import pytest

from phone_recorder.errors import UsageError
from phone_recorder.server.credentials import Credentials
from phone_recorder.server.credentials_file import credentials_path
from phone_recorder.server.password_hash import Cost

WEAK = Cost(n=2, r=8, p=1)
GOOD = "correct horse"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return credentials_path(tmp_path)


def load(path: Path) -> Credentials:
    return Credentials.load(path, clock=lambda: 1706702400.0, cost=WEAK)


def test_at_first_there_is_nobody(path: Path) -> None:
    credentials = load(path)
    assert credentials.users == ()
    assert credentials.tokens == {}
    assert not credentials.check_password("admin", "admin")
    assert not credentials.check_password("", "")
    assert credentials.check_token("") is None
    assert not path.parent.exists()


def test_a_password_lets_its_user_in_and_no_one_else(path: Path) -> None:
    credentials = load(path)
    credentials.set_password("admin", GOOD)
    credentials.set_password("lee", "battery staple")
    assert credentials.users == ("admin", "lee")
    assert credentials.check_password("admin", GOOD)
    assert not credentials.check_password("admin", "battery staple")
    assert not credentials.check_password("Admin", GOOD)
    assert not credentials.check_password("nobody", GOOD)


def test_a_new_password_takes_the_place_of_the_old(path: Path) -> None:
    credentials = load(path)
    credentials.set_password("admin", GOOD)
    credentials.set_password("admin", "battery staple")
    assert not credentials.check_password("admin", GOOD)
    assert credentials.check_password("admin", "battery staple")


def test_a_user_who_was_removed_is_not_let_in(path: Path) -> None:
    credentials = load(path)
    credentials.set_password("admin", GOOD)
    credentials.remove_user("admin")
    assert credentials.users == ()
    assert not credentials.check_password("admin", GOOD)
    with pytest.raises(UsageError, match="there is no user 'admin': --list shows who there is"):
        credentials.remove_user("admin")


@pytest.mark.parametrize("user", ["a", "A.b_c-9", "x" * 64])
def test_a_users_name(path: Path, user: str) -> None:
    load(path).set_password(user, GOOD)
    assert load(path).users == (user,)


@pytest.mark.parametrize("user", ["", "x" * 65, "a b", "a\n", "../a", "é", "a\0", "<b>", "\x1b[2J", "\ud800"])
def test_what_cannot_be_a_users_name(path: Path, user: str) -> None:
    with pytest.raises(UsageError, match="cannot be a user's name: use up to 64 letters, digits and") as caught:
        load(path).set_password(user, GOOD)
    assert str(caught.value).isprintable()
    with pytest.raises(UsageError, match="cannot be a label: use up to 64 letters, digits and"):
        load(path).add_token(user)
    assert not path.exists()


@pytest.mark.parametrize(
    ("user", "password", "why"),
    [
        ("admin", "", "too short: it needs 8 characters or more"),
        ("admin", "seven77", "too short: it needs 8 characters or more"),
        ("admin", "correct\rhorse", "a character that no keyboard types"),
        ("admin", "correct horse\0", "a character that no keyboard types"),
        ("administrator", "administrator", "the password is the user's name"),
        ("administrator", "AdminiStrator", "the password is the user's name"),
    ],
)
def test_a_password_that_will_not_do(path: Path, user: str, password: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        load(path).set_password(user, password)
    assert not path.exists()


def test_eight_characters_will_do(path: Path) -> None:
    load(path).set_password("admin", "密碼密碼密碼密碼")
    assert load(path).check_password("admin", "密碼密碼密碼密碼")


def test_a_token_is_known_by_its_label(path: Path) -> None:
    credentials = load(path)
    token, other = credentials.add_token("backup"), credentials.add_token("monitor")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token) and token != other
    assert credentials.check_token(token) == "backup"
    assert credentials.check_token(other) == "monitor"
    assert credentials.tokens == {"backup": 1706702400.0, "monitor": 1706702400.0}
    for wrong in ("", token[:-1], token + "=", token.lower(), "backup", "\ud800", "x" * 100_000):
        assert credentials.check_token(wrong) is None


def test_a_label_has_one_token(path: Path) -> None:
    credentials = load(path)
    token = credentials.add_token("backup")
    with pytest.raises(UsageError, match="there is a token 'backup' already: choose another label, or revoke"):
        credentials.add_token("backup")
    assert credentials.check_token(token) == "backup"


def test_a_token_that_was_revoked_lets_nobody_in(path: Path) -> None:
    credentials = load(path)
    token = credentials.add_token("backup")
    credentials.revoke_token("backup")
    assert credentials.check_token(token) is None
    with pytest.raises(UsageError, match="there is no token 'backup': --list shows which there are"):
        credentials.revoke_token("backup")


def test_neither_a_password_nor_a_token_is_stored(path: Path) -> None:
    credentials = load(path)
    credentials.set_password("admin", GOOD)
    token = credentials.add_token("backup")
    stored = path.read_text()
    assert GOOD not in stored and token not in stored
    assert json.loads(stored)["tokens"] == {
        "backup": {"sha256": hashlib.sha256(token.encode()).hexdigest(), "created_at": 1706702400.0}
    }
    assert {name: value for name, value in json.loads(stored)["users"]["admin"].items() if name in "nrp"} == {
        "n": 2,
        "r": 8,
        "p": 1,
    }


def test_new_passwords_cost_what_they_must_by_default(path: Path) -> None:
    Credentials.load(path).set_password("admin", GOOD)
    hashed = json.loads(path.read_text())["users"]["admin"]
    assert (hashed["n"], hashed["r"], hashed["p"]) == (32768, 8, 1)


def test_whether_there_is_such_a_user_does_not_show_in_the_work(path: Path) -> None:
    credentials = Credentials.load(path)
    credentials.set_password("admin", GOOD)

    def work(user: str) -> float:
        before = time.thread_time()
        credentials.check_password(user, "battery staple")
        return time.thread_time() - before

    # Without the same work it would be a thousandth.
    assert work("nobody") > work("admin") / 3


def test_a_stamp_changes_with_the_password_and_nobody_has_none(path: Path) -> None:
    credentials = load(path)
    credentials.set_password("admin", GOOD)
    first = credentials.stamp("admin")
    assert first == load(path).stamp("admin") != ""
    credentials.set_password("admin", GOOD)
    assert credentials.stamp("admin") not in (first, "")
    assert credentials.stamp("nobody") == ""
