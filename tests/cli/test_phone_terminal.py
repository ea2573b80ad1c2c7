"""The phone on a terminal: what is typed presses its keys, and what it shows is drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence

import msgspec
import pytest

from phone_recorder.cli.phone_terminal import HELP, KEYS, TerminalFace, run_beside
from phone_recorder.control_api import EVENTS, Event, GetScreen, Listener, PressKey, Request, Screen, TypeText
from phone_recorder.control_api import KEYS as PHONE_KEYS
from phone_recorder.errors import UsageError

PATIENCE_S = 10
PLAIN = Screen(title="BX5S", language="en")
EDITED = Screen(title="Server", language="en", edit="192")


class Phone:
    """Notes what it is asked, and shows what it is told to."""

    def __init__(self, screen: Screen = PLAIN) -> None:
        self.screen = screen
        self.asked: list[Request] = []
        self.refuses = ""
        self.listeners: list[Listener] = []

    async def answer(self, request: Request) -> msgspec.Struct:
        self.asked.append(request)
        if self.refuses and not isinstance(request, GetScreen):
            raise UsageError(self.refuses)
        return self.screen

    def watch(self, listener: Listener, events: Collection[str] = EVENTS) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)


class Rig:
    """A face, and what it has drawn."""

    def __init__(self, phone: Phone) -> None:
        self.drawn: list[Sequence[str]] = []
        self.quits = 0
        self.face = TerminalFace(phone, self.drawn.append, self._quit)

    def _quit(self) -> None:
        self.quits += 1

    async def until_drawn(self, text: str) -> None:
        """Let the face work until this is on the screen."""
        async with asyncio.timeout(PATIENCE_S):
            while not (self.drawn and text in "\n".join(self.drawn[-1])):
                await asyncio.sleep(0)

    async def type(self, *keys: str) -> None:
        """Run the face until it has pressed these keys."""
        running = asyncio.create_task(self.face.run())
        await self.until_drawn("")
        for key in keys:
            self.face.pressed(key)
        for _ in range(10):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def typed(phone: Phone, *keys: str) -> Rig:
    """A face on which these keys were typed."""

    async def run() -> Rig:
        rig = Rig(phone)
        await rig.type(*keys)
        return rig

    return asyncio.run(run())


def test_the_screen_is_drawn_with_its_keys_explained() -> None:
    rig = typed(Phone())
    assert "BX5S" in "\n".join(rig.drawn[0]) and HELP["en"][0] in rig.drawn[0]


def test_every_key_of_the_terminal_is_one_of_the_phone() -> None:
    assert set(KEYS.values()) <= set(PHONE_KEYS)


@pytest.mark.parametrize(
    ("typed_key", "pressed"), [("5", "5"), ("F1", "soft1"), ("enter", "ok"), ("r", "record"), ("s", "dss2")]
)
def test_a_key_is_pressed(typed_key: str, pressed: str) -> None:
    phone = Phone()
    typed(phone, typed_key)
    assert phone.asked[1:] == [PressKey(pressed)]


def test_letters_go_into_a_field_that_is_edited_and_digits_are_keys() -> None:
    phone = Phone(EDITED)
    typed(phone, "r", "q", "7", "enter")
    assert phone.asked[1:] == [TypeText("r"), TypeText("q"), PressKey("7"), PressKey("ok")]


def test_q_switches_the_phone_off() -> None:
    phone = Phone()
    assert typed(phone, "q").quits == 1 and len(phone.asked) == 1


def test_what_cannot_be_is_said_below_the_phone() -> None:
    phone = Phone()
    phone.refuses = "there is no call to record"
    assert typed(phone, "r").drawn[-1][-1] == "there is no call to record"


def test_what_changes_by_itself_is_drawn() -> None:
    async def run() -> None:
        phone = Phone()
        rig = Rig(phone)
        running = asyncio.create_task(rig.face.run())
        await rig.until_drawn("BX5S")
        phone.listeners[0](Event("screen", Screen(title="Ringing", language="en")))
        await rig.until_drawn("Ringing")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert phone.listeners == []

    asyncio.run(run())


def beside(phone: Phone, face: TerminalFace) -> None:
    """Run the face until it ends by itself."""

    async def run() -> None:
        stopped = asyncio.Event()
        async with asyncio.timeout(PATIENCE_S):
            await run_beside(stopped.wait(), face, stopped)

    try:
        asyncio.run(run())
    finally:
        assert phone.listeners == []


def test_a_phone_that_is_switched_off_ends_its_face() -> None:
    async def run() -> None:
        phone = Phone()
        rig = Rig(phone)
        await run_beside(rig.until_drawn("BX5S"), rig.face, asyncio.Event())
        assert phone.asked == [GetScreen()] and phone.listeners == []

    asyncio.run(run())


class Broken(Phone):
    """Breaks when it is asked anything."""

    async def answer(self, request: Request) -> msgspec.Struct:
        raise ZeroDivisionError("asked")


def no_drawing(lines: Sequence[str]) -> None:
    """Breaks when it is given a screen."""
    raise ZeroDivisionError("drawn")


def test_a_face_that_crashes_switches_the_phone_off_and_is_told() -> None:
    phone = Broken()
    with pytest.raises(ZeroDivisionError, match="asked"):
        beside(phone, Rig(phone).face)


def test_a_screen_that_cannot_be_drawn_ends_the_face_and_not_what_the_phone_does() -> None:
    phone = Phone()
    with pytest.raises(ZeroDivisionError, match="drawn"):
        beside(phone, TerminalFace(phone, no_drawing, lambda: None))
