"""The WebSocket: what a watcher is told, what it may ask, and how it ends."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from phone_recorder import control_api as api
from phone_recorder.errors import DriveGone, NoDrive
from phone_recorder.web.phone.mailbox import MOST_ANSWERS, MOST_MESSAGES
from phone_recorder.web.phone.socket import AT_A_TIME, MOST_ASKED
from tests.web.phone.phone_rig import PATIENCE_S, SOCKET, PhoneRig, Socket, with_socket

FIRST = {"phone", "screen", "call", "stick", "drives", "playback", "recordings", "settings"}


@pytest.fixture
def rig(tmp_path: Path) -> PhoneRig:
    return PhoneRig(tmp_path)


def a_message(number: int) -> api.Message:
    return api.Message("sip", True, "2026-03-14T15:09:26.000", "192.0.2.1:5060 UDP", str(number))


def test_it_is_told_at_once_what_is_so(rig: PhoneRig) -> None:
    with rig.client.websocket_connect(SOCKET) as socket:
        told = {one["event"]: one["data"] for one in (socket.receive_json() for _ in FIRST)}
    assert set(told) == FIRST
    assert told["screen"]["title"] == "1001 Anna"
    assert told["recordings"]["recordings"][0]["name"] == "Record_20260314150926.wav"


def test_a_key_press_answers_and_tells_the_screen(rig: PhoneRig) -> None:
    with rig.client.websocket_connect(SOCKET) as socket:
        for _ in FIRST:
            socket.receive_json()
        socket.send_json({"jsonrpc": "2.0", "id": 7, "method": "key.press", "params": {"key": "ok"}})
        answer, event = socket.receive_json(), socket.receive_json()
    assert (answer["id"], answer["result"]["prompt"]) == (7, "pressed ok")
    assert (event["event"], event["data"]) == ("screen", answer["result"])


def test_what_a_real_phone_cannot_tell_yet_is_left_out_at_first(rig: PhoneRig) -> None:
    rig.phone.refusals[api.ListRecordings] = NoDrive("no USB drive is plugged in")
    with rig.client.websocket_connect(SOCKET) as socket:
        told = [socket.receive_json()["event"] for _ in range(len(FIRST) - 1)]
        socket.send_json({"id": 1, "method": "phone.get"})
        assert socket.receive_json()["id"] == 1
    assert set(told) == FIRST - {"recordings"}


def test_a_drive_that_hangs_holds_up_no_key(rig: PhoneRig) -> None:
    async def run() -> None:
        rig.phone.hold[api.ListRecordings] = asyncio.Event()
        async with rig.opened() as socket:
            assert {(await socket.told())["event"] for _ in range(7)} == FIRST - {"recordings"}
            socket.ask("key.press", {"key": "ok"})
            assert (await socket.answer())["result"]["prompt"] == "pressed ok"
            rig.phone.hold[api.ListRecordings].set()
            await socket.until("recordings")

    asyncio.run(run())


@pytest.mark.parametrize(("method", "params"), [("key.press", {"key": "ok"}), ("text.type", {"text": "1"})])
def test_what_hangs_holds_up_no_key_after_it(rig: PhoneRig, method: str, params: dict[str, str]) -> None:
    async def test(socket: Socket) -> None:
        go_on = rig.phone.hold[api.StartPlayback] = asyncio.Event()
        socket.ask("playback.start", {"name": "x"}, 1)
        socket.ask(method, params, 2)
        assert "result" in await socket.answer(2)
        go_on.set()
        assert "result" in await socket.answer(1)

    with_socket(rig, test)


def test_keys_and_text_stay_in_order_while_others_are_answered(rig: PhoneRig) -> None:
    async def test(socket: Socket) -> None:
        go_on = rig.phone.hold[api.PressKey] = asyncio.Event()
        for id_, key in enumerate(("menu", "ok"), 1):
            socket.ask("key.press", {"key": key}, id_)
        socket.ask("text.type", {"text": "1"}, 3)
        socket.ask("log.list", id_=4)
        assert "result" in await socket.answer(4)
        keys = [api.PressKey("menu"), api.PressKey("ok"), api.TypeText("1")]
        assert [one for one in rig.phone.asked if one in keys] == keys[:1]
        go_on.set()
        for id_ in (1, 2, 3):
            await socket.answer(id_)
        assert [one for one in rig.phone.done if one in keys] == keys

    with_socket(rig, test)


def test_so_many_are_carried_out_at_a_time_and_further_ones_wait(rig: PhoneRig) -> None:
    async def test(socket: Socket) -> None:
        go_on = rig.phone.hold[api.ListLog] = asyncio.Event()
        for number in range(AT_A_TIME + 5):
            socket.ask("log.list", id_=number + 1)
        socket.ask("key.press", {"key": "ok"}, 100)
        assert "result" in await socket.answer(100)
        assert rig.phone.asked.count(api.ListLog()) == AT_A_TIME
        go_on.set()
        for number in range(AT_A_TIME + 5):
            assert "result" in await socket.answer(number + 1)

    with_socket(rig, test)


def test_nothing_more_is_read_while_so_much_waits(rig: PhoneRig) -> None:
    async def test(socket: Socket) -> None:
        go_on = rig.phone.hold[api.ListLog] = asyncio.Event()
        for number in range(MOST_ASKED + 50):
            socket.ask("log.list", id_=number + 1)
        async with asyncio.timeout(PATIENCE_S):
            while socket.to_app.qsize() > 50:
                await asyncio.sleep(0)
        for _ in range(1000):
            await asyncio.sleep(0)
        assert socket.to_app.qsize() == 50
        go_on.set()
        assert len([await socket.told() for _ in range(MOST_ASKED + 50)]) == MOST_ASKED + 50

    with_socket(rig, test)


def test_levels_and_messages_come_when_they_are_wished_for_alone(rig: PhoneRig) -> None:
    async def test(socket: Socket) -> None:
        rig.phone.tell("levels", api.Levels(-1.0))
        rig.phone.tell("message", a_message(0))
        socket.ask("events.watch", {"events": ["levels", "message", "call"]})
        assert (await socket.told())["result"] == {}
        rig.phone.tell("message", a_message(1))
        rig.phone.tell("levels", api.Levels(-2.0))
        assert (await socket.told())["data"]["near_db"] == -2.0
        assert (await socket.told())["data"]["text"] == "1"
        socket.ask("events.watch", {"events": []}, 2)
        await socket.answer(2)
        rig.phone.tell("levels", api.Levels(-3.0))
        rig.phone.tell("call", api.Call("ended"))
        assert (await socket.told())["event"] == "call"

    with_socket(rig, test)


def test_a_wish_for_what_there_is_not_is_refused_and_changes_nothing(rig: PhoneRig) -> None:
    async def test(socket: Socket) -> None:
        socket.ask("events.watch", {"events": ["levels"]})
        await socket.answer()
        socket.ask("events.watch", {"events": ["level"]}, 2)
        refused = (await socket.answer(2))["error"]
        assert refused["code"] == -32602
        assert "no event 'level'" in refused["message"]
        rig.phone.tell("levels", api.Levels())
        assert (await socket.told())["event"] == "levels"

    with_socket(rig, test)


def test_two_sockets_are_told_the_same_and_answered_apart(rig: PhoneRig) -> None:
    async def run() -> None:
        async with rig.opened() as one, rig.opened() as other:
            await one.greeted()
            await other.greeted()
            one.ask("key.press", {"key": "ok"})
            assert (await one.answer())["result"] == (await other.told())["data"]
            one.ask("events.watch", {"events": ["levels"]}, 2)
            await one.answer(2)
            rig.phone.tell("levels", api.Levels())
            rig.phone.tell("call", api.Call())
            assert (await other.told())["event"] == "call"
            await one.until("levels")

    asyncio.run(run())


def test_a_slow_reader_gets_the_newest_states_and_a_count_of_lost_messages(rig: PhoneRig) -> None:
    async def test(socket: Socket) -> None:
        socket.ask("events.watch", {"events": ["message"]})
        await socket.answer()
        socket.reads.clear()
        rig.phone.tell("call", api.Call(seconds=0.0))
        await asyncio.sleep(0)  # it is being sent
        for number in range(2 * MOST_MESSAGES):
            rig.phone.tell("call", api.Call(seconds=float(number)))
            rig.phone.tell("message", a_message(number))
        socket.reads.set()
        last = 2 * MOST_MESSAGES - 1
        calls = [(await socket.until("call"))["data"]["seconds"]]
        if calls != [last]:
            calls.append((await socket.until("call"))["data"]["seconds"])
        assert calls[-1] == last
        messages = [await socket.until("message") for _ in range(MOST_MESSAGES)]
        assert messages[0]["dropped"] == MOST_MESSAGES
        assert messages[-1]["data"]["text"] == str(last)

    with_socket(rig, test)


def test_nothing_more_is_asked_of_the_phone_while_long_answers_wait(rig: PhoneRig) -> None:
    rig.phone.results[api.RecordState] = api.RecordState("idle", "idle", "", "x" * 100_000, "off")

    async def test(socket: Socket) -> None:
        socket.reads.clear()
        rig.phone.asked.clear()
        for number in range(50):
            socket.ask("record.get", id_=number + 1)
        for _ in range(1000):
            await asyncio.sleep(0)
        assert len(rig.phone.asked) < 6
        socket.reads.set()
        await socket.answer(50)
        assert len(rig.phone.asked) == 50

    with_socket(rig, test)


def test_a_flood_that_is_read_is_answered(rig: PhoneRig) -> None:
    async def test(socket: Socket) -> None:
        for number in range(2 * MOST_ANSWERS):
            socket.ask("phone.get", id_=number + 1)
        for number in range(2 * MOST_ANSWERS):
            assert (await socket.answer(number + 1))["result"]["model"] == "BX5S"

    with_socket(rig, test)


def test_what_the_phone_cannot_do_is_answered_and_the_socket_goes_on(rig: PhoneRig) -> None:
    async def test(socket: Socket) -> None:
        rig.phone.refusals[api.PullStick] = DriveGone("the stick is not plugged in")
        socket.ask("stick.pull")
        assert (await socket.answer())["error"] == {"code": -32000, "message": "the stick is not plugged in"}
        socket.ask("phone.get", id_=2)
        assert "result" in await socket.answer(2)

    with_socket(rig, test)


@pytest.mark.parametrize("frame", [b"\xff\xfe", b"", b"\x00" * 65_000, b"[" * 65_000])
def test_bytes_that_are_no_request_are_answered_and_the_socket_goes_on(rig: PhoneRig, frame: bytes) -> None:
    with rig.client.websocket_connect(SOCKET) as socket:
        for _ in FIRST:
            socket.receive_json()
        socket.send_bytes(frame)
        assert socket.receive_json()["error"]["code"] in (-32700, -32600)
        socket.send_bytes(b'{"id":1,"method":"phone.get"}')
        assert socket.receive_json()["result"]["model"] == "BX5S"
