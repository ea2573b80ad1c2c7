"""Draws the record key from its table: `python docs/draw_record_key.py > docs/record-key.md`.

With `zh` the diagram alone, in Chinese, as README.zh.md has it.
"""

from __future__ import annotations

# ruff: noqa: RUF001  # Chinese has punctuation of its own
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from phone_recorder.recording.record_key import TABLE, Action, Event, Key

HEAD = """# The record key

Drawn by `docs/draw_record_key.py` from the table in `phone_recorder/recording/record_key.py`; a test compares them.
An arrow says what happens, and what the recorder then does. What is not drawn changes nothing.
"""


CHINESE: dict[Enum, str] = {
    Key.IDLE: "空闲",
    Key.RECORDING: "录音中",
    Key.PAUSED: "已暂停",
    Key.WAITING: "等待重试",
    Key.WAITING_PAUSED: "等待重试（已暂停）",
    Event.PRESS: "按下",
    Event.START: "开始",
    Event.STOP: "停止",
    Event.PAUSE: "暂停",
    Event.RESUME: "继续",
    Event.CALL_ENDED: "通话结束",
    Event.DESTINATION_FAILED: "写入失败",
    Event.DRIVE_FULL: "U盘已满",
    Event.DRIVE_REMOVED: "U盘拔出",
    Event.SERVER_LOST: "服务器断开",
    Event.WAITED: "等待结束",
    Event.PAUSE_IMPOSSIBLE: "无法暂停",
    Event.START_IMPOSSIBLE: "录音未启用",
    Action.NONE: "无动作",
    Action.START: "开始录音",
    Action.STOP: "结束录音",
    Action.PAUSE: "暂停录音",
    Action.RESUME: "继续录音",
    Action.ABANDON: "录音失败",
    Action.WAIT: "录音失败，等待重试",
    Action.RETRY: "重新录音",
    Action.RETRY_PAUSED: "重新录音（暂停）",
    Action.GIVE_UP: "放弃重试",
    Action.REFUSE_NOT_RECORDING: "提示未在录音",
    Action.REFUSE_RECORDING: "提示已在录音",
    Action.REFUSE_PAUSE: "提示无法暂停",
    Action.REFUSE_DISABLED: "提示录音未启用",
}


def english(one: Enum) -> str:
    """What the table calls it."""
    return str(one.value)


def arrows(say: Callable[[Enum], str] = english, comma: str = ", ") -> Iterator[str]:
    """One arrow for all the events that lead from one state to another with one action."""
    events: dict[tuple[Key, Key, Action], list[str]] = {}
    for key, row in TABLE.items():
        for event, (after, action) in row.items():
            if (after, action) != (key, Action.NONE):
                events.setdefault((key, after, action), []).append(say(event))
    for (key, after, action), names in events.items():
        yield f"    {key.value} --> {after.value}: {comma.join(names)} / {say(action)}"


def rows() -> Iterator[str]:
    """The table: a row for each event, a column for each state."""
    yield f"| event | {' | '.join(key.value for key in Key)} |"
    yield "|---" * (len(Key) + 1) + "|"
    for event in Event:
        cells = (TABLE[key][event] for key in Key)
        yield f"| {event.value} | {' | '.join(f'{after.value}: {action.value}' for after, action in cells)} |"


START = f"    [*] --> {next(iter(Key)).value}"


def picture() -> str:
    """The whole page."""
    return "\n".join([HEAD, "```mermaid", "stateDiagram-v2", START, *arrows(), "```", "", *rows(), ""])


def chinese() -> str:
    """The diagram alone, in Chinese."""
    names = [f'    state "{CHINESE[key]}" as {key.value}' for key in Key]
    drawn = arrows(CHINESE.__getitem__, "、")
    return "\n".join(["```mermaid", "stateDiagram-v2", *names, START, *drawn, "```", ""])


if __name__ == "__main__":
    sys.stdout.write(chinese() if sys.argv[1:] == ["zh"] else picture())
