"""Logging in, logging out, and the language."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import httpx
import pytest

from phone_recorder.web.login import own_path
from phone_recorder.web.site import LOOKUPS
from tests.web.site_rig import LOCAL, Rig

PATIENCE_S = 5.0


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path, login=True)


def log_in(rig: Rig, password: str = "correct horse", user: str = "anna", **fields: str) -> tuple[int, str]:
    answer = rig.client.post("/login", data={"user": user, "password": password, **fields})
    return answer.status_code, answer.headers.get("location", "")


def test_a_page_leads_to_the_login_and_back(rig: Rig) -> None:
    answer = rig.client.get("/?text=Bob&page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2F%3Ftext%3DBob%26page%3D2")
    assert 'name="next" value="/?text=Bob&amp;page=2"' in rig.client.get(answer.headers["location"]).text
    assert log_in(rig, next="/?text=Bob&page=2") == (303, "/?text=Bob&page=2")


def test_the_sessions_cookie_is_for_us_alone(rig: Rig) -> None:
    answer = rig.client.post("/login", data={"user": "anna", "password": "correct horse"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("phone_recorder_session=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_under_tls_the_cookie_stays_under_tls(tmp_path: Path) -> None:
    rig = Rig(tmp_path, login=True, base_url="https://recorder.example")
    answer = rig.client.post("/login", data={"user": "anna", "password": "correct horse"})
    assert "Secure" in answer.headers["set-cookie"].split("; ")


def test_a_login_has_a_new_id_and_ends_the_old_session(rig: Rig) -> None:
    log_in(rig)
    before = rig.client.cookies["phone_recorder_session"]
    log_in(rig)
    after = rig.client.cookies["phone_recorder_session"]
    assert before != after
    assert rig.site.sessions.find(before) is None


def test_an_id_that_somebody_else_has_chosen_is_not_taken(rig: Rig) -> None:
    rig.client.cookies.set("phone_recorder_session", "chosen", domain="127.0.0.1")
    log_in(rig)
    assert rig.site.sessions.find("chosen") is None


@pytest.mark.parametrize(
    ("user", "password"), [("anna", "wrong"), ("nobody", "correct horse"), ("", ""), ("\ud83d", "x")]
)
def test_a_wrong_login_says_no_more_than_that(rig: Rig, user: str, password: str) -> None:
    body = f"user={user}&password={password}".encode("utf-8", "surrogatepass")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = rig.client.post("/login", content=body, headers=headers)
    assert answer.status_code == 403
    assert "The user or the password is wrong." in answer.text
    assert "set-cookie" not in answer.headers
    assert len(rig.credentials.checked) == 1  # for unknown users too: it takes as long


def test_too_many_wrong_tries_have_to_wait(rig: Rig) -> None:
    assert [log_in(rig, "wrong")[0] for _ in range(5)] == [403] * 5
    answer = rig.client.post("/login", data={"user": "anna", "password": "correct horse"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")
    assert "try again in 30 s" in answer.text
    assert len(rig.credentials.checked) == 5
    rig.now += 30
    assert log_in(rig)[0] == 303


def test_ones_own_login_does_not_buy_more_guesses_for_another_user(rig: Rig) -> None:
    statuses = []
    for _ in range(3):
        statuses += [log_in(rig, "wrong", user="admin")[0] for _ in range(4)]
        statuses.append(log_in(rig)[0])
    assert statuses[:6] == [403] * 4 + [303, 403]
    assert statuses[6:] == [429] * 9


def test_who_is_right_is_never_held_back(rig: Rig) -> None:
    assert [log_in(rig)[0] for _ in range(20)] == [303] * 20


def test_files_that_hang_hold_up_no_login(rig: Rig) -> None:
    begun, end = threading.Semaphore(0), threading.Event()

    def hang() -> None:
        begun.release()
        assert end.wait(2 * PATIENCE_S)

    async def scenario() -> int:
        hanging = [asyncio.create_task(rig.site.lookups.run(hang)) for _ in range(LOOKUPS)]
        for _ in hanging:
            assert await asyncio.to_thread(begun.acquire, timeout=PATIENCE_S)
        try:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(rig.app), base_url=LOCAL) as client:
                asked = client.post("/login", data={"user": "anna", "password": "correct horse"})
                return (await asyncio.wait_for(asked, PATIENCE_S)).status_code
        finally:
            end.set()
            await asyncio.gather(*hanging)

    assert asyncio.run(scenario()) == 303


def test_one_password_is_looked_at_at_a_time(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once, most, guard = 0, 0, threading.Lock()
    both = threading.Event()

    def check(user: str, password: str) -> bool:
        nonlocal at_once, most
        with guard:
            at_once += 1
            most = max(most, at_once)
            if at_once > 1:
                both.set()
        both.wait(0.05)
        with guard:
            at_once -= 1
        return True

    monkeypatch.setattr(rig.credentials, "check_password", check)

    async def scenario() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(rig.app), base_url=LOCAL) as client:
            asked = [client.post("/login", data={"user": "anna", "password": "x"}) for _ in range(3)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert asyncio.run(scenario()) == [303] * 3
    assert most == 1


def test_an_idle_session_ends(rig: Rig) -> None:
    log_in(rig)
    assert rig.client.get("/").status_code == 200
    rig.now += 3600
    assert rig.client.get("/").headers["location"] == "/login"


def test_a_user_who_was_removed_is_out(rig: Rig) -> None:
    log_in(rig)
    rig.credentials.users.clear()
    assert rig.client.get("/").headers["location"] == "/login"


def test_a_new_password_ends_the_sessions_of_the_old_one(rig: Rig) -> None:
    log_in(rig)
    assert rig.client.get("/").status_code == 200
    rig.credentials.password = "battery staple"
    assert rig.client.get("/").headers["location"] == "/login"


def test_logging_out_ends_the_session(rig: Rig) -> None:
    csrf = rig.log_in()
    session_id = rig.client.cookies["phone_recorder_session"]
    assert rig.client.post("/logout").status_code == 403
    assert rig.client.post("/logout", data={"csrf": csrf}).headers["location"] == "/login"
    assert rig.site.sessions.find(session_id) is None
    assert rig.client.get("/").status_code == 303


def test_a_body_without_an_end_is_not_read_to_its_end(rig: Rig) -> None:
    assert log_in(rig, "x" * 200_000)[0] == 413


@pytest.mark.parametrize("path", ["/", "/?text=a%20b&page=2", "/recordings/Record_20260314150926"])
def test_a_path_of_ours_may_be_gone_back_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "evil",
        "/a\r\nSet-Cookie: x=1",
        "/\t/evil",
        "/é",
    ],
)
def test_no_other_place_may(rig: Rig, path: str) -> None:
    assert own_path(path) == "/"
    assert log_in(rig, next=path) == (303, "/")
    assert rig.client.get("/language/zh", params={"next": path}).headers["location"] == "/"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("de,fr;q=0.5", "en"),
        ("de,zh;q=0.1", "zh"),
        ("zh;q=0", "en"),
        ("*", "en"),
        ("en;q=0.1,*;q=0.5", "zh"),
        ("zh;q=nan,en;q=inf", "en"),
        (";;;,,,q==", "en"),
    ],
)
def test_the_language_that_a_browser_asks_for(rig: Rig, accepted: str, language: str) -> None:
    page = rig.client.get("/login", headers={"Accept-Language": accepted}).text
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page
    assert ("登录" in page) == (language == "zh")


def test_the_language_that_was_chosen_stays(rig: Rig) -> None:
    answer = rig.client.get("/language/zh?next=/login")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "登录" in rig.client.get("/login", headers={"Accept-Language": "en"}).text
    assert rig.client.get("/language/xx").status_code == 404
