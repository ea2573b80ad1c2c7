"""A phone in memory: it answers every method of the control API, notes what it was asked, and tells what a test wants.

`python -m tests.web.phone.fake_phone PORT` serves its page.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from phone_recorder import control_api as api
from phone_recorder.errors import UsageError

NAME = "Record_20260314150926.wav"

RECORDINGS = api.RecordingList([api.Recording(NAME, 8076, 1.0, "2026-03-14T15:09:26", "PCMU")])
SCREEN = api.Screen(
    title="1001 Anna",
    language="en",
    clock="15:09",
    signs=("usb", "registered"),
    lines=(api.Line("Record manager", mark=">"), api.Line("Recordings", "1")),
    selected=0,
    total=2,
    soft=("Select", "", "", "Back"),
    dss=tuple(api.DssKey(does, label) for does, label in (("record", "Record"), ("hold", "Hold"))),
)
CALL = api.Call("connected", "out", "1002", "Bob", 3.0, codec="PCMU")
RECORD = api.RecordState("recording", "recording", "00:03", "", "on", [{"id": "0f", "state": "recording"}])
STICK = api.Stick(True, True, 8_000_000, 7_000_000, "FAT32")
DRIVES = api.DriveList([api.Drive("STICK", "/dev/sdb1", "FAT32", 8_000_000, 7_000_000, used=True, remaining_s=850.0)])
PLAYBACK = api.Playback(NAME, 0.2, 1.0)
LOG = api.CallLog([api.LoggedCall("in", "1002", "Bob", "2026-03-14T15:09:26", 12.0, True, True)])

RESULTS: dict[type[msgspec.Struct], msgspec.Struct] = {
    api.Phone: api.Phone("BX5S", "001122334455", "1001", "Anna", "1.0", "en"),
    api.Screen: SCREEN,
    api.Call: CALL,
    api.RecordState: RECORD,
    api.Stick: STICK,
    api.DriveList: DRIVES,
    api.RecordingList: RECORDINGS,
    api.Exported: api.Exported("/usb/Record_20260314150926-audio.wav"),
    api.Playback: PLAYBACK,
    api.CallLog: LOG,
}
"""What it answers, by the kind of the method's result; settings are made of what is set."""

REQUESTS: dict[str, dict[str, Any]] = {
    "key.press": {"key": "ok"},
    "text.type": {"text": "Söhne\n"},
    "recordings.delete": {"name": "x"},
    "recordings.export": {"name": "x"},
    "playback.start": {"name": "x", "speed": 2},
    "settings.set": {"values": {"phone.name": "Bob"}},
}
"""Fields of what needs some."""

TELLS: dict[type[msgspec.Struct], str] = {
    api.Screen: "screen",
    api.Call: "call",
    api.Stick: "stick",
    api.DriveList: "drives",
    api.Playback: "playback",
    api.RecordingList: "recordings",
    api.SettingList: "settings",
}
"""What it tells whoever watches when a method has changed that."""


class FakePhone:
    """`asked` are the requests, and `done` those that were answered. `texts` are what is set.

    A test may have it refuse kinds of requests (`refusals`), answer otherwise (`results`), or wait (`hold`, an event
    for each kind). `put_off` is set once something waits.
    """

    def __init__(self) -> None:
        self.asked: list[api.Request] = []
        self.done: list[api.Request] = []
        self.refusals: dict[type[api.Request], Exception] = {}
        self.results = dict(RESULTS)
        self.hold: dict[type[api.Request], asyncio.Event] = {}
        self.put_off = asyncio.Event()
        self.texts = {"phone.name": "Anna", "record.mode": "local", "account.password": "", "server.port": "10000"}
        self.watchers: list[tuple[api.Listener, frozenset[str]]] = []

    async def answer(self, request: api.Request) -> msgspec.Struct:
        """As the table of methods says; UsageError where a test has it refuse, or it is no setting."""
        self.asked.append(request)
        if waiting := self.hold.get(type(request)):
            self.put_off.set()
            await waiting.wait()
        if refusal := self.refusals.get(type(request)):
            raise refusal
        result = self._result(request)
        self.done.append(request)
        return result

    def watch(self, listener: api.Listener, events: Collection[str] = api.EVENTS) -> Callable[[], None]:
        """Tell this one of these events from now on."""
        entry = (listener, frozenset(events))
        self.watchers.append(entry)
        return lambda: self.watchers.remove(entry) if entry in self.watchers else None

    def tell(self, event: str, data: Any) -> None:
        """Tell whoever watches for that; call from the loop's thread."""
        for listener, events in list(self.watchers):
            if event in events:
                listener(api.Event(event, data))  # type: ignore[arg-type]

    def _result(self, request: api.Request) -> msgspec.Struct:
        method = api.BY_REQUEST[type(request)]
        if isinstance(request, api.SetSettings):
            self._set(request.values)
        if isinstance(request, api.PressKey):
            self.results[api.Screen] = msgspec.structs.replace(SCREEN, prompt=f"pressed {request.key}")
        result = self.settings if method.result is api.SettingList else self.results[method.result]
        if not method.safe and method.result in TELLS:
            self.tell(TELLS[method.result], result)
        return result

    @property
    def settings(self) -> api.SettingList:
        """One setting of several kinds each; of the password nothing but whether there is one."""
        return api.SettingList([_setting(key, text) for key, text in self.texts.items()])

    def _set(self, values: dict[str, str]) -> None:
        if unknown := set(values) - set(self.texts):
            raise UsageError(f"there is no setting {min(unknown)}")
        self.texts |= values


def _setting(key: str, text: str) -> api.SettingValue:
    if key == "account.password":
        return api.SettingValue(key, "Password", "Password at the SIP server.", "secret", "", bool(text))
    if key == "record.mode":
        choices = [api.Choice("local", "USB"), api.Choice("network", "Server")]
        return api.SettingValue(key, "Record type", "Where calls are recorded.", "choice", text, choices=choices)
    return api.SettingValue(key, key, "What it is.", "number" if key == "server.port" else "text", text)


async def _serve(port: int, directory: Path) -> None:
    from phone_recorder.web.serve import WebServer
    from tests.web.phone.phone_rig import PhoneRig

    rig = PhoneRig(directory)
    async with WebServer(rig.app, "127.0.0.1", port, tell=partial(print, flush=True)) as web:
        print(web.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with TemporaryDirectory() as made:
        asyncio.run(_serve(int(sys.argv[1]), Path(made)))
