"""What an agent answers, as far as a case reads it: an answer of another shape is the agent's fault, and is told so."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated, Any

import msgspec

from phone_recorder.control_api.shown import SettingList
from phone_recorder.errors import AgentRefused, AgentUnreachable, NotConforming
from phone_recorder.harness.subjects.agent_settings import Asks
from phone_recorder.recording.indicator import Icon, Lamp
from phone_recorder.wire.printable import printable

MOST_DEEP = 32
"""Lists and objects within each other: a real answer has five."""
LARGEST = 1 << 60
"""Of numbers: a counter of bytes is less."""
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character of UTF-16, which JSON can write, and no file."""

_Seconds = Annotated[float, msgspec.Meta(ge=0, le=1_000_000_000)]
_Count = Annotated[int, msgspec.Meta(ge=0)]
_Port = Annotated[int, msgspec.Meta(ge=1, le=0xFFFF)]


class _Ports(msgspec.Struct):
    near: _Port
    far: _Port


class _Started(msgspec.Struct):
    id: str
    host: str
    ports: _Ports

    def __post_init__(self) -> None:
        """ValueError if that is no address."""
        ip_address(self.host)


class _Gap(msgspec.Struct):
    stream: str
    start_s: _Seconds
    duration_s: _Seconds


class _Part(msgspec.Struct):
    path: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+$")]


class _Stream(msgspec.Struct):
    name: str


class _Account(msgspec.Struct):
    id: str
    state: str
    duration_s: _Seconds
    gaps: list[_Gap]
    gaps_count: _Count
    gaps_s: dict[str, _Seconds]
    streams: list[_Stream]
    parts: list[_Part]


class _State(msgspec.Struct):
    key: str
    icon: Icon
    timer: Annotated[str, msgspec.Meta(pattern=r"^\d{1,6}:\d\d(:\d\d)?$")]
    prompt: str
    lamp: Lamp
    recordings: list[_Account]


class _Call(msgspec.Struct):
    id: str
    state: str


class _Calls(msgspec.Struct):
    calls: list[_Call]


_SHAPES: dict[str, type[msgspec.Struct]] = {
    "call.start": _Started,
    "call.list": _Calls,
    "record.get": _State,
    "record.press": _State,
    "settings.list": SettingList,
}
"""Of results, by method; what is beyond these is nobody's concern."""


class CheckedAgent:
    """An agent's client; what has another shape than it should is NotConforming, and an agent that is gone is too."""

    def __init__(self, agent: Asks) -> None:
        self._agent = agent

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """The method's result. AgentRefused if the agent cannot do that, in a sentence that can be shown."""
        try:
            told = self._agent.ask(method, params)
            _demand_plain(told)
            msgspec.convert(told, _SHAPES.get(method, dict))
        except AgentRefused as error:
            raise AgentRefused(printable(str(error))) from error
        except AgentUnreachable as error:
            raise NotConforming(str(error)) from error
        except msgspec.ValidationError as error:
            raise NotConforming(
                f"what the agent answers to {method} makes no sense: {printable(str(error))}"
            ) from error
        return told


def _demand_plain(told: dict[str, Any]) -> None:
    """ValidationError for what could not be kept, counted with or shown, wherever it is."""
    if not _is_plain(told, MOST_DEEP):
        raise msgspec.ValidationError("It is too deep, or has a number or a character that is none")


def _is_plain(value: object, deep: int) -> bool:
    if isinstance(value, str):
        return not _HALF.search(value)
    if isinstance(value, int | float):
        return abs(value) < LARGEST  # NaN is not
    parts = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return not parts or (deep > 0 and all(_is_plain(part, deep - 1) for part in parts))
