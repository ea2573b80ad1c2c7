"""Who may open a WebSocket: it is looked at as a request is, before it is open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.types import Message

from tests.web.site_rig import LOCAL, FakeCredentials
from tests.web.socket_rig import SOCKET, Echo

URL = f"ws{LOCAL.removeprefix('http')}{SOCKET}"
BEARER = {"Authorization": "Bearer the-token"}


@pytest.fixture
def echo(tmp_path: Path) -> Echo:
    """An application for this machine alone."""
    return Echo(tmp_path)


@pytest.fixture
def asking(tmp_path: Path) -> Echo:
    """One that asks for a login."""
    return Echo(tmp_path, FakeCredentials())


def a_client(echo: Echo) -> TestClient:
    return TestClient(echo.app, base_url=LOCAL, follow_redirects=False)


def opened(client: TestClient, headers: Mapping[str, str]) -> bool:
    """Whether a WebSocket is opened; it is used too."""
    with client.websocket_connect(URL, headers=dict(headers)) as socket:
        socket.send_text("hello")
        return bool(socket.receive_text() == "hello")


def refused(client: TestClient, headers: Mapping[str, str]) -> WebSocketDenialResponse:
    with pytest.raises(WebSocketDenialResponse) as caught, client.websocket_connect(URL, headers=dict(headers)):
        pass
    return caught.value


@pytest.mark.parametrize("headers", [{}, {"Origin": LOCAL}, {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}])
def test_on_this_machine_our_own_page_and_a_program_may(echo: Echo, headers: dict[str, str]) -> None:
    assert opened(a_client(echo), headers)


FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:9999"},
    {"Origin": "http://127.0.0.1:8088.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_page_of_another_site_may_not(echo: Echo, asking: Echo, headers: dict[str, str]) -> None:
    for answer in (refused(a_client(echo), headers), refused(a_client(asking), headers | BEARER)):
        assert answer.status_code == 403
        assert "another site" in answer.json()["error"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert echo.open == asking.open == 0


def test_nor_with_the_cookie_of_a_session(asking: Echo) -> None:
    client = a_client(asking)
    assert client.post("/login", data={"user": "anna", "password": "correct horse"}).status_code == 303
    assert opened(client, {"Origin": LOCAL})
    assert refused(client, {"Origin": "http://evil.example"}).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.5:8088", "127.0.0.1.evil.example"])
def test_on_this_machine_another_name_that_points_here_is_not_answered(echo: Echo, host: str) -> None:
    answer = refused(a_client(echo), {"Host": host})
    assert (answer.status_code, "localhost" in answer.json()["error"]) == (403, True)


def test_on_this_machine_no_proxy_may_stand_between(echo: Echo) -> None:
    answer = refused(a_client(echo), {"Host": "localhost", "X-Forwarded-For": "203.0.113.1"})
    assert (answer.status_code, "proxy" in answer.json()["error"]) == (403, True)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Cookie": "phone_recorder_session=x"}])
def test_without_a_login_nobody_may(asking: Echo, headers: dict[str, str]) -> None:
    answer = refused(a_client(asking), headers)
    assert answer.status_code == 401
    assert "log in" in answer.json()["error"]
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_program_with_a_token_may(asking: Echo) -> None:
    assert opened(a_client(asking), {"Host": "recorder.example", **BEARER})


def test_credentials_that_cannot_be_read_let_nobody_in(asking: Echo) -> None:
    assert isinstance(asking.site.credentials, FakeCredentials)
    asking.site.credentials.broken = "the credentials file is damaged: restore it"
    assert refused(a_client(asking), BEARER).json() == {"error": "the credentials file is damaged: restore it"}


def test_a_server_that_cannot_send_an_answer_refuses_all_the_same(asking: Echo) -> None:
    sent: list[Message] = []
    scope: dict[str, Any] = {"type": "websocket", "path": SOCKET, "query_string": b"", "scheme": "ws", "headers": []}

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(asking.app(scope, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]
