from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from phone_recorder.harness.scenario.bound import Bound, Span
from phone_recorder.harness.scenario.expected import AudioIs, FilesAre, ScreenIs, StateIs, What
from tests.harness.scenario.everything import case_of, expected_of, written, wrong

FAR, BOTH = ("far",), ("near", "far")
LATER = Span(16_000, 40_000)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("screen: {icon: recording, lamp: on}", ScreenIs(icon="recording", lamp="on")),
        (
            "screen: {prompt: Recording, left: '/[0-9]+ s/', call: 1002}",
            ScreenIs(None, "Recording", None, "/[0-9]+ s/", "1002"),
        ),
        ("screen: {timer: 00:02}", ScreenIs(timer=Bound(16_000, 23_999, "00:02"))),
        ("screen: {timer: 2 s ± 200 ms}", ScreenIs(timer=Bound(14_400, 17_600, "2 s ± 200 ms"))),
        ("screen: {shows: USB, shows not: [a, b]}", ScreenIs(shows=("USB",), shows_not=("a", "b"))),
        ("state: recording", StateIs("recording")),
        ("state: {key: waiting_paused, call: held}", StateIs("waiting_paused", "held")),
        ("files: {count: 0}", FilesAre(count=Bound(0, 0, "0"))),
        (
            "files: {names: [a.wav, 'b*.wav'], whole: false, codec: G722}",
            FilesAre(names=("a.wav", "b*.wav"), codec="G722", whole=False),
        ),
        ("files: {names: []}", FilesAre(names=())),
        (
            "files: {size: at most 1 MiB, duration: 1 s, total: 2 s}",
            FilesAre(
                size=Bound(-inf, 1 << 20, "at most 1 MiB"),
                duration=Bound(8000, 8000, "1 s"),
                total=Bound(16_000, 16_000, "2 s"),
            ),
        ),
    ],
)
def test_what_can_be_expected(tmp_path: Path, text: str, what: What) -> None:
    expectation = expected_of(tmp_path, text)
    assert (expectation.what, expectation.at, expectation.recording, expectation.line) == (what, None, None, 3)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("contains: far", AudioIs("contains", FAR)),
        ("contains: near, far", AudioIs("contains", BOTH)),
        (
            "contains: far between 2 s and 5 s, likeness > 0.95",
            AudioIs("contains", FAR, LATER, Bound(0.95, inf, "> 0.95", True)),
        ),
        ("lacks: near from 2 s", AudioIs("lacks", ("near",), Span(16_000))),
        ("silent:", AudioIs("silent")),
        ("silent: between 2 s and 5 s", AudioIs("silent", span=LATER)),
        (
            "silent: between 2 s and 5 s, below -50 dB",
            AudioIs("silent", (), LATER, Bound(high=-50, text="below -50 dB")),
        ),
        ("silent: below -50 dB", AudioIs("silent", bound=Bound(high=-50, text="below -50 dB"))),
        ("level: -20 dB ± 1 dB between 2 s and 5 s", AudioIs("level", (), LATER, Bound(-21, -19, "-20 dB ± 1 dB"))),
        ("level: -30 to -20 dB", AudioIs("level", bound=Bound(-30, -20, "-30 to -20 dB"))),
        ("tone: 440 Hz", AudioIs("tone", hertz=440)),
        (
            "tone: 440 Hz between 2 s and 5 s, share > 0.5",
            AudioIs("tone", (), LATER, Bound(0.5, inf, "> 0.5", True), 440),
        ),
        ("only: far", AudioIs("only", FAR)),
        ("only: far until 1 s", AudioIs("only", FAR, Span(0, 8000))),
        ("no clicks:", AudioIs("no clicks")),
        ("no clicks: between 2 s and 5 s", AudioIs("no clicks", span=LATER)),
        ("equals: near + far", AudioIs("equals", BOTH)),
        ("equals: near", AudioIs("equals", ("near",))),
        ("in step: near, far within 20 ms", AudioIs("in step", BOTH, bound=Bound(-160, 160, "within 20 ms"))),
        ("in step: far", AudioIs("in step", FAR)),
    ],
)
def test_what_can_be_heard(tmp_path: Path, text: str, what: AudioIs) -> None:
    expectation = expected_of(tmp_path, f"audio:\n    {text}")
    assert (expectation.what, expectation.line) == (what, 4)
    assert expectation.text == f"audio {text.replace(':', '', 1)}"


def test_each_thing_that_is_heard_is_an_expectation_of_its_own(tmp_path: Path) -> None:
    text = "expect:\n- recording: 2\n  audio:\n    only: far\n    lacks:\n    - near\n    - far from 2 s\n"
    heard = case_of(tmp_path, text).expected
    assert [(one.at, one.recording, one.line, one.text) for one in heard] == [
        (None, 2, 5, "audio only far"),
        (None, 2, 7, "audio lacks near"),
        (None, 2, 8, "audio lacks far from 2 s"),
    ]


