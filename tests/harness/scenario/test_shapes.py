"""Small mistakes: each is told with its line and its key, and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.scenario.everything import case_of, wrong

UNIT = "write one with its unit, such as 3 s or 200 ms"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("near: {dtx: }", "near.dtx: nothing is neither true nor false: write one of them"),
        ('near: {repeat: "true"}', "near.repeat: 'true' is neither true nor false: write one of them without quotes"),
        ("near: {repeat: 3}", "near.repeat: '3' is neither true nor false: write one of them"),
        ("seed:", "seed: nothing is no whole number: write one from 0 to 9223372036854775807"),
        ('seed: "1"', "seed: '1' is no whole number: write one from 0 to 9223372036854775807, without quotes"),
        ("seed: 1.5", "seed: '1.5' is no whole number: write one from 0 to 9223372036854775807"),
        ("seed: -1", "seed: -1 is not from 0 to 9223372036854775807: write a number that is"),
        ("arrivals: 0", "arrivals: 0 is not from 1 to 10000: write a number that is"),
        ("stick: {most files: 9999999}", "stick.most files: 9999999 is not from 0 to 1000000: write a number that is"),
        ('live: "true"', "live: 'true' is no way to play it: write false (virtual clock only), only, or true"),
        ("live: 1", "live: '1' is no way to play it: write false (virtual clock only), only, or true"),
        ('tags: [""]', "tags.1: it says nothing: write a word"),
        ('call: {name: ""}', "call.name: it says nothing: write a name"),
        (
            "call: None",
            "call: it is no call: write keys and values, of length, direction, number, name, codec; or none",
        ),
        ('stick: ""', "stick: it is no stick: write keys and values, of size, left, file system, largest file"),
        ("stick: {size: 1.5 GiB}", "stick.size: '1.5 GiB' is no size: write bytes, or a whole number with K, M or G"),
        ("stick: {size: 1e9}", "stick.size: '1e9' is no size: write all digits of 1e9"),
        ("clock: 2024-01-01", "clock: '2024-01-01' is no date and time: write one such as 2026-03-02 10:00:00"),
        ("clock: 2026-3-2 1:00:00", "clock: '2026-3-2 1:00:00' is no date and time: write one such as 2026"),
        ("steps: [{at: 0 s, press: 12}]", "steps.1.press: '12' is none of what it can be: write one of record, start"),
        ('steps: [{at: 0 s, press: ""}]', "steps.1.press: it says nothing: write one of record, start"),
        ("steps: [{at: nan, press: ok}]", f"steps.1.at: 'nan' is no time: {UNIT}"),
        ("steps: [{at: .inf, press: ok}]", f"steps.1.at: '.inf' is no time: {UNIT}"),
        ("steps: [{at: 1e400 s, press: ok}]", "steps.1.at: '1e400 s' is no time: write all digits of 1e400"),
        ("steps: [{at: 1:30, press: ok}]", "steps.1.at: '1:30' is no time: write 1 min 30 s in place of 1:30"),
        ('steps: [{at: "1,5 s", press: ok}]', "steps.1.at: '1,5 s' is no time: write 1.5 in place of 1,5"),
        ('steps: [{at: "", press: ok}]', f"steps.1.at: it says nothing: {UNIT}"),
        (
            "steps: [{at: 0 s, rtp: 'dtmf \"\"'}]",
            "steps.1.rtp: 'dtmf \"\"' is no thing that a party's RTP does: "
            "write [PARTY] dtmf DIGITS, where DIGITS is up to 64 digits of a phone, such as 123#",
        ),
        (
            "steps: [{at: 0 s, rtp: malformed 1.5 packets}]",
            "steps.1.rtp: 'malformed 1.5 packets' is no thing that a party's RTP does: write [PARTY] malformed NUMBER "
            "packet(s), where NUMBER is a whole number from 1 to 1000000, such as 3",
        ),
        (
            "steps: [{at: 0 s, rtp: drift 150}]",
            "steps.1.rtp: 'drift 150' is no thing that a party's RTP does: "
            "write [PARTY] drift PPM, where PPM is one up to 100000 ppm, such as 150 ppm",
        ),
        ("steps: [{at: 0 s, rtp: duplicate 0}]", "steps.1.rtp: 'duplicate 0' is no thing that a party's RTP does"),
        ('network: ""', "network: it says nothing: write a trouble such as loss 2 %, or clear"),
        (
            "network: {loss: 2 %}",
            "network: it is no single value: write troubles in one line, such as loss 2 %, jitter",
        ),
        ("network: loss 2 %,", "network: a comma has nothing before it or behind it: leave it out"),
        ("network: loss 2 % burst 3", "network: 'loss 2 % burst 3' is two things: put a comma in front of burst"),
        ("network: clear, loss 2 %", "network: clear stands beside something else: leave one of them out"),
        ("network: loss 2,5 %", "network: 'loss 2,5 %' is no trouble of a network: write 2.5 in place of 2,5"),
        (
            "network: loss 2 %, burst 1.5",
            "network: 'burst 1.5' is no trouble of a network: "
            "write burst NUMBER, where NUMBER is a whole number from 1 to 1000000, such as 3",
        ),
        ('expect: [{screen: {prompt: ""}}]', "expect.1.screen.prompt: it says nothing: write a text, or a regular"),
        ("expect: [{files: {count: -1}}]", "expect.1.files.count: '-1' is no whole number: write one such as 3"),
        ("expect: [{account: {gaps_count: 1.5}}]", "expect.1.account.gaps_count: '1.5' is no whole number: write one"),
        (
            'expect: [{audio: {contains: "far, likeness > 1.5"}}]',
            "expect.1.audio.contains: 1.5 is more than everything",
        ),
        ("expect: [{audio: {contains: far until 0 s}}]", "expect.1.audio.contains: until 0 s has no length: write a"),
        ("expect: [{audio: {level: 20 dB}}]", "expect.1.audio.level: 20 dB is so of nothing: 0 dB is full scale"),
        (
            "expect: [{audio: {no clicks: true}}]",
            "expect.1.audio.no clicks: 'true' is no thing that can be heard: write between TIME and TIME; or nothing",
        ),
    ],
)
def test_a_small_mistake_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert wrong(tmp_path, text).startswith(f"2: {told}")


def test_nothing_is_told_as_another_way_to_say_it_where_it_is_one(tmp_path: Path) -> None:
    assert wrong(tmp_path, "expect: [{audio: {silent: yes}}]").endswith("; or nothing, without quotes")


@pytest.mark.parametrize(
    "text",
    ["network: loss 0 %", "network: duplicate 0", "steps: [{at: 0 s, rtp: stall 0 s}]", "stick: {size: 0}"],
)
def test_none_of_something_may_be_said_as_one_end_of_a_matrix(tmp_path: Path, text: str) -> None:
    assert case_of(tmp_path, text)


@pytest.mark.parametrize("text", ["{server.host: ''}", "{record.enabled: on}", "{record.tone: no}", "{usb.folder: ''}"])
def test_settings_are_read_as_they_are_typed(tmp_path: Path, text: str) -> None:
    assert case_of(tmp_path, f"phone: {{settings: {text}}}")
