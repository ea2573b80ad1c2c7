"""What the phone shows in each step of the guide's three ways to record, and where they fail, in both languages."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

from typing import Any

import pytest

from phone_recorder.errors import NoDrive
from phone_recorder.phone.face.view import draw
from phone_recorder.recording.destination import State
from phone_recorder.recording.record_key import Action, Key
from phone_recorder.recording.recorder import Status
from tests.phone.face.situations import (
    BX3S,
    CONNECTED,
    IDLE,
    NETWORK,
    NO_STICK,
    PAUSED,
    RECORDING,
    SAVED,
    SIP_INFO,
    facts,
    status,
)

GONE = "the drive was removed"
REFUSED = "the record server refused: busy"
UNREACHED = "the record server cannot be reached: connection refused"
LOST = "the connection to the record server was lost: the server has closed it"


def failed(mode: Any, reason: str, recorded: int = 0) -> Status:
    return status(Key.IDLE, State.FAILED, mode, recorded, reason)


GUIDE: dict[str, tuple[dict[str, Any], str, str, str, str]] = {
    "local, step 3: the stick is in": (
        {"call": IDLE},
        *("idle", "off"),
        "The USB drive STICK is ready",
        "U盘 STICK 已就绪",
    ),
    "local, step 3: it is recorded": (
        {"call": CONNECTED, "status": RECORDING},
        "recording",
        "on",
        "Recording",
        "正在录音",
    ),
    "local: it is paused": (
        {"call": CONNECTED, "status": PAUSED},
        *("paused", "blinking"),
        "Recording paused",
        "录音已暂停",
    ),
    "local, step 4: it was stopped": (
        {"call": CONNECTED, "status": SAVED},
        *("idle", "off"),
        "Recording saved: 1 file",
        "录音已保存：1 个文件",
    ),
    "no stick": (
        {"drive": NO_STICK},
        *("idle", "off"),
        "No USB drive is plugged in: plug in one formatted with FAT32 or exFAT",
        "未插入U盘：请插入 FAT32 或 exFAT 格式的U盘",
    ),
    "no stick, and the key was pressed": (
        {"call": CONNECTED, "drive": NO_STICK, "status": failed("local", str(NoDrive("no USB drive is plugged in")))},
        *("failed", "off"),
        "Recording failed: no USB drive is plugged in",
        "录音失败：未插入U盘",
    ),
    "full": (
        {"call": CONNECTED, "status": failed("local", "the drive is full: 0 bytes are free", 3)},
        *("failed", "off"),
        "Recording failed: the drive is full: 0 bytes are free, what came before is kept",
        "录音失败：U盘空间已满：剩余 0 字节，之前的录音已保留",
    ),
    "pulled": (
        {"call": CONNECTED, "drive": NO_STICK, "status": failed("local", GONE, 3)},
        *("failed", "off"),
        "Recording failed: the drive was removed, what came before is kept",
        "录音失败：U盘已被拔出，之前的录音已保留",
    ),
    "BX3S": ({"texts": BX3S}, "idle", "off", "BX3S cannot record to USB", "BX3S 不支持本地录音 (USB)"),
    "BX3S, and the key was pressed": (
        {"texts": BX3S, "call": CONNECTED, "status": failed("local", "BX3S cannot record to USB")},
        *("failed", "off"),
        "Recording failed: BX3S cannot record to USB",
        "录音失败：BX3S 不支持本地录音 (USB)",
    ),
    "network: it is recorded": (
        {"texts": NETWORK, "call": CONNECTED, "status": status(Key.RECORDING, State.OPEN, "server", 2)},
        *("recording", "on"),
        "Recording",
        "正在录音",
    ),
    "network: refused": (
        {"texts": NETWORK, "call": CONNECTED, "status": failed("server", REFUSED)},
        *("failed", "off"),
        "Recording failed: the record server refused: busy",
        "录音失败：录音服务器拒绝录音：busy",
    ),
    "network: not there": (
        {"texts": NETWORK, "call": CONNECTED, "status": failed("server", UNREACHED)},
        *("failed", "off"),
        "Recording failed: the record server cannot be reached: connection refused",
        "录音失败：无法连接录音服务器：连接被拒绝",
    ),
    "network: gone": (
        {"texts": NETWORK, "call": CONNECTED, "status": failed("server", LOST, 2)},
        *("failed", "off"),
        "Recording failed: the connection to the record server was lost: the server has closed it, what came before"
        " was sent",
        "录音失败：与录音服务器的连接已断开：服务器已关闭连接，之前的录音已发送",
    ),
    "SIP INFO: it records": (
        {"texts": SIP_INFO, "call": CONNECTED, "status": status(Key.RECORDING, State.OPEN, "sip_info", 2)},
        *("recording", "on"),
        "The SIP server is recording",
        "SIP 服务器正在录音",
    ),
    "SIP INFO: it refuses": (
        {
            "texts": SIP_INFO,
            "call": CONNECTED,
            "status": failed("sip_info", "the SIP server refused to record: 403 Forbidden"),
        },
        *("failed", "off"),
        "Recording failed: the SIP server refused to record: 403 Forbidden",
        "录音失败：SIP 服务器拒绝录音：403 Forbidden",
    ),
    "switched off": (
        {"call": CONNECTED, "status": Status(Key.IDLE, refused=Action.REFUSE_DISABLED)},
        *("idle", "off"),
        "Recording is switched off: switch it on in Applications > Record manager",
        "录音未启用：请在 应用 > 录音管理 中启用",
    ),
    "what was wanted cannot be": (
        {"news": "there is no call to record: call somebody first"},
        *("idle", "off"),
        "There is no call to record: call somebody first",
        "没有可录音的通话：请先拨打电话",
    ),
}


@pytest.mark.parametrize("step", GUIDE)
def test_each_step_of_the_guide(step: str) -> None:
    true, icon, lamp, english, chinese = GUIDE[step]
    for language, prompt in (("en", english), ("zh", chinese)):
        here = facts(language, **true)  # type: ignore[arg-type]
        screen = draw(here.call.state, "", here, None)
        assert (screen.icon, screen.dss[0].lamp, screen.prompt) == (icon, lamp, prompt)