def test_a_file_that_is_to_be_equalled_is_found_beside_the_scenario(tmp_path: Path) -> None:
    wav = bytes.fromhex("524946462c00000057415645666d74201000000001000100401f0000803e0000020010006461746108000000")
    (tmp_path / "right.wav").write_bytes(wav + bytes(8))
    assert expected_of(tmp_path, "audio: {equals: right.wav}").what == AudioIs("equals", file=tmp_path / "right.wav")


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("[{at: 2 s}]", "2: expect.1: nothing is expected: write one of screen, state"),
        ("[{state: idle, sip: none}]", "2: expect.1: state and sip are too many: write one of screen"),
        ("[{recording: 0, state: idle}]", "2: expect.1.recording: 0 is not from 1 to 1000: write a number that is"),
        ("[{screen: {}}]", "2: expect.1.screen: nothing is expected: write some of icon"),
        ("[{screen: red}]", "2: expect.1.screen: it is no mapping of what the screen shows: write keys and values"),
        ("[{screen: {icon: red}}]", "2: expect.1.screen.icon: 'red' is none of what it can be: write one of idle"),
        ("[{screen: {timer: soon}}]", "2: expect.1.screen.timer: 'soon' is no time: write one such as 2 s"),
        ("[{screen: {prompt: '/(/'}}]", "2: expect.1.screen.prompt: '/(/' is no regular expression"),
        ("[{screen: {colour: red}}]", "2: expect.1.screen.colour: there is no such key: there are icon, prompt"),
        ("[{state: recordin}]", "2: expect.1.state: 'recordin' is none of what it can be: did you mean recording"),
        ("[{files: {count: three}}]", "2: expect.1.files.count: 'three' is no whole number: write one such as 3"),
        ("[{files: {whole: yes}}]", "2: expect.1.files.whole: 'yes' is neither true nor false"),
        (
            "[{audio: {contains: all}}]",
            "2: expect.1.audio.contains: 'all' is no thing that can be heard: write VOICES",
        ),
        (
            "[{audio: {contains: far, likeness > 1}}]",
            "2: expect.1.audio.likeness > 1: there is no such key: text",
        ),
        ("[{audio: {tone: 440}}]", "2: expect.1.audio.tone: '440' is no thing that can be heard: write HZ ["),
        ("[{audio: {equals: none.wav}}]", "2: expect.1.audio.equals: cannot read"),
        ("[{audio: {silent: between 5 s and 2 s}}]", "2: expect.1.audio.silent: between 5 s and 2 s has no length"),
        ("[{screen: {shows: []}}]", "2: expect.1.screen.shows: the list says nothing: write an item, or leave its key"),
        ("[{screen: {shows not: []}}]", "2: expect.1.screen.shows not: the list says nothing"),
        ("[{audio: {contains: []}}]", "2: expect.1.audio.contains: the list says nothing: write an item, or leave"),
        ("[{audio: {silent: [], only: far}}]", "2: expect.1.audio.silent: the list says nothing"),
        ("[{audio: {}}]", "2: expect.1: nothing is expected: write what is heard, such as contains: far"),
        ("[{audio: {silence}}]", "2: expect.1.audio.silence: there is no such key: did you mean silent"),
        ("[{audio: {hears}}]", "2: expect.1.audio.hears: there is no such key: there are contains, lacks"),
        ("[{audio: {level: -20 db}}]", "2: expect.1.audio.level: '-20 db' is no thing that can be heard: write dB in"),
        (
            "[{at: 2 s, audio: {contains: far}}]",
            "2: expect.1.at: at means nothing to audio, which is listened to when all is over: leave it out, or write "
            "a span such as between 2 s and 5 s",
        ),
        *(
            (
                f"[{{recording: 1, {kind}: {value}}}]",
                f"2: expect.1.recording: recording means nothing to {kind}, which is of no one recording: leave it out",
            )
            for kind, value in (("screen", "{icon: idle}"), ("state", "idle"), ("control", "none"), ("sip", "none"))
        ),
        ("[{at: 5 min, state: idle}]", "2: expect.1: 300 s is more than 60 s after the last call's end, at 10 s"),
    ],
)
def test_what_cannot_be_expected_is_told_with_its_line_and_key(tmp_path: Path, expect: str, told: str) -> None:
    assert wrong(tmp_path, f"expect: {expect}").startswith(told)


def test_a_file_that_is_no_sound_cannot_be_equalled(tmp_path: Path) -> None:
    written(tmp_path, "no sound", "bad.wav")
    assert "it is no WAV file" in wrong(tmp_path, "expect: [{audio: {equals: bad.wav}}]")
