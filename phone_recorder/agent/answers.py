"""What the agent does about each request of the control API: a table, a row for each method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from phone_recorder import control_api as api
from phone_recorder.adapters.reactor import waiting
from phone_recorder.media.codecs import require
from phone_recorder.wire.payload import BY_NAME

if TYPE_CHECKING:
    from phone_recorder.agent.daemon import Agent

Answer = Callable[["Agent", Any], Awaitable[msgspec.Struct]]


async def _now(value: msgspec.Struct) -> msgspec.Struct:
    return value


async def _start(agent: Agent, request: api.BeginCall) -> api.ObservedCall:
    return agent.begin(request)


async def _change(agent: Agent, request: api.ChangeCall) -> api.ObservedCall:
    call = agent.calls.find(request.call)
    if request.codec:
        require(BY_NAME[request.codec])
    said = {"number": request.remote_number, "name": request.remote_name, "codec": request.codec}
    changes = {name: value for name, value in said.items() if value is not None}
    if request.held is not None:
        changes["state"] = "held" if request.held else "connected"
    call.change(**changes)
    agent.show()
    return agent.told(call)


async def _end(agent: Agent, request: api.FinishCall) -> api.ObservedCall:
    return agent.end(agent.calls.find(request.call), request.reason)


async def _press(agent: Agent, request: api.PressRecord) -> api.RecordState:
    agent.press(agent.calls.find(request.call), request.event)
    return agent.record_state(request.call)


async def _set(agent: Agent, request: api.SetSettings) -> api.SettingList:
    save = agent.change_settings(request.values)
    if save:
        await waiting(agent.choosing.filing.put(save))
        agent.show()  # whoever watches learns too whether they could be kept
    return agent.listed_settings


async def _delete(agent: Agent, request: api.DeleteRecording) -> api.RecordingList:
    left = await agent.drive.delete(request.name)
    agent.list_again()
    return left


ANSWERS: dict[type[api.Request], Answer] = {
    api.GetStatus: lambda agent, _: _now(agent.status),
    api.ListCalls: lambda agent, _: _now(api.CallList([agent.told(call) for call in agent.calls])),
    api.BeginCall: _start,
    api.ChangeCall: _change,
    api.FinishCall: _end,
    api.GetRecording: lambda agent, request: _now(agent.record_state(request.call)),
    api.PressRecord: _press,
    api.ListDrives: lambda agent, _: _now(agent.drive.drives),
    api.ListRecordings: lambda agent, _: agent.drive.list(),
    api.DeleteRecording: _delete,
    api.ExportRecording: lambda agent, request: agent.drive.export(request.name),
    api.ListSettings: lambda agent, _: _now(agent.listed_settings),
    api.SetSettings: _set,
}
"""A new method of the agent is a new row."""
