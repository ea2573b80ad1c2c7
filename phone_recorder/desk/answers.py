"""What the phone does about each request of the control API: a table, a row for each method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from phone_recorder import control_api as api
from phone_recorder.adapters.aside import aside
from phone_recorder.desk.set_settings import set_settings

if TYPE_CHECKING:
    from phone_recorder.desk.phone import DeskPhone

Answer = Callable[["DeskPhone", Any], Awaitable[msgspec.Struct]]


async def _now(value: msgspec.Struct) -> msgspec.Struct:
    return value


async def _recording(phone: DeskPhone, request: api.GetRecording) -> api.RecordState:
    api.demand_current(request.call)
    return phone.calls.record_state


async def _press_record(phone: DeskPhone, request: api.PressRecord) -> api.RecordState:
    api.demand_current(request.call)
    return phone.calls.press(request.event)


async def _press_key(phone: DeskPhone, request: api.PressKey) -> api.Screen:
    phone.say("")
    return await phone.carry_out(phone.face.press(request.key, phone.facts))


async def _type_text(phone: DeskPhone, request: api.TypeText) -> api.Screen:
    return await phone.carry_out(phone.face.type(request.text, phone.facts))


async def _stick(phone: DeskPhone, change: Callable[[], None]) -> api.Stick:
    await aside(change)
    return phone.bay.stick_state


async def _start_playback(phone: DeskPhone, request: api.StartPlayback) -> api.Playback:
    sound = phone.settings.call.sound
    await aside(lambda: phone.player.start(request, *phone.bay.to_play(request.name), sound))
    return phone.player.shown


async def _control_playback(phone: DeskPhone, request: api.ControlPlayback) -> api.Playback:
    phone.player.control(request)
    return phone.player.shown


async def _export(phone: DeskPhone, request: api.ExportRecording) -> api.Exported:
    exported = await phone.bay.export(request.name)
    phone.say(f"exported to {exported.path}")
    return exported


async def _clear_log(phone: DeskPhone, _: api.ClearLog) -> api.CallLog:
    phone.log.clear()
    return phone.log.calls


ANSWERS: dict[type[api.Request], Answer] = {
    api.GetPhone: lambda phone, _: _now(phone.known),
    api.GetScreen: lambda phone, _: _now(phone.face.screen(phone.facts)),
    api.PressKey: _press_key,
    api.TypeText: _type_text,
    api.GetCall: lambda phone, _: _now(phone.calls.told),
    api.StartCall: lambda phone, request: phone.calls.start(request),
    api.AnswerCall: lambda phone, _: _now(phone.calls.answer()),
    api.EndCall: lambda phone, _: _now(phone.calls.end()),
    api.HoldCall: lambda phone, request: _now(phone.calls.hold(request.held)),
    api.GetRecording: _recording,
    api.PressRecord: _press_record,
    api.ListDrives: lambda phone, _: _now(phone.bay.drives),
    api.GetStick: lambda phone, _: _now(phone.bay.stick_state),
    api.InsertStick: lambda phone, asked: _stick(
        phone, lambda: phone.bay.emulated.insert(asked.capacity, asked.file_system, asked.locked)
    ),
    api.PullStick: lambda phone, _: _stick(phone, lambda: phone.bay.emulated.pull()),
    api.FillStick: lambda phone, asked: _stick(phone, lambda: phone.bay.emulated.fill(asked.left)),
    api.SlowStick: lambda phone, asked: _stick(phone, lambda: phone.bay.emulated.slow(asked.delay_ms)),
    api.LockStick: lambda phone, asked: _stick(phone, lambda: phone.bay.emulated.lock(asked.locked)),
    api.SpoilStick: lambda phone, asked: _stick(phone, lambda: phone.bay.emulated.spoil(asked.bad)),
    api.ListRecordings: lambda phone, _: phone.bay.list(),
    api.DeleteRecording: lambda phone, request: phone.bay.delete(request.name),
    api.ExportRecording: _export,
    api.GetPlayback: lambda phone, _: _now(phone.player.shown),
    api.StartPlayback: _start_playback,
    api.ControlPlayback: _control_playback,
    api.ListSettings: lambda phone, _: _now(phone.keeper.listed),
    api.SetSettings: set_settings,
    api.ListLog: lambda phone, _: _now(phone.log.calls),
    api.ClearLog: _clear_log,
}
"""A new method of the control API is a new row."""
