"""Two emulated phones that call each other over SIP, on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from phone_recorder import control_api as api
from phone_recorder.adapters.record_reader import open_record
from tests.desk.rig import Switched, switched_on

pytestmark = pytest.mark.live


def free_port() -> int:
    """A UDP port of loopback that nobody has just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def play(scene: Callable[[Switched, Switched, str], Awaitable[None]], directory: Path) -> None:
    """Switch two phones on, and have the scene played: who calls, who is called, and at which address."""

    async def run() -> None:
        homes = [directory / name for name in ("anna", "bob")]
        for home in homes:
            home.mkdir()
        port = free_port()
        listening = {"account.listen": f"127.0.0.1:{port}", "phone.name": "Bob", "call.near": "tone:660"}
        calling = {"account.listen": f"127.0.0.1:{free_port()}", "phone.name": "Anna", "call.near": "tone:440"}
        async with switched_on(homes[1], listening) as bob, switched_on(homes[0], calling) as anna:
            await scene(anna, bob, f"sip:1002@127.0.0.1:{port}")

    asyncio.run(run())


async def connected(anna: Switched, bob: Switched, uri: str) -> None:
    """A call between them."""
    await anna.ask(api.StartCall(uri))
    await bob.until(lambda last: last["call"].state == "ringing")
    await bob.ask(api.AnswerCall())
    for phone in (anna, bob):
        await phone.until(lambda last: last["call"].state == "connected")


def test_a_call_is_recorded_at_both_ends(tmp_path: Path) -> None:
    async def scene(anna: Switched, bob: Switched, uri: str) -> None:
        await connected(anna, bob, uri)
        assert bob.last["call"].name == "Anna" and bob.last["call"].sip
        for phone in (anna, bob):
            await phone.ask(api.PressRecord())
            await phone.until(lambda last: last["screen"].timer == "00:01")
        await anna.ask(api.EndCall())
        await bob.until(lambda last: last["call"].state == "ended")
        for phone in (anna, bob):
            await phone.until_prompt("Recording saved")

    play(scene, tmp_path)
    for stick in tmp_path.glob("*/usb"):
        [path] = stick.glob("Record_*.wav")
        with open_record(path) as record:
            assert record.header.duration_s > 1.0 and record.examination.problems == ()


def test_one_call_after_the_other_in_both_directions(tmp_path: Path) -> None:
    async def scene(anna: Switched, bob: Switched, uri: str) -> None:
        for _ in range(2):
            await connected(anna, bob, uri)
            await bob.ask(api.EndCall())
            await anna.until(lambda last: last["call"].state == "ended")
            assert anna.last["call"].reason
        back = f"sip:1001@{anna.phone.settings.account.listen}"
        await connected(bob, anna, back)

    play(scene, tmp_path)


def test_a_phone_in_a_call_is_busy(tmp_path: Path) -> None:
    async def scene(anna: Switched, bob: Switched, uri: str) -> None:
        await bob.ask(api.StartCall("1003", far="silence"))
        await anna.ask(api.StartCall(uri))
        await anna.until(lambda last: last["call"].state == "ended")
        assert "busy" in anna.last["call"].reason.lower()

    play(scene, tmp_path)


def test_hold_is_heard_at_the_other_end_and_messages_are_told(tmp_path: Path) -> None:
    async def scene(anna: Switched, bob: Switched, uri: str) -> None:
        await connected(anna, bob, uri)
        await anna.ask(api.HoldCall())
        await anna.until(lambda last: last["call"].state == "held")
        told = [event.data for event in anna.events if event.event == "message"]
        assert any(one.sent and one.text.startswith("INVITE") for one in told)
        assert any(not one.sent and one.text.startswith("SIP/2.0 200") for one in told)

    play(scene, tmp_path)


def test_two_who_call_each_other_at_once_are_both_free_again(tmp_path: Path) -> None:
    async def scene(anna: Switched, bob: Switched, uri: str) -> None:
        back = f"sip:1001@{anna.phone.settings.account.listen}"
        await asyncio.gather(anna.ask(api.StartCall(uri)), bob.ask(api.StartCall(back)))
        for phone in (anna, bob):
            await phone.until(lambda last: last["call"].state == "ended")
        await connected(anna, bob, uri)

    play(scene, tmp_path)


def test_what_is_set_in_a_call_does_not_end_it_and_counts_in_the_next(tmp_path: Path) -> None:
    async def scene(anna: Switched, bob: Switched, uri: str) -> None:
        await connected(anna, bob, uri)
        await anna.ask(
            api.SetSettings({"record.codec": "PCMA", "call.far": "silence", "account.listen": "127.0.0.1:0"})
        )
        assert anna.last["screen"].prompt == "Saved: it counts from the next call on"
        assert (await anna.ask(api.GetCall())).state == "connected"
        await anna.ask(api.EndCall())
        await bob.until(lambda last: last["call"].state == "ended")
        await anna.until(lambda last: last["phone"].registered == "no")
        await connected(anna, bob, uri)
        assert anna.last["call"].codec == "PCMA"

    play(scene, tmp_path)
