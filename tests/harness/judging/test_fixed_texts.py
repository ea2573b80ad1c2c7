"""What it means that the phone's own prompt is expected, or one of the fixed reasons of a recording's end."""

# ruff: noqa: RUF001  # Chinese has punctuation of its own

from __future__ import annotations

import re

import pytest

from phone_recorder.harness.judging.fixed_texts import PROMPT_TEXTS, REASON_TEXTS, prompt_is, reason_is
from phone_recorder.phone.face.chinese import in_chinese
from phone_recorder.recording.account import Account, Part
from phone_recorder.recording.destination import State
from phone_recorder.recording.indicator import Say, english, show
from phone_recorder.recording.record_key import Key
from phone_recorder.recording.recorder import Status
from tests.pages import DOCS

REMOVED = "Recording failed: the drive was removed, what came before is kept"
OWN_REASONS = (DOCS / "scenarios.md").read_text("utf-8").partition("#### reason")[2].partition("### control")[0]
OF_THE_SERVER = re.compile(r"the (control|phone|server was stopped|disk)|malformed")


@pytest.mark.parametrize(
    ("wanted", "prompt", "so"),
    [
        ("Recording", "Recording", True),
        ("Recording", "Recording failed", False),
        ("Recording", "Recording failed: the drive is full", False),
        ("Recording", "Recording paused", False),
        ("Recording", "Recording saved", False),
        ("Recording", "Not Recording", False),
        ("Recording", "Recording, the drive is slow", False),
        ("Recording", "", False),
        ("Starting the recording", "Starting the recording, paused", False),
        ("Recording failed", REMOVED, True),
        ("Recording failed", "The last Recording failed", False),
        ("the drive was removed", REMOVED, True),
        ("Recording failed: the drive was removed", REMOVED, True),
        ("Recording saved", "Recording saved: 2 files", True),
        ("Recording saved: 1 file", "Recording saved: 1 file", True),
        ("Recording saved: 1 file", "Recording saved: 1 file, the drive has reported errors", False),
        ("Recording saved: 1 file", "Recording saved: 1 files", False),
        ("/Recording/", "Recording failed", True),
        ("正在录音", "正在录音", True),
        ("正在录音", "SIP 服务器正在录音", False),
        ("录音失败", "录音失败：U盘已被拔出", True),
        ("录音已保存：1 个文件", "录音已保存：1 个文件，U盘曾报告错误", False),
        ("U盘已被拔出", "录音失败：U盘已被拔出", True),
    ],
)
def test_a_prompt_of_the_phone_is_all_of_it_up_to_a_colon(wanted: str, prompt: str, so: bool) -> None:
    assert prompt_is(wanted, prompt) is so


@pytest.mark.parametrize("say", [english, in_chinese])
@pytest.mark.parametrize("files", [1, 2])
def test_what_the_phone_says_of_files_that_were_saved_is_all_of_it(say: Say, files: int) -> None:
    account = Account("00ff", "local", "PCMU", parts=(Part("Record_1.wav", 76, 0, 0.0),) * files)
    prompt = show(Status(Key.IDLE, State.CLOSED, account), say=say).prompt
    assert prompt_is(prompt, prompt) and not prompt_is(prompt, f"{prompt}, and more")


def test_the_indicator_says_one_of_them_first() -> None:
    account = Account("00ff", "local", "PCMU")
    prompts = [show(Status(key, state, account)).prompt.partition(":")[0] for key in Key for state in State]
    assert set(prompts) <= PROMPT_TEXTS


@pytest.mark.parametrize(
    ("wanted", "reason", "so"),
    [
        ("record key", "record key", True),
        ("record key", "not the record key but the far party", False),
        ("record key", "record key not pressed", False),
        ("call ended", "the call ended", False),
        ("the drive is full", "the drive is full: 123 bytes are free", True),
        ("the drive is full", "cannot write to it: the drive is full", False),
        ("the drive was removed", "the drive was removed and plugged in again", False),
        ("full", "the drive is full: 123 bytes are free", True),
        ("/record key/", "not the record key", True),
        ("", "record key", False),
    ],
)
def test_a_fixed_reason_is_all_of_it_up_to_a_colon(wanted: str, reason: str, so: bool) -> None:
    assert reason_is(wanted, reason) is so


def test_fixed_are_the_reasons_that_the_page_gives_in_full_and_those_that_a_colon_follows() -> None:
    cells = [line.split("|")[1] for line in OWN_REASONS.splitlines() if line.startswith("| `")]
    listed = {text for cell in cells for text in re.findall("`([^`]*)`", cell)}
    fixed = {text.removesuffix(": ...") for text in listed if "..." not in text or text.endswith(": ...")}
    assert {text for text in REASON_TEXTS if not OF_THE_SERVER.match(text)} == fixed - {"there is no host"}
    assert {text for text in REASON_TEXTS if text not in OWN_REASONS.replace("\n", " ")} == set()
