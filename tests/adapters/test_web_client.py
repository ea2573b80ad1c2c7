from __future__ import annotations

import io
import select
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from phone_recorder.adapters.server_url import ServerUrl
from phone_recorder.adapters.web_client import MAX_ANSWER, WebClient
from phone_recorder.errors import PhoneRecorderError, ServerLost, ServerRefused, ServerUnreachable, UsageError
from tests.adapters.scripted_web import Script, ScriptedWeb, answer

TOKEN = "c2VjcmV0-of_43.letters~+/="
SOON_S = 0.3


def client(url: str, token: str = "", cacert: Path | None = None, patience_s: float = 10.0) -> WebClient:
    return WebClient(ServerUrl.parse(url), token, cacert, patience_s=patience_s)


def refusal(script: Script, ask: Callable[[WebClient], object], **options: str | float) -> PhoneRecorderError:
    """The error that `ask` ends with when that is answered to it."""
    script_of = {f"{method} /x": script for method in ("GET", "DELETE")}
    with ScriptedWeb(script_of) as web, pytest.raises(PhoneRecorderError) as caught:
        ask(client(web.url, **options))  # type: ignore[arg-type]
    sentence = str(caught.value)
    assert sentence.isprintable()
    return type(caught.value)(sentence.replace(web.url, "URL"))


def get(web: WebClient) -> bytes:
    return web.get("x")


def download(web: WebClient) -> int:
    return web.download("x", io.BytesIO(), b"RIFF")


def test_an_answer() -> None:
    with ScriptedWeb({"GET /x?text=a+%26b&page=1": answer("[1]")}) as web:
        assert client(web.url, TOKEN).get("x", {"text": "a &b", "page": "1"}) == b"[1]"
    [head] = web.requests
    assert head.splitlines()[1:-1] == [
        f"Host: {web.url.removeprefix('http://')}",
        "Connection: close",
        "User-Agent: phone-recorder",
        "Accept-Encoding: identity",
        f"Authorization: Bearer {TOKEN}",
    ]


def test_without_a_token_none_is_sent() -> None:
    with ScriptedWeb({"GET /x": answer("[]")}) as web:
        client(web.url).get("x")
    assert "Authorization" not in web.requests[0]


def test_a_server_below_a_path() -> None:
    with ScriptedWeb({"GET /calls/x": answer("[]")}) as web:
        assert client(f"{web.url}/calls/").get("x") == b"[]"


def test_an_answer_in_chunks() -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n"
    with ScriptedWeb({"GET /x": chunks}) as web:
        assert client(web.url).get("x") == b"[1]"


def test_deleting() -> None:
    with ScriptedWeb({"DELETE /x": b"HTTP/1.1 204 No Content\r\n\r\n"}) as web:
        client(web.url).delete("x")
    assert web.asked == ["DELETE /x"]


def test_a_download() -> None:
    data = b"RIFF" + bytes(range(256)) * 1000
    file = io.BytesIO()
    with ScriptedWeb({"GET /x": answer(data)}) as web:
        assert client(web.url).download("x", file, b"RIFF") == 256004
    assert file.getvalue() == data


def test_an_empty_file_is_a_file() -> None:
    file = io.BytesIO()
    with ScriptedWeb({"GET /x": answer(b"")}) as web:
        assert client(web.url).download("x", file) == 0


SAID = '{"error": "there is \\u001b[2J no such\\nrecording"}'


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        ("404 Not Found", SAID, UsageError, "URL says: there is \ufffd[2J no such\ufffdrecording"),
        ("409 Conflict", '{"error": "it is being recorded"}', UsageError, "URL says: it is being recorded"),
        ("403 Forbidden", '{"error": "not you"}', ServerRefused, "URL says: not you"),
        ("422 No", '{"error": "no such page"}', ServerRefused, "URL says: no such page"),
        ("429 Slow", '{"error": "wait a minute"}', ServerRefused, "URL says: wait a minute"),
        ("500 Oh", '{"error": "a disk fails"}', ServerRefused, "URL says: a disk fails"),
        (
            "404 Not Found",
            "<h1>Not Found</h1>",
            ServerRefused,
            "URL does not answer as a record server does (status 404): check --server",
        ),
        (
            "502 Bad Gateway",
            '{"error": 1}',
            ServerRefused,
            "URL does not answer as a record server does (status 502): check --server",
        ),
    ],
)
def test_a_refusal(status: str, body: str, kind: type[PhoneRecorderError], sentence: str) -> None:
    error = refusal(answer(body, status), get)
    assert (type(error), str(error)) == (kind, sentence)


