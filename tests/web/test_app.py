"""Two applications share the door, the login, the templates and the answers, and differ in what their looks say."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.site_rig import LOCAL, FakeCredentials, Rig
from tests.web.socket_rig import Echo


def a_client(echo: Echo) -> TestClient:
    return TestClient(echo.app, base_url=LOCAL, follow_redirects=False)


def test_a_page_of_its_own_has_its_words_and_its_filters(tmp_path: Path) -> None:
    page = a_client(Echo(tmp_path)).get("/").text
    assert "HELLO" in page
    assert "<title>Echo</title>" in page
    assert "你好" in a_client(Echo(tmp_path)).get("/", headers={"Accept-Language": "zh"}).text


def test_its_login_says_its_own_command(tmp_path: Path) -> None:
    echo = a_client(Echo(tmp_path, FakeCredentials()))
    assert "<code>echo passwd</code>" in echo.get("/login").text
    assert "`echo token` makes one" in echo.post("/api/v1/wish").json()["error"]
    assert echo.get("/").headers["location"] == "/login"
    assert "<code>phone-recorder server passwd</code>" in Rig(tmp_path, login=True).client.get("/login").text


def test_what_is_not_there_is_told_in_its_own_words(tmp_path: Path) -> None:
    client = a_client(Echo(tmp_path))
    assert "there is no echo here" in client.get("/nowhere").text
    assert client.get("/api/v1/wish").json() == {"error": "an echo cannot do that"}
    assert client.get("/metrics").headers["content-type"].startswith("text/html")  # which it does not have


@pytest.mark.parametrize("name", ["style.css", "text.js", "player.js", "icon.svg", "echo/echo.js"])
def test_its_static_files_are_beside_the_common_ones_and_open_to_everybody(tmp_path: Path, name: str) -> None:
    client = a_client(Echo(tmp_path, FakeCredentials()))
    assert client.get(f"/static/{name}").status_code == 200


@pytest.mark.parametrize("name", ["list.js", "server/list.js", "echo/../site.py", "echo/%2e%2e/site.py", "echo/x/y.js"])
def test_no_other_file_is_served(tmp_path: Path, name: str) -> None:
    assert a_client(Echo(tmp_path)).get(f"/static/{name}").status_code == 404


def test_what_ends_the_streams_of_an_application_is_called(tmp_path: Path) -> None:
    echo, ended = Echo(tmp_path), list[str]()
    echo.site.on_close.append(lambda: ended.append("ended"))
    echo.site.end_streams()
    assert ended == ["ended"]
    echo.site.close()
    assert ended == ["ended"] * 2
