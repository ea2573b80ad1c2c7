"""All that the menus say, in English and in Chinese; labels of settings are those of the settings' table."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

from typing import NamedTuple

from phone_recorder.phone.face.chinese import SAY
from phone_recorder.settings.phone import Language


class Words(NamedTuple):
    """One text in each language; the fields are the languages' codes."""

    en: str
    zh: str


TEXTS: dict[str, Words] = {
    "applications": Words("Applications", "应用"),
    "record": Words("Record manager", "录音管理"),
    "usb": Words("USB", "USB"),
    "log": Words("Call log", "通话记录"),
    "dss": Words("DSS keys", "DSS 键"),
    "phone": Words("Phone", "电话设置"),
    "recordings": Words("Recordings", "录音文件"),
    "recording": Words("Recording", "录音"),
    "question": Words("Are you sure?", "请确认"),
    # Soft keys.
    "open": Words("Open", "打开"),
    "back": Words("Back", "返回"),
    "select": Words("Select", "选择"),
    "change": Words("Change", "切换"),
    "edit": Words("Edit", "编辑"),
    "save": Words("Save", "保存"),
    "delete": Words("Delete", "删除"),
    "cancel": Words("Cancel", "取消"),
    "play": Words("Play", "播放"),
    "pause": Words("Pause", "暂停"),
    "stop": Words("Stop", "停止"),
    "export": Words("Export", "导出"),
    "dial": Words("Dial", "拨号"),
    "clear": Words("Clear", "清空"),
    "yes": Words("Yes", "是"),
    "no": Words("No", "否"),
    # Values of settings.
    "on": Words("On", "开"),
    "off": Words("Off", "关"),
    "not_set": Words("Not set", "未设置"),
    "no_limit": Words("No limit", "不限制"),
    # USB.
    "no_drive": Words("No USB drive that can be used", "没有可用的U盘"),
    "cannot_be_used": Words("cannot be used", "无法使用"),
    "in_use": Words("in use", "使用中"),
    "free": Words("{} of {} free", "剩余 {} / {}"),
    "free_alone": Words("{} free", "剩余 {}"),
    "can_record": Words("Can record", "可录时长"),
    "no_recordings": Words("No recordings", "没有录音"),
    "cannot_be_listed": Words("Cannot be listed", "无法读取列表"),
    "position": Words("Position", "播放进度"),
    "speed": Words("Speed", "播放速度"),
    "state": Words("State", "状态"),
    "playing": Words("Playing", "播放中"),
    "paused": Words("Paused", "已暂停"),
    "stopped": Words("Stopped", "已停止"),
    "damaged": Words("Damaged: plays as far as it goes", "文件已损坏，播放到损坏处为止"),
    "being_recorded": Words("It is being recorded", "正在录音"),
    "gone": Words("This recording is gone", "该录音已不存在"),
    "ask_delete": Words("Delete {}?", "删除 {}？"),
    "deleted": Words("{} was deleted", "已删除 {}"),
    # Call log.
    "no_calls": Words("No calls", "没有通话记录"),
    "missed": Words("missed", "未接"),
    "no_answer": Words("no answer", "未接通"),
    "unknown": Words("Unknown", "未知号码"),
    "ask_clear": Words("Forget all calls?", "清空全部通话记录？"),
    "cleared": Words("The call log was cleared", "通话记录已清空"),
}


def say(name: str, language: Language, *values: object) -> str:
    """A text by its name, with these values in it."""
    text = TEXTS[name]
    return (text.zh if language == "zh" else text.en).format(*values)


def sentence(problem: str, language: Language) -> str:
    """What the rest of the program says in English, beginning as a sentence does; empty if it says nothing."""
    said = SAY[language](problem)
    return said[:1].upper() + said[1:]
