"""How a WebSocket ends: by the client, by a login that ends, or because nobody reads."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from phone_recorder import control_api as api
from phone_recorder.web.phone.mailbox import MOST_ANSWERED, MOST_ANSWERS
from tests.web.phone.fake_phone import FakePhone
from tests.web.phone.phone_rig import BEARER, PATIENCE_S, SOCKET, PhoneRig, Socket, with_socket

SHORT_S = 0.01
TRY_LATER, POLICY_VIOLATION = 1013, 1008


@pytest.fixture
def rig(tmp_path: Path) -> PhoneRig:
    return PhoneRig(tmp_path)


async def all_read(socket: Socket) -> None:
    """Until the application waits for the next message."""
    async with asyncio.timeout(PATIENCE_S):
        while not socket.to_app.empty():
            await asyncio.sleep(0)


def test_whoever_has_gone_is_watched_for_no_more(rig: PhoneRig) -> None:
    with rig.client.websocket_connect(SOCKET) as socket:
        socket.receive_json()
        assert len(rig.phone.watchers) == 1
    assert rig.phone.watchers == []


def test_whoever_reads_nothing_is_dropped(rig: PhoneRig) -> None:
    rig.hurry(patience_s=SHORT_S)

    async def test(socket: Socket) -> None:
        socket.reads.clear()
        rig.phone.tell("call", api.Call())
        async with asyncio.timeout(PATIENCE_S):
            while rig.phone.watchers:
                await asyncio.sleep(SHORT_S)

    with_socket(rig, test)


def test_whoever_asks_and_never_reads_is_dropped(rig: PhoneRig) -> None:
    async def test(socket: Socket) -> None:
        socket.reads.clear()
        for number in range(MOST_ANSWERS + 10):
            socket.ask("phone.get", id_=number + 1)
        async with asyncio.timeout(PATIENCE_S):
            while rig.phone.watchers:
                await asyncio.sleep(0)
        socket.reads.set()
        assert await socket.closed() == TRY_LATER

    with_socket(rig, test)


def test_an_error_of_ours_ends_that_socket_alone(rig: PhoneRig) -> None:
    async def run() -> None:
        rig.phone.refusals[api.EndCall] = ZeroDivisionError("a bug")
        async with rig.opened() as other:
            await other.greeted()
            with pytest.raises(ZeroDivisionError):
                async with rig.opened() as socket:
                    await socket.greeted()
                    socket.ask("call.end")
                    await all_read(socket)
            other.ask("phone.get")
            assert "result" in await other.answer()
        assert rig.phone.watchers == []

    asyncio.run(run())


def test_what_was_asked_is_done_though_the_watcher_has_gone(rig: PhoneRig) -> None:
    async def run() -> FakePhone:
        go_on = rig.phone.hold[api.StartCall] = asyncio.Event()
        async with rig.opened() as socket:
            await socket.greeted()
            socket.ask("call.start", {"number": "1002"})
            await rig.phone.put_off.wait()
            socket.gone = True
            rig.phone.tell("call", api.Call())
        go_on.set()
        async with asyncio.timeout(PATIENCE_S):
            while rig.phone.done[-1] != api.StartCall("1002"):
                await asyncio.sleep(0)
        return rig.phone

    assert asyncio.run(run()).watchers == []


def test_what_waits_for_its_turn_or_for_room_is_done_too_though_the_watcher_has_gone(rig: PhoneRig) -> None:
    rig.phone.results[api.RecordState] = api.RecordState("idle", "idle", "", "x" * MOST_ANSWERED, "off")

    async def run() -> None:
        go_on = rig.phone.hold[api.PressKey] = asyncio.Event()
        async with rig.opened() as socket:
            await socket.greeted()
            rig.phone.done.clear()
            socket.reads.clear()
            for _ in range(4):
                socket.ask("record.get")
            for key in ("menu", "ok"):
                socket.ask("key.press", {"key": key})
            await all_read(socket)
            assert len(rig.phone.done) < 4
            socket.gone = True
        go_on.set()
        async with asyncio.timeout(PATIENCE_S):
            while len(rig.phone.done) < 6:
                await asyncio.sleep(0)

    asyncio.run(run())
    assert rig.phone.done[-2:] == [api.PressKey("menu"), api.PressKey("ok")]


@pytest.mark.parametrize("how", ["a token that is revoked", "credentials that cannot be read"])
def test_a_login_that_ends_ends_the_socket(tmp_path: Path, how: str) -> None:
    rig = PhoneRig(tmp_path, login=True)
    rig.hurry(check_s=SHORT_S)

    async def run() -> None:
        async with rig.opened(BEARER) as socket:
            await socket.greeted()
            if how == "a token that is revoked":
                rig.credentials.tokens.clear()
            else:
                rig.credentials.broken = "the credentials file is damaged"
            assert await socket.closed() == POLICY_VIOLATION
            assert rig.phone.watchers == []

    asyncio.run(run())


def test_logging_out_ends_the_socket_of_that_session(tmp_path: Path) -> None:
    rig = PhoneRig(tmp_path, login=True)
    rig.hurry(check_s=SHORT_S)
    csrf = rig.log_in()
    cookie = "; ".join(f"{name}={value}" for name, value in rig.client.cookies.items())

    async def run() -> None:
        async with rig.opened({"Cookie": cookie}) as socket, rig.opened(BEARER) as other:
            await socket.greeted()
            out = {"X-CSRF-Token": csrf}
            assert (await asyncio.to_thread(rig.client.post, "/logout", headers=out)).status_code == 303
            assert await socket.closed() == POLICY_VIOLATION
            other.ask("phone.get")
            assert "result" in await other.answer()

    asyncio.run(run())
