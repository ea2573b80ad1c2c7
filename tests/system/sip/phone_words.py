"""What the phone, its page and its settings say in the tests of test_phone_page.py."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

from typing import NamedTuple

from tests.system.phone_settings import LANGUAGES, Place, Words

NUMBER = "100"
"""Ours at the SIP server."""


class Said(NamedTuple):
    """What the phone and its settings say in one language."""

    page: Words
    dial: str
    end: str
    answer: str
    history: str
    lamp: tuple[str, str]
    """Off, on."""
    registered: str
    registering: str
    failed: str
    wrong: str
    """What the screen says of a wrong password, but for where it was."""
    runs: str
    stopped: str
    refused: str
    recording: str
    saved: str
    rings: str
    message_lamp: tuple[str, str]
    """Blinking, off."""
    hung_up: str
    mode: Place
    server: Place
    user: Place
    password: Place
    listen: Place


SAID = {
    "en": Said(
        LANGUAGES["en"],
        "Dial",
        "End",
        "Answer",
        "History",
        ("Record, lamp off", "Record, lamp on"),
        "registered",
        "registering",
        "registration failed",
        f" over UDP refuses {NUMBER}: wrong user name or password",
        "The SIP server is recording",
        "The SIP server has stopped recording",
        "Recording failed: the SIP server refused to record: 488 Not Acceptable Here",
        "Recording",
        "Recording saved: 1 file",
        "Incoming call",
        ("Message lamp: lamp blinking", "Message lamp: lamp off"),
        "Call ended: the other phone hung up",
        ("Record", "Type"),
        ("Account", "SIP server"),
        ("Account", "User"),
        ("Account", "Password"),
        ("Account", "Local address"),
    ),
    "zh": Said(
        LANGUAGES["zh"],
        "拨号",
        "挂断",
        "接听",
        "通话记录",
        ("录音, 灯灭", "录音, 灯亮"),
        "已注册",
        "正在注册",
        "注册失败",
        f" over UDP 拒绝 {NUMBER} 注册：用户名或密码错误",
        "SIP 服务器正在录音",
        "SIP 服务器已停止录音",
        "录音失败：SIP 服务器拒绝录音：488 Not Acceptable Here",
        "正在录音",
        "录音已保存：1 个文件",
        "来电",
        ("指示灯: 灯闪烁", "指示灯: 灯灭"),
        "通话结束：对方已挂机",
        ("录音", "类型"),
        ("账户", "SIP 服务器"),
        ("账户", "用户名"),
        ("账户", "密码"),
        ("账户", "本地地址"),
    ),
}
