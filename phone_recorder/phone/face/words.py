"""All that the face says of itself, in English and in Chinese."""

from __future__ import annotations

from typing import NamedTuple

from phone_recorder.settings.phone import Language


class Words(NamedTuple):
    """One text in each language; the fields are the languages' codes."""

    en: str
    zh: str


TEXTS: dict[str, Words] = {
    # Soft keys.
    "history": Words("History", "通话记录"),
    "apps": Words("Apps", "应用"),
    "redial": Words("Redial", "重拨"),
    "usb": Words("USB", "USB"),
    "dial": Words("Dial", "拨号"),
    "delete": Words("Delete", "删除"),
    "cancel": Words("Cancel", "取消"),
    "answer": Words("Answer", "接听"),
    "reject": Words("Reject", "拒接"),
    "hold": Words("Hold", "保持"),
    "unhold": Words("Resume", "取回"),
    "record": Words("Record", "录音"),
    "stop": Words("Stop", "停止录音"),
    "pause": Words("Pause", "暂停"),
    "continue": Words("Continue", "恢复"),
    "end": Words("End", "挂断"),
    # What a call is doing.
    "dialling": Words("Dial a number", "请拨号"),
    "calling": Words("Calling", "正在呼叫"),
    "ringing": Words("Incoming call", "来电"),
    "held": Words("On hold", "保持中"),
    "ended": Words("Call ended", "通话结束"),
    "unknown": Words("Unknown number", "未知号码"),
}


def text(key: str, language: Language) -> str:
    """That text in the phone's language."""
    words = TEXTS[key]
    return words.zh if language == "zh" else words.en


COLON: dict[Language, str] = {"en": ": ", "zh": "："}  # noqa: RUF001  # Chinese has its own
"""Between what has happened and why."""
