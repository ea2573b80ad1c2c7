"""The web application on a port, over loopback."""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from phone_recorder.errors import UsageError
from phone_recorder.web import serve
from phone_recorder.web.audio_files import FORMS
from phone_recorder.web.serve import Tls, WebServer
from tests.record_bytes import record
from tests.web.certificates import a_certificate
from tests.web.site_rig import FIRST, Rig, a_live, an_entry

pytestmark = pytest.mark.live
PATIENCE_S = 10.0
STOP_S = 2.0
"""The most that stopping may take."""


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.recordings.add(an_entry())
    return rig


def test_a_server_answers_where_it_says(rig: Rig) -> None:
    async def scenario() -> None:
        async with WebServer(rig.app, "127.0.0.1", 0) as server, httpx.AsyncClient(base_url=server.url) as client:
            assert server.url.startswith("http://127.0.0.1:")
            assert (await client.get("/healthz")).json() == {"status": "ok"}
            answer = await client.get(f"/api/v1/recordings/{FIRST}/audio.wav", headers={"Range": "bytes=-16000"})
            assert (answer.status_code, len(answer.content)) == (206, 16000)
            assert "server" not in answer.headers
            server.check()

    asyncio.run(scenario())


def test_a_server_on_ipv6_says_where(rig: Rig) -> None:
    async def scenario() -> None:
        async with WebServer(rig.app, "::1", 0) as server, httpx.AsyncClient(base_url=server.url) as client:
            assert server.url.startswith("http://[::1]:")
            assert (await client.get("/")).status_code == 200

    asyncio.run(scenario())


def test_a_port_that_is_taken_and_a_host_that_is_none(rig: Rig) -> None:
    async def scenario() -> None:
        async with WebServer(rig.app, "127.0.0.1", 0) as server:
            port = int(server.url.rpartition(":")[2])
            with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1:{port}: address already in use"):
                await WebServer(rig.app, "127.0.0.1", port).__aenter__()

    asyncio.run(scenario())


def test_without_login_others_must_not_reach_it(rig: Rig) -> None:
    with pytest.raises(UsageError, match="without login"):
        WebServer(rig.app, "0.0.0.0", 0)


def test_tls_files_of_no_use_are_refused(rig: Rig, tmp_path: Path) -> None:
    tls = Tls(tmp_path / "certificate.pem", tmp_path / "key.pem")
    with pytest.raises(UsageError, match="there is no such file"):
        asyncio.run(WebServer(rig.app, "127.0.0.1", 0, tls).__aenter__())


@pytest.mark.peer
def test_over_tls(rig: Rig, tmp_path: Path) -> None:
    tls = a_certificate(tmp_path)

    async def scenario() -> None:
        trusting = ssl.create_default_context(cafile=str(tls.certificate))
        async with WebServer(rig.app, "127.0.0.1", 0, tls) as server:
            assert server.url.startswith("https://")
            async with httpx.AsyncClient(base_url=server.url, verify=trusting) as client:
                answer = await client.get("/healthz")
                assert answer.status_code == 200
                assert "strict-transport-security" in answer.headers

    asyncio.run(scenario())


def test_the_live_stream_and_a_stop_with_streams_and_a_stalled_download(rig: Rig) -> None:
    rig.recordings.add(an_entry(), record(bytes(40_000_000), rtp_len=160, increment=160))
    rig.live.append(a_live())

    async def scenario() -> float:
        loop = asyncio.get_running_loop()
        server = await WebServer(rig.app, "127.0.0.1", 0).__aenter__()
        port = int(server.url.rpartition(":")[2])
        stalled = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        stalled[1].write(f"GET /api/v1/recordings/{FIRST}/audio.wav HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert (await stalled[0].readline()).startswith(b"HTTP/1.1 200")
        stream = await asyncio.open_connection("127.0.0.1", port)
        stream[1].write(b"GET /api/v1/live/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.wait_for(stream[0].readuntil(b'"total":1'), 5)
        began = loop.time()
        await server.__aexit__()
        took = loop.time() - began
        await asyncio.wait_for(stream[0].read(), 1)
        for _, writer in (stalled, stream):
            writer.close()
        return took

    assert asyncio.run(scenario()) < STOP_S


def test_a_stream_alone_does_not_hold_up_a_stop(rig: Rig) -> None:
    async def scenario() -> float:
        loop = asyncio.get_running_loop()
        server = await WebServer(rig.app, "127.0.0.1", 0).__aenter__()
        reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
        writer.write(b"GET /api/v1/live/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.wait_for(reader.readuntil(b'"total":0'), PATIENCE_S)
        began = loop.time()
        await server.__aexit__()
        took = loop.time() - began
        writer.close()
        return took

    assert asyncio.run(scenario()) < serve.STOP_S  # which a download would have


def test_what_is_held_up_by_long_audio_is_other_audio_alone(rig: Rig) -> None:
    begun, end = threading.Semaphore(0), threading.Event()

    def hang() -> None:
        begun.release()
        assert end.wait(PATIENCE_S)

    async def scenario() -> None:
        async with WebServer(rig.app, "127.0.0.1", 0) as server, httpx.AsyncClient(base_url=server.url) as client:
            hanging = [asyncio.create_task(rig.site.audio.run(hang)) for _ in range(2)]
            for _ in hanging:
                assert await asyncio.to_thread(begun.acquire, timeout=PATIENCE_S)
            audio = asyncio.create_task(client.get(f"/api/v1/recordings/{FIRST}/audio.wav"))
            for path in ("/healthz", "/", f"/recordings/{FIRST}", "/api/v1/recordings"):
                assert (await client.get(path)).status_code == 200
            assert not audio.done()
            end.set()
            assert len((await audio).content) == 16_044
            await asyncio.gather(*hanging)

    asyncio.run(scenario())


class Endless:
    """Audio that is decoded for ever before any of it comes, as it were."""

    tag, size = "endless", 1 << 40

    def __init__(self) -> None:
        self.decoded = 0

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        while True:
            self.decoded += 1
            yield b""


def test_for_a_client_that_is_gone_nothing_more_is_decoded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Endless()
    monkeypatch.setitem(FORMS, "wav", lambda _: endless)

    async def scenario() -> None:
        async with asyncio.timeout(PATIENCE_S), WebServer(rig.app, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
            writer.write(f"GET /api/v1/recordings/{FIRST}/audio.wav HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            while endless.decoded < 10:
                await asyncio.sleep(0.01)
            writer.transport.abort()
            before = 0
            while before != endless.decoded:
                before = endless.decoded
                await asyncio.sleep(0.05)

    asyncio.run(scenario())


def test_a_length_said_in_two_ways_is_refused_and_the_connection_closed(rig: Rig) -> None:
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    request = (
        b"POST /delete HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    )

    async def scenario() -> None:
        async with WebServer(rig.app, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
            writer.write(request + smuggled)
            answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
            writer.close()
            assert answer.startswith(b"HTTP/1.1 400 ")
            assert answer.count(b"HTTP/1.1") == 1

    asyncio.run(scenario())


def test_nothing_of_a_client_comes_into_the_log(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with WebServer(rig.app, "127.0.0.1", 0) as server:
            port = int(server.url.rpartition(":")[2])
            for request in (b"GET /x%0d%0aFORGED HTTP/1.1", b"FORGED", b"\x16\x03\x01FORGED"):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(request + b"\r\nHost: localhost\r\n\r\n")
                assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"HTTP/1.1 4")
                writer.close()

    with caplog.at_level(logging.DEBUG):
        asyncio.run(scenario())
    assert "FORGED" not in caplog.text