@pytest.mark.parametrize(
    ("token", "what"), [("", "URL wants a token: make one"), (TOKEN, "URL does not know this token: make one")]
)
def test_a_server_that_wants_a_token_says_how_to_get_one(token: str, what: str) -> None:
    error = refusal(answer('{"error": "log in"}', "401 Unauthorized"), get, token=token)
    assert isinstance(error, ServerRefused) and str(error).startswith(what)
    assert "`phone-recorder server token --storage DIR --label NAME`" in str(error)
    assert "--token-file or in PHONE_RECORDER_TOKEN" in str(error)
    assert TOKEN not in str(error)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_not_followed_and_the_token_stays_here(status: str) -> None:
    with ScriptedWeb({}) as other:
        elsewhere = f"Location: {other.url}/x\x1b[2J"
        error = refusal(answer("", status, elsewhere), get, token=TOKEN)
    assert isinstance(error, ServerRefused)
    assert str(error) == f"URL sends us on to '{other.url}/x\ufffd[2J', which is not followed: check --server"
    assert other.requests == []


NOT_ONE = "URL does not answer as a record server does"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "this is not HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", "this is not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000, "this is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000, "this is not HTTP"),
        (answer(b" " * (MAX_ANSWER + 1)), "it is too long"),
    ],
)
def test_what_no_record_server_answers(script: bytes, why: str) -> None:
    error = refusal(script, get)
    assert isinstance(error, ServerRefused) and str(error) == f"{NOT_ONE} ({why}): check --server"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nRIFF", "a file without a length, or with too much of it"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nRIFF\r\n0\r\n\r\n",
            "a file without a length, or with too much of it",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "a file without a length, or with too much of it"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", "a file without a length, or with"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4294967305\r\n\r\n", "a file without a length, or with too much"),
        (answer("<html>log in here</html>"), "this is no such file"),
    ],
)
def test_what_is_no_file(script: bytes, why: str) -> None:
    error = refusal(script, download)
    assert isinstance(error, ServerRefused) and str(error).startswith(f"{NOT_ONE} ({why}")


@pytest.mark.parametrize("ask", [get, download])
def test_an_answer_that_was_cut_is_an_error(ask: Callable[[WebClient], object]) -> None:
    error = refusal(answer(b"RIFF" * 100_000)[:-1], ask)
    assert isinstance(error, ServerLost)
    assert str(error) == "URL has cut its answer off after 399999 of 400000 bytes: try again"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nRIFF")


@pytest.mark.parametrize("script", [CHUNKED + b"2\r\n[", CHUNKED + b"zz\r\n", reset])
def test_an_answer_that_breaks_off_is_an_error(script: Script) -> None:
    assert isinstance(refusal(script, get), ServerLost | ServerUnreachable)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


def test_an_answer_without_an_end_is_not_read_to_its_end() -> None:
    assert str(refusal(endless, get)) == f"{NOT_ONE} (it is too long): check --server"


def silent(connection: socket.socket) -> None:
    connection.recv(1)


def a_byte_now_and_then(connection: socket.socket) -> None:
    """Until the client hangs up: each byte comes well before any time-out of its socket."""
    while not select.select([connection], [], [], 0.02)[0]:
        connection.sendall(b"H")


def hints_for_ever(connection: socket.socket) -> None:
    while not select.select([connection], [], [], 0.02)[0]:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def a_slow_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nRIFF")
    a_byte_now_and_then(connection)


@pytest.mark.live
@pytest.mark.parametrize("ask", [get, download])
@pytest.mark.parametrize("script", [silent, a_byte_now_and_then, hints_for_ever, a_slow_body])
def test_a_slow_server_does_not_hold_us(script: Script, ask: Callable[[WebClient], object]) -> None:
    error = refusal(script, ask, patience_s=SOON_S)
    assert isinstance(error, ServerUnreachable)
    assert str(error) == "URL is too slow to answer: try again later"


def test_a_server_that_hangs_up() -> None:
    error = refusal(b"", get)
    assert isinstance(error, ServerUnreachable) and str(error).startswith("no record server answers at URL (")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(ServerUnreachable) as caught:
        client(url).get("x")
    assert str(caught.value) == (
        f"no record server answers at {url} (connection refused): check --server, and that it runs with --http"
    )


@pytest.mark.parametrize("token", ["a b", "a\r\nX: y", "é", "=", "x" * 1001, "\x1b[2J"])
def test_what_is_no_token_is_neither_sent_nor_shown(token: str) -> None:
    with pytest.raises(UsageError) as caught:
        client("http://127.0.0.1:1", token)
    assert str(caught.value) == "this is not a token: it has characters that no token has"


def test_a_token_does_not_go_over_a_network_in_the_clear() -> None:
    url = ServerUrl.parse("http://192.0.2.1:8088")
    with pytest.raises(UsageError) as caught:
        WebClient(url, TOKEN)
    assert str(caught.value) == (
        "others could read the token on its way to 192.0.2.1: use https://, or send it so with --insecure"
    )
    assert WebClient(url, TOKEN, insecure=True).url == url
    assert WebClient(url).url == url
    assert WebClient(ServerUrl.parse("https://192.0.2.1"), TOKEN).url.secure
