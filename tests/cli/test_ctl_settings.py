"""`ctl settings`: what is shown, what is changed, and what is said where a change meets a problem."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.ctl import Told, ctl, ctl_lines

MODE = '{"key":"record.mode","kind":"choice","value":"network","is_set":true}'
AUTO = '{"key":"record.auto","kind":"toggle","value":"on","is_set":true}'
HOST = '{"key":"server.host","kind":"text","value":"","is_set":false}'
PASSWORD = '{"key":"account.password","kind":"secret","value":"","is_set":true}'
ALL = f'"settings":[{MODE},{AUTO},{HOST},{PASSWORD}]'
READ_ONLY = "cannot write phone.toml: read-only file system"


def changed(directory: Path, words: list[str], values: dict[str, str], problem: str = "", kept: bool = False) -> Told:
    """The command, whose agent takes these values."""
    answer = f'"result":{{{ALL},"problem":"{problem}","kept":{json.dumps(kept)}}}'
    return ctl(directory, ["settings", *words], answer, "settings.set", json.dumps({"values": values}))


def test_with_json_settings_are_those_that_were_named(tmp_path: Path) -> None:
    told = ctl(tmp_path, ["settings", "--json", "server.host"], f'"result":{{{ALL}}}', "settings.list", "{}")
    assert [setting["key"] for setting in json.loads(told.stdout)["settings"]] == ["server.host"]


def test_a_problem_is_told_to_who_reads_them(tmp_path: Path) -> None:
    answer = f'"result":{{"settings":[{MODE}],"problem":"{READ_ONLY}"}}'
    told = ctl(tmp_path, ["settings"], answer, "settings.list", "{}")
    assert (told.code, told.stdout, told.stderr) == (0, "record.mode = network\n", f"phone-recorder: {READ_ONLY}\n")


@pytest.mark.parametrize(
    ("words", "values", "said"),
    [
        (["record.auto=on"], {"record.auto": "on"}, "record.auto is on until the agent ends, but is not kept"),
        (["server.host="], {"server.host": ""}, "server.host is empty until the agent ends, but is not kept"),
        (
            ["account.password=x", "record.mode=network"],
            {"account.password": "x", "record.mode": "network"},
            "account.password is ******** and record.mode is network until the agent ends, but are not kept",
        ),
    ],
)
def test_a_change_that_meets_a_problem_is_1_and_says_what_holds(
    tmp_path: Path, words: list[str], values: dict[str, str], said: str
) -> None:
    told = changed(tmp_path, words, values, READ_ONLY)
    assert (told.code, told.stderr) == (1, f"phone-recorder: {said}: {READ_ONLY}\n")
    assert len(told.stdout.splitlines()) == len(words)


def test_a_change_that_meets_a_problem_is_1_in_json_too(tmp_path: Path) -> None:
    told = changed(tmp_path, ["--json", "record.auto=on"], {"record.auto": "on"}, READ_ONLY)
    assert (told.code, json.loads(told.stdout)["problem"]) == (1, READ_ONLY)


def test_a_setting_that_there_is_not_is_told(tmp_path: Path) -> None:
    told = ctl(tmp_path, ["settings", "record.mod"], f'"result":{{{ALL}}}', "settings.list", "{}")
    assert (told.code, told.stdout) == (2, "")
    assert told.stderr == (
        "phone-recorder: the agent has no setting 'record.mod': `phone-recorder ctl settings` lists them\n"
    )


LIST = b'{"jsonrpc": "2.0", "id": 1, "method": "settings.list", "params": {}}\n'
SET = b'{"jsonrpc": "2.0", "id": 2, "method": "settings.set", "params": {"values": {"record.auto": "on"}}}\n'


def test_nothing_is_changed_where_one_that_is_to_be_shown_is_unknown(tmp_path: Path) -> None:
    listed = f'{{"jsonrpc":"2.0","id":1,"result":{{{ALL}}}}}\n'.encode()
    told = ctl_lines(tmp_path, ["settings", "record.auto=on", "record.mod"], {LIST: listed})
    assert (told.code, told.stdout, told.asked) == (2, "", [LIST.decode()])
    assert "the agent has no setting 'record.mod'" in told.stderr


def test_one_is_changed_and_another_shown(tmp_path: Path) -> None:
    listed, done = (f'{{"jsonrpc":"2.0","id":{number},"result":{{{ALL}}}}}\n'.encode() for number in (1, 2))
    told = ctl_lines(tmp_path, ["settings", "record.auto=on", "record.mode"], {LIST: listed, SET: done})
    assert (told.code, told.stdout) == (0, "record.auto = on\nrecord.mode = network\n")
    assert told.asked == [LIST.decode(), SET.decode()]


@pytest.mark.parametrize(
    "sentence",
    [
        "sound.volume means nothing to the agent: it is a setting of the emulated phone",
        "there is no setting 'sound.volume': did you mean record.volume?",
    ],
)
def test_the_agent_refuses_what_is_none_of_its_settings(tmp_path: Path, sentence: str) -> None:
    values = '{"values": {"record.auto": "on", "sound.volume": "3"}}'
    answer = f'"error":{{"code":-32000,"message":"{sentence}"}}'
    told = ctl(tmp_path, ["settings", "record.auto=on", "sound.volume=3"], answer, "settings.set", values)
    assert (told.code, told.stdout, told.stderr) == (2, "", f"phone-recorder: {sentence}\n")


def test_a_change_that_was_kept_is_none_of_a_problems(tmp_path: Path) -> None:
    told = changed(tmp_path, ["record.auto=on"], {"record.auto": "on"}, "there is no LED green", kept=True)
    assert (told.code, told.stderr) == (0, "phone-recorder: there is no LED green\n")
