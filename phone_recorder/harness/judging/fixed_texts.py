"""Texts that the phone and the servers always write so: who expects one of them means all of it, up to a colon.

What follows a colon tells more: `Recording failed` is said of `Recording failed: the drive was removed`. Of any other
text a part is enough, so `removed` is said of it too.
"""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

import re

from phone_recorder.harness.judging.texts import found
from phone_recorder.phone.face.phrases import PROMPTS
from phone_recorder.recording.recorder import REASONS

PROMPT_TEXTS = frozenset(
    text for english, chinese in PROMPTS.items() if english[0].isupper() for text in (english, chinese)
)
"""What the record indicator says where there is no more to say; its other phrases follow one of these."""
_SAVED = re.compile("Recording saved: [0-9]+ files?|录音已保存：[0-9]+ 个文件")

REASON_TEXTS = frozenset(
    {
        *REASONS.values(),
        "the drive was removed",
        "the drive is full",
        "the drive is write-protected",
        "the drive keeps nothing any more",
        "the end may be lost",
        "no USB drive is plugged in",
        "no record server is set",
        "the record server cannot be reached",
        "the record server does not answer",
        "the record server answers in part only",
        "the record server refused",
        "the record server's answer cannot be read",
        "the connection to the record server was lost",
        "the record server could not end the recording as it should",
        "the SIP server does not answer",
        "the SIP server refused to record",
        "the SIP server cannot be asked",
        "this call goes by no SIP server that could record it",
        "the call was over before the SIP server answered",
        "the control connection was lost",
        "the control connection was idle",
        "malformed control message",
        "the phone does not read its answers",
        "the server was stopped",
        "the disk may not have kept all of it",
    }
)
"""Why a recording ended, as docs/scenarios.md lists it; without what follows a colon."""


def prompt_is(wanted: str, prompt: str) -> bool:
    """Whether the phone says that."""
    fixed = wanted in PROMPT_TEXTS or _SAVED.fullmatch(wanted) is not None
    return _is_all_of(wanted, prompt) if fixed else found(wanted, prompt)


def reason_is(wanted: str, reason: str) -> bool:
    """Whether a recording ended for that."""
    return _is_all_of(wanted, reason) if wanted in REASON_TEXTS else found(wanted, reason)


def _is_all_of(wanted: str, text: str) -> bool:
    """Up to a colon, if one follows."""
    return text == wanted or text.startswith((f"{wanted}:", f"{wanted}："))
