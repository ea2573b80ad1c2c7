"""The phone's face on a terminal, for a machine without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from phone_recorder.control_api import DIGITS, Event, GetScreen, PressKey, Request, Screen, TypeText
from phone_recorder.errors import PhoneRecorderError

if TYPE_CHECKING:
    from phone_recorder.control_api import Target
    from phone_recorder.desk.phone import DeskPhone

KEYS = {
    **{digit: digit for digit in DIGITS},
    **{f"F{number}": f"soft{number}" for number in range(1, 5)},
    **dict(zip("asdf", ("dss1", "dss2", "dss3", "dss4"), strict=True)),
    **{key: key for key in ("up", "down", "left", "right")},
    "enter": "ok",
    "escape": "back",
    "backspace": "back",
    "r": "record",
    "h": "hook",
    "m": "menu",
    "p": "speaker",
    "l": "redial",
    "o": "hold",
}
"""Keys of a terminal to keys of the phone; while a field is edited, letters go into it."""
QUIT = "q"
HELP = {
    "en": (
        "F1-F4 soft keys   arrows, Enter, Esc   0-9 * #   r record   a s d f DSS keys",
        "h hook   p speaker   o hold   l redial   m menu   q switch off",
    ),
    "zh": (
        "F1-F4 软键   方向键、Enter、Esc   0-9 * #   r 录音   a s d f DSS 键",
        "h 听筒   p 免提   o 保持   l 重拨   m 应用   q 关机",
    ),
}


class TerminalFace:
    """Draws the phone's screen whenever it changes, and presses its keys. `quit` switches it off."""

    def __init__(self, phone: Target, draw: Callable[[Sequence[str]], None], quit_: Callable[[], None]) -> None:
        self._phone = phone
        self._draw = draw
        self._quit = quit_
        self._screen: Screen | None = None
        self._note = ""
        self._changed = asyncio.Event()
        self._keys: asyncio.Queue[Request] = asyncio.Queue()

    async def run(self) -> None:
        """Press what was typed, one key after the other, and draw what changes. Whatever goes wrong is raised here."""
        stop = self._phone.watch(self._shown, ("screen",))
        works = [asyncio.create_task(work) for work in (self._press_all(), self._draw_all())]
        try:
            await asyncio.gather(*works)
        finally:
            stop()
            for work in works:
                work.cancel()

    def pressed(self, key: str) -> None:
        """A key of the terminal."""
        edited = self._screen is not None and self._screen.edit is not None
        if edited and len(key) == 1 and key not in DIGITS:
            self._keys.put_nowait(TypeText(key))
        elif key == QUIT:
            self._quit()
        elif key in KEYS:
            self._keys.put_nowait(PressKey(KEYS[key]))

    async def _press_all(self) -> None:
        self._show(await self._phone.answer(GetScreen()))
        while True:
            await self._press(await self._keys.get())

    async def _draw_all(self) -> None:
        # Not where the phone tells of a change: what cannot be drawn must not end the phone's own work.
        while await self._changed.wait():
            self._changed.clear()
            self._redraw()

    async def _press(self, request: Request) -> None:
        self._note = ""
        try:
            self._show(await self._phone.answer(request))
        except PhoneRecorderError as error:
            self._note = str(error)
            self._changed.set()

    def _shown(self, event: Event) -> None:
        self._show(event.data)

    def _show(self, screen: object) -> None:
        if isinstance(screen, Screen):
            self._screen = screen
            self._changed.set()

    def _redraw(self) -> None:
        from phone_recorder.cli.output import shown
        from phone_recorder.phone.face.text_face import draw

        if self._screen:
            lines = [*draw(self._screen), "", *HELP[self._screen.language], self._note]
            # What others call themselves must not steer the terminal.
            self._draw([shown(line) for line in lines])


async def run_beside(phone: Awaitable[object], face: TerminalFace, stopped: asyncio.Event) -> None:
    """Run the face until the phone's work is over, which setting `stopped` ends.

    A face that crashes ends it too, and its error is raised when it is over.
    """
    running = asyncio.create_task(face.run())
    running.add_done_callback(lambda _: stopped.set())
    try:
        await phone
    finally:
        running.cancel()
        await asyncio.wait({running})
    if not running.cancelled():
        running.result()


async def on_terminal(phone: DeskPhone, stopped: asyncio.Event) -> None:
    """The phone on this terminal, until somebody switches it off."""
    from phone_recorder.adapters.keyboard import whole_terminal

    pressed: list[Callable[[str], None]] = []
    # A terminal that has gone switches the phone off in order: recordings end as with Ctrl-C.
    with whole_terminal(lambda key: pressed[0](key), stopped.set) as draw:
        face = TerminalFace(phone, draw, stopped.set)
        pressed.append(face.pressed)
        await run_beside(phone.until(stopped), face, stopped)
